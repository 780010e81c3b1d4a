"""Many people at once: nothing is lost, nothing counted twice, nobody waits for ever."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.editing.change import remove, restore, update
from geoplan.editing.create import create
from geoplan.editing.edit import Edit, Written
from geoplan.editing.editor import Editor
from geoplan.errors import GeoplanError
from geoplan.store.edits import Held, held_feature, state_of
from geoplan.store.features import act_as
from geoplan.store.writes import Writes
from tests.conftest import TestDatabase
from tests.editing.desk import CENTRE, JINJIANG, WGS84, Desk, People, everything, rows, station
from tests.editing.test_history import CHAIN

SECONDS = 4.0
LON, LAT = CENTRE[JINJIANG]


@pytest.fixture
def writes(database: TestDatabase) -> Iterator[Writes]:
    pool = Writes(database.url("geoplan_app"), max_size=8)
    pool.open()
    yield pool
    pool.close()


def at_once(work: Callable[[int], Any], number: int) -> list[Any]:
    """What each of so many threads gets that begin together: a result, or the error's status."""
    together = threading.Barrier(number)
    found: list[Any] = [None] * number

    def run(index: int) -> None:
        together.wait()
        try:
            found[index] = work(index)
        except GeoplanError as error:
            found[index] = error.status

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_those_who_saw_the_same_state_one_wins(
    database: TestDatabase, city: City, people: People, connection: psycopg.Connection, clerk: Desk
) -> None:
    """D10, eight at once, ten times."""
    made = clerk.draw(piles=0)
    state = made.state
    for turn in range(10):

        def change(index: int, state: str = state, turn: int = turn) -> Written:
            with database.connect() as own:
                desk = Desk(own, city, people.clerk)
                said = {"properties": {"piles": 100 * (turn + 1) + index}}
                return update(desk.edit(), made.id, said, WGS84, [state])

        found = at_once(change, 8)
        [won] = [one for one in found if isinstance(one, Written)]
        assert Counter(one for one in found if one is not won) == {412: 7}
        state = won.state
        shown = clerk.shown(made.id)
        assert shown is not None
        assert shown["properties"]["piles"] == 100 * (turn + 1) + found.index(won)
    assert rows(connection, "SELECT count(*) FROM feature_version WHERE id = %s", made.id) == [
        (10,)
    ]


LAYERS = ("charger", "greenway", "park")
SHARES = """
SELECT count(*) FROM (
    SELECT f.id, r.res, f.amounts, (
        SELECT array_agg(s.total ORDER BY s.n) FROM (
            SELECT a.n, sum(a.amount)::bigint AS total FROM feature_cell AS c
            CROSS JOIN LATERAL unnest(c.amounts) WITH ORDINALITY AS a (amount, n)
            WHERE c.layer_id = f.layer_id AND c.feature_id = f.id AND c.res = r.res GROUP BY a.n) AS s) AS shared
    FROM feature AS f CROSS JOIN generate_series(6, 10) AS r (res)) AS each
WHERE each.shared IS DISTINCT FROM each.amounts
"""
"""Features whose shares at some resolution do not sum to their amounts."""


