"""Walks over a made network of a city's size, and the sample city: `python -m bench.reach`."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench import peer_pandana, peer_pgrouting, reach_city
from bench.figures import Figure, best, show
from bench.place import installation
from bench.streets import Streets, streets
from geoplan.network import (
    Beelines,
    Graph,
    Positions,
    Snapper,
    build,
    catchment,
    facilities_within,
    kernel,
    load,
)
from geoplan.network.access import to_points
from geoplan.network.index import nearest_lines
from geoplan.network.plane import to_plane
from geoplan.planning.ground import Ground
from geoplan.planning.measure import enter, measure
from geoplan.store.demand import Demand
from geoplan.units import geodesic_distance_m

LIMIT_MM = 900_000  # 15 minutes at 1 m/s
POINTS, STATIONS, PILES, SEARCHES = 300_000, 6_000, 60_000, 1_000
_SCIPY_COUNTS = 300  # of the stations; the rest would take minutes more
_BATCH = 50  # SciPy's answer is a number for each node and search
_SERVICES = [STATIONS, 3_000, 2_500, 2_000, 1_500, 1_200, 1_000, 900, 800, 700]
_SERVICES += [600, 500, 400, 300, 250, 200, 150, 100, 50, 20]
_OUTLINES = 200
_OUTLINE_MS, _LOAD_S, _COMPUTE_S = 15, 1, 60


def run() -> Iterator[Figure]:
    """The figures, one by one."""
    random = np.random.default_rng(2023)
    made = streets(random)
    yield from _files(made)
    points = made.places(random, POINTS, 40)
    stations = made.places(random, STATIONS, 30)
    piles = np.repeat(stations, PILES // STATIONS, axis=0)
    piles += random.normal(0, 1e-4, piles.shape)  # about 10 m
    snapper = Snapper(made.graph)
    at_points = snapper.snap(points).positions
    yield from _snapping(snapper, points)
    yield from _nearest(made.graph, to_points(made.graph, snapper.snap(piles).positions))
    yield from _bounded(random, made.graph)
    yield from _counts(made.graph, at_points, snapper.snap(stations).positions)
    yield from _services(random, made, snapper, points, at_points)
    yield from _outlines(random, made, snapper)
    yield from peer_pandana.run(made.graph, piles, LIMIT_MM)
    with installation() as place:
        yield from peer_pgrouting.run(place, made.graph, LIMIT_MM)
        yield from reach_city.run(place)


def arriving(graph: Graph) -> csr_array:
    """The network as SciPy has it, seen backwards: row i holds the arcs that lead to node i."""
    arcs = graph.arriving
    cost = arcs.step[:, 1].astype(np.float64)
    made = csr_array((cost, arcs.step[:, 0].copy(), arcs.indptr.copy()), shape=(graph.nodes,) * 2)
    made.sum_duplicates()
    if made.nnz != len(cost):
        raise ValueError("parallel edges, which SciPy would add up")
    return made


def _files(made: Streets) -> Iterator[Figure]:
    graph = made.graph
    build_s = best(lambda: build(made.ways), 1)
    inner = np.ones(len(graph.edge_xy) - 1, dtype=np.bool_)
    inner[graph.edge_indptr[1:-1] - 1] = False
    one, other = graph.edge_xy[:-1][inner], graph.edge_xy[1:][inner]
    lengths_s = best(lambda: geodesic_distance_m(one, other), 1)
    yield Figure(
        f"a network of {graph.nodes:,} nodes, {graph.edges:,} edges built from ways",
        f"{build_s:.1f} s",
        f"pyproj's lengths of their {len(one):,} segments alone: {lengths_s:.1f} s",
        build_s / lengths_s,
    )
    folder = Path(tempfile.mkdtemp(prefix="geoplan-bench-")) / "network"
    try:
        graph.save(folder)
        load_s = best(lambda: load(folder))
        read_s = best(lambda: [path.read_bytes() for path in folder.iterdir()])
        megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    finally:
        shutil.rmtree(folder.parent)
    yield Figure(
        f"its arrays of {megabytes:.0f} MB mapped and checked, files in the page cache",
        f"{load_s * 1000:.0f} ms",
        f"reading the files: {read_s * 1000:.0f} ms",
        load_s / read_s,
        f"{_LOAD_S} s",
        load_s < _LOAD_S,
    )


def _snapping(snapper: Snapper, points: NDArray[np.float64]) -> Iterator[Figure]:
    graph = snapper.graph
    ours_s = best(lambda: snapper.snap(points), 2)
    tree = shapely.STRtree(_lines(graph, np.arange(graph.edges)))
    here = shapely.points(to_plane(points))
    theirs_s = best(lambda: tree.query_nearest(here, max_distance=500), 1)
    edge_s = best(
        lambda: nearest_lines(
            graph.segments, to_plane(points), np.full(len(points), 500.0), snapper.is_target
        ),
        1,
    )
    yield Figure(
        f"{len(points):,} points put on the nearest edge, with place, leg and islands",
        f"{ours_s:.2f} s (the nearest edge alone {edge_s:.2f} s)",
        f"shapely's STRtree.query_nearest, the edge alone: {theirs_s:.2f} s",
        ours_s / theirs_s,
    )


def _nearest(graph: Graph, seeds: kernel.Access) -> Iterator[Figure]:
    """The same whole numbers: each facility becomes a node of its own, a millimetre farther."""
    ours_s = best(lambda: kernel.nearest(graph.arriving, seeds))
    facilities = int(seeds.point.max()) + 1
    order = np.argsort(seeds.point, kind="stable")
    streets_, size = arriving(graph), graph.nodes + facilities
    own = np.cumsum(np.bincount(seeds.point, minlength=facilities)) + streets_.nnz
    wide = csr_array(
        (
            np.concatenate([streets_.data, seeds.cost_mm[order] + 1.0]),
            np.concatenate([streets_.indices, seeds.node[order]]),
            np.concatenate([streets_.indptr, own]),
        ),
        shape=(size, size),
    )
    doors = np.arange(graph.nodes, size)
    scipy_s = best(lambda: dijkstra(wide, indices=doors, min_only=True), 1)
    theirs = dijkstra(wide, indices=doors, min_only=True)[: graph.nodes] - 1
    mm, _ = kernel.nearest(graph.arriving, seeds)
    if not np.array_equal(np.where(np.isfinite(theirs), theirs, -1), mm):
        raise ValueError("geoplan and SciPy differ")
    yield Figure(
        f"from all nodes to the nearest of {facilities:,} piles, and to which",
        f"{ours_s * 1000:.0f} ms",
        f"SciPy's dijkstra(min_only=True), the same numbers: {scipy_s * 1000:.0f} ms",
        ours_s / scipy_s,
    )


def _bounded(random: np.random.Generator, graph: Graph) -> Iterator[Figure]:
    nodes = random.choice(graph.nodes, SEARCHES, replace=False).astype(np.int32)
    zero = np.zeros(1, dtype=np.int32)
    starts = [kernel.Access(zero, node, zero) for node in nodes[:, None]]
    arcs, matrix = graph.arriving, arriving(graph)
    ours_s = best(lambda: [kernel.bounded(arcs, start, LIMIT_MM) for start in starts], 2)
    begun, theirs = time.perf_counter(), []
    for batch in nodes.reshape(-1, _BATCH):
        far = dijkstra(matrix, indices=batch, limit=LIMIT_MM)
        theirs.append(np.isfinite(far).sum())
    scipy_s = time.perf_counter() - begun
    if sum(len(kernel.bounded(arcs, start, LIMIT_MM).node) for start in starts) != sum(theirs):
        raise ValueError("geoplan and SciPy differ")
    yield Figure(
        f"{SEARCHES:,} searches of 15 minutes, one thread",
        f"{ours_s:.2f} s",
        f"SciPy's dijkstra(limit=900000): {scipy_s:.1f} s",
        ours_s / scipy_s,
    )


def _counts(graph: Graph, points: Positions, stations: Positions) -> Iterator[Figure]:
    work = partial(facilities_within, graph, points, stations, LIMIT_MM, count=POINTS)
    ours_s, one_s = best(work, 2), best(partial(work, threads=1), 1)
    matrix, node = arriving(graph), graph.edge_u[stations.edge[:_SCIPY_COUNTS]]

    def searches() -> None:
        for batch in node.reshape(-1, _BATCH):
            np.isfinite(dijkstra(matrix, indices=batch, limit=LIMIT_MM)).sum(axis=0)

    scipy_s = best(searches, 1) * STATIONS / _SCIPY_COUNTS
    yield Figure(
        f"how many of {STATIONS:,} stations each of {POINTS:,} points has within 15 minutes",
        f"{ours_s:.2f} s (one thread {one_s:.2f} s)",
        f"SciPy's searches by node, {_SCIPY_COUNTS} measured, scaled to all: {scipy_s:.0f} s",
        one_s / scipy_s,
    )


def _services(
    random: np.random.Generator,
    made: Streets,
    snapper: Snapper,
    points: NDArray[np.float64],
    at_points: Positions,
) -> Iterator[Figure]:
    """All that is measured of a service, without the database."""
    people = np.ones(POINTS, dtype=np.int32)
    number = np.zeros(POINTS, dtype=np.int16)
    cells = np.arange(POINTS, dtype=np.int64)
    demand = Demand(cells, people, None, None, None, number, ("",), 1, synthetic=True)
    estimated = np.ones(POINTS, dtype=np.bool_)
    estimated[at_points.point] = False
    ground = Ground(demand, "made", points, Beelines(points), snapper, at_points, estimated)
    supply = [shapely.points(made.places(random, count, 30)) for count in _SERVICES]

    def compute() -> None:
        for geometry in supply:
            entered = enter(ground, geometry)
            is_open = np.arange(len(geometry)) % 4 != 0
            measure(
                "made",
                ground,
                geometry,
                is_open,
                entered.positions,
                limit_mm=LIMIT_MM,
                detour_factor=1.3,
            )

    ours_s, matrix = best(compute, 1), arriving(made.graph)
    beeline_s = best(lambda: [ground.beelines.to(each) for each in supply], 1)
    nodes = [made.graph.edge_u[snapper.enter(each).positions.edge] for each in supply]
    scipy_s = best(lambda: [dijkstra(matrix, indices=each, min_only=True) for each in nodes], 1)
    yield Figure(
        f"{len(_SERVICES)} services of 20 to {STATIONS:,} facilities for {POINTS:,} points: walk,"
        " facility, count, straight line, now and after the plan",
        f"{ours_s:.1f} s",
        f"SciPy's dijkstra(min_only=True) and the straight lines, once for each:"
        f" {scipy_s:.1f} s and {beeline_s:.1f} s",
        ours_s / (scipy_s + beeline_s),
        f"{_COMPUTE_S} s",
        ours_s < _COMPUTE_S,
    )


def _outlines(random: np.random.Generator, made: Streets, snapper: Snapper) -> Iterator[Figure]:
    graph, took, plain = made.graph, [], []
    for lonlat in made.places(random, _OUTLINES, 40):
        here = snapper.snap(lonlat).positions
        begun = time.perf_counter()
        found = catchment(graph, here, LIMIT_MM)
        took.append((time.perf_counter() - begun) * 1000)
        lines = _lines(graph, found.stretches.edge)
        begun = time.perf_counter()
        shapely.union_all(shapely.buffer(lines, 30))
        plain.append((time.perf_counter() - begun) * 1000)
    median, worst, floor = np.median(took), np.quantile(took, 0.95), np.median(plain)
    yield Figure(
        f"the outline of a walk of 15 minutes, median of {_OUTLINES} (95 %)",
        f"{median:.1f} ms ({worst:.1f} ms)",
        f"shapely.union_all of the buffered edges, without the search: {floor:.1f} ms",
        float(median / floor),
        f"{_OUTLINE_MS} ms",
        bool(median < _OUTLINE_MS),
    )


def _lines(graph: Graph, edges: NDArray[np.integer]) -> NDArray[np.object_]:
    """Edges whole, in the plane."""
    first, last = graph.edge_indptr[edges], graph.edge_indptr[edges + 1]
    count = last - first
    owner = np.repeat(np.arange(len(edges)), count)
    at = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + first[owner]
    return np.asarray(shapely.linestrings(graph.edge_en[at], indices=owner))


if __name__ == "__main__":
    show(run())
