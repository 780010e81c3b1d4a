"""The searches as machine code: shortest walks over arcs in compressed rows.

All in one file: the cache of machine code would not notice a change of a function that another
file compiles into its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.network.compiled import compiled
from geoplan.network.costs import MOST_MM

FAR = np.int64(2**63 - 1)
"""Above every label; its millimetres are more than `MOST_MM`."""
LOWER = np.int64(2**32 - 1)
"""The facility's half of a label."""


@compiled
def push(keys: NDArray[np.int64], size: int, key: int | np.signedinteger[Any]) -> None:
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
def sink(keys: NDArray[np.int64], size: int) -> None:
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
def begin(
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
        if label[node] == FAR:
            touched[seen] = node
            seen += 1
        label[node] = found
        push(keys, size, np.int64(cost) << 32 | node)
        size += 1
    return seen, size


@compiled
def settle(
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

    label    (n,) those of `touched` are set, `seen` of them, all others are `FAR`.
    keys     a heap of millimetres above and nodes below. When a node comes up, all that is nearer
             has come up before, since no step costs nothing: its label is final, facility included.
    Returns how many labels are set in the end.
    """
    while size > 0:
        key = keys[0]
        size -= 1
        sink(keys, size)
        node, walked = key & LOWER, key >> 32
        if walked != label[node] >> 32:
            continue  # a shorter walk was found since
        facility = label[node] & LOWER
        for arc in range(indptr[node], indptr[node + 1]):
            total = min(walked + step[arc, 1], MOST_MM)
            if total > limit:
                continue
            other = step[arc, 0]
            found, before = total << 32 | facility, label[other]
            if found < before:
                label[other] = found
                if before == FAR:
                    touched[seen] = other
                    seen += 1
                if total < before >> 32:
                    push(keys, size, total << 32 | other)
                    size += 1
    return seen


@compiled
def nearest(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    facility: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
) -> NDArray[np.int64]:
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, FAR)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        seen, size = begin(
            start[seed], start_cost[seed], facility[seed], label, touched, seen, keys, size
        )
    settle(indptr, step, MOST_MM, label, touched, seen, keys, size)
    return label


@compiled
def bounded(
    indptr: NDArray[np.int64],
    step: NDArray[np.int32],
    start: NDArray[np.int32],
    start_cost: NDArray[np.int32],
    limit: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    keys = np.empty(len(step) + len(start), dtype=np.int64)
    label = np.full(len(indptr) - 1, FAR)
    touched = np.empty(len(label), dtype=np.int32)
    seen = size = 0
    for seed in range(len(start)):
        if start_cost[seed] <= limit:
            seen, size = begin(start[seed], start_cost[seed], 0, label, touched, seen, keys, size)
    seen = settle(indptr, step, limit, label, touched, seen, keys, size)
    reached = touched[:seen].copy()
    walked = np.empty(seen, dtype=np.int32)
    for index in range(seen):
        walked[index] = label[reached[index]] >> 32
    return reached, walked


@compiled
def counts(
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
    label = np.full(len(indptr) - 1, FAR)
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
                seen, size = begin(
                    start[seed], start_cost[seed], 0, label, touched, seen, keys, size
                )
        seen = settle(indptr, step, limit, label, touched, seen, keys, size)
        for index in range(seen):
            node = touched[index]
            walked = label[node] >> 32
            label[node] = FAR
            for row in range(target_indptr[node], target_indptr[node + 1]):
                point = target[row]
                if walked + target_cost[row] <= limit and counted[point] != facility:
                    counted[point] = facility
                    count[point] += 1
    return count


@compiled
def pairs(
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
    label = np.full(len(indptr) - 1, FAR)
    touched = np.empty(len(label), dtype=np.int32)
    far = np.int64(limit) + 1
    best = np.full(points, far)
    met = np.empty(points, dtype=np.int32)
    made = 0
    out = np.empty((3, 1024), dtype=np.int32)
    for facility in range(first, last):
        found = seen = size = 0
        for row in range(direct_indptr[facility], direct_indptr[facility + 1]):
            found = meet(direct[row], direct_cost[row], far, best, met, found)
        for seed in range(seed_indptr[facility], seed_indptr[facility + 1]):
            if start_cost[seed] <= limit:
                seen, size = begin(
                    start[seed], start_cost[seed], 0, label, touched, seen, keys, size
                )
        seen = settle(indptr, step, limit, label, touched, seen, keys, size)
        for index in range(seen):
            node = touched[index]
            walked = label[node] >> 32
            label[node] = FAR
            for row in range(target_indptr[node], target_indptr[node + 1]):
                found = meet(target[row], walked + target_cost[row], far, best, met, found)
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


@compiled
def meet(
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
