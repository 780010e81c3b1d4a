"""Networks drawn by hand or by chance, and walks over them worked out the slow way."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pyproj import Geod

from geoplan.network import Graph, build

GEOD = Geod(ellps="WGS84")
HOME = (104.0635, 30.6598)  # Tianfu Square
LonLat = tuple[float, float]


def at(east_m: float, north_m: float, home: LonLat = HOME) -> LonLat:
    """A place so many metres east and then so many metres north, both geodesic."""
    lon, lat, _ = GEOD.fwd(*home, 90, east_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 0, north_m)
    return lon, lat


def beyond(start: LonLat, end: LonLat, metres: float, aside_m: float = 0) -> LonLat:
    """A place on the geodesic from start towards end, or so many metres to the right of it."""
    azimuth = GEOD.inv(*start, *end)[0]
    lon, lat, back = GEOD.fwd(*start, azimuth, metres)
    lon, lat, _ = GEOD.fwd(lon, lat, back + 180 + 90, aside_m)
    return lon, lat


@dataclass
class Way:
    """A way through named nodes."""

    nodes: str
    direction: int = 0
    bridge: bool = False
    tunnel: bool = False
    steps: bool = False
    crossing: bool = False
    layer: int = 0


@dataclass
class DrawnWays:
    """`Ways` of named places; a name in a way that has no place is a missing node."""

    places: Mapping[str, LonLat]
    ways: Sequence[Way]
    names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = sorted({name for way in self.ways for name in way.nodes.split()})
        number = {name: index + 1 for index, name in enumerate(self.names)}
        refs = [[number[name] for name in way.nodes.split()] for way in self.ways]
        known = [name for name in self.names if name in self.places]
        self.way_id = np.arange(len(refs), dtype=np.int64) + 100
        self.way_indptr = np.cumsum([0, *map(len, refs)]).astype(np.int64)
        self.refs = np.array([ref for way in refs for ref in way], dtype=np.int64)
        self.direction = np.array([way.direction for way in self.ways], dtype=np.int8)
        self.bridge = np.array([way.bridge for way in self.ways], dtype=np.bool_)
        self.tunnel = np.array([way.tunnel for way in self.ways], dtype=np.bool_)
        self.steps = np.array([way.steps for way in self.ways], dtype=np.bool_)
        self.crossing = np.array([way.crossing for way in self.ways], dtype=np.bool_)
        self.layer = np.array([way.layer for way in self.ways], dtype=np.int8)
        self.node_id = np.array([number[name] for name in known], dtype=np.int64)
        lonlat = np.array([self.places[name] for name in known], dtype=np.float64).reshape(-1, 2)
        self.lon, self.lat = lonlat[:, 0].copy(), lonlat[:, 1].copy()

    def node(self, graph: Graph, name: str) -> int:
        """The graph's number of a named node."""
        return int(np.flatnonzero(graph.node_id == self.names.index(name) + 1)[0])


def draw(places: Mapping[str, LonLat], *ways: Way | str, **penalties: float) -> Graph:
    """The network of ways through named places."""
    drawn = [Way(way) if isinstance(way, str) else way for way in ways]
    return build(DrawnWays(places, drawn), **penalties)


def edge_between(graph: Graph, start: LonLat, end: LonLat) -> int:
    """The number of the one edge between two places."""
    ends = [
        {(graph.lon[node], graph.lat[node]) for node in pair}
        for pair in zip(graph.edge_u, graph.edge_v, strict=True)
    ]
    (found,) = (number for number, pair in enumerate(ends) if pair == {start, end})
    return found


def random_ways(
    rng: np.random.Generator, nodes: int, edges: int, *, oneway: float = 0.3, extent_m: float = 3000
) -> DrawnWays:
    """Ways of two nodes between places drawn by chance: loops, parallels and islands included."""
    lon, lat, _ = GEOD.fwd(
        np.full(nodes, HOME[0]),
        np.full(nodes, HOME[1]),
        rng.uniform(0, 360, nodes),
        rng.uniform(0, extent_m, nodes),
    )
    places = {f"n{index}": (lon[index], lat[index]) for index in range(nodes)}
    pairs = rng.integers(0, nodes, (edges, 2))
    direction = np.where(rng.random(edges) < oneway, rng.choice([-1, 1], edges), 0)
    # A loop needs a node in between.
    ways = [
        Way(f"n{u} n{v}" if u != v else f"n{u} n{(u + 1) % nodes} n{u}", direction=int(way))
        for (u, v), way in zip(pairs.tolist(), direction, strict=True)
    ]
    return DrawnWays(places, ways)


def slow_walks(
    graph: Graph, seeds: Sequence[tuple[int, int, int]], limit_mm: int | None = None
) -> dict[int, tuple[int, int]]:
    """Millimetres and facility from every node that reaches one, by a plain heap and dicts.

    seeds  (facility, node, millimetres from the node to the facility).
    Works on the edges, not on the arcs that the kernels use.
    """
    before: dict[int, list[tuple[int, int]]] = {}
    for u, v, there, back in zip(
        graph.edge_u.tolist(),
        graph.edge_v.tolist(),
        graph.edge_cost_uv.tolist(),
        graph.edge_cost_vu.tolist(),
        strict=True,
    ):
        if there >= 0:
            before.setdefault(v, []).append((u, there))
        if back >= 0:
            before.setdefault(u, []).append((v, back))
    best: dict[int, tuple[int, int]] = {}
    heap = [(cost, facility, node) for facility, node, cost in seeds]
    heapq.heapify(heap)
    while heap:
        cost, facility, node = heapq.heappop(heap)
        if node in best or (limit_mm is not None and cost > limit_mm):
            continue
        best[node] = (cost, facility)
        for other, step in before.get(node, []):
            if other not in best:
                heapq.heappush(heap, (cost + step, facility, other))
    return best
