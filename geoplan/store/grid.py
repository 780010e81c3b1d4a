"""Keeping the grid: deltas in the transaction that changes features, in whole nano-units.

Sums of integers do not depend on their order: the kept grid equals a recount to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString

import numpy as np
import polars as pl
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from geoplan.store.sql import queries

_SQL = queries("grid")
FINEST_SHAPE = 9
_KEYS = ("res", "cell", "district", "status")


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
        self._added: list[pl.DataFrame] = []
        connection.execute(_SQL["make_delta"])

    def take_away(self, ids: LiteralString) -> None:
        """Note the present shares of the features that `ids` (a query) names as leaving."""
        statement = sql.SQL(_SQL["note_leaving"]).format(ids=sql.SQL(ids))
        self._connection.execute(statement, {"layer": self._layer})

    def add(
        self,
        res: NDArray[np.int8],
        cell: NDArray[np.int64],
        district: NDArray[np.object_],
        status: NDArray[np.object_],
        amounts: NDArray[np.int64],
    ) -> None:
        """Note shares (n,) as entering; amounts (n, k) in the order of the layer's measures."""
        columns = {str(place): column for place, column in enumerate(amounts.T)}
        keys = {"res": res, "cell": cell, "district": district, "status": status}
        self._added.append(_summed(pl.DataFrame({**keys, **columns, "features": 1})))

    def apply(self) -> None:
        """Write the collected deltas into the grid, and the shapes that tiles will need."""
        cells: list[int] = []
        if self._added:
            added = _summed(pl.concat(self._added))
            cells = added.filter(pl.col("res") <= FINEST_SHAPE)["cell"].unique().sort().to_list()
            self._copy(added)
        for step in ("sum_delta", "change_sums", "drop_delta"):
            self._connection.execute(_SQL[step], {"layer": self._layer})
        put_shapes(self._connection, cells, self._shapes)

    def _copy(self, added: pl.DataFrame) -> None:
        row = self._connection.execute(_SQL["measures"], {"layer": self._layer}).fetchone()
        if row is None:
            raise RuntimeError(f"there is no layer {self._layer}")
        with self._connection.cursor().copy(_SQL["copy_delta"]) as copy:
            for place, measure in enumerate(row[0]):
                lines = added.select(*_KEYS, pl.lit(measure), str(place), "features")
                copy.write(copy_text(lines))


def copy_text(frame: pl.DataFrame) -> bytes:
    """Rows in the text form of COPY: of numbers, ids and codes, in which nothing is escaped."""
    return frame.write_csv(include_header=False, separator="\t", quote_style="never").encode()


def _summed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by(_KEYS).agg(pl.exclude(_KEYS).sum())


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
