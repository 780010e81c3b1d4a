"""What lies at a point, against distances by hand."""

from __future__ import annotations

import json

import pyproj
import pytest
import shapely

from tests.api.asking import Api
from tests.conftest import TestDatabase

GEOD = pyproj.Geod(ellps="WGS84")


def test_the_nearest_station_comes_first_with_its_distance(api: Api) -> None:
    place = api.items("charger")[5]
    lon, lat = place["geometry"]["coordinates"]
    found = api.json("/api/identify", lon=lon + 0.0001, lat=lat, z=15, layers="charger")
    first = found["features"][0]
    truth = GEOD.inv(lon, lat, lon + 0.0001, lat)[2]
    assert first["id"] == place["id"]
    assert first["distance_m"] == pytest.approx(truth, abs=0.2)
    assert first["measures"]["piles"] == place["properties"]["amount_piles"]
    assert first["properties"]["piles"] == place["properties"]["piles"]
    assert first["source"] == {"title": "示意项目", "attribution": "示意数据，虚构"}
    assert found["synthetic"] is first["synthetic"] is True


def test_inside_an_area_the_distance_is_zero_and_the_district_is_told(api: Api) -> None:
    park = next(f for f in api.items("park") if f["geometry"]["type"] == "Polygon")
    inside = shapely.from_geojson(json.dumps(park["geometry"])).representative_point()
    found = api.json("/api/identify", lon=inside.x, lat=inside.y, layers="park")
    assert found["features"][0]["id"] == park["id"]
    assert found["features"][0]["distance_m"] == 0
    assert found["synthetic"] is False
    assert found["district"]["code"] == park["properties"]["district"]


def test_near_depends_on_the_zoom(api: Api) -> None:
    found = [
        len(api.json("/api/identify", lon=104.06, lat=30.66, z=z)["features"]) for z in (18, 13, 9)
    ]
    assert found == sorted(found)
    assert found[-1] == 20


def test_points_come_before_lines_before_areas(api: Api) -> None:
    found = api.json("/api/identify", lon=104.06, lat=30.66, z=11)["features"]
    order = [("charger", "greenway", "park").index(f["layer"]) for f in found]
    assert order == sorted(order)


def test_far_away_lies_nothing(api: Api) -> None:
    found = api.json("/api/identify", lon=0, lat=0)
    assert found == {"features": [], "matched": 0, "district": None, "synthetic": False}


@pytest.mark.parametrize(
    "query",
    ["", "lon=104", "lat=30", "lon=x&lat=30", "lon=181&lat=0", "lon=0&lat=86", "lon=nan&lat=30", "lon=1e400&lat=30", "lon=104&lat=30&z=23", "lon=104&lat=30&z=-1", "lon=104&lat=30&nosuch=1"],
)  # fmt: skip
def test_what_is_no_place_is_refused(api: Api, query: str) -> None:
    api.problem(f"/api/identify?{query}")


def test_of_areas_that_hold_a_place_the_smallest_comes_first_and_all_are_counted(
    api: Api, database: TestDatabase
) -> None:
    park = next(f for f in api.items("park") if f["geometry"]["type"] == "Polygon")
    shape = shapely.from_geojson(json.dumps(park["geometry"]))
    inside = shape.representative_point()
    others = [
        f["id"]
        for f in api.items("park")
        if f["geometry"]["type"] == "Polygon" and f["id"] != park["id"]
    ]
    with database.connect("geoplan_owner") as connection:
        for size, other in zip((0.05, 0.02, 0.01), others, strict=False):
            connection.execute(
                "UPDATE feature SET geom = ST_SetSRID(%s::geometry, 4326) WHERE layer_id = 'park' AND id = %s",
                (inside.buffer(size).wkt, other),
            )
    found = api.json("/api/identify", lon=inside.x, lat=inside.y, z=18, layers="park")
    assert [f["id"] for f in found["features"]][:4] == [park["id"], *reversed(others[:3])]
    assert found["matched"] == len(found["features"]) == 4
    many = api.json("/api/identify", lon=104.06, lat=30.66, z=9)
    assert (len(many["features"]), many["matched"] > 20) == (20, True)
