"""What staff of a unit see and do, in the database itself: the application is left out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from uuid import uuid4

import mapbox_vector_tile
import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.store import collections
from geoplan.store.accounts import act_as
from geoplan.store.cells import GridSearch, cell_sums
from geoplan.store.collections import Search, Shown
from geoplan.store.features import OPERATOR
from geoplan.store.grid import GridChange, drift
from geoplan.store.identify import identify
from geoplan.store.tiles import TileMaker, private_sources, sources
from tests.conftest import TestDatabase
from tests.store.unit_rows import (
    CELL,
    CITY_LAYER,
    FEATURES,
    LAT,
    LON,
    PUBLIC_LAYER,
    RES,
    SEEN,
    SHARE,
    STAFF_LAYER,
    TILE,
    ZONE,
    A,
    B,
    acting,
    become,
    enter,
    insert,
    keys,
    put_rows,
)

# Whatever is done to rows that are not of unit A.
OTHERS = (
    "UPDATE feature SET status = 'stopped' WHERE layer_id = %s AND unit IS DISTINCT FROM '510104'",
    "DELETE FROM feature WHERE layer_id = %s AND unit IS DISTINCT FROM '510104'",
    """DELETE FROM feature_cell AS c WHERE layer_id = %s AND EXISTS (
           SELECT FROM feature AS f WHERE f.id = c.feature_id AND f.unit IS DISTINCT FROM '510104')""",
)


@pytest.fixture(scope="module")
def accounts(database: TestDatabase) -> dict[str, str]:
    return put_rows(database)


@pytest.mark.parametrize("unit", SEEN)
@pytest.mark.parametrize("table", ["feature", "feature_version"])
def test_staff_see_their_units_rows_of_a_staff_layer(
    database: TestDatabase, accounts: Mapping[str, str], unit: str, table: str
) -> None:
    with acting(database, accounts[unit]) as connection:
        assert keys(connection, table) == SEEN[unit]
        assert keys(connection, table, CITY_LAYER) == set()
        assert keys(connection, table, PUBLIC_LAYER) == FEATURES.keys()


@pytest.mark.parametrize("who", ["planner", "admin"])
def test_planners_and_administrators_see_every_row(
    database: TestDatabase, accounts: Mapping[str, str], who: str
) -> None:
    with acting(database, accounts[who]) as connection:
        for layer in (STAFF_LAYER, CITY_LAYER, PUBLIC_LAYER):
            assert keys(connection, "feature", layer) == FEATURES.keys()
            assert keys(connection, "feature_version", layer) == FEATURES.keys()


@pytest.mark.parametrize("role", ["geoplan_app", "geoplan_tiles"])
@pytest.mark.parametrize("who", ["nobody", "unknown", "broken", "off"])
def test_nobody_sees_more_than_the_public(
    database: TestDatabase, accounts: Mapping[str, str], role: str, who: str
) -> None:
    account = {
        "nobody": None,
        "unknown": str(uuid4()),
        "broken": "' OR true --",
        "off": accounts["off"],
    }[who]
    with acting(database, account, role) as connection:
        assert keys(connection) == set()
        assert keys(connection, layer=PUBLIC_LAYER) == FEATURES.keys()
        for table in ("feature_cell", "grid"):
            rows = connection.execute(f"SELECT DISTINCT layer_id FROM {table}").fetchall()
            assert rows == [(PUBLIC_LAYER,)]
        if role == "geoplan_app":
            # what was public once and is not any more
            assert keys(connection, "feature_version", PUBLIC_LAYER) == set()


def test_the_tiles_role_sees_no_more_as_an_account(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    for account in accounts.values():
        with acting(database, account, "geoplan_tiles") as connection:
            assert keys(connection) == set()


@pytest.mark.parametrize("unit", SEEN)
def test_another_units_row_is_not_there_by_id_name_count_or_place(
    database: TestDatabase, city: City, accounts: Mapping[str, str], unit: str
) -> None:
    layer = city.layer(STAFF_LAYER)
    with acting(database, str(OPERATOR)) as connection:
        ids = dict(
            connection.execute(
                "SELECT key, id::text FROM feature WHERE layer_id = %s", [STAFF_LAYER]
            ).fetchall()
        )

    async def asked() -> None:
        async with await psycopg.AsyncConnection.connect(database.url("geoplan_app")) as connection:
            await act_as(connection, accounts[unit])  # type: ignore[arg-type]  # as text
            for key, feature in ids.items():
                expected = int(key in SEEN[unit])
                for search in (Search(id=feature), Search(columns={"name": key})):
                    page = await collections.page(
                        connection, layer, search, shown=Shown(), lang="zh", limit=9
                    )
                    assert len(page.features) == expected, key
                    assert await collections.count(connection, layer, search) == expected, key
            facts = await collections.facts(connection, STAFF_LAYER)
            assert facts.features == len(SEEN[unit])
            found, _ = await identify(
                connection, LON, LAT, reach_m=100, layers=[STAFF_LAYER, CITY_LAYER], limit=20
            )
            assert {each.name for each in found} == SEEN[unit]

    asyncio.run(asked())


@pytest.mark.parametrize("unit", SEEN)
def test_a_tile_made_for_staff_holds_their_rows(
    database: TestDatabase, city: City, accounts: Mapping[str, str], unit: str
) -> None:
    maker = TileMaker(private_sources(city)[STAFF_LAYER])

    async def made(role: str, account: str) -> bytes:
        async with await psycopg.AsyncConnection.connect(database.url(role)) as connection:
            await act_as(connection, account)  # type: ignore[arg-type]  # as text
            return await maker.make(connection, *TILE)

    tile = mapbox_vector_tile.decode(asyncio.run(made("geoplan_app", accounts[unit])))
    names = {feature["properties"]["name"] for feature in tile[STAFF_LAYER]["features"]}
    assert names == SEEN[unit]
    assert asyncio.run(made("geoplan_tiles", accounts[unit])) == b""


@pytest.mark.parametrize(
    ("unit", "total"),
    [(A, 1), (B, 4), (ZONE, 0), ("planner", 5)],  # sums are by the district of the share
)
def test_the_grid_of_a_staff_layer_is_seen_by_district(
    database: TestDatabase, accounts: Mapping[str, str], unit: str, total: int
) -> None:
    search = GridSearch(STAFF_LAYER, RES, "count", 1)

    async def asked() -> int:
        async with await psycopg.AsyncConnection.connect(database.url("geoplan_app")) as connection:
            await act_as(connection, accounts[unit])  # type: ignore[arg-type]  # as text
            return int((await cell_sums(connection, search)).amounts.sum())

    assert asyncio.run(asked()) == total * 1_000_000_000


def test_shares_of_ones_own_feature_are_seen_in_the_next_district(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with acting(database, accounts[A]) as connection:
        rows = connection.execute(
            "SELECT district FROM feature_cell WHERE layer_id = %s ORDER BY district", [STAFF_LAYER]
        ).fetchall()
    assert rows == [(A,), (B,)]


def test_a_row_of_another_unit_is_neither_made_nor_changed_nor_taken_over(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    refused = psycopg.errors.InsufficientPrivilege
    with acting(database, accounts[A]) as connection:
        for layer in (STAFF_LAYER, PUBLIC_LAYER):
            with pytest.raises(refused), connection.transaction():
                insert(connection, layer, "new", B, B)
            for statement in OTHERS:
                assert connection.execute(statement, [layer]).rowcount == 0
            with pytest.raises(refused), connection.transaction():
                connection.execute(
                    "UPDATE feature SET unit = '510116' WHERE layer_id = %s", [layer]
                )
        with pytest.raises(refused), connection.transaction():
            connection.execute(
                "INSERT INTO feature_cell (layer_id, feature_id, res, cell, district, amounts) "
                "SELECT layer_id, id, 8, 1, '510104', amounts FROM feature WHERE unit = '510116'"
            )


def test_sums_are_changed_by_the_one_function_that_changes_them(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    call = "SELECT change_grid('park', '{8}', '{1}', '{510104}', '{open}', '{count}', '{1}', '{1}')"
    with acting(database, accounts["admin"]) as connection:
        for statement in (
            "UPDATE grid SET amount = 0",
            "INSERT INTO grid SELECT * FROM grid",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
    with acting(database, accounts[A]) as connection:
        assert connection.execute("DELETE FROM grid").rowcount == 0
    for role in ("geoplan_app", "geoplan_tiles"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            acting(database, None, role) as connection,
        ):
            connection.execute(call)


def test_the_grid_stays_exact_where_staff_write_across_their_border(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    def total(connection: psycopg.Connection, district: str) -> tuple[int, int] | None:
        row: tuple[int, int] | None = connection.execute(
            "SELECT sum(amount)::bigint, sum(features)::integer FROM grid WHERE layer_id = %s AND res = 8 AND district = %s",
            (STAFF_LAYER, district),
        ).fetchone()
        return row

    with database.connect("geoplan_owner") as connection:
        before = total(connection, B)
    assert before is not None
    with database.connect() as connection, connection.transaction():
        become(connection, accounts[A])
        change = GridChange(connection, STAFF_LAYER, lambda _: [])
        feature = insert(connection, STAFF_LAYER, "across", A, A)
        connection.execute(
            SHARE,
            {"layer": STAFF_LAYER, "id": feature, "res": RES, "cell": CELL, "district": B},
        )
        enter(connection, change, STAFF_LAYER, "SELECT id FROM feature WHERE key = 'across'")
        change.apply()
    with database.connect("geoplan_owner") as connection:
        assert total(connection, B) == (before[0] + 1_000_000_000, before[1] + 1)
        assert drift(connection) == []
    with database.connect() as connection, connection.transaction():
        become(connection, accounts[A])
        change = GridChange(connection, STAFF_LAYER, lambda _: [])
        change.take_away("SELECT id FROM feature WHERE key = 'across'")
        connection.execute("DELETE FROM feature_cell WHERE feature_id = %s", [feature])
        connection.execute("DELETE FROM feature WHERE id = %s", [feature])
        change.apply()
    with database.connect("geoplan_owner") as connection:
        assert total(connection, B) == before
        assert drift(connection) == []


def test_the_spatial_index_serves_staff(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with acting(database, str(OPERATOR)) as connection:
        connection.execute(
            """
            INSERT INTO feature (layer_id, id, source_id, key, unit, district, status, amounts, geom, source_crs, digest, account_id)
            SELECT l.id, gen_random_uuid(), 'made', 'many ' || n, '510104', '510104', 'open', '{1000000000}'::bigint[],
                   ST_SetSRID(ST_MakePoint(103 + random() * 1.8, 30.1 + random() * 1.3), 4326), 'EPSG:4326', ''::bytea, %(account)s::uuid
            FROM generate_series(1, 30000) AS n, unnest(ARRAY['base_station_5g', 'charger']) AS l (id)
            """,
            {"account": OPERATOR},
        )
        for account in (*(accounts[unit] for unit in SEEN), accounts["planner"]):
            become(connection, account)
            for layer in ("base_station_5g", "charger"):
                row = connection.execute(
                    "EXPLAIN (ANALYZE, FORMAT JSON) SELECT id FROM feature WHERE layer_id = %s "
                    "AND geom && ST_MakeEnvelope(104.06, 30.66, 104.07, 30.67, 4326)",
                    [layer],
                ).fetchone()
                assert row is not None
                plan = json.dumps(row[0])
                assert f"feature_{layer}_geom_idx" in plan, plan
                assert "Seq Scan on feature" not in plan, plan


@pytest.mark.parametrize("role", ["geoplan_app", "geoplan_tiles"])
def test_there_is_no_way_around_the_policies(
    database: TestDatabase, accounts: Mapping[str, str], role: str
) -> None:
    with acting(database, accounts[A], role) as connection:
        for statement in (
            "SELECT count(*) FROM feature_base_station_5g",  # its partition
            "COPY account TO STDOUT",
            "SET LOCAL row_security = off; SELECT count(*) FROM feature",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
        told = connection.execute(
            "SELECT tablename FROM pg_stats WHERE schemaname = 'geoplan' AND tablename ~ '^(feature|account|session)'"
        )
        assert told.fetchall() == []


def test_an_account_ends_with_its_transaction(
    database: TestDatabase, accounts: Mapping[str, str]
) -> None:
    with database.connect() as connection:
        with connection.transaction():
            become(connection, accounts["admin"])
            assert keys(connection, layer=CITY_LAYER) == FEATURES.keys()
        assert keys(connection, layer=CITY_LAYER) == set()
        with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
            connection.execute(
                "SELECT 1 / (length(set_config('geoplan.account', %s, true)) - 36)",
                [accounts["admin"]],
            )
        assert keys(connection, layer=CITY_LAYER) == set()


def test_public_tiles_are_the_same_whatever_account_is_set(
    database: TestDatabase, city: City, accounts: Mapping[str, str]
) -> None:
    maker = TileMaker(sources(city)[PUBLIC_LAYER])

    async def made(account: str | None) -> bytes:
        async with await psycopg.AsyncConnection.connect(
            database.url("geoplan_tiles")
        ) as connection:
            if account is not None:
                await act_as(connection, account)  # type: ignore[arg-type]  # as text
            return await maker.make(connection, *TILE)

    tiles = {asyncio.run(made(account)) for account in (None, *accounts.values())}
    assert len(tiles) == 1
    assert tiles != {b""}
