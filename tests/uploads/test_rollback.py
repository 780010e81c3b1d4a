"""An upload taken back: everything is as it was, or what stands in the way is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from geoplan.uploads.workflow import roll_back_upload
from tests.uploads.desk import (
    People,
    Station,
    features,
    published,
    state_hash,
    stations,
)


def test_what_was_new_is_gone_and_what_was_changed_is_as_before(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    rows = stations(20, prefix="R")
    published(connection, city, people, rows)
    before = state_hash(connection)
    changed = [replace(row, piles=row.piles + 1, at=row.at + 60) for row in rows[:10]]
    stopped = [replace(row, status="stopped") for row in rows[10:15]]
    new = stations(7, prefix="RN", first=100)
    upload = published(
        connection, city, people, [*changed, *stopped, *rows[15:], *new], file_name="十月.xlsx"
    )
    assert state_hash(connection) != before
    back = roll_back_upload(
        connection, city, people.planner, upload.id, version=upload.version, reason="误报"
    )
    assert (back.state, back.note) == ("rolled_back", "误报")
    assert state_hash(connection) == before
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        assert drift(connection) == []


def test_random_uploads_taken_back_in_reverse_order_give_every_state_again(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    random = np.random.default_rng(20231130)
    uploads, states = [], [state_hash(connection)]
    for turn in range(6):
        rows = [
            Station(
                f"Q-{n}",
                f"示意随机站{n}",
                at=int(random.integers(200)),
                piles=int(random.integers(1, 9)),
                status=str(random.choice(["planned", "building", "open", "stopped"])),
            )
            for n in random.choice(25, 12, replace=False).tolist()
        ]
        uploads.append(published(connection, city, people, rows, file_name=f"{turn}.xlsx"))
        states.append(state_hash(connection))
    for upload, before in zip(reversed(uploads), reversed(states[:-1]), strict=True):
        roll_back_upload(connection, city, people.planner, upload.id, version=None, reason=None)
        assert state_hash(connection) == before


def test_a_later_edit_stands_in_the_way_and_is_named(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    first = published(connection, city, people, stations(4, prefix="L"))
    later = published(
        connection,
        city,
        people,
        [Station("L-2", "示意充电站L2", at=2, piles=99)],
        file_name="后来.xlsx",
    )
    before = state_hash(connection)
    with pytest.raises(GeoplanError) as caught:
        roll_back_upload(connection, city, people.planner, first.id, version=None, reason=None)
    assert (caught.value.status, caught.value.code) == (409, "later_edits")
    [named] = caught.value.issues
    assert "示意充电站L2" in named.detail.zh
    assert "planner" in named.detail.en
    assert named.value == str(later.id)
    assert named.where.row == 4
    assert state_hash(connection) == before
    roll_back_upload(connection, city, people.planner, later.id, version=None, reason=None)
    roll_back_upload(connection, city, people.planner, first.id, version=None, reason=None)
    assert not {f"示意充电站L{n}" for n in range(4)} & features(connection).keys()


def test_a_feature_that_was_removed_since_stands_in_the_way(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = published(connection, city, people, [Station("D-1", "示意已删站")])
    with connection.transaction():
        act_as(connection, OPERATOR, "tidy")
        connection.execute(
            "DELETE FROM feature_cell WHERE feature_id IN (SELECT id FROM feature WHERE key = 'D-1')"
        )
        connection.execute("DELETE FROM feature WHERE key = 'D-1'")
    with pytest.raises(GeoplanError) as caught:
        roll_back_upload(connection, city, people.planner, upload.id, version=None, reason=None)
    assert "removed" in caught.value.issues[0].detail.en
    assert "operator" in caught.value.issues[0].detail.en
    with connection.transaction():
        act_as(connection, OPERATOR, "tidy")
        connection.execute("DELETE FROM grid WHERE layer_id = 'charger'")
        for table in ("feature_cell", "feature"):
            connection.execute(f"DELETE FROM {table} WHERE layer_id = 'charger'")


def test_the_history_keeps_what_was_published_and_taken_back(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    published(connection, city, people, [Station("H-1", "示意历史站", piles=1)])
    upload = published(
        connection, city, people, [Station("H-1", "示意历史站", piles=2)], file_name="b.xlsx"
    )
    roll_back_upload(connection, city, people.planner, upload.id, version=None, reason=None)
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        rows = connection.execute(
            "SELECT v.state -> 'properties' ->> 'piles', v.valid_from, v.valid_to, v.reason FROM feature_version AS v"
            " WHERE v.state ->> 'key' = 'H-1' ORDER BY v.valid_from"
        ).fetchall()
        [(piles, since, why)] = connection.execute(
            "SELECT properties ->> 'piles', valid_from, reason FROM feature WHERE key = 'H-1'"
        ).fetchall()
    assert [row[0] for row in rows] == ["1", "2"]
    assert piles == "1"
    # One state after the other without a gap, each ended for a reason.
    assert rows[0][2] == rows[1][1]
    assert rows[1][2] == since
    assert str(upload.id) in rows[0][3]
    assert rows[1][3].startswith("rollback")
    assert why.startswith("rollback")
