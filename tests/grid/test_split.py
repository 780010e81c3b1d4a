"""Shares: exact sums, the same as brute force, each thing counted once."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiLineString, MultiPoint, Point, Polygon

from geoplan.errors import GeoplanError
from geoplan.grid import RESOLUTIONS, Districts, cell_shapes, split
from geoplan.grid.areas import area_m2
from geoplan.units import NANO, geodesic_area_m2, geodesic_length_m
from tests.grid.brute import (
    CITY,
    DISTRICTS,
    GEOD,
    GEOMETRIES,
    SPOTS,
    STARS,
    WALKS,
    brute_force,
    cut,
    places_of,
    sums,
)

SLOW = settings(
    max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
QUICK = settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)


@QUICK
@given(
    st.lists(GEOMETRIES, min_size=1, max_size=8),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_shares_sum_exactly_at_every_resolution(geometry, measures, random) -> None:
    amounts = [[random.randrange(-(2**62), 2**62) for _ in range(measures)] for _ in geometry]
    shares = cut(*geometry, amounts=amounts)
    assert (sums(shares, len(geometry)) == np.array(amounts)).all()


@QUICK
@given(st.lists(GEOMETRIES, min_size=2, max_size=6))
def test_a_feature_has_the_same_shares_alone_and_among_others(geometry) -> None:
    together = cut(*geometry)
    for number, one in enumerate(geometry):
        alone = cut(one)
        for res in RESOLUTIONS:
            assert places_of(together, res, number) == pytest.approx(
                places_of(alone, res), abs=1e-9
            )


@QUICK
@given(st.lists(GEOMETRIES, min_size=1, max_size=6))
def test_no_place_is_named_twice_and_places_are_sorted(geometry) -> None:
    shares = cut(*geometry)
    names = list(
        zip(
            shares.feature.tolist(),
            shares.res.tolist(),
            shares.cell.tolist(),
            shares.district,
            strict=True,
        )
    )
    assert len(set(names)) == len(names)
    assert [name[:3] for name in names] == sorted(name[:3] for name in names)
    assert ((shares.cell >> 52 & 15) == shares.res).all()


@SLOW
@given(st.one_of(WALKS, STARS), st.sampled_from(RESOLUTIONS))
def test_lines_and_polygons_are_cut_as_by_brute_force(geometry, res) -> None:
    assume(geometry.length > 1e-5)
    parts, truth = places_of(cut(geometry, amounts=[[NANO]]), res), brute_force(geometry, res)
    # Coordinates have 2 nm steps, and the oracle's areas are rounded to about 1e-4 m².
    alone = np.array([geometry])
    rounding = (
        1e-7 / geodesic_length_m(alone)[0]
        if geometry.geom_type == "LineString"
        else 1e-3 / geodesic_area_m2(alone)[0]
    )
    for place in parts.keys() | truth.keys():
        near = pytest.approx(truth.get(place, 0), rel=1e-9, abs=1e-9 + rounding)
        assert parts.get(place, 0) == near


@QUICK
@given(st.lists(SPOTS, min_size=1, max_size=20), st.sampled_from(RESOLUTIONS))
def test_points_lie_where_h3_puts_them(spots, res) -> None:
    points = MultiPoint(spots)
    parts = places_of(cut(points, amounts=[[NANO]]), res)
    assert parts == pytest.approx(brute_force(points, res), abs=1e-9)
    single = cut(*(Point(spot) for spot in spots))
    for number, (lon, lat) in enumerate(spots):
        ((cell, _),) = places_of(single, res, number)
        assert h3.int_to_str(cell) == h3.latlng_to_cell(lat, lon, res)


def test_points_on_corners_and_edges_of_cells_lie_where_h3_puts_them() -> None:
    for res in RESOLUTIONS:
        ring = h3.cell_to_boundary(h3.latlng_to_cell(30.64, 104.04, res))
        middles = [
            ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
        ]
        spots = [*ring, *middles]
        shares = cut(*(Point(lon, lat) for lat, lon in spots))
        rows = shares.res == res
        assert [h3.int_to_str(cell) for cell in shares.cell[rows].tolist()] == [
            h3.latlng_to_cell(lat, lon, res) for lat, lon in spots
        ]


@pytest.mark.parametrize("res", RESOLUTIONS)
def test_a_line_along_an_edge_of_a_cell_is_counted_once(res: int) -> None:
    cell = h3.latlng_to_cell(30.64, 104.03, res)
    ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
    for corner in range(6):
        start, end = np.array(ring[corner]), np.array(ring[(corner + 1) % 6])
        beyond = end + (end - start) / 2  # into the cell that only touches the corner
        shares = cut(LineString([start, end, beyond]))
        both = set(map(h3.int_to_str, shares.cell[shares.res == res].tolist()))
        touched = h3.latlng_to_cell(*((end + beyond) / 2)[::-1], res)
        assert touched in both
        beyond_m = sum(
            amount
            for (place, _), amount in places_of(shares, res).items()
            if h3.int_to_str(place) == touched
        )
        assert beyond_m == pytest.approx(GEOD.geometry_length(LineString([end, beyond])), abs=1e-3)
        along = both - {touched}
        assert along <= {cell, *h3.grid_ring(cell, 1)}


def test_a_polygon_that_is_a_cell_lies_in_that_cell_alone() -> None:
    for res in RESOLUTIONS:
        cell = h3.latlng_to_cell(30.645, 104.03, res)
        shape = Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
        found: dict[int, float] = {}
        for (place, _), amount in places_of(cut(shape), res).items():
            found[place] = found.get(place, 0) + amount
        whole = geodesic_area_m2(np.array([shape], dtype=object))[0]
        assert found.pop(int(cell, 16)) == pytest.approx(whole, rel=1e-9)
        assert sum(found.values()) < 1e-3
        empty = cut(shape, amounts=[[0]])
        assert set(empty.cell[empty.res == res].tolist()) == {int(cell, 16)}


@pytest.mark.parametrize("res", RESOLUTIONS)
def test_the_one_cell_inside_a_polygon_counts_whole(res: int) -> None:
    cell = h3.latlng_to_cell(30.645, 104.03, res)
    shape = Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
    wide = shapely.affinity.scale(shape, 1.2, 1.2)
    inner, whole = area_m2(np.array([shape, wide], dtype=object))
    places = places_of(cut(wide, amounts=[[NANO]]), res)
    found = sum(part for (place, _), part in places.items() if place == int(cell, 16))
    assert found == pytest.approx(inner / whole, rel=1e-8)


def test_a_way_there_and_back_counts_twice() -> None:
    out = [(104.03, 30.64), (104.035, 30.645)]
    side = [(104.03, 30.64), (104.03, 30.655)]
    line = LineString([out[1], out[0], out[1], out[0], side[1]])
    once = places_of(cut(MultiLineString([out, side])), 9)
    thrice = places_of(cut(line), 9)
    both = {place: 2 * once[place] for place in once}
    alone = places_of(cut(LineString(out)), 9)
    assert thrice == pytest.approx(
        {place: once[place] + 2 * alone.get(place, 0) for place in both}, abs=1e-6
    )


def test_a_line_over_a_district_line_is_split_to_the_metre() -> None:
    line = LineString([(104.022, 30.6421), (104.0419, 30.6389), (104.0607, 30.6433)])
    truth = {
        code: GEOD.geometry_length(shapely.intersection(line, shape))
        for code, shape in DISTRICTS.items()
    }
    truth[""] = GEOD.geometry_length(line) - sum(truth.values())
    shares = cut(line)
    for res in RESOLUTIONS:
        found = dict.fromkeys(truth, 0.0)
        for (_, district), amount in places_of(shares, res).items():
            found[district] += amount
        assert found == pytest.approx(truth, abs=1e-3)
        assert min(found.values()) > 100


def test_a_line_along_a_district_line_counts_once_and_never_outside() -> None:
    border = LineString(
        [(104.0402, 30.66), (104.0427, 30.6402), (104.0391, 30.6371), (104.0413, 30.628)]
    )
    shares = cut(border)
    assert set(shares.district) <= set(DISTRICTS)
    assert (sums(shares, 1) == round(GEOD.geometry_length(border) * NANO)).all()


def test_a_polygon_over_the_citys_end_is_partly_nowhere() -> None:
    park = shapely.box(104.05, 30.63, 104.054, 30.634)
    shares = cut(park)
    for res in RESOLUTIONS:
        outside = sum(
            amount for (_, district), amount in places_of(shares, res).items() if district == ""
        )
        assert outside == pytest.approx(
            geodesic_area_m2(np.array([park], dtype=object))[0] / 2, rel=1e-6
        )


def test_what_lies_in_a_hairline_gap_belongs_to_a_neighbour() -> None:
    west = shapely.box(104.02, 30.62, 104.04, 30.66)
    east = shapely.box(104.04000003, 30.62, 104.06, 30.66)  # 3 mm to the east
    districts = Districts(["w", "e"], np.array([west, east], dtype=object))
    gap = LineString([(104.04000001, 30.64), (104.04000002, 30.641)])
    park = shapely.box(104.035, 30.64, 104.045, 30.642)
    shares = cut(gap, Point(104.04000002, 30.64), gap.buffer(1e-9), park, districts=districts)
    assert set(shares.district) == {"w", "e"}  # the park lies in both
    assert set(shares.feature.tolist()) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    "flat",
    [
        LineString([(104.03, 30.64), (104.03, 30.64)]),
        MultiLineString([[(104.03, 30.64)] * 2, [(104.0301, 30.6401)] * 3]),
        Polygon([(104.03, 30.64), (104.03, 30.64), (104.03, 30.64)]),
    ],
    ids=["point-like line", "two of them", "polygon"],
)
def test_what_has_no_extent_is_shared_equally_among_its_vertices_cells(flat) -> None:
    amount = 7 * NANO + 1
    shares = cut(flat, amounts=[[amount]])
    assert (sums(shares, 1) == amount).all()
    for res in RESOLUTIONS:
        cells = {
            h3.str_to_int(h3.latlng_to_cell(lat, lon, res))
            for lon, lat in shapely.get_coordinates(flat).tolist()
        }
        got = shares.amounts[shares.res == res, 0]
        assert set(shares.cell[shares.res == res].tolist()) == cells
        assert got.max() - got.min() <= 1


def test_duplicate_vertices_change_nothing() -> None:
    plain = LineString([(104.03, 30.64), (104.035, 30.645), (104.033, 30.65)])
    doubled = LineString(np.repeat(shapely.get_coordinates(plain), 3, axis=0))
    for res in RESOLUTIONS:
        assert places_of(cut(doubled), res) == places_of(cut(plain), res)


def test_a_feature_that_measures_nothing_keeps_its_places() -> None:
    shares = cut(
        Point(104.03, 30.64), LineString([(104.03, 30.64), (104.032, 30.64)]), amounts=[[0], [0]]
    )
    assert set(shares.feature.tolist()) == {0, 1}
    assert set(shares.res.tolist()) == set(RESOLUTIONS)
    assert not shares.amounts.any()


def test_nothing_gives_nothing() -> None:
    shares = split(np.empty(0, dtype=object), np.zeros((0, 2), dtype=np.int64), CITY)
    assert len(shares.cell) == 0
    assert shares.amounts.shape == (0, 2)


@pytest.mark.parametrize("lost", [Polygon(), GeometryCollection([Point(104.03, 30.64)])])
def test_what_has_no_place_is_refused_by_its_number(lost) -> None:
    with pytest.raises(GeoplanError, match="feature 2") as caught:
        cut(Point(104.03, 30.64), lost, amounts=[[NANO], [NANO]])
    assert caught.value.code == "geometry_without_place"
    assert caught.value.remedy.zh


def test_a_long_greenway_and_a_large_polygon_keep_their_sums() -> None:
    turn = np.linspace(0, 40 * np.pi, 3000)
    path = np.stack(
        [104.05 + turn / 900 * np.cos(turn), 30.65 + turn / 1000 * np.sin(turn)], axis=1
    )
    greenway = LineString(path)
    land = (
        Polygon(path[-400:])
        .buffer(0.02)
        .difference(Point(104.05, 30.65).buffer(0.03, quad_segs=500))
    )
    assert geodesic_length_m(np.array([greenway]))[0] > 250_000
    assert geodesic_area_m2(np.array([land]))[0] > 600e6
    shares = cut(greenway, land)
    amounts = [
        round(GEOD.geometry_length(greenway) * NANO),
        round(geodesic_area_m2(np.array([land]))[0] * NANO),
    ]
    assert (sums(shares, 2)[:, :, 0] == amounts).all()
    rows = (shares.feature == 1) & (shares.res == 10)
    shapes = cell_shapes(shares.cell[rows]).boundary
    shapely.prepare(land)
    city = shapely.union_all(list(DISTRICTS.values()))
    inside = shapely.contains_properly(land, shapes) & ~shapely.intersects(city, shapes)
    assert inside.sum() > 20_000
    assert shares.amounts[rows, 0][inside] / NANO == pytest.approx(
        geodesic_area_m2(shapes[inside]), rel=1e-6
    )


def test_polygons_of_many_vertices_are_cut_as_by_brute_force() -> None:
    park = shapely.box(104.022, 30.63, 104.049, 30.655).difference(
        shapely.box(104.03, 30.64, 104.035, 30.645)
    )
    wealthy = shapely.segmentize(park, 2e-5)
    assert shapely.get_num_coordinates(wealthy) > 5000
    for res in (6, 8):
        parts = places_of(cut(wealthy, amounts=[[NANO]]), res)
        assert parts == pytest.approx(brute_force(wealthy, res), rel=1e-9, abs=2e-9)


def test_real_districts_split_the_city_without_rest(city_districts: Districts) -> None:
    line = LineString([(103.9, 30.5), (104.3, 30.8)])
    amounts = np.array([[round(GEOD.geometry_length(line) * NANO)]])
    shares = split(np.array([line], dtype=object), amounts, city_districts)
    assert "" not in set(shares.district)
    assert len(set(shares.district)) >= 5
