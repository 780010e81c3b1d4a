"""Polygons cut by cells, and the area of the pieces on the ellipsoid."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.grid.cells import cell_polygons, fill_polygon
from geoplan.grid.segments import segments_of
from geoplan.grid.trace import trace_cells

_A_M = 6378137.0  # WGS 84
_F = 1 / 298.257223563
_E2 = _F * (2 - _F)
_E = _E2**0.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(3)  # error 1e-17 on an edge of one degree
_MOST_VERTICES = 1_000


def area_m2(polygons: NDArray[np.object_]) -> NDArray[np.float64]:
    """Area on the WGS 84 ellipsoid of polygons whose edges are straight in longitude and latitude.

    That is how shapely and PostGIS cut and what RFC 7946 calls a line: measured so, pieces make up
    their whole to 1e-12. `units.geodesic_area_m2` joins vertices by geodesics instead, which bend
    another way as soon as a cut adds a vertex: up to 450 m² along one edge of resolution 6.

    polygons  (n,) shapely geometries, EPSG:4326; of a collection only its polygons count.
    Returns m² (n,), 0 where there is no polygon.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    area = np.zeros(len(polygons))
    if len(rings) == 0:
        return area
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.unique(ring, return_index=True)[1]
    # Seen from its own first vertex, a small ring loses no digits to the size of the earth.
    origin = lonlat[first][ring]
    east, lat = np.radians(lonlat[:, 0] - origin[:, 0]), np.radians(lonlat[:, 1])
    between = lat + (_NODES[:, None] + 1) / 2 * (np.roll(lat, -1) - lat)
    height = _WEIGHTS / 2 @ _zone_m2(np.radians(origin[:, 1]), between)
    step = np.roll(east, -1) - east
    step[np.r_[first[1:], len(ring)] - 1] = 0  # from one ring's last vertex to the next ring
    of_ring = np.abs(np.add.reduceat(step * height, first))
    hole = np.r_[False, part[1:] == part[:-1]]
    np.add.at(area, owner[part], np.where(hole, -of_ring, of_ring))
    return np.maximum(area, 0)


def _zone_m2(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area of the ellipsoid between two latitudes (radians), for one radian of longitude.

    Snyder, Map Projections (USGS 1987), equation (3-12), as a difference without cancellation.
    """
    sin_low, sin_high = np.sin(low), np.sin(high)
    rise = 2 * np.cos((low + high) / 2) * np.sin((high - low) / 2)
    product = _E2 * sin_low * sin_high
    curve = (1 + product) / ((1 - _E2 * sin_low**2) * (1 - _E2 * sin_high**2)) * rise
    arc = np.arctanh(_E * rise / (1 - product)) / _E
    return np.asarray(_A_M**2 * (1 - _E2) / 2 * (curve + arc))


def areas_by_cell(
    polygons: NDArray[np.object_], res: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """How much of each polygon lies in each cell: index of the polygon, cell, m²; all (m,).

    polygons  (n,) polygons of one part, EPSG:4326; `subdivided` keeps large ones fast.
    Only cells that a boundary passes through are cut; a cell inside counts whole.
    """
    start, end, owner = segments_of(polygons)
    traced = trace_cells(start, end, res)
    index, cell = _distinct(owner[traced.segment], traced.place)
    shape = cell_polygons(cell)
    piece = polygons[index]
    cut = np.bincount(index, minlength=len(polygons))[index] > 1
    piece[cut] = shapely.intersection(piece[cut], shape[cut])
    # Cells nearby are about equal: what has no room for half of one on its boundary holds none.
    first = np.unique(index, return_index=True)[1]
    roomy = first[shapely.area(polygons[index[first]]) > shapely.area(shape[first]) / 2]
    fills = [fill_polygon(polygons[one], res, contain="center") for one in index[roomy].tolist()]
    inner = np.repeat(index[roomy], [len(fill) for fill in fills])
    inner, inner_cell = _without(inner, np.concatenate([cell[:0], *fills]), index, cell)
    whole, which = np.unique(inner_cell, return_inverse=True)
    measure = np.concatenate([area_m2(piece), area_m2(cell_polygons(whole))[which]])
    return np.concatenate([index, inner]), np.concatenate([cell, inner_cell]), measure


def subdivided(polygons: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Polygons of many vertices halved until each piece has at most `_MOST_VERTICES`.

    Cutting a polygon by its cells takes vertices × cells; halved first, it takes little more than
    their sum.
    Returns the pieces (m,), polygons of one part, and the index of the polygon they are of (m,).
    """
    pieces, owner = polygons, np.arange(len(polygons))
    while True:
        large = shapely.get_num_coordinates(pieces) > _MOST_VERTICES
        if not large.any():
            return pieces, owner
        west, south, east, north = shapely.bounds(pieces[large]).T
        lon, lat = (west + east) / 2, (south + north) / 2
        wide = east - west > north - south
        boxes = [
            shapely.box(west, south, np.where(wide, lon, east), np.where(wide, north, lat)),
            shapely.box(np.where(wide, lon, west), np.where(wide, south, lat), east, north),
        ]
        halves = shapely.intersection(np.tile(pieces[large], 2), np.concatenate(boxes))
        parts, half = shapely.get_parts(halves, return_index=True)
        areal = shapely.area(parts) > 0  # not the points and lines where they only touch
        pieces = np.concatenate([pieces[~large], parts[areal]])
        owner = np.concatenate([owner[~large], np.tile(owner[large], 2)[half[areal]]])


def _distinct(
    index: NDArray[np.int64], cell: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of index and cell, sorted, none twice."""
    order = np.lexsort((cell, index))
    index, cell = index[order], cell[order]
    new = np.r_[True, (index[1:] != index[:-1]) | (cell[1:] != cell[:-1])][: len(index)]
    return index[new], cell[new]


def _without(
    index: NDArray[np.int64],
    cell: NDArray[np.int64],
    other_index: NDArray[np.int64],
    other_cell: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of index and cell that are not among the others; none is twice on either side."""
    pairs = np.stack([np.concatenate([other_index, index]), np.concatenate([other_cell, cell])])
    order = np.lexsort((pairs[1], pairs[0]))
    same = (pairs[:, order[1:]] == pairs[:, order[:-1]]).all(axis=0)
    alone = np.ones(len(order), dtype=bool)
    # The sort is stable: of two equal pairs the first is of the others.
    alone[order[1:][same]] = False
    own = alone[len(other_index) :]
    return index[own], cell[own]
