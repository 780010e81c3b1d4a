"""Each check of a file's rows, against brute force, shapely and pyproj."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz

from geoplan.catalogue import City
from geoplan.ingest import arithmetic, constraints, default_boundaries, placecheck, read_units
from geoplan.ingest.banks import check_banks
from geoplan.ingest.duplicates import check_names, check_numbers
from geoplan.ingest.held import Rows, check_held
from geoplan.ingest.notes import Notes
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.projects import may_be_one, prefixes_of, project_name
from geoplan.ingest.reference import Constraint
from geoplan.ingest.shapecheck import check_sizes, repair, usable
from geoplan.text import Text
from geoplan.units import geodesic_length_m
from tests.ingest.batches import TODAY, codes, file_codes, known, notes_of, pairs, shapes

GEOD = pyproj.Geod(ellps="WGS84")
METRES = np.array([95_841.0, 110_864.0])
HERE = np.array([104.31, 30.61])


@pytest.fixture(scope="module")
def units(city: City) -> dict[str, Any]:
    return read_units(default_boundaries(), city)


@pytest.fixture(scope="module")
def outlines(city: City, units: dict[str, Any]) -> Outlines:
    return Outlines(city, units)


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


# Names and duplicates.


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("示意银杏小学", "示意银杏小学", True), ("示意银杏小学", "成都市锦江区示意银杏小学", True), ("示意银杏小学", "示意银杏小学新建工程", True),
        ("示意银杏小学（天府校区）", "示意银杏小学(天府校区)", True), ("示意银杏小学", "示意银杏小学一期", True), ("示意银杏小学一期", "示意银杏小学（第1期）", True),
        ("示意银杏小学十二期", "示意银杏小学第12期工程", True), ("示意湖滨湿地公园配套小学", "成都东部新区示意湖滨湿地公园配套小学校", True),
        ("示意银杏小学一期", "示意银杏小学二期", False), ("示意第一小学", "示意第二小学", False), ("示意3号站", "示意13号站", False),
        ("示意春熙路东段停车场充电站", "示意春熙路西段停车场充电站", False), ("示意绿道A段", "示意绿道B段", False), ("示意银杏小学", "示意银杏中学", False),
        ("示意银杏小学", "示意芙蓉小学", False),
    ],
)  # fmt: skip
def test_names_of_one_project_and_of_two(one: str, other: str, same: bool, city: City) -> None:
    prefixes = prefixes_of(city)
    names = project_name(one, prefixes), project_name(other, prefixes)
    assert names[0] is not None
    assert names[1] is not None
    assert may_be_one(names[0], names[1]) is same
    assert may_be_one(names[1], names[0]) is same


def test_one_number_in_several_rows_is_an_error_of_each() -> None:
    notes = blank(6)
    check_numbers(["CD-1", "CD-2", "ＣＤ-1", None, "cd-1 ", None], notes, "项目编号")
    assert codes(notes) == [(row, "duplicate_in_file", "error") for row in (1, 3, 5)]
    assert "3、5" in notes.issues[0][0].detail.zh


def test_rows_without_numbers_that_are_equal_altogether_are_an_error() -> None:
    names = [
        project_name(name)
        for name in ("示意银杏小学", "示意银杏小学", "示意芙蓉小学", "示意芙蓉小学")
    ]
    notes = blank(4)
    lonlat = np.array([HERE, HERE, HERE + 1e-2, HERE + 1e-2])
    check_names(names, [None, None, "A-1", "A-2"], lonlat, notes, "名称")
    assert codes(notes) == [
        (1, "duplicate_in_file", "error"), (2, "duplicate_in_file", "error"),
        (3, "same_name_near", "warning"), (4, "same_name_near", "warning"),
    ]  # fmt: skip


def test_names_near_one_another_are_those_that_brute_force_finds() -> None:
    made = np.random.default_rng(3)
    words = ["银杏", "芙蓉", "梧桐", "海棠", "玉兰", "紫薇"]
    texts = [
        f"示意{words[made.integers(6)]}{words[made.integers(6)]}{'小学' if made.random() < 0.7 else '小学校'}"
        for _ in range(400)
    ]
    names = [project_name(text) for text in texts]
    lonlat = HERE + made.uniform(0, 1_500, (400, 2)) / METRES
    notes = blank(400)
    check_names(names, [None] * 400, lonlat, notes, "名称")
    found = {row - 1 for row, code, _ in codes(notes) if code == "same_name_near"}
    expected = set()
    for row in range(400):
        count = len(lonlat)
        away = GEOD.inv(*lonlat.T, np.full(count, lonlat[row, 0]), np.full(count, lonlat[row, 1]))[
            2
        ]
        near = [other for other in np.flatnonzero(away <= 100).tolist() if other != row]
        if any(fuzz.ratio(texts[row], texts[other]) >= 85 for other in near):
            expected.add(row)
    assert found == expected
    assert len(expected) > 40


def test_a_file_of_one_place_and_many_names_is_compared_in_time() -> None:
    count = 20_000
    names = [project_name(f"示意{n}号站") for n in range(count)]
    notes = blank(count)
    check_names(names, [None] * count, np.tile(HERE, (count, 1)), notes, "名称")
    assert codes(notes) == []


# What is held.


def rows_of(
    names: list[str], lonlat: Any, numbers: list[str | None] | None = None, **values: Any
) -> Rows:
    return Rows(
        [project_name(name) for name in names],
        numbers or [None] * len(names),
        [None] * len(names),
        np.asarray(lonlat, dtype=float),
        [{"name": name, **values} for name in names],
    )


def test_a_row_updates_the_feature_of_its_number_wherever_it_lies() -> None:
    held = known(["示意旧名小学", "示意银杏小学"], [HERE, HERE + 0.1], ["CD-7", None])
    notes = blank(2)
    matches = check_held(
        rows_of(["示意新名小学", "示意芙蓉小学"], [HERE + 0.2, HERE], ["cd-7", "CD-8"]),
        held, (), notes, "项目编号", "名称",
    )  # fmt: skip
    assert matches[0] is not None
    assert (matches[0].feature_id, matches[0].key, matches[0].sure) == ("id-0", "CD-7", True)
    assert matches[1] is None
    assert codes(notes) == [(1, "matches_held", "info")]


@pytest.mark.parametrize(
    ("name", "metres", "number", "match"),
    [
        ("示意银杏小学", 60, None, "asked"), ("示意银杏小学", 1_900, None, "asked"), ("示意银杏小学", 2_100, None, None),
        ("成都市示意银杏小学", 60, None, "asked"), ("示意银杏小学", 0.3, None, "sure"), ("示意银杏小学一期", 0.3, None, "asked"),
        ("示意湖滨湿地公园配套小学校", 60, None, "asked"), ("示意湖滨湿地公园配套小学校", 150, None, None),
        ("示意银杏小学", 60, "CD-9", None), ("示意银杏中学", 10, None, None), ("示意荷塘小学二期", 10, None, None),
    ],
)  # fmt: skip
def test_a_held_name_near_by_is_asked_about(
    name: str, metres: float, number: str | None, match: str | None, city: City
) -> None:
    held = known(
        ["示意银杏小学", "示意湖滨湿地公园配套小学", "示意荷塘小学一期"],
        [HERE, HERE + 0.3, HERE + 0.6],
        ["CD-7" if number else None, None, None],
    )
    at = held.lonlat[1 if "湖滨" in name else 2 if "荷塘" in name else 0]
    place = GEOD.fwd(*at, 90, metres)[:2]
    notes = blank(1)
    rows = rows_of([name], [place], [number])
    rows = Rows(
        [project_name(name, prefixes_of(city))], rows.numbers, rows.units, rows.lonlat, rows.values
    )
    (found,) = check_held(rows, held, prefixes_of(city), notes, "项目编号", "名称")
    assert (found is None) == (match is None)
    if found is not None:
        assert (found.how, found.sure) == ("name", match == "sure")
        code = ("matches_held", "info") if found.sure else ("may_match_held", "warning")
        assert codes(notes)[0][1:] == code


def test_of_two_rows_the_nearer_one_is_the_held_feature() -> None:
    held = known(["示意银杏小学"], [HERE])
    notes = blank(2)
    matches = check_held(
        rows_of(["示意银杏小学", "示意银杏小学"], [HERE + 500 / METRES, HERE + 90 / METRES]),
        held, (), notes, None, "名称",
    )  # fmt: skip
    assert [match is not None for match in matches] == [False, True]


def test_last_months_file_is_recognised_and_this_months_is_not() -> None:
    names = [f"示意第{n}小学" for n in range(10)]
    numbers: list[str | None] = [f"CD-{n}" for n in range(10)]
    lonlat = HERE + np.arange(10)[:, None] * 0.01
    held = known(
        names, lonlat, numbers, [{"name": name, "places": 450.0, "note": "旧"} for name in names]
    )
    for places, moved, unchanged, told in (
        (450, 0.0, 10, [("last_months_file", "warning")]),
        (451, 0.0, 0, []),
        (450, 0.01, 0, []),
    ):
        notes = blank(10)
        check_held(
            rows_of(names, lonlat + moved, numbers, places=places), held, (), notes, "编号", "名称"
        )
        found = [code for _, code, _ in codes(notes)]
        assert found.count("unchanged") == unchanged
        assert file_codes(notes) == told


def test_without_held_values_no_row_is_called_unchanged() -> None:
    held = known(["示意银杏小学"], [HERE], ["CD-1"], None)
    notes = blank(1)
    check_held(rows_of(["示意银杏小学"], [HERE], ["CD-1"]), held, (), notes, "编号", "名称")
    assert codes(notes) == [(1, "matches_held", "info")]


# Figures and days.


def test_figures_that_cannot_be_are_named() -> None:
    values = [
        {"piles": 10, "connectors": 20}, {"piles": 10, "connectors": 9}, {"piles": 10}, {"places": 90},
        {"places": 5_400}, {"places": 89}, {"places": 5_401}, {},
    ]  # fmt: skip
    notes = blank(8)
    arithmetic.check_figures(values, {"connectors": "枪数", "places": "新增学位"}, notes)
    assert codes(notes) == [
        (2, "piles_exceed_connectors", "warning"),
        (6, "places_out_of_range", "warning"),
        (7, "places_out_of_range", "warning"),
    ]
    assert notes.issues[1][0].where.column == "枪数"


@pytest.mark.parametrize(
    ("status", "finished", "header", "code"),
    [
        ("finished", date(2023, 12, 25), "竣工时间", "date_in_future"), ("open", date(2024, 1, 1), "竣工时间", "date_in_future"),
        ("finished", TODAY, "竣工时间", None), ("building", date(2024, 3, 1), "竣工时间", None), ("building", date(2023, 3, 1), "竣工时间", None),
        ("planned", date(2023, 3, 15), "实际竣工时间", "status_date_conflict"), ("planned", date(2023, 3, 15), "计划竣工", None),
        ("planned", date(2024, 3, 15), "竣工时间", None), ("open", None, "竣工时间", None), (None, date(2024, 3, 15), "竣工时间", None),
    ],
)  # fmt: skip
def test_days_that_contradict_the_status_are_named(
    status: str | None, finished: date | None, header: str, code: str | None
) -> None:
    values = {"status": status, "finished_on": finished}
    notes = blank(1)
    arithmetic.check_days(
        [{key: value for key, value in values.items() if value is not None}],
        {"finished_on": header},
        TODAY,
        notes,
    )
    assert [found for _, found, _ in codes(notes)] == ([code] if code else [])
