"""What lies near a place as the crow flies, where there is no network to walk on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geoplan.network.plane import gap_m, geometry_to_plane, to_plane

_GEOD = Geod(ellps="WGS84")
_CORNERS = 72  # of a circle: its polygon has 99.9 % of its area


class Nearby(NamedTuple):
    """Facilities of any geometry in the plane, in a tree, made once and asked from many places."""

    tree: shapely.STRtree

    @classmethod
    def of(cls, geometry: NDArray[np.object_]) -> Nearby:
        """geometry  (k,) points, lines or polygons, EPSG:4326."""
        return cls(shapely.STRtree(geometry_to_plane(geometry)))

    def apart_m(self, lonlat: tuple[float, float], limit_m: float) -> NDArray[np.float64]:
        """Geodesic metres (k,) from one place, 0 inside a polygon, infinite beyond the limit."""
        here = shapely.points(to_plane(np.array([lonlat])))[0]
        found = np.full(len(self.tree.geometries), np.inf)
        near = self.tree.query(here, predicate="dwithin", distance=limit_m * 1.001)
        if len(near):
            metres = gap_m(np.full(len(near), here), self.tree.geometries[near])
            found[near] = np.where(metres <= limit_m, metres, np.inf)
        return found


def circle(lonlat: tuple[float, float], radius_m: float) -> shapely.Polygon:
    """The circle about a place, EPSG:4326, of corners that lie at `radius_m`, geodesic."""
    azimuth = np.arange(0, -360, -360 / _CORNERS)
    start = np.broadcast_to(np.array(lonlat), (_CORNERS, 2))
    lon, lat, _ = _GEOD.fwd(start[:, 0], start[:, 1], azimuth, np.full(_CORNERS, radius_m))
    return shapely.Polygon(np.column_stack([lon, lat]))
