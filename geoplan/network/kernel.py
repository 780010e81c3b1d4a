"""Shortest walks: to the nearest of many facilities, within a limit, and counted.

All kernels are one search (Dijkstra 1959) over labels of 64 bits: millimetres above, the number
of the facility below. Smaller labels win, so of two facilities that are equally far the one with
the lower number is found, and the result does not depend on the order of anything.

Searches run from the facility over `Graph.arriving`, because people walk from where they are to
the facility, and a one-way footway makes that another way than back.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network.compiled import compiled
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.graph import Arcs

_FAR = np.int64(2**63 - 1)  # above every label
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
    Raises ValueError for seeds that name no node, or of negative number or cost.
    """
    _check(arcs, seeds)
    label = np.full(len(arcs.indptr) - 1, _FAR)
    _nearest(arcs.indptr, arcs.indices, arcs.cost, *seeds, label)
    return split_labels(label)


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
    return Reached(
        *_bounded(arcs.indptr, arcs.indices, arcs.cost, seeds.node, seeds.cost_mm, limit)
    )


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
    grouped = (
        *_group(seeds.point, facilities, seeds.node, seeds.cost_mm),
        *_group(targets.node, len(arcs.indptr) - 1, targets.point, targets.cost_mm),
        *_group(direct.facility[near], facilities, direct.point[near]),
    )

    def part(bounds: tuple[int, int]) -> NDArray[np.int32]:
        return _counts(arcs.indptr, arcs.indices, arcs.cost, *grouped, limit, *bounds, points)

    many = threads or len(os.sched_getaffinity(0))
    # More parts than threads: some facilities have many neighbours, others few.
    cuts = np.linspace(0, facilities, 1 + max(min(4 * many, facilities), 1)).astype(int).tolist()
    with ThreadPoolExecutor(many) as pool:
        parts = pool.map(part, zip(cuts[:-1], cuts[1:], strict=True))
        return np.asarray(sum(parts, np.zeros(points, dtype=np.int32)))


def _group(
    key: NDArray[np.int32], keys: int, *columns: NDArray[np.int32]
) -> tuple[NDArray[np.int64], ...]:
    """Columns in the order of a key, and before them where each key's rows begin (keys+1,)."""
    order = np.argsort(key, kind="stable")
    indptr = np.zeros(keys + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=keys), out=indptr[1:])
    return (indptr, *(column[order] for column in columns))  # type: ignore[arg-type]


def _check(arcs: Arcs, access: Access) -> None:
    """Kernels do not look whether an index lies inside its array."""
    if not len(access.node):
        return
    if access.node.min() < 0 or access.node.max() >= len(arcs.indptr) - 1:
        raise ValueError("a walk begins or ends at a node that does not exist")
    if access.cost_mm.min() < 0 or access.point.min() < 0:
        raise ValueError("a walk has a negative cost or number")


@compiled
def _push(
    keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int, key: int, node: int
) -> None:
    """Add to a heap of four children a parent; the place `size` is free."""
    at = size
    while at > 0:
        up = (at - 1) >> 2
        if keys[up] <= key:
            break
        keys[at], nodes[at] = keys[up], nodes[up]
        at = up
    keys[at], nodes[at] = key, node


@compiled
def _sink(keys: NDArray[np.int64], nodes: NDArray[np.int32], size: int) -> None:
    """Put the entry that stands behind the heap of `size` entries in the place of its least."""
    key, node = keys[size], nodes[size]
    at = 0
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
        keys[at], nodes[at] = keys[least], nodes[least]
        at = least
    keys[at], nodes[at] = key, node


@compiled
def _search(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    cost: NDArray[np.int32],
    limit: int,
    label: NDArray[np.int64],
    touched: NDArray[np.int32],
    seen: int,
    keys: NDArray[np.int64],
    nodes: NDArray[np.int32],
    size: int,
) -> int:
    """Settle every node within the limit of the heap's first entries.

    label    (n,) those of the entries are set, all others are `_FAR`.
    touched  (n,) nodes whose label is set, `seen` of them at first.
    Returns how many there are in the end.
    """
    while size > 0:
        key, node = keys[0], nodes[0]
        size -= 1
        _sink(keys, nodes, size)
        if key != label[node]:
            continue  # a shorter walk was found since
        walked, facility = key >> 32, key & _LOWER
        for arc in range(indptr[node], indptr[node + 1]):
            total = min(walked + cost[arc], MOST_MM)
            if total > limit:
                continue
            other = indices[arc]
            found = total << 32 | facility
            if found < label[other]:
                if label[other] == _FAR:
                    touched[seen] = other
                    seen += 1
                label[other] = found
                _push(keys, nodes, size, found, other)
                size += 1
    return seen


@compiled
def _nearest(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    cost: NDArray[np.int32],
    facility: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
    label: NDArray[np.int64],
) -> None:
    room = len(indices) + len(start)
    keys, nodes = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        key = np.int64(min(start_cost[seed], MOST_MM)) << 32 | facility[seed]
        if key < label[start[seed]]:
            label[start[seed]] = key
            _push(keys, nodes, size, key, start[seed])
            size += 1
    _search(indptr, indices, cost, MOST_MM, label, touched, seen, keys, nodes, size)


@compiled
def _bounded(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    cost: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
    limit: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    room = len(indices) + len(start)
    keys, nodes = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
    label = np.full(len(indptr) - 1, _FAR)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        key = np.int64(start_cost[seed]) << 32
        if start_cost[seed] <= limit and key < label[start[seed]]:
            if label[start[seed]] == _FAR:
                touched[seen] = start[seed]
                seen += 1
            label[start[seed]] = key
            _push(keys, nodes, size, key, start[seed])
            size += 1
    seen = _search(indptr, indices, cost, limit, label, touched, seen, keys, nodes, size)
    reached = touched[:seen].copy()
    walked = np.empty(seen, dtype=np.int32)
    for index in range(seen):
        walked[index] = label[reached[index]] >> 32
    return reached, walked


@compiled
def _counts(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    cost: NDArray[np.int32],
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
    room = len(indices) + len(start)
    keys, nodes = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int32)
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
            node, key = start[seed], np.int64(start_cost[seed]) << 32
            if start_cost[seed] <= limit and key < label[node]:
                if label[node] == _FAR:
                    touched[seen] = node
                    seen += 1
                label[node] = key
                _push(keys, nodes, size, key, node)
                size += 1
        seen = _search(indptr, indices, cost, limit, label, touched, seen, keys, nodes, size)
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
