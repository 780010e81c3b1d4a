"""GeoJSON, read without GDAL and feature by feature; inside the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from geoplan.errors import GeoplanError
from geoplan.ingest.encoding import decode
from geoplan.ingest.raw import BATCH_ROWS, Vertices, batch_of
from geoplan.text import Text

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODE = json.JSONDecoder().raw_decode
_CODE = re.compile(r"(?:urn:ogc:def:crs:)?(?:EPSG):[0-9.]*:?(\d{4,6})", re.IGNORECASE)
_WGS84 = re.compile(r"(?:urn:ogc:def:crs:)?OGC:[0-9.]*:?CRS84", re.IGNORECASE)


def read(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Yield what the file says of itself, then its features, in batches.

    First `{"format", "crs", "sheet"}`, then `{"row", "header", "columns", "geometry", "faults"}`
    as `raw.read` describes. Coordinates are as they stand in the file.
    """
    decoded = decode(path.read_bytes(), encoding)
    text = decoded.text
    outline, start = _outline(text)
    yield {
        "format": "GeoJSON",
        "crs": _crs(outline),
        "sheet": None,
        "encoding": decoded.encoding,
        "guessed": decoded.guessed,
    }
    rows: list[dict[str, Any]] = []
    vertices = Vertices()
    for number, feature in enumerate(_features(text, outline, start), start=1):
        rows.append(_row(number, feature, vertices))
        if len(rows) == BATCH_ROWS or vertices.batch_is_full:
            yield batch_of(rows)
            rows = []
            vertices.start_batch()
    if rows:
        yield batch_of(rows)


class _Cursor:
    """A place in JSON text that moves value by value."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def peek(self) -> str:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text[self.at : self.at + 1]

    def take(self, *marks: str) -> str:
        found = self.peek()
        if found not in marks:
            raise self._broken(self.at)
        self.at += 1
        return found

    def value(self) -> Any:
        self.peek()
        try:
            value, self.at = _DECODE(self.text, self.at)
        except RecursionError as error:
            raise GeoplanError(
                "json_too_deep",
                Text("JSON 嵌套过深", "the JSON is nested too deeply"),
                Text("请重新导出为普通 GeoJSON", "export it again as plain GeoJSON"),
            ) from error
        except json.JSONDecodeError as error:
            raise self._broken(error.pos) from error
        except ValueError as error:  # an integer of thousands of digits
            raise self._broken(self.at) from error
        return value

    def items(self) -> Iterator[Any]:
        """The values of the array that starts here."""
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.take(",", "]") == "]":
                return

    def _broken(self, at: int) -> GeoplanError:
        line = self.text.count("\n", 0, at) + 1
        return GeoplanError(
            "json_broken",
            Text(f"第 {line} 行不是有效的 JSON", f"line {line} is not valid JSON"),
            Text("文件可能不完整，请重新导出", "the file may be cut off; export it again"),
        )


def _outline(text: str) -> tuple[dict[str, Any], int]:
    """The top-level members but `features`, and where the array of features starts (or -1).

    Features are passed over only when the type or a crs may still come after them.
    """
    cursor = _Cursor(text)
    if cursor.peek() != "{":
        raise _not_geojson()
    cursor.take("{")
    outline: dict[str, Any] = {}
    start = -1
    while cursor.peek() != "}":
        key = cursor.value()
        cursor.take(":")
        if key == "features" and cursor.peek() == "[":
            start = cursor.at
            if "type" in outline and text.find('"crs"', start) < 0:
                break
            for _ in cursor.items():
                pass
        else:
            outline[key] = cursor.value()
        if cursor.take(",", "}") == "}":
            break
    return outline, start


def _features(text: str, outline: dict[str, Any], start: int) -> Iterator[Any]:
    if outline.get("type") == "FeatureCollection" and start >= 0:
        cursor = _Cursor(text, start)
        yield from cursor.items()
    elif outline.get("type") == "Feature":
        yield outline
    else:
        raise _not_geojson()


def _not_geojson() -> GeoplanError:
    return GeoplanError(
        "format_refused",
        Text("该 JSON 不是 GeoJSON 要素集合", "the JSON is no GeoJSON FeatureCollection"),
        Text("请导出为 GeoJSON FeatureCollection", "export it as a GeoJSON FeatureCollection"),
    )


def _crs(outline: dict[str, Any]) -> str | None:
    """The declared system as `EPSG:n`; EPSG:4326 when nothing is said (RFC 7946), None for null.

    A link is refused, never followed.
    """
    if "crs" not in outline:
        return "EPSG:4326"
    crs = outline["crs"]
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    said = properties if isinstance(properties, dict) else {}
    if isinstance(crs, dict) and crs.get("type") == "name":
        name = str(said.get("name"))
        if _WGS84.fullmatch(name):
            return "EPSG:4326"
        code = _CODE.fullmatch(name)
        if code:
            return f"EPSG:{code[1]}"
    if isinstance(crs, dict) and crs.get("type") == "EPSG":
        return f"EPSG:{said.get('code')}"
    raise GeoplanError(
        "crs_refused",
        Text(
            "GeoJSON 的 crs 成员是链接或无法识别的名称，不予采用",
            "the crs member of the GeoJSON is a link or no known name; it is not followed",
        ),
        Text(
            "请转换为 EPSG:4326 后导出，并去掉 crs 成员",
            "export it in EPSG:4326, without a crs member",
        ),
    )


def _row(number: int, feature: Any, vertices: Vertices) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {"row": number, "values": {}, "geometry": None, "fault": "not_a_feature"}
    properties = feature.get("properties")
    values = {
        str(key): json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for key, value in (properties.items() if isinstance(properties, dict) else ())
    }
    if isinstance(feature.get("id"), str | int):
        values.setdefault("id", feature["id"])
    geometry, fault = to_shape(feature.get("geometry"))
    if not vertices.count(geometry):
        geometry, fault = None, "too_many_vertices"
    return {"row": number, "values": values, "geometry": geometry, "fault": fault}


def to_shape(value: Any) -> tuple[shapely.Geometry | None, str | None]:
    """A GeoJSON geometry in 2D, or the code of what is wrong with it; neither for null."""
    if value is None:
        return None, None
    try:
        if _has_open_ring(value):
            return None, "ring_not_closed"
        return shapely.force_2d(shape(value)), None
    # What malformed members make of themselves in shapely is not one kind of error.
    except (ValueError, TypeError, AttributeError, LookupError, shapely.errors.ShapelyError):
        return None, "geometry_unreadable"


def _has_open_ring(value: dict[str, Any]) -> bool:
    """GEOS would close the ring without a word."""
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        return False
    polygons: Any = [coordinates] if kind == "Polygon" else coordinates
    return any(ring[0] != ring[-1] for polygon in polygons for ring in polygon)
