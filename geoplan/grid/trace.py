"""Lines traced through cells and districts: which stretch of a segment lies where.

A segment is cut where it crosses an edge, and every stretch goes to exactly one place, the one that
holds its midpoint: a line that runs along an edge is counted once, and the stretches of a segment
always make up the whole of it. Longitude and latitude are taken as plane coordinates here.
"""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np
from numpy.typing import NDArray

from geoplan.grid.cells import cell_boundaries, locate_cells, neighbours
from geoplan.grid.districts import Districts

_DEGREE_M = 111_320.0
# A step this long never leaves the cell it starts in and that cell's six neighbours: the way out of
# the ring is one edge at least, and the shortest edges are 0.7 of the average.
_STEP_EDGES = 0.5
_BATCH = 20_000  # steps cut at a time, which bounds memory at about 100 MB
_ON_EDGE = 1e-9  # of an edge's length: a crossing at a corner is found on both edges


@dataclass(frozen=True, slots=True)
class Stretches:
    """Parts of segments, in order: from `begin` to `finish` (0 to 1) segment lies in `place`."""

    segment: NDArray[np.int64]
    begin: NDArray[np.float64]
    finish: NDArray[np.float64]
    place: NDArray[np.int64]

    def ends(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both ends of each stretch; start, end  (n, 2) of the segments that were traced."""
        return (
            _along(start, end, self.segment, self.begin),
            _along(start, end, self.segment, self.finish),
        )


def trace_cells(start: NDArray[np.float64], end: NDArray[np.float64], res: int) -> Stretches:
    """The cells that segments pass through.

    start, end  (n, 2) lon, lat in degrees, EPSG:4326; res  0 to 15.
    Returns stretches whose place is a cell; neighbouring stretches are in different cells.
    """
    segment, begin, finish = _steps(start, end, res)
    first = _along(start, end, segment, begin)
    last = _along(start, end, segment, finish)
    # Most steps end where the next one begins: such a point is looked up once.
    alone = np.r_[(last[:-1] != first[1:]).any(axis=1), True][: len(first)]
    cells, convex = _flat_cells(np.concatenate([first, last[alone]]), res)
    cell = cells[: len(first)]
    cell_after = np.roll(cell, -1)
    cell_after[alone] = cells[len(first) :]
    inside = (cell == cell_after) & convex[: len(first)]
    parts = [Stretches(segment[inside], begin[inside], finish[inside], cell[inside])]
    crossing = np.flatnonzero(~inside)
    for position in range(0, len(crossing), _BATCH):
        batch = crossing[position : position + _BATCH]
        owner, at = _cross_cells(first[batch], last[batch], cell[batch])
        lasting = finish[batch] - begin[batch]
        owner, low, high = _between(owner, at, len(batch))
        low = begin[batch][owner] + low * lasting[owner]
        high = begin[batch][owner] + high * lasting[owner]
        of = segment[batch][owner]
        middle = _along(start, end, of, (low + high) / 2)
        parts.append(Stretches(of, low, high, _flat_cells(middle, res)[0]))
    return _joined(parts)


def trace_districts(
    start: NDArray[np.float64], end: NDArray[np.float64], districts: Districts
) -> Stretches:
    """The districts that segments pass through.

    start, end  (n, 2) lon, lat in degrees, EPSG:4326.
    Returns stretches whose place is a district's number, or NOWHERE.
    """
    pair, edge_start, edge_end = districts.crossed_edges(start, end)
    at = _crossings(start[pair], end[pair], edge_start, edge_end)
    met = ~np.isnan(at)
    segment, low, high = _between(pair[met], at[met], len(start))
    middle = _along(start, end, segment, (low + high) / 2)
    return _joined([Stretches(segment, low, high, districts.numbers(middle))])


def _steps(
    start: NDArray[np.float64], end: NDArray[np.float64], res: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Segments walked in equal steps of at most `_STEP_EDGES` edges: segment, begin, finish."""
    across = (end[:, 0] - start[:, 0]) * np.cos(np.radians((start[:, 1] + end[:, 1]) / 2))
    length_m = np.hypot(across, end[:, 1] - start[:, 1]) * _DEGREE_M
    longest_m = _STEP_EDGES * h3.average_hexagon_edge_length(res, unit="m")
    count = np.maximum(np.ceil(length_m / longest_m), 1).astype(np.int64)
    segment = np.repeat(np.arange(len(start)), count)
    position = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    return segment, position / count[segment], (position + 1) / count[segment]


def _flat_cells(
    lonlat: NDArray[np.float64], res: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The cell whose plane polygon holds each point, and whether that polygon is convex.

    H3 draws edges as great circles: its own answer differs in the sliver between the circle and the
    straight edge. On an edge, H3's answer stands.
    """
    cells = locate_cells(lonlat[:, 0], lonlat[:, 1], res)
    known, which = np.unique(cells, return_inverse=True)
    rings = cell_boundaries(known)
    convex = _are_convex(rings)[which]
    stray = np.flatnonzero(~_hold(rings[which], lonlat))
    if len(stray):
        around = neighbours(cells[stray])
        rings = cell_boundaries(around.ravel()).reshape(*around.shape, -1, 2)
        holds = _hold(rings, lonlat[stray, None])
        moved = np.flatnonzero(holds.any(axis=1))
        cells[stray[moved]] = around[moved, holds[moved].argmax(axis=1)]
        convex[stray] = False
    return cells, convex


def _hold(rings: NDArray[np.float64], lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each ring (..., v, 2) holds its point (..., 2): a ray east crosses it oddly."""
    seen = rings - lonlat[..., None, :]
    after = np.roll(seen, -1, axis=-2)
    above, after_above = seen[..., 1] > 0, after[..., 1] > 0
    turn = seen[..., 0] * after[..., 1] - seen[..., 1] * after[..., 0]
    east = np.where(after_above, turn > 0, turn < 0)
    return np.asarray(((above != after_above) & east).sum(axis=-1) % 2 == 1)


def _are_convex(rings: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cells bent by an edge of the icosahedron may not be; rings (n, v, 2), counter-clockwise.

    False also for rings that repeat their last vertex, whose last turn is not seen.
    """
    edge = np.roll(rings, -1, axis=1) - rings
    after = np.roll(edge, -1, axis=1)
    turn = edge[..., 0] * after[..., 1] - edge[..., 1] * after[..., 0]
    return np.asarray((turn >= 0).all(axis=1) & edge[:, -2].any(axis=1))


def _cross_cells(
    start: NDArray[np.float64], end: NDArray[np.float64], cells: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where steps cross edges of their first cell and its neighbours: step, place (0 to 1)."""
    around, which = np.unique(cells, return_inverse=True)
    near, place = np.unique(neighbours(around), return_inverse=True)
    rings = cell_boundaries(near)[place.reshape(len(around), -1)]
    edge_start = rings.reshape(len(around), -1, 2)[which]
    edge_end = np.roll(rings, -1, axis=2).reshape(len(around), -1, 2)[which]
    at = _crossings(start[:, None], end[:, None], edge_start, edge_end)
    step, edge = np.nonzero(~np.isnan(at))
    return step, at[step, edge]


def _crossings(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    edge_start: NDArray[np.float64],
    edge_end: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Where (0 to 1) each segment crosses its edge, NaN where it does not; all (..., 2)."""
    way, edge = end - start, edge_end - edge_start
    gap = edge_start - start
    turn = way[..., 0] * edge[..., 1] - way[..., 1] * edge[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (gap[..., 0] * edge[..., 1] - gap[..., 1] * edge[..., 0]) / turn
        on = (gap[..., 0] * way[..., 1] - gap[..., 1] * way[..., 0]) / turn
        met = (at > 0) & (at < 1) & (on >= -_ON_EDGE) & (on <= 1 + _ON_EDGE)
    return np.where(met, at, np.nan)


def _between(
    owner: NDArray[np.int64], at: NDArray[np.float64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Intervals between the cuts `at` of each of `count` owners: owner, low, high."""
    every = np.arange(count)
    owner = np.concatenate([every, owner, every])
    at = np.concatenate([np.zeros(count), at, np.ones(count)])
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    kept = np.flatnonzero((owner[1:] == owner[:-1]) & (at[1:] > at[:-1]))
    return owner[kept], at[kept], at[kept + 1]


def _joined(parts: list[Stretches]) -> Stretches:
    """Stretches in order; those that follow each other in one place become one."""
    segment, begin, finish, place = (
        np.concatenate([getattr(part, name) for part in parts]) for name in Stretches.__slots__
    )
    order = np.lexsort((begin, segment))
    segment, place = segment[order], place[order]
    new = np.flatnonzero(
        np.r_[True, (segment[1:] != segment[:-1]) | (place[1:] != place[:-1])][: len(segment)]
    )
    last = np.r_[new[1:], len(segment)][: len(new)] - 1
    return Stretches(segment[new], begin[order][new], finish[order][last], place[new])


def _along(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    segment: NDArray[np.int64],
    at: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Points at a share of their segment; the ends are met exactly."""
    way = end[segment] - start[segment]
    point = start[segment] + at[:, None] * way
    return np.where(at[:, None] == 1, end[segment], point)
