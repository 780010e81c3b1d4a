"""The kernels against SciPy and against plain Python, on networks drawn by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geoplan.network import Graph, build
from geoplan.network.costs import MOST_MM
from geoplan.network.graph import Arcs
from geoplan.network.kernel import Access, Direct, bounded, counts, nearest
from tests.network.made import random_ways, slow_walks

NO_DIRECT = Direct(*(np.zeros(0, dtype=np.int32) for _ in range(3)))


def made(seed: int, nodes: int = 60, edges: int = 90) -> tuple[Graph, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return build(random_ways(rng, nodes, edges)), rng


def some_seeds(graph: Graph, rng: np.random.Generator, facilities: int, rows: int) -> Access:
    """Facilities with several entries each, at nodes drawn by chance."""
    return Access(
        np.sort(rng.integers(0, facilities, rows)).astype(np.int32),
        rng.integers(0, graph.nodes, rows).astype(np.int32),
        rng.integers(0, 400_000, rows).astype(np.int32),
    )


def as_matrix(arcs: Arcs, extra: Access | None = None) -> csr_array:
    """SciPy's form of arcs; with `extra`, one more node from which seeds are reached."""
    n = len(arcs.indptr) - 1
    best = {}
    rows = np.repeat(np.arange(n), np.diff(arcs.indptr))
    columns, costs = arcs.step.T
    if extra is not None:
        rows = np.concatenate([rows, np.full(len(extra.node), n)])
        columns = np.concatenate([columns, extra.node])
        costs = np.concatenate([costs, extra.cost_mm])
        n += 1
    # SciPy adds parallel arcs up, so only the shortest of them may remain.
    for row, column, cost in zip(rows.tolist(), columns.tolist(), costs.tolist(), strict=True):
        key = (row, column)
        best[key] = min(cost, best.get(key, cost))
    ends = np.array(list(best), dtype=np.int64).reshape(-1, 2)
    values = np.array(list(best.values()), dtype=np.float64)
    return csr_array((values, (ends[:, 0], ends[:, 1])), shape=(n, n))


def by_scipy(arcs: Arcs, seeds: Access) -> NDArray[np.float64]:
    """Millimetres from one more node through the seeds to every node; infinite where not."""
    raised = seeds._replace(cost_mm=seeds.cost_mm + 1)  # an arc of cost 0 is none to SciPy
    matrix = as_matrix(arcs, raised)
    walked = dijkstra(matrix, indices=matrix.shape[0] - 1)
    return np.asarray(walked[:-1] - 1)


@pytest.mark.parametrize("seed", range(30))
def test_nearest_equals_scipy_on_random_networks(seed: int) -> None:
    graph, rng = made(seed)
    seeds = some_seeds(graph, rng, facilities=5, rows=9)

    walked, facility = nearest(graph.arriving, seeds)

    expected = by_scipy(graph.arriving, seeds)
    assert np.array_equal(np.where(walked < 0, np.inf, walked), expected)
    for number in range(5):
        own = by_scipy(graph.arriving, Access(*(column[seeds.point == number] for column in seeds)))
        named = facility == number
        assert np.array_equal(own[named], expected[named])
        # No lower number is as near as the one that is named.
        assert (own[facility > number] > expected[facility > number]).all()


def test_nearest_equals_scipy_with_many_sources_on_a_larger_network() -> None:
    graph, rng = made(7, nodes=20_000, edges=32_000)
    nodes = np.unique(rng.integers(0, graph.nodes, 300)).astype(np.int32)
    seeds = Access(np.arange(len(nodes), dtype=np.int32), nodes, np.zeros(len(nodes), np.int32))

    walked, _ = nearest(graph.arriving, seeds)

    expected = dijkstra(as_matrix(graph.arriving), indices=nodes, min_only=True)
    assert np.array_equal(np.where(walked < 0, np.inf, walked), expected)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 25), st.integers(1, 50), st.integers(1, 12))
def test_nearest_equals_plain_python(seed: int, nodes: int, edges: int, rows: int) -> None:
    graph, rng = made(seed, nodes, edges)
    seeds = some_seeds(graph, rng, facilities=4, rows=rows)

    walked, facility = nearest(graph.arriving, seeds)

    points, starts, costs = (column.tolist() for column in seeds)
    slow = slow_walks(graph, list(zip(points, starts, costs, strict=True)))
    assert {
        node: (int(walked[node]), int(facility[node])) for node in np.flatnonzero(walked >= 0)
    } == slow
    assert (facility[walked < 0] == -1).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 25), st.integers(1, 50), st.integers(0, 4_000_000))
