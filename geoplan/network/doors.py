"""Where facilities are entered, in the order in which a search from one place needs it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoplan.network import kernel
from geoplan.network.access import Positions, from_points, on_one_edge, to_points
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.graph import Graph


class Doors(NamedTuple):
    """The entries of facilities, made once and asked from many places.

    facilities  how many there are; a facility's number is the `point` of its positions.
    indptr    (n+1,) int64 where the entries of each node begin in `facility` and `cost_mm`: last
              parts of walks, from that node to a facility (both (a,) int32).
    on_edge   positions in the order of their edges, for walks that never leave one edge.
    """

    facilities: int
    indptr: NDArray[np.int64]
    facility: NDArray[np.int32]
    cost_mm: NDArray[np.int32]
    on_edge: Positions

    @classmethod
    def of(cls, graph: Graph, facilities: Positions, *, count: int) -> Doors:
        """facilities  where they meet the network; of those without a place there is no row."""
        last = to_points(graph, facilities)
        order = np.argsort(last.node, kind="stable")
        indptr = np.zeros(graph.nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(last.node, minlength=graph.nodes), out=indptr[1:])
        by_edge = np.argsort(facilities.edge, kind="stable")
        return cls(count, indptr, last.point[order], last.cost_mm[order], facilities.of(by_edge))

    def walks(self, graph: Graph, point: Positions, limit_mm: int) -> NDArray[np.int32]:
        """The shortest walk from one place to each facility (count,), -1 beyond `limit_mm`.

        point  the place's positions on the network. The same answer as `walks_from`, whose cost
               grows with all facilities; this one's grows with those that are reached.
        """
        limit = min(int(limit_mm), MOST_MM)
        reached = kernel.bounded(graph.leaving, from_points(graph, point), limit)
        first = self.indptr[reached.node]
        many = self.indptr[reached.node + 1] - first
        at = np.repeat(np.arange(len(many)), many)
        row = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many)
        best = np.full(self.facilities, limit + 1, dtype=np.int64)
        total = reached.cost_mm[at].astype(np.int64) + self.cost_mm[row]
        np.minimum.at(best, self.facility[row], total)
        direct = on_one_edge(graph, point, self._on(point.edge))
        np.minimum.at(best, direct.facility, direct.cost_mm)
        return np.where(best <= limit, best, UNREACHED).astype(np.int32)

    def _on(self, edges: NDArray[np.int32]) -> Positions:
        """The positions on some edges."""
        wanted = np.unique(edges)
        first = np.searchsorted(self.on_edge.edge, wanted, side="left")
        last = np.searchsorted(self.on_edge.edge, wanted, side="right")
        rows = [np.arange(a, b) for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return self.on_edge.of(np.concatenate([*rows, np.zeros(0, dtype=np.int64)]))
