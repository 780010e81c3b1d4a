"""KML and KMZ, read without GDAL; inside the sandbox."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import shapely

from geoplan.errors import GeoplanError
from geoplan.ingest.archive import damaged_archive, member_name, open_archive
from geoplan.ingest.encoding import Decoded, decode
from geoplan.ingest.raw import BATCH_ROWS, Vertices, batch_of
from geoplan.ingest.vector import chosen
from geoplan.text import Text

_LARGEST = 100 << 20
"""Bytes of the KML in a KMZ, as of a file alone."""
_DEEPEST = 64
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_TUPLE = re.compile(r"\s*,\s*")
_OWN = ("name", "description", "address")
"""Elements of a placemark that are columns beside its extended data."""

_MULTI: dict[str, Callable[..., Any]] = {
    "Point": shapely.multipoints,
    "LineString": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
}


def read_kml(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Placemarks with their name, description and extended data; degrees, WGS 84, as KML has them.

    Raises GeoplanError `format_refused` for a DOCTYPE or a link to places elsewhere, `xml_broken`,
    `encoding_unknown`, `no_rows`.
    """
    yield from _read(path.read_bytes(), encoding, {"format": "KML", "sheet": None})


def read_kmz(path: Path, sheet: str | None, encoding: str | None) -> Iterator[dict[str, Any]]:
    """The KML of a KMZ: `doc.kml`, else the only one; members beside it are left alone.

    Raises GeoplanError `sheet_unknown`, `archive_damaged`, `archive_too_large`, and what
    `read_kml` raises.
    """
    with open_archive(path) as archive:
        members = {
            member_name(member): member
            for member in archive.infolist()
            if member.filename.lower().endswith(".kml")
        }
        names = list(members)
        name = chosen(names, sheet or next((one for one in names if one == "doc.kml"), None))
        try:
            with archive.open(members[name]) as stream:
                content = stream.read(_LARGEST + 1)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise damaged_archive() from error
    if len(content) > _LARGEST:
        raise GeoplanError(
            "archive_too_large",
            Text(
                f"KML 解压后超过 {_LARGEST >> 20} MB", f"the KML is larger than {_LARGEST >> 20} MB"
            ),
            Text("请拆分文件", "split the file"),
        )
    yield from _read(content, encoding, {"format": "KMZ", "sheet": name, "sheets": names})


