"""Ways and nodes of a map become the walking network."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoplan.network.costs import CLOSED, to_mm
from geoplan.network.graph import BRIDGE, CROSSING, STEPS, TUNNEL, Arcs, Graph, frozen
from geoplan.network.index import curve, index_lines
from geoplan.network.plane import to_plane
from geoplan.units import geodesic_distance_m

BUILDER = 1
"""Version of the rules by which a network is made; part of what identifies a network."""


class Ways(Protocol):
    """Walkable ways (w,) and the nodes (k,) they refer to; `ingest.read_walk` gives such.

    way_id      (w,) int64; way_indptr  (w+1,) int64 where each way's references begin in `refs`.
    refs        (r,) int64 node ids in the way's order; a node that is not in `node_id` is missing.
    direction   (w,) int8: 1 walkable only as drawn, -1 only against it, 0 both ways.
    bridge, tunnel, steps, crossing  (w,) bool; layer  (w,) int8.
    node_id     (k,) int64, ascending; lon, lat  (k,) degrees, EPSG:4326.
    """

    @property
    def way_id(self) -> NDArray[np.int64]: ...
    @property
    def way_indptr(self) -> NDArray[np.int64]: ...
    @property
    def refs(self) -> NDArray[np.int64]: ...
    @property
    def direction(self) -> NDArray[np.int8]: ...
    @property
    def bridge(self) -> NDArray[np.bool_]: ...
    @property
    def tunnel(self) -> NDArray[np.bool_]: ...
    @property
    def steps(self) -> NDArray[np.bool_]: ...
    @property
    def crossing(self) -> NDArray[np.bool_]: ...
    @property
    def layer(self) -> NDArray[np.int8]: ...
    @property
    def node_id(self) -> NDArray[np.int64]: ...
    @property
    def lon(self) -> NDArray[np.float64]: ...
    @property
    def lat(self) -> NDArray[np.float64]: ...


class _Chain(NamedTuple):
    """References (r,) that follow each other: the way, the node's place in `node_id`, and whether
    the next reference is joined to this one."""

    way: NDArray[np.int64]
    node: NDArray[np.int64]
    joined: NDArray[np.bool_]


class _Edges(NamedTuple):
    """Edges (e,): way, end nodes as places in `node_id`, and their vertices (p,) likewise."""

    way: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    indptr: NDArray[np.int64]
    vertex: NDArray[np.int64]


def build(ways: Ways, *, crossing_m: float = 0, steps_m: float = 0) -> Graph:
    """The walking network of ways, split wherever they share a node.

    Ways that cross without a shared node stay apart, whatever their layers. Where a node is
    missing a way is cut and the rest of it kept. A way that meets no other stays one edge,
    parallel edges and loops are kept. Lengths are geodesic (WGS 84), rounded to millimetres, at
    least 1.

    crossing_m, steps_m  metres added to a marked crossing or a flight of steps, shared among the
                         edges of its way by their length.
    """
    plane = to_plane(np.column_stack([ways.lon, ways.lat]))
    chain, missing = _follow(ways, np.asarray(np.isfinite(plane).all(axis=1)))
    edges = _split(chain, len(ways.node_id))
    lonlat = np.column_stack([ways.lon, ways.lat])[edges.vertex]
    metres = _lengths(lonlat, edges.indptr)
    penalty = ways.crossing * crossing_m + ways.steps * steps_m
    whole = np.bincount(edges.way, metres, minlength=len(penalty))
    share = np.divide(metres, whole[edges.way], where=metres > 0, out=np.zeros_like(metres))
    cost = np.maximum(to_mm(metres + penalty[edges.way] * share), 1)

    used = np.unique(np.concatenate([edges.u, edges.v]))
    used = used[np.argsort(curve(plane[used]), kind="stable")]
    number = np.zeros(len(ways.node_id), dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    u, v = number[edges.u], number[edges.v]
    order = np.argsort(np.minimum(u, v), kind="stable")
    u, v, way, cost = u[order], v[order], edges.way[order], cost[order]
    indptr, picked = _picked(edges.indptr, order)
    vertex = edges.vertex[picked]

    direction = ways.direction[way]
    cost_uv = np.where(direction >= 0, cost, CLOSED).astype(np.int32)
    cost_vu = np.where(direction <= 0, cost, CLOSED).astype(np.int32)
    leaving, arriving = _arcs(u, v, cost_uv, cost_vu, len(used))
    component, size = _components(u, v, len(used))
    flags = (
        ways.bridge * BRIDGE + ways.tunnel * TUNNEL + ways.steps * STEPS + ways.crossing * CROSSING
    )
    near = index_lines(plane[vertex], indptr)
    return Graph(
        node_id=frozen(ways.node_id[used]),
        lon=frozen(ways.lon[used]),
        lat=frozen(ways.lat[used]),
        component=frozen(component),
        component_size=frozen(size),
        indptr=frozen(leaving.indptr),
        step=frozen(leaving.step),
        edge_of=frozen(leaving.edge),
        in_indptr=frozen(arriving.indptr),
        in_step=frozen(arriving.step),
        in_edge_of=frozen(arriving.edge),
        edge_u=frozen(u),
        edge_v=frozen(v),
        edge_cost_uv=frozen(cost_uv),
        edge_cost_vu=frozen(cost_vu),
        edge_way=frozen(ways.way_id[way]),
        edge_layer=frozen(ways.layer[way]),
        edge_flags=frozen(flags[way].astype(np.uint8)),
        edge_indptr=frozen(indptr),
        edge_xy=frozen(np.column_stack([ways.lon[vertex], ways.lat[vertex]])),
        edge_en=frozen(near.vertices),
        near_owner=frozen(near.owner),
        near_first=frozen(near.first),
        near_box=frozen(near.box),
        near_level=frozen(near.level),
        missing_nodes=missing,
    )


def _follow(ways: Ways, usable: NDArray[np.bool_]) -> tuple[_Chain, int]:
    """The ways' references, a node that is named twice in a row once, and how many are missing.

    usable  (k,) nodes that have a place in the plane; others count as missing.
    """
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.way_indptr))
    again = np.zeros(len(way), dtype=np.bool_)
    again[1:] = (ways.refs[1:] == ways.refs[:-1]) & (way[1:] == way[:-1])
    way, refs = way[~again], ways.refs[~again]
    place = np.searchsorted(ways.node_id, refs)
    place[place == len(ways.node_id)] = 0
    known = np.zeros(len(refs), dtype=np.bool_)
    if len(ways.node_id):
        known = (ways.node_id[place] == refs) & usable[place]
    joined = np.zeros(len(refs), dtype=np.bool_)
    joined[:-1] = (way[1:] == way[:-1]) & known[1:] & known[:-1]
    return _Chain(way, place, joined), len(np.unique(refs[~known]))


def _split(chain: _Chain, nodes: int) -> _Edges:
    """Edges between places where ways meet, cross themselves, begin or end."""
    ahead = chain.joined
    behind = np.zeros_like(ahead)
    behind[1:] = ahead[:-1]
    part = ahead | behind
    visits = np.bincount(chain.node[part], minlength=nodes)
    stop = part & ((visits[chain.node] > 1) | (ahead != behind))
    first = np.flatnonzero(stop & ahead)
    last = np.flatnonzero(stop & behind)  # the n-th edge that begins is the n-th to end
    indptr, vertex = _ranges(first, last - first + 1)
    return _Edges(chain.way[first], chain.node[first], chain.node[last], indptr, chain.node[vertex])


def _lengths(lonlat: NDArray[np.float64], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    """Geodesic metres (e,) of the lines whose vertices are given one after another."""
    if len(indptr) == 1:
        return np.zeros(0)
    step = np.zeros(len(lonlat))
    step[:-1] = geodesic_distance_m(lonlat[:-1], lonlat[1:])
    step[indptr[1:] - 1] = 0  # from one line's last vertex to the next line
    return np.add.reduceat(step, indptr[:-1])


def _ranges(
    first: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Runs of whole numbers one after another, and where each begins."""
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return indptr, np.arange(indptr[-1]) + np.repeat(first - indptr[:-1], count)


