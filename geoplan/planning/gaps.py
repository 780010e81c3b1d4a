"""Gaps: where people without a service live together, how many they are, how far they must go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import h3.api.basic_int as h3_int
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geoplan.grid import cell_centers, neighbours, parents
from geoplan.network.plane import to_plane
from geoplan.units import geodesic_distance_m

_DECIMALS = 6
_CUT_RES = 7
_MOST_CELLS = 343  # as many as a cell of resolution 7 has at resolution 10, about 5 km²


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of cells that belong together, numbered from 0 by falling people, then by first cell.

    cell    (u,) positions of the grouped cells among those given, ascending.
    group   (u,) number of each one's group.
    people  (g,) people of each group.
    """

    cell: NDArray[np.intp]
    group: NDArray[np.intp]
    people: NDArray[np.int64]

    def members(self, group: int) -> NDArray[np.intp]:
        """Positions of a group's cells, ascending."""
        members: NDArray[np.intp] = self.cell[self.group == group]
        return members


@dataclass(frozen=True, slots=True)
class Spread:
    """A distance over people (millimetres or metres, whole), None where it does not exist.

    median  of half of the people it is at most this; most  of any of them.
    """

    median: int | None
    most: int | None


def group_gaps(
    cell: NDArray[np.int64], people: NDArray[np.integer], uncovered: NDArray[np.bool_]
) -> Grouping:
    """Connected groups of uncovered populated cells, ranked by people.

    cell       (n,) H3 indices, ascending; people  (n,) whole people.
    uncovered  (n,) which lack the service.
    Two such cells belong together when they touch, or when both touch one cell without people: a
    street, a canal or a square does not divide a neighbourhood. A covered populated cell does.
    Half a city without markets is one such group, and no single market closes it: a group of more
    than `_MOST_CELLS` is cut along the cells of resolution 7, each about as wide as what one
    facility can serve on foot.
    """
    populated = people > 0
    at = np.flatnonzero(populated & uncovered)
    if not len(at):
        empty = np.zeros(0, dtype=np.intp)
        return Grouping(empty, empty, np.zeros(0, dtype=np.int64))
    around = neighbours(cell[at])
    inhabited = cell[populated]
    known = inhabited[np.minimum(np.searchsorted(inhabited, around), len(inhabited) - 1)] == around
    # Nodes of the graph: the uncovered cells, then the cells without people that they touch.
    own = cell[at]
    place = np.minimum(np.searchsorted(own, around), len(own) - 1)
    gap = own[place] == around
    bridges, bridge = np.unique(around[~known], return_inverse=True)
    one = np.broadcast_to(np.arange(len(at))[:, None], around.shape)
    first = np.concatenate([one[gap], one[~known]])
    other = np.concatenate([place[gap], len(at) + bridge])
    size = len(at) + len(bridges)
    graph = coo_array((np.ones(len(first), dtype=np.bool_), (first, other)), shape=(size, size))
    label = connected_components(graph, directed=False)[1][: len(at)]
    _, start, label = np.unique(_cut(label, own), return_index=True, return_inverse=True)
    total = np.zeros(len(start), dtype=np.int64)
    np.add.at(total, label, people[at])
    rank = np.lexsort((start, -total))
    number = np.empty_like(rank)
    number[rank] = np.arange(len(rank))
    return Grouping(at, number[label], total[rank])


def _cut(label: NDArray[np.integer], cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels in which the groups that are too large are divided by their coarser cells."""
    over, coarse = np.unique(parents(cell, _CUT_RES), return_inverse=True)
    large = np.bincount(label)[label] > _MOST_CELLS
    return np.asarray(label * np.int64(len(over) + 1) + np.where(large, coarse + 1, 0))


def outline(cells: NDArray[np.int64]) -> shapely.MultiPolygon:
    """The union of cells of one resolution, EPSG:4326, 6 decimals, holes and islands kept."""
    shape = h3_int.cells_to_h3shape(cells.tolist(), tight=False)
    rings = [
        shapely.Polygon(polygon[0], polygon[1:])
        for polygon in shape.__geo_interface__["coordinates"]
    ]
    joined = shapely.MultiPolygon(rings)
    return shapely.transform(joined, lambda degrees: np.round(degrees, _DECIMALS))


def centre_cell(cells: NDArray[np.int64], people: NDArray[np.integer]) -> int:
    """Position of the cell that lies nearest to the middle of the people, a cell of the group
    itself: the mean of a ring lies outside it."""
    plane = to_plane(cell_centers(cells))
    middle = (plane * people[:, None]).sum(axis=0) / people.sum()
    return int(np.argmin(((plane - middle) ** 2).sum(axis=1)))


def nearest_label(
    places: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The place (k, 2) nearest to each point (m, 2), and its distance in metres; all in degrees.

    Raises ValueError where there is no place at all.
    """
    if not len(places):
        raise ValueError("there are no places")
    which = cKDTree(to_plane(places)).query(to_plane(points))[1]
    return which, geodesic_distance_m(points, places[which])


def spread(value: NDArray[np.integer], people: NDArray[np.integer]) -> Spread:
    """How far the people of cells must go; -1 in `value` is nowhere, farther than anything."""
    order = np.argsort(np.where(value < 0, np.iinfo(np.int64).max, value.astype(np.int64)))
    reached = np.cumsum(people[order], dtype=np.int64)
    middle = int(value[order[np.searchsorted(reached, -(-int(reached[-1]) // 2))]])
    able = value[value >= 0]
    return Spread(middle if middle >= 0 else None, int(able.max()) if len(able) else None)


def lacked_by_most(lacks: Sequence[NDArray[np.bool_]], people: NDArray[np.integer]) -> list[int]:
    """Categories that at least half of the people lack, the one that most lack first; where none
    is, the one that most lack.

    lacks  for each category, which cells (m,) lack it.
    """
    lacking = [int(people[without].sum()) for without in lacks]
    order = sorted(range(len(lacks)), key=lambda number: (-lacking[number], number))
    half = [number for number in order if 2 * lacking[number] >= int(people.sum())]
    return half or order[:1]
