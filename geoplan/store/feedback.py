"""Remarks on features: taken in by a function of the database, settled under its policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from geoplan.store.sql import queries
from geoplan.text import Lang

_SQL = queries("feedback")
Kind = Literal["place", "closed", "data", "other"]
State = Literal["pending", "accepted", "declined", "done"]


@dataclass(frozen=True, slots=True)
class NewFeedback:
    """A remark as it came. lon, lat  where it points to, degrees; None: nowhere.

    address  whom it is counted for; the database keeps a hash of it for the day.
    """

    address: str
    layer: str
    feature: UUID
    kind: Kind
    words: str | None
    lon: float | None
    lat: float | None
    lang: Lang


@dataclass(frozen=True, slots=True)
class Feedback:
    """A remark. unit, district  of the feature when it was made.

    name_en, feature_lon, feature_lat  of the feature now; None when it is gone.
    """

    id: UUID
    layer: str
    feature: UUID
    name: str | None
    name_en: str | None
    unit: str | None
    district: str | None
    kind: Kind
    text: str | None
    lon: float | None
    lat: float | None
    lang: Lang
    state: State
    version: int
    note: str | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    feature_lon: float | None
    feature_lat: float | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a remark; account None: it was made, by somebody."""

    feedback: UUID
    at: datetime
    account: str | None
    from_state: State | None
    to_state: State
    note: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a remark stands."""

    state: State
    version: int
    unit: str | None


async def give(connection: psycopg.AsyncConnection, new: NewFeedback) -> tuple[UUID | None, float]:
    """Take a remark in; its id, and seconds to wait when it was one too many. No id and no wait:
    there is no such public feature."""
    async with connection.transaction():
        found = await connection.execute(_SQL["give"], asdict(new))
        row = await found.fetchone()
    if row is None:
        raise RuntimeError("a function without a row")
    return row[0], float(row[1])


async def read_page(
    connection: psycopg.AsyncConnection,
    *,
    states: Sequence[State] | None,
    before: UUID | None,
    limit: int,
) -> list[Feedback]:
    """Remarks that the transaction's account may see, the newest first."""
    async with connection.cursor(row_factory=class_row(Feedback)) as cursor:
        given = {"states": states and list(states), "before": before, "limit": limit}
        await cursor.execute(_composed("page"), given)
        return await cursor.fetchall()


async def read_one(connection: psycopg.AsyncConnection, which: UUID) -> Feedback | None:
    """A remark; None when there is none that the account may see."""
    async with connection.cursor(row_factory=class_row(Feedback)) as cursor:
        await cursor.execute(_composed("one"), {"id": which})
        return await cursor.fetchone()


async def read_events(connection: psycopg.AsyncConnection, ids: Sequence[UUID]) -> list[Event]:
    """What happened to these remarks, in order."""
    async with connection.cursor(row_factory=class_row(Event)) as cursor:
        await cursor.execute(_SQL["events"], {"ids": list(ids)})
        return await cursor.fetchall()


async def read_counts(connection: psycopg.AsyncConnection) -> dict[str, int]:
    """How many remarks the account may see, by state."""
    return dict(await (await connection.execute(_SQL["counts"])).fetchall())


async def read_standing(connection: psycopg.AsyncConnection, which: UUID) -> Standing | None:
    """Where a remark stands; None when there is none that the account may see."""
    async with connection.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(_SQL["standing"], {"id": which})
        return await cursor.fetchone()


async def settle(
    connection: psycopg.AsyncConnection, which: UUID, version: int, state: State, note: str | None
) -> bool:
    """Bring a remark to a state; False when it is not the account's to settle or was changed since.

    Raises psycopg's CheckViolation for a step that there is not.
    """
    given = {"id": which, "version": version, "state": state, "note": note}
    return (await connection.execute(_SQL["settle"], given)).rowcount == 1


def _composed(block: str) -> sql.Composed:
    return sql.SQL(_SQL[block]).format(columns=sql.SQL(_SQL["columns"]))
