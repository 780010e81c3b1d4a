"""Every walk from points to facilities within a limit: who could go where."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network import search
from geoplan.network.access import Positions, from_points, on_one_edge, to_points
from geoplan.network.costs import MOST_MM
from geoplan.network.graph import Graph
from geoplan.network.kernel import check, group
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
    check(arcs, seeds)
    for numbers in (targets.point, direct.point):
        if len(numbers) and int(numbers.max()) >= count:
            raise ValueError("a point's number is out of range")
    limit = min(int(limit_mm), MOST_MM)
    many_facilities = 1 + max(
        (int(numbers.max()) for numbers in (seeds.point, direct.facility) if len(numbers)),
        default=-1,
    )
    by_facility, seed_rows = group(seeds.point, many_facilities)
    by_node, target_rows = group(targets.node, graph.nodes)
    by_direct, direct_rows = group(direct.facility, many_facilities)
    start, start_cost = seeds.node[seed_rows], seeds.cost_mm[seed_rows]
    target, target_cost = targets.point[target_rows], targets.cost_mm[target_rows]
    straight, straight_cost = direct.point[direct_rows], direct.cost_mm[direct_rows]

    def part(bounds: tuple[int, int]) -> tuple[NDArray[np.int32], ...]:
        return search.pairs(
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
