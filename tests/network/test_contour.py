"""The ground beside lines, against a union of exact buffers."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network.contour import STEP_M, ground_beside


def some_lines(seed: int, count: int, extent_m: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, extent_m, (count, 1, 2))
    steps = rng.normal(0, 60, (count, 4, 2))
    return shapely.linestrings(start + np.cumsum(steps, axis=1) + (3.4e7, 3.39e6))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 25), st.sampled_from([50.0, 400.0, 1500.0]))
def test_it_is_the_union_of_buffers_but_for_strips_along_its_rim(
    seed: int, count: int, extent_m: float
) -> None:
    lines = some_lines(seed, count, extent_m)
    found = ground_beside(lines, 30)
    assert shapely.is_valid(found).all()
    ground = shapely.union_all(found)
    exact = shapely.union_all(shapely.buffer(lines, 30, quad_segs=16))
    # Beyond the rim by less than a step: what is decidedly inside is in it, what is outside is not.
    assert shapely.covers(ground, shapely.union_all(shapely.buffer(lines, 30 - STEP_M / 2)))
    outer = shapely.union_all(shapely.buffer(lines, 30 + STEP_M, quad_segs=16))
    assert shapely.covers(outer, ground)
    assert abs(ground.area - exact.area) < 0.02 * exact.area


def test_rings_within_rings_are_each_in_the_right_one() -> None:
    rings = [shapely.Point(0, 0).buffer(radius).exterior for radius in (100, 250, 400)]
    found = ground_beside(np.array(rings, dtype=object), 30)
    assert len(found) == 3
    assert sorted(len(polygon.interiors) for polygon in found) == [1, 1, 1]
    ground = shapely.union_all(found)
    inside = [float(x) for x in (0, 100, 175, 250, 325, 400, 475)]
    covered = shapely.intersects(ground, shapely.points(inside, np.zeros(7))).tolist()
    assert covered == [False, True, False, True, False, True, False]


def test_no_lines_have_no_ground() -> None:
    assert len(ground_beside(np.empty(0, dtype=object), 30)) == 0
