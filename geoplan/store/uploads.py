"""Uploads: what is known of a staff file, and the steps it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.sql import queries

_SQL = queries("uploads")

State = Literal[
    "received",
    "checking",
    "checked",
    "submitted",
    "returned",
    "approved",
    "published",
    "rolled_back",
    "rejected",
]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Upload:
    """A staff file.

    unit         code of the reporting unit whose file it is; None: of the whole city.
    account      name of who sent it; decided_by  of who approved or returned it last.
    version      raised by every step.
    options      what a person said about the file: crs, sheet, header_row, encoding, headers.
    reading      sheet, sheets, encoding, header_row, headers, columns, and skipped
                 (`count`, `rows`: number and reason of some).
    crs          chosen, how, detail, candidates.
    counts       rows, ok, warning, error, skipped; and of the rows published, ready, open,
                 returned, left_out; and `codes`: rows by issue. None before it was checked.
    file_issues  of the file as a whole, as `documents.issue` writes them.
    progress     step, done, of; only while it is checked.
    preview      `of`: what it was computed from; `coverage`.
    corrects     the upload that this file is a correction of; changes  what differs from it.
    valid_only   rows that are not ready stay behind as a work list.
    """

    id: UUID
    layer: str
    unit: str | None
    account_id: UUID
    account: str | None
    state: State
    version: int
    file_name: str
    size: int
    sha256: str
    options: dict[str, Any]
    attempts: int
    format: str | None
    reading: dict[str, Any] | None
    crs: dict[str, Any] | None
    counts: dict[str, Any] | None
    file_issues: list[dict[str, Any]]
    progress: dict[str, Any] | None
    preview: dict[str, Any] | None
    corrects: UUID | None
    changes: dict[str, Any] | None
    valid_only: bool
    created_at: datetime
    checked_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    published_at: datetime | None
    rolled_back_at: datetime | None
    decided_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file whose bytes are safe; `key` names the request, should it be sent again."""

    layer: str
    unit: str | None
    account: UUID
    file_name: str
    size: int
    sha256: str
    options: Mapping[str, Any]
    key: str | None
    corrects: UUID | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an upload; both states are the same when it was no step."""

    at: datetime
    account: str | None
    from_state: State | None
    to_state: State
    note: str | None


async def read_upload(connection: psycopg.AsyncConnection, upload_id: UUID) -> Upload | None:
    """An upload that this transaction's account may see."""
    async with connection.cursor(row_factory=class_row(Upload)) as cursor:
        await cursor.execute(_of("one"), {"id": upload_id})
        return await cursor.fetchone()


