"""Points from the coordinate columns of a table."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Layer
from geoplan.errors import GeoplanError
from geoplan.ingest.columns import Columns
from geoplan.ingest.coordinates import to_coordinate
from geoplan.ingest.findings import BadValue, Findings
from geoplan.ingest.tables import Rows
from geoplan.text import Text

_BETWEEN = re.compile(r"\s*[,，;；\s]\s*")


def require_points(layer: Layer) -> None:
    """Raises GeoplanError `table_without_shapes` for a layer that holds no points."""
    if "point" not in (layer.geometry, *layer.also):
        raise GeoplanError(
            "table_without_shapes",
            Text(
                f"表格只有点位，图层 {layer.id} 需要线或面",
                f"a table holds points only; {layer.id} needs lines or polygons",
            ),
            Text(
                "请提供 GeoPackage、GeoJSON 或 Shapefile",
                "give a GeoPackage, GeoJSON or Shapefile",
            ),
        )


def points(
    rows: Rows, columns: Columns, code: str, findings: Findings
) -> tuple[NDArray[Any], dict[int, str]]:
    """The points of a table's rows, from two columns or from one that holds `lon,lat`.

    code  the system of the numbers.
    Returns points (n,), x = east, and the faults that `check_geometry` takes: `missing`, and ''
    where a coordinate is unreadable, which is noted here.
    """
    xy = np.full((len(rows.row), 2), np.nan)
    faults: dict[int, str] = {}
    for axis, name in enumerate(("lon", "lat")):
        column = columns.get(name, columns.get("lonlat", []))[0]
        packed = column.field.id == "lonlat"
        for index, raw in enumerate(rows.columns[column.index]):
            part = _part(raw, axis) if packed else raw
            if part is None:
                faults.setdefault(index, "missing")
                continue
            try:
                xy[index, axis] = to_coordinate(part, code)
            except BadValue as bad:
                if faults.get(index) != "":
                    findings.add(bad, row=rows.row[index], column=column.header, value=raw)
                faults[index] = ""
    return shapely.points(xy), faults


def _part(raw: Any, axis: int) -> Any:
    """One of the two numbers of a cell; a cell of another form is given back whole."""
    parts = _BETWEEN.split(str(raw).strip())
    return parts[axis] if raw is not None and len(parts) == 2 else raw
