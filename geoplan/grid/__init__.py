"""Computation on the H3 grid: cells, exact shares of features, the compact binary."""

from geoplan.grid.cells import (
    RESOLUTIONS,
    CellShapes,
    cell_centers,
    cell_shapes,
    cells_in_bbox,
    neighbours,
    to_hex,
)
from geoplan.grid.districts import Districts
from geoplan.grid.encode import encode
from geoplan.grid.parents import mean_by_parent, parents
from geoplan.grid.shares import Shares, split

__all__ = [
    "RESOLUTIONS",
    "CellShapes",
    "Districts",
    "Shares",
    "cell_centers",
    "cell_shapes",
    "cells_in_bbox",
    "encode",
    "mean_by_parent",
    "neighbours",
    "parents",
    "split",
    "to_hex",
]