class Crowd:
    """Random edits of random features. Some features are only counted up, the others come and go."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.counters: dict[UUID, str] = {}
        self.counted: Counter[UUID] = Counter()
        self.others: dict[UUID, str] = {}

    def begin(self, connection: psycopg.Connection, editor: Editor) -> None:
        for number in range(6):
            layer = LAYERS[number % 3]
            self.counters[self._draw(connection, editor, layer, random.Random(number))] = layer

    def step(self, connection: psycopg.Connection, choose: random.Random, editor: Editor) -> None:
        if choose.random() < 0.5:
            self._count(connection, choose, editor)
        else:
            self._come_or_go(connection, choose, editor)

    def _count(self, connection: psycopg.Connection, choose: random.Random, editor: Editor) -> None:
        fid = choose.choice(list(self.counters))
        layer = self.counters[fid]
        edit = Edit(connection, self._city, self._city.layer(layer), editor)
        held = self._held(connection, editor, layer, fid)
        assert held is not None
        said: dict[str, Any] = {"properties": {"note": str(int(str(held.properties["note"])) + 1)}}
        if choose.random() < 0.5:
            said["geometry"] = self._shape(layer, choose)
        update(edit, fid, said, WGS84, [state_of(layer, fid, held.valid_from)])
        self.counted[fid] += 1

    def _come_or_go(
        self, connection: psycopg.Connection, choose: random.Random, editor: Editor
    ) -> None:
        if len(self.others) < 5 or choose.random() < 0.2:
            layer = choose.choice(LAYERS)
            self.others[self._draw(connection, editor, layer, choose)] = layer
            return
        fid, layer = choose.choice(list(self.others.items())[-8:])
        edit = Edit(connection, self._city, self._city.layer(layer), editor)
        held = self._held(connection, editor, layer, fid)
        if held is not None:
            remove(edit, fid, [state_of(layer, fid, held.valid_from)])
            return
        with connection.transaction():
            act_as(connection, editor.account, "")
            [(number,)] = connection.execute(
                "SELECT max(version_id) FROM feature_version WHERE id = %s", (fid,)
            ).fetchall()
        restore(edit, fid, number, None)

    def _draw(
        self, connection: psycopg.Connection, editor: Editor, layer: str, choose: random.Random
    ) -> UUID:
        document = station(geometry=self._shape(layer, choose), unit=JINJIANG, note="0")
        if layer != "charger":
            del document["properties"]["piles"]
        edit = Edit(connection, self._city, self._city.layer(layer), editor)
        return create(edit, document, WGS84).id

    @staticmethod
    def _shape(layer: str, choose: random.Random) -> dict[str, Any]:
        lon, lat = LON + choose.uniform(-0.02, 0.02), LAT + choose.uniform(-0.02, 0.02)
        if layer == "charger":
            return {"type": "Point", "coordinates": [lon, lat]}
        if layer == "greenway":
            return {"type": "LineString", "coordinates": [[lon, lat], [lon + 0.01, lat + 0.005]]}
        ring = [[lon, lat], [lon + 0.004, lat], [lon + 0.004, lat + 0.003], [lon, lat]]
        return {"type": "Polygon", "coordinates": [ring]}

    @staticmethod
    def _held(connection: psycopg.Connection, editor: Editor, layer: str, fid: UUID) -> Held | None:
        with connection.transaction():
            act_as(connection, editor.account, "")
            return held_feature(connection, layer, fid)


def test_eight_writers_on_several_layers_leave_everything_in_order(
    writes: Writes, city: City, people: People, connection: psycopg.Connection
) -> None:
    """D11: whoever loses a race is told so; whatever was answered is there, once."""
    crowd = Crowd(city)
    crowd.begin(connection, people.planner)
    refused: Counter[tuple[str, int]] = Counter()
    ends = time.monotonic() + SECONDS

    async def writer(number: int) -> int:
        choose, done = random.Random(number), 0
        editor = people.planner if number % 2 else people.clerk
        while time.monotonic() < ends:
            try:
                await writes.run(lambda connection: crowd.step(connection, choose, editor))
            except GeoplanError as error:
                refused[error.code, error.status] += 1
            done += 1
        return done

    async def all_writers() -> list[int]:
        return await asyncio.gather(*(writer(number) for number in range(8)))

    done = asyncio.run(all_writers())
    assert min(done) > 0, "somebody never had a turn"
    assert sum(crowd.counted.values()) > 5
    assert set(refused) <= {("changed_meanwhile", 412), ("unknown_feature", 404), ("precondition_required", 428)}  # fmt: skip
    counts = dict(rows(connection, "SELECT id, (properties ->> 'note')::integer FROM feature WHERE id = ANY (%s)", list(crowd.counters)))  # fmt: skip
    assert counts == {fid: crowd.counted[fid] for fid in crowd.counters}
    kept = dict(rows(connection, "SELECT id, count(*) FROM feature_version WHERE id = ANY (%s) GROUP BY id", list(crowd.counters)))  # fmt: skip
    assert kept == {fid: times for fid, times in crowd.counted.items() if times}
    assert rows(connection, SHARES) == [(0,)]
    assert rows(connection, CHAIN) == [(0,)]
    everything(connection)  # the grid is what a recount gives


def test_a_layer_that_somebody_writes_for_long_is_busy_and_then_free(
    database: TestDatabase, city: City, people: People, clerk: Desk
) -> None:
    pool = Writes(database.url("geoplan_app"), lock_timeout_ms=200)
    pool.open()
    try:

        def draw(own: psycopg.Connection) -> Written:
            return create(Desk(own, city, people.clerk).edit(), station(), WGS84)

        with database.connect() as other, other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(hashtextextended('geoplan layer charger', 0))")  # fmt: skip
            with pytest.raises(GeoplanError) as caught:
                asyncio.run(pool.run(draw))
            assert (caught.value.code, caught.value.status) == ("layer_busy", 503)
        assert asyncio.run(pool.run(draw)).id
    finally:
        pool.close()


def test_two_changes_that_cross_are_done_one_after_the_other(
    database: TestDatabase, writes: Writes
) -> None:
    """Each takes what the other needs next; the database breaks one off, which is begun again."""
    met = threading.Barrier(2, timeout=20)
    tries: Counter[int] = Counter()

    def cross(number: int) -> Callable[[psycopg.Connection], int]:
        def work(connection: psycopg.Connection) -> int:
            tries[number] += 1
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (77 + number,))
                if tries[number] == 1:
                    met.wait()
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (77 + (1 - number),))
            return number

        return work

    async def both() -> list[int]:
        return await asyncio.gather(*(writes.run(cross(number)) for number in (0, 1)))

    assert asyncio.run(both()) == [0, 1]
    assert sum(tries.values()) == 3
