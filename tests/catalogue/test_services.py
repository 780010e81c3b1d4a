"""Services take their limits from the standards; what is wrong is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from geoplan.catalogue import City, check
from geoplan.errors import GeoplanError
from geoplan.resources import resource

CHENGDU = resource("layers") / "chengdu"


@pytest.mark.parametrize(
    ("service", "limits_m"),
    [
        ("kindergarten", [300]),
        ("primary_school", [500]),
        ("junior_secondary", [1000]),
        ("metro_station", [800]),
        ("park_large", [500]),
        ("park_small", [300]),
        ("charger", [1000, 900, 5000]),
        ("pharmacy", [480]),
        ("convenience_store", [300]),
        ("housekeeping", [900]),
        ("elderly_home", [900]),
        ("community_service", [300, 1000]),
        ("greenway", [900]),
    ],
)
def test_limits_are_those_of_the_standards_in_order(
    city: City, service: str, limits_m: list[int]
) -> None:
    limits = [standard.limit_mm for standard in city.service(service).standards]
    assert limits == [1000 * metres for metres in limits_m]


def test_a_tier_contains_the_tiers_below_it(city: City) -> None:
    names = [
        {category.id for category in city.circles[f"gb50180_{tier}"].categories}
        for tier in ("min5", "min10", "min15")
    ]
    assert names[0] < names[1] < names[2] == set(city.standards.facilities)


def test_every_business_of_the_guide_is_a_category(city: City) -> None:
    circle = city.standards.convenience_circle
    for name in ("basic", "quality"):
        categories = city.circles[f"convenience_{name}"].categories
        assert tuple(category.id for category in categories) == getattr(circle, name).value


def test_an_unchecked_figure_says_so(city: City) -> None:
    assert city.service("primary_school").standards[0].verified
    assert not city.service("charger").standards[0].verified
    assert not city.service("greenway").standards[0].verified


def test_an_unknown_service_is_answered_with_those_there_are(city: City) -> None:
    with pytest.raises(GeoplanError, match="no service nonsense") as caught:
        city.service("nonsense")
    assert (caught.value.code, caught.value.status) == ("unknown_service", 404)
    assert "primary_school" in caught.value.remedy.en


BREAKS = {
    "layer": ("{layer: medical_subcentre}", "{layer: hospital}", "catalogue_service_layer"),
    "figures only": ("{layer: greenway}", "{layer: nev_new}", "catalogue_service_layer"),
    "field": ("where: {stage: [kindergarten]}", "where: {stadium: [kindergarten]}", "catalogue_service_field"),
    "value": ("where: {stage: [kindergarten]}", "where: {stage: [nursery]}", "catalogue_service_value"),
    "facility": ("[{facility: metro_station}]", "[{facility: airport}]", "catalogue_service_standard"),
    "two keys": ("[{facility: bus_stop}]", "[{facility: bus_stop, charging: core}]", "catalogue_service_standard"),
    "two limits": ("    minutes: 15\n", "    minutes: 15\n    standards: [{facility: toilet}]\n", "catalogue_service_limit"),
    "capacity": ("      field: piles\n", "      field: power\n", "catalogue_service_capacity"),
    "area": ("{layer: park, min_area_m2: 400, max_area_m2: 5000}", "{layer: park, min_area_m2: 5000, max_area_m2: 400}", "catalogue_service_area"),
    "twice": ("- id: breakfast", "- id: laundry", "catalogue_duplicate"),
    "key": ("    access: line\n", "    acces: line\n", "catalogue_extra_forbidden"),
    "hidden": ("{layer: medical_subcentre}", "{layer: three_lines}", "catalogue_circle_hidden"),
    "nobody": ("    standards: [{convenience: repair}]\n", "    minutes: 9\n", "catalogue_circle_service"),
    "both": ("    tiers: [min5, min10]\n", "    tiers: [min5]\n    businesses: basic\n", "catalogue_circle"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_wrong_is_named_with_file_and_line(name: str, tmp_path: Path) -> None:
    old, new, code = BREAKS[name]
    folder = shutil.copytree(CHENGDU, tmp_path / "city")
    file = folder / "services.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = {issue.code: issue for issue in check(folder)}
    assert code in found, found
    assert found[code].where.file == "services.yaml"
    assert (found[code].where.row or 0) > 1
    assert found[code].remedy.zh
    assert found[code].remedy.en
