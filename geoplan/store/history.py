"""Earlier states of features: who made them, when, why, and what they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from geoplan.store.edits import Held
from geoplan.store.sql import queries

_SQL = queries("history")


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a feature, from `begins` up to, not including, `ends`.

    version   its number; None for the present state, which has none yet.
    by, why   of whoever made this state.
    deleted   it was ended by a deletion: `ended_by`, `ended_why` say whose.
    state     the row's columns as JSON.
    before    the state before it; None when the feature did not exist just before, or when this
              account may not see it.
    reshaped  its geometry differs from the one before; moved_m  how far its centre went, metres.
    """

    version: int | None
    begins: datetime
    ends: datetime | None
    by: str | None
    why: str | None
    deleted: bool
    ended_by: str | None
    ended_why: str | None
    state: dict[str, Any]
    before: dict[str, Any] | None
    reshaped: bool | None
    moved_m: float | None


async def versions(
    connection: psycopg.AsyncConnection,
    layer_id: str,
    fid: UUID,
    *,
    limit: int,
    before: datetime | None = None,
) -> list[Version]:
    """A feature's states, the newest first; `before`: only those that began earlier."""
    async with connection.cursor(row_factory=class_row(Version)) as cursor:
        await cursor.execute(
            _SQL["versions"], {"layer": layer_id, "id": fid, "limit": limit, "before": before}
        )
        return await cursor.fetchall()


def held_version(
    connection: psycopg.Connection, layer_id: str, fid: UUID, version: int
) -> Held | None:
    """An earlier state that this transaction's account may see; `valid_from` is when it began."""
    with connection.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(
            _SQL["version"], {"layer": layer_id, "id": fid, "version": version}
        ).fetchone()
