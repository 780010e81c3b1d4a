"""What shares should be, found the slow way, and random geometries to find them for."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import h3
import numpy as np
import pyproj
import shapely
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from shapely import (
    Geometry,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    affinity,
)

from geoplan.grid import RESOLUTIONS, Districts, Shares, split
from geoplan.units import NANO, geodesic_area_m2, geodesic_length_m

GEOD = pyproj.Geod(ellps="WGS84")
WEST, SOUTH = 104.04, 30.64

# Two districts with a crooked border, on which one of them has a vertex more; the city ends at
# 104.052 east and 30.628 south.
_BORDER = [(104.0413, 30.628), (104.0391, 30.6371), (104.0427, 30.6402), (104.0402, 30.66)]
DISTRICTS = {
    "510104": Polygon([(104.02, 30.628), *_BORDER, (104.02, 30.66)]),
    "510105": Polygon(
        [(104.052, 30.66), (104.052, 30.628), _BORDER[0], (104.0402, 30.63255), *_BORDER[1:]]
    ),
}
CITY = Districts(list(DISTRICTS), np.array(list(DISTRICTS.values()), dtype=object))

Places = dict[tuple[int, str], float]


def cut(
    *geometry: Geometry, amounts: list[list[int]] | None = None, districts: Districts = CITY
) -> Shares:
    """The shares of geometries; their own measure unless amounts are given."""
    geoms = np.array(geometry, dtype=object)
    if amounts is not None:
        return split(geoms, np.array(amounts, dtype=np.int64), districts)
    measure = geodesic_length_m(geoms) + geodesic_area_m2(geoms)
    points = shapely.get_dimensions(geoms) == 0
    measure[points] = shapely.get_num_coordinates(geoms[points])
    return split(geoms, np.rint(measure * NANO).astype(np.int64)[:, None], districts)


def places_of(shares: Shares, res: int, feature: int = 0) -> Places:
    """A feature's first amount by cell and district at one resolution, in whole units."""
    rows = (shares.res == res) & (shares.feature == feature)
    places = zip(shares.cell[rows].tolist(), shares.district[rows].tolist(), strict=True)
    return dict(zip(places, (shares.amounts[rows, 0] / NANO).tolist(), strict=True))


def brute_force(geometry: Geometry, res: int) -> Places:
    """Parts of 1 by cell and district: each part of a geometry with each cell and each district."""
    if geometry.geom_type.endswith("Point"):
        return _points(geometry, res)
    found: Places = defaultdict(float)
    city = shapely.union_all(list(DISTRICTS.values()))
    for part in _simple(geometry):
        near = part.envelope.buffer(0.001)
        cells = h3.LatLngPoly([(lat, lon) for lon, lat in near.exterior.coords])
        regions = {**DISTRICTS, "": near.difference(city)}
        for cell in h3.polygon_to_cells_experimental(cells, res, contain="overlap"):
            ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
            within = shapely.intersection(part, Polygon(ring))
            for code, region in regions.items():
                size = _measure(shapely.intersection(within, region))
                if size > 0:
                    found[int(cell, 16), code] += size
    whole = sum(found.values())
    return {place: size / whole for place, size in found.items()}


def _points(geometry: Geometry, res: int) -> Places:
    found: Counter[tuple[int, str]] = Counter()
    for lon, lat in shapely.get_coordinates(geometry).tolist():
        held = [
            code for code, shape in DISTRICTS.items() if shape.distance(Point(lon, lat)) <= 1e-7
        ]
        found[int(h3.latlng_to_cell(lat, lon, res), 16), (held or [""])[0]] += 1
    return {place: count / found.total() for place, count in found.items()}


def _simple(geometry: Geometry) -> list[Geometry]:
    """Polygons of one part, or single segments: overlays would merge a way there and back."""
    parts = shapely.get_parts(geometry)
    if geometry.geom_type.endswith("Polygon"):
        return list(parts)
    corners = [shapely.get_coordinates(part) for part in parts]
    return [LineString(pair) for line in corners for pair in pairwise(line)]


def _measure(piece: Geometry) -> float:
    areal = [part for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]
    if areal:
        # Many vertices keep geodesics on edges that are straight in degrees.
        dense = shapely.segmentize(areal, 2e-5)
        return sum(abs(GEOD.geometry_area_perimeter(part)[0]) for part in dense)
    return float(GEOD.geometry_length(piece)) if piece.geom_type.endswith("LineString") else 0.0


def sums(shares: Shares, count: int) -> np.ndarray:
    """Amounts of (resolution, feature, measure), added up over cells and districts."""
    total = np.zeros((len(RESOLUTIONS), count, shares.amounts.shape[1]), dtype=np.int64)
    np.add.at(total, (shares.res.astype(int) - RESOLUTIONS[0], shares.feature), shares.amounts)
    return total


def _micro(low: int, high: int) -> SearchStrategy[float]:
    return st.integers(low, high).map(lambda n: n / 1e6)


SPOTS = st.tuples(
    _micro(-25_000, 25_000).map(lambda x: WEST + x),
    _micro(-25_000, 25_000).map(lambda y: SOUTH + y),
)
_STEPS = st.tuples(_micro(-2_000, 2_000), _micro(-2_000, 2_000))


def _walk(start: tuple[float, float], steps: list[tuple[float, float]]) -> LineString:
    return LineString(np.cumsum([start, *steps], axis=0))


WALKS = st.builds(_walk, SPOTS, st.lists(_STEPS, min_size=1, max_size=6))
"""Lines of up to six segments; steps may be of no length or go back."""


def _star(
    center: tuple[float, float], radii: list[float], squeeze: float, hollow: float
) -> Polygon:
    """A polygon seen whole from its centre, with a hole of its own shape where hollow > 0."""
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    way = np.stack([np.cos(angle), np.sin(angle) * squeeze], axis=1) * np.array(radii)[:, None]
    ring = np.repeat(center + way, 2, axis=0)  # every vertex twice
    return Polygon(ring, [center + way * hollow] if hollow else [])


STARS = st.builds(
    _star,
    SPOTS,
    st.lists(_micro(300, 2_500), min_size=3, max_size=9),
    st.sampled_from([1.0, 1.0, 0.5, 1e-5]),
    st.sampled_from([0.0, 0.0, 0.6]),
).filter(lambda polygon: polygon.is_valid)
"""Polygons of some hundred metres, some with a hole, some as thin as a centimetre."""


def _apart(one: Polygon, other: Polygon) -> MultiPolygon:
    moved = affinity.translate(other, one.bounds[2] - other.bounds[0] + 1e-3)
    return MultiPolygon([one, moved])


GEOMETRIES = st.one_of(
    st.builds(Point, SPOTS),
    st.builds(MultiPoint, st.lists(SPOTS, min_size=1, max_size=5)),
    WALKS,
    st.builds(MultiLineString, st.lists(WALKS, min_size=1, max_size=3)),
    STARS,
    st.builds(_apart, STARS, STARS),
)
