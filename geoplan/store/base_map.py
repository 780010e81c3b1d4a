"""The base map: features of the surroundings, in the Protomaps schema, for tiles only."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from geoplan.store.sql import queries

_SQL = queries("base_map")

BaseRow = tuple[str, str, str | None, str | None, str | None, int, int, bytes]


class BaseMapWriter:
    """Replaces one source's base-map features inside the caller's transaction."""

    def __init__(self, connection: psycopg.Connection, source_id: str) -> None:
        self._connection = connection
        self._source = {"source": source_id}
        connection.execute(_SQL["lock"])
        connection.execute(_SQL["make_incoming"])

    def put(self, rows: Iterable[BaseRow]) -> None:
        """Take rows of theme, kind, its detail, both names, min_zoom, sort, WKB (EPSG:4326)."""
        with self._connection.cursor().copy(_SQL["copy_rows"]) as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> tuple[int, int]:
        """Write what is new and drop what the source no longer has; returns both counts."""
        dropped = self._connection.execute(_SQL["drop_missing"], self._source).rowcount
        added = self._connection.execute(_SQL["put_new"], self._source).rowcount
        if added or dropped:
            self._connection.execute(_SQL["raise_version"])
        self._connection.execute(_SQL["drop_incoming"])
        return added, dropped
