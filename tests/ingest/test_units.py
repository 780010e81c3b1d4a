"""District boundaries out of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest import default_boundaries, read_units
from geoplan.units import geodesic_area_m2


@pytest.fixture
def document(shared_data: Path) -> dict[str, Any]:
    text = (shared_data / "chengdu_districts_tianditu.geojson").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def write(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def refusal(path: Path, city: City) -> GeoplanError:
    with pytest.raises(GeoplanError) as caught:
        read_units(path, city)
    return caught.value


def test_the_packaged_boundaries_are_the_twenty_districts(city: City) -> None:
    boundaries = read_units(default_boundaries(), city)
    districts = [unit for unit in city.units if unit.kind == "district"]
    assert set(boundaries) == {unit.code for unit in districts}
    for unit in districts:
        area = geodesic_area_m2([boundaries[unit.code]])[0] / 1e6
        assert area == pytest.approx(unit.area_km2, rel=0.017)


def test_the_districts_of_the_shared_file_are_the_same(shared_data: Path, city: City) -> None:
    packaged = read_units(default_boundaries(), city)
    shared = read_units(shared_data / "chengdu_districts_tianditu.geojson", city)
    assert shared.keys() == packaged.keys()
    for code, shape in shared.items():
        overlap = shapely.intersection(shape, packaged[code])
        assert overlap.area == pytest.approx(shape.area, rel=1e-3)


def test_names_serve_where_there_are_no_codes(
    document: dict[str, Any], tmp_path: Path, city: City
) -> None:
    for feature in document["features"]:
        feature["properties"] = {"名称": "四川省成都市" + feature["properties"]["name"]}
    assert len(read_units(write(tmp_path / "a.geojson", document), city)) == 20


def test_old_codes_mean_the_present_district(
    document: dict[str, Any], tmp_path: Path, city: City
) -> None:
    for feature in document["features"]:
        if feature["properties"]["adcode"] == "510118":
            feature["properties"] = {"gb": 156510132, "name": "新津县"}
        else:
            feature["properties"]["gb"] = 156000000 + int(feature["properties"].pop("adcode"))
    assert "510118" in read_units(write(tmp_path / "a.geojson", document), city)


def test_a_missing_and_a_doubled_district_are_named(
    document: dict[str, Any], tmp_path: Path, city: City
) -> None:
    document["features"][3] = document["features"][0]
    error = refusal(write(tmp_path / "a.geojson", document), city)
    assert {issue.code for issue in error.issues} == {"unit_duplicate", "unit_missing"}
    assert "武侯区" in error.detail.zh + "".join(issue.detail.zh for issue in error.issues)


@pytest.mark.parametrize("mistake", ["swapped", "bow", "point", "metres"])
def test_a_broken_boundary_is_named_by_row(
    mistake: str, document: dict[str, Any], tmp_path: Path, city: City
) -> None:
    bow = [[104, 30.6], [104.01, 30.61], [104.01, 30.6], [104, 30.61], [104, 30.6]]
    square = [[30.6, 104], [30.6, 104.1], [30.7, 104.1], [30.6, 104]]
    metres = [
        [400_000, 3_390_000],
        [410_000, 3_390_000],
        [410_000, 3_400_000],
        [400_000, 3_390_000],
    ]
    document["features"][4]["geometry"] = {
        "swapped": {"type": "Polygon", "coordinates": [square]},
        "bow": {"type": "Polygon", "coordinates": [bow]},
        "point": {"type": "Point", "coordinates": [104, 30.6]},
        "metres": {"type": "Polygon", "coordinates": [metres]},
    }[mistake]
    (issue,) = refusal(write(tmp_path / "a.geojson", document), city).issues
    assert issue.where.row == 5
    assert issue.code in {"outside_city", "geometry_invalid", "geometry_kind"}
