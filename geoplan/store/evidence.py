"""Evidence of features: which files are attached, by whom, and until when."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("evidence")


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """A file to be attached; its bytes are kept already. width, height  in pixels, of pictures."""

    layer: str
    feature: UUID
    media_type: str
    file_name: str
    sha256: str
    bytes: int
    width: int | None
    height: int | None
    note: str | None
    account: UUID


@dataclass(frozen=True, slots=True)
class Evidence:
    """An attached file; `by` is what whoever attached it is called."""

    id: UUID
    media_type: str
    file_name: str
    sha256: str
    bytes: int
    width: int | None
    height: int | None
    note: str | None
    added_at: datetime
    by: str | None


def lock_feature(connection: psycopg.Connection, layer: str, feature: UUID) -> None:
    """Wait for whoever attaches something to the feature, to the end of the transaction."""
    connection.execute(_SQL["lock_feature"], {"layer": layer, "feature": feature})


def lock_bytes(connection: psycopg.Connection, sha256: str) -> None:
    """Wait for whoever attaches or removes these bytes, to the end of the transaction."""
    connection.execute(_SQL["lock_bytes"], {"sha256": sha256})


def add_evidence(connection: psycopg.Connection, new: NewEvidence) -> UUID:
    """Attach a file. Raises psycopg's InsufficientPrivilege when the account may not."""
    row = connection.execute(_SQL["add"], asdict(new)).fetchone()
    if row is None:
        raise RuntimeError("an insertion without a row")
    made: UUID = row[0]
    return made


def evidence_of(connection: psycopg.Connection, layer: str, feature: UUID) -> list[Evidence]:
    """What is attached and this transaction's account may see, in the order it came."""
    with connection.cursor(row_factory=class_row(Evidence)) as cursor:
        return cursor.execute(_SQL["all"], {"layer": layer, "feature": feature}).fetchall()


async def read_evidence(
    connection: psycopg.AsyncConnection, layer: str, feature: UUID
) -> list[Evidence]:
    """As `evidence_of`, over a pool's connection."""
    async with connection.cursor(row_factory=class_row(Evidence)) as cursor:
        await cursor.execute(_SQL["all"], {"layer": layer, "feature": feature})
        return await cursor.fetchall()


def remove_evidence(
    connection: psycopg.Connection, layer: str, feature: UUID, which: UUID, account: UUID
) -> bool:
    """Note that a file is removed; False when it is not there or not the account's to remove."""
    asked = {"layer": layer, "feature": feature, "id": which, "account": account}
    return connection.execute(_SQL["remove"], asked).rowcount == 1


def is_kept(connection: psycopg.Connection, sha256: str) -> bool:
    """Whether any feature still has these bytes."""
    return connection.execute(_SQL["is_kept"], {"sha256": sha256}).fetchone() == (True,)
