"""Places by name over HTTP: what is found, what never is, and that it keeps step with the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from geoplan.api.search import LONGEST
from geoplan.catalogue import City
from geoplan.store.features import OPERATOR
from geoplan.uploads.workflow import roll_back_upload
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application
from tests.api.made import SECRET
from tests.api.people import PLANNER, logged_in, put_people
from tests.conftest import TestDatabase
from tests.uploads import desk

GROUND = """
INSERT INTO base_feature (source_id, theme, kind, kind_detail, name, name_en, min_zoom, geom)
VALUES (%s, %s, %s, %s, %s, %s, 12, ST_SetSRID(%s::geometry, 4326))
"""
STREET = "LINESTRING({} {}, {} {})"


@pytest.fixture(scope="module")
def database(database: TestDatabase, city: City) -> TestDatabase:
    """Also a street that runs through two districts in three pieces, a metro line and a river."""
    pieces = [
        ("roads", "major_road", "primary", "东大街", "East Street", STREET.format(104.105, 30.603, 104.115, 30.603)),
        ("roads", "major_road", "primary", "东大街", "East Street", STREET.format(104.115, 30.603, 104.12, 30.603)),
        ("roads", "major_road", "primary", "东大街", None, STREET.format(103.91, 30.57, 103.92, 30.57)),
        ("roads", "rail", "subway", "地铁1号线", "Line 1", STREET.format(104.06, 30.6, 104.06, 30.7)),
        ("water", "river", None, "府河", None, STREET.format(104.08, 30.64, 104.09, 30.66)),
        ("places", "locality", "city", "成都", None, "POINT(104.06 30.66)"),
        ("pois", "park", None, "人民公园", None, "POINT(104.05 30.66)"),
    ]  # fmt: skip
    with database.connect("geoplan_owner") as connection:
        for piece in pieces:
            connection.execute(GROUND, ("ledger", *piece))
    put_people(database, city, [PLANNER])
    return database


def found(api: Api, q: str, **more: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = api.json("/api/search", q=q, **more)["results"]
    return results


def named(api: Api, q: str, **more: Any) -> list[str]:
    return [each["name"] for each in found(api, q, **more)]


@pytest.mark.parametrize(
    "query",
    ["示意绿道7号", "示意绿道7", "shiyilvdao7hao", "shi yi lv dao 7", "sylD7h", "project 7"],
)
def test_a_feature_is_found_by_what_people_type(api: Api, query: str) -> None:
    truth = next(f for f in api.items("greenway") if f["properties"]["name"] == "示意绿道7号")
    hit = next(each for each in found(api, query, limit=50) if each["layer"] == "greenway")
    assert (hit["id"], hit["kind"], hit["name_en"]) == (truth["id"], "feature", "Project 7")
    assert hit["unit"] == truth["properties"]["district"]
    west, south, east, north = hit["bbox"]
    assert west <= hit["lon"] <= east
    assert south <= hit["lat"] <= north
    assert hit["synthetic"] is True


def test_districts_and_zones_are_found_with_their_box(api: Api) -> None:
    [district, *_] = found(api, "jinjiangqu")
    assert (district["kind"], district["layer"], district["id"], district["match"]) == (
        "district",
        "units",
        "510104",
        "exact",
    )
    assert district["bbox"][0] < district["lon"] < district["bbox"][2]
    assert found(api, "高新")[0]["kind"] == "zone"


def test_a_street_is_one_result_a_district_and_what_is_no_place_is_none(api: Api) -> None:
    streets = found(api, "dongdajie")
    assert {(each["name"], each["unit"], each["kind"]) for each in streets} == {
        ("东大街", "510104", "street"), ("东大街", "510116", "street"),
    }  # fmt: skip
    assert next(each for each in streets if each["unit"] == "510104")["bbox"] == [
        104.105,
        30.603,
        104.12,
        30.603,
    ]
    assert [each["kind"] for each in found(api, "地铁1")] == ["metro"]
    assert [each["kind"] for each in found(api, "府河")] == ["water"]
    assert "成都" not in named(api, "成都")
    assert "人民公园" not in named(api, "人民公园")


def test_of_equals_the_nearest_comes_first(api: Api) -> None:
    for station in api.items("charger")[:3]:
        lon, lat = station["geometry"]["coordinates"]
        hits = found(api, "充电站", lon=lon, lat=lat, limit=5)
        assert hits[0]["id"] == station["id"]
        assert [hit["distance_m"] for hit in hits] == sorted(hit["distance_m"] for hit in hits)


def test_what_is_not_public_is_found_by_nobody(api: Api) -> None:
    for query in (SECRET, "绝密", "juemihongxian", "jmhx", "juemi"):
        assert not [name for name in named(api, query, limit=50) if SECRET in name]
        with logged_in(api, PLANNER) as planner:
            assert SECRET not in str(
                planner.get("/api/search", params={"q": query}).json()["results"]
            )


@pytest.mark.parametrize(
    "query",
    ["%", "_", "\\", "%_\\", "😀", "'; DROP TABLE geoplan.feature; --", "<script>", "..", "(?:a|b)*", "\u202e", "zzzzqq", " ", ""],
)  # fmt: skip
def test_hostile_words_find_nothing(api: Api, query: str) -> None:
    assert found(api, query) == []


@pytest.mark.parametrize(
    "query",
    ["", f"q={'a' * (LONGEST + 1)}", f"q={'a' * 10_240}", "q=a%00b", "q=%ff", "q=%ed%a0%80", "q=a&limit=0", "q=a&limit=51", "q=a&lon=104", "q=a&lon=x&lat=30", "q=a&lon=181&lat=0", "q=a&q=b", "q=a&nosuch=1", "q=a&lang=fr"],
)  # fmt: skip
def test_what_is_no_question_is_refused(api: Api, query: str) -> None:
    api.problem(f"/api/search?{query}")


def test_an_answer_is_told_to_be_unchanged_until_a_name_changes(
    api: Api, database: TestDatabase
) -> None:
    first = api.get("/api/search", params={"q": "口袋公园"})
    again = {"if-none-match": first.headers["etag"]}
    assert api.get("/api/search", params={"q": "口袋公园"}, headers=again).status_code == 304
    rename(database, "口袋公园<3>“园”", "口袋花园")
    wait_until(
        lambda: api.get("/api/search", params={"q": "口袋公园"}, headers=again).status_code == 200
    )
    assert named(api, "koudaihuayuan") == ["口袋花园"]
    assert "口袋公园<3>“园”" not in named(api, "口袋公园", limit=50)


@pytest.fixture
def second(database: TestDatabase, city: City) -> Iterator[Api]:
    """Another process that serves the same data."""
    with running(application(database, city)) as asked:
        yield asked


@pytest.fixture(scope="module")
def people(database: TestDatabase) -> desk.People:
    return desk.put_people(database)


@pytest.fixture
def connection(database: TestDatabase) -> Iterator[psycopg.Connection]:
    with database.connect() as connection:
        yield connection


def test_what_is_published_is_found_and_what_is_taken_back_is_not_in_every_process(
    api: Api, second: Api, connection: psycopg.Connection, city: City, people: desk.People
) -> None:
    def everywhere(q: str, count: int) -> bool:
        return all(len(found(each, q)) == count for each in (api, second))

    assert everywhere("充电站zq", 0)
    upload = desk.published(connection, city, people, desk.stations(3, prefix="ZQ"))
    wait_until(lambda: everywhere("充电站zq", 3))
    roll_back_upload(
        connection, city, people.planner, upload.id, version=upload.version, reason="误报"
    )
    wait_until(lambda: everywhere("充电站zq", 0))


def rename(database: TestDatabase, name: str, to: str) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('geoplan.account', %s, true)", (str(OPERATOR),))
        done = connection.execute(
            "UPDATE feature SET name_zh = %s WHERE layer_id = 'park' AND name_zh = %s", (to, name)
        )
        assert done.rowcount == 1
        connection.execute("SELECT raise_layer_version('park')")