async def read_uploads(
    connection: psycopg.AsyncConnection,
    *,
    states: Sequence[State] | None,
    layer: str | None,
    unit: str | None,
    before: UUID | None,
    limit: int,
) -> list[Upload]:
    """Uploads that the account may see, the newest first; `before`  the last of the page before."""
    async with connection.cursor(row_factory=class_row(Upload)) as cursor:
        await cursor.execute(
            _of("page"),
            {
                "states": None if states is None else list(states),
                "layer": layer,
                "unit": unit,
                "before": before,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def read_codes(connection: psycopg.AsyncConnection, upload_id: UUID) -> dict[str, int]:
    """How many of an upload's rows have a finding of each code."""
    async with connection.cursor() as cursor:
        await cursor.execute(_SQL["codes"], {"id": upload_id})
        return dict(await cursor.fetchall())


async def read_events(connection: psycopg.AsyncConnection, upload_id: UUID) -> list[Event]:
    """What happened to an upload, in order."""
    async with connection.cursor(row_factory=class_row(Event)) as cursor:
        await cursor.execute(_SQL["events"], {"id": upload_id})
        return await cursor.fetchall()


def held_upload(
    connection: psycopg.Connection, upload_id: UUID, *, locked: bool = False
) -> Upload | None:
    """As `read_upload`; locked  until the end of the transaction nobody else changes it."""
    return _upload(connection, "one_locked" if locked else "one", {"id": upload_id})


def lock_receipt(connection: psycopg.Connection, account: UUID) -> None:
    """Wait for what the account is sending at the same moment."""
    connection.execute(_SQL["lock_receipt"], {"account": str(account)})


def in_check(connection: psycopg.Connection, account: UUID) -> int:
    """How many uploads of the account wait for their check or are in it."""
    row = connection.execute(_SQL["in_check"], {"account": account}).fetchone()
    return int(row[0]) if row else 0


def sent_with_key(connection: psycopg.Connection, account: UUID, key: str) -> Upload | None:
    """The upload that a request with this key made."""
    return _upload(connection, "by_key", {"account": account, "key": key})


def same_bytes(
    connection: psycopg.Connection,
    sha256: str,
    layer: str,
    unit: str | None,
    *,
    but: UUID | None = None,
) -> Upload | None:
    """The latest upload of the same bytes for the same layer and unit; `but` is not asked about."""
    return _upload(
        connection, "same_bytes", {"sha256": sha256, "layer": layer, "unit": unit, "but": but}
    )


def add_upload(connection: psycopg.Connection, new: NewUpload) -> Upload:
    """Take a file in, in state `received`."""
    row = connection.execute(
        _SQL["add"],
        {
            "layer": new.layer,
            "unit": new.unit,
            "account": new.account,
            "file_name": new.file_name,
            "size": new.size,
            "sha256": new.sha256,
            "options": Jsonb(dict(new.options)),
            "key": new.key,
            "corrects": new.corrects,
        },
    ).fetchone()
    made = None if row is None else held_upload(connection, row[0])
    if made is None:
        raise RuntimeError("an upload that was written is not there")
    return made


def receive_again(
    connection: psycopg.Connection, upload_id: UUID, options: Mapping[str, Any]
) -> None:
    """Have a file checked anew, read as these options say."""
    connection.execute(_SQL["receive_again"], {"id": upload_id, "options": Jsonb(dict(options))})


def to_check(connection: psycopg.Connection) -> list[UUID]:
    """Uploads whose check is not done, the oldest first, whether somebody is at work or not."""
    return [row[0] for row in connection.execute(_SQL["to_check"])]


def to_preview(connection: psycopg.Connection) -> list[UUID]:
    """Submitted uploads whose preview is missing, or of what is no longer so."""
    return [row[0] for row in connection.execute(_SQL["to_preview"])]


@contextmanager
def alone(connection: psycopg.Connection, upload_id: UUID) -> Iterator[bool]:
    """Whether nobody else checks this upload; until the end of the block nobody begins to.

    The lock is the session's: it ends with the process, however that ends.
    """
    key = {"id": upload_id}
    row = connection.execute(_SQL["try_lock"], key).fetchone()
    mine = row == (True,)
    try:
        yield mine
    finally:
        if mine and not connection.closed:
            connection.execute(_SQL["unlock"], key)


def begin_check(connection: psycopg.Connection, upload_id: UUID) -> Upload | None:
    """Enter state `checking`; None when there is nothing to check any more."""
    if connection.execute(_SQL["begin_check"], {"id": upload_id}).rowcount == 0:
        return None
    return held_upload(connection, upload_id)


def put_progress(
    connection: psycopg.Connection, upload_id: UUID, progress: Mapping[str, Any]
) -> None:
    """Tell how far the check is."""
    connection.execute(_SQL["put_progress"], {"id": upload_id, "progress": Jsonb(dict(progress))})


def put_checked(
    connection: psycopg.Connection,
    upload_id: UUID,
    *,
    format: str,  # noqa: A002  what the column and the API call it
    reading: Mapping[str, Any],
    crs: Mapping[str, Any],
    file_issues: Sequence[Mapping[str, Any]],
    corrects: UUID | None,
    changes: Mapping[str, Any] | None,
) -> None:
    """Enter state `checked`; the rows have been put."""
    connection.execute(
        _SQL["put_checked"],
        {
            "id": upload_id,
            "format": format,
            "reading": Jsonb(dict(reading)),
            "crs": Jsonb(dict(crs)),
            "file_issues": Jsonb(list(file_issues)),
            "corrects": corrects,
            "changes": None if changes is None else Jsonb(dict(changes)),
        },
    )
    recount(connection, upload_id)


def put_rejected(
    connection: psycopg.Connection, upload_id: UUID, file_issues: Sequence[Mapping[str, Any]]
) -> None:
    """Enter state `rejected`: the file cannot be read."""
    connection.execute(
        _SQL["put_rejected"], {"id": upload_id, "file_issues": Jsonb(list(file_issues))}
    )


def submit(connection: psycopg.Connection, upload_id: UUID, *, valid_only: bool) -> None:
    """Enter state `submitted`."""
    connection.execute(_SQL["submit"], {"id": upload_id, "valid_only": valid_only})


def decide(
    connection: psycopg.Connection,
    upload_id: UUID,
    state: Literal["approved", "returned"],
    note: str | None,
) -> None:
    """Enter state `approved` or `returned`."""
    connection.execute(_SQL["decide"], {"id": upload_id, "state": state, "note": note})


def put_published(connection: psycopg.Connection, upload_id: UUID) -> None:
    """Enter state `published`; the features have been written."""
    connection.execute(_SQL["put_published"], {"id": upload_id})
    recount(connection, upload_id)


def put_rolled_back(connection: psycopg.Connection, upload_id: UUID, note: str | None) -> None:
    """Enter state `rolled_back`; the features are as they were before."""
    connection.execute(_SQL["put_rolled_back"], {"id": upload_id, "note": note})


def recount(connection: psycopg.Connection, upload_id: UUID) -> None:
    """Bring the counts up to date with the rows."""
    connection.execute(_SQL["recount"], {"id": upload_id})


def raise_version(connection: psycopg.Connection, upload_id: UUID) -> None:
    """Let whoever looked at the upload before look again: its rows changed."""
    connection.execute(_SQL["raise_version"], {"id": upload_id})


def note_event(connection: psycopg.Connection, upload_id: UUID, note: str) -> None:
    """Keep in the upload's history what was done without a step."""
    connection.execute(_SQL["note_event"], {"id": upload_id, "note": note})


def preview_of(connection: psycopg.Connection, upload_id: UUID) -> dict[str, Any]:
    """What a preview made now is of: `Upload.preview["of"]` is compared with it."""
    row = connection.execute(_SQL["preview_of"], {"id": upload_id}).fetchone()
    if row is None:
        raise LookupError(upload_id)
    found: dict[str, Any] = row[0]
    return found


def put_preview(
    connection: psycopg.Connection, upload_id: UUID, preview: Mapping[str, Any]
) -> None:
    """Keep what publishing would change for people; an upload that went on keeps none."""
    connection.execute(_SQL["put_preview"], {"id": upload_id, "preview": Jsonb(dict(preview))})


def header_memory(
    connection: psycopg.Connection, unit: str | None, layer: str
) -> dict[str, str | None]:
    """What the unit's people said headers mean: header → field, None: left out."""
    rows = connection.execute(_SQL["memory"], {"unit": unit or "", "layer": layer})
    return dict(rows.fetchall())


def remember_headers(
    connection: psycopg.Connection, unit: str | None, layer: str, said: Mapping[str, str | None]
) -> None:
    """Keep what a person said headers mean, for the next file."""
    connection.execute(
        _SQL["remember"],
        {
            "unit": unit or "",
            "layer": layer,
            "headers": list(said),
            "fields": list(said.values()),
        },
    )


def held_bytes(connection: psycopg.Connection) -> set[str]:
    """SHA-256 of every file that an upload names."""
    return {row[0] for row in connection.execute(_SQL["held_bytes"])}


def _upload(
    connection: psycopg.Connection, block: str, parameters: Mapping[str, object]
) -> Upload | None:
    with connection.cursor(row_factory=class_row(Upload)) as cursor:
        return cursor.execute(_of(block), parameters).fetchone()


def _of(block: str) -> sql.Composed:
    return sql.SQL(_SQL[block]).format(columns=sql.SQL(_SQL["columns"]))
