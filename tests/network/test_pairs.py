"""All walks within a limit, against networks in which doors are nodes and against brute force."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network import (
    beelines_within,
    build,
    facilities_within,
    nearest_facility,
    pairs_within,
)
from geoplan.network.straight import Beelines
from tests.network.made import random_ways
from tests.network.test_walks import slow_door_to_door, some_positions


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 10), st.integers(1, 16), st.sampled_from([1, 2]))
def test_pairs_are_all_walks_over_a_network_cut_at_every_door(
    seed: int, nodes: int, edges: int, threads: int
) -> None:
    rng = np.random.default_rng(seed)
    graph = build(random_ways(rng, nodes, edges, oneway=0.5, extent_m=500))
    start = some_positions(graph, rng, points=5, rows=7)
    goal = some_positions(graph, rng, points=4, rows=6)
    slow = slow_door_to_door(graph, start, goal)
    for limit in (0, 200_000, 900_000, 5_000_000):
        found = pairs_within(graph, start, goal, limit, count=5, threads=threads)
        rows = list(zip(found.point.tolist(), found.facility.tolist(), strict=True))
        assert len(rows) == len(set(rows))
        walks = dict(zip(rows, found.cost_mm.tolist(), strict=True))
        assert walks == {pair: cost for pair, cost in slow.items() if cost <= limit}


def test_pairs_agree_with_counts_and_nearest_on_a_larger_network() -> None:
    """So many that arrays grow, and several searches run at once."""
    rng = np.random.default_rng(5)
    graph = build(random_ways(rng, 400, 900))
    start = some_positions(graph, rng, points=3000, rows=3000)
    goal = some_positions(graph, rng, points=60, rows=90)
    limit = 4_000_000
    found = pairs_within(graph, start, goal, limit, count=3000)
    counted = facilities_within(graph, start, goal, limit, count=3000)
    assert np.bincount(found.point, minlength=3000).tolist() == counted.tolist()
    assert len(found.point) > 5_000
    walked, _ = nearest_facility(graph, start, goal, count=3000)
    best = np.full(3000, 2**31 - 1)
    np.minimum.at(best, found.point, found.cost_mm)
    near = (walked >= 0) & (walked <= limit)
    assert (best[near] == walked[near]).all()
    assert (best[~near] == 2**31 - 1).all()


def test_without_facilities_there_is_no_pair() -> None:
    rng = np.random.default_rng(1)
    graph = build(random_ways(rng, 10, 20))
    start = some_positions(graph, rng, points=5, rows=7)
    none = start.of(np.zeros(0, dtype=np.int64))
    assert [len(column) for column in pairs_within(graph, start, none, 900_000, count=5)] == [0] * 3
    with pytest.raises(ValueError, match="out of range"):
        pairs_within(graph, start, start, 900_000, count=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 3000))
def test_beelines_are_those_that_single_distances_find(seed: int, limit_m: float) -> None:
    rng = np.random.default_rng(seed)
    lonlat = np.array([104.06, 30.66]) + rng.normal(0, 0.01, (12, 2))
    spots = np.array([104.06, 30.66]) + rng.normal(0, 0.01, (6, 2))
    shapes = np.array(
        [
            shapely.Point(*spots[n]) if n % 2 else shapely.box(*spots[n], *(spots[n] + 0.004))
            for n in range(6)
        ]
    )
    found = beelines_within(lonlat, shapes, limit_m)
    rows = dict(
        zip(
            zip(found.point.tolist(), found.facility.tolist(), strict=True),
            found.cost_mm.tolist(),
            strict=True,
        )
    )
    for facility in range(6):
        metres, _ = Beelines(lonlat).to(shapes[facility : facility + 1])
        for point in range(12):
            exact = float(metres[point])
            if exact <= limit_m - 0.01:
                assert rows[point, facility] == pytest.approx(exact * 1000, abs=1001)
            elif exact > limit_m + 1.01:
                assert (point, facility) not in rows
