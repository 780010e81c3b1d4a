"""Which system undeclared degrees are in: what names and districts tell, and packed degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.ingest.outlines import Outlines
from tests.ingest.batches import codes, file_codes, known, pairs, table
from tests.ingest.triage_rows import METRES, READINGS, Points, named, shifted, spread, triage

# What names tell.


@pytest.mark.parametrize("system", READINGS)
def test_known_names_decide_for_the_reading_in_which_they_lie_where_they_are(
    system: str, city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    made = np.random.default_rng(4)
    points = spread(units["510182"], 20)
    places = known(named(8), points[:8] + made.normal(0, 100, (8, 2)) / METRES)
    placement, notes = triage(
        pairs(shifted(points, system)), city, outlines, names=named(20), places=places
    )
    decision = placement.decision
    assert (decision.chosen, decision.how) == (system, "names")
    assert set(placement.system) == {system}
    assert file_codes(notes) == [("crs_by_shift", "info")]
    best = min(decision.candidates, key=lambda one: one.shift_m or 0)
    assert (best.crs, best.matched) == (system, 8)
    assert [row for row, _, _ in best.first] == list(range(2, 22))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_names_do_not_decide(
    count: int, city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510182"], 12)
    placement, notes = triage(
        pairs(shifted(points, "GCJ-02")),
        city,
        outlines,
        names=named(12),
        places=known(named(count), points[:count]),
    )
    assert placement.decision.how == "undecided"
    assert placement.decision.chosen is None
    assert [one.crs for one in placement.decision.candidates] == READINGS
    assert [len(one.first) for one in placement.decision.candidates] == [12] * 3
    assert set(placement.system) == {""}
    assert file_codes(notes) == [("crs_undecided", "error")]


def test_the_look_of_undeclared_degrees_is_told_to_the_person_who_is_asked(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510182"], 12)
    picked = table({"lonlat": [f"{lon:.6f},{lat:.6f}" for lon, lat in points.tolist()]})
    phone = table(
        {"lon": [f"{lon:.9f}" for lon, _ in points], "lat": [f"{lat:.9f}" for _, lat in points]}
    )
    for batch, hint in ((picked, "选点工具"), (phone, "手机"), (pairs(points), "")):
        _, notes = triage(batch, city, outlines)
        assert file_codes(notes) == [("crs_undecided", "error")]
        said = notes.of_file[0].detail.zh
        assert hint in said
        assert ("多来自" in said) is bool(hint)


def test_a_name_held_at_two_places_or_far_away_tells_nothing(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510182"], 6)
    twice = known([*named(6), *named(6)], np.vstack([points, points + 0.05]))
    far = known(named(6), points + 0.05)
    for places in (twice, far):
        placement, _ = triage(
            pairs(shifted(points, "GCJ-02")), city, outlines, names=named(6), places=places
        )
        assert placement.decision.how == "undecided"
        assert {one.matched for one in placement.decision.candidates} == {0}


def test_names_that_fit_no_reading_do_not_decide(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510182"], 12)
    places = known(named(12), points + np.array([-600.0, 500.0]) / METRES)
    placement, _ = triage(pairs(points), city, outlines, names=named(12), places=places)
    assert placement.decision.how == "undecided"


def test_the_statistics_of_names_are_those_that_are_known() -> None:
    """100 m of noise an axis, 356 m between WGS 84 and GCJ-02: the figures of the domain."""
    made = np.random.default_rng(7)
    shift = np.array([211.0, -287.0])  # 356 m
    for rows, combine, share in ((1, np.mean, 0.04), (3, np.mean, 0.001), (3, np.median, 0.004)):
        seen = combine(made.normal(0, 100, (400_000, rows, 2)), axis=1)
        wrong = np.hypot(*(seen - shift).T) < np.hypot(*seen.T)
        assert wrong.mean() == pytest.approx(share, rel=0.4)


def test_three_names_decide_nearly_always_and_almost_never_wrongly(
    city: City, outlines: Outlines
) -> None:
    """1,500 files of three rows: the domain's forced choice errs in 0.4 % of them."""
    made = np.random.default_rng(8)
    outcomes = {"right": 0, "wrong": 0, "asked": 0}
    for number in range(1_500):
        points = made.uniform((103.5, 30.3), (104.5, 31.0), (3, 2))
        system = READINGS[number % 2]
        places = known(named(3), points + made.normal(0, 100, (3, 2)) / METRES)
        placement, _ = triage(
            pairs(shifted(points, system)), city, outlines, names=named(3), places=places
        )
        chosen = placement.decision.chosen
        outcomes["asked" if chosen is None else "right" if chosen == system else "wrong"] += 1
    assert outcomes["wrong"] <= 2
    assert outcomes["right"] >= 0.8 * 1_500


