"""What each database role may see and do, with the application left out."""

from __future__ import annotations

import json
from uuid import uuid4

import psycopg
import pytest

from geoplan.store.state import PUBLIC_TABLES
from tests.conftest import TestDatabase

OPERATOR = "00000000-0000-0000-0000-000000000001"
INSERT = """
INSERT INTO feature (layer_id, id, source_id, key, unit, status, amounts, geom, source_crs, digest, account_id)
VALUES (%(layer)s, %(id)s::uuid, 'made', %(id)s::uuid::text, %(unit)s, 'open', '{1000000000}'::bigint[],
        ST_SetSRID(ST_MakePoint(104.06, 30.66), 4326), 'EPSG:4326', ''::bytea, %(account)s)
"""


@pytest.fixture(scope="module")
def staff(database: TestDatabase) -> str:
    """A staff account of 锦江区; returns its id. The table gets a source, a public and a hidden feature."""
    with database.connect("geoplan_owner") as connection:
        row = connection.execute(
            "INSERT INTO account (username, role, units) VALUES ('jinjiang', 'staff', '{510104}') RETURNING id::text"
        ).fetchone()
        connection.execute(
            "INSERT INTO source (id, kind, title_zh, title_en, file_name, sha256) VALUES ('made', 'features', '', '', '', '')"
        )
    for layer in ("park", "three_lines"):
        with database.connect() as connection, connection.transaction():
            become(connection, OPERATOR)
            insert(connection, layer, "510104")
    assert row is not None
    return str(row[0])


def become(connection: psycopg.Connection, account: str) -> None:
    connection.execute("SELECT set_config('geoplan.account', %s, true)", (account,))


def insert(connection: psycopg.Connection, layer: str, unit: str, account: str = OPERATOR) -> str:
    made = str(uuid4())
    connection.execute(INSERT, {"layer": layer, "id": made, "unit": unit, "account": account})
    return made


def seen(connection: psycopg.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT DISTINCT layer_id FROM feature")}


def test_every_table_is_protected_or_named_public(database: TestDatabase) -> None:
    with database.connect("administrator") as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'geoplan'::regnamespace "
            "AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert {row[0] for row in rows} == set(PUBLIC_TABLES)


def test_every_view_obeys_the_policies_of_its_reader(database: TestDatabase) -> None:
    with database.connect("administrator") as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'geoplan'::regnamespace AND relkind IN ('v', 'm') "
            "AND NOT coalesce(reloptions @> '{security_invoker=true}', false)"
        )
        assert rows.fetchall() == []


def test_the_public_sees_public_layers_only(database: TestDatabase, staff: str) -> None:
    for role in ("geoplan_tiles", "geoplan_app"):
        with database.connect(role) as connection:
            assert seen(connection) == {"park"}


def test_the_tiles_role_sees_no_more_whatever_account_is_set(
    database: TestDatabase, staff: str
) -> None:
    with database.connect("geoplan_tiles") as connection, connection.transaction():
        become(connection, OPERATOR)
        assert seen(connection) == {"park"}


def test_the_operator_sees_all_layers_and_only_inside_the_transaction(
    database: TestDatabase, staff: str
) -> None:
    with database.connect() as connection:
        with connection.transaction():
            become(connection, OPERATOR)
            assert seen(connection) == {"park", "three_lines"}
        assert seen(connection) == {"park"}


def test_an_unknown_account_is_the_public(database: TestDatabase, staff: str) -> None:
    with database.connect() as connection, connection.transaction():
        become(connection, "' OR true --")
        assert seen(connection) == {"park"}


def test_staff_write_their_own_unit_only(database: TestDatabase, staff: str) -> None:
    with database.connect() as connection, connection.transaction(force_rollback=True):
        become(connection, staff)
        own = insert(connection, "park", "510104", staff)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            insert(connection, "park", "510105", staff)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("UPDATE feature SET unit = '510105' WHERE id = %s", (own,))


def test_the_public_writes_nothing(database: TestDatabase, staff: str) -> None:
    with database.connect() as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert(connection, "park", "510104")
        for table in ("feature", "feature_cell", "grid", "cell"):
            assert connection.execute(f"DELETE FROM {table}").rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE geoplan.mine (id integer)",
        "CREATE TABLE public.mine (id integer)",
        "DROP TABLE geoplan.feature",
        "SELECT * FROM geoplan.account",
        "DELETE FROM geoplan.feature_version",
        "UPDATE geoplan.feature_version SET reason = ''",
        "SELECT pg_read_file('/etc/hostname')",
        "COPY geoplan.layer TO PROGRAM 'true'",
        "SET ROLE geoplan_owner",
        "INSERT INTO geoplan.layer (id, position, geometry, visibility, measures, definition) VALUES ('x', 1, 'point', 'public', '{}', '{}')",
        "UPDATE geoplan.layer SET visibility = 'public'",
    ],
)
@pytest.mark.parametrize("role", ["geoplan_app", "geoplan_tiles"])
def test_roles_have_no_right_beyond_their_work(
    database: TestDatabase, role: str, statement: str
) -> None:
    with database.connect(role) as connection:
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_tiles_role_cannot_write_at_all(database: TestDatabase) -> None:
    with database.connect("administrator") as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'geoplan'::regnamespace AND relkind IN ('r', 'p') "
            "AND has_table_privilege('geoplan_tiles', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
        )
        assert rows.fetchall() == []


def test_the_spatial_index_serves_under_row_level_security(
    database: TestDatabase, staff: str
) -> None:
    with database.connect() as connection, connection.transaction():
        become(connection, OPERATOR)
        connection.execute(
            """
            INSERT INTO feature (layer_id, id, source_id, key, unit, status, amounts, geom, source_crs, digest, account_id)
            SELECT 'base_station_5g', gen_random_uuid(), 'made', n::text, '510104', 'open', '{1000000000}'::bigint[],
                   ST_SetSRID(ST_MakePoint(103 + random() * 1.8, 30.1 + random() * 1.3), 4326), 'EPSG:4326', ''::bytea, %(account)s::uuid
            FROM generate_series(1, 60000) AS n
            UNION ALL
            SELECT 'charger', gen_random_uuid(), 'made', n::text, '510104', 'open', '{1000000000}'::bigint[],
                   ST_SetSRID(ST_MakePoint(103 + random() * 1.8, 30.1 + random() * 1.3), 4326), 'EPSG:4326', ''::bytea, %(account)s::uuid
            FROM generate_series(1, 60000) AS n
            """,
            {"account": OPERATOR},
        )
    with database.connect("geoplan_owner") as connection:
        connection.execute("ANALYZE feature")
    for role in ("geoplan_tiles", "geoplan_app"):
        with database.connect(role) as connection:
            row = connection.execute(
                "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM feature WHERE layer_id = 'charger' "
                "AND geom && ST_MakeEnvelope(104.06, 30.66, 104.07, 30.67, 4326)"
            ).fetchone()
        assert row is not None
        plan = json.dumps(row[0])
        assert "feature_charger_geom_idx" in plan, plan
        assert "Seq Scan on feature" not in plan
