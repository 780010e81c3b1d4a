"""Where data came from: one row an imported data set, named by every row of its data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("sources")

SourceKind = Literal["units", "population", "features", "osm"]


@dataclass(frozen=True, slots=True)
class Source:
    """A data set as imported; `sha256` is of the file, `as_of` the day its content stands for."""

    id: str
    kind: SourceKind
    title_zh: str
    title_en: str
    licence: str | None
    attribution: str | None
    synthetic: bool
    as_of: date | None
    file_name: str
    sha256: str


def put_source(connection: psycopg.Connection, source: Source) -> None:
    """Insert the source or bring it up to date."""
    connection.execute(_SQL["put_source"], asdict(source))


def held_sources(connection: psycopg.Connection) -> dict[str, Source]:
    """All sources by id."""
    with connection.cursor(row_factory=class_row(Source)) as cursor:
        return {source.id: source for source in cursor.execute(_SQL["held_sources"])}
