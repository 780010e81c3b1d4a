"""Rows of two uploads beside each other: of a file, and of the one that it may correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("corrections")


@dataclass(frozen=True, slots=True)
class Likely:
    """An earlier upload of the same layer and unit; `common` of its `rows` are in the new one."""

    id: UUID
    headers: list[str]
    rows: int
    common: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What a row is compared by before its cells are.

    digest  equal where all cells are; issues  code and column of its errors and warnings.
    """

    row: int
    project_no: str | None
    name: str | None
    digest: str
    issues: list[str]


def likely_corrected(connection: psycopg.Connection, upload_id: UUID) -> list[Likely]:
    """The last five uploads before this one that wait for a correction, the newest first.

    The rows of both have been put.
    """
    with connection.cursor(row_factory=class_row(Likely)) as cursor:
        return cursor.execute(_SQL["likely"], {"id": upload_id}).fetchall()


def outlines(connection: psycopg.Connection, upload_id: UUID) -> list[Outline]:
    """The rows of an upload that are no titles or totals, in their order."""
    with connection.cursor(row_factory=class_row(Outline)) as cursor:
        return cursor.execute(_SQL["outlines"], {"id": upload_id}).fetchall()


def cells_of(
    connection: psycopg.Connection, upload_id: UUID, rows: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """The cells of these rows as they stood in the file, by the rows' numbers."""
    return dict(connection.execute(_SQL["cells"], {"id": upload_id, "rows": list(rows)}).fetchall())
