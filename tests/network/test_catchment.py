"""How far a walk reaches, edge by edge, and its outline."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network import Graph, Positions, Snapper, Stretches, build, catchment, stretches
from geoplan.network.plane import geometry_to_plane
from tests.network.made import LonLat, Way, at, beyond, draw, random_ways, slow_walks


def place(graph: Graph, lonlat: LonLat) -> Positions:
    return Snapper(graph).snap(np.array([lonlat])).positions


def metres(graph: Graph, parts: Stretches) -> list[tuple[float, float]]:
    """Begin and end of each stretch in metres from its edge's first node."""
    length = np.maximum(graph.edge_cost_uv, graph.edge_cost_vu)[parts.edge] / 1000
    return list(zip(parts.start * length, parts.stop * length, strict=True))


def covers(outline: shapely.Geometry, *places: LonLat) -> list[bool]:
    return shapely.intersects(outline, shapely.points(places)).tolist()


def test_edges_at_the_rim_are_reached_in_part() -> None:
    # A street of four edges of 100 m; 150 m from its second node.
    places = {name: at(100 * i, 0) for i, name in enumerate("abcde")}
    graph = draw(places, "a b", "b c", "c d", "d e")
    found = metres(graph, stretches(graph, place(graph, places["b"]), 150_000))
    assert found == [(0, 100), (0, 100), (0, pytest.approx(50, abs=0.002))]


def test_from_the_middle_of_an_edge_both_sides_are_reached() -> None:
    a, b, c = at(0, 0), at(100, 0), at(200, 0)
    graph = draw({"a": a, "b": b, "c": c}, "a b", "b c")
    found = metres(graph, stretches(graph, place(graph, beyond(a, b, 40, aside_m=10)), 40_000))
    assert found == [(pytest.approx(10, abs=0.002), pytest.approx(70, abs=0.002))]
    found = metres(graph, stretches(graph, place(graph, beyond(a, b, 40, aside_m=10)), 80_000))
    assert found == [(0, 100), (0, pytest.approx(10, abs=0.003))]


def test_an_edge_reached_from_both_ends_is_whole_when_they_meet_and_two_parts_before() -> None:
    # A triangle of 100, 100 and 150 m (c-d-a with d aside); from a.
    a, b, c = at(0, 0), at(100, 0), at(100, 100)
    d = at(-20, 110)
    graph = draw({"a": a, "b": b, "c": c, "d": d}, "a b", "b c", "c d a")
    long = int(np.argmax(graph.edge_cost_uv))
    length = graph.edge_cost_uv[long] / 1000
    for limit, whole in ((205, False), ((200 + length) / 2 + 1, True)):
        parts = stretches(graph, place(graph, a), round(limit * 1000))
        own = parts.edge == long
        found = metres(graph, Stretches(*(column[own] for column in parts)))
        if whole:
            assert found == [(0, pytest.approx(length))]
        else:
            assert found == [
                (0, pytest.approx(5, abs=0.01)),
                (pytest.approx(length - limit, abs=0.01), pytest.approx(length)),
            ]


def test_a_one_way_footway_is_reached_only_along_its_direction() -> None:
    a, b, c = at(0, 0), at(100, 0), at(200, 0)
    graph = draw({"a": a, "b": b, "c": c}, Way("a b", direction=1), Way("c b", direction=1))
    assert metres(graph, stretches(graph, place(graph, beyond(a, b, 30)), 200_000)) == [
        (pytest.approx(30, abs=0.002), 100)
    ]
    assert metres(graph, stretches(graph, place(graph, b), 200_000)) == []


