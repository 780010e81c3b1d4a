"""Vector tiles: what is in them, that nothing is cut, and what is refused before any query."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest

from geoplan.api import create_app
from geoplan.catalogue import City
from geoplan.settings import Settings
from tests.api import made
from tests.api.asking import Api, running
from tests.api.conftest import application, copy_of
from tests.conftest import TestDatabase

POINTS = 60_000
Tile = tuple[int, int, int]


def city_like(random: np.random.Generator, count: int) -> np.ndarray:
    """Most points crowd in the centre, some in three towns, and 500 lie on one spot."""
    towns = np.array([made.CENTRE, [104.25, 30.88], [103.84, 30.69], [104.55, 30.41]])
    town = random.choice(4, count, p=[0.85, 0.05, 0.05, 0.05])
    places = (
        towns[town] + random.normal(0, 1, (count, 2)) * np.where(town == 0, 0.015, 0.003)[:, None]
    )
    places[:500] = made.CENTRE
    return places.round(7)


@pytest.fixture(scope="module")
def rows() -> list[made.Row]:
    """The places as they are imported."""
    return made.places(POINTS, city_like)


@pytest.fixture(scope="module")
def points(rows: list[made.Row]) -> np.ndarray:
    """Longitude and latitude of each place."""
    return np.array([row["geometry"].coords[0] for row in rows], dtype=float)


@pytest.fixture(scope="module")
def database(
    filled: TestDatabase,
    city: City,
    rows: list[made.Row],
    tmp_path_factory: pytest.TempPathFactory,
) -> TestDatabase:
    """The small city with 60,000 places."""
    built = copy_of(filled)
    with built.connect() as connection:
        made.put(connection, city, tmp_path_factory.mktemp("tiles"), "place", rows)
    with built.connect("geoplan_owner") as connection:
        connection.execute("ANALYZE feature, grid, cell_shape")
    return built


def tile_of(lonlat: np.ndarray, z: int) -> np.ndarray:
    """The tile that holds each point, (n, 2)."""
    side = 2**z
    x = np.floor((lonlat[:, 0] + 180) / 360 * side)
    y = np.floor((1 - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / math.pi) / 2 * side)
    return np.stack([x, y], axis=1).astype(int)


def with_neighbours(tiles: set[tuple[int, int]]) -> list[tuple[int, int]]:
    around = (-1, 0, 1)
    return sorted({(x + dx, y + dy) for x, y in tiles for dx in around for dy in around})


def decode(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Layers of a tile with their features' properties and geometry."""
    if not data:
        return {}
    found = mapbox_vector_tile.decode(data)
    return {name: layer["features"] for name, layer in found.items()}


def fetch(api: Api, source: str, z: int, x: int, y: int) -> bytes:
    answer = api.get(f"/tiles/{source}/{z}/{x}/{y}.mvt")
    assert answer.status_code in {200, 204}, answer.text
    assert (answer.status_code == 204) == (answer.content == b"")
    return answer.content


@dataclass
class Counted:
    """What the tiles of a zoom hold, each feature in its own tile only."""

    features: int = 0
    amount: float = 0
    largest: int = 0
    ids: Counter[str] = field(default_factory=Counter)
    empty: set[tuple[int, int]] = field(default_factory=set)


def counted(api: Api, source: str, z: int, tiles: set[tuple[int, int]]) -> Counted:
    """Sums over these tiles and those beside them: sums stand at the centres of cells."""
    found = Counted()
    for x, y in with_neighbours(tiles):
        data = fetch(api, source, z, x, y)
        found.largest = max(found.largest, len(data))
        features = decode(data).get(source, [])
        if not features:
            found.empty.add((x, y))
        for feature in features:
            known = feature["properties"]
            if known.get("copy"):
                continue
            found.ids[known["id"]] += 1
            found.features += known["n"] if known.get("agg") else 1
            found.amount += known["amount"]
    return found


@pytest.mark.parametrize("z", range(6, 17))
def test_counts_of_all_tiles_are_the_table_s_at_every_zoom(
    api: Api, points: np.ndarray, z: int
) -> None:
    holders = set(map(tuple, tile_of(points, z).tolist()))
    found = counted(api, "place", z, holders)
    assert found.features == found.amount == POINTS
    assert max(found.ids.values()) == 1
    assert found.largest < 500_000
    if z >= 13:  # from here on points stand where they are
        assert not found.empty & holders