def test_a_declaration_is_kept_and_doubted_where_the_names_deny_it(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510182"], 12)
    places = known(named(12), points + 30 / METRES)
    for declared, written, issues in (
        ("EPSG:4326", "GCJ-02", [("crs_doubtful", "warning")]),
        ("EPSG:4490", "GCJ-02", [("crs_doubtful", "warning")]),
        ("GCJ-02", "EPSG:4326", [("crs_doubtful", "warning")]),
        ("EPSG:4490", "EPSG:4326", []),
        ("GCJ-02", "GCJ-02", []),
    ):
        placement, notes = triage(
            pairs(shifted(points, written)),
            city,
            outlines,
            names=named(12),
            places=places,
            in_file=declared,
        )
        assert set(placement.system) == {declared}
        assert file_codes(notes) == issues


# What districts tell.


def test_a_wrong_reading_puts_as_many_points_outside_their_district_as_is_known(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    """The domain's figures: GCJ-02 as WGS 84 3.9 % (central 6-10 %, outer 1-3 %), BD-09 9.8 %
    (central 14-24 %)."""
    shares = {}
    for unit in city.units:
        if unit.kind == "district":
            points = spread(units[unit.code], 3_000)
            shares[unit.ring, unit.code] = [
                outlines.outside(shifted(points, system), [unit.code] * len(points)).mean()
                for system in READINGS
            ]
    every = np.array(list(shares.values()))
    central = np.array([share for (ring, _), share in shares.items() if ring == "central"])
    outer = np.array([share for (ring, _), share in shares.items() if ring == "outer"])
    assert every.mean(axis=0) == pytest.approx([0, 0.039, 0.098], abs=0.006)
    assert 0.04 < central[:, 1].min() < central[:, 1].max() < 0.105
    assert 0.13 < central[:, 2].min() < central[:, 2].max() < 0.25
    assert 0.008 < outer[:, 1].min() < outer[:, 1].max() < 0.035


@pytest.mark.parametrize("system", READINGS)
def test_districts_decide_for_many_rows_and_not_for_sixty_of_an_outer_one(
    system: str, city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    codes_of = [unit.code for unit in city.units if unit.kind == "district"]
    points = np.vstack([spread(units[code], 60, seed=9) for code in codes_of])
    districts = [code for code in codes_of for _ in range(60)]
    placement, notes = triage(pairs(shifted(points, system)), city, outlines, districts=districts)
    assert (placement.decision.chosen, placement.decision.how) == (system, "districts")
    assert file_codes(notes) == [("crs_by_shift", "info")]
    few = spread(units["510183"], 60, seed=10)
    placement, _ = triage(pairs(shifted(few, system)), city, outlines, districts=["510183"] * 60)
    assert placement.decision.how == "undecided"


def test_names_and_districts_against_one_another_decide_nothing(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    codes_of = ["510104", "510105", "510106", "510107", "510108"]
    points = np.vstack([spread(units[code], 60) for code in codes_of])
    districts = [code for code in codes_of for _ in range(60)]
    written = shifted(points, "GCJ-02")
    placement, _ = triage(
        pairs(written),
        city,
        outlines,
        names=named(300),
        districts=districts,
        places=known(named(300), written),
    )
    assert placement.decision.how == "undecided"


def test_boundaries_that_deviate_do_not_make_districts_decide_wrongly(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    """Rows of outlines that wave 500 m to and fro around ours: misfits of every reading."""
    made = np.random.default_rng(11)
    codes_of = [unit.code for unit in city.units if unit.kind == "district"]
    decided = 0
    for number in range(60):
        code = codes_of[number % 20]
        turn = made.uniform(0, 2 * np.pi, 2)
        waved = shapely.transform(
            units[code],
            lambda xy, turn=turn: xy + 500 * np.sin(xy[:, ::-1] * 120 + turn) / METRES,
        )
        points = spread(shapely.make_valid(waved), 400, seed=number)
        system = READINGS[number % 3]
        placement, _ = triage(
            pairs(shifted(points, system)), city, outlines, districts=[code] * len(points)
        )
        assert placement.decision.chosen in {None, system}
        decided += placement.decision.chosen is not None
    assert decided >= 10


# Packed degrees.


def packed(points: Points) -> Points:
    """ddd.mmssss of decimal degrees."""
    seconds = np.rint(points * 360_000).astype(int)
    whole, rest = seconds // 360_000, seconds % 360_000
    return whole + rest // 6_000 / 100 + rest % 6_000 / 1_000_000


@pytest.mark.parametrize(
    ("count", "evidence", "decided"),
    [(12, "none", True), (4, "none", False), (5, "names", True), (5, "districts", True), (3, "header", True)],
)  # fmt: skip
def test_packed_degrees_are_read_as_such_when_said_or_decided(
    count: int, evidence: str, decided: bool, city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    points = spread(units["510112"], count)
    headers = {"lon": "经度（度分秒）"} if evidence == "header" else {}
    placement, notes = triage(
        pairs(packed(points), **headers),
        city,
        outlines,
        names=named(count) if evidence == "names" else None,
        places=known(named(count), points) if evidence == "names" else None,
        districts=["510112"] * count if evidence == "districts" else None,
        chosen="EPSG:4490",
    )
    assert placement.packed.all() == decided
    if decided:
        assert np.abs(placement.xy - points).max() < 0.01 / 3600
        assert codes(notes) == [
            (row, "coordinates_packed_dms", "warning") for row in range(2, 2 + count)
        ]
    else:
        assert codes(notes) == []


def test_decimal_degrees_are_not_taken_for_packed_ones(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    made = np.random.default_rng(12)
    codes_of = list(units)
    for number in range(600):
        code = codes_of[number % 20]
        count = int(made.integers(2, 25))
        places = int(made.integers(2, 7))
        points = spread(units[code], count, seed=number).round(places)
        placement, _ = triage(
            pairs(points), city, outlines, districts=[code] * len(points), chosen="EPSG:4326"
        )
        assert not placement.packed.any()
