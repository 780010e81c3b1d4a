"""Where points, lines and polygons meet the network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network.access import Positions
from geoplan.network.costs import to_mm
from geoplan.network.entries import Entrances, Lines, find_entries
from geoplan.network.graph import BRIDGE, TUNNEL, Graph
from geoplan.network.index import (
    Nearest,
    Segments,
    fractions_along,
    index_lines,
    nearest_lines,
)
from geoplan.network.plane import geometry_to_plane, to_lonlat, to_plane
from geoplan.units import geodesic_distance_m

MAX_DISTANCE_M = 500.0
MIN_NODES = 100
ENTRY_DISTANCE_M = 30.0

_POINTS = (0, 4)  # shapely's numbers of Point, MultiPoint


class SnapState(IntEnum):
    """How a point, line or polygon came to the network, or why it did not."""

    SNAPPED = 0
    BESIDE_ISLAND = 1
    """On the network, but what is nearest is an island of ways that join nothing else."""
    ISLAND_ONLY = 2
    """Not on the network: near enough are only islands."""
    TOO_FAR = 3
    """Not on the network: no walkable way is near enough."""


@dataclass(frozen=True, slots=True)
class Snapped:
    """Places on the network of n points, lines or polygons, and each one's `SnapState` (n,)."""

    positions: Positions
    state: NDArray[np.uint8]

    @property
    def unsnapped(self) -> NDArray[np.int64]:
        """Numbers of those that have no place on the network."""
        return np.flatnonzero(self.state >= SnapState.ISLAND_ONLY)


