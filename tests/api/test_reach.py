"""What can be reached from a place, and cells and tiles of minutes, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3.api.numpy_int as h3_int
import httpx
import mapbox_vector_tile as mvt
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geoplan.catalogue import City
from geoplan.store.tiles import tile_bounds
from tests.api import made, walked
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application, copy_of
from tests.conftest import TestDatabase

CENTRE = (104.0800, 30.6800)
GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def database(walked_city: TestDatabase) -> TestDatabase:
    return copy_of(walked_city)


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, walked_home: Path) -> Iterator[Api]:
    with running(application(database, city, home=walked_home)) as asked:
        yield asked


def ask(api: Api, place: tuple[float, float] = CENTRE, **more: Any) -> dict[str, Any]:
    return api.json("/api/reach", lon=place[0], lat=place[1], **more)


def post(api: Api, body: Any, path: str = "/api/reach", **options: Any) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json"} | options.pop("headers", {})
    return api.get(path, "POST", content=content, headers=headers, **options)


def test_the_walk_to_each_facility_is_that_of_the_cell_whose_centre_is_asked(
    api: Api, database: TestDatabase
) -> None:
    """The answer and the reach table are computed apart, from the same network."""
    with database.connect("administrator") as connection:
        rows = connection.execute(
            """SELECT s.id, r.cell, r.now_mm, f.feature_id::text
               FROM geoplan.reach AS r JOIN geoplan.service AS s ON s.no = r.service_no
               JOIN geoplan.facility AS f ON f.service_no = s.no AND f.number = r.now_facility
               WHERE r.now_mm BETWEEN 0 AND 900000 AND NOT r.estimated AND r.cell % 97 = 0
               ORDER BY r.cell LIMIT 60"""
        ).fetchall()
    assert len({service for service, *_ in rows}) > 5
    for service, cell, walk_mm, facility in rows:
        lat, lon = h3_int.cell_to_latlng(cell)
        found = ask(api, (lon, lat))
        nearest = found["facilities"][service][0]
        # The centre is told to the server in 17 digits, the walk is rounded up to metres.
        assert nearest["metres"] == -(-walk_mm // 1000)
        assert nearest["minutes"] == pytest.approx(walk_mm / 60_000, abs=0.051)
        same = [f["id"] for f in found["facilities"][service] if f["metres"] == nearest["metres"]]
        assert facility in same


def test_facilities_are_nearest_first_and_within_the_time(api: Api) -> None:
    found = ask(api, minutes=10)
    assert sum(found["counts"].values()) > 5
    for service, near in found["facilities"].items():
        minutes = [facility["minutes"] for facility in near]
        assert minutes == sorted(minutes)
        assert all(each <= 10 for each in minutes)
        assert len(near) == min(found["counts"][service], 20)


def test_the_outline_holds_the_place_and_grows_with_time_and_speed(api: Api) -> None:
    shapes = [
        shapely.geometry.shape(ask(api, **asked)["catchment"]["geometry"])
        for asked in ({"minutes": 5}, {"minutes": 15, "speed": "elderly"}, {"minutes": 15})
    ]
    assert all(shape.is_valid for shape in shapes)
    assert all(shape.covers(shapely.Point(CENTRE)) for shape in shapes)
    areas = [shape.area for shape in shapes]
    assert areas == sorted(areas)
    corners = np.concatenate([shapely.get_coordinates(shape) for shape in shapes])
    assert (corners == np.round(corners, 6)).all()


def test_score_and_missing_are_the_whole_circle(api: Api, city: City) -> None:
    for minutes, tier in ((5, "gb50180_min5"), (10, "gb50180_min10"), (15, "gb50180_min15")):
        found = ask(api, minutes=minutes)
        categories = city.circles[tier].categories
        assert found["score"]["circle"] == tier
        assert found["score"]["of"] == len(categories)
        assert found["score"]["met"] == len(categories) - len(found["missing"])
        for lack in found["missing"]:
            assert lack["nearest_m"] is None or lack["nearest_m"] > lack["limit_m"]
            assert lack["title"]["zh"]
            assert lack["title"]["en"]
            # Told on foot it needs no straight line beside it.
            assert lack["nearest_m"] is None or lack["nearest"] is None


def test_what_is_beyond_a_walk_is_told_in_a_straight_line_by_the_nearest_of_the_city(
    api: Api, city: City
) -> None:
    found = ask(api, walked.LONELY)
    told = {lack["id"]: lack["nearest"] for lack in found["missing"] if lack["nearest"]}
    assert told
    for nearest in told.values():
        *_, apart_m = GEOD.inv(*walked.LONELY, nearest["lon"], nearest["lat"])
        assert nearest["apart_m"] == pytest.approx(apart_m, abs=1)
    items = api.json("/api/collections/school/items", f="json", limit=1000)["features"]
    apart = [
        GEOD.inv(*walked.LONELY, *item["geometry"]["coordinates"][:2])[2]
        for item in items
        if item["properties"]["status"] == "open"
    ]
    assert told["primary_school"]["apart_m"] <= min(apart) + 1


def test_planned_facilities_count_only_after_the_plan(api: Api) -> None:
    planned = (104.05, 30.69)
    names = [
        {
            facility["name"]
            for facility in ask(api, planned, when=when)["facilities"]["primary_school"]
        }
        for when in ("now", "planned")
    ]
    assert "第4小学" not in names[0]
    assert "第4小学" in names[1]


def test_without_a_way_nearby_the_answer_is_an_estimate_and_says_so(api: Api, city: City) -> None:
    found = ask(api, walked.LONELY)
    assert found["measure"] == "estimated"
    shape = shapely.geometry.shape(found["catchment"]["geometry"])
    radius_m = 900 / city.standards.walking.detour_factor.value
    height_m = (shape.bounds[3] - shape.bounds[1]) * 110_900
    assert height_m == pytest.approx(2 * radius_m, rel=0.01)


def test_an_answer_tells_what_it_was_made_from_and_is_not_kept(api: Api) -> None:
    answer = api.get(f"/api/reach?lon={CENTRE[0]}&lat={CENTRE[1]}&speed=1.2")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    found = answer.json()
    assert found["speed_m_s"] == 1.2
    assert found["measure"] == "network"
    assert len(found["network_version"]) == 16
    assert found["data_version"] > 0
    assert isinstance(found["synthetic"], bool)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("lon=NaN&lat=30.68", "invalid_parameter"),
        ("lon=inf&lat=30.68", "invalid_parameter"),
        ("lon=104.08", "invalid_parameter"),
        ("lon=104.08&lat=95", "invalid_parameter"),
        ("lon=121.5&lat=31.2", "outside_city"),
        ("lon=104.08&lat=30.68&minutes=600", "invalid_parameter"),
        ("lon=104.08&lat=30.68&minutes=0", "invalid_parameter"),
        ("lon=104.08&lat=30.68&minutes=1e9", "invalid_parameter"),
        ("lon=104.08&lat=30.68&speed=0", "invalid_parameter"),
        ("lon=104.08&lat=30.68&speed=fast", "invalid_parameter"),
        ("lon=104.08&lat=30.68&speed=NaN", "invalid_parameter"),
        ("lon=104.08&lat=30.68&when=never", "invalid_parameter"),
        ("lon=104.08&lat=30.68&radius=5", "unknown_parameter"),
    ],
)
def test_nonsense_is_told(api: Api, query: str, code: str) -> None:
    assert api.problem(f"/api/reach?{query}")["code"] == code


def test_several_places_are_answered_in_their_order(api: Api) -> None:
    answer = post(api, [CENTRE, walked.LONELY], "/api/reach?minutes=10")
    assert answer.status_code == 200
    found = answer.json()["reach"]
    assert [each["measure"] for each in found] == ["network", "estimated"]
    assert found[0] == ask(api, minutes=10)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ([[104.08, 30.68]] * 51, 400),
        ([[104.08]], 400),
        ([["104.08", "30.68"]], 400),
        ([[True, False]], 400),
        ({"lon": 104.08, "lat": 30.68}, 400),
        (b"[[104.08,", 400),
        (b"[[NaN, 30.68]]", 400),
        (b"[" * 5_000, 400),
        (b"\xff\xfe", 400),
        (b" " * 9_000, 413),
    ],
)
def test_a_body_that_is_no_list_of_places_is_refused(api: Api, body: Any, status: int) -> None:
    answer = post(api, body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_of_another_type_is_refused(api: Api) -> None:
    answer = post(api, [CENTRE], headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_cells_hold_the_mean_of_their_inhabited_cells(api: Api, database: TestDatabase) -> None:
    with database.connect("administrator") as connection:
        rows = connection.execute(
            """SELECT r.cell, r.now_mm FROM geoplan.reach AS r
               JOIN geoplan.service AS s ON s.no = r.service_no WHERE s.id = 'market'"""
        ).fetchall()
    expected: dict[str, list[float]] = {}
    for cell, walk_mm in rows:
        parent = f"{h3_int.cell_to_parent(cell, 8):x}"
        minutes = 60.0 if walk_mm < 0 else min(walk_mm / 60_000, 60.0)
        expected.setdefault(parent, []).append(minutes)
    found = api.json("/api/reach/cells", service="market", res=8)
    assert found["cells"] == sorted(expected)
    means = [float(np.mean(expected[cell])) for cell in found["cells"]]
    assert found["values"] == pytest.approx(means, abs=0.006)
    assert found["unit"] == {"zh": "分钟", "en": "minutes"}
    assert found["date"]


def test_cells_of_a_circle_count_what_is_missing(api: Api, city: City) -> None:
    of = len(city.circles["gb50180_min15"].categories)
    values = {
        when: api.json("/api/reach/cells", circle="gb50180_min15", res=9, when=when)
        for when in ("now", "planned")
    }
    assert values["now"]["of"] == of
    assert values["now"]["cells"] == values["planned"]["cells"]
    now, planned = (np.array(values[when]["values"]) for when in ("now", "planned"))
    assert (planned <= now).all()
    assert now.min() >= 0
    assert now.max() <= of
    assert len(np.unique(now)) > 5


def test_cells_come_as_the_compact_binary_and_are_not_sent_twice(api: Api) -> None:
    path = "/api/reach/cells?service=market&res=9&f=bin"
    answer = api.get(path)
    assert answer.content[:4] == b"GPG1"
    again = api.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert (
        api.get("/api/reach/cells?service=market&res=9&f=bin&when=planned").content[:4] == b"GPG1"
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("service=market&circle=gb50180_min15", 400), ("service=nothing", 404),
     ("circle=nothing", 404), ("service=market&res=10", 400), ("service=market&f=xml", 400),
     ("service=market&when=soon", 400)],
)  # fmt: skip
def test_cells_that_nobody_has_are_refused(api: Api, query: str, status: int) -> None:
    api.problem(f"/api/reach/cells?{query}", status)


def tile_at(api: Api, source: str, zoom: int) -> dict[str, Any]:
    """The features of the tile that holds the centre, by cell."""
    for x in range(2**zoom):
        west, _, east, _ = tile_bounds(zoom, x, 0)
        if west <= CENTRE[0] < east:
            break
    for y in range(2**zoom):
        _, south, _, north = tile_bounds(zoom, x, y)
        if south <= CENTRE[1] < north:
            break
    answer = api.get(f"/tiles/{source}/{zoom}/{x}/{y}.mvt")
    assert answer.status_code == 200
    layer = mvt.decode(answer.content)[source]
    return {each["properties"]["id"]: each["properties"] for each in layer["features"]}


@pytest.mark.parametrize(("zoom", "res"), [(9, 7), (11, 8), (13, 9)])
def test_tiles_tell_the_same_minutes_as_the_cells(api: Api, zoom: int, res: int) -> None:
    tile = tile_at(api, "reach.market", zoom)
    for when, name in (("now", "minutes"), ("planned", "minutes_planned")):
        found = api.json("/api/reach/cells", service="market", res=res, when=when)
        cells = dict(zip(found["cells"], found["values"], strict=True))
        assert tile
        for cell, properties in tile.items():
            assert properties[name] == pytest.approx(cells[cell], abs=0.011)
    assert all("people" not in properties for properties in tile.values())


@pytest.mark.parametrize("service", ["market", "primary_school"])
def test_tiles_of_facilities_hold_each_one_where_it_is_walked_to(
    api: Api, database: TestDatabase, service: str
) -> None:
    with database.connect("administrator") as connection:
        facilities = connection.execute(
            """SELECT f.feature_id::text, f.name_zh, f.status_now FROM geoplan.facility AS f
               JOIN geoplan.service AS s ON s.no = f.service_no WHERE s.id = %s""",
            (service,),
        ).fetchall()
    assert facilities
    found = tile_at(api, f"facility.{service}", 8)
    assert {key: (each.get("name"), each["status"]) for key, each in found.items()} == {
        key: (name, "open" if now else "planned") for key, name, now in facilities
    }


def test_the_circle_s_tiles_tell_what_each_standard_misses(api: Api, city: City) -> None:
    tile = tile_at(api, "circle", 11)
    for circle in city.circles:
        found = api.json("/api/reach/cells", circle=circle, res=8, when="planned")
        cells = dict(zip(found["cells"], found["values"], strict=True))
        for cell, properties in tile.items():
            assert properties[f"{circle}_planned"] == pytest.approx(cells[cell], abs=0.011)


def test_tilejson_describes_reach_facilities_and_circle(api: Api) -> None:
    for source in ("reach.market", "facility.market", "circle"):
        found = api.json(f"/tiles/{source}.json")
        assert found["vector_layers"][0]["id"] == source
        assert "OpenStreetMap" in found["attribution"]
        assert found["name"]
    for source in ("reach.nothing", "facility.nothing"):
        assert api.get(f"/tiles/{source}.json").status_code == 404


def test_a_new_facility_is_found_without_a_restart(
    api: Api, database: TestDatabase, city: City, walked_home: Path, tmp_path: Path
) -> None:
    """Last in the module: it changes what the others ask for."""
    spot = (104.0801, 30.6801)
    assert "新小学" not in str(ask(api, spot)["facilities"]["primary_school"])
    rows = [*walked.schools()]
    rows.append(
        {**rows[0], "project_no": "S-9", "name": "新小学", "geometry": shapely.Point(*spot)}
    )
    with database.connect() as connection:
        made.put(connection, city, tmp_path, "school", rows)
    walked.compute(database, city, walked_home)
    wait_until(lambda: "新小学" in str(ask(api, spot)["facilities"]["primary_school"]))
