"""Every state of a feature is kept, and any moment shows what was so then."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.editing.change import remove, restore, update
from geoplan.editing.history import Change, changes
from geoplan.store import collections, history
from geoplan.store.accounts import act_as
from geoplan.store.collections import Search, Shown
from geoplan.store.history import Version
from tests.conftest import TestDatabase
from tests.editing.desk import CENTRE, JINJIANG, QINGYANG, WGS84, Desk, People, rows

CHAIN = """
WITH state AS (
    SELECT layer_id, id, valid_from, valid_to FROM feature_version
    UNION ALL SELECT layer_id, id, valid_from, 'infinity' FROM feature
)
SELECT count(*) FROM (
    SELECT valid_from, valid_to, lead(valid_from) OVER (PARTITION BY layer_id, id ORDER BY valid_from, valid_to) AS next FROM state
) AS s WHERE valid_to < valid_from OR next < valid_to
"""
"""States that end before they begin, or after the next one began."""


def clock() -> datetime:
    return datetime.now(UTC)


class Reader:
    """What an account sees of a layer, now or at an earlier moment."""

    def __init__(self, database: TestDatabase, city: City, account: UUID) -> None:
        self._url = database.url("geoplan_app")
        self._city = city
        self._account = account

    def features(
        self, layer: str, at: datetime | None = None, **columns: object
    ) -> dict[str, dict[str, Any]]:
        async def work(connection: psycopg.AsyncConnection) -> dict[str, dict[str, Any]]:
            search = Search(at=at, columns=columns)
            found: dict[str, dict[str, Any]] = {}
            after = None
            while True:  # small pages: their keys must work for earlier states too
                page = await collections.page(
                    connection, self._city.layer(layer), search, shown=Shown(), lang="zh", limit=15, after=after
                )  # fmt: skip
                found |= {f["id"]: f for f in map(json.loads, page.features)}
                after = page.last
                if after is None:
                    break
            assert await collections.count(connection, self._city.layer(layer), search) == len(
                found
            )
            return found

        return asyncio.run(self._as_account(work))

    def versions(self, layer: str, fid: UUID, **options: Any) -> list[Version]:
        async def work(connection: psycopg.AsyncConnection) -> list[Version]:
            return await history.versions(connection, layer, fid, **{"limit": 100, **options})

        return asyncio.run(self._as_account(work))

    async def _as_account(self, work: Any) -> Any:
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            await act_as(connection, self._account)
            return await work(connection)


@pytest.fixture
def planners(database: TestDatabase, city: City, people: People) -> Reader:
    return Reader(database, city, people.planner.account)


def test_a_history_tells_who_when_why_and_what(
    connection: psycopg.Connection, clerk: Desk, planner: Desk, planners: Reader
) -> None:
    started = clock()
    made = clerk.draw(name="示意站史", piles=4)
    first = update(
        planner.edit("现场核实"), made.id, {"properties": {"piles": 6}}, WGS84, [made.state]
    )
    moved = {"geometry": {"coordinates": [CENTRE[JINJIANG][0], CENTRE[JINJIANG][1] + 0.001]}}
    second = update(clerk.edit("挪位"), made.id, moved, WGS84, [first.state])
    remove(clerk.edit("重复"), made.id, [second.state])
    gone = planners.versions("charger", made.id)
    assert [(v.by, v.why, v.deleted, v.ended_by, v.ended_why) for v in gone] == [
        ("clerk", "挪位", True, "clerk", "重复"),
        ("planner", "现场核实", False, "clerk", "挪位"),
        ("clerk", None, False, "planner", "现场核实"),
    ]
    number = gone[-1].version
    assert number is not None
    restore(planner.edit("误删"), made.id, number, None)
    found = planners.versions("charger", made.id)
    assert [(v.by, v.why, v.version is None) for v in found] == [
        ("planner", "误删", True), ("clerk", "挪位", False), ("planner", "现场核实", False), ("clerk", None, False),
    ]  # fmt: skip
    assert found[0].before is None, "it was not there just before"
    assert [v.begins for v in found[1:3]] == [v.ends for v in found[2:]]
    assert all(started < v.begins < clock() for v in found)
    assert found[1].reshaped is True
    assert found[1].moved_m == pytest.approx(
        110.9, abs=0.2
    )  # 0.001° of latitude (domain: 110,864 m a degree)
    assert found[2].reshaped is False
    shown = ["name", "piles", "status"]
    assert found[2].before is not None
    assert changes(found[2].before, found[2].state, shown) == [Change("piles", 4, 6)]
    assert changes(found[2].before, found[2].state, ["name"]) == []
    assert planners.versions("charger", made.id, limit=2) == found[:2]
    assert planners.versions("charger", made.id, limit=2, before=found[1].begins) == found[2:4]


def test_any_moment_shows_what_was_recorded_then(
    connection: psycopg.Connection, clerk: Desk, neighbour: Desk, planner: Desk, planners: Reader
) -> None:
    """E08: forty edits of all kinds by three people; after each the layer is written down."""
    choose = random.Random(4)
    alive: dict[UUID, tuple[Desk, str]] = {}
    removed: list[tuple[Desk, UUID]] = []
    notes: list[tuple[datetime, dict[str, dict[str, Any]]]] = []
    for step in range(40):
        kind = choose.choice(["draw", "draw", "change", "change", "move", "give", "remove", "back"])
        if kind == "draw" or not alive:
            desk, unit = choose.choice([(clerk, JINJIANG), (neighbour, QINGYANG)])
            lon, lat = CENTRE[unit]
            made = desk.draw(name=f"示意站{step}", piles=step, lonlat=(lon, lat + step * 1e-5))
            alive[made.id] = desk, made.state
        elif kind == "back" and removed:
            desk, fid = removed.pop()
            number = planners.versions("charger", fid)[0].version
            assert number is not None
            alive[fid] = desk, restore(desk.edit(), fid, number, None).state
        else:
            fid = choose.choice(sorted(alive))
            desk, state = alive[fid]
            if kind == "remove":
                remove(desk.edit(), fid, [state])
                removed.append((desk, fid))
                del alive[fid]
            elif kind == "give":
                other = neighbour if desk is clerk else clerk
                unit = other.editor.units[0]
                said: dict[str, Any] = {"properties": {"unit": unit}}
                alive[fid] = other, update(planner.edit(), fid, said, WGS84, [state]).state
            else:
                lon, lat = CENTRE[JINJIANG]
                said = {
                    "properties": {
                        "piles": 100 + step,
                        "status": choose.choice(["open", "planned", "stopped"]),
                    }
                }
                if kind == "move":
                    said = {"geometry": {"coordinates": [lon + step * 1e-4, lat]}}
                alive[fid] = desk, update(desk.edit(), fid, said, WGS84, [state]).state
        notes.append((clock(), planners.features("charger")))
    for moment, recorded in notes:
        assert planners.features("charger", at=moment) == recorded
    for moment, recorded in notes[::4]:
        of_unit = {fid: f for fid, f in recorded.items() if f["properties"]["unit"] == JINJIANG}
        assert planners.features("charger", at=moment, unit=JINJIANG) == of_unit
    assert planners.features("charger", at=datetime(2023, 7, 1, tzinfo=UTC)) == {}
    assert rows(connection, CHAIN) == [(0,)]


def test_staff_look_back_on_their_own_rows_of_a_staff_layer_only(
    database: TestDatabase, connection: psycopg.Connection, city: City, people: People, clerk: Desk
) -> None:
    layer = "base_station_5g"
    hidden = Desk(connection, city, clerk.editor, layer)
    made = hidden.draw()
    moment = clock()
    remove(hidden.edit(), made.id, [made.state])
    assert set(Reader(database, city, people.clerk.account).features(layer, at=moment)) == {
        str(made.id)
    }
    other = Reader(database, city, people.neighbour.account)
    assert other.features(layer, at=moment) == {}
    assert other.versions(layer, made.id) == []
    assert set(Reader(database, city, people.planner.account).features(layer, at=moment)) == {
        str(made.id)
    }


def test_the_public_sees_no_earlier_state(
    database: TestDatabase, connection: psycopg.Connection, clerk: Desk
) -> None:
    made = clerk.draw(note="仅供内部")
    remove(clerk.edit(), made.id, [made.state])
    for role in ("geoplan_app", "geoplan_tiles"):
        with database.connect(role) as public:
            if role == "geoplan_app":
                assert public.execute("SELECT count(*) FROM feature_version").fetchone() == (0,)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    public.execute("SELECT count(*) FROM feature_version")


def test_a_transaction_that_began_first_and_wrote_last_comes_last(
    database: TestDatabase, connection: psycopg.Connection, clerk: Desk, planners: Reader
) -> None:
    made = clerk.draw(piles=1)
    with database.connect() as other:
        slow = Desk(other, clerk.city, clerk.editor)
        with other.transaction():
            other.execute("SELECT now()")
            fast = update(clerk.edit(), made.id, {"properties": {"piles": 2}}, WGS84, [made.state])
            update(slow.edit(), made.id, {"properties": {"piles": 3}}, WGS84, [fast.state])
    found = planners.versions("charger", made.id)
    assert [v.state["properties"]["piles"] for v in found] == [3, 2, 1]
    assert [v.begins for v in found[:-1]] == [v.ends for v in found[1:]]
    assert rows(connection, CHAIN) == [(0,)]


def test_a_change_by_hand_has_a_history_too(
    database: TestDatabase, connection: psycopg.Connection, clerk: Desk, planners: Reader
) -> None:
    made = clerk.draw(piles=1)
    before = planners.features("charger")[str(made.id)]
    moment = clock()
    with database.connect("geoplan_owner") as owner:
        owner.execute("UPDATE feature SET status = 'stopped' WHERE id = %s", (made.id,))
        assert planners.features("charger")[str(made.id)]["properties"]["status"] == "stopped"
        owner.execute("DELETE FROM feature_cell WHERE feature_id = %s", (made.id,))
        owner.execute("DELETE FROM feature WHERE id = %s", (made.id,))
    assert planners.features("charger", at=moment)[str(made.id)] == before
    assert str(made.id) not in planners.features("charger", at=clock())
    assert [v.state["status"] for v in planners.versions("charger", made.id)] == ["stopped", "open"]
