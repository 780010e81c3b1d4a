"""Keeping the grid: deltas in the transaction that changes features, in whole nano-units.

Sums of integers do not depend on their order: the kept grid equals a recount to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from geoplan.store.sql import queries

_SQL = queries("grid")
FINEST_SHAPE = 9


@dataclass(frozen=True, slots=True)
class CellShape:
    """Centre and boundary of a cell as WKB in EPSG:4326."""

    cell: int
    res: int
    center: bytes
    boundary: bytes


ShapeMaker = Callable[[Sequence[int]], Iterable[CellShape]]


class GridChange:
    """Collects what leaves and enters a layer's grid, and applies it once."""

    def __init__(self, connection: psycopg.Connection, layer_id: str, shapes: ShapeMaker) -> None:
        self._connection = connection
        self._layer = layer_id
        self._shapes = shapes
        self._cells: set[int] = set()
        connection.execute(_SQL["make_delta"])

    def take_away(self, ids: LiteralString) -> None:
        """Note the present shares of the features that `ids` (a query) names as leaving."""
        self._note(ids, -1)

    def add(self, ids: LiteralString) -> None:
        """Note the present shares of the features that `ids` (a query) names as entering."""
        self._note(ids, 1)

    def _note(self, ids: LiteralString, sign: int) -> None:
        statement = sql.SQL(_SQL["note_shares"]).format(ids=sql.SQL(ids))
        self._connection.execute(statement, {"layer": self._layer, "sign": sign})

    def show(self, cells: NDArray[np.int64], res: NDArray[np.int8]) -> None:
        """Remember cells whose shapes tiles will need."""
        self._cells.update(np.unique(cells[res <= FINEST_SHAPE]).tolist())

    def apply(self) -> None:
        """Write the collected deltas into the grid."""
        for step in ("sum_delta", "change_sums", "drop_delta"):
            self._connection.execute(_SQL[step], {"layer": self._layer})
        put_shapes(self._connection, sorted(self._cells), self._shapes)


def put_shapes(connection: psycopg.Connection, cells: Sequence[int], shapes: ShapeMaker) -> None:
    """Remember the shapes of cells that tiles will need and that are not there yet."""
    missing = [row[0] for row in connection.execute(_SQL["missing_shapes"], {"cells": list(cells)})]
    made = list(shapes(missing))
    columns = CellShape.__dataclass_fields__
    connection.execute(
        _SQL["put_shapes"], {name: [getattr(shape, name) for shape in made] for name in columns}
    )


def drift(connection: psycopg.Connection) -> list[tuple[str, int, int, int | None, int | None]]:
    """Cells whose kept sum differs from a recount: layer, resolution, cell, recounted, kept."""
    return connection.execute(_SQL["drift"]).fetchall()
