"""What main lines enclose: they are cut at their crossings and become streets around faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.network import Network, Street
from geoplan.sample.plane import Floats, Geometries

_SNAP_M = 1.0  # lines are cut at their crossings on a grid of one metre
_FARTHEST_M = 60_000.0


def lay_main_lines(
    network: Network, lines: list[Floats], water: shapely.Geometry
) -> list[list[int]]:
    """Node the lines with each other; dry faces as rings of nodes, counter-clockwise."""
    faces, edges = _faces(lines)
    lines = lines + _spokes(faces, edges)
    faces, _ = _faces(lines)
    # What bounds no face was a loose end.
    edges = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(faces))))
    middles = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    source = _source_of(lines, middles)
    wet = shapely.intersects(shapely.buffer(water, -2 * _SNAP_M), middles)
    known: dict[tuple[float, float], int] = {}

    def node(point: Sequence[float]) -> int:
        at = (point[0], point[1])
        if at not in known:
            known[at] = network.add(*at)
        return known[at]

    for edge, of, is_wet in zip(edges, source.tolist(), wet.tolist(), strict=True):
        run = tuple(node(point) for point in shapely.get_coordinates(edge).tolist())
        network.streets.append(Street(run, of, 0.0, is_wet))
    dry = ~shapely.intersects(water, shapely.point_on_surface(faces))
    outlines = shapely.get_exterior_ring(shapely.orient_polygons(faces[dry]))
    return [
        [node(point) for point in shapely.get_coordinates(ring)[:-1].tolist()] for ring in outlines
    ]


def _faces(lines: list[Floats]) -> tuple[Geometries, Geometries]:
    """Polygons between lines, and the lines cut at their crossings."""
    drawn = [shapely.LineString(line) for line in lines]
    edges = shapely.get_parts(shapely.union_all(drawn, grid_size=_SNAP_M))
    edges = shapely.get_parts(shapely.node(shapely.MultiLineString(edges.tolist())))
    return shapely.get_parts(shapely.polygonize(edges)), edges


def _spokes(faces: Geometries, edges: Geometries) -> list[Floats]:
    """Lines that tie what stands free inside a face to that face's edge: two for each hole."""
    spokes = []
    tree = shapely.STRtree(edges)
    for hole in (hole for face in faces for hole in face.interiors):
        at = shapely.get_coordinates(hole)
        for index, way in ((at[:, 0].argmin(), -1.0), (at[:, 0].argmax(), 1.0)):
            east = np.array([way, 0.0])
            start = at[index] + 2 * _SNAP_M * east
            ray = shapely.LineString([start, start + _FARTHEST_M * east])
            hits = shapely.get_coordinates(
                shapely.intersection(edges[tree.query(ray, predicate="intersects")], ray)
            )
            if len(hits):
                near = np.abs(hits[:, 0] - start[0]).argmin()
                spokes.append(np.array([at[index], hits[near] + 2 * _SNAP_M * east]))
    return spokes


def _source_of(lines: list[Floats], points: Geometries) -> NDArray[np.int64]:
    """The first line that passes each point; noding moves lines by up to a metre."""
    drawn = np.array([shapely.LineString(line) for line in lines], dtype=object)
    point, line = shapely.STRtree(drawn).query(points, predicate="dwithin", distance=3 * _SNAP_M)
    source = np.full(len(points), len(lines), np.int64)
    np.minimum.at(source, point, line)
    return source
