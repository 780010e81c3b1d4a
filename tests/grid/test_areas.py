"""Areas: the ellipsoid's own, and pieces that make up their whole."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from geoplan.grid.areas import area_m2, areas_by_cell, subdivided
from tests.grid.brute import STARS

GEOD = pyproj.Geod(ellps="WGS84")


def areas(*geometry: shapely.Geometry) -> np.ndarray:
    return area_m2(np.array(geometry, dtype=object))


@pytest.mark.parametrize("lat", [-60, 0, 30.6, 70])
def test_the_area_is_the_ellipsoids(lat: float) -> None:
    shape = Polygon(
        [(104, lat), (104.4, lat + 0.03), (104.2, lat + 0.3), (103.9, lat + 0.1)],
        [[(104.1, lat + 0.1), (104.2, lat + 0.1), (104.15, lat + 0.12)]],
    )
    # So many vertices keep geodesics on the straight edges.
    dense = shapely.orient_polygons(shapely.segmentize(shape, 2e-4))
    truth = GEOD.geometry_area_perimeter(dense)[0]
    assert areas(shape)[0] == pytest.approx(truth, rel=1e-8)


def test_a_band_around_the_earth_has_the_area_of_its_zone() -> None:
    # The whole ellipsoid of WGS 84 has 510,065,621.724 km² (NIMA TR 8350.2).
    quarters = [
        shapely.box(w, s, w + 90, s + 1) for w in (-180, -90, 0, 90) for s in range(-90, 90)
    ]
    assert areas(*quarters).sum() == pytest.approx(510_065_621.724e6, rel=1e-11)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(STARS, st.sampled_from([1.0, 1e-3, 1e-5]), st.integers(0, 90))
def test_pieces_make_up_the_whole_however_small(star, size, turn) -> None:
    star = shapely.affinity.scale(star, size, size)
    whole = areas(star)[0]
    knife = shapely.affinity.rotate(star.envelope.buffer(1), turn, origin=star.centroid)
    knife = shapely.affinity.translate(knife, 1 + star.length / 10)
    pieces = areas(star.intersection(knife), star.difference(knife))
    # Coordinates have steps of 1.4e-14 degrees.
    assert pieces.sum() == pytest.approx(whole, rel=1e-11, abs=3e-9 * star.length * 1.1e5)


def test_only_polygons_have_an_area_and_orientation_does_not_matter() -> None:
    square = shapely.box(104, 30, 104.01, 30.01)
    two = MultiPolygon([square, shapely.affinity.translate(square, 0.02)])
    mixed = GeometryCollection([square, LineString([(104, 30), (105, 31)])])
    found = areas(square, square.reverse(), two, mixed, Point(104, 30), Polygon(), LineString())
    assert found[1] == pytest.approx(found[0], rel=1e-12)
    assert found[2] == pytest.approx(2 * found[0], rel=1e-12)
    assert found[3] == found[0]
    assert not found[4:].any()
    assert areas().shape == (0,)


def test_subdividing_keeps_the_area_and_bounds_the_vertices() -> None:
    ring = Point(104.05, 30.65).buffer(0.05, quad_segs=5000)
    shape = ring.difference(Point(104.06, 30.66).buffer(0.01, quad_segs=2000))
    small = shapely.box(104, 30, 104.01, 30.01)
    pieces, owner = subdivided(np.array([shape, small], dtype=object))
    assert shapely.get_num_coordinates(pieces).max() <= 1000
    assert set(shapely.get_type_id(pieces)) == {shapely.GeometryType.POLYGON}
    sums = np.bincount(owner, weights=area_m2(pieces))
    assert sums == pytest.approx(areas(shape, small), rel=1e-12)
    assert (owner == 1).sum() == 1


def test_cells_of_a_polygon_with_a_hole_make_up_its_area() -> None:
    shape = shapely.box(104, 30.6, 104.1, 30.7).difference(Point(104.05, 30.65).buffer(0.03))
    for res in (6, 8, 10):
        index, cell, measure = areas_by_cell(np.array([shape], dtype=object), res)
        assert not index.any()
        assert len(np.unique(cell)) == len(cell)
        assert measure.sum() == pytest.approx(areas(shape)[0], rel=1e-10)