@pytest.mark.parametrize("z", [6, 9, 12, 13, 15])
def test_amounts_of_all_tiles_are_the_table_s(api: Api, z: int) -> None:
    stations = api.items("charger", limit=10_000)
    points = np.array([f["geometry"]["coordinates"] for f in stations], dtype=float)
    found = counted(api, "charger", z, set(map(tuple, tile_of(points, z).tolist())))
    assert found.features == len(stations)
    assert found.amount == sum(f["properties"]["amount_piles"] for f in stations)


def test_points_far_apart_come_singly_with_their_words(api: Api, points: np.ndarray) -> None:
    alone = points[np.argmax(points[:, 0])]
    x, y = tile_of(alone[None], 16)[0].tolist()
    features = decode(fetch(api, "place", 16, x, y))["place"]
    known = features[0]["properties"]
    assert known["name"].startswith("菜市场")
    assert known["name_en"].startswith("Project")
    assert known["status"] in made.STATUSES
    assert known["synthetic"] is True
    assert features[0]["geometry"]["type"] == "Point"


@pytest.mark.parametrize(("source", "kinds"), [("greenway", {"LineString", "MultiLineString"}), ("park", {"Polygon", "MultiPolygon", "Point"})])  # fmt: skip
def test_lines_and_areas_keep_their_chinese_names(api: Api, source: str, kinds: set[str]) -> None:
    truth = {f["id"]: f["properties"]["name"] for f in api.items(source)}
    shown: dict[str, str] = {}
    x, y = tile_of(made.CENTRE[None], 12)[0].tolist()
    for tx in range(x - 4, x + 5):
        for ty in range(y - 4, y + 5):
            for feature in decode(fetch(api, source, 12, tx, ty)).get(source, []):
                assert feature["geometry"]["type"] in kinds
                shown[feature["properties"]["id"]] = feature["properties"]["name"]
    assert shown == truth


def test_units_have_one_label_each_over_all_tiles(api: Api) -> None:
    labels, shapes = [], set()
    for z, x, y in tiles_over((102.9, 30.0, 105.0, 31.5), 9):
        found = decode(fetch(api, "units", z, x, y))
        inside = [f for f in found.get("unit_labels", []) if in_tile(f)]
        labels += [feature["properties"]["name"] for feature in inside]
        shapes |= {feature["properties"]["code"] for feature in found.get("units", [])}
    assert len(shapes) == 20
    assert sorted(set(labels)) == sorted(
        {unit["properties"]["name"] for unit in api.items("units")}
    )


def in_tile(feature: dict[str, Any], extent: int = 4096) -> bool:
    return all(0 <= value < extent for value in feature["geometry"]["coordinates"])


def tiles_over(box: tuple[float, float, float, float], z: int) -> Iterator[Tile]:
    west, south, east, north = box
    (x0, y0), (x1, y1) = tile_of(np.array([[west, north], [east, south]]), z).tolist()
    for x in range(x0, x1 + 1):
        for y in range(y0, y1 + 1):
            yield z, x, y


@pytest.mark.parametrize("z", [8, 10])
def test_hexagons_sum_to_the_layer(api: Api, z: int) -> None:
    """A hexagon over a tile's edge stands in both tiles, by one id."""
    res = {8: 6, 10: 8}[z]
    cells: dict[str, tuple[float, int]] = {}
    for _, x, y in tiles_over((103.5, 30.1, 104.9, 31.2), z):
        for feature in decode(fetch(api, "grid.place", z, x, y)).get("grid.place", []):
            known = feature["properties"]
            cells[known["id"]] = (known["amount"], known["n"])
    grid = api.json("/api/grid/place", res=res)
    assert {cell: amount for cell, (amount, _) in cells.items()} == pytest.approx(
        dict(zip(grid["cells"], grid["values"], strict=True))
    )
    assert sum(n for _, n in cells.values()) == POINTS


