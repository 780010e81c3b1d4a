"""Single features as they are held, for changing them; requests that may be sent twice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.features import FeatureRow
from geoplan.store.sql import queries

_SQL = queries("edits")
REMEMBERED_DAYS = 7
"""How long a request that was sent with a key is known again."""


@dataclass(frozen=True, slots=True)
class Held(FeatureRow):
    """A feature as it is held, and since when it is so."""

    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Which unit reports a feature, in which district it lies, since when it is as it is."""

    unit: str | None
    district: str | None
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of a request's key: whether it is new, and what was answered before."""

    new: bool
    digest: bytes
    answer: dict[str, Any] | None


def state_of(layer: str, fid: UUID, valid_from: datetime) -> str:
    """A word for the state that a feature has since then; no two states share one."""
    text = f"{layer}/{fid}/{valid_from.timestamp():.6f}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def lock_layer(connection: psycopg.Connection, layer_id: str) -> None:
    """Wait for the layer's other writers; held to the end of the transaction."""
    connection.execute(_SQL["lock_layer"], {"layer": layer_id})


def held_feature(connection: psycopg.Connection, layer_id: str, fid: UUID) -> Held | None:
    """A feature that this transaction's account sees."""
    with connection.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(_SQL["held"], {"layer": layer_id, "id": fid}).fetchone()


async def standing_of(
    connection: psycopg.AsyncConnection, layer_id: str, fid: UUID
) -> Standing | None:
    """How a feature stands; None when this connection does not see it."""
    async with connection.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(_SQL["standing"], {"layer": layer_id, "id": fid})
        return await cursor.fetchone()


def with_number(
    connection: psycopg.Connection,
    layer_id: str,
    unit: str | None,
    number: str,
    *,
    but: UUID | None = None,
) -> str | None:
    """Id of another feature of the unit that has this project number; `but` is not asked about."""
    row = connection.execute(
        _SQL["same_number"], {"layer": layer_id, "unit": unit, "number": number, "but": but}
    ).fetchone()
    return None if row is None else str(row[0])


def claim_request(connection: psycopg.Connection, account: UUID, key: str, digest: bytes) -> Claim:
    """Take a request's key in this transaction, or learn what the one before it was answered."""
    asked = {"account": account, "key": key, "digest": digest, "days": REMEMBERED_DAYS}
    connection.execute(_SQL["forget_requests"], asked)
    new = connection.execute(_SQL["claim_request"], asked).rowcount == 1
    row = connection.execute(_SQL["claimed_request"], asked).fetchone()
    if row is None:
        raise RuntimeError("a request's key was claimed and is not there")
    return Claim(new, bytes(row[0]), row[1])


def answer_request(
    connection: psycopg.Connection, account: UUID, key: str, answer: dict[str, Any]
) -> None:
    """Keep what a claimed request was answered."""
    connection.execute(
        _SQL["answer_request"], {"account": account, "key": key, "answer": Jsonb(answer)}
    )
