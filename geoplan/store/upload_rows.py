"""The rows of uploads: what a file said, what was found, what people decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.sql import queries

_SQL = queries("upload_rows")

Verdict = Literal["ok", "warning", "error", "skipped"]
Decision = Literal["pending", "returned", "left_out", "approved"]
Only = Literal["open", "ready", "published", "returned", "left_out"]


@dataclass(frozen=True, slots=True)
class NewRow:
    """A checked row as it is written; geometry as WKB in EPSG:4326.

    issues    as `documents.issue` writes them; codes  of all, warnings  of those that need a nod.
    reason    why a skipped row was passed over; accepted  warnings that have their nod already.
    """

    row: int
    verdict: Verdict
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    wkb: bytes | None
    original: Mapping[str, Any] | None
    source_crs: str
    unit: str | None
    issues: Sequence[Mapping[str, Any]]
    codes: Sequence[str]
    warnings: Sequence[str]
    match: Mapping[str, Any] | None
    reason: str | None = None
    accepted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A row as it is held.

    geometry    GeoJSON as text; lon, lat  a point of it.
    accepted    codes of the warnings that a person nodded at.
    decision    `approved` once it goes, or went, with its upload.
    ready       it can be published as it stands, and is not yet.
    feature_id  what it became, and by which change: inserted, updated, unchanged.
    """

    row: int
    verdict: Verdict
    raw: dict[str, Any]
    values: dict[str, Any]
    geometry: str | None
    lon: float | None
    lat: float | None
    original: dict[str, Any] | None
    source_crs: str
    unit: str | None
    issues: list[dict[str, Any]]
    warnings: list[str]
    match: dict[str, Any] | None
    decision: Decision
    reason: str | None
    accepted: list[str]
    ready: bool
    feature_id: UUID | None
    change: str | None


async def read_rows(
    connection: psycopg.AsyncConnection,
    upload_id: UUID,
    *,
    verdict: Verdict | None = None,
    code: str | None = None,
    only: Only | None = None,
    after: int = 0,
    limit: int,
) -> list[UploadRow]:
    """Rows in the order of the file that follow the row `after`; what is None is no condition."""
    async with connection.cursor(row_factory=class_row(UploadRow)) as cursor:
        await cursor.execute(
            _of("page"),
            {
                "id": upload_id,
                "verdict": verdict,
                "code": code,
                "only": only,
                "after": after,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


def held_row(connection: psycopg.Connection, upload_id: UUID, row: int) -> UploadRow | None:
    """One row."""
    with connection.cursor(row_factory=class_row(UploadRow)) as cursor:
        return cursor.execute(_of("one"), {"id": upload_id, "row": row}).fetchone()


def open_rows(connection: psycopg.Connection, upload_id: UUID, limit: int) -> list[UploadRow]:
    """The first rows that still ask for something."""
    asked = {
        "id": upload_id, "verdict": None, "code": None, "only": "open", "after": 0, "limit": limit
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(UploadRow)) as cursor:
        return cursor.execute(_of("page"), asked).fetchall()


def put_rows(connection: psycopg.Connection, upload_id: UUID, rows: Iterable[NewRow]) -> None:
    """Replace an upload's rows, in the caller's transaction."""
    connection.execute(_SQL["clear"], {"id": upload_id})
    connection.execute(_SQL["make_incoming"])
    with connection.cursor().copy(_SQL["copy_rows"]) as copy:
        for row in rows:
            copy.write_row(
                (
                    row.row,
                    row.verdict,
                    _json(row.raw),
                    _json(row.values),
                    row.wkb,
                    None if row.original is None else _json(row.original),
                    row.source_crs,
                    row.unit,
                    _json(row.issues),
                    list(row.codes),
                    list(row.warnings),
                    None if row.match is None else _json(row.match),
                    row.reason,
                )
            )
    connection.execute(_SQL["put_rows"], {"id": upload_id})
    connection.execute(_SQL["drop_incoming"])


def change_row(connection: psycopg.Connection, upload_id: UUID, row: NewRow) -> None:
    """Write what a person made of a row: another place, other findings."""
    connection.execute(
        _SQL["change"],
        {
            "id": upload_id,
            "row": row.row,
            "verdict": row.verdict,
            "values": Jsonb(dict(row.values)),
            "wkb": row.wkb,
            "original": None if row.original is None else Jsonb(dict(row.original)),
            "source_crs": row.source_crs,
            "issues": Jsonb(list(row.issues)),
            "codes": list(row.codes),
            "warnings": list(row.warnings),
            "accepted": list(row.accepted),
            "match": None if row.match is None else Jsonb(dict(row.match)),
        },
    )


def decide_row(
    connection: psycopg.Connection,
    upload_id: UUID,
    row: int,
    *,
    decision: Literal["pending", "returned", "left_out"],
    reason: str | None,
    accepted: Sequence[str],
    match: Mapping[str, Any] | None,
) -> None:
    """Write what a person said of a row."""
    connection.execute(
        _SQL["decide"],
        {
            "id": upload_id,
            "row": row,
            "decision": decision,
            "reason": reason,
            "accepted": list(accepted),
            "match": None if match is None else Jsonb(dict(match)),
        },
    )


def accept_warnings(
    connection: psycopg.Connection, upload_id: UUID, codes: Sequence[str] | None
) -> int:
    """Nod at all warnings of these codes (None: of any) in all rows; returns how many rows."""
    given = {"id": upload_id, "codes": None if codes is None else list(codes)}
    return connection.execute(_SQL["accept"], given).rowcount


def settle_matches(connection: psycopg.Connection, upload_id: UUID, *, confirmed: bool) -> int:
    """Say of all rows at once that they are, or are not, what they were matched with; returns how
    many were asked about."""
    given = {"id": upload_id, "confirmed": confirmed}
    return connection.execute(_SQL["settle_matches"], given).rowcount


def return_rows(connection: psycopg.Connection, upload_id: UUID, reasons: Mapping[int, str]) -> int:
    """Give rows back, each for its reason; returns how many there were."""
    given = {"id": upload_id, "rows": list(reasons), "reasons": list(reasons.values())}
    return connection.execute(_SQL["give_back"], given).rowcount


def _json(value: Any) -> str:
    """JSON that PostgreSQL takes: it has no NUL, no lone surrogate, no NaN."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_cleaned(value), ensure_ascii=False)
    if "\\u0000" in text:
        text = json.dumps(_cleaned(value), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\u2400")
    if isinstance(value, float) and not -1e308 <= value <= 1e308:
        return str(value)
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value


def _of(block: str) -> sql.Composed:
    return sql.SQL(_SQL[block]).format(columns=sql.SQL(_SQL["columns"]))
