"""Demand: people by cell, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.store.binary import integers
from geoplan.store.sql import queries

_SQL = queries("demand")


@dataclass(frozen=True, slots=True)
class Demand:
    """People in the n populated cells of resolution 10.

    cell      (n,) int64, ascending; people  (n,) int32 and, where the source tells ages, their
              parts, which add up to it in every cell (None: not told in every cell).
    district  (n,) int16 index into `districts`, the codes of the cells' districts.
    version   raised by every change of the people; synthetic  whether a made-up source is in it.
    """

    cell: NDArray[np.int64]
    people: NDArray[np.int32]
    aged_0_14: NDArray[np.int32] | None
    aged_15_59: NDArray[np.int32] | None
    aged_60_up: NDArray[np.int32] | None
    district: NDArray[np.int16]
    districts: tuple[str, ...]
    version: int
    synthetic: bool


async def read_demand(connection: psycopg.AsyncConnection) -> Demand:
    """The people of all cells, whoever asks: a cell's own number is never to be answered."""
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_SQL["demand"])
        return _demand(await cursor.fetchone())


def held_demand(connection: psycopg.Connection) -> Demand:
    """As `read_demand`, on a plain connection."""
    with connection.cursor(binary=True) as cursor:
        return _demand(cursor.execute(_SQL["demand"]).fetchone())


def _demand(row: tuple[Any, ...] | None) -> Demand:
    if row is None:
        raise RuntimeError("an aggregate has one row")
    cells, people, young, middle, old, district, codes, version, synthetic = row
    cell = integers(cells, np.int64)
    ages = [
        integers(part, np.int32) if part and len(part) == 4 * len(cell) else None
        for part in (young, middle, old)
    ]
    return Demand(
        cell=cell,
        people=integers(people, np.int32),
        aged_0_14=ages[0],
        aged_15_59=ages[1],
        aged_60_up=ages[2],
        district=integers(district, np.int16),
        districts=tuple(codes or ()),
        version=version,
        synthetic=synthetic,
    )
