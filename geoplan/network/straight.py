"""Distances as the crow flies, beside those over the network."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network.index import index_lines, nearest_lines, order_in_space
from geoplan.network.plane import (
    gaussian_radius_m,
    geometry_to_plane,
    scale_between,
    to_plane,
)

_POINTS = (0, 4)  # shapely's numbers of Point, MultiPoint
_POLYGONS = (3, 6)  # Polygon, MultiPolygon


class Beelines:
    """Straight ways from points (n, 2), degrees EPSG:4326, that are measured again and again."""

    def __init__(self, lonlat: NDArray[np.float64]) -> None:
        lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        self._plane = to_plane(lonlat)
        self._order = order_in_space(self._plane)
        self._radius_m = gaussian_radius_m(lonlat[:, 1])

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.points(self._plane))

    def to(self, geometry: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distance from each point to the nearest facility: point, line or polygon.

        geometry  (k,) EPSG:4326, any kind.
        Returns geodesic metres (n,), 0 inside a polygon, infinite where there is no facility; and
        the facility's number (n,), -1 for none. Nearness is judged in the plane; of several that
        are equally near the lowest number is taken.
        """
        geometry = shapely.force_2d(np.asarray(geometry, dtype=object))
        vertices, indptr, owner = _outlines(geometry)
        lines = index_lines(to_plane(vertices), indptr)
        far, every = np.full(len(self._plane), np.inf), np.ones(len(owner), dtype=np.bool_)
        near = nearest_lines(lines, self._plane, far, every, self._order)
        met = np.flatnonzero(near.owner >= 0)
        facility = np.full(len(self._plane), -1, dtype=np.int64)
        metres = np.full(len(self._plane), np.inf)
        facility[met] = owner[near.owner[met]]
        ends = near.of(met).places(lines.vertices)
        scale = scale_between(self._plane[met, 0], ends[:, 0], self._radius_m[met])
        metres[met] = near.apart_m[met] / scale
        held = self._holders(geometry)
        inside = held < len(geometry)
        lower = inside & ((near.apart_m > 0) | (held < facility))
        return np.where(inside, 0.0, metres), np.where(lower, held, facility).astype(np.int32)

    def _holders(self, geometry: NDArray[np.object_]) -> NDArray[np.int64]:
        """The lowest number of a polygon that holds each point; where none does, their count."""
        held = np.full(len(self._plane), len(geometry), dtype=np.int64)
        areal = np.flatnonzero(np.isin(shapely.get_type_id(geometry), _POLYGONS))
        if len(areal) and len(held):
            # The polygons ask, not the points: the geometry that asks is the one that is prepared.
            drawn = geometry_to_plane(geometry[areal])
            polygon, inside = self._tree.query(drawn, predicate="intersects")
            np.minimum.at(held, inside, areal[polygon])
        return held


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
