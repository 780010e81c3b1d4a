"""Lengths and areas on the ellipsoid, and the nano-units that make sums exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geoplan.errors import GeoplanError
from geoplan.text import Text

NANO = 1_000_000_000
"""Nano-units in one base unit (metre, m², piece, or an attribute's own unit)."""

_GEOD = Geod(ellps="WGS84")
_LINES = (1, 2, 5)  # LineString, LinearRing, MultiLineString
_POLYGONS = (3, 6)  # Polygon, MultiPolygon


def geodesic_distance_m(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Length of the geodesic from each start to each end (WGS 84).

    start, end  (n, 2) lon, lat in degrees.
    Returns metres (n,).
    """
    if len(start) == 0:
        return np.zeros(0)
    distance = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    return np.asarray(distance, dtype=np.float64)


def geodesic_length_m(geoms: NDArray[np.object_]) -> NDArray[np.float64]:
    """Geodesic length of lines (WGS 84); every vertex pair is one geodesic.

    geoms  (n,) shapely geometries, EPSG:4326 lon/lat.
    Returns metres (n,); 0 for points, polygons and empty lines.
    """
    geoms = np.asarray(geoms, dtype=object)
    lines = np.flatnonzero(np.isin(shapely.get_type_id(geoms), _LINES))
    length = np.zeros(len(geoms))
    parts, owner = shapely.get_parts(geoms[lines], return_index=True)
    lonlat, part = shapely.get_coordinates(parts, return_index=True)
    joined = np.flatnonzero(part[1:] == part[:-1])
    metres = geodesic_distance_m(lonlat[joined], lonlat[joined + 1])
    np.add.at(length, lines[owner[part[joined]]], metres)
    return length


def geodesic_area_m2(geoms: NDArray[np.object_]) -> NDArray[np.float64]:
    """Geodesic area of polygons, holes taken off (WGS 84, Karney 2013 through pyproj).

    geoms  (n,) shapely geometries, EPSG:4326 lon/lat; ring orientation does not matter.
    Returns m² (n,); 0 for points, lines and empty polygons.
    """
    geoms = np.asarray(geoms, dtype=object)
    polygons = np.flatnonzero(np.isin(shapely.get_type_id(geoms), _POLYGONS))
    area = np.zeros(len(geoms))
    parts, owner = shapely.get_parts(geoms[polygons], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    for index, (ring, of) in enumerate(zip(rings, part, strict=True)):
        lonlat = shapely.get_coordinates(ring)
        ring_area = abs(_GEOD.polygon_area_perimeter(lonlat[:, 0], lonlat[:, 1])[0])
        is_exterior = index == 0 or part[index - 1] != of
        area[polygons[owner[of]]] += ring_area if is_exterior else -ring_area
    return area


def to_nano(values: Any) -> NDArray[np.int64]:
    """Base units to whole nano-units, rounded half to even.

    values  array of any shape, base units.
    Returns int64 of the same shape.
    Raises GeoplanError `amount_out_of_range` for what is not finite or passes
    9.2e9 base units (a 64-bit integer of nano-units ends there).
    """
    scaled = np.rint(np.asarray(values, dtype=np.float64) * NANO)
    if not np.all(np.abs(scaled) < 2.0**63):
        raise GeoplanError(
            "amount_out_of_range",
            Text("数量不是有限数，或超过 92 亿", "An amount is not finite or exceeds 9.2e9"),
            Text("请检查单位，或拆分该要素", "Check the unit, or split the feature"),
        )
    return scaled.astype(np.int64)
