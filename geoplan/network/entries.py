"""Where the network runs along or across lines and polygons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network.access import Positions
from geoplan.network.costs import to_mm
from geoplan.network.graph import Graph
from geoplan.network.plane import gap_m

SPACING_M = 50.0
"""Between entries along an edge that runs beside or inside: a walk is at most half of it too long,
and only if it begins on that edge."""


class Entrances(NamedTuple):
    """Known entrances (k,): number of the feature, int64, and lon, lat (k, 2), EPSG:4326."""

    feature: NDArray[np.int64]
    lonlat: NDArray[np.float64]


class Lines(NamedTuple):
    """Some edges: their numbers (k,) int64, ascending, and their lines in the plane."""

    edge: NDArray[np.int64]
    tree: shapely.STRtree

    @classmethod
    def of(cls, graph: Graph, wanted: NDArray[np.bool_]) -> Lines:
        edge = np.flatnonzero(wanted)
        vertex = np.repeat(np.arange(graph.edges), np.diff(graph.edge_indptr))
        kept = wanted[vertex]
        row = np.searchsorted(edge, vertex[kept])
        return cls(edge, shapely.STRtree(shapely.linestrings(graph.edge_en[kept], indices=row)))


def find_entries(
    graph: Graph, lines: Lines, shapes: NDArray[np.object_], near_m: float, far_m: float
) -> Positions:
    """Entries of lines and polygons, numbered as they come.

    lines   edges that may be entered; shapes  (n,) in the plane.
    near_m  how near the network counts as part of a shape; far_m  how far the one entry of a shape
            may lie that has no nearer.
    """
    every = lines.tree.geometries
    shapely.prepare(shapes)  # each is asked for many edges and places
    shape, line = lines.tree.query(shapes, predicate="dwithin", distance=near_m)
    pair, along_m = _along(every[line], shapes[shape])
    at = shapely.line_interpolate_point(every[line[pair]], along_m)
    near = shapely.dwithin(shapes[shape[pair]], at, near_m)
    shape, line, along_m, at = shape[pair[near]], line[pair[near]], along_m[near], at[near]
    alone = np.setdiff1d(np.arange(len(shapes)), shape)
    one, nearest = _nearest(lines, shapes[alone], far_m)
    one = alone[one]
    touch = shapely.get_point(shapely.shortest_line(every[nearest], shapes[one]), 0)
    shape, line = np.concatenate([shape, one]), np.concatenate([line, nearest])
    along_m = np.concatenate([along_m, shapely.line_locate_point(every[nearest], touch)])
    length = shapely.length(every[line])
    fraction = np.divide(along_m, length, out=np.zeros_like(along_m), where=length > 0)
    edge = lines.edge[line]
    kept = _once_a_node(graph, shape, edge, fraction)
    leg_m = gap_m(shapes[shape[kept]], np.concatenate([at, touch])[kept])
    return Positions(
        shape[kept].astype(np.int32), edge[kept].astype(np.int32), fraction[kept], to_mm(leg_m)
    )


def _nearest(
    lines: Lines, shapes: NDArray[np.object_], far_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nearest line of each shape that has one within `far_m`; of several the lowest."""
    shape, line = lines.tree.query_nearest(shapes, max_distance=far_m)
    order = np.lexsort((line, shape))
    shape, first = np.unique(shape[order], return_index=True)
    return shape, line[order][first]


def _once_a_node(
    graph: Graph,
    shape: NDArray[np.int64],
    edge: NDArray[np.int64],
    fraction: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Rows without the further ones of a node that several edges of it brought in."""
    at_u, at_v = fraction <= 0, fraction >= 1
    ends = np.where(at_u, graph.edge_u[edge], graph.edge_v[edge])
    node = np.where(at_u | at_v, ends, graph.nodes + np.arange(len(edge)))
    return np.unique(np.stack([shape, node]), axis=1, return_index=True)[1]


def _along(
    lines: NDArray[np.object_], shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Places to try on each line for its shape: pair and metres along the line, none twice.

    Both ends, every `SPACING_M` between them, and where the line crosses the shape's outline.
    """
    length = shapely.length(lines)
    steps = np.maximum(np.ceil(length / SPACING_M), 1).astype(np.int64)
    pair = np.repeat(np.arange(len(lines)), steps + 1)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    along_m = length[pair] * (step / steps[pair])
    areal = shapely.get_dimensions(shapes) == 2
    outline = shapes.copy()
    outline[areal] = shapely.boundary(shapes[areal])
    met, owner = shapely.get_coordinates(shapely.intersection(lines, outline), return_index=True)
    crossing_m = shapely.line_locate_point(lines[owner], shapely.points(met))
    # What is less than a millimetre from an end is at the end.
    crossing_m[crossing_m < 0.001] = 0
    crossing_m = np.where(crossing_m > length[owner] - 0.001, length[owner], crossing_m)
    pair, along_m = np.concatenate([pair, owner]), np.concatenate([along_m, crossing_m])
    order = np.lexsort((along_m, pair))
    pair, along_m = pair[order], along_m[order]
    new = np.ones(len(pair), dtype=np.bool_)
    new[1:] = (pair[1:] != pair[:-1]) | (along_m[1:] != along_m[:-1])
    return pair[new], along_m[new]
