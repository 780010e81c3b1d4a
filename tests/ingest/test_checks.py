"""Each check of a file's rows, against brute force, shapely and pyproj."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest import constraints, placecheck
from geoplan.ingest.banks import check_banks
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.projects import project_name
from geoplan.ingest.reference import Constraint
from geoplan.ingest.shapecheck import check_sizes, repair, usable
from geoplan.text import Text
from geoplan.units import geodesic_length_m
from tests.ingest.batches import codes, file_codes, notes_of, pairs, shapes

GEOD = pyproj.Geod(ellps="WGS84")
METRES = np.array([95_841.0, 110_864.0])
HERE = np.array([104.31, 30.61])


def objects(*geometry: Any) -> NDArray[np.object_]:
    held: NDArray[np.object_] = np.empty(len(geometry), dtype=object)
    held[:] = geometry
    return held


def blank(count: int) -> Notes:
    return notes_of(shapes([None] * count))


def path(*metres: tuple[float, float]) -> shapely.LineString:
    """A line through places that are so many metres east and north of HERE."""
    return shapely.LineString(HERE + np.array(metres) / METRES)


# City and district.


def test_the_distance_to_a_district_is_the_geodesic_to_its_nearest_point(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    made = np.random.default_rng(1)
    points = made.uniform((103.2, 30.2), (104.7, 31.2), (40, 2))
    named = [list(units)[n % 20] for n in range(40)]
    found = outlines.distance_m(shapely.points(points), named)
    for place, code, metres in zip(points, named, found, strict=True):
        outline = units[code]
        if outline.intersects(shapely.Point(place)):
            assert metres == 0
            continue
        edge = shapely.get_coordinates(shapely.segmentize(outline.boundary, 0.0005))
        count = len(edge)
        away = GEOD.inv(*edge.T, np.full(count, place[0]), np.full(count, place[1]))[2].min()
        assert metres <= away * 1.001
        assert metres == pytest.approx(away, rel=0.003, abs=30)


def test_a_zone_without_an_outline_lies_within_its_parents(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    inside = [units[code].representative_point() for code in ("510107", "510117", "510116")]
    away = units["510129"].representative_point()
    zones = ["zone_hitech"] * 4
    assert outlines.known(["zone_hitech", "510104", "nowhere", None]).tolist() == [
        True, True, False, False,
    ]  # fmt: skip
    metres = outlines.distance_m(objects(*inside, away), zones)
    assert metres[:3].tolist() == [0, 0, 0]
    assert metres[3] > 20_000
    own = Outlines(city, units | {"zone_hitech": inside[0].buffer(0.01)})
    assert own.distance_m(objects(*inside), zones[:3])[1] > 1_000


def test_neighbouring_cities_inside_the_box_are_outside_the_city(
    city: City, outlines: Outlines
) -> None:
    """Deyang lies in Chengdu's box; the margin around the outlines is 2 km."""
    deyang, centre = (104.398, 31.127), (104.0633, 30.6597)
    assert outlines.outside_city(np.array([deyang, centre])).tolist() == [True, False]
    without = Outlines(city, {})
    assert without.outside_city(np.array([deyang, (107.0, 30.0)])).tolist() == [False, True]


def test_places_outside_are_named_with_what_they_look_like(city: City, outlines: Outlines) -> None:
    xy = np.array(
        [[104.0633, 30.6597], [410_223.1, 3_393_620.7], [104.0633, 95.0], [121.47, 31.23]]
    )
    system = np.array(["EPSG:4326"] * 4)
    geometry = shapely.points(xy)
    notes = notes_of(pairs(xy))
    inside = placecheck.check_city(geometry, xy, system, city, outlines, notes, "经度")
    assert inside.tolist() == [True, False, False, False]
    assert codes(notes) == [(row, "outside_city", "error") for row in (3, 4, 5)]
    assert "EPSG:4544" in notes.issues[1][0].detail.zh
    assert shapely.is_missing(geometry).tolist() == [False, True, True, False]


def test_a_shape_that_reaches_out_of_the_city_says_so(city: City, outlines: Outlines) -> None:
    geometry = objects(shapely.LineString([(104.06, 30.66), (106.5, 29.5)]))
    notes = blank(1)
    xy = np.array([[105.28, 30.08]])
    placecheck.check_city(geometry, xy, np.array(["EPSG:4326"]), city, outlines, notes, None)
    assert codes(notes) == [(1, "outside_city", "error")]
    assert "一部分" in notes.issues[0][0].detail.zh


