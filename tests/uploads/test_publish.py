"""Rows become features: new ones, those of the same number, those that a person recognised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import psycopg
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from geoplan.uploads.rows import RowChange, edit_row
from geoplan.uploads.workflow import approve_upload, publish_upload, submit_upload
from tests.uploads.desk import (
    JINJIANG,
    QINGYANG,
    People,
    Station,
    checked,
    features,
    may_be,
    published,
    state_hash,
    stations,
    submitted,
)


def test_approved_rows_are_features_with_shares_and_sums(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = published(connection, city, people, stations(30, prefix="A"))
    assert upload.state == "published"
    assert upload.counts is not None
    assert (upload.counts["published"], upload.counts["ready"], upload.counts["open"]) == (30, 0, 0)
    held = features(connection)
    assert {f"示意充电站A{n}" for n in range(30)} <= held.keys()
    assert {each["unit"] for each in held.values()} == {JINJIANG}
    assert held["示意充电站A7"]["source"] == f"upload-{JINJIANG}"
    assert held["示意充电站A7"]["key"] == "A-7"
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        assert drift(connection) == []
        row = connection.execute(
            "SELECT sum(amount) FROM grid WHERE layer_id = 'charger' AND measure = 'piles' AND res = 9"
        ).fetchone()
        assert row is not None
        assert row[0] == sum(f["properties"]["piles"] for f in held.values()) * 10**9


def test_a_project_number_updates_its_feature_and_what_the_file_has_no_column_for_stays(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    first = Station("U-1", "示意更新站", more={"operator": "示意公司", "power_kw": 120})
    published(
        connection,
        city,
        people,
        [first],
        fields=("project_no", "name", "status", "finished_on", "piles", "operator", "power_kw"),
    )
    before = features(connection)["示意更新站"]
    again = replace(first, name="示意更新站（二期）", piles=9, more={"power_kw": 60})
    published(
        connection,
        city,
        people,
        [again],
        fields=("project_no", "name", "status", "finished_on", "piles", "power_kw"),
    )
    held = features(connection)
    assert "示意更新站" not in held
    after = held["示意更新站（二期）"]
    assert after["id"] == before["id"]
    assert after["properties"] == {
        "project_no": "U-1", "piles": 9, "operator": "示意公司", "power_kw": 60
    }  # fmt: skip


def test_a_column_of_the_file_that_is_empty_empties_the_feature(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    row = Station("E-1", "示意清空站", more={"operator": "示意公司"})
    fields = ("project_no", "name", "status", "finished_on", "piles", "operator")
    published(connection, city, people, [row], fields=fields)
    published(connection, city, people, [replace(row, more={}, finished_on=None)], fields=fields)
    assert "operator" not in features(connection)["示意清空站"]["properties"]


def test_the_same_number_of_another_unit_is_another_project(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    published(connection, city, people, [Station("N-1", "示意锦江一号")])
    upload = checked(connection, [Station("N-1", "示意青羊一号", unit=QINGYANG)], unit=QINGYANG)
    submit_upload(connection, people.neighbour, upload.id, version=None, valid_only=False)
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    held = features(connection)
    assert held["示意锦江一号"]["id"] != held["示意青羊一号"]["id"]
    assert held["示意青羊一号"]["source"] == f"upload-{QINGYANG}"


def test_the_same_file_again_changes_nothing(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    rows = stations(5, prefix="S")
    published(connection, city, people, rows)
    before = state_hash(connection)
    history = count_versions(connection)
    published(connection, city, people, rows, file_name="同一份.xlsx")
    assert state_hash(connection) == before
    assert count_versions(connection) == history


def count_versions(connection: psycopg.Connection) -> int:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        row = connection.execute("SELECT count(*) FROM feature_version").fetchone()
    assert row is not None
    return int(row[0])


def test_a_row_without_a_number_is_what_a_person_says_it_is(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    published(connection, city, people, [Station("M-1", "示意配对站")])
    held = features(connection)["示意配对站"]
    row = Station(
        None, "示意配对站", at=3, piles=7,
        issues=(("may_match_held", "warning"),), match=may_be(held["id"]),
    )  # fmt: skip
    same = checked(connection, [row], file_name="相同.xlsx")
    with pytest.raises(GeoplanError) as undecided:
        submit_upload(
            connection, people.clerk, same.id, version=None, valid_only=False, accept=None
        )
    assert undecided.value.code == "rows_open"
    edit_row(connection, city, people.clerk, same.id, 2, RowChange(match=True), None)
    submit_upload(connection, people.clerk, same.id, version=None, valid_only=False)
    approve_upload(connection, city, people.planner, same.id, version=None, rows={})
    now = features(connection)["示意配对站"]
    assert (now["id"], now["properties"]["piles"]) == (held["id"], 7)

    other = checked(connection, [replace(row, name="示意配对新站", piles=1)], file_name="不同.xlsx")
    edit_row(connection, city, people.clerk, other.id, 2, RowChange(match=False), None)
    submit_upload(connection, people.clerk, other.id, version=None, valid_only=False)
    approve_upload(connection, city, people.planner, other.id, version=None, rows={})
    held_now = features(connection)
    assert held_now["示意配对新站"]["id"] != held["id"]
    assert held_now["示意配对站"]["properties"]["piles"] == 7


def test_two_rows_that_are_one_feature_stop_the_whole_file(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    published(connection, city, people, [Station("T-1", "示意双胞站")])
    held = features(connection)["示意双胞站"]["id"]
    match = may_be(held, sure=True)
    rows = [
        Station("T-1", "示意双胞站", piles=8),
        Station(None, "示意双胞站", at=1, piles=9, match=match),
    ]
    upload = submitted(connection, people, rows)
    before = state_hash(connection)
    with pytest.raises(GeoplanError) as caught:
        approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    assert caught.value.code == "rows_same_feature"
    assert [issue.where.row for issue in caught.value.issues] == [2, 3]
    assert state_hash(connection) == before


def test_a_row_of_the_city_s_own_file_counts_for_the_district_it_lies_in(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    row = Station("W-1", "示意无区县站", unit=None)
    upload = checked(connection, [row], unit=None)
    submit_upload(connection, people.planner, upload.id, version=None, valid_only=False)
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    assert features(connection)["示意无区县站"]["unit"] == JINJIANG


def test_nothing_is_published_before_it_is_asked_for_and_then_once(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = submitted(connection, people, [Station("P-1", "示意待发布站")])
    done = approve_upload(
        connection, city, people.planner, upload.id, version=upload.version, rows={}, publish=False
    )
    assert done.state == "approved"
    assert "示意待发布站" not in features(connection)
    publish_upload(connection, city, people.planner, upload.id, version=done.version)
    again = publish_upload(connection, city, people.planner, upload.id, version=None)
    assert again.state == "published"
    assert features(connection)["示意待发布站"]["properties"]["piles"] == 4
    assert [each for each in features(connection) if each == "示意待发布站"] == ["示意待发布站"]


def test_lines_are_measured_and_cut_as_an_import_cuts_them(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    line = shapely.LineString([(104.06, 30.6), (104.12, 30.63)])
    row = replace(
        Station("G-1", "示意绿道", finished_on=date(2023, 8, 1)).as_row(2), wkb=shapely.to_wkb(line)
    )

    class Drawn(Station):
        def as_row(self, number: int) -> object:  # type: ignore[override]
            return row

    upload = submitted(connection, people, [Drawn("G-1", "示意绿道")], layer="greenway")
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        found = connection.execute(
            "SELECT f.amounts[1], sum(s.amounts[1]) FROM feature AS f JOIN feature_cell AS s ON s.layer_id = f.layer_id AND s.feature_id = f.id"
            " WHERE f.layer_id = 'greenway' AND s.res = 8 GROUP BY 1"
        ).fetchone()
        assert found is not None
        assert found[0] == found[1]
        assert 6_500 < found[0] / 10**9 < 6_800
        assert drift(connection) == []
