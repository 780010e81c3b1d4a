"""Distances as the crow flies, beside those over the network."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network.index import index_lines, nearest_lines
from geoplan.network.plane import geometry_to_plane, to_lonlat, to_plane
from geoplan.units import geodesic_distance_m

_POINTS = (0, 4)  # shapely's numbers of Point, MultiPoint
_POLYGONS = (3, 6)  # Polygon, MultiPolygon


def straight_m(
    lonlat: NDArray[np.float64], geometry: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Distance from each point to the nearest facility: point, line or polygon.

    lonlat    (n, 2) degrees, EPSG:4326;  geometry  (k,) EPSG:4326, any kind.
    Returns geodesic metres (n,), 0 inside a polygon, infinite where there is no facility; and the
    facility's number (n,), -1 for none. Nearness is judged in the plane; of several that are
    equally near the lowest number is taken.
    """
    lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    geometry = shapely.force_2d(np.asarray(geometry, dtype=object))
    vertices, indptr, owner = _outlines(geometry)
    lines = index_lines(to_plane(vertices), indptr)
    points, far = to_plane(lonlat), np.full(len(lonlat), np.inf)
    every = np.ones(len(owner), dtype=np.bool_)
    near = nearest_lines(lines, points, far, every)
    met = np.flatnonzero(near.owner >= 0)
    facility, metres = np.full(len(points), -1, dtype=np.int64), np.full(len(points), np.inf)
    facility[met] = owner[near.owner[met]]
    places = to_lonlat(near.of(met).places(lines.vertices))
    metres[met] = geodesic_distance_m(lonlat[met], places)
    metres[near.apart_m == 0] = 0
    held = _holders(points, geometry)
    inside = held < len(geometry)
    lower = inside & ((near.apart_m > 0) | (held < facility))
    return np.where(inside, 0.0, metres), np.where(lower, held, facility).astype(np.int32)


def _outlines(
    geometry: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points (as lines without length), lines and the rings of polygons: vertices, where each
    begins, and the number of the geometry it is of."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    areal = shapely.get_type_id(parts) == _POLYGONS[0]
    rings, of = shapely.get_rings(parts[areal], return_index=True)
    drawn = np.concatenate([parts[~areal], rings])
    owner = np.concatenate([owner[~areal], owner[areal][of]])
    filled = ~shapely.is_empty(drawn)
    drawn, owner = drawn[filled], owner[filled]
    order = np.argsort(owner, kind="stable")
    drawn, owner = drawn[order], owner[order]
    vertices, line = shapely.get_coordinates(drawn, return_index=True)
    twice = 1 + np.isin(shapely.get_type_id(drawn), _POINTS)
    count = np.bincount(line, minlength=len(drawn)) * twice
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return np.repeat(vertices, twice[line], axis=0), indptr, owner


def _holders(points: NDArray[np.float64], geometry: NDArray[np.object_]) -> NDArray[np.int64]:
    """The lowest number of a polygon that holds each point, the number of geometries where none."""
    held = np.full(len(points), len(geometry), dtype=np.int64)
    areal = np.flatnonzero(np.isin(shapely.get_type_id(geometry), _POLYGONS))
    if len(areal) and len(points):
        # The polygons ask, not the points: the geometry that asks is the one that is prepared.
        tree = shapely.STRtree(shapely.points(points))
        polygon, inside = tree.query(geometry_to_plane(geometry[areal]), predicate="intersects")
        np.minimum.at(held, inside, areal[polygon])
    return held