def test_rows_outside_their_district_are_told_how_far(
    city: City, units: dict[str, Any], outlines: Outlines
) -> None:
    named = [
        city.find_unit(name) for name in ("锦江区", "锦江区", "成都高新区", "东部新区", "锦江区")
    ]
    named.append(None)
    places = [
        units[code].representative_point() for code in ("510104", "510105", "510107", "510185")
    ]
    crossing = shapely.LineString([places[0], places[1]])
    geometry = objects(*places, crossing, places[1])
    notes = blank(6)
    placecheck.check_districts(geometry, np.ones(6, dtype=bool), named, outlines, notes, "区县")
    assert codes(notes) == [(2, "outside_district", "warning")]
    (issue,) = notes.issues[1]
    metres = outlines.distance_m(geometry[1:2], ["510104"])[0]
    assert f"{metres:,.0f} 米" in issue.detail.zh
    assert (issue.where.column, issue.value) == ("区县", "锦江区")


def test_three_names_on_one_coordinate_are_an_office_and_phases_are_not() -> None:
    here, there = [104.31, 30.61], [104.32, 30.61]
    names = [
        "示意甲小学",
        "示意乙中学",
        "示意丙幼儿园",
        "示意丁公园一期",
        "示意丁公园二期",
        "示意丁公园三期",
        "示意戊",
    ]
    lonlat = np.array([here] * 3 + [there] * 3 + [[np.nan, np.nan]])
    notes = blank(7)
    placecheck.check_shared(lonlat, [project_name(name) for name in names], notes, "经度")
    assert codes(notes) == [(row, "one_coordinate_for_many", "warning") for row in (1, 2, 3)]


# Shapes.


def test_only_what_a_layer_holds_is_placed(city: City) -> None:
    line = path((0, 0), (100, 0))
    with np.errstate(invalid="ignore"):
        broken = shapely.LineString([(104.3, 30.6), (np.nan, 30.7), (104.31, 30.61)])
    geometry = objects(line, shapely.Point(104, 30), None, broken, line, line)
    notes = blank(6)
    left = usable(geometry, {4: "ring_not_closed", 5: "missing"}, city.layer("greenway"), notes)
    assert left.tolist() == [True, False, False, False, False, False]
    assert codes(notes) == [
        (2, "geometry_kind", "error"),
        (4, "geometry_not_finite", "error"),
        (5, "ring_not_closed", "error"),
    ]


def test_a_repair_is_shown_by_the_area_before_and_after(city: City) -> None:
    side = np.array([[0, 0], [300, 300], [300, 0], [0, 300]])
    bow = shapely.Polygon(HERE + side / METRES)
    flat = shapely.Polygon(HERE + np.array([[0, 0], [200, 0], [100, 0]]) / METRES)
    sound = shapely.Polygon(HERE + np.array([[0, 0], [200, 0], [200, 200]]) / METRES)
    geometry = objects(bow, flat, sound, None)
    notes = blank(4)
    repair(geometry, city.layer("park"), notes)
    assert codes(notes) == [(1, "geometry_repaired", "warning"), (2, "geometry_invalid", "error")]
    hectares = abs(GEOD.geometry_area_perimeter(geometry[0])[0]) / 10_000
    assert hectares == pytest.approx(4.5, rel=0.01)
    assert f"0.0000 公顷 → {hectares:.4f} 公顷" in notes.issues[0][0].detail.zh
    assert geometry[0].is_valid
    assert geometry[1] is flat
    assert geometry[2] is sound


@pytest.mark.parametrize(
    ("stated", "differs"), [(2.0, False), (2.09, False), (2.11, True), (1.91, False), (1.89, True), (0.0, True)]
)  # fmt: skip
def test_a_stated_length_may_differ_by_five_per_cent(
    stated: float, differs: bool, city: City
) -> None:
    line = path((0, 0), (2_000, 0))
    line = shapely.transform(
        line, lambda xy: HERE + (xy - HERE) * 2_000 / geodesic_length_m(objects(line))[0]
    )
    notes = blank(1)
    layer = city.layer("greenway")
    check_sizes(
        objects(line),
        [{"length_km": stated, "width_m": 9}],
        layer,
        {"length_km": "长度"},
        set(),
        notes,
    )
    assert [code for _, code, _ in codes(notes)] == ["length_differs"] * differs
    if differs:
        assert notes.issues[0][0].where.column == "长度"


def test_a_stated_area_is_compared_in_its_unit(city: City) -> None:
    square = shapely.box(*HERE, *(HERE + 200 / METRES))
    hectares = abs(GEOD.geometry_area_perimeter(square)[0]) / 10_000
    layer = city.layer("park")
    for stated, found in ((hectares, []), (hectares * 1.06, ["area_differs"])):
        notes = blank(2)
        check_sizes(
            objects(square, shapely.Point(HERE)),
            [{"area_ha": stated}, {"area_ha": 99}],
            layer,
            {},
            set(),
            notes,
        )
        assert [code for _, code, _ in codes(notes)] == found


# Both banks.

_RIVER = [(0, 0), (600, 150), (1_200, 0), (1_900, 200), (2_600, 120)]
_BACK = [(x + 10, y + 60) for x, y in reversed(_RIVER)]
_ZIGZAG = [(x, 300 * (n % 2)) for n in range(9) for x in (n * 50, n * 50)][1:]


