"""The spatial index against a look at everything."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network.index import fractions_along, has_levels, index_lines, nearest_lines


def some_lines(
    rng: np.random.Generator, count: int, spread_m: float
) -> tuple[np.ndarray, np.ndarray]:
    size = rng.integers(2, 6, count)
    indptr = np.cumsum([0, *size])
    start = np.repeat(rng.uniform(0, 5000, (count, 2)), size, axis=0)
    vertices = np.round(start + rng.normal(0, spread_m, (indptr[-1], 2)))
    return vertices, indptr


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 200),
    st.sampled_from([0.0, 5.0, 300.0, 20_000.0]),
    st.sampled_from([50.0, 500.0, 1e6]),
)
def test_the_nearest_line_is_the_one_that_shapely_finds_among_all(
    seed: int, count: int, spread_m: float, limit_m: float
) -> None:
    rng = np.random.default_rng(seed)
    vertices, indptr = some_lines(rng, count, spread_m)
    wanted = rng.random(count) < 0.7
    # On a grid of metres, so that points lie on vertices and between equally near lines.
    points = np.round(rng.uniform(-2000, 7000, (60, 2)), -2)
    lines = shapely.linestrings(vertices, indices=np.repeat(np.arange(count), np.diff(indptr)))
    segments = index_lines(vertices, indptr)
    assert has_levels(segments)

    near = nearest_lines(segments, points, np.full(60, limit_m), wanted)
    along = fractions_along(segments, indptr, near)

    apart = shapely.distance(shapely.points(points)[:, None], lines[None, :])
    apart[:, ~wanted] = np.inf
    least = apart.min(axis=1)
    found = least <= limit_m
    assert np.array_equal(near.owner >= 0, found)
    assert near.apart_m[found] == pytest.approx(least[found], abs=1e-6)
    assert np.isinf(near.apart_m[~found]).all()
    picked = apart[np.arange(60)[found], near.owner[found]]
    assert picked == pytest.approx(least[found], abs=1e-6)
    places = near.places(vertices)[found]
    assert np.hypot(*(places - points[found]).T) == pytest.approx(least[found], abs=1e-6)
    on = shapely.line_interpolate_point(lines[near.owner[found]], along[found], normalized=True)
    assert shapely.get_coordinates(on) == pytest.approx(places, abs=1e-6)


def test_of_lines_that_meet_at_the_nearest_vertex_the_lowest_is_found_at_its_very_end() -> None:
    vertices = np.array([[0, 0], [100, 0.1], [100, 0.1], [200, 70], [100, 0.1], [103, 500.0]])
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        lines = np.concatenate([vertices[2 * one : 2 * one + 2] for one in order])
        indptr = np.array([0, 2, 4, 6])
        segments = index_lines(lines, indptr)
        near = nearest_lines(segments, np.array([[99.0, -40]]), np.full(1, 500.0), np.ones(3, bool))
        # Line 0 of `vertices` is nearer along its body; without it two meet at its end.
        assert order[near.owner[0]] == 0
        wanted = np.array([one != 0 for one in order])
        near = nearest_lines(segments, np.array([[99.0, -40]]), np.full(1, 500.0), wanted)
        assert near.owner[0] == np.flatnonzero(wanted)[0]
        assert fractions_along(segments, indptr, near)[0] == 0


def test_the_order_of_the_points_does_not_change_what_is_found() -> None:
    rng = np.random.default_rng(4)
    vertices, indptr = some_lines(rng, 3000, 60)
    segments, every = index_lines(vertices, indptr), np.ones(3000, dtype=np.bool_)
    points = rng.uniform(-500, 5500, (5000, 2))
    limit = np.full(5000, 300.0)
    whole = nearest_lines(segments, points, limit, every)
    for order in (rng.permutation(5000), np.arange(5000)[::-1]):
        again = nearest_lines(segments, points[order], limit, every)
        for one, other in zip(whole, again, strict=True):
            assert np.array_equal(one[order], other)
    for point in range(0, 5000, 501):
        alone = nearest_lines(segments, points[point : point + 1], limit[:1], every)
        assert [column[0] for column in alone] == [column[point] for column in whole]


def test_nothing_is_near_a_point_that_is_nowhere_or_where_there_are_no_lines() -> None:
    segments = index_lines(np.array([[0.0, 0], [1, 1]]), np.array([0, 2]))
    points = np.array([[np.nan, 0], [np.inf, 0], [0, 0]])
    near = nearest_lines(segments, points, np.full(3, 10.0), np.ones(1, dtype=np.bool_))
    assert near.owner.tolist() == [-1, -1, 0]
    near = nearest_lines(segments, points, np.full(3, 10.0), np.zeros(1, dtype=np.bool_))
    assert near.owner.tolist() == [-1, -1, -1]
    none = index_lines(np.zeros((0, 2)), np.array([0]))
    assert has_levels(none)
    near = nearest_lines(none, points, np.full(3, 10.0), np.zeros(0, dtype=np.bool_))
    assert near.owner.tolist() == [-1, -1, -1]
