"""Features by page, place, time, property and coordinate system, against a count by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.asking import Api
from tests.conftest import TestDatabase

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
Feature = dict[str, Any]
OPERATOR = "00000000-0000-0000-0000-000000000001"
INSERT = """
INSERT INTO feature (layer_id, id, source_id, key, status, amounts, geom, source_crs, digest, account_id)
VALUES ('park', %(id)s::uuid, 'ledger', %(id)s::text, 'open', '{1000000000,1000000000}',
        ST_SetSRID(ST_MakePoint(104.06, 30.66), 4326), 'EPSG:4326', '', %(account)s)
"""


def ids(features: list[Feature]) -> list[str]:
    return [feature["id"] for feature in features]


def chosen(features: list[Feature], keep: Callable[[Feature], bool]) -> set[str]:
    return {feature["id"] for feature in features if keep(feature)}


@pytest.fixture(scope="module")
def lines(api: Api) -> list[Feature]:
    return api.items("greenway", limit=10_000)


@pytest.mark.parametrize("limit", [1, 7, 10_000])
@pytest.mark.parametrize("collection", ["greenway", "units"])
def test_pages_hold_every_feature_once(api: Api, collection: str, limit: int) -> None:
    pages = list(api.pages(f"/api/collections/{collection}/items", limit=limit))
    found = [feature["id"] for page in pages for feature in page["features"]]
    held = api.json(f"/api/collections/{collection}")["numberOfFeatures"]
    assert len(found) == len(set(found)) == held
    for page in pages:
        assert page["numberMatched"] == held
        assert page["numberReturned"] == len(page["features"]) <= limit
    assert all(page["numberReturned"] == limit for page in pages[:-1])


@pytest.mark.parametrize("limit", [1, 7])
def test_rows_that_come_and_go_neither_repeat_nor_hide_others(
    api: Api, database: TestDatabase, limit: int
) -> None:
    before = set(ids(api.items("park", limit=10_000)))
    found: list[str] = []
    with database.connect() as connection:
        for number, page in enumerate(api.pages("/api/collections/park/items", limit=limit)):
            found += ids(page["features"])
            with connection.transaction():
                act(connection)
                connection.execute(INSERT, {"id": str(uuid4()), "account": OPERATOR})
                if number % 3 == 0:
                    connection.execute(
                        "DELETE FROM feature WHERE id = (SELECT id FROM feature WHERE layer_id = 'park'"
                        " AND NOT id = ANY (%s::uuid[]) ORDER BY random() LIMIT 1)",
                        [list(before)],
                    )
    assert len(found) == len(set(found))
    assert before <= set(found)
    with database.connect() as connection, connection.transaction():
        act(connection)
        connection.execute(
            "DELETE FROM feature WHERE layer_id = 'park' AND NOT id = ANY (%s::uuid[])",
            [list(before)],
        )


def act(connection: Any) -> None:
    connection.execute("SELECT set_config('geoplan.account', %s, true)", (OPERATOR,))


def test_a_limit_above_the_most_is_the_most_and_none_is_a_hundred(api: Api) -> None:
    path = "/api/collections/charger/items"
    assert api.json(path)["numberReturned"] == 100
    assert api.json(path, limit=10**9)["numberReturned"] == 300
    for wrong in ("0", "-1", "1.5", "", "x", "１", "1e2"):
        assert api.problem(path, params={"limit": wrong})["code"] == "invalid_parameter"


@pytest.mark.parametrize(
    "token", ["", "x", "AA", "%00", "AAAAAAAAAAAAAAAAAAAAAAA", "é", "a" * 5000]
)
@pytest.mark.parametrize("collection", ["greenway", "units"])
def test_a_token_that_no_link_gave_is_refused_or_a_place_to_go_on(
    api: Api, collection: str, token: str
) -> None:
    answer = api.get(f"/api/collections/{collection}/items", params={"token": token})
    assert answer.status_code in {200, 400}


def test_a_box_finds_what_touches_it(api: Api, lines: list[Feature]) -> None:
    for box in (
        [104.0, 30.6, 104.06, 30.66],
        [104.05, 30.65, 104.0501, 30.6501],
        [100, 30, 101, 31],
    ):
        area = shapely.box(*box)
        truth = chosen(lines, lambda f, a=area: shapely.from_geojson(text(f)).intersects(a))
        assert set(ids(api.items("greenway", bbox=numbers(box)))) == truth


def test_a_box_without_area_finds_what_lies_on_it(api: Api) -> None:
    charger = api.items("charger")[0]
    lon, lat = charger["geometry"]["coordinates"]
    stored = api.json("/api/identify", lon=lon, lat=lat, z=22, layers="charger")["features"]
    assert charger["id"] in ids(stored)
    for unit in api.items("units", bbox=numbers([lon, lat, lon, lat])):
        assert shapely.from_geojson(text(unit)).distance(shapely.Point(lon, lat)) < 1e-5
    assert len(api.items("units", bbox=numbers([lon, lat, lon, lat]))) == 1
    assert len(api.items("units", bbox=numbers([lon, 30.6, lon, 30.7]))) >= 1


def test_a_box_over_the_antimeridian_and_one_of_six_numbers(api: Api) -> None:
    everything = set(ids(api.items("greenway")))
    assert set(ids(api.items("greenway", bbox="103,30,0,105,31,100"))) == everything
    assert set(ids(api.items("greenway", bbox="-180,-90,180,90"))) == everything
    assert api.items("greenway", bbox="170,30,-170,31") == []
    assert set(ids(api.items("greenway", bbox="100,30,-170,31"))) == everything


@pytest.mark.parametrize(
    "box",
    ["", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "nan,0,1,1", "inf,0,1,1", "1e400,0,1,1", "104,31,105,30", "a,b,c,d", "104;30;105;31"],
)  # fmt: skip
def test_what_is_no_box_is_refused(api: Api, box: str) -> None:
    problem = api.problem("/api/collections/greenway/items", params={"bbox": box})
    assert problem["code"] == "invalid_parameter"


def test_a_box_outside_a_projection_s_area_is_refused_or_empty(api: Api) -> None:
    for box in ("1e300,1e300,2e300,2e300", "-1e9,-1e9,-1e8,-1e8", "0,0,0,0"):
        for code in (4544, 3857):
            asked = {"bbox": box, "bbox-crs": f"{EPSG}{code}"}
            answer = api.get("/api/collections/greenway/items", params=asked)
            assert answer.status_code == 400 or answer.json()["features"] == []


@pytest.mark.parametrize("code", [4326, 4490, 4544, 3857])
def test_a_box_may_be_in_any_of_the_systems(api: Api, lines: list[Feature], code: int) -> None:
    there = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    west, south = there.transform(104.02, 30.62)
    east, north = there.transform(104.09, 30.69)
    area = shapely.box(west, south, east, north)

    def touches(feature: Feature) -> bool:
        line = shapely.transform(
            shapely.from_geojson(text(feature)), there.transform, interleaved=False
        )
        return bool(line.intersects(area))

    box = [west, south, east, north] if code == 3857 else [south, west, north, east]
    found = api.items("greenway", **{"bbox": numbers(box), "bbox-crs": f"{EPSG}{code}"})
    truth = chosen(lines, touches)
    assert set(ids(found)) == truth
    assert 0 < len(truth) < len(lines)


@pytest.mark.parametrize("collection", ["greenway", "charger", "park"])
@pytest.mark.parametrize("code", [4326, 4490, 4544, 3857])
def test_coordinates_come_back_from_every_system_within_a_millimetre(
    api: Api, collection: str, code: int
) -> None:
    path = f"/api/collections/{collection}/items"
    plain = api.json(path, limit=50)
    answer = api.get(path, params={"limit": 50, "crs": f"{EPSG}{code}"})
    assert answer.headers["content-crs"] == f"<{EPSG}{code}>"
    # pyproj with always_xy=False takes the axes in the order of the definition: north or
    # latitude first for 4326, 4490 and 4544.
    back = pyproj.Transformer.from_crs(code, 4326, always_xy=False)
    for there, here in zip(answer.json()["features"], plain["features"], strict=True):
        points = shapely.get_coordinates(shapely.from_geojson(text(there)))
        truth = shapely.get_coordinates(shapely.from_geojson(text(here)))
        lat, lon = back.transform(points[:, 0], points[:, 1])
        _, _, metres = pyproj.Geod(ellps="WGS84").inv(lon, lat, truth[:, 0], truth[:, 1])
        assert metres.max() < 0.001


def test_a_single_feature_may_be_in_any_of_the_systems(api: Api) -> None:
    feature = api.items("charger")[0]
    path = f"/api/collections/charger/items/{feature['id']}"
    lon, lat = feature["geometry"]["coordinates"]
    assert api.json(path)["geometry"]["coordinates"] == [lon, lat]
    assert api.json(path, crs="EPSG:4490")["geometry"]["coordinates"] == [lat, lon]
    north, east = api.json(path, crs=f"{EPSG}4544")["geometry"]["coordinates"]
    assert 3_300_000 < north < 3_500_000
    assert 300_000 < east < 700_000
    assert api.get(path).headers["content-crs"] == f"<{CRS84}>"


@pytest.mark.parametrize("name", ["crs", "bbox-crs"])
def test_an_unknown_system_is_refused(api: Api, name: str) -> None:
    for wrong in (f"{EPSG}32648", "4326", "EPSG:", "urn:ogc:def:crs:EPSG::4326"):
        api.problem("/api/collections/greenway/items", params={name: wrong, "bbox": "1,2,3,4"})


INTERVALS = [
    "2023-07-01", "2023-07-01/2023-09-30", "../2023-03-01", "2023-11-01/..", "2023-11-01/",
    "2023-06-30T20:00:00Z", "2023-07-01T00:00:00+08:00/2023-07-02T00:00:00.5Z",
]  # fmt: skip


@pytest.mark.parametrize("interval", INTERVALS)
def test_time_finds_what_lasts_into_it(api: Api, lines: list[Feature], interval: str) -> None:
    days = {"2023-06-30T20:00:00Z": "2023-07-01"}.get(interval, re.sub(r"T[^/]*", "", interval))
    first, _, last = days.partition("/")
    since = date.fromisoformat(first) if first not in {"", ".."} else date.min
    until = date.fromisoformat(last if "/" in days else first) if last not in {"", ".."} or "/" not in days else date.max  # fmt: skip

    def lasts(feature: Feature) -> bool:
        known = feature["properties"]
        starts = date.fromisoformat(known["started_on"] or "0001-01-01")
        ends = date.fromisoformat(known["finished_on"] or "9999-12-31")
        return starts <= until and ends >= since

    truth = chosen(lines, lasts)
    assert set(ids(api.items("greenway", datetime=interval))) == truth
    assert 0 < len(truth) < len(lines)


@pytest.mark.parametrize(
    "interval",
    ["", "..", "../..", "/", "2023-02-30", "0000-01-01", "2023-1-1", "2023-07-02/2023-07-01", "2023-07-01T00:00:00+99:99", "2023-07-01T00:00:00", "1/2/3", "2023-07-01T25:00:00Z", "９999-01-01"],
)  # fmt: skip
def test_what_is_no_time_is_refused(api: Api, interval: str) -> None:
    api.problem("/api/collections/greenway/items", params={"datetime": interval})


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_time_beyond_the_calendar_is_refused(api: Api, edge: str) -> None:
    api.problem("/api/collections/greenway/items", params={"datetime": edge})


def test_every_queryable_finds_just_the_features_that_have_the_value(
    api: Api, lines: list[Feature]
) -> None:
    queryables = api.json("/api/collections/greenway/queryables")["properties"]
    tried = 0
    for name in queryables:
        values = {str(f["properties"][name]) for f in lines if f["properties"][name] is not None}
        for value in sorted(values)[:3]:
            word = value.lower() if value in {"True", "False"} else value
            truth = chosen(lines, lambda f, n=name, v=value: str(f["properties"][n]) == v)
            assert set(ids(api.items("greenway", **{name: word}))) == truth, (name, word)
            tried += 1
    assert tried > 20


def test_filters_join_with_and(api: Api, lines: list[Feature]) -> None:
    found = api.items(
        "greenway", status="finished", connecting="false", bbox="103.9,30.5,104.2,30.8", limit=2
    )
    area = shapely.box(103.9, 30.5, 104.2, 30.8)
    truth = chosen(
        lines,
        lambda f: (
            f["properties"]["status"] == "finished"
            and f["properties"]["connecting"] is False
            and bool(shapely.from_geojson(text(f)).intersects(area))
        ),
    )
    assert set(ids(found)) == truth
    assert truth


def test_a_district_may_be_named_as_people_name_it(api: Api) -> None:
    by_code = ids(api.items("charger", district="510107"))
    assert by_code
    for name in ("武侯区", "武侯", "成都市武侯区", "Wuhou"):
        assert ids(api.items("charger", district=name)) == by_code
    api.problem("/api/collections/charger/items", params={"district": "朝阳区"})


@pytest.mark.parametrize(
    "parameters",
    [{"nosuch": "x"}, {"filter": "status='open'"}, {"Status": "open"}, {"__proto__": "1"}, {"phone": "1"}, {"geom": "x"}, {"id": "x"}, {"offset": "10"}, {"lon": "104"}],
)  # fmt: skip
def test_an_unknown_property_is_refused_and_never_means_all(
    api: Api, parameters: dict[str, str]
) -> None:
    problem = api.problem("/api/collections/greenway/items", params=parameters)
    assert problem["code"] == "unknown_parameter"


@pytest.mark.parametrize(
    ("name", "value"),
    [("connecting", "1"), ("connecting", "True"), ("length_km", "1km"), ("length_km", "nan"), ("finished_on", "2023-13-01"), ("synthetic", "yes"), ("lang", "fr")],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(api: Api, name: str, value: str) -> None:
    api.problem("/api/collections/greenway/items", params={name: value})


ODD = "'\"\\;--/*$%_()`|&<>{}[]"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30) | st.text(ODD, max_size=20))  # fmt: skip
def test_any_text_is_only_a_value(api: Api, word: str) -> None:
    for name in ("name", "level", "project_no"):
        answer = api.get("/api/collections/greenway/items", params={name: word})
        assert answer.status_code == 200, answer.text
        assert answer.json()["numberMatched"] == 0


def test_one_feature_by_its_id(api: Api, lines: list[Feature]) -> None:
    feature = api.json(f"/api/collections/greenway/items/{lines[3]['id']}")
    links = {link["rel"]: link["href"] for link in feature["links"]}
    assert {"self", "alternate", "collection"} == links.keys()
    for name in ("id", "geometry", "properties", "type"):
        assert feature[name] == lines[3][name]
    assert feature["properties"]["synthetic"] is True
    assert feature["data_version"] > 0


@pytest.mark.parametrize("fid", ["x", "00000000-0000-0000-0000-000000000000", "510104", "%00", "é", "{}"])  # fmt: skip
@pytest.mark.parametrize("collection", ["greenway", "units", "park"])
def test_an_id_that_is_not_there_is_not_found(api: Api, collection: str, fid: str) -> None:
    answer = api.get(f"/api/collections/{collection}/items/{fid}")
    if (collection, fid) == ("units", "510104"):
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_id_of_another_layer_is_not_found(api: Api, lines: list[Feature]) -> None:
    api.problem(f"/api/collections/park/items/{lines[0]['id']}", 404)
    api.problem(f"/api/collections/greenway/items/{lines[0]['id'].upper()}", 404)


def test_amounts_are_in_the_shown_unit_and_true(api: Api, lines: list[Feature]) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    for feature in lines:
        truth = geod.geometry_length(shapely.from_geojson(text(feature))) / 1000
        # the line is shown with 6 decimals of a degree: 30 vertices of up to 0.08 m each
        assert feature["properties"]["amount_length"] == pytest.approx(truth, abs=0.003)
        assert feature["properties"]["amount_count"] == 1


def text(feature: Feature) -> str:
    return json.dumps(feature["geometry"])


def numbers(values: list[float]) -> str:
    return ",".join(map(repr, map(float, values)))
