"""Land parcels as text (国土 TXT, also from CASS); inside the sandbox.

A head of `key=value` lines below `[属性描述]`; below `[地块坐标]`, for each parcel, a line that
ends in `@` (number of points, area in hectares, id, name, 面, sheet, use, code) and a line a
corner: name, ring, north, east.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoplan.ingest.cass import to_point
from geoplan.ingest.encoding import decode
from geoplan.ingest.raw import BATCH_ROWS, Vertices, batch_of

_NAMES = (
    "界址点数",
    "面积（公顷）",
    "地块编号",
    "地块名称",
    "图形",
    "图幅号",
    "地块用途",
    "地类编码",
)
_KEY = re.compile(r"\s*([^=\[\],]{1,30})=(.*)")
_ZONED = 10_000_000
"""Eastings beyond carry the number of their zone in the millions."""

_Ring = list[tuple[float, float]]


@dataclass(slots=True)
class _Parcel:
    """Cells of a parcel's line, and its rings of (north, east) as text."""

    cells: list[str]
    rings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def read_parcels(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Parcels in their order; rings inside another are holes, others are parts.

    A corner that is not repeated at the end of its ring is, as surveyors leave it out.
    Raises GeoplanError `encoding_unknown`.
    """
    decoded = decode(path.read_bytes(), encoding)
    lines = decoded.text.lstrip("\ufeff").splitlines()
    yield {
        "format": "parcel TXT",
        "crs": _system(lines),
        "sheet": None,
        "encoding": decoded.encoding,
        "guessed": decoded.guessed,
    }
    vertices = Vertices()
    rows = (
        _row(number, parcel, vertices) for number, parcel in enumerate(_parcels(lines), start=1)
    )
    while batch := list(islice(rows, BATCH_ROWS)):
        yield batch_of(batch)


def _parcels(lines: Sequence[str]) -> Iterator[_Parcel]:
    held: _Parcel | None = None
    for line in lines:
        cells = [cell.strip() for cell in line.split(",")]
        if line.rstrip().endswith("@"):
            if held is not None:
                yield held
            held = _Parcel(cells)
        elif held is not None and len(cells) >= 4:
            held.rings.setdefault(cells[1], []).append((cells[2], cells[3]))
    if held is not None:
        yield held


def _row(number: int, parcel: _Parcel, vertices: Vertices) -> dict[str, Any]:
    values = {name: cell or None for name, cell in zip(_NAMES, parcel.cells[:-1], strict=False)}
    geometry: Any = None
    fault: str | None = None
    if parcel.rings:
        try:
            rings = _rings(parcel)
            geometry = _MAKERS.get(str(values.get("图形")), _area)(rings)
        except (ValueError, shapely.errors.ShapelyError):
            fault = "geometry_unreadable"
    if not vertices.count(geometry):
        geometry, fault = None, "too_many_vertices"
    return {"row": number, "values": values, "geometry": geometry, "fault": fault}


def _rings(parcel: _Parcel) -> list[_Ring]:
    """The corners of each ring, east first. Raises ValueError for numbers and counts that lie."""
    rings = []
    for corners in parcel.rings.values():
        points = [to_point(east, north)[0] for north, east in corners]
        if None in points:
            raise ValueError
        rings.append([(point.x, point.y) for point in points if point is not None])
    said = int(parcel.cells[0]) if parcel.cells[0].isdecimal() else None
    held = sum(map(len, rings))
    # The repeated corner at the end of a ring is counted, or it is not.
    if said is not None and abs(said - held) > len(rings):
        raise ValueError
    return rings


def _area(rings: Sequence[_Ring]) -> Any:
    """Polygons of rings: inside an odd number of others a ring is a hole."""
    areas = sorted((shapely.Polygon(ring) for ring in rings), key=lambda area: -area.area)
    around = [
        [index for index in range(at) if shapely.covers(areas[index], areas[at])]
        for at in range(len(areas))
    ]
    holes: dict[int, list[Any]] = {at: [] for at in range(len(areas)) if len(around[at]) % 2 == 0}
    for at, outer in enumerate(around):
        if len(outer) % 2:
            holes[outer[-1]].append(areas[at].exterior.coords)
    polygons = [shapely.Polygon(areas[at].exterior.coords, inner) for at, inner in holes.items()]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _lines(rings: Sequence[_Ring]) -> Any:
    return shapely.multilinestrings([shapely.LineString(ring) for ring in rings])


def _points(rings: Sequence[_Ring]) -> Any:
    return shapely.multipoints(np.concatenate(rings))


_MAKERS: dict[str, Callable[[Sequence[_Ring]], Any]] = {"线": _lines, "点": _points}


def _system(lines: Sequence[str]) -> str | None:
    """The system in the head's words, with its zone: by number where the eastings carry it."""
    head = {
        found[1].strip(): found[2].strip()
        for line in lines[:200]
        if not line.rstrip().endswith("@") and (found := _KEY.match(line))
    }
    datum = head.get("坐标系")
    if not datum:
        return None
    cells = next((line.split(",") for line in lines if line.count(",") == 3), [])
    easting, _ = to_point(cells[3], cells[2]) if cells else (None, None)
    by_number = easting is not None and easting.x >= _ZONED
    said = head.get("带号", "")
    zone = int(said) if said.isdecimal() else 0
    if by_number and easting is not None:
        return f"{datum} 带号{int(easting.x // 1_000_000)}"
    if not zone:
        return datum
    if head.get("几度分带", "3") == "6":
        return f"{datum} 6度带 中央经线{6 * zone - 3}"
    return f"{datum} 中央经线{3 * zone}"
