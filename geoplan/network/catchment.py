"""How far a walk reaches: edges whole or in part, and the outline around them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network import kernel
from geoplan.network.access import Positions, along, from_points
from geoplan.network.compiled import compiled
from geoplan.network.contour import ground_beside
from geoplan.network.costs import CLOSED, MOST_MM
from geoplan.network.graph import BRIDGE, TUNNEL, Graph
from geoplan.network.plane import geometry_to_lonlat, to_plane

BUFFER_M = 30.0
"""What lies beside a walked way; small, because over a river it would reach the other bank."""

HOLE_M2 = 40_000.0
"""Largest block that is filled when all ways around it are reached: 200 m by 200 m. A choice of
drawing, no figure depends on it."""

_SIMPLIFY_M = 1.0


class Stretches(NamedTuple):
    """Parts of edges (k,): edge int32, and where each begins and ends, 0 at `edge_u`, 1 at
    `edge_v`. Those of one edge do not overlap."""

    edge: NDArray[np.int32]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]


class Catchment(NamedTuple):
    """What is reached, and its outline: a valid (multi)polygon, EPSG:4326, empty for nothing."""

    stretches: Stretches
    outline: shapely.Geometry


def catchment(
    graph: Graph,
    point: Positions,
    limit_mm: int,
    *,
    lonlat: tuple[float, float] | None = None,
) -> Catchment:
    """What can be reached on foot from one point within a limit, the leg to the network included.

    point   the point's places on the network (of `Snapper.snap`); none: nothing is reached.
    lonlat  the point itself, EPSG:4326; where given, the leg to the network is part of the outline.
    """
    limit_mm = min(limit_mm, MOST_MM)
    reached = stretches(graph, point, limit_mm)
    lines = _lines(graph, reached)
    if lonlat is not None and len(point.edge):
        lines = np.append(lines, _legs(graph, point, limit_mm, lonlat))
    return Catchment(reached, outline(graph, reached, lines))


def stretches(graph: Graph, point: Positions, limit_mm: int) -> Stretches:
    """Edges and parts of edges within a limit of a point's places on the network."""
    arcs, limit_mm = graph.leaving, min(limit_mm, MOST_MM)
    reached = kernel.bounded(arcs, from_points(graph, point), limit_mm)
    count = arcs.indptr[reached.node + 1] - arcs.indptr[reached.node]
    at = np.repeat(np.arange(len(reached.node)), count)
    shift = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    arc = arcs.indptr[reached.node[at]] + shift
    part = np.minimum((limit_mm - reached.cost_mm[at]) / arcs.step[arc, 1], 1.0)
    edge, node = arcs.edge[arc], reached.node[at]
    # Of a loop both directions leave one node; the first of its two arcs is the one from u to v.
    again = np.zeros(len(arc), dtype=np.bool_)
    again[1:] = (edge[1:] == edge[:-1]) & (at[1:] == at[:-1])
    from_u = (graph.edge_u[edge] == node) & ~again & (graph.edge_cost_uv[edge] != CLOSED)
    own = _own(graph, point, limit_mm)
    return _merged(
        np.concatenate([edge, own.edge]),
        np.concatenate([np.where(from_u, 0.0, 1.0 - part), own.start]),
        np.concatenate([np.where(from_u, part, 1.0), own.stop]),
    )


def outline(graph: Graph, reached: Stretches, lines: NDArray[np.object_]) -> shapely.Geometry:
    """The ground beside lines of the plane, in EPSG:4326.

    Blocks up to `HOLE_M2` are filled, unless a bridge or tunnel is on their rim: what lies there
    is a river, a railway or a road that is only crossed at that place.
    """
    if not len(lines):
        return shapely.Polygon()
    polygons = ground_beside(lines, BUFFER_M)
    rings, owner = shapely.get_rings(polygons, return_index=True)
    is_hole = np.zeros(len(rings), dtype=np.bool_)
    is_hole[1:] = owner[1:] == owner[:-1]
    holes = shapely.polygons(rings)
    small = is_hole & (shapely.area(holes) <= HOLE_M2)
    spans = (graph.edge_flags[reached.edge] & (BRIDGE | TUNNEL)) != 0
    if small.any() and spans.any():
        over = shapely.multilinestrings(lines[: len(spans)][spans])
        shapely.prepare(over)
        small[small] = ~shapely.dwithin(over, holes[small], BUFFER_M + 1)
    if small.any():
        polygons = shapely.polygons(rings[~is_hole])
        kept = is_hole & ~small
        for index in np.unique(owner[kept]).tolist():
            own = rings[kept & (owner == index)]
            polygons[index] = shapely.polygons(shapely.get_exterior_ring(polygons[index]), own)
    # One may lie in the hole of another that is filled now.
    ground = polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)
    # Fourteen times as fast as the form that keeps topology, and valid nearly always.
    simple = shapely.simplify(ground, _SIMPLIFY_M, preserve_topology=False)
    if not simple.is_valid or simple.is_empty:
        simple = shapely.simplify(ground, _SIMPLIFY_M)
    return geometry_to_lonlat(simple)


