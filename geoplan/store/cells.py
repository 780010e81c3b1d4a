"""Reading the grid: sums of a layer's measure by H3 cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.store.sql import queries

_SQL = queries("cells")
SHAPED = 9
"""The finest resolution whose cells have shapes in the database."""


@dataclass(frozen=True, slots=True)
class GridSearch:
    """Which sums are asked for.

    position  of the measure in the layer, from 1.
    district  code of the district in which the shares lie; `zone` code of the zone that reports.
    cells     only these cells (for resolutions without shapes); bbox  only cells that touch
              west, south, east, north, degrees.
    """

    layer: str
    res: int
    measure: str
    position: int
    statuses: Sequence[str] | None = None
    district: str | None = None
    zone: str | None = None
    cells: Sequence[int] | None = None
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class CellSums:
    """Cells (n,) int64, ascending, and their sums (n,) int64 in nano-units."""

    cells: NDArray[np.int64]
    amounts: NDArray[np.int64]


async def cell_sums(connection: psycopg.AsyncConnection, search: GridSearch) -> CellSums:
    """The sums that match, for what this connection's role may see."""
    west, south, east, north = search.bbox or (None, None, None, None)
    parameters: dict[str, object] = {
        "layer": search.layer,
        "res": search.res,
        "measure": search.measure,
        "position": search.position,
        "statuses": None if search.statuses is None else list(search.statuses),
        "district": search.district,
        "unit": search.zone,
        "cells": None if search.cells is None else list(search.cells),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_SQL["sums" if search.zone is None else "zone_sums"], parameters)
        row = await cursor.fetchone()
    cells, amounts = row if row is not None else (None, None)
    return CellSums(_integers(cells), _integers(amounts))


def _integers(data: bytes | None) -> NDArray[np.int64]:
    return np.frombuffer(data or b"", dtype=">i8").astype(np.int64)