def _read(content: bytes, encoding: str | None, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    decoded = _decoded(content, encoding)
    yield {"crs": "EPSG:4326", "encoding": decoded.encoding, "guessed": decoded.guessed, **said}
    rows: list[dict[str, Any]] = []
    vertices = Vertices()
    for number, placemark in enumerate(_placemarks(decoded.text), start=1):
        rows.append(_row(number, placemark, vertices))
        if len(rows) == BATCH_ROWS or vertices.batch_is_full:
            yield batch_of(rows)
            rows = []
            vertices.start_batch()
    if rows:
        yield batch_of(rows)


def _decoded(content: bytes, encoding: str | None) -> Decoded:
    """Text by a person's word, else the XML declaration's if it is right, else as other text."""
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    if encoding is None and declared:
        try:
            return decode(content, declared[1].decode("ascii"))
        except GeoplanError:  # GBK that calls itself UTF-8 is common
            pass
    return decode(content, encoding)


def _placemarks(text: str) -> Iterator[Any]:
    """Elements of placemarks, each taken apart once it has been looked at."""
    from defusedxml import ElementTree  # noqa: PLC0415  only KML needs it
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415

    depth = 0
    source = io.StringIO(text.lstrip("\ufeff \t\r\n"))
    try:
        for event, element in ElementTree.iterparse(source, ("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise _refused(
                    Text("嵌套过深", "is nested too deeply"),
                    Text("请重新导出", "export it again"),
                )
            name = _tag(element)
            if event == "start" and name in {"NetworkLink", "NetworkLinkControl"}:
                raise _refused(
                    Text("的内容在别处（NetworkLink），不会去取", "links to places kept elsewhere"),
                    Text("请把地标保存到文件中", "save the placemarks into the file itself"),
                )
            if event == "end" and name == "Placemark":
                yield element
                element.clear()
    except DefusedXmlException as error:
        raise _refused(
            Text("含有 DOCTYPE 或实体", "holds a DOCTYPE or entities"),
            Text("请删除后重新导出", "export it again without them"),
        ) from error
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise GeoplanError(
            "xml_broken",
            Text(f"第 {line} 行不是有效的 XML", f"line {line} is not valid XML"),
            Text("文件可能不完整，请重新导出", "the file may be cut off; export it again"),
        ) from error


def _row(number: int, placemark: Any, vertices: Vertices) -> dict[str, Any]:
    values: dict[str, Any] = {}
    geometry: Any = None
    fault: str | None = None
    for child in placemark:
        name = _tag(child)
        if name in _OWN and child.text and child.text.strip():
            values[name] = child.text.strip()
        elif name == "ExtendedData":
            values |= _data(child)
        elif geometry is None and fault is None:
            try:
                geometry = _shape(child)
            except _OpenRing:
                fault = "ring_not_closed"
            # What malformed coordinates make of themselves in shapely is not one kind of error.
            except (ValueError, TypeError, LookupError, shapely.errors.ShapelyError):
                fault = "geometry_unreadable"
    if not vertices.count(geometry):
        geometry, fault = None, "too_many_vertices"
    return {"row": number, "values": values, "geometry": geometry, "fault": fault}


def _data(extended: Any) -> dict[str, str]:
    """Values of `Data` and of `SimpleData`, by their names."""
    found: dict[str, str] = {}
    for element in extended.iter():
        name, key = _tag(element), element.get("name")
        if key and name == "SimpleData":
            found[key] = (element.text or "").strip()
        elif key and name == "Data":
            values = (child.text or "" for child in element if _tag(child) == "value")
            found[key] = next(values, "").strip()
    return {key: value for key, value in found.items() if value}


class _OpenRing(Exception):  # noqa: N818  becomes a fault of its row
    """A ring whose last position is not its first: shapely would close it without a word."""


def _shape(element: Any) -> Any:
    """A geometry in 2D; None for an element that is none."""
    make = _MAKERS.get(_tag(element))
    return None if make is None else make(element)


def _point(element: Any) -> Any:
    return shapely.Point(_positions(element)[0])


def _line(element: Any) -> Any:
    return shapely.LineString(_positions(element))


def _polygon(element: Any) -> Any:
    outer, *_ = _rings(element, "outerBoundaryIs")
    return shapely.Polygon(outer, _rings(element, "innerBoundaryIs"))


def _track(element: Any) -> Any:
    texts = [child.text or "" for child in element if _tag(child) == "coord"]
    return shapely.LineString([tuple(map(float, text.split()[:2])) for text in texts])


def _several(element: Any) -> Any:
    parts = [part for part in map(_shape, element) if part is not None]
    kinds = {part.geom_type for part in parts}
    if len(kinds) == 1 and kinds <= _MULTI.keys():
        return _MULTI[kinds.pop()](parts)
    return shapely.GeometryCollection(parts)


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": _line,
    "Polygon": _polygon,
    "Track": _track,
    "MultiGeometry": _several,
    "MultiTrack": _several,
}


def _rings(polygon: Any, kind: str) -> list[list[tuple[float, ...]]]:
    return [
        _ring(ring)
        for boundary in polygon
        if _tag(boundary) == kind
        for ring in boundary
        if _tag(ring) == "LinearRing"
    ]


def _ring(element: Any) -> list[tuple[float, ...]]:
    ring = _positions(element)
    if ring[0] != ring[-1]:
        raise _OpenRing
    return ring


def _positions(element: Any) -> list[tuple[float, ...]]:
    text = next((child.text or "" for child in element if _tag(child) == "coordinates"), "")
    return [
        tuple(float(part) for part in position.split(",")[:2])
        for position in _TUPLE.sub(",", text.strip()).split()
    ]


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _refused(what: Text, remedy: Text) -> GeoplanError:
    return GeoplanError("format_refused", Text(f"该 KML {what.zh}", f"the KML {what.en}"), remedy)
