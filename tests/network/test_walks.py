"""Walks from door to door, against networks in which doors are nodes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network import (
    Graph,
    Positions,
    build,
    facilities_within,
    nearest_facility,
    walks_from,
)
from geoplan.network.access import along
from tests.network.made import random_ways


def some_positions(graph: Graph, rng: np.random.Generator, points: int, rows: int) -> Positions:
    """Places of points on edges drawn by chance, some at the very ends, several on one edge."""
    edges = rng.integers(0, graph.edges, max(rows // 2, 1))
    return Positions(
        np.sort(rng.integers(0, points, rows)).astype(np.int32),
        rng.choice(edges, rows).astype(np.int32),
        rng.choice([0.0, 1.0, 0.25, 0.5, rng.random(), rng.random()], rows),
        rng.integers(0, 50_000, rows).astype(np.int32),
    )


def slow_door_to_door(
    graph: Graph, start: Positions, goal: Positions
) -> dict[tuple[int, int], int]:
    """Walks between all points and facilities, over a network whose edges are cut at every place.

    All places on an edge become nodes of a line of short edges; nothing is left of the special
    cases of a walk along one edge.
    """
    arcs: dict[object, list[tuple[object, int]]] = {}

    def add(one: object, other: object, cost: int) -> None:
        arcs.setdefault(one, []).append((other, cost))

    places = [(start, "point"), (goal, "facility")]
    stops: dict[int, list[tuple[float, int, int, object]]] = {}
    for positions, kind in places:
        forth, back = along(graph, positions)
        for row, edge in enumerate(positions.edge.tolist()):
            name = (kind, row)
            stops.setdefault(edge, []).append(
                (float(positions.fraction[row]), int(forth[row]), int(back[row]), name)
            )
            door, leg = (f"{kind} door", int(positions.point[row])), int(positions.leg_mm[row])
            add(*((door, name) if kind == "point" else (name, door)), leg)
    for edge in range(graph.edges):
        u, v = int(graph.edge_u[edge]), int(graph.edge_v[edge])
        there, back = int(graph.edge_cost_uv[edge]), int(graph.edge_cost_vu[edge])
        line = [(0.0, 0, back, u), *sorted(stops.get(edge, []), key=lambda stop: stop[:3])]
        line.append((1.0, there, 0, v))
        for (at, forth, behind, name), (to, forth_to, behind_to, other) in pairwise(line):
            if there >= 0 or at == to:
                add(name, other, forth_to - forth if there >= 0 else 0)
            if back >= 0 or at == to:
                add(other, name, behind - behind_to if back >= 0 else 0)
    walks = {}
    for point in set(start.point.tolist()):
        best: dict[object, int] = {}
        queue = [(0, ("point door", point))]
        while queue:  # Bellman and Ford need no order
            cost, name = queue.pop(0)
            if cost >= best.get(name, cost + 1):
                continue
            best[name] = cost
            queue += [(cost + step, other) for other, step in arcs.get(name, [])]
        for name, cost in best.items():
            if isinstance(name, tuple) and name[0] == "facility door":
                walks[point, name[1]] = cost
    return walks


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 10), st.integers(1, 16))
def test_door_to_door_walks_equal_those_over_a_network_cut_at_every_door(
    seed: int, nodes: int, edges: int
) -> None:
    rng = np.random.default_rng(seed)
    graph = build(random_ways(rng, nodes, edges, oneway=0.5, extent_m=500))
    start = some_positions(graph, rng, points=5, rows=7)
    goal = some_positions(graph, rng, points=4, rows=6)
    slow = slow_door_to_door(graph, start, goal)

    walked, facility = nearest_facility(graph, start, goal, count=5)

    for point in range(5):
        options = [(cost, goal_) for (one, goal_), cost in slow.items() if one == point]
        assert (walked[point], facility[point]) == min(options, default=(-1, -1))
    for limit in (0, 200_000, 900_000, 5_000_000):
        within = facilities_within(graph, start, goal, limit, count=5)
        expected = [
            sum(cost <= limit for (one, _), cost in slow.items() if one == point)
            for point in range(5)
        ]
        assert within.tolist() == expected
        for point in range(5):
            own = start.of(start.point == point)
            single = walks_from(graph, own, goal, limit, count=4)
            assert single.tolist() == [
                cost if (cost := slow.get((point, goal_), limit + 1)) <= limit else -1
                for goal_ in range(4)
            ]


def test_points_and_facilities_without_a_place_reach_nothing() -> None:
    rng = np.random.default_rng(1)
    graph = build(random_ways(rng, 10, 20))
    start = some_positions(graph, rng, points=5, rows=7)
    none = start.of(np.zeros(0, dtype=np.int64))

    walked, facility = nearest_facility(graph, start, none, count=9)
    assert walked.tolist() == facility.tolist() == [-1] * 9
    walked, facility = nearest_facility(graph, none, start, count=9)
    assert walked.tolist() == facility.tolist() == [-1] * 9
    assert facilities_within(graph, none, start, 900_000, count=9).tolist() == [0] * 9
    assert walks_from(graph, none, start, 900_000, count=5).tolist() == [-1] * 5
