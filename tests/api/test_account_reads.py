"""What an account is told of layers that are not public."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx
import mapbox_vector_tile
import pytest

from geoplan.catalogue import City
from tests.api.asking import Api
from tests.api.made import CENTRE, SECRET
from tests.api.people import (
    ADMIN,
    OWNER,
    PLANNER,
    STAFF_A,
    Who,
    browser,
    logged_in,
    put_people,
)
from tests.conftest import TestDatabase

LAYER, CITY_LAYER = "base_station_5g", "three_lines"
TILE = "16/51711/26899"
LON, LAT = CENTRE


@pytest.fixture(scope="module", autouse=True)
def people(database: TestDatabase, city: City) -> dict[str, str]:
    return put_people(database, city, (ADMIN, PLANNER, STAFF_A, OWNER))


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [feature["properties"]["name"] for feature in answer.json()["features"]]


@pytest.mark.parametrize(
    ("who", "layer", "rows"),
    [
        (OWNER, LAYER, 1), (STAFF_A, LAYER, 0), (PLANNER, LAYER, 1), (ADMIN, LAYER, 1),
        (PLANNER, CITY_LAYER, 1), (ADMIN, CITY_LAYER, 1),
    ],
)  # fmt: skip
def test_every_way_to_a_hidden_layer_shows_an_account_the_same_rows(
    api: Api, city: City, who: Who, layer: str, rows: int
) -> None:
    name = f"{SECRET}{layer}"
    with logged_in(api, who) as person:
        listed = {each["id"] for each in person.get("/api/collections").json()["collections"]}
        assert layer in listed
        items = person.get(f"/api/collections/{layer}/items")
        assert names(items) == [name] * rows
        assert items.json()["numberMatched"] == rows
        assert person.get(f"/api/collections/{layer}/items?f=html").text.count(name) == rows
        for condition in (f"name={name}", "unit=510105", "bbox=104,30,105,31"):
            found = person.get(f"/api/collections/{layer}/items?{condition}").json()
            assert found["numberMatched"] == rows
        extent = person.get(f"/api/collections/{layer}").json()["extent"]["spatial"]
        assert (extent["bbox"] != [list(city.bbox)]) == (rows > 0)  # empty: the city's
        lying = person.get(f"/api/identify?lon={LON}&lat={LAT}&z=15&layers={layer}").json()
        assert [each["name"] for each in lying["features"]] == [name] * rows
        grid = person.get(
            f"/api/grid/{layer}?res=8&measure=count"
            if layer == LAYER
            else f"/api/grid/{layer}?res=8"
        )
        assert (grid.json()["total"] > 0) == (rows > 0)
        assert person.get(f"/tiles/{layer}.json").status_code == 200
        tile = person.get(f"/tiles/{layer}/{TILE}.mvt")
        assert tile.status_code == (200 if rows else 204)
        if rows:
            decoded = mapbox_vector_tile.decode(tile.content)
            assert [each["properties"]["name"] for each in decoded[layer]["features"]] == [name]
        sums = person.get(f"/tiles/grid.{layer}/10/807/420.mvt")
        assert sums.status_code == (200 if rows else 204)
        if rows:
            feature = items.json()["features"][0]["id"]
            assert person.get(f"/api/collections/{layer}/items/{feature}").status_code == 200


def test_a_row_of_another_unit_is_not_there_by_its_id(api: Api) -> None:
    with logged_in(api, OWNER) as owner, logged_in(api, STAFF_A) as other:
        [feature] = owner.get(f"/api/collections/{LAYER}/items").json()["features"]
        path = f"/api/collections/{LAYER}/items/"
        hidden, none = other.get(path + feature["id"]), other.get(path + str(uuid4()))
        assert (hidden.status_code, none.status_code) == (404, 404)
        assert hidden.json()["code"] == none.json()["code"]
        assert UUID(feature["id"])


def test_what_one_account_holds_is_never_anothers(api: Api) -> None:
    """The same address asked in turn, with the ETags of the others: bytes by account, 304 only for
    one's own."""
    paths = (
        "/api/collections", f"/api/collections/{LAYER}/items", f"/api/grid/{LAYER}", f"/tiles/{LAYER}/{TILE}.mvt",
        f"/api/identify?lon={LON}&lat={LAT}&z=15",
    )  # fmt: skip
    with logged_in(api, OWNER) as owner, logged_in(api, STAFF_A) as staff, logged_in(api, PLANNER) as planner, browser(api) as public:  # fmt: skip
        askers = (public, owner, staff, planner, public)
        for path in paths:
            answers = [asker.get(path) for asker in askers]
            for answer, asker in zip(answers, askers, strict=True):
                assert (SECRET in answer.text) == (
                    asker in (owner, planner)
                    and path.rpartition("/")[2] != "collections"
                    and "grid" not in path
                ), path
                if asker is not public:
                    assert answer.headers["cache-control"].startswith("private"), path
                    assert "access-control-allow-origin" not in answer.headers
                if answer.status_code != 200:
                    continue
                known = {"if-none-match": answer.headers["etag"]}
                assert asker.get(path, headers=known).status_code == 304, path
                for other, theirs in zip(askers, answers, strict=True):
                    again = other.get(path, headers=known)
                    if theirs.status_code != 200:
                        assert again.status_code == theirs.status_code
                    elif theirs.content != answer.content and "items" not in path:
                        assert again.status_code == 200, path
