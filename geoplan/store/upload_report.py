"""An upload's rows for its report, one after another, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("upload_report")
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row with its issues (as `documents.issue` writes them).

    returned  why a reviewer gave it back, "" without a reason; None: nobody did.
    """

    row: int
    verdict: str
    issues: list[dict[str, Any]]
    returned: str | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it stood in its file, and its place in EPSG:4326: a point's, or the shape as WKT."""

    row: int
    raw: dict[str, Any]
    lon: float | None
    lat: float | None
    wkt: str | None


def found_rows(connection: psycopg.Connection, upload_id: UUID) -> Iterator[FoundRow]:
    """The rows of which there is something to say, in their order; inside a transaction."""
    return _each(connection, FoundRow, _SQL["found"], {"id": upload_id})


def file_rows(connection: psycopg.Connection, upload_id: UUID, longest: int) -> Iterator[FileRow]:
    """All rows of the file that are no titles or totals; inside a transaction.

    longest  characters of a shape's text; a longer one is None.
    """
    return _each(connection, FileRow, _SQL["cells"], {"id": upload_id, "longest": longest})


def _each(
    connection: psycopg.Connection,
    kind: type[Any],
    query: LiteralString,
    parameters: dict[str, object],
) -> Iterator[Any]:
    # A cursor of the server's own: the rows are never all here at once.
    with connection.cursor(f"report {uuid4()}", row_factory=class_row(kind)) as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(query, parameters)
