"""Which system a file is in: what is sure, what the evidence decides, and what must be asked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Unit
from geoplan.errors import GeoplanError
from geoplan.ingest import default_boundaries, read_units
from geoplan.ingest.location import locate
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.readings import find_namesakes
from geoplan.ingest.reference import Known
from geoplan.ingest.rows import RowBatch
from geoplan.ingest.systems import system_of, twin, zones
from geoplan.ingest.triage import Evidence, Placement, find_systems
from geoplan.ingest.webmap import bd_from_wgs, gcj_from_wgs, wgs_from_gcj
from geoplan.text import Text
from tests.ingest.batches import codes, file_codes, known, notes_of, pairs, reference, shapes, table

Points = NDArray[np.float64]
METRES = np.array([95_841.0, 110_864.0])  # a degree at Chengdu, east and north
READINGS = ["EPSG:4326", "GCJ-02", "BD-09"]


@pytest.fixture(scope="module")
def units(city: City) -> dict[str, Any]:
    return read_units(default_boundaries(), city)


@pytest.fixture(scope="module")
def outlines(city: City, units: dict[str, Any]) -> Outlines:
    return Outlines(city, units)


def spread(outline: Any, count: int, seed: int = 1) -> Points:
    """Points (n, 2) all over an outline, 6 decimals."""
    made = np.random.default_rng(seed)
    west, south, east, north = outline.bounds
    points = made.uniform((west, south), (east, north), (count * 12 + 200, 2)).round(6)
    return points[shapely.contains_xy(outline, points[:, 0], points[:, 1])][:count]


def shifted(points: Points, system: str) -> Points:
    """The points as a web map has them, 6 decimals."""
    if system == "EPSG:4326":
        return points
    forward = gcj_from_wgs if system == "GCJ-02" else bd_from_wgs
    return np.column_stack(forward(points[:, 0], points[:, 1])).round(6)


def projected(points: Points, code: int) -> Points:
    to = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return np.column_stack(to.transform(points[:, 0], points[:, 1])).round(3)


def triage(
    batch: RowBatch,
    city: City,
    outlines: Outlines,
    *,
    names: Sequence[str | None] | None = None,
    districts: Sequence[str | None] | None = None,
    places: Known | None = None,
    features: Known | None = None,
    chosen: str | None = None,
    in_file: str | None = None,
) -> tuple[Placement, Any]:
    count = len(batch.row)
    notes = notes_of(batch)
    location = locate([batch], np.zeros(count, dtype=bool), None, notes)
    names = names or [None] * count
    evidence = Evidence(
        districts or [None] * count,
        find_namesakes(names, [None] * count, reference(features, places)),
        outlines,
    )
    placement = find_systems(location, evidence, city, notes, chosen=chosen, in_file=in_file)
    return placement, notes


def named(count: int) -> list[str]:
    return [f"示意第{n}小学" for n in range(count)]


# What is said.


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ("高德坐标", "GCJ-02"), ("GCJ02", "GCJ-02"), ("火星坐标系", "GCJ-02"), ("腾讯", "GCJ-02"), ("百度", "BD-09"), ("bd09ll", "BD-09"),
        ("CGCS2000", "EPSG:4490"), ("2000国家大地坐标系", "EPSG:4490"), ("国家2000", "EPSG:4490"), ("2000", "EPSG:4490"), ("天地图", "EPSG:4490"),
        ("WGS 84", "EPSG:4326"), ("wgs84", "EPSG:4326"), ("GPS", "EPSG:4326"), ("EPSG:4544", "EPSG:4544"), ("4523", "EPSG:4523"), ("epsg::4490", "EPSG:4490"),
        ("CGCS2000 中央经线105", "EPSG:4544"), ("CGCS2000_3_Degree_GK_CM_102E", "EPSG:4543"), ("国家2000 3度带 35带", "EPSG:4523"),
        ("CGCS2000 6度带 18带", "EPSG:4496"), ("CGCS2000 六度带 中央子午线105°", "EPSG:4507"), ("大地2000 105°E", "EPSG:4544"),
        ("1980西安坐标系 中央子午线105°", "EPSG:2380"), ("西安80", "EPSG:4610"), ("WGS84 UTM 48N", "EPSG:32648"),
    ],
)  # fmt: skip
def test_systems_are_known_by_the_names_that_people_give_them(said: str, system: str) -> None:
    assert system_of(said) == system


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("成都地方坐标系", "crs_local"), ("成都市平面坐标系", "crs_local"), ("独立坐标", "crs_local"), ("北京54", "crs_refused"),
        ("EPSG:4214", "crs_refused"), ("banana", "crs_unknown"), ("EPSG:999999", "crs_unknown"), ("+proj=longlat +nadgrids=/etc/passwd", "crs_unknown"),
    ],
)  # fmt: skip
def test_systems_without_a_way_to_wgs84_are_refused_by_name(said: str, code: str) -> None:
    with pytest.raises(GeoplanError) as refused:
        system_of(said)
    assert refused.value.code == code


def test_zones_have_the_names_that_epsg_gives_them() -> None:
    for meridian in range(75, 138, 3):
        box = (meridian - 0.2, 30.0, meridian + 0.2, 30.4)
        plain, numbered, wide = zones(box)[0], zones(box)[1], zones(box)[-1]
        names = [pyproj.CRS(code).name for code in (plain, numbered, wide)]
        assert names[0] == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
        assert names[1] == f"CGCS2000 / 3-degree Gauss-Kruger zone {meridian // 3}"
        assert names[2].startswith("CGCS2000 / Gauss-Kruger zone ")
        assert (twin(plain), twin(numbered)) == (numbered, plain)


def test_a_declared_system_goes_cell_before_choice_before_header_before_file(
    city: City, outlines: Outlines
) -> None:
    at = np.array([[104.0633, 30.6597]])
    cell = f"{shifted(at, 'GCJ-02')[0, 0]},{shifted(at, 'GCJ-02')[0, 1]}"
    for chosen, column, header, in_file, system, how in (
        (None, None, "坐标", "EPSG:4490", "EPSG:4490", "declared"),
        (None, None, "高德坐标", "EPSG:4490", "GCJ-02", "declared"),
        ("BD-09", None, "高德坐标", "EPSG:4490", "BD-09", "chosen"),
        ("BD-09", "GCJ-02", "高德坐标", "EPSG:4490", "GCJ-02", "chosen"),
        (None, "百度", "坐标", None, "BD-09", "declared"),
        ("EPSG:4326", "不详", "坐标", None, "EPSG:4326", "chosen"),
    ):
        batch = table({"lonlat": [cell], "crs": [column]}, lonlat=header)
        placement, notes = triage(batch, city, outlines, chosen=chosen, in_file=in_file)
        assert (placement.system[0], placement.decision.how) == (system, how)
        assert file_codes(notes) == []


def test_every_row_may_say_its_own_system(city: City, outlines: Outlines) -> None:
    at = np.array([[104.3, 30.6]])
    said = ["WGS84", "GCJ-02", "百度", "CGCS2000"]
    written = [shifted(at, one)[0] for one in ("EPSG:4326", "GCJ-02", "BD-09", "EPSG:4326")]
    east, north = np.array(written).T.tolist()
    placement, notes = triage(table({"lon": east, "lat": north, "crs": said}), city, outlines)
    assert placement.system.tolist() == ["EPSG:4326", "GCJ-02", "BD-09", "EPSG:4490"]
    assert file_codes(notes) == []


def test_a_datum_alone_leaves_the_zone_to_the_numbers(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 5)
    for said, code, issues in (
        ("CGCS2000", 4544, []),
        ("CGCS2000", 4523, []),
        ("西安80", 2380, [("crs_old_datum", "warning")]),
    ):
        east, north = projected(points, code).T.tolist()
        batch = table({"lon": east, "lat": north, "crs": [said] * 5})
        placement, notes = triage(batch, city, outlines)
        assert placement.decision.chosen == f"EPSG:{code}"
        assert file_codes(notes) == issues


def test_a_declared_zone_is_read_with_and_without_its_number(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 5)
    for declared, written in ((4523, 4544), (4544, 4523), (4523, 4523)):
        placement, notes = triage(
            pairs(projected(points, written)), city, outlines, in_file=f"EPSG:{declared}"
        )
        assert placement.decision.chosen == f"EPSG:{written}"
        assert (placement.decision.how, file_codes(notes)) == ("declared", [])


def test_the_citys_own_system_is_refused_once_for_the_file(city: City, outlines: Outlines) -> None:
    batch = table({"lon": [21_000.5] * 3, "lat": [18_300.25] * 3, "crs": ["成都独立坐标系"] * 3})
    placement, notes = triage(batch, city, outlines)
    assert file_codes(notes) == [("crs_local", "error")]
    assert codes(notes) == []
    assert set(placement.system) == {""}
    assert (placement.decision.chosen, placement.decision.how) == (None, "none")


def test_a_choice_that_is_no_system_is_refused(city: City, outlines: Outlines) -> None:
    with pytest.raises(GeoplanError, match="no known coordinate system"):
        triage(pairs([[104.06, 30.66]]), city, outlines, chosen="banana")


# What sizes tell.


@pytest.mark.parametrize("code", [4543, 4523, 4522, 4496, 3857])
@pytest.mark.parametrize("swapped", [False, True])
def test_metres_tell_their_system_by_their_size_in_either_order(
    code: int, swapped: bool, city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510129" if code in {4543, 4522} else "510112"], 20)
    xy = projected(points, code)
    placement, notes = triage(pairs(xy[:, ::-1] if swapped else xy), city, outlines)
    assert (placement.decision.chosen, placement.decision.how) == (f"EPSG:{code}", "size")
    assert placement.swapped.all() == swapped
    assert placement.xy == pytest.approx(xy)
    assert file_codes(notes) == []


def test_both_zones_of_one_file_are_told_apart_row_by_row(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    west, east = spread(units["510129"], 6), spread(units["510112"], 4)
    xy = np.vstack([projected(west, 4543), projected(east, 4544)])
    placement, _ = triage(pairs(xy), city, outlines)
    assert placement.system.tolist() == ["EPSG:4543"] * 6 + ["EPSG:4544"] * 4


def test_utm_cannot_be_told_by_size_so_it_is_named_and_known_names_decide(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 12)
    for code in (4544, 32648):
        placement, notes = triage(pairs(projected(points, code)), city, outlines)
        assert (placement.decision.chosen, placement.decision.how) == ("EPSG:4544", "size")
        assert [one.crs for one in placement.decision.candidates] == ["EPSG:4544", "EPSG:32648"]
        assert file_codes(notes) == [("crs_by_size", "warning")]
        assert "EPSG:32648" in notes.of_file[0].detail.zh
        placement, notes = triage(
            pairs(projected(points, code)),
            city,
            outlines,
            names=named(12),
            places=known(named(12), points + 50 / METRES),
        )
        assert (placement.decision.chosen, placement.decision.how) == (f"EPSG:{code}", "names")
        assert file_codes(notes) == [("crs_by_shift", "info")]


def test_numbers_of_no_known_system_are_asked_about(city: City, outlines: Outlines) -> None:
    placement, notes = triage(pairs([[21_000.5, 18_300.25]] * 4), city, outlines)
    assert file_codes(notes) == [("crs_undecided", "error")]
    assert placement.decision.how == "undecided"
    assert set(placement.system) == {""}


def test_degrees_of_another_city_need_no_system_to_be_outside(
    city: City, outlines: Outlines
) -> None:
    placement, notes = triage(pairs([[113.93, 22.54]] * 4), city, outlines)
    assert file_codes(notes) == []
    assert placement.decision.how == "none"
    assert outlines.outside_city(placement.xy).all()


def test_a_few_degrees_in_the_city_among_many_outside_are_not_taken_for_wgs84(
    city: City, outlines: Outlines
) -> None:
    placement, notes = triage(
        pairs([[113.93, 22.54]] * 4 + [[104.063312, 30.659712]]), city, outlines
    )
    assert file_codes(notes) == [("crs_undecided", "error")]
    assert set(placement.system) == {""}


def test_rows_of_an_old_datum_warn_also_where_others_say_nothing(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    east, north = projected(spread(units["510112"], 4), 4523).T.tolist()
    batch = table({"lon": east, "lat": north, "crs": ["西安80", None, None, None]})
    placement, notes = triage(batch, city, outlines)
    assert placement.system.tolist() == ["EPSG:2359", "EPSG:4523", "EPSG:4523", "EPSG:4523"]
    assert file_codes(notes) == [("crs_old_datum", "warning")]


def test_shapes_without_a_system_are_told_by_size_too(
    city: City, outlines: Outlines, units: dict[str, Any]
) -> None:
    points = spread(units["510112"], 4)
    for code, how in ((4523, "size"), (4326, "undecided")):
        xy = projected(points, code)
        side = 200 if code == 4523 else 0.002
        placement, _ = triage(
            shapes(list(shapely.box(xy[:, 0], xy[:, 1], *(xy + side).T))), city, outlines
        )
        assert placement.decision.how == how


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


# The real file.


@pytest.fixture(scope="module")
def shenzhen(city: City) -> City:
    """A city with Shenzhen's box and districts, of the packaged boundaries."""
    document = json.loads(default_boundaries().read_text(encoding="utf-8"))
    found = {
        str(feature["properties"]["gb"])[-6:]: feature["properties"]["name"]
        for feature in document["features"]
        if str(feature["properties"]["gb"])[-6:-2] == "4403"
    }
    districts = tuple(
        Unit(code=code, kind="district", name=Text(name, name), ring="central")
        for code, name in sorted(found.items())
    )
    return dataclasses.replace(city, bbox=(113.75, 22.44, 114.63, 22.87), units=districts)


