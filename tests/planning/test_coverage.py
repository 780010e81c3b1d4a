"""Coverage by area: against a count cell by cell, and the sums that must hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.catalogue.services import ServiceStandard
from geoplan.planning.areas import areas_of
from geoplan.planning.coverage import Distances, coverage, differing, disagreements
from geoplan.planning.limits import SPEEDS, Limit, Speed, limit_of, speed_mm_s
from tests.planning.towns import CITY, CODES, Town, towns

LIMITS = st.builds(Limit, st.sampled_from([0, 300_000, 500_000]), st.sampled_from([0, 300, 500]))


@given(town=towns(), limit=LIMITS)
def test_every_row_is_what_a_count_cell_by_cell_finds(town: Town, limit: Limit) -> None:
    for row in coverage(town.areas(), town.people, town.far, limit):
        here = town.of(row.area.code)
        far = town.far[row.when]
        numerator = measured = everybody = 0
        for n in range(len(town.cell)):
            if not here[n]:
                continue
            people = int(town.people[n])
            everybody += people
            if row.measure == "straight":
                measured += people
                numerator += people if 0 <= far.straight_m[n] <= limit.straight_m else 0
            elif far.estimated[n] == (row.measure == "estimated"):
                measured += people
                numerator += people if 0 <= far.walk_mm[n] <= limit.walk_mm else 0
        assert (row.numerator, row.denominator, row.measured) == (numerator, everybody, measured)
        assert row.share == (numerator / everybody if everybody else None)


@given(town=towns(), limit=LIMITS)
def test_districts_and_rings_add_up_to_the_city_and_zones_to_nothing(
    town: Town, limit: Limit
) -> None:
    rows = coverage(town.areas(), town.people, town.far, limit)
    for when in ("now", "planned"):
        for measure in ("network", "straight", "estimated"):
            for number in ("numerator", "measured"):
                total = {
                    kind: sum(
                        getattr(row, number)
                        for row in rows
                        if (row.area.kind, row.when, row.measure) == (kind, when, measure)
                    )
                    for kind in ("city", "ring", "district")
                }
                assert total["city"] == total["ring"] == total["district"]


@given(town=towns(), limit=LIMITS)
def test_network_and_estimate_see_everybody_once(town: Town, limit: Limit) -> None:
    rows = coverage(town.areas(), town.people, town.far, limit)
    for area in {row.area for row in rows}:
        for when in ("now", "planned"):
            own = [row for row in rows if row.area == area and row.when == when]
            seen = sum(row.measured for row in own if row.measure != "straight")
            assert {row.denominator for row in own} == {seen}


@given(town=towns(), limit=LIMITS)
def test_more_facilities_and_a_longer_walk_never_cover_fewer(town: Town, limit: Limit) -> None:
    """After the plan nothing is farther than before, so nobody may lose cover."""
    now, plan = town.far["now"], town.far["planned"]
    nowhere = 2**31 - 1
    ways = [np.where(far.walk_mm < 0, nowhere, far.walk_mm) for far in (now, plan)]
    nearer = np.minimum(*ways)
    planned = replace(plan, walk_mm=np.where(nearer == nowhere, -1, nearer).astype(np.int32))
    longer = Limit(limit.walk_mm + 1000, limit.straight_m + 1)

    def covered(found: Limit, when: str) -> dict[tuple[str, str], int]:
        far = {"now": now, "planned": planned}
        rows = coverage(town.areas(), town.people, far, found)
        return {(r.area.code, r.measure): r.numerator for r in rows if r.when == when}

    before, after = covered(limit, "now"), covered(limit, "planned")
    assert all(after[key] >= before[key] for key in before if key[1] != "straight")
    patient = covered(longer, "now")
    assert all(patient[key] >= before[key] for key in before)


@given(town=towns(), limit=LIMITS)
def test_disagreement_is_the_difference_of_circle_and_walk(town: Town, limit: Limit) -> None:
    areas = town.areas()
    nothing = np.zeros(len(town.cell), dtype=bool)
    network = {when: replace(far, estimated=nothing) for when, far in town.far.items()}
    rows = {
        (row.area.code, row.when, row.measure): row.numerator
        for row in coverage(areas, town.people, network, limit)
    }
    for row in disagreements(areas, town.people, network, limit):
        key = row.area.code, row.when
        more = rows[(*key, "straight")] - rows[(*key, "network")]
        assert row.circle_only_people - row.walk_only_people == more
        circle_only, walk_only = differing(town.people, network[row.when], limit)
        here = town.of(row.area.code)
        assert row.circle_only_cells == int((circle_only & here).sum())
        assert row.walk_only_cells == int((walk_only & here).sum())
        assert not (circle_only & walk_only).any()


def test_where_there_is_no_network_circle_and_walk_do_not_disagree() -> None:
    far = np.array([400_000, 400_000], dtype=np.int32)
    near = np.array([250, 250], dtype=np.int32)
    seen = Distances(far, near, np.array([False, True]))
    circle_only, walk_only = differing(np.array([10, 10]), seen, Limit(300_000, 300))
    assert circle_only.tolist() == [True, False]
    assert not walk_only.any()


def test_limits_are_inclusive_to_the_millimetre() -> None:
    limit = limit_of(radius(300), CITY.standards.walking)
    assert limit == Limit(300_000, 300)
    walk = np.array([300_000, 300_001, -1, 0, 299_999, 1, 2**31 - 2], dtype=np.int32)
    far = Distances(walk, np.full(7, -1, dtype=np.int32), np.zeros(7, dtype=bool))
    areas = areas_of(CITY.units, CODES[:1], np.zeros(7, dtype=np.int16))
    found = coverage(areas, np.array([1, 2, 4, 8, 16, 32, 64]), {"now": far}, limit)
    city_row = next(r for r in found if r.area.kind == "city" and r.measure == "network")
    assert city_row.numerator == 1 + 8 + 16 + 32
    assert next(r for r in found if r.measure == "straight").numerator == 0


def radius(metres: float) -> ServiceStandard:
    return ServiceStandard("GB 50180-2018", "min10", metres, None, True, "GB 50180-2018")


def test_a_speed_moves_the_walk_and_leaves_the_circle() -> None:
    walking = CITY.standards.walking
    assert [speed_mm_s(walking, speed) for speed in SPEEDS] == [1000, 1200, 800, 900]
    limits = {speed: limit_of(radius(500), walking, speed) for speed in SPEEDS}
    assert {speed: limit.walk_mm for speed, limit in limits.items()} == {
        "planning": 500_000, "adult": 600_000, "elderly": 400_000, "child": 450_000,
    }  # fmt: skip
    assert {limit.straight_m for limit in limits.values()} == {500}
    quarter = replace(radius(0), radius_m=None, minutes=15)
    assert limit_of(quarter, walking, "elderly") == Limit(720_000, 720)
    assert limit_of(quarter, walking) == Limit(900_000, 900)


@given(metres=st.integers(1, 5000), speed=st.sampled_from(SPEEDS))
def test_a_radius_at_another_speed_takes_the_same_time(metres: int, speed: Speed) -> None:
    walking = CITY.standards.walking
    limit = limit_of(radius(metres), walking, speed)
    seconds = Fraction(limit.walk_mm, speed_mm_s(walking, speed))
    assert 0 <= metres - seconds < Fraction(1, 700)


def test_zones_are_listed_only_where_they_have_cells_and_rings_only_once() -> None:
    district = np.array([0, 1, 2, 3], dtype=np.int16)
    without = areas_of(CITY.units, CODES, district)
    assert [a.kind for a in without.areas].count("zone") == 0
    assert [a.code for a in without.areas if a.kind == "ring"] == [
        "ring:central",
        "ring:urban",
        "ring:outer",
    ]
    assert [a.code for a in without.areas if a.kind == "district"] == [
        u.code for u in CITY.units if u.kind == "district"
    ]
    zone = next(unit.code for unit in CITY.units if unit.kind == "zone")
    with_zone = areas_of(CITY.units, CODES, district, np.array(["", zone, zone, ""]))
    sums = dict(
        zip(
            [a.code for a in with_zone.areas],
            with_zone.sums(np.array([1, 10, 100, 1000])).tolist(),
            strict=True,
        )
    )
    assert sums["city"] == 1111
    assert sums[zone] == 110
    assert (sums["ring:central"], sums["ring:urban"], sums["ring:outer"]) == (11, 100, 1000)


def test_people_in_a_district_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ValueError, match="999999"):
        areas_of(CITY.units, ["999999"], np.array([0]))


def test_sums_are_exact_beyond_32_bits() -> None:
    count = 10_000
    areas = areas_of(CITY.units, CODES, np.arange(count) % 4)
    people = np.full(count, 2**31 - 1, dtype=np.int32)
    assert areas.sums(people)[0] == count * (2**31 - 1)


@given(town=towns())
def test_an_area_holds_the_cells_that_its_sums_are_over(town: Town) -> None:
    areas = town.areas()
    sums = areas.sums(town.people)
    for row, area in enumerate(areas.areas):
        held = areas.holds(area.code)
        assert held.tolist() == town.of(area.code).tolist()
        assert int(town.people[held].sum()) == sums[row]
    with pytest.raises(KeyError):
        areas.holds("510199")
