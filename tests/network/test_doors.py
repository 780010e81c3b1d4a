"""Walks asked from one place at a time, against those asked of all facilities."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network import Doors, Nearby, build, circle, walks_from
from tests.network.made import GEOD, HOME, at, random_ways
from tests.network.test_walks import some_positions


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 10), st.integers(1, 16))
def test_prepared_doors_give_the_same_walks(seed: int, nodes: int, edges: int) -> None:
    rng = np.random.default_rng(seed)
    graph = build(random_ways(rng, nodes, edges, oneway=0.5, extent_m=500))
    start = some_positions(graph, rng, points=5, rows=7)
    goal = some_positions(graph, rng, points=4, rows=6)
    doors = Doors.of(graph, goal, count=4)
    for limit in (0, 200_000, 900_000, 5_000_000):
        for point in range(5):
            own = start.of(start.point == point)
            expected = walks_from(graph, own, goal, limit, count=4)
            assert doors.walks(graph, own, limit).tolist() == expected.tolist()


def test_straight_distances_are_geodesic_and_end_at_the_limit() -> None:
    shapes = [
        shapely.Point(at(300, 0)),
        shapely.Point(at(0, 501)),
        shapely.LineString([at(-200, -100), at(-200, 100)]),
        shapely.Polygon([at(-50, -50), at(50, -50), at(50, 50), at(-50, 50)]),
    ]
    apart = Nearby.of(np.array(shapes, dtype=object)).apart_m(HOME, 500)
    assert apart.tolist() == pytest.approx([300, np.inf, 200, 0], abs=0.01)


def test_a_place_without_facilities_finds_none() -> None:
    assert Nearby.of(np.empty(0, dtype=object)).apart_m(HOME, 500).tolist() == []


def test_a_circle_has_its_radius_everywhere() -> None:
    drawn = circle(HOME, 692.3)
    corners = shapely.get_coordinates(drawn)
    home = np.broadcast_to(HOME, corners.shape)
    metres = GEOD.inv(home[:, 0], home[:, 1], corners[:, 0], corners[:, 1])[2]
    assert metres == pytest.approx(692.3, abs=0.001)
    area, _ = GEOD.geometry_area_perimeter(drawn)
    assert 0.998 < area / (np.pi * 692.3**2) < 1
