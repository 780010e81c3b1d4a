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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network.compiled import compiled
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.graph import Arcs

_FAR = np.int64(2**63 - 1)  # above every label; its millimetres are more than `MOST_MM`
_LOWER = np.int64(2**32 - 1)  # the facility's half of a label


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
    _check(arcs, seeds)
    return split_labels(_nearest(arcs.indptr, arcs.step, *seeds))


def split_labels(label: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Millimetres and facility of labels, both -1 where there is none."""
    met = label < _FAR
    return (
        np.where(met, label >> 32, UNREACHED).astype(np.int32),
        np.where(met, label & _LOWER, UNREACHED).astype(np.int32),
    )


def labels(cost_mm: NDArray[np.integer], facility: NDArray[np.int32]) -> NDArray[np.int64]:
    """Labels of walks (k,) to facilities; those that pass `MOST_MM` end there."""
    most = np.minimum(cost_mm.astype(np.int64), MOST_MM)
    return np.asarray(most << 32 | facility)


def no_labels(count: int) -> NDArray[np.int64]:
    """Labels of points that reach nothing yet."""
    return np.full(count, _FAR)


def bounded(arcs: Arcs, seeds: Access, limit_mm: int) -> Reached:
    """Nodes within a limit of one place.

    arcs   `Graph.leaving` for walks from the place, `Graph.arriving` for walks to it.
    seeds  nodes next to the place and the cost between; their `point` is not looked at.
    limit_mm  the longest walk, inclusive.
    Raises ValueError as `nearest`.
    """
    _check(arcs, seeds)
    limit = min(int(limit_mm), MOST_MM)
    return Reached(*_bounded(arcs.indptr, arcs.step, seeds.node, seeds.cost_mm, limit))


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
    _check(arcs, seeds)
    _check(arcs, targets)
    limit = min(int(limit_mm), MOST_MM)
    near = direct.cost_mm <= limit
    facilities = 1 + max(
        (int(numbers.max()) for numbers in (seeds.point, direct.facility) if len(numbers)),
        default=-1,
    )
    for numbers in (targets.point, direct.point):
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < points:
            raise ValueError("a point's number is out of range")
    by_facility, seed_rows = _group(seeds.point, facilities)
    by_node, target_rows = _group(targets.node, len(arcs.indptr) - 1)
    by_direct, direct_rows = _group(direct.facility[near], facilities)
    start, start_cost = seeds.node[seed_rows], seeds.cost_mm[seed_rows]
    target, target_cost = targets.point[target_rows], targets.cost_mm[target_rows]
    straight = direct.point[near][direct_rows]

    def part(bounds: tuple[int, int]) -> NDArray[np.int32]:
        return _counts(
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


def _group(key: NDArray[np.int32], keys: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each key's rows begin (keys+1,) once rows are in the order that follows."""
    indptr = np.zeros(keys + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=keys), out=indptr[1:])
    return indptr, np.argsort(key, kind="stable")


def _check(arcs: Arcs, access: Access) -> None:
    """Kernels do not look whether an index lies inside its array."""
    if not len(access.node):
        return
    if access.node.min() < 0 or access.node.max() >= len(arcs.indptr) - 1:
        raise ValueError("a walk begins or ends at a node that does not exist")
    if access.point.min() < 0 or access.cost_mm.min() < 0 or access.cost_mm.max() > MOST_MM:
        raise ValueError("a walk has a cost or number that is negative or too large")


@compiled
def _push(keys: NDArray[np.int64], size: int, key: int | np.signedinteger[Any]) -> None:
    """Add to a heap of four children a parent; the place `size` is free."""
    at = size
    while at > 0:
        up = (at - 1) >> 2
        if keys[up] <= key:
            break
        keys[at] = keys[up]
        at = up
    keys[at] = key


@compiled
def _sink(keys: NDArray[np.int64], size: int) -> None:
    """Put the entry that stands behind the heap of `size` entries in the place of its least."""
    key, at = keys[size], 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < keys[least]:
                least = other
        if keys[least] >= key:
            break
        keys[at] = keys[least]
        at = least
    keys[at] = key


@compiled
def _begin(
    node: int,
    cost: int,
    facility: int,
    label: NDArray[np.int64],
    touched: NDArray[np.int32],
    seen: int,
    keys: NDArray[np.int64],
    size: int,
) -> tuple[int, int]:
    """Begin a search at a node; returns how many labels are set and entries in the heap."""
    found = np.int64(cost) << 32 | facility
    if found < label[node]:
        if label[node] == _FAR:
            touched[seen] = node
            seen += 1
        label[node] = found
        _push(keys, size, np.int64(cost) << 32 | node)
        size += 1
    return seen, size


@compiled
def _search(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    limit: int,
    label: NDArray[np.int64],
    touched: NDArray[np.int32],
    seen: int,
    keys: NDArray[np.int64],
    size: int,
) -> int:
    """Settle every node within the limit of the nodes it was begun at.

    label    (n,) those of `touched` are set, `seen` of them, all others are `_FAR`.
    keys     a heap of millimetres above and nodes below. When a node comes up, all that is nearer
             has come up before, since no step costs nothing: its label is final, facility included.
    Returns how many labels are set in the end.
    """
    while size > 0:
        key = keys[0]
        size -= 1
        _sink(keys, size)
        node, walked = key & _LOWER, key >> 32
        if walked != label[node] >> 32:
            continue  # a shorter walk was found since
        facility = label[node] & _LOWER
        for arc in range(indptr[node], indptr[node + 1]):
            total = min(walked + step[arc, 1], MOST_MM)
            if total > limit:
                continue
            other = step[arc, 0]
            found, before = total << 32 | facility, label[other]
            if found < before:
                label[other] = found
                if before == _FAR:
                    touched[seen] = other
                    seen += 1
                if total < before >> 32:
                    _push(keys, size, total << 32 | other)
                    size += 1
    return seen


@compiled
def _nearest(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    facility: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
) -> NDArray[np.int64]:
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, _FAR)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        seen, size = _begin(
            start[seed], start_cost[seed], facility[seed], label, touched, seen, keys, size
        )
    _search(indptr, step, MOST_MM, label, touched, seen, keys, size)
    return label


@compiled
def _bounded(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
    limit: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, _FAR)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        if start_cost[seed] <= limit:
            seen, size = _begin(start[seed], start_cost[seed], 0, label, touched, seen, keys, size)
    seen = _search(indptr, step, limit, label, touched, seen, keys, size)
    reached = touched[:seen].copy()
    walked = np.empty(seen, dtype=np.int32)
    for index in range(seen):
        walked[index] = label[reached[index]] >> 32
    return reached, walked


@compiled
def _counts(
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
    limit: int,
    first: int,
    last: int,
    points: int,
) -> NDArray[np.int32]:
    """Facilities `first` to `last`, one search each; arrays are reset where they were touched."""
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, _FAR)
    touched = np.empty(len(label), dtype=np.int32)
    count = np.zeros(points, dtype=np.int32)
    counted = np.full(points, -1, dtype=np.int32)  # the last facility that was counted
    for facility in range(first, last):
        for row in range(direct_indptr[facility], direct_indptr[facility + 1]):
            if counted[direct[row]] != facility:
                counted[direct[row]] = facility
                count[direct[row]] += 1
        seen = size = 0
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
                point = target[row]
                if walked + target_cost[row] <= limit and counted[point] != facility:
                    counted[point] = facility
                    count[point] += 1
    return count
