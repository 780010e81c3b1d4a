"""Reporting units: published totals, nobody twice, and the names that files use."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.catalogue import City, Unit, load_city
from geoplan.resources import resource

CHENGDU = load_city(resource("layers") / "chengdu")
ZONES = {
    "zone_hitech": ("510107", "510117", "510116"),
    "zone_tianfu": ("510116",),
    "zone_eastern": ("510185",),
}


def districts(city: City) -> list[Unit]:
    return [unit for unit in city.units if unit.kind == "district"]


def test_20_districts_have_the_people_of_the_census(city: City) -> None:
    assert len(districts(city)) == 20
    assert sum(unit.population or 0 for unit in districts(city)) == 20_937_757


def test_no_zone_counts_people_twice(city: City) -> None:
    assert sum(unit.population or 0 for unit in city.units) == 20_937_757
    zones = {unit.code: unit.parents for unit in city.units if unit.kind == "zone"}
    assert zones == ZONES


def test_the_central_city_has_the_people_of_the_bulletin(city: City) -> None:
    inner = [unit for unit in city.units if unit.ring in {"central", "urban"}]
    assert sum(unit.population or 0 for unit in inner) == 15_419_445
    assert {unit.code for unit in inner if unit.kind == "zone"} == {"zone_hitech", "zone_tianfu"}
    assert sum(unit.kind == "district" for unit in inner) == 12


def test_areas_sum_to_the_published_14332_km2(city: City) -> None:
    assert sum(unit.area_km2 or 0 for unit in districts(city)) == pytest.approx(14_332, abs=0.5)


def test_each_district_equals_the_published_table(city: City, shared_data: Path) -> None:
    with (shared_data / "chengdu_districts_census2020.csv").open(encoding="utf-8") as lines:
        published = {
            row["adcode"]: (row["name"], int(row["population_2020"]), float(row["area_km2"]))
            for row in csv.DictReader(lines)
        }
    ours = {unit.code: (unit.name.zh, unit.population, unit.area_km2) for unit in districts(city)}
    assert ours == published


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("510104", "510104"),
        ("５１０１０４", "510104"),
        ("锦江区", "510104"),
        ("锦江", "510104"),
        ("成都市锦江区", "510104"),
        ("四川省成都市锦江区", "510104"),
        (" 锦 江 区\n", "510104"),
        ("Jinjiang", "510104"),
        ("JINJIANG DISTRICT", "510104"),
        ("龙泉", "510112"),
        ("龙泉驿", "510112"),
        ("新津县", "510118"),
        ("510132", "510118"),
        ("郫县", "510117"),
        ("510124", "510117"),
        ("双流县", "510116"),
        ("510122", "510116"),
        ("512081", "510185"),
        ("简阳", "510185"),
        ("Jianyang City", "510185"),
        ("都江堰", "510181"),
        ("高新", "zone_hitech"),
        ("高新区", "zone_hitech"),
        ("成都高新区", "zone_hitech"),
        ("成都市高新区", "zone_hitech"),
        ("天府新区", "zone_tianfu"),
        ("四川天府新区成都直管区", "zone_tianfu"),
        ("四川省天府新区", "zone_tianfu"),
        ("东部新区", "zone_eastern"),
    ],
)
def test_names_that_files_use_find_their_unit(city: City, text: str, code: str) -> None:
    unit = city.find_unit(text)
    assert unit is not None
    assert unit.code == code


@pytest.mark.parametrize(
    "text",
    ["", " ", "成都", "成都市", "四川省", "区", "市", "锦江县", "510100", "北京市", "全市", "合计"],
)
def test_what_names_no_unit_finds_none(city: City, text: str) -> None:
    assert city.find_unit(text) is None


@given(
    unit=st.sampled_from(CHENGDU.units),
    prefix=st.sampled_from(["", "成都市", "四川省", "四川省成都市", "成都"]),
    spaces=st.text(" 　\t", max_size=3),
    data=st.data(),
)
def test_every_name_of_every_unit_finds_it_whatever_stands_before(
    unit: Unit, prefix: str, spaces: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(unit.called()))
    found = CHENGDU.find_unit(spaces + prefix + spaces + name + spaces)
    assert found is unit


@given(st.text(max_size=12))
def test_any_text_is_answered(text: str) -> None:
    unit = CHENGDU.find_unit(text)
    assert unit is None or unit in CHENGDU.units


def test_the_box_holds_the_boundaries(city: City, shared_data: Path) -> None:
    west, south, east, north = geopandas.read_file(
        shared_data / "chengdu_districts_tianditu.geojson"
    ).total_bounds
    box = city.bbox
    margins = west - box[0], south - box[1], box[2] - east, box[3] - north
    assert min(margins) >= 0
    assert max(margins) < 0.002