def test_a_loop_is_reached_from_both_its_ends() -> None:
    a, b, c, d = at(0, 0), at(100, 0), at(200, 0), at(200, 100)
    graph = draw({"a": a, "b": b, "c": c, "d": d}, "a b", "b c d b")
    loop = int(np.flatnonzero(graph.edge_u == graph.edge_v)[0])
    length = graph.edge_cost_uv[loop] / 1000
    parts = stretches(graph, place(graph, a), 150_000)
    own = parts.edge == loop
    assert metres(graph, Stretches(*(column[own] for column in parts))) == [
        (0, pytest.approx(50, abs=0.01)),
        (pytest.approx(length - 50, abs=0.01), pytest.approx(length)),
    ]
    graph = draw({"a": a, "b": b, "c": c, "d": d}, "a b", Way("b c d b", direction=-1))
    parts = stretches(graph, place(graph, a), 150_000)
    own = parts.edge == int(np.flatnonzero(graph.edge_u == graph.edge_v)[0])
    assert metres(graph, Stretches(*(column[own] for column in parts))) == [
        (pytest.approx(length - 50, abs=0.01), pytest.approx(length)),
    ]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 12), st.integers(1, 20), st.integers(0, 900_000))
def test_a_place_is_in_a_stretch_exactly_when_a_walk_to_it_is_within_the_limit(
    seed: int, nodes: int, edges: int, limit_mm: int
) -> None:
    rng = np.random.default_rng(seed)
    graph = build(random_ways(rng, nodes, edges, extent_m=300))
    edge = int(rng.integers(0, graph.edges))
    start = Positions(
        np.zeros(1, np.int32), np.array([edge], np.int32), rng.random(1), np.array([5], np.int32)
    )
    parts = stretches(graph, start, limit_mm)

    assert (parts.stop > parts.start).all()
    same = parts.edge[1:] == parts.edge[:-1]
    assert (parts.start[1:][same] > parts.stop[:-1][same]).all()
    # Every edge is asked in the middle of twenty parts of it, by the plain search turned around.
    turned = _turned(graph)
    first = _first_walks(graph, start)
    walks = slow_walks(turned, [(0, node, cost) for node, cost in first])
    for other in range(graph.edges):
        there, back = int(graph.edge_cost_uv[other]), int(graph.edge_cost_vu[other])
        for at_part in (np.arange(20) + 0.5) / 20:
            options = [float("inf")]
            if there >= 0 and int(graph.edge_u[other]) in walks:
                options.append(walks[int(graph.edge_u[other])][0] + at_part * there)
            if back >= 0 and int(graph.edge_v[other]) in walks:
                options.append(walks[int(graph.edge_v[other])][0] + (1 - at_part) * back)
            if other == edge and there >= 0 and at_part >= start.fraction[0]:
                options.append(5 + (at_part - start.fraction[0]) * there)
            if other == edge and back >= 0 and at_part <= start.fraction[0]:
                options.append(5 + (start.fraction[0] - at_part) * back)
            if abs(min(options) - limit_mm) < 3:
                continue
            inside = (
                (parts.edge == other) & (parts.start <= at_part) & (at_part <= parts.stop)
            ).any()
            assert inside == (min(options) <= limit_mm)


def _turned(graph: Graph) -> Graph:
    """The network with every direction the other way round."""
    return replace(graph, edge_cost_uv=graph.edge_cost_vu, edge_cost_vu=graph.edge_cost_uv)


def _first_walks(graph: Graph, start: Positions) -> list[tuple[int, int]]:
    (edge,), (fraction,), (leg,) = start.edge, start.fraction, start.leg_mm
    there, back = int(graph.edge_cost_uv[edge]), int(graph.edge_cost_vu[edge])
    walks = []
    if there >= 0:
        walks.append((int(graph.edge_v[edge]), int(leg) + there - round(fraction * there)))
    if back >= 0:
        walks.append((int(graph.edge_u[edge]), int(leg) + round(fraction * back)))
    return walks


def test_the_outline_is_what_lies_thirty_metres_beside_what_is_walked() -> None:
    a, b = at(0, 0), at(1000, 0)
    graph = draw({"a": a, "b": b}, "a b")
    found = catchment(graph, place(graph, a), 500_000)
    (plane,) = geometry_to_plane(np.array([found.outline]))
    assert found.outline.is_valid
    assert plane.area == pytest.approx(500 * 60 + np.pi * 30**2, rel=0.01)
    assert covers(found.outline, at(480, 28), at(480, 33), at(-28, 0), at(535, 0)) == [
        True, False, True, False,
    ]  # fmt: skip