def test_bounded_equals_plain_python_to_the_limit_inclusive(
    seed: int, nodes: int, edges: int, limit_mm: int
) -> None:
    graph, rng = made(seed, nodes, edges)
    seeds = some_seeds(graph, rng, facilities=1, rows=2)
    every = list(zip(*(column.tolist() for column in seeds), strict=True))

    for limit in (limit_mm, *(cost for cost, _ in list(slow_walks(graph, every).values())[:3])):
        reached = bounded(graph.arriving, seeds, limit)
        slow = slow_walks(graph, every, limit)
        assert dict(zip(reached.node.tolist(), reached.cost_mm.tolist(), strict=True)) == {
            node: cost for node, (cost, _) in slow.items()
        }


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 25), st.integers(1, 50), st.integers(0, 3_000_000))
def test_counts_equal_one_slow_search_for_each_facility(
    seed: int, nodes: int, edges: int, limit_mm: int
) -> None:
    graph, rng = made(seed, nodes, edges)
    seeds = some_seeds(graph, rng, facilities=5, rows=9)
    targets = some_seeds(graph, rng, facilities=12, rows=20)

    count = counts(
        graph.arriving, seeds, targets, NO_DIRECT, limit_mm, points=12, threads=1 + seed % 3
    )

    expected = [0] * 12
    for facility in range(5):
        rows = seeds.point == facility
        own = zip(*(column[rows].tolist() for column in seeds), strict=True)
        walks = slow_walks(graph, list(own))
        reached = {
            point
            for point, node, cost in zip(*(column.tolist() for column in targets), strict=True)
            if node in walks and walks[node][0] + cost <= limit_mm
        }
        for point in reached:
            expected[point] += 1
    assert count.tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_walks_keep_the_triangle_inequality(seed: int) -> None:
    graph, _ = made(seed, 20, 40)
    start = np.zeros(1, dtype=np.int32)
    walks = np.array(
        [
            nearest(graph.arriving, Access(start, np.array([node], np.int32), start))[0]
            for node in range(graph.nodes)
        ],
        dtype=np.float64,
    ).T  # from row to column
    walks[walks < 0] = np.inf

    over = (walks[:, :, None] + walks[None, :, :]).min(axis=1)

    assert (walks <= over).all()
    assert (np.diag(walks) == 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_more_facilities_never_make_a_walk_longer_or_a_count_smaller(seed: int, more: int) -> None:
    graph, rng = made(seed)
    few = some_seeds(graph, rng, facilities=5, rows=8)
    further = some_seeds(graph, rng, facilities=5, rows=more)
    further = further._replace(point=further.point + 5)
    many = Access(*(np.concatenate(pair) for pair in zip(few, further, strict=True)))
    targets = some_seeds(graph, rng, facilities=30, rows=40)

    before, _ = nearest(graph.arriving, few)
    after, _ = nearest(graph.arriving, many)

    reached = before >= 0
    assert (after[reached] >= 0).all()
    assert (after[reached] <= before[reached]).all()
    count = [counts(graph.arriving, s, targets, NO_DIRECT, 900_000, points=30) for s in (few, many)]
    assert (count[1] >= count[0]).all()


def test_the_transposed_network_gives_walks_the_other_way_round() -> None:
    graph, _ = made(11)
    one, start = np.zeros(1, dtype=np.int32), np.array([3], dtype=np.int32)
    there = bounded(graph.leaving, Access(one, start, one), MOST_MM)
    for node, cost in zip(there.node.tolist(), there.cost_mm.tolist(), strict=True):
        back, _ = nearest(graph.arriving, Access(one, np.array([node], np.int32), one))
        assert back[start[0]] == cost


def test_sums_end_at_the_longest_walk_and_do_not_overflow() -> None:
    half = 2**30
    step = np.array([[node, half] for node in (1, 0, 2, 1, 3, 2)], dtype=np.int32)
    arcs = Arcs(np.array([0, 1, 3, 5, 6]), step, np.zeros(6, dtype=np.int32))
    seeds = Access(*(np.array(values, dtype=np.int32) for values in ([4], [0], [5])))

    walked, facility = nearest(arcs, seeds)

    assert walked.tolist() == [5, half + 5, MOST_MM, MOST_MM]
    assert facility.tolist() == [4, 4, 4, 4]
    assert sorted(bounded(arcs, seeds, 2**40).cost_mm.tolist()) == sorted(walked.tolist())


def test_nothing_is_reached_without_facilities_or_without_a_network() -> None:
    graph, _ = made(1)
    none = Access(*(np.zeros(0, dtype=np.int32) for _ in range(3)))
    walked, facility = nearest(graph.arriving, none)
    assert (walked == -1).all()
    assert (facility == -1).all()
    assert counts(graph.arriving, none, none, NO_DIRECT, 900_000, points=4).tolist() == [0] * 4
    assert len(bounded(graph.leaving, none, 900_000).node) == 0


@pytest.mark.parametrize(
    ("node", "cost", "number"),
    [(-1, 0, 0), (10_000, 0, 0), (0, -1, 0), (0, 2**31 - 1, 0), (0, 0, -1)],
)
def test_a_walk_that_names_no_node_is_refused_before_it_reaches_machine_code(
    node: int, cost: int, number: int
) -> None:
    graph, _ = made(1)
    wrong = Access(*(np.array([value], dtype=np.int32) for value in (number, node, cost)))
    for call in (
        lambda: nearest(graph.arriving, wrong),
        lambda: bounded(graph.arriving, wrong, 1),
        lambda: counts(graph.arriving, wrong, wrong, NO_DIRECT, 1, points=1),
    ):
        with pytest.raises(ValueError, match="walk"):
            call()


def test_searches_in_parallel_count_the_same() -> None:
    graph, rng = made(5, nodes=2000, edges=3500)
    seeds = some_seeds(graph, rng, facilities=200, rows=300)
    targets = some_seeds(graph, rng, facilities=500, rows=900)
    alone = counts(graph.arriving, seeds, targets, NO_DIRECT, 900_000, points=500, threads=1)
    for threads in (2, 7, 64):
        many = counts(
            graph.arriving, seeds, targets, NO_DIRECT, 900_000, points=500, threads=threads
        )
        assert np.array_equal(many, alone)
    assert alone.max() > 1
