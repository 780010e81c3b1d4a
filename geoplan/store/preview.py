"""Features as they would be: for a look at what a change would bring, without making it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from geoplan.store.sql import queries

_SQL = queries("preview")

WouldBe = tuple[object, ...]
"""layer, id, source, unit, name, English name, status, day of completion, properties, amounts
(nano-units), WKB (EPSG:4326), whether it is synthetic."""

PROPERTIES = 8


@contextmanager
def looking(connection: psycopg.Connection) -> Iterator[None]:
    """A transaction that is undone, whatever is written in it.

    No statement of it is prepared for later: the same words read other features in a moment.
    """
    threshold, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        with connection.transaction(force_rollback=True):
            yield
    finally:
        connection.prepare_threshold = threshold


def look_ahead(connection: psycopg.Connection, rows: Iterable[WouldBe]) -> None:
    """From now on `feature` is what it would be with these rows; inside `looking`."""
    connection.execute(_SQL["make_would_be"])
    with connection.cursor().copy(_SQL["copy_would_be"]) as copy:
        for row in rows:
            shown = json.dumps(row[PROPERTIES], ensure_ascii=False)
            copy.write_row((*row[:PROPERTIES], shown, *row[PROPERTIES + 1 :]))
    connection.execute(_SQL["look_ahead"])
