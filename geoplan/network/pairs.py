"""Every walk from points to facilities within a limit: who could go where."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network.access import Positions, from_points, on_one_edge, to_points
from geoplan.network.compiled import compiled_anew
from geoplan.network.costs import MOST_MM
from geoplan.network.graph import Graph
from geoplan.network.kernel import _FAR, _begin, _check, _group, _search  # one room
from geoplan.network.plane import gap_m, geometry_to_plane, to_plane


class Pairs(NamedTuple):
    """Walks (p,) from a point to a facility, millimetres (all int32); none stands twice."""

    point: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost_mm: NDArray[np.int32]


def pairs_within(
    graph: Graph,
    points: Positions,
    facilities: Positions,
    limit_mm: int,
    *,
    count: int,
    threads: int | None = None,
) -> Pairs:
    """The shortest walk from each point to each facility that it reaches within a limit.

    Arguments as in `facilities_within`, which counts these. By facility, and within it in the
    order in which the search met the points. Raises ValueError for a point's number beyond `count`.
    """
    arcs = graph.arriving
    seeds, targets = to_points(graph, facilities), from_points(graph, points)
    direct = on_one_edge(graph, points, facilities)
    _check(arcs, seeds)
    for numbers in (targets.point, direct.point):
        if len(numbers) and int(numbers.max()) >= count:
            raise ValueError("a point's number is out of range")
    limit = min(int(limit_mm), MOST_MM)
    many_facilities = 1 + max(
        (int(numbers.max()) for numbers in (seeds.point, direct.facility) if len(numbers)),
        default=-1,
    )
    by_facility, seed_rows = _group(seeds.point, many_facilities)
    by_node, target_rows = _group(targets.node, graph.nodes)
    by_direct, direct_rows = _group(direct.facility, many_facilities)
    start, start_cost = seeds.node[seed_rows], seeds.cost_mm[seed_rows]
    target, target_cost = targets.point[target_rows], targets.cost_mm[target_rows]
    straight, straight_cost = direct.point[direct_rows], direct.cost_mm[direct_rows]

    def part(bounds: tuple[int, int]) -> tuple[NDArray[np.int32], ...]:
        return _pairs(
            arcs.indptr,
            arcs.step,
            by_facility,
            start,
            start_cost,
            by_node,
            target,
            target_cost,
            by_direct,
            straight,
            straight_cost,
            limit,
            *bounds,
            count,
        )

    many = threads or len(os.sched_getaffinity(0))
    cuts = np.linspace(0, many_facilities, 1 + max(min(4 * many, many_facilities), 1))
    with ThreadPoolExecutor(many) as pool:
        parts = list(pool.map(part, pairwise(cuts.astype(int).tolist())))
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def beelines_within(
    lonlat: NDArray[np.float64], geometry: NDArray[np.object_], limit_m: float
) -> Pairs:
    """Straight lines from points to facilities of at most `limit_m`; the cost is their length.

    lonlat  (n, 2) degrees, EPSG:4326; geometry  (k,) points, lines or polygons; 0 inside one.
    """
    places = np.asarray(shapely.points(to_plane(lonlat)), dtype=object)
    shapes = geometry_to_plane(geometry)
    # The plane stretches by up to 0.1 % at the city's edge; the geodesic decides.
    point, facility = shapely.STRtree(shapes).query(
        places, predicate="dwithin", distance=limit_m * 1.002
    )
    metres = gap_m(places[point], shapes[facility]) if len(point) else np.zeros(0)
    near = metres <= limit_m
    return Pairs(
        point[near].astype(np.int32),
        facility[near].astype(np.int32),
        np.ceil(metres[near] * 1000).astype(np.int32),
    )


@compiled_anew
def _pairs(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    seed_indptr: NDArray[np.int64],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
    target_indptr: NDArray[np.int64],
    target: NDArray[np.int32],
    target_cost: NDArray[np.int32],
    direct_indptr: NDArray[np.int64],
    direct: NDArray[np.int32],
    direct_cost: NDArray[np.int32],
    limit: int,
    first: int,
    last: int,
    points: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Facilities `first` to `last`, one search each; arrays are reset where they were touched."""
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, _FAR)
    touched = np.empty(len(label), dtype=np.int32)
    far = np.int64(limit) + 1
    best = np.full(points, far)
    met = np.empty(points, dtype=np.int32)
    made = 0
    out = np.empty((3, 1024), dtype=np.int32)
    for facility in range(first, last):
        found = seen = size = 0
        for row in range(direct_indptr[facility], direct_indptr[facility + 1]):
            found = _meet(direct[row], direct_cost[row], far, best, met, found)
        for seed in range(seed_indptr[facility], seed_indptr[facility + 1]):
            if start_cost[seed] <= limit:
                seen, size = _begin(
                    start[seed], start_cost[seed], 0, label, touched, seen, keys, size
                )
        seen = _search(indptr, step, limit, label, touched, seen, keys, size)
        for index in range(seen):
            node = touched[index]
            walked = label[node] >> 32
            label[node] = _FAR
            for row in range(target_indptr[node], target_indptr[node + 1]):
                found = _meet(target[row], walked + target_cost[row], far, best, met, found)
        if made + found > out.shape[1]:
            wider = np.empty((3, 2 * (made + found)), dtype=np.int32)
            wider[:, :made] = out[:, :made]
            out = wider
        for index in range(found):
            point = met[index]
            out[0, made], out[1, made], out[2, made] = point, facility, best[point]
            best[point] = far
            made += 1
    return out[0, :made].copy(), out[1, :made].copy(), out[2, :made].copy()


@compiled_anew
def _meet(
    point: int,
    cost: int,
    far: int | np.signedinteger[Any],
    best: NDArray[np.int64],
    met: NDArray[np.int32],
    found: int,
) -> int:
    """Keep a walk to a point if it is the shortest; returns how many points are met."""
    if cost < best[point]:
        if best[point] == far:
            met[found] = point
            found += 1
        best[point] = cost
    return found
