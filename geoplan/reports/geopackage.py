"""Hexagons as polygons in a GeoPackage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from geoplan.grid import cell_shapes, to_hex


def write_cells(
    path: Path,
    cells: NDArray[np.int64],
    columns: Mapping[str, NDArray[np.float64] | list[str]],
    *,
    layer: str,
    facts: Mapping[str, str],
) -> None:
    """Write a layer of hexagons (EPSG:4326) with their H3 index and values.

    cells    (n,) H3 indices of one resolution.
    columns  name → n values; NaN becomes null.
    facts    what the values are of, kept as the layer's metadata.
    """
    shapes = cell_shapes(cells).boundary
    values = {
        name: pa.array(held, from_pandas=True) if isinstance(held, np.ndarray) else pa.array(held)
        for name, held in columns.items()
    }
    table = pa.table(
        {"cell": pa.array(to_hex(cells)), **values, "geom": pa.array(shapely.to_wkb(shapes))}
    )
    pyogrio.write_arrow(
        table,
        path,
        layer=layer,
        driver="GPKG",
        geometry_name="geom",
        geometry_type="Polygon",
        crs="EPSG:4326",
        layer_metadata=dict(facts),
    )