class Snapper:
    """Puts things on the edges of a network.

    Edges of islands, of bridges and of tunnels are no places to enter the network: islands lead
    nowhere, and who stands beside or under a bridge is not on it. A bridge is entered over the
    other ways at its ends, and where there is none at the end itself.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        max_distance_m: float = MAX_DISTANCE_M,
        min_nodes: int = MIN_NODES,
        entry_distance_m: float = ENTRY_DISTANCE_M,
    ) -> None:
        """min_nodes  connected parts of fewer nodes are islands, unless a hundredth of the network
        is fewer still: in a small network small parts count.
        entry_distance_m  how near to a line or polygon the network is part of it.
        Raises ValueError for a distance that is not finite.
        """
        if not np.isfinite([max_distance_m, entry_distance_m]).all():
            raise ValueError("a distance must be finite")
        self.graph = graph
        self.max_distance_m = max_distance_m
        self.entry_distance_m = entry_distance_m
        fewest = min(min_nodes, graph.nodes / 100)
        large = graph.component_size[graph.component[graph.edge_u]] >= fewest
        level = (graph.edge_flags & (BRIDGE | TUNNEL)) == 0
        self.is_target = large & level
        self.is_island = ~large & level
        self._ends = _Ends.of(graph, large & ~level)

    def snap(self, lonlat: NDArray[np.float64]) -> Snapped:
        """The nearest edge of each point.

        lonlat  (n, 2) degrees, EPSG:4326. The leg is the geodesic to the nearest place on the edge;
        of edges equally near the lowest number is taken.
        """
        lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        plane = to_plane(lonlat)
        far = np.full(len(plane), self.max_distance_m)
        found = nearest_lines(self.graph.segments, plane, far, self.is_target)
        edge = found.owner.copy()
        fraction = fractions_along(self.graph.segments, self.graph.edge_indptr, found)
        place = found.places(self.graph.edge_en)
        end = self._ends.nearest(plane, np.minimum(found.apart_m, far))
        at_end = end.apart_m < found.apart_m
        edge[at_end] = self._ends.edge[end.owner[at_end]]
        fraction[at_end] = self._ends.fraction[end.owner[at_end]]
        place[at_end] = end.places(self._ends.points.vertices)[at_end]
        # Of islands only those nearer than what was found are of interest.
        apart_m = np.minimum(found.apart_m, end.apart_m)
        nearer = np.minimum(apart_m, far)
        island = nearest_lines(self.graph.segments, plane, nearer, self.is_island)
        on = np.flatnonzero(edge >= 0)
        positions = Positions(
            on.astype(np.int32),
            edge[on],
            fraction[on],
            to_mm(geodesic_distance_m(lonlat[on], to_lonlat(place[on]))),
        )
        return Snapped(positions, _states(apart_m, island.apart_m))

    def enter(self, geometry: NDArray[np.object_], entrances: Entrances | None = None) -> Snapped:
        """Places where facilities are entered: features with entrances there, points at the
        nearest edge, lines and polygons wherever the network runs along or across them.

        geometry   (n,) points, lines, polygons and their multi forms, EPSG:4326.
        entrances  of some of them, by number; where given nothing else of a feature is looked at.

        A line or polygon is entered at every node within `entry_distance_m` of it, where edges
        cross its line or boundary, and every 50 m of edges within that distance; inside of a
        polygon is there. One without any is entered once, from the nearest edge.
        """
        geometry = np.asarray(geometry, dtype=object)
        state = np.full(len(geometry), SnapState.TOO_FAR, dtype=np.uint8)
        rest = ~np.isin(shapely.get_type_id(geometry), _POINTS)
        points = ~rest
        if entrances is not None:
            rest[entrances.feature] = points[entrances.feature] = False
        lonlat, owner = shapely.get_coordinates(geometry[points], return_index=True)
        owner = np.flatnonzero(points)[owner]
        if entrances is not None:
            owner = np.concatenate([owner, entrances.feature])
            lonlat = np.concatenate([lonlat, entrances.lonlat])
        snapped = self.snap(lonlat)
        np.minimum.at(state, owner, snapped.state)
        at_points = _renumbered(snapped.positions, owner)
        at_shapes = self._shapes(geometry[rest], np.flatnonzero(rest), state)
        every = Positions(
            np.concatenate([at_points.point, at_shapes.point]),
            np.concatenate([at_points.edge, at_shapes.edge]),
            np.concatenate([at_points.fraction, at_shapes.fraction]),
            np.concatenate([at_points.leg_mm, at_shapes.leg_mm]),
        )
        order = np.lexsort((every.fraction, every.edge, every.point))
        return Snapped(every.of(order), state)

    def _shapes(
        self, geometry: NDArray[np.object_], number: NDArray[np.int64], state: NDArray[np.uint8]
    ) -> Positions:
        """Places of lines and polygons; notes what became of each under its number."""
        shapes = geometry_to_plane(geometry)
        if not len(shapes):
            return _renumbered(self.snap(np.empty((0, 2))).positions, number)
        found = find_entries(
            self.graph, self._targets, shapes, self.entry_distance_m, self.max_distance_m
        )
        off = np.setdiff1d(np.arange(len(shapes)), found.point)
        island, _ = self._islands.tree.query(
            shapes[off], predicate="dwithin", distance=self.max_distance_m
        )
        state[number[off[island]]] = SnapState.ISLAND_ONLY
        state[number[found.point]] = SnapState.SNAPPED
        return _renumbered(found, number)

    @cached_property
    def _targets(self) -> Lines:
        return Lines.of(self.graph, self.is_target)

    @cached_property
    def _islands(self) -> Lines:
        return Lines.of(self.graph, self.is_island)


class _Ends(NamedTuple):
    """Ends of bridges and tunnels where no other way begins: edge, 0 or 1 along it, and the index
    of these points."""

    edge: NDArray[np.int32]
    fraction: NDArray[np.float64]
    points: Segments

    @classmethod
    def of(cls, graph: Graph, spans: NDArray[np.bool_]) -> _Ends:
        ends = np.stack([graph.edge_u, graph.edge_v])
        loose = spans & (np.bincount(ends.ravel(), minlength=graph.nodes)[ends] == 1)
        fraction, edge = np.nonzero(loose)
        node = ends[loose]
        plane = to_plane(np.column_stack([graph.lon[node], graph.lat[node]]))
        points = index_lines(np.repeat(plane, 2, axis=0), np.arange(len(node) + 1) * 2)
        return cls(edge.astype(np.int32), fraction.astype(np.float64), points)

    def nearest(self, plane: NDArray[np.float64], limit_m: NDArray[np.float64]) -> Nearest:
        return nearest_lines(self.points, plane, limit_m, np.ones(len(self.edge), dtype=np.bool_))


def _renumbered(positions: Positions, number: NDArray[np.int64]) -> Positions:
    return positions._replace(point=number[positions.point].astype(np.int32))


def _states(apart_m: NDArray[np.float64], island_m: NDArray[np.float64]) -> NDArray[np.uint8]:
    off = np.where(np.isfinite(island_m), SnapState.ISLAND_ONLY, SnapState.TOO_FAR)
    on = np.where(island_m < apart_m, SnapState.BESIDE_ISLAND, SnapState.SNAPPED)
    return np.where(np.isfinite(apart_m), on, off).astype(np.uint8)
