"""Survey points of CASS (.dat): number, code, east, north, height; inside the sandbox.

The order is the other one than that of land parcels, which write north first (`parcels`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import shapely

from geoplan.ingest.encoding import decode
from geoplan.ingest.raw import BATCH_ROWS, batch_of

_NAMES = ("点号", "编码", "高程")


def read_cass(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """Points, numbered by their lines; the file never says its system.

    Raises GeoplanError `encoding_unknown`.
    """
    decoded = decode(path.read_bytes(), encoding)
    yield {
        "format": "CASS DAT",
        "crs": None,
        "sheet": None,
        "encoding": decoded.encoding,
        "guessed": decoded.guessed,
    }
    points = (
        _point(number, line)
        for number, line in enumerate(decoded.text.splitlines(), start=1)
        if line.strip()
    )
    while rows := list(islice(points, BATCH_ROWS)):
        yield batch_of(rows)


def _point(number: int, line: str) -> dict[str, Any]:
    cells = [cell.strip() for cell in line.split(",")]
    own, code, east, north, height = [*cells[:5], *[""] * (5 - len(cells))]
    point, fault = to_point(east, north)
    values = {name: cell or None for name, cell in zip(_NAMES, (own, code, height), strict=True)}
    return {"row": number, "values": values, "geometry": point, "fault": fault}


def to_point(east: str, north: str) -> tuple[shapely.Point | None, str | None]:
    """The point of two numbers as text, or the code of the fault in them."""
    try:
        xy = float(east), float(north)
    except ValueError:
        return None, "geometry_unreadable"
    return (shapely.Point(xy), None) if all(map(math.isfinite, xy)) else (None, "not_finite")
