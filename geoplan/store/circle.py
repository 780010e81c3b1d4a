"""Circles: which categories of a standard are near enough to each cell, as bit masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.binary import copy_bytes, integers
from geoplan.store.sql import queries

_SQL = queries("circle")


@dataclass(frozen=True, slots=True)
class CircleMasks:
    """Which categories are near enough: bit n is category n. Cells (n,) int64, ascending."""

    cell: NDArray[np.int64]
    now: NDArray[np.int64]
    plan: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CircleState:
    """What a circle's masks were made of and what they would be made of now.

    Both hold `definition`, `cell` (version of the people) and `services` (their data versions).
    """

    id: str
    inputs: dict[str, Any]
    present: dict[str, Any]


async def read_circle(connection: psycopg.AsyncConnection, standard: str) -> CircleMasks:
    """Masks of a circle standard, for every cell that was computed."""
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_SQL["masks"], {"standard": standard})
        return _masks(await cursor.fetchone())


def held_circle(connection: psycopg.Connection, standard: str) -> CircleMasks:
    """As `read_circle`, on a plain connection."""
    with connection.cursor(binary=True) as cursor:
        return _masks(cursor.execute(_SQL["masks"], {"standard": standard}).fetchone())


def lock_circles(connection: psycopg.Connection) -> None:
    """Keep other writers of circles waiting to the end of this transaction."""
    connection.execute(_SQL["lock"])


def circle_states(connection: psycopg.Connection) -> list[CircleState]:
    """All circle standards, by id."""
    with connection.cursor(row_factory=class_row(CircleState)) as cursor:
        return cursor.execute(_SQL["states"]).fetchall()


def write_circle(
    connection: psycopg.Connection,
    standard: str,
    old: CircleMasks,
    new: CircleMasks,
    inputs: Mapping[str, Any],
) -> bool:
    """Write the masks that differ, and what they were made of; whether any differed.

    Inside the caller's transaction, which holds the lock.
    """
    connection.execute(_SQL["make_incoming"])
    key: dict[str, object] = {"standard": standard}
    known = np.isin(new.cell, old.cell, assume_unique=True)
    place = np.searchsorted(old.cell, new.cell[known])
    differs = known.copy()
    differs[known] = (old.now[place] != new.now[known]) | (old.plan[place] != new.plan[known])
    gone = np.setdiff1d(old.cell, new.cell, assume_unique=True)
    if len(gone):
        connection.execute(_SQL["drop_gone"], key | {"cells": gone.tolist()})
    for rows, step in ((differs, "change"), (~known, "add")):
        if rows.any():
            columns = {"cell": new.cell[rows], "now": new.now[rows], "plan": new.plan[rows]}
            with connection.cursor().copy(_SQL["copy_rows"]) as copy:
                copy.write(copy_bytes(columns))
            connection.execute(_SQL[step], key)
            connection.execute(_SQL["empty_incoming"])
    connection.execute(_SQL["put_inputs"], key | {"inputs": Jsonb(inputs)})
    connection.execute(_SQL["drop_incoming"])
    return bool(len(gone) or differs.any() or not known.all())


def raise_circle_version(connection: psycopg.Connection) -> None:
    """Tell caches that circles changed."""
    connection.execute(_SQL["raise_version"])


def _masks(row: tuple[Any, ...] | None) -> CircleMasks:
    return CircleMasks(*(integers(column, np.int64) for column in row or (None, None, None)))
