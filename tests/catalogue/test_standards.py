"""Figures of the standards, and which of them may be shown as the standard's own."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from geoplan.catalogue import City
from geoplan.catalogue.standards import Figure

CHECKED = {"kindergarten": 300, "primary_school": 500, "junior_secondary": 1000}
RADII = {
    "min5": {"kindergarten": 300, "nursery": 300, "community_service_station": 300, "health_station": 300,
             "elderly_day_care": 300, "fitness_ground": 300, "culture_station": 500, "toilet": None},
    "min10": {"primary_school": 500, "market": 500, "bus_stop": 500, "medium_sports_ground": 500},
    "min15": {"junior_secondary": 1000, "metro_station": 800, "health_centre": 1000, "culture_centre": 1000,
              "community_service_centre": 1000, "sports_hall": 1000, "elderly_home": None},
}  # fmt: skip


def figures(node: object, path: str = "") -> Iterator[tuple[str, Figure]]:
    if isinstance(node, Figure):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from figures(getattr(node, name), f"{path}.{name}")
    elif isinstance(node, dict):
        for name, inner in node.items():
            yield from figures(inner, f"{path}.{name}")


def test_every_figure_names_its_source(city: City) -> None:
    found = dict(figures(city.standards))
    assert len(found) > 60
    assert all(figure.source.strip() for figure in found.values())


def test_facilities_have_the_tiers_and_radii_of_the_standard(city: City) -> None:
    tiers: dict[str, dict[str, float | None]] = {tier: {} for tier in RADII}
    for name, facility in city.standards.facilities.items():
        tiers[facility.tier][name] = facility.radius_m
    assert tiers == RADII


def test_only_the_checked_radii_are_called_verified(city: City) -> None:
    verified = {n: f.radius_m for n, f in city.standards.facilities.items() if f.verified}
    assert verified == CHECKED


def test_figures_from_general_knowledge_are_not_called_verified(city: City) -> None:
    unverified = {path for path, figure in figures(city.standards) if not figure.verified}
    assert {path for path in unverified if not path.startswith(".facilities")} == {
        ".life_circle.min15.dwellings", ".life_circle.min15.area_ha",
        ".life_circle.min5.people", ".life_circle.min5.dwellings", ".life_circle.min5.area_ha",
        ".walking.adult_m_s", ".walking.elderly_m_s", ".walking.child_m_s", ".walking.detour_factor",
        ".class_size.kindergarten", ".convenience_circle.quality_unchecked",
        ".parks.radius_by_area", ".parks.community_park.min15", ".parks.community_park.min5",
        ".charging.radius_m", ".charging.new_housing_ready_pct", ".charging.public_car_park_pct",
        ".greenway.kinds", ".greenway.min_width_m",
    }  # fmt: skip


def test_fifteen_minutes_of_planning_speed_are_inside_the_tier(city: City) -> None:
    walked = 15 * city.standards.walking.planning_m_per_min.value
    low, high = city.standards.life_circle.min15.walk_m.value
    assert (walked, low, high) == (900, 800, 1000)


def test_figures_equal_the_standards(city: City) -> None:
    standards = city.standards
    assert standards.life_circle.min10.people.value == (15_000, 25_000)
    assert standards.life_circle.block.people.value == (1000, 3000)
    assert standards.class_size["primary"].value == 45
    assert standards.class_size["nine_year_grades_7_9"].value == 50
    assert standards.parks.coverage_500m_pct.value == {
        "overall": 90,
        "new_area": 100,
        "old_area": 80,
    }
    assert standards.parks.coverage_min_pct.value == 80
    assert [(c.min_m2, c.max_m2, c.radius_m) for c in standards.parks.radius_by_area.value] == [
        (5000, None, 500),
        (400, 5000, 300),
    ]
    assert standards.charging.radius_m.value == {"core": 900, "urban": 1000, "outer": 5000}
    assert len(standards.convenience_circle.basic.value) == 12
    circle = standards.convenience_circle
    assert len(circle.quality.value + circle.quality_unchecked.value) == 12
    assert set(circle.reach_min.value.values()) == {5, 8, 15}
