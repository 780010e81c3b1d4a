"""The real extract of the city's centre: what is read equals its description."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from geoplan.catalogue import City
from geoplan.ingest import read_osm
from tests.ingest.drawing import base, features


def test_the_real_extract_has_the_places_of_its_description_to_the_id(
    shared_data: Path, city: City
) -> None:
    described = json.loads((shared_data / "osm_chengdu_centre_poi.geojson").read_text("utf-8"))
    expected = {
        f"{row['properties']['osm_type']}/{row['properties']['osm_id']}": row
        for row in described["features"]
    }
    extract = read_osm(shared_data / "osm_chengdu_centre.osm.pbf", city)
    found = {row["key"]: row for row in features(extract, "place")}
    assert {key: row["category"] for key, row in found.items()} == {
        key: row["properties"]["category"] for key, row in expected.items()
    }
    for key, row in found.items():
        assert shapely.Point(expected[key]["geometry"]["coordinates"]).distance(
            row["geometry"]
        ) == pytest.approx(0, abs=1e-9)
    for key, row in found.items():
        tags = expected[key]["properties"]["tags"]
        assert row["names"][0] == tags.get("name:zh", tags.get("name"))


def test_the_real_extract_has_the_parks_of_its_description(shared_data: Path, city: City) -> None:
    described = json.loads((shared_data / "osm_chengdu_centre_parks.geojson").read_text("utf-8"))
    extract = read_osm(shared_data / "osm_chengdu_centre.osm.pbf", city)
    found = {row["osm_id"]: row["geometry"] for row in features(extract, "green_space")}
    expected = {
        str(row["properties"]["osm_id"]): shapely.from_geojson(json.dumps(row["geometry"]))
        for row in described["features"]
    }
    assert len(found) == 30
    assert found.keys() == expected.keys()
    assert all(found[key].equals(expected[key]) for key in found)


def test_the_real_extract_loses_no_street(shared_data: Path, city: City) -> None:
    described = json.loads((shared_data / "osm_chengdu_centre_streets.geojson").read_text("utf-8"))
    extract = read_osm(shared_data / "osm_chengdu_centre.osm.pbf", city)
    roads = [row for row, _ in base(extract, "roads") if row[1] not in {"rail", "aeroway"}]
    assert len(roads) == len(described["features"])
    assert extract.left_out == {"area_open": 1}
