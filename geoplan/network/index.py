"""A spatial index of line segments as plain arrays: boxes of eight segments, boxes of eight boxes.

The index of a network's edges is saved with it and mapped like it, so that no process has to
build its own. Points are segments without length.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network.compiled import compiled

_FAN = 8  # as fast as 4 on a city of 300,000 nodes, with half the boxes; 16 takes a fifth longer


class Segments(NamedTuple):
    """Segments of lines in the plane and the boxes around them.

    vertices  (p, 2) metres east and north; those of a line follow each other.
    owner     (s,) int32 the line each segment is of; first  (s,) int64 the vertex it begins at.
              Both in the order of the boxes: neighbours in space follow each other.
    box       (b, 4) west, south, east, north; level  (l+1,) int64 where each level of boxes
              begins, from those around segments to the one around all.
    """

    vertices: NDArray[np.float64]
    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    box: NDArray[np.float64]
    level: NDArray[np.int64]


class Nearest(NamedTuple):
    """Of each point (k,) the nearest line.

    owner    int32, -1 where none is near enough; the lowest of several that are equally near.
    first    int64 the vertex that begins the nearest segment; part  float64 how far along that
             segment the nearest place lies, 0 to 1.
    apart_m  float64 distance in the plane, infinite where none is near enough.
    """

    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    part: NDArray[np.float64]
    apart_m: NDArray[np.float64]

    def of(self, rows: NDArray[np.int64]) -> Nearest:
        """Those of some points."""
        return Nearest._make(column[rows] for column in self)

    def places(self, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """The nearest places (k, 2), by the vertices of the lines; meaningless where none is."""
        if not len(vertices):
            return np.zeros((len(self.first), 2))
        begin, end = vertices[self.first], vertices[self.first + 1]
        place = begin + self.part[:, None] * (end - begin)
        return np.where(self.part[:, None] == 1, end, place)


def index_lines(vertices: NDArray[np.float64], indptr: NDArray[np.int64]) -> Segments:
    """Index lines (k,): line i has the vertices `indptr[i]` to `indptr[i+1]`, two or more."""
    line = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
    first = np.flatnonzero(line[1:] == line[:-1])
    order = np.argsort(curve((vertices[first] + vertices[first + 1]) / 2), kind="stable")
    first = first[order]
    ends = np.stack([vertices[first], vertices[first + 1]])
    box = np.concatenate([ends.min(axis=0), ends.max(axis=0)], axis=1)
    boxes = [box[:0]]
    while len(box) and (len(boxes) == 1 or len(box) > 1):
        box = _grouped(box)
        boxes.append(box)
    level = np.cumsum(list(map(len, boxes))).astype(np.int64)
    return Segments(vertices, line[first], first, np.concatenate(boxes), level)


def has_levels(segments: Segments) -> bool:
    """Whether the boxes are as many, level by level, as the segments need."""
    count, level = len(segments.owner), [0]
    while count and (len(level) == 1 or count > 1):
        count = -(-count // _FAN)
        level.append(level[-1] + count)
    return segments.level.tolist() == level and segments.box.shape == (level[-1], 4)


def nearest_lines(
    segments: Segments,
    points: NDArray[np.float64],
    limit_m: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    order: NDArray[np.int64] | None = None,
) -> Nearest:
    """The nearest wanted line of each point.

    points  (k, 2) in the plane, near nothing where not finite; limit_m  (k,) how far to look;
    wanted  (lines,) which count; order  of the points, where `order_in_space` is held already.
    """
    k = len(points)
    found = Nearest(
        np.full(k, -1, dtype=np.int32),
        np.zeros(k, dtype=np.int64),
        np.zeros(k),
        np.full(k, np.inf),
    )
    # What was found for one point is a bound for its neighbour: four times as fast so.
    on = order_in_space(points) if order is None else order
    if len(segments.owner) and wanted.any() and len(on):
        sought = Nearest(*_seek(points[on], limit_m[on], wanted, *segments))
        found.owner[on], found.first[on] = sought.owner, sought.first
        found.part[on], found.apart_m[on] = sought.part, sought.apart_m
    return found


def fractions_along(
    segments: Segments, indptr: NDArray[np.int64], near: Nearest
) -> NDArray[np.float64]:
    """How far along the whole line the nearest places lie (k,), 0 and 1 exactly at its ends.

    indptr  as given to `index_lines`.
    """
    return _fractions(segments.vertices, indptr, near.owner, near.first, near.part)


def order_in_space(plane: NDArray[np.float64]) -> NDArray[np.int64]:
    """The numbers of those points (k, 2) that are finite, neighbours mostly after each other."""
    on = np.flatnonzero(np.isfinite(plane).all(axis=1))
    return on[np.argsort(curve(plane[on]))]


def curve(plane: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Places (k,) of points on a Morton curve of 1 m: neighbours in space mostly follow on it."""
    key = np.zeros(len(plane), dtype=np.uint64)
    if not len(plane):
        return key
    whole = np.floor(plane - plane.min(axis=0)).astype(np.uint64)
    for bit in range(26):  # 67,000 km
        for axis in (0, 1):
            key |= (whole[:, axis] >> np.uint64(bit) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return key


def _grouped(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes around every `_FAN` boxes (k, 4)."""
    start = np.arange(0, len(box), _FAN)
    low, high = np.minimum.reduceat(box[:, :2], start), np.maximum.reduceat(box[:, 2:], start)
    return np.concatenate([low, high], axis=1)


@compiled
def _open(
    px: float,
    py: float,
    floor: int,
    at: int,
    best: float,
    box: NDArray[np.float64],
    level: NDArray[np.int64],
    stack: NDArray[np.int64],
    stack_m2: NDArray[np.float64],
    size: int,
) -> int:
    """Put what is in a box on the stack, the nearest on top; returns the stack's size."""
    base = size
    start, stop = level[floor - 1], level[floor]
    for child in range(at * _FAN, min(at * _FAN + _FAN, stop - start)):
        west, south, east, north = box[start + child]
        dx, dy = max(west - px, 0.0, px - east), max(south - py, 0.0, py - north)
        apart = dx * dx + dy * dy
        if apart > best:
            continue
        place = size
        while place > base and stack_m2[place - 1] < apart:
            stack[place, 0], stack[place, 1] = stack[place - 1, 0], stack[place - 1, 1]
            stack_m2[place] = stack_m2[place - 1]
            place -= 1
        stack[place, 0], stack[place, 1], stack_m2[place] = floor - 1, child, apart
        size += 1
    return size


@compiled
def _to_segment(
    px: float, py: float, vertices: NDArray[np.float64], first: int
) -> tuple[float, float]:
    """How far along a segment its nearest place lies, 0 to 1, and the square of the distance."""
    ax, ay = vertices[first, 0], vertices[first, 1]
    bx, by = vertices[first + 1, 0], vertices[first + 1, 1]
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    part = ((px - ax) * dx + (py - ay) * dy) / square if square > 0 else 0.0
    # At an end its own coordinates: lines that meet there are equally near.
    if part <= 0:
        part, x_m, y_m = 0.0, ax, ay
    elif part >= 1:
        part, x_m, y_m = 1.0, bx, by
    else:
        x_m, y_m = ax + part * dx, ay + part * dy
    return part, (px - x_m) ** 2 + (py - y_m) ** 2


@compiled
def _seek(
    points: NDArray[np.float64],
    limit_m: NDArray[np.float64],
    wanted: NDArray[np.bool_],
    vertices: NDArray[np.float64],
    owner: NDArray[np.int32],
    first: NDArray[np.int64],
    box: NDArray[np.float64],
    level: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """`Nearest` of each point: down from the box around all, the nearer boxes first, past none that
    can hold a nearer line.

    What was found for the point before bounds the search for the next.
    """
    top = len(level) - 2
    stack = np.empty((_FAN * (top + 2), 2), dtype=np.int64)  # level and number of a box
    stack_m2 = np.empty(_FAN * (top + 2))
    found_owner = np.full(len(points), -1, dtype=np.int32)
    found_first, found_part = np.zeros(len(points), dtype=np.int64), np.zeros(len(points))
    found_m = np.full(len(points), np.inf)
    before = -1
    for number in range(len(points)):
        px, py = points[number, 0], points[number, 1]
        reach = limit_m[number]
        if before >= 0:
            step = np.hypot(px - points[before, 0], py - points[before, 1])
            reach = min(reach, (found_m[before] + step) * (1 + 1e-9) + 1e-6)
        best, best_owner = reach * reach, -1
        stack[0, 0], stack[0, 1], stack_m2[0] = top, 0, 0.0
        size = 1
        while size > 0:
            size -= 1
            if stack_m2[size] > best:
                continue
            floor, at = stack[size, 0], stack[size, 1]
            if floor > 0:
                size = _open(px, py, floor, at, best, box, level, stack, stack_m2, size)
                continue
            for segment in range(at * _FAN, min(at * _FAN + _FAN, len(owner))):
                line = owner[segment]
                if not wanted[line]:
                    continue
                part, apart = _to_segment(px, py, vertices, first[segment])
                if apart < best or (apart == best and (best_owner < 0 or line < best_owner)):
                    best, best_owner = apart, line
                    found_first[number], found_part[number] = first[segment], part
        if best_owner >= 0:
            found_owner[number] = best_owner
            found_m[number] = np.sqrt(best)
            before = number
    return found_owner, found_first, found_part, found_m


@compiled
def _fractions(
    vertices: NDArray[np.float64],
    indptr: NDArray[np.int64],
    owner: NDArray[np.int32],
    first: NDArray[np.int64],
    part: NDArray[np.float64],
) -> NDArray[np.float64]:
    fraction = np.zeros(len(owner))
    for number in range(len(owner)):
        if owner[number] < 0:
            continue
        before, total = 0.0, 0.0
        for at in range(indptr[owner[number]], indptr[owner[number] + 1] - 1):
            length = np.hypot(
                vertices[at + 1, 0] - vertices[at, 0], vertices[at + 1, 1] - vertices[at, 1]
            )
            if at == first[number]:
                before = total + part[number] * length
            total += length
        if total > 0:
            fraction[number] = before / total
    return fraction
