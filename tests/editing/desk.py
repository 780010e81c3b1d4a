"""Editors of two districts and of the whole city, and the features they draw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from geoplan.catalogue import City
from geoplan.editing.create import create
from geoplan.editing.edit import Edit, Written
from geoplan.editing.editor import Editor
from geoplan.editing.place import System
from geoplan.store.collections import own_feature
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from tests.conftest import TestDatabase

JINJIANG, QINGYANG = "510104", "510105"
CENTRE = {JINJIANG: (104.113, 30.603), QINGYANG: (103.979, 30.682)}
WGS84 = System()


@dataclass(frozen=True, slots=True)
class People:
    """Staff of two districts, and a planner."""

    clerk: Editor
    neighbour: Editor
    planner: Editor


def put_people(database: TestDatabase) -> People:
    def put(username: str, role: Any, units: Sequence[str]) -> Editor:
        row = connection.execute(
            "INSERT INTO account (username, role, units) VALUES (%s, %s, %s) RETURNING id",
            (username, role, list(units)),
        ).fetchone()
        assert row is not None
        return Editor(row[0], role, tuple(units))

    with database.connect("geoplan_owner") as connection:
        return People(
            put("clerk", "staff", [JINJIANG]),
            put("neighbour", "staff", [QINGYANG]),
            put("planner", "planner", []),
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one editor works on one layer."""

    connection: psycopg.Connection
    city: City
    editor: Editor
    layer: str = "charger"

    def edit(self, reason: str = "") -> Edit:
        return Edit(self.connection, self.city, self.city.layer(self.layer), self.editor, reason)

    def draw(self, **values: Any) -> Written:
        document = station(**values)
        if self.layer != "charger":
            del document["properties"]["piles"]
        return create(self.edit(), document, WGS84)

    def shown(self, fid: UUID) -> dict[str, Any] | None:
        """The feature with all its values, as the editor sees it."""
        with self.connection.transaction():
            act_as(self.connection, self.editor.account, "")
            text = own_feature(self.connection, self.city.layer(self.layer), fid, "zh")
        return None if text is None else json.loads(text)


def station(
    lonlat: tuple[float, float] = CENTRE[JINJIANG], geometry: Any = None, **properties: Any
) -> dict[str, Any]:
    """A charging station of 锦江区 with 8 piles, as a GeoJSON Feature."""
    given = {"name": "示意充电站", "status": "open", "piles": 8, **properties}
    return {
        "type": "Feature",
        "geometry": geometry or {"type": "Point", "coordinates": list(lonlat)},
        "properties": given,
    }


def rows(connection: psycopg.Connection, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """What the operator sees."""
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        return connection.execute(query, parameters or None).fetchall()


def everything(connection: psycopg.Connection) -> dict[str, object]:
    """All that an edit may change, as one comparable value; the grid is what a recount gives."""
    found: dict[str, object] = {}
    with connection.transaction():
        act_as(connection, OPERATOR, "look")
        for table in ("feature", "feature_version", "feature_cell", "grid", "source", "layer"):
            found[table] = connection.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t"
            ).fetchone()
        assert drift(connection) == []
    return found


def versions(connection: psycopg.Connection) -> dict[str, int]:
    return dict(rows(connection, "SELECT id, version FROM layer"))