@pytest.fixture(scope="module")
def stations(shared_data: Any) -> Points:
    """The published places of charging stations, in GCJ-02 as their source says."""
    path = shared_data / "ev_stations_shenzhen_gcj02.csv"
    return np.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2))


@pytest.fixture(scope="module")
def shenzhen_units(shenzhen: City) -> dict[str, Any]:
    return read_units(default_boundaries(), shenzhen)


@pytest.mark.parametrize("evidence", ["none", "two names", "names", "districts"])
def test_the_stations_of_shenzhen_are_never_taken_for_wgs84(
    evidence: str, stations: Points, shenzhen: City, shenzhen_units: dict[str, Any]
) -> None:
    outlines = Outlines(shenzhen, shenzhen_units)
    true = np.column_stack(wgs_from_gcj(stations[:, 0], stations[:, 1]))
    names = [f"示意充电站{n}" for n in range(len(stations))]
    made = np.random.default_rng(13)
    count = {"names": 12, "two names": 2}.get(evidence, 0)
    chosen = made.choice(len(stations), count, replace=False)
    places = known(
        [names[n] for n in chosen], true[chosen] + made.normal(0, 60, (count, 2)) / METRES
    )
    districts: list[str | None] = [None] * len(stations)
    if evidence == "districts":
        for code, outline in shenzhen_units.items():
            for row in np.flatnonzero(shapely.contains_xy(outline, true[:, 0], true[:, 1])):
                districts[int(row)] = code
    placement, notes = triage(
        pairs(stations), shenzhen, outlines, names=names, districts=districts, places=places
    )
    if evidence in {"names", "districts"}:
        assert (placement.decision.chosen, placement.decision.how) == ("GCJ-02", evidence)
        assert file_codes(notes) == [("crs_by_shift", "info")]
    else:
        assert (placement.decision.chosen, placement.decision.how) == (None, "undecided")
        assert file_codes(notes) == [("crs_undecided", "error")]
        assert set(placement.system) == {""}