def _picked(
    indptr: NDArray[np.int64], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows in another order: where each begins then, and the places of their entries now."""
    return _ranges(indptr[order], np.diff(indptr)[order])


def _arcs(
    u: NDArray[np.int32],
    v: NDArray[np.int32],
    cost_uv: NDArray[np.int32],
    cost_vu: NDArray[np.int32],
    nodes: int,
) -> tuple[Arcs, Arcs]:
    """The directions that are open, by the node they leave and by the node they lead to."""
    edge = np.arange(len(u), dtype=np.int32)
    there, back = cost_uv != CLOSED, cost_vu != CLOSED
    source = np.concatenate([u[there], v[back]])
    target = np.concatenate([v[there], u[back]])
    cost = np.concatenate([cost_uv[there], cost_vu[back]])
    edge = np.concatenate([edge[there], edge[back]])
    return _rows(source, target, cost, edge, nodes), _rows(target, source, cost, edge, nodes)


def _rows(
    node: NDArray[np.int32],
    other: NDArray[np.int32],
    cost: NDArray[np.int32],
    edge: NDArray[np.int32],
    nodes: int,
) -> Arcs:
    order = np.lexsort((edge, node))
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(node, minlength=nodes), out=indptr[1:])
    return Arcs(indptr, np.column_stack([other, cost])[order], edge[order])


def _components(
    u: NDArray[np.int32], v: NDArray[np.int32], nodes: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Number (n,) of each node's connected part, the largest first, and the parts' nodes (c,)."""
    if not nodes:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    joined = coo_array((np.ones(len(u), dtype=np.int32), (u, v)), shape=(nodes, nodes))
    _, label = connected_components(joined, directed=False)
    size = np.bincount(label)
    order = np.argsort(-size, kind="stable")
    rank = np.empty(len(size), dtype=np.int32)
    rank[order] = np.arange(len(size), dtype=np.int32)
    return rank[label], size[order].astype(np.int32)
