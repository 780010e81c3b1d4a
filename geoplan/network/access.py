"""Where things meet the network, and the first and last part of a walk along an edge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network.costs import CLOSED, MOST_MM
from geoplan.network.graph import Graph
from geoplan.network.kernel import Access, Direct


class Positions(NamedTuple):
    """Places (r,) on the network; a point has none, one, or (a line, a polygon) several.

    point     int32 number of the point, from 0; never falls.
    edge      int32; fraction  float64 how far along it: 0 is `edge_u` itself, 1 is `edge_v`.
    leg_mm    int32 the way between the point and the network, as the crow flies, geodesic.
    """

    point: NDArray[np.int32]
    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    leg_mm: NDArray[np.int32]

    def of(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Positions:
        """Some of the places."""
        return Positions._make(column[rows] for column in self)


def from_points(graph: Graph, places: Positions) -> Access:
    """First parts of walks: from points over their edge to a node, where the edge is open."""
    return _access(graph, places, leaving=True)


def to_points(graph: Graph, places: Positions) -> Access:
    """Last parts of walks: from a node over its edge to points, where the edge is open."""
    return _access(graph, places, leaving=False)


def along(graph: Graph, places: Positions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Millimetres (r,) from `edge_u` on the way to `edge_v`, and from `edge_v` on the way back.

    Both are whole, and those of one edge add up to its cost where both directions cost the same.
    Of a closed direction they mean nothing.
    """
    cost_uv = graph.edge_cost_uv[places.edge].astype(np.int64)
    cost_vu = graph.edge_cost_vu[places.edge].astype(np.int64)
    forth = np.rint(places.fraction * cost_uv).astype(np.int64)
    return forth, cost_vu - np.rint(places.fraction * cost_vu).astype(np.int64)


def _access(graph: Graph, places: Positions, *, leaving: bool) -> Access:
    u, v = graph.edge_u[places.edge], graph.edge_v[places.edge]
    cost_uv, cost_vu = graph.edge_cost_uv[places.edge], graph.edge_cost_vu[places.edge]
    forth, back = along(graph, places)
    at_u, at_v = places.fraction <= 0, places.fraction >= 1
    # Who stands at a node is there, whether or not the edge may be walked from it.
    if leaving:
        u_mm, u_open = np.where(at_u, 0, cost_vu - back), at_u | (~at_v & (cost_vu != CLOSED))
        v_mm, v_open = np.where(at_v, 0, cost_uv - forth), at_v | (~at_u & (cost_uv != CLOSED))
    else:
        u_mm, u_open = np.where(at_u, 0, forth), at_u | (~at_v & (cost_uv != CLOSED))
        v_mm, v_open = np.where(at_v, 0, back), at_v | (~at_u & (cost_vu != CLOSED))
    total = np.concatenate([(places.leg_mm + u_mm)[u_open], (places.leg_mm + v_mm)[v_open]])
    return Access(
        np.concatenate([places.point[u_open], places.point[v_open]]),
        np.concatenate([u[u_open], v[v_open]]),
        np.minimum(total, MOST_MM).astype(np.int32),
    )


def on_one_edge(graph: Graph, points: Positions, facilities: Positions) -> Direct:
    """Walks from points to facilities that lie on the same edge and ahead of them along it."""
    order = np.argsort(facilities.edge, kind="stable")
    edge = facilities.edge[order]
    first = np.searchsorted(edge, points.edge, side="left")
    count = np.searchsorted(edge, points.edge, side="right") - first
    one = np.repeat(np.arange(len(points.edge)), count)
    shift = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    other = order[first[one] + shift]
    shared = points.edge[one]
    begin, end = along(graph, points), along(graph, facilities)
    forth, back = end[0][other] - begin[0][one], end[1][other] - begin[1][one]
    far = np.int64(MOST_MM + 1)
    forth = np.where((graph.edge_cost_uv[shared] != CLOSED) & (forth >= 0), forth, far)
    back = np.where((graph.edge_cost_vu[shared] != CLOSED) & (back >= 0), back, far)
    way = np.minimum(forth, back)
    open_ = way < far
    legs = points.leg_mm[one].astype(np.int64) + facilities.leg_mm[other]
    return Direct(
        points.point[one[open_]],
        facilities.point[other[open_]],
        np.minimum(way + legs, MOST_MM)[open_].astype(np.int32),
    )
