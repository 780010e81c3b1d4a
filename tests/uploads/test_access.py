"""Uploads by unit, in the database itself: the application is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.store.uploads import remember_headers
from geoplan.uploads.actor import Actor
from geoplan.uploads.workflow import approve_upload, submit_upload
from tests.conftest import TestDatabase
from tests.uploads.desk import JINJIANG, QINGYANG, People, checked, published, stations, submitted

TABLES = ("upload", "upload_row", "upload_event", "published_feature", "header_memory")


@pytest.fixture(scope="module")
def of_jinjiang(database: TestDatabase, city: City, people: People) -> UUID:
    """A published upload of one district, with everything that belongs to it."""
    with database.connect() as connection:
        upload = published(connection, city, people, stations(3, prefix="RLS"))
        with connection.transaction():
            become(connection, people.clerk)
            remember_headers(connection, JINJIANG, "charger", {"桩": "piles"})
    return upload.id


def become(connection: psycopg.Connection, who: Actor) -> None:
    connection.execute("SELECT set_config('geoplan.account', %s, true)", (str(who.account),))


@contextmanager
def acting(connection: psycopg.Connection, who: Actor | None) -> Iterator[psycopg.Connection]:
    with connection.transaction(force_rollback=True):
        if who is not None:
            become(connection, who)
        yield connection


def counts(connection: psycopg.Connection) -> dict[str, int]:
    return {
        table: row[0]
        for table in TABLES
        if (row := connection.execute(f"SELECT count(*) FROM {table}").fetchone()) is not None
    }


def test_a_unit_s_uploads_are_seen_by_it_and_by_planners_only(
    connection: psycopg.Connection, people: People, of_jinjiang: UUID
) -> None:
    with acting(connection, people.clerk):
        own = counts(connection)
    assert min(own.values()) > 0
    with acting(connection, people.planner):
        assert counts(connection) == own
    for stranger in (people.neighbour, None):
        with acting(connection, stranger):
            assert set(counts(connection).values()) == {0}


def test_the_role_of_public_tiles_may_not_even_ask(
    database: TestDatabase, people: People, of_jinjiang: UUID
) -> None:
    with database.connect("geoplan_tiles") as connection:
        for table in TABLES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT count(*) FROM {table}")


CHANGES = {
    "upload": "UPDATE upload SET note = 'x'",
    "options": "UPDATE upload SET options = '{}'",
    "rows": "UPDATE upload_row SET accepted = '{x}'",
    "memory": "UPDATE header_memory SET field = 'name'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_neighbour_changes_nothing(
    connection: psycopg.Connection, people: People, of_jinjiang: UUID, change: str
) -> None:
    with acting(connection, people.neighbour):
        assert connection.execute(CHANGES[change]).rowcount == 0
    with acting(connection, people.clerk):
        assert connection.execute(CHANGES[change]).rowcount > 0


REFUSED = {
    "another unit's upload": "INSERT INTO upload (layer_id, unit, account_id, file_name, size, sha256)"
    " VALUES ('charger', '510105', acting_account(), 'x', 1, repeat('0', 64))",
    "in another's name": "INSERT INTO upload (layer_id, unit, account_id, file_name, size, sha256)"
    " VALUES ('charger', '510104', '00000000-0000-0000-0000-000000000001', 'x', 1, repeat('0', 64))",
    "the city's upload": "INSERT INTO upload (layer_id, unit, account_id, file_name, size, sha256)"
    " VALUES ('charger', NULL, acting_account(), 'x', 1, repeat('0', 64))",
    "to another unit": "UPDATE upload SET unit = '510105'",
    "other bytes": "UPDATE upload SET sha256 = repeat('1', 64)",
    "approve": "UPDATE upload SET state = 'approved' WHERE state = 'submitted'",
    "return": "UPDATE upload SET state = 'returned' WHERE state = 'submitted'",
    "take back": "UPDATE upload SET state = 'rolled_back' WHERE state = 'published'",
    "rows of one's own making": 'INSERT INTO upload_row (upload_id, row, verdict, raw, "values", source_crs, issues, codes, warnings)'
    " SELECT id, 99, 'ok', '{}', '{}', '', '[]', '{}', '{}' FROM upload LIMIT 1",
    "what was published": "INSERT INTO published_feature (upload_id, row, layer_id, feature_id, change, valid_from, digest)"
    " SELECT id, 99, 'charger', gen_random_uuid(), 'inserted', now(), '' FROM upload LIMIT 1",
    "an event in another's name": "INSERT INTO upload_event (upload_id, account_id, to_state)"
    " SELECT id, '00000000-0000-0000-0000-000000000001', 'published' FROM upload LIMIT 1",
    "change the record": "UPDATE upload_event SET note = 'x'",
    "empty the record": "DELETE FROM upload_event",
    "change what was published": "UPDATE published_feature SET change = 'unchanged'",
    "remove an upload": "DELETE FROM upload",
}


@pytest.mark.parametrize("act", REFUSED)
def test_a_clerk_may_not(
    connection: psycopg.Connection, people: People, of_jinjiang: UUID, act: str
) -> None:
    submitted(connection, people, stations(1, prefix=f"no-{abs(hash(act))}"))
    with acting(connection, people.clerk), pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(REFUSED[act])


def test_nobody_removes_the_record_not_even_a_planner(
    connection: psycopg.Connection, people: People, of_jinjiang: UUID
) -> None:
    for statement in (
        "UPDATE upload_event SET note = 'x'",
        "DELETE FROM upload_event",
        "TRUNCATE upload_event",
        "DELETE FROM published_feature",
    ):
        with (
            acting(connection, people.planner),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_an_account_that_was_disabled_sees_and_sends_nothing(
    database: TestDatabase, connection: psycopg.Connection, people: People, of_jinjiang: UUID
) -> None:
    with database.connect("geoplan_owner") as owner:
        owner.execute("UPDATE account SET active = false WHERE id = %s", (people.clerk.account,))
        try:
            with acting(connection, people.clerk):
                assert set(counts(connection).values()) == {0}
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(REFUSED["in another's name"])
        finally:
            owner.execute("UPDATE account SET active = true WHERE id = %s", (people.clerk.account,))


def test_a_neighbour_s_step_finds_no_upload(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = checked(connection, stations(1, prefix="NB"))
    with pytest.raises(Exception, match="no such upload"):
        submit_upload(connection, people.neighbour, upload.id, version=None, valid_only=False)
    own = checked(connection, stations(1, prefix="NC", unit=QINGYANG), unit=QINGYANG)
    submit_upload(connection, people.neighbour, own.id, version=None, valid_only=False)
    with pytest.raises(Exception, match="Planners review"):
        approve_upload(connection, city, people.neighbour, own.id, version=None, rows={})