@pytest.mark.parametrize(
    ("line", "double"),
    [
        (path(*_RIVER), False),
        (path(*_RIVER, *_BACK), True),
        (path(*_RIVER, *reversed(_RIVER[:-1])), True),
        (path(*_RIVER, *_BACK, (0, 0)), True),
        (shapely.MultiLineString([path(*_RIVER), path(*_BACK)]), True),
        (shapely.MultiLineString([path(*_RIVER), path(*((x, y + 900) for x, y in _RIVER))]), False),
        (shapely.MultiLineString([path(*_RIVER[:3]), path(*_RIVER[2:])]), False),
        (path((0, 0), (700, 0), (700, 700), (0, 700), (0, 0)), False),
        (path((0, 0), (1_500, 0), (1_500, 1_500)), False),
        (path(*_ZIGZAG), False),
        (path((0, 0), (150, 0), (150, 30), (0, 30)), False),
    ],
    ids=["plain", "banks", "there and back", "closed", "two parts", "apart", "joined", "lake", "corner", "zigzag", "short"],
)  # fmt: skip
def test_a_line_there_and_back_is_told_from_one_that_only_bends(line: Any, double: bool) -> None:
    notes = blank(1)
    metres = geodesic_length_m(objects(line))
    halved = check_banks(objects(line), ["示意绿道"], metres, metres / 2, notes, None)
    assert [code for _, code, _ in codes(notes)] == ["both_banks"] * double
    assert halved == ({0} if double else set())


def test_two_rows_that_are_the_banks_of_one_river_are_told() -> None:
    lines = objects(path(*_RIVER), path(*_BACK), path(*((x, y + 5_000) for x, y in _RIVER)))
    names = ["示意河绿道（左岸）", "示意河绿道（右岸）", "示意河绿道（左岸）"]
    notes = blank(3)
    metres = geodesic_length_m(lines)
    check_banks(lines, names, metres, np.full(3, np.nan), notes, "名称")
    assert codes(notes) == [(2, "both_banks", "warning")]
    assert "第 1 行" in notes.issues[1][0].detail.zh


# Constraint layers.


def limit(*geometry: Any, as_of: date | None = date(2022, 10, 14)) -> Constraint:
    return Constraint("three_lines", Text("三区三线", "Three lines"), as_of, objects(*geometry))


def square(east: float, north: float, side: float = 200) -> shapely.Polygon:
    corner = HERE + np.array([east, north]) / METRES
    return shapely.box(*corner, *(corner + side / METRES))


def test_overlaps_with_a_limit_are_measured_once_however_many_zones_there_are() -> None:
    zones = [square(100, 0), square(100, 0), square(150, 0), square(0, 1_000), square(0, 200)]
    features = objects(
        square(0, 0),
        square(0, 3_000),
        path((-300, 100), (300, 100)),
        shapely.Point(HERE + 150 / METRES),
        path((-300, 100), (50, 100)),
    )
    notes = blank(5)
    constraints.check_constraints(features, np.ones(5, dtype=bool), [limit(*zones)], notes, None)
    assert codes(notes) == [(row, "constraint_overlap", "warning") for row in (1, 3, 4)]
    half = abs(GEOD.geometry_area_perimeter(features[0])[0]) / 2
    first, line, point = (notes.issues[row][0].detail.zh for row in (0, 2, 3))
    assert f"重叠 {half:,.0f} 平方米（50.0%）" in first
    assert "重叠 200 米（33.3%）" in line
    assert "位置在其范围内" in point
    assert "2022-10-14" in first


def test_overlaps_of_random_shapes_are_those_of_brute_force() -> None:
    made = np.random.default_rng(2)
    zones = [square(*made.uniform(0, 2_000, 2), made.uniform(50, 400)) for _ in range(60)]
    features = objects(*(square(*made.uniform(0, 2_000, 2), 150) for _ in range(80)))
    notes = blank(80)
    constraints.check_constraints(features, np.ones(80, dtype=bool), [limit(*zones)], notes, None)
    whole = shapely.union_all(zones)
    for feature, issues in zip(features, notes.issues, strict=True):
        area = abs(GEOD.geometry_area_perimeter(shapely.intersection(feature, whole))[0])
        assert len(issues) == (area >= 1)
        assert not issues or f"{area:,.0f} m²" in issues[0].detail.en


def test_a_limit_without_data_is_not_checked_and_says_so() -> None:
    notes = blank(1)
    constraints.check_constraints(
        objects(square(0, 0)), np.ones(1, dtype=bool), [limit()], notes, None
    )
    assert codes(notes) == []
    assert file_codes(notes) == [("constraint_not_checked", "info")]


def test_a_limit_of_unknown_date_says_so() -> None:
    notes = blank(1)
    constraints.check_constraints(
        objects(square(0, 0)),
        np.ones(1, dtype=bool),
        [limit(square(0, 0), as_of=None)],
        notes,
        None,
    )
    assert "日期未知" in notes.issues[0][0].detail.zh
