"""Lines and boundaries as straight segments."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def segments_of(
    geoms: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Segments of lines and of polygons' boundaries, those without length left out.

    geoms  (n,) shapely geometries, EPSG:4326.
    Returns both ends (m, 2), (m, 2) and the index of the geometry (m,).
    """
    parts, owner = shapely.get_parts(geoms, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(parts[areal], return_index=True)
    owner = np.concatenate([owner[~areal], owner[areal][ring_of]])
    lonlat, part = shapely.get_coordinates(
        np.concatenate([parts[~areal], rings]), return_index=True
    )
    moved = (part[1:] == part[:-1]) & (lonlat[1:] != lonlat[:-1]).any(axis=1)
    joined = np.flatnonzero(moved)
    return lonlat[joined], lonlat[joined + 1], owner[part[joined]]