def test_the_leg_to_the_network_is_part_of_the_outline_as_far_as_the_limit_goes() -> None:
    a, b = at(0, 0), at(1000, 0)
    graph = draw({"a": a, "b": b}, "a b")
    home = at(500, 200)
    near = catchment(graph, place(graph, home), 100_000, lonlat=home)
    assert len(near.stretches.edge) == 0
    assert covers(near.outline, home, at(500, 110), at(500, 40)) == [True, True, False]
    far = catchment(graph, place(graph, home), 300_000, lonlat=home)
    assert covers(far.outline, home, at(500, 40), at(590, 0), at(650, 0)) == [
        True, True, True, False,
    ]  # fmt: skip


def banks(*bridges: int, width_m: float = 100, length_m: int = 600) -> Graph:
    """Streets along both banks of a river that runs east, and bridges at some distances."""
    steps = sorted({0, length_m, *bridges})
    places = {f"s{x}": at(x, 0) for x in steps} | {f"n{x}": at(x, width_m) for x in steps}
    ways = [f"{bank}{x} {bank}{y}" for bank in "sn" for x, y in pairwise(steps)]
    over = [Way(f"s{x} n{x}", bridge=True, layer=1) for x in bridges]
    return draw(places, *ways, *over)


def test_beside_a_river_the_outline_stays_on_its_bank_without_a_bridge() -> None:
    graph = banks()
    found = catchment(graph, place(graph, at(300, 0)), 200_000)
    assert covers(found.outline, at(300, 20), at(300, 45), at(300, 100)) == [True, False, False]


def test_over_a_bridge_the_other_bank_is_reached_and_the_river_is_not_filled() -> None:
    graph = banks(0, 300)
    found = catchment(graph, place(graph, at(0, 0)), 900_000)
    # All four sides of the water between the bridges are walked: still nobody walks on it.
    assert covers(found.outline, at(150, 0), at(150, 100), at(0, 50), at(300, 50), at(150, 50)) == [
        True, True, True, True, False,
    ]  # fmt: skip


def test_a_block_of_streets_is_filled_and_a_large_one_is_not() -> None:
    for side, filled in ((150, True), (600, False)):
        corners = {
            "a": at(0, 0), "b": at(side, 0), "c": at(side, side), "d": at(0, side),
        }  # fmt: skip
        graph = draw(corners, "a b", "b c", "c d", "d a")
        found = catchment(graph, place(graph, corners["a"]), 3_000_000)
        assert covers(found.outline, at(side / 2, side / 2)) == [filled]


@pytest.mark.parametrize("limit_mm", [2**31, 2**40])
def test_without_an_end_to_the_walk_all_is_reached(limit_mm: int) -> None:
    graph = banks(0, 300)
    found = catchment(graph, place(graph, at(10, 5)), limit_mm, lonlat=at(10, 5))
    assert found.stretches.edge.tolist() == list(range(graph.edges))
    assert (found.stretches.start == 0).all()
    assert (found.stretches.stop == 1).all()


def test_who_has_no_place_on_the_network_reaches_nothing() -> None:
    graph = banks()
    nowhere = place(graph, at(300, 5000))
    found = catchment(graph, nowhere, 900_000, lonlat=at(300, 5000))
    assert found.outline.is_empty
    assert len(found.stretches.edge) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 600_000))
def test_the_outline_is_valid_and_grows_with_the_limit(seed: int, limit_mm: int) -> None:
    rng = np.random.default_rng(seed)
    graph = build(random_ways(rng, 30, 60, extent_m=500))
    start = place(graph, at(*rng.uniform(-300, 300, 2)))
    small, large = (catchment(graph, start, limit).outline for limit in (limit_mm, 2 * limit_mm))
    assert small.is_valid
    assert large.is_valid
    for outline in (small, large):
        assert outline.geom_type in {"Polygon", "MultiPolygon"}
    inner, outer = geometry_to_plane(np.array([small, large]))
    # Both are simplified by 2 m.
    assert inner.is_empty or shapely.buffer(outer, 4.5).covers(inner)
