"""Accounts of two districts and a zone, and rows of each in a layer of every visibility."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import numpy as np
import psycopg

from geoplan.store.features import OPERATOR
from geoplan.store.grid import GridChange
from tests.conftest import TestDatabase

# Two districts, and a zone that overlaps the second.
A, B, ZONE = "510104", "510116", "zone_hitech"
STAFF_LAYER, CITY_LAYER, PUBLIC_LAYER = "base_station_5g", "three_lines", "park"
LON, LAT = 104.0801, 30.6501
CELL, RES = 0x8831_AA1B_2DFF_FFF, 8
TILE = (16, 51715, 26901)  # holds the place

INSERT = """
INSERT INTO feature (layer_id, id, source_id, key, unit, district, name_zh, status, amounts, geom, source_crs, digest, account_id)
VALUES (%(layer)s, %(id)s::uuid, 'made', %(key)s, %(unit)s, %(district)s, %(key)s, 'open', '{1000000000}'::bigint[],
        ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 'EPSG:4326', ''::bytea, %(account)s)
"""
SHARE = """
INSERT INTO feature_cell (layer_id, feature_id, res, cell, district, amounts)
SELECT %(layer)s, %(id)s, %(res)s, %(cell)s, %(district)s, array_fill(1000000000::bigint, ARRAY[cardinality(measures)])
FROM layer WHERE id = %(layer)s
"""

# key: reporting unit, district it lies in
FEATURES = {
    "of A in A": (A, A),
    "of A in B": (A, B),
    "of B in B": (B, B),
    "of the zone in B": (ZONE, B),
    "of nobody in B": (None, B),
}
SEEN = {
    A: {"of A in A", "of A in B"},
    B: {"of A in B", "of B in B", "of the zone in B", "of nobody in B"},
    ZONE: {"of the zone in B"},
}


def put_rows(database: TestDatabase) -> dict[str, str]:
    """Account ids by unit or role; features of every kind in a layer of each visibility."""
    made = {}
    with database.connect("geoplan_owner") as connection:
        for name, role, units in (
            (A, "staff", [A]),
            (B, "staff", [B]),
            (ZONE, "staff", [ZONE]),
            ("planner", "planner", []),
            ("admin", "admin", []),
            ("off", "planner", []),
        ):
            row = connection.execute(
                "INSERT INTO account (username, role, units, active) VALUES (%s, %s, %s, %s) RETURNING id::text",
                (f"u-{name}", role, units, name != "off"),
            ).fetchone()
            assert row is not None
            made[name] = row[0]
        connection.execute(
            "INSERT INTO source (id, kind, title_zh, title_en, file_name, sha256) VALUES ('made', 'features', '', '', '', '')"
        )
    with database.connect() as connection, connection.transaction():
        become(connection, str(OPERATOR))
        for layer in (STAFF_LAYER, CITY_LAYER, PUBLIC_LAYER):
            change = GridChange(connection, layer, lambda _: [])
            for key, (unit, district) in FEATURES.items():
                insert(connection, layer, key, unit, district)
            enter(connection, change, layer, "SELECT id FROM feature WHERE source_id = 'made'")
            change.apply()
            # two states of each: the earlier ones go to feature_version
            connection.execute("UPDATE feature SET name_en = key WHERE layer_id = %s", [layer])
    return made


def become(connection: psycopg.Connection, account: str) -> None:
    connection.execute("SELECT set_config('geoplan.account', %s, true)", (account,))


def insert(
    connection: psycopg.Connection, layer: str, key: str, unit: str | None, district: str
) -> str:
    values = {
        "layer": layer, "id": str(uuid4()), "key": key, "unit": unit, "district": district,
        "lon": LON, "lat": LAT, "account": OPERATOR, "res": RES, "cell": CELL,
    }  # fmt: skip
    connection.execute(INSERT, values)
    connection.execute(SHARE, values)
    return values["id"]


def enter(connection: psycopg.Connection, change: GridChange, layer: str, ids: str) -> None:
    """The shares of these features (a query) enter the grid."""
    rows = connection.execute(
        "SELECT s.res, s.cell, s.district, f.status, s.amounts FROM feature_cell AS s"
        f" JOIN feature AS f ON f.layer_id = s.layer_id AND f.id = s.feature_id"
        f" WHERE s.layer_id = %s AND f.id IN ({ids})",
        [layer],
    ).fetchall()
    res, cell, district, status, amounts = zip(*rows, strict=True)
    change.add(
        np.array(res, dtype=np.int8),
        np.array(cell, dtype=np.int64),
        np.array(district, dtype=object),
        np.array(status, dtype=object),
        np.array(amounts, dtype=np.int64),
    )


@contextmanager
def acting(
    database: TestDatabase, account: str | None, role: str = "geoplan_app"
) -> Iterator[psycopg.Connection]:
    """A connection in a transaction that is undone, as this account; None: as nobody."""
    with database.connect(role) as connection, connection.transaction(force_rollback=True):
        if account is not None:
            become(connection, account)
        yield connection


def keys(
    connection: psycopg.Connection, table: str = "feature", layer: str = STAFF_LAYER
) -> set[str]:
    column = "state ->> 'key'" if table == "feature_version" else "key"
    rows = connection.execute(f"SELECT {column} FROM {table} WHERE layer_id = %s", [layer])
    return {row[0] for row in rows}
