"""What was done towards the targets, summed in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("progress")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target as the sum asks for it: measure position from 1, counted period, optional filter."""

    layer: str
    target: str
    position: int
    starts_on: date | None
    ends_on: date | None
    field: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Sum:
    """Nano-units of a target's measure by reporting unit and status; `done` counts to the date."""

    layer: str
    target: str
    unit: str | None
    status: str
    done: int
    amount: int
    synthetic: bool
    as_of: date


async def sums(
    connection: psycopg.AsyncConnection, wanted: Sequence[Wanted], as_of: date | None
) -> list[Sum]:
    """Sums by target, unit and status of what this connection's role may see.

    as_of  counts what was finished by that day; None: by the day each source stands for.
    """
    async with connection.cursor(row_factory=class_row(Sum)) as cursor:
        await cursor.execute(_SQL["sums"], _parameters(wanted, as_of))
        return await cursor.fetchall()


def held_sums(
    connection: psycopg.Connection, wanted: Sequence[Wanted], as_of: date | None
) -> list[Sum]:
    """As `sums`, on a plain connection."""
    with connection.cursor(row_factory=class_row(Sum)) as cursor:
        return cursor.execute(_SQL["sums"], _parameters(wanted, as_of)).fetchall()


def _parameters(wanted: Sequence[Wanted], as_of: date | None) -> dict[str, object]:
    columns = Wanted.__dataclass_fields__
    return {name: [getattr(target, name) for target in wanted] for name in columns} | {
        "as_of": as_of
    }
