"""From ways to nodes and edges."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.network import build
from geoplan.network.graph import BRIDGE, CROSSING, STEPS, TUNNEL, check
from geoplan.units import geodesic_distance_m
from tests.network.made import GEOD, DrawnWays, Way, at, draw, random_ways

# A street a-b-c-d with a side street at b.
LINE = {name: at(100 * index, 0) for index, name in enumerate("abcd")} | {"s": at(100, 100)}


def test_ways_are_split_where_they_share_a_node_and_nowhere_else() -> None:
    graph = draw(LINE, "a b c d", "b s")

    assert graph.nodes == 4
    assert sorted(graph.edge_cost_uv.tolist()) == [100_000, 100_000, 200_000]
    assert graph.components == 1


def test_a_node_where_two_ways_only_continue_each_other_is_kept() -> None:
    graph = draw(LINE, "a b", "b c")
    assert (graph.nodes, graph.edges) == (3, 2)


def test_ways_that_cross_without_a_common_node_stay_apart() -> None:
    graph = draw(
        {"w": at(-50, 0), "e": at(50, 0), "s": at(0, -50), "n": at(0, 50)},
        "w e",
        Way("s n", tunnel=True, layer=-1),
    )
    assert graph.components == 2
    assert sorted(graph.edge_layer.tolist()) == [-1, 0]


def test_a_way_that_crosses_itself_is_split_there() -> None:
    # a-b-c-b2...: the way visits b twice, so there is a loop at b.
    places = {"a": at(0, 0), "b": at(100, 0), "c": at(200, 0), "d": at(200, 100), "e": at(100, -90)}
    graph = draw(places, "a b c d b e")

    assert (graph.nodes, graph.edges) == (3, 3)
    loop = np.flatnonzero(graph.edge_u == graph.edge_v)
    assert len(loop) == 1
    around = [places[name] for name in "bcdb"]
    expected = sum(GEOD.inv(*p, *q)[2] for p, q in pairwise(around))
    assert graph.edge_cost_uv[loop[0]] == pytest.approx(expected * 1000, abs=0.51)


def test_a_closed_way_that_meets_nothing_is_one_loop() -> None:
    graph = draw({"a": at(0, 0), "b": at(50, 0), "c": at(50, 50)}, "a b c a")
    assert (graph.nodes, graph.edges) == (1, 1)
    assert len(graph.step) == 2


def test_parallel_edges_are_kept() -> None:
    places = {"a": at(0, 0), "b": at(100, 0), "m": at(50, 30)}
    graph = draw(places, "a b", "a m b", "b a")
    assert (graph.nodes, graph.edges) == (2, 3)


def test_a_missing_node_cuts_its_way_and_is_counted_once() -> None:
    graph = draw(LINE, "a b gone c d", "s gone")

    assert sorted(graph.edge_cost_uv.tolist()) == [100_000, 100_000]
    assert graph.components == 2
    assert graph.missing_nodes == 1


def test_a_way_of_which_too_little_is_known_vanishes() -> None:
    graph = draw({"a": at(0, 0)}, "a gone", "lost gone")
    assert (graph.nodes, graph.edges, graph.missing_nodes) == (0, 0, 2)
    check(graph)


def test_no_ways_are_an_empty_network() -> None:
    graph = draw({})
    assert (graph.nodes, graph.edges, graph.components, graph.bbox) == (0, 0, 0, None)
    check(graph)


def test_a_node_named_twice_in_a_row_is_walked_once() -> None:
    graph = draw(LINE, "a a b b c")
    assert (graph.nodes, graph.edges) == (2, 1)
    assert graph.edge_cost_uv.tolist() == [200_000]


def test_direction_is_that_of_the_way() -> None:
    graph = draw(LINE, Way("a b", direction=1), Way("c b", direction=-1), Way("c d"))
    costs = {
        tuple(sorted((there, back)))
        for there, back in zip(
            graph.edge_cost_uv.tolist(), graph.edge_cost_vu.tolist(), strict=True
        )
    }
    assert costs == {(-1, 100_000), (100_000, 100_000)}
    assert len(graph.step) == len(graph.in_step) == 4


def test_kinds_of_a_way_are_noted_on_all_its_edges() -> None:
    graph = draw(
        LINE,
        Way("a b c", bridge=True, layer=2),
        Way("b s", steps=True, crossing=True),
        Way("c d", tunnel=True),
    )
    flags = dict(zip(graph.edge_cost_uv.tolist(), graph.edge_flags.tolist(), strict=True))
    assert sorted(graph.edge_flags.tolist()) == sorted([BRIDGE, BRIDGE, STEPS | CROSSING, TUNNEL])
    assert flags
    assert sorted(graph.edge_layer.tolist()) == [0, 0, 2, 2]


def test_a_penalty_is_added_once_to_a_crossing_and_shared_by_its_edges() -> None:
    places = {"a": at(0, 0), "m": at(5, 0), "b": at(20, 0), "n": at(5, 50), "s": at(5, -50)}
    ways = (Way("a m b", crossing=True), "n m s")

    plain = draw(places, *ways)
    graph = draw(places, *ways, crossing_m=10, steps_m=99)

    assert sorted(plain.edge_cost_uv.tolist())[:2] == [5_000, 15_000]
    assert sorted(graph.edge_cost_uv.tolist())[:2] == [7_500, 22_500]
    assert sorted(graph.edge_cost_uv.tolist())[2:] == sorted(plain.edge_cost_uv.tolist())[2:]


def test_lengths_are_geodesic() -> None:
    # Along a parallel and a meridian, and far apart: 1.5 km each.
    east, north = at(1500, 0), at(0, 1500)
    graph = draw({"o": at(0, 0), "e": east, "n": north}, "o e", "o n")
    assert graph.edge_cost_uv.tolist() == [1_500_000, 1_500_000]


def test_components_are_numbered_by_size() -> None:
    places = {f"p{i}": at(10 * i, 500) for i in range(3)} | LINE
    graph = draw(places, "p0 p1", "a b", "b c", "b s", Way("c d", direction=1))
    assert graph.component_size.tolist() == [5, 2]
    assert np.bincount(graph.component).tolist() == [5, 2]


def test_a_node_to_which_the_plane_does_not_reach_counts_as_missing() -> None:
    places = LINE | {"c": (15.0, 0.0)}  # a quarter around the earth
    graph = draw(places, "a b c d")
    assert (graph.edges, graph.missing_nodes) == (1, 1)


def test_a_stray_node_far_away_does_no_harm() -> None:
    graph = draw(LINE | {"c": (0.0, 0.0)}, "a b c d")
    assert graph.edges == 1
    assert graph.edge_cost_uv[0] == 2**31 - 2


def test_hundreds_of_parallel_edges_do_not_fall_out_of_the_component() -> None:
    graph = draw(LINE, *["a b"] * 512)
    assert (graph.edges, graph.components) == (512, 1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 30), st.integers(1, 60))
def test_every_step_of_every_way_is_in_exactly_one_edge(seed: int, nodes: int, edges: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = random_ways(rng, nodes, edges)
    # Longer ways through the same nodes.
    long = [Way(" ".join(f"n{i}" for i in rng.integers(0, nodes, 6))) for _ in range(5)]
    ways = DrawnWays(drawn.places, [*drawn.ways, *long])
    graph = build(ways)

    check(graph)
    place = dict(zip(ways.node_id.tolist(), zip(ways.lon, ways.lat, strict=True), strict=True))
    steps = []
    for index in range(len(ways.way_id)):
        refs = ways.refs[ways.way_indptr[index] : ways.way_indptr[index + 1]].tolist()
        steps += [(place[p], place[q]) for p, q in pairwise(refs) if p != q]
    found = []
    for edge in range(graph.edges):
        line = graph.edge_xy[graph.edge_indptr[edge] : graph.edge_indptr[edge + 1]]
        found += list(zip(map(tuple, line[:-1]), map(tuple, line[1:]), strict=True))
        assert tuple(line[0]) == (graph.lon[graph.edge_u[edge]], graph.lat[graph.edge_u[edge]])
        assert tuple(line[-1]) == (graph.lon[graph.edge_v[edge]], graph.lat[graph.edge_v[edge]])
        length = geodesic_distance_m(line[:-1], line[1:]).sum()
        assert max(graph.edge_cost_uv[edge], graph.edge_cost_vu[edge]) == max(
            1, round(length * 1000)
        )
    assert sorted(found) == sorted(steps)


def test_the_same_ways_give_the_same_network_to_the_bit() -> None:
    one, two = (build(random_ways(np.random.default_rng(3), 500, 900)) for _ in range(2))
    for name in one.__slots__:
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("name", ["step", "near_owner", "edge_u", "component", "in_edge_of"])
def test_an_index_that_points_outside_is_found(name: str) -> None:
    graph = build(random_ways(np.random.default_rng(3), 50, 90))
    wrong = getattr(graph, name).copy()
    wrong.ravel()[14] = 2**30
    with pytest.raises(ValueError, match="disagree"):
        check(replace(graph, **{name: wrong}))


def test_any_object_with_the_arrays_will_do() -> None:
    drawn = DrawnWays(LINE, [Way("a b")])
    names = [name for name in vars(drawn) if name not in {"places", "ways", "names"}]
    assert build(SimpleNamespace(**{name: getattr(drawn, name) for name in names})).edges == 1