@pytest.mark.parametrize("source", ["place", "greenway", "units", "base", "grid.place"])
def test_tilejson_says_what_the_tiles_hold(api: Api, source: str) -> None:
    document = api.json(f"/tiles/{source}.json")
    assert document["tilejson"] == "3.0.0"
    assert document["scheme"] == "xyz"
    assert 0 <= document["minzoom"] < document["maxzoom"] <= 22
    west, south, east, north = document["bounds"]
    assert -180 <= west < east <= 180
    assert -85 < south < north < 85
    x, y = tile_of(made.CENTRE[None], 12)[0].tolist()
    template = document["tiles"][0]
    address = template.replace("{z}", "12").replace("{x}", str(x)).replace("{y}", str(y))
    answer = api.get(address)
    assert "immutable" in answer.headers["cache-control"]
    declared = {layer["id"]: layer["fields"].keys() for layer in document["vector_layers"]}
    for name, features in decode(answer.content).items():
        for feature in features:
            assert feature["properties"].keys() <= declared[name]


def test_tiles_of_sample_data_say_so(api: Api) -> None:
    for source, expected in {"charger": "true", "grid.charger": "true", "greenway": "true", "park": None, "units": None}.items():  # fmt: skip
        x, y = tile_of(made.CENTRE[None], 11)[0].tolist()
        answer = api.get(f"/tiles/{source}/11/{x}/{y}.mvt")
        assert answer.headers.get("x-geoplan-synthetic") == expected
        assert api.json(f"/tiles/{source}.json")["synthetic"] is (expected == "true")


def test_a_version_that_is_not_the_present_one_may_not_be_kept(api: Api) -> None:
    version = api.json("/tiles/charger.json")["data_version"]
    path = "/tiles/charger/10/807/420.mvt"
    assert "immutable" in api.get(f"{path}?v={version}").headers["cache-control"]
    for other in ("", f"?v={version - 1}", f"?v={version + 1}"):
        assert "no-cache" in api.get(path + other).headers["cache-control"]
    for wrong in ("v=x", "v=-1", "v=1&v=1", "v=1&w=1", "v=", "lang=fr"):
        api.problem(f"{path}?{wrong}")


def test_many_who_ask_for_one_tile_get_the_same_and_the_service_stays_well(
    api: Api, city: City, database: TestDatabase
) -> None:
    path = "/tiles/place/11/1615/840.mvt"

    async def ask() -> list[tuple[int, bytes]]:
        answers = await asyncio.gather(*(fresh.client.get(path) for _ in range(200)))
        return [(answer.status_code, answer.content) for answer in answers]

    with running(application(database, city)) as fresh:
        found = fresh.portal.call(ask)
        assert {status for status, _ in found} == {200}
        assert len({data for _, data in found}) == 1
        assert fresh.get("/readyz").status_code == 200


@pytest.fixture(scope="module")
def without_database(city: City) -> Iterator[Api]:
    """A service that has never reached its database: whatever asks it is a 503."""
    nowhere = "host=127.0.0.1 port=1 dbname=none connect_timeout=1"
    with running(
        create_app(Settings(), city, tiles_conninfo=nowhere, app_conninfo=nowhere)
    ) as asked:
        assert asked.get("/tiles/charger/5/1/0.mvt").status_code == 503
        yield asked


@pytest.mark.parametrize(
    ("z", "x", "y", "status"),
    [
        ("23", "0", "0", 404), ("40", "0", "0", 404), ("5", "32", "0", 404), ("5", "0", "32", 404),
        ("0", "1", "0", 404), ("99999999999", "0", "0", 400), ("-1", "0", "0", 400),
        ("5", "-1", "0", 400), ("1e3", "0", "0", 400), ("0x1", "0", "0", 400),
        ("5", "%201", "0", 400), ("5", "01", "0", 400), ("5", "１", "0", 400), ("5", "٣", "0", 400),
        ("5", "1.0", "0", 400), ("9" * 4000, "0", "0", 400), ("5", "%2e%2e", "0", 400),
        ("5", "1;2", "0", 400), ("5", "1'--", "0", 400), ("5", "0%2f0", "0", 404),
    ],
)  # fmt: skip
def test_numbers_that_name_no_tile_are_refused_before_any_query(
    without_database: Api, z: str, x: str, y: str, status: int
) -> None:
    answer = without_database.get(f"/tiles/charger/{z}/{x}/{y}.mvt")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