def _own(graph: Graph, point: Positions, limit_mm: int) -> Stretches:
    """What is reached of the edges the point is on, without leaving them."""
    begin = along(graph, point)
    left = (limit_mm - point.leg_mm).astype(np.float64)
    cost_uv, cost_vu = graph.edge_cost_uv[point.edge], graph.edge_cost_vu[point.edge]
    forth = np.where(cost_uv != CLOSED, (begin[0] + left) / cost_uv, point.fraction)
    back = np.where(cost_vu != CLOSED, 1 - (begin[1] + left) / cost_vu, point.fraction)
    there = left >= 0
    return Stretches(
        point.edge[there],
        np.clip(back, 0, point.fraction)[there],
        np.clip(forth, point.fraction, 1)[there],
    )


def _merged(
    edge: NDArray[np.int32], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> Stretches:
    """Stretches in the order of edges, those that touch or overlap made one."""
    long = stop > start
    edge, start, stop = edge[long], start[long], stop[long]
    order = np.lexsort((start, edge))
    edge, start, stop = edge[order], start[order], stop[order]
    if not len(edge):
        return Stretches(edge, start, stop)
    rank = 2.0 * np.cumsum(np.append(False, edge[1:] != edge[:-1]))  # edges lie apart on one axis
    covered = np.maximum.accumulate(rank + stop)
    first = np.flatnonzero(np.append(True, (rank + start)[1:] > covered[:-1]))
    return Stretches(edge[first], start[first], np.maximum.reduceat(stop, first))


def _lines(graph: Graph, parts: Stretches) -> NDArray[np.object_]:
    """The stretches as lines of the plane."""
    count = graph.edge_indptr[parts.edge + 1] - graph.edge_indptr[parts.edge]
    xy, row = np.empty((int(count.sum()), 2)), np.empty(int(count.sum()), dtype=np.int64)
    filled = _cut(graph.edge_indptr, graph.edge_en, *parts, xy, row)
    return np.atleast_1d(shapely.linestrings(xy[:filled], indices=row[:filled]))


def _legs(
    graph: Graph, point: Positions, limit_mm: int, lonlat: tuple[float, float]
) -> NDArray[np.object_]:
    """From the point to its places on the network, as far as the limit goes."""
    whole = np.ones(len(point.edge))
    edges = _lines(graph, Stretches(point.edge, whole * 0, whole))
    place = shapely.line_interpolate_point(edges, point.fraction, normalized=True)
    end = shapely.get_coordinates(place)
    begin = np.broadcast_to(to_plane(np.array([lonlat])), end.shape)
    part = np.minimum(limit_mm / np.maximum(point.leg_mm, 1), 1.0)[:, None]
    legs = np.stack([begin, begin + part * (end - begin)], axis=1)
    return np.asarray(shapely.linestrings(legs), dtype=object)


@compiled
def _cut(
    edge_indptr: NDArray[np.int64],
    edge_en: NDArray[np.float64],
    edge: NDArray[np.int32],
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    xy: NDArray[np.float64],
    row: NDArray[np.int64],
) -> int:
    """Vertices of parts of edges, and of which part each is; returns how many.

    A part has at most as many vertices as its edge: what it gains at its ends it loses beyond.
    """
    filled = 0
    for index in range(len(edge)):
        first, last = edge_indptr[edge[index]], edge_indptr[edge[index] + 1] - 1
        total = 0.0
        for at in range(first, last):
            total += np.hypot(
                edge_en[at + 1, 0] - edge_en[at, 0], edge_en[at + 1, 1] - edge_en[at, 1]
            )
        begin, end, walked = start[index] * total, stop[index] * total, 0.0
        begun = False
        for at in range(first, last):
            ax, ay = edge_en[at, 0], edge_en[at, 1]
            dx, dy = edge_en[at + 1, 0] - ax, edge_en[at + 1, 1] - ay
            length = np.hypot(dx, dy)
            if not begun and (begin < walked + length or at == last - 1):
                part = (begin - walked) / length if length > 0 else 0.0
                xy[filled, 0], xy[filled, 1] = ax + part * dx, ay + part * dy
                row[filled] = index
                filled += 1
                begun = True
            if begun:
                part = min((end - walked) / length, 1.0) if length > 0 else 1.0
                xy[filled, 0], xy[filled, 1] = ax + part * dx, ay + part * dy
                row[filled] = index
                filled += 1
                if end <= walked + length:
                    break
            walked += length
    return filled
