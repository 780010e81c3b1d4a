"""Demand: people by cell."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from geoplan.store.sql import queries

_SQL = queries("population")

PeopleRow = tuple[int, str, int, int | None, int | None, int | None]


class PopulationWriter:
    """Replaces one source's cells inside the caller's transaction; equal cells stay untouched."""

    def __init__(self, connection: psycopg.Connection, source_id: str) -> None:
        self._connection = connection
        self._source = {"source": source_id}
        connection.execute(_SQL["lock"])
        connection.execute(_SQL["make_incoming"])

    def put(self, rows: Iterable[PeopleRow]) -> None:
        """Take rows of cell, district, people and people by age (0-14, 15-59, 60 and over)."""
        with self._connection.cursor().copy(_SQL["copy_rows"]) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> tuple[int, int]:
        """Write what differs; returns the cells changed and the cells removed."""
        changed = self._connection.execute(_SQL["put_cells"], self._source).rowcount
        removed = self._connection.execute(_SQL["drop_missing"], self._source).rowcount
        if changed or removed:
            self._connection.execute(_SQL["raise_version"])
        self._connection.execute(_SQL["drop_incoming"])
        return changed, removed


def people_by_district(connection: psycopg.Connection) -> dict[str, int]:
    """Sum of people over the cells of each district."""
    return dict(connection.execute(_SQL["people_by_district"]).fetchall())
