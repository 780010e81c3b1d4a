"""Shortest walks: to the nearest of many facilities, within a limit, and counted.

All kernels are one search (Dijkstra 1959) over labels of 64 bits: millimetres above, the number
of the facility below. Smaller labels win, so of two facilities that are equally far the one with
the lower number is found, and the result does not depend on the order of anything. (Walks of
`MOST_MM` are not told apart, nor are their facilities.)

Searches run from the facility over `Graph.arriving`, because people walk from where they are to
the facility, and a one-way footway makes that another way than back.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network import search
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.graph import Arcs


class Access(NamedTuple):
    """Walks (a,) between points and nodes: number of the point, node, millimetres (all int32)."""

    point: NDArray[np.int32]
    node: NDArray[np.int32]
    cost_mm: NDArray[np.int32]


class Reached(NamedTuple):
    """Nodes (k,) int32, none twice, and the millimetres of the shortest walk (k,) int32."""

    node: NDArray[np.int32]
    cost_mm: NDArray[np.int32]


class Direct(NamedTuple):
    """Walks along a single edge: from a point, to a facility, millimetres (all (d,) int32)."""

    point: NDArray[np.int32]
    facility: NDArray[np.int32]
    cost_mm: NDArray[np.int32]


def nearest(arcs: Arcs, seeds: Access) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """From every node the shortest walk to a facility, and to which one.

    arcs   `Graph.arriving`.
    seeds  the last part of the walk: from a node to the facility numbered `point`.
    Returns millimetres (n,) and the facility's number (n,), -1 where none can be reached.
    Raises ValueError for seeds that name no node, of a negative number, or of a cost that is
    negative or more than `MOST_MM`.
    """
    check(arcs, seeds)
    return split_labels(search.nearest(arcs.indptr, arcs.step, *seeds))


def split_labels(label: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Millimetres and facility of labels, both -1 where there is none."""
    met = label < search.FAR
    return (
        np.where(met, label >> 32, UNREACHED).astype(np.int32),
        np.where(met, label & search.LOWER, UNREACHED).astype(np.int32),
    )


def labels(cost_mm: NDArray[np.integer], facility: NDArray[np.int32]) -> NDArray[np.int64]:
    """Labels of walks (k,) to facilities; those that pass `MOST_MM` end there."""
    most = np.minimum(cost_mm.astype(np.int64), MOST_MM)
    return np.asarray(most << 32 | facility)


def no_labels(count: int) -> NDArray[np.int64]:
    """Labels of points that reach nothing yet."""
    return np.full(count, search.FAR)


def bounded(arcs: Arcs, seeds: Access, limit_mm: int) -> Reached:
    """Nodes within a limit of one place.

    arcs   `Graph.leaving` for walks from the place, `Graph.arriving` for walks to it.
    seeds  nodes next to the place and the cost between; their `point` is not looked at.
    limit_mm  the longest walk, inclusive.
    Raises ValueError as `nearest`.
    """
    check(arcs, seeds)
    limit = min(int(limit_mm), MOST_MM)
    return Reached(*search.bounded(arcs.indptr, arcs.step, seeds.node, seeds.cost_mm, limit))


def counts(
    arcs: Arcs,
    seeds: Access,
    targets: Access,
    direct: Direct,
    limit_mm: int,
    *,
    points: int,
    threads: int | None = None,
) -> NDArray[np.int32]:
    """How many facilities each point reaches within a limit, each counted once.

    arcs     `Graph.arriving`.
    seeds    walks from nodes to facilities (`point` is the facility's number).
    targets  walks from points to nodes; direct  walks that use one edge only.
    limit_mm the longest walk, inclusive, all its parts together.
    points   number of points; threads  how many searches run at once, all processors if None.
    Returns (points,). Raises ValueError as `nearest`.
    """
    check(arcs, seeds)
    check(arcs, targets)
    limit = min(int(limit_mm), MOST_MM)
    near = direct.cost_mm <= limit
    facilities = 1 + max(
        (int(numbers.max()) for numbers in (seeds.point, direct.facility) if len(numbers)),
        default=-1,
    )
    for numbers in (targets.point, direct.point):
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < points:
            raise ValueError("a point's number is out of range")
    by_facility, seed_rows = group(seeds.point, facilities)
    by_node, target_rows = group(targets.node, len(arcs.indptr) - 1)
    by_direct, direct_rows = group(direct.facility[near], facilities)
    start, start_cost = seeds.node[seed_rows], seeds.cost_mm[seed_rows]
    target, target_cost = targets.point[target_rows], targets.cost_mm[target_rows]
    straight = direct.point[near][direct_rows]

    def part(bounds: tuple[int, int]) -> NDArray[np.int32]:
        return search.counts(
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
            limit,
            *bounds,
            points,
        )

    many = threads or len(os.sched_getaffinity(0))
    # More parts than threads: some facilities have many neighbours, others few.
    cuts = np.linspace(0, facilities, 1 + max(min(4 * many, facilities), 1)).astype(int).tolist()
    with ThreadPoolExecutor(many) as pool:
        parts = pool.map(part, pairwise(cuts))
        return np.asarray(sum(parts, np.zeros(points, dtype=np.int32)))


def group(key: NDArray[np.int32], keys: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each key's rows begin (keys+1,) once rows are in the order that follows."""
    indptr = np.zeros(keys + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=keys), out=indptr[1:])
    return indptr, np.argsort(key, kind="stable")


def check(arcs: Arcs, access: Access) -> None:
    """Kernels do not look whether an index lies inside its array."""
    if not len(access.node):
        return
    if access.node.min() < 0 or access.node.max() >= len(arcs.indptr) - 1:
        raise ValueError("a walk begins or ends at a node that does not exist")
    if access.point.min() < 0 or access.cost_mm.min() < 0 or access.cost_mm.max() > MOST_MM:
        raise ValueError("a walk has a cost or number that is negative or too large")
