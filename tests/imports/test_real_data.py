"""The real files: counts equal what their description says."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.catalogue import City
from geoplan.imports.features import import_features
from geoplan.imports.osm import import_osm
from geoplan.imports.source import Origin
from geoplan.imports.units import import_units
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from geoplan.text import Text
from tests.conftest import TestDatabase

CATEGORIES = {
    "transit": 214, "food": 154, "tourism": 110, "shop_other": 101, "service": 69, "school": 67,
    "market": 53, "sport": 42, "health": 36, "park": 33, "parking": 28, "amenity_other": 28,
    "culture": 16, "charging": 1,
}  # fmt: skip


def origin(name: str) -> Origin:
    return Origin(name, Text(name, name), "ODbL 1.0", "© OpenStreetMap contributors, ODbL 1.0")


def counted(database: TestDatabase, query: str) -> dict[str, int]:
    with database.connect() as connection, connection.transaction():
        act_as(connection, OPERATOR, "look")
        assert drift(connection) == []
        return dict(connection.execute(query).fetchall())


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def extract(database: TestDatabase, city: City, shared_data: Path, networks: Path) -> TestDatabase:
    file = shared_data / "osm_chengdu_centre.osm.pbf"
    with database.connect() as connection:
        import_osm(connection, city, file, origin("osm"), networks)
    return database


def test_places_of_the_extract_have_the_published_counts(extract: TestDatabase) -> None:
    query = "SELECT properties ->> 'category', count(*) FROM feature WHERE layer_id = 'place' AND source_id = 'osm' GROUP BY 1"
    assert counted(extract, query) == CATEGORIES


def test_green_spaces_of_the_extract_are_30(extract: TestDatabase) -> None:
    query = "SELECT layer_id, count(*) FROM feature WHERE layer_id = 'green_space' GROUP BY 1"
    assert counted(extract, query) == {"green_space": 30}


def test_the_extract_again_changes_nothing(
    extract: TestDatabase, city: City, shared_data: Path, networks: Path
) -> None:
    file = shared_data / "osm_chengdu_centre.osm.pbf"
    with extract.connect() as connection:
        report = import_osm(connection, city, file, origin("osm"), networks)
    assert report.network is not None
    assert not report.network.changed
    assert not any(changes.any for changes in report.layers.values())
    assert (report.base_added, report.base_dropped) == (0, 0)


def test_the_base_map_has_streets_water_and_buildings(extract: TestDatabase) -> None:
    themes = counted(extract, "SELECT theme, count(*) FROM base_feature GROUP BY 1")
    assert themes["roads"] >= 2_000
    assert themes["water"] > 10
    assert themes["buildings"] > 100


def test_the_point_file_holds_the_same_places(
    extract: TestDatabase, city: City, shared_data: Path
) -> None:
    with extract.connect() as connection:
        path = shared_data / "osm_chengdu_centre_poi.geojson"
        changes, _ = import_features(connection, city, path, "place", origin("poi"))
    assert changes.inserted == 952
    query = "SELECT properties ->> 'category', count(*) FROM feature WHERE layer_id = 'place' AND source_id = 'poi' GROUP BY 1"
    assert counted(extract, query) == CATEGORIES


def test_the_park_file_has_30_polygons(
    extract: TestDatabase, city: City, shared_data: Path
) -> None:
    with extract.connect() as connection:
        path = shared_data / "osm_chengdu_centre_parks.geojson"
        changes, _ = import_features(connection, city, path, "green_space", origin("parks"))
    assert changes.inserted == 30


def test_the_tianditu_districts_replace_the_packaged_ones(
    database: TestDatabase, city: City, shared_data: Path
) -> None:
    with database.connect() as connection:
        path = shared_data / "chengdu_districts_tianditu.geojson"
        import_units(connection, city, path, origin("districts"))
        query = "SELECT count(*), sum(ST_Area(geom::geography)) / 1e6 FROM unit WHERE source_id = 'districts'"
        row = connection.execute(query).fetchone()
    assert row is not None
    assert row[0] == 20
    assert row[1] == pytest.approx(14_333.5, abs=1)
