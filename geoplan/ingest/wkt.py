"""Shapes that a table holds as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Layer
from geoplan.ingest.columns import Columns
from geoplan.ingest.coordinate_text import read_coordinate
from geoplan.ingest.findings import BadValue
from geoplan.ingest.tables import Rows

# No collections: they nest, and nothing that a layer holds is one.
_SHAPE = re.compile(r"\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b", re.IGNORECASE)


def holds_shapes(columns: Columns, layer: Layer) -> bool:
    """Whether a table's rows have shapes: a column WKT, unless points are all that is wanted and
    other columns say where they are."""
    if "wkt" not in columns:
        return False
    has_points = "lonlat" in columns or {"lon", "lat"} <= columns.keys()
    return not has_points or (layer.geometry, layer.also) != ("point", ())


def with_shapes(rows: Rows, columns: Columns) -> Rows:
    """The rows with their shapes; where there is none, the point of the columns 经度 and 纬度.

    The fault of a row without either is `missing`, of an unreadable one `geometry_unreadable`.
    """
    cells = rows.columns[columns["wkt"][0].index]
    is_shape = [isinstance(cell, str) and _SHAPE.match(cell) is not None for cell in cells]
    texts = [cell if known else None for cell, known in zip(cells, is_shape, strict=True)]
    geometry: NDArray[np.object_] = shapely.force_2d(
        np.atleast_1d(shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore"))
    )
    faults: dict[int, str] = {}
    points = [rows.columns[columns[name][0].index] for name in ("lon", "lat") if name in columns]
    for index in np.flatnonzero(shapely.is_missing(geometry)).tolist():
        if not _is_empty(cells[index]):
            faults[index] = "geometry_unreadable"
        elif len(points) < 2 or all(_is_empty(column[index]) for column in points):
            faults[index] = "missing"
        else:
            geometry[index] = _point([column[index] for column in points])
            if geometry[index] is None:
                faults[index] = "geometry_unreadable"
    return replace(rows, geometry=geometry, faults=faults)


def systems_in(rows: Rows, columns: Columns) -> Iterator[tuple[int, str]]:
    """Each word of the column 坐标系 once, with the index where it first stands."""
    found = columns.get("crs", [])
    cells = [] if not found else rows.columns[found[0].index]
    words = {str(cell): index for index, cell in reversed(list(enumerate(cells))) if cell}
    yield from sorted((index, word) for word, index in words.items() if not _is_empty(word))


def _point(cells: Sequence[Any]) -> shapely.Point | None:
    try:
        return shapely.Point([read_coordinate(cell).value for cell in cells])
    except BadValue:
        return None


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
