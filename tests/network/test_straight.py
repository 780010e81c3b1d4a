"""Straight-line distances against shapely, one pair at a time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geoplan.network import Beelines
from geoplan.network.plane import gap_m, geometry_to_plane
from tests.network.made import GEOD, HOME, at


def test_to_points_it_is_the_geodesic() -> None:
    metres, facility = Beelines(np.array([HOME, at(300, 0)])).to(
        shapely.points([at(0, 400), at(700, 0)])
    )
    assert metres == pytest.approx([400, 400], abs=1e-3)
    assert facility.tolist() == [0, 1]


def test_inside_a_polygon_it_is_nothing_and_outside_it_is_to_the_boundary() -> None:
    park = shapely.Polygon(
        [at(100, -100), at(300, -100), at(300, 100), at(100, 100)],
        [[at(180, -20), at(220, -20), at(220, 20), at(180, 20)]],
    )
    people = np.array([at(0, 0), at(110, 0), at(200, 0), at(100, 0)])
    metres, facility = Beelines(people).to(np.array([park]))
    # In the hole one is outside.
    assert metres == pytest.approx([100, 0, 20, 0], abs=0.01)
    assert facility.tolist() == [0, 0, 0, 0]


def test_of_equally_near_facilities_the_lowest_is_named() -> None:
    shapes = np.array([shapely.Point(at(100, 0)), shapely.Point(at(100, 0)), shapely.Point(HOME)])
    assert Beelines(np.array([HOME, at(80, 0)])).to(shapes)[1].tolist() == [2, 0]
    park = shapely.Point(HOME).buffer(0.01)
    shapes = np.array([shapely.Point(at(0.5, 0)), park, park])
    assert Beelines(np.array([HOME])).to(shapes)[1].tolist() == [1]
    shapes = np.array([shapely.Point(HOME), park])
    assert Beelines(np.array([HOME])).to(shapes)[1].tolist() == [0]


def test_without_facilities_it_is_infinite() -> None:
    for none in (np.array([], dtype=object), np.array([shapely.Point(), shapely.Polygon()])):
        metres, facility = Beelines(np.array([HOME])).to(none)
        assert np.isinf(metres).all()
        assert facility.tolist() == [-1]
    assert len(Beelines(np.zeros((0, 2))).to(np.array([shapely.Point(HOME)]))[0]) == 0


@pytest.mark.parametrize("seed", range(6))
def test_on_random_shapes_it_equals_the_least_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    centers = [at(*xy) for xy in rng.uniform(-4000, 4000, (40, 2))]
    shapes = np.array(
        [
            (
                shapely.Point(center),
                shapely.Point(center).buffer(rng.uniform(1e-4, 5e-3), quad_segs=3),
                shapely.LineString(np.array(center) + np.cumsum(rng.normal(0, 2e-3, (6, 2)), 0)),
                shapely.MultiPolygon([shapely.box(*center, center[0] + 0.01, center[1] + 0.002)]),
                shapely.MultiLineString([[center, at(0, 0)], [center, at(500, 1)]]),
                shapely.MultiPoint([center, at(*rng.uniform(-900, 900, 2))]),
            )[rng.integers(6)]
            for center in centers
        ],
        dtype=object,
    )
    people = np.array([at(*xy) for xy in rng.uniform(-6000, 6000, (150, 2))])

    metres, facility = Beelines(people).to(shapes)

    plane = geometry_to_plane(shapes)
    points = geometry_to_plane(shapely.points(people))
    gaps = np.array([gap_m(np.repeat(point, 40), plane) for point in points])
    assert metres == pytest.approx(gaps.min(axis=1), abs=0.01)
    for person in range(150):
        assert gaps[person, facility[person]] == pytest.approx(metres[person], abs=0.01)
        if metres[person] == 0:
            assert facility[person] == np.flatnonzero(gaps[person] == 0)[0]


def test_far_from_the_planes_meridian_it_is_still_the_geodesic() -> None:
    one, other = (103.0, 30.5), (103.05, 30.52)
    metres, _ = Beelines(np.array([one])).to(shapely.points([other]))
    assert metres[0] == pytest.approx(GEOD.inv(*one, *other)[2], abs=1e-3)
