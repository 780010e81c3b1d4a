"""Districts: every point in one at most, gaps closed, the real ones as shapely sees them."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon

from geoplan.grid import Districts

WEST = shapely.box(104.0, 30.0, 104.1, 30.1)
EAST = shapely.box(104.1, 30.0, 104.2, 30.1)
TWO = Districts(["w", "e"], np.array([WEST, EAST], dtype=object))


def test_points_are_located_and_those_outside_are_nowhere() -> None:
    lonlat = np.array([[104.05, 30.05], [104.15, 30.05], [104.25, 30.05], [104.15, 29.9]])
    assert TWO.locate(lonlat).tolist() == ["w", "e", "", ""]
    assert TWO.locate(np.zeros((0, 2))).tolist() == []


def test_a_point_on_a_line_belongs_to_one_side_always_the_same() -> None:
    on_line = np.array([[104.1, 30.0 + n / 100] for n in range(11)])
    assert TWO.locate(on_line).tolist() == ["w"] * 11


def test_a_point_in_a_gap_of_millimetres_belongs_to_one_side_always_the_same() -> None:
    east = shapely.affinity.translate(EAST, 5e-8)
    apart = Districts(["w", "e"], np.array([WEST, east], dtype=object))
    between = np.array([[104.1 + 1e-8, 30.05], [104.1 + 4e-8, 30.05]])
    assert apart.locate(between).tolist() == ["w", "w"]
    far = Districts(
        ["w", "e"], np.array([WEST, shapely.affinity.translate(EAST, 1e-5)], dtype=object)
    )
    assert far.locate(np.array([[104.1 + 5e-6, 30.05]])).tolist() == [""]


def test_a_hole_in_a_district_is_not_in_it() -> None:
    ring = Polygon(WEST.exterior, [shapely.box(104.04, 30.04, 104.06, 30.06).exterior])
    districts = Districts(["w"], np.array([ring], dtype=object))
    assert districts.locate(np.array([[104.05, 30.05], [104.01, 30.05]])).tolist() == ["", "w"]


def test_real_districts_hold_what_shapely_says(
    city_districts: Districts, city_shapes: dict[str, shapely.MultiPolygon]
) -> None:
    lonlat = np.random.default_rng(5).uniform([102.9, 30.0], [105.0, 31.5], (3000, 2))
    found = city_districts.locate(lonlat)
    for spot, code in zip(shapely.points(lonlat), found, strict=True):
        holders = [name for name, shape in city_shapes.items() if shape.intersects(spot)]
        assert [code] == (holders or [""])
    assert len(set(found)) == 21


def test_real_districts_leave_nothing_of_the_city_out(
    city_districts: Districts, city_shapes: dict[str, shapely.MultiPolygon]
) -> None:
    city = shapely.union_all(list(city_shapes.values()))
    inside = shapely.buffer(city, -0.01)
    _, number, pieces = city_districts.cut(np.array([inside], dtype=object))
    assert set(number.tolist()) == set(range(20))
    assert shapely.area(pieces).sum() == pytest.approx(inside.area, rel=1e-12)
