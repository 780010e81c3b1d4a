"""Exact shares: how much of a feature lies in each cell of each shown resolution and district."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.grid.areas import areas_by_cell, subdivided
from geoplan.grid.cells import RESOLUTIONS, locate_cells
from geoplan.grid.districts import NOWHERE, Districts
from geoplan.grid.rounding import apportion
from geoplan.grid.segments import segments_of
from geoplan.grid.trace import trace_cells, trace_districts
from geoplan.text import Text
from geoplan.units import geodesic_distance_m

_POINTS = (0, 4)  # shapely's numbers of Point, MultiPoint
_LINES = (1, 2, 5)  # LineString, LinearRing, MultiLineString
_POLYGONS = (3, 6)  # Polygon, MultiPolygon


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares (m,), sorted by feature, resolution, cell and district; none twice.

    feature   index into the geometries that were split.
    district  code, '' outside all districts.
    amounts   (m, k) in nano-units.
    """

    feature: NDArray[np.int64]
    res: NDArray[np.int8]
    cell: NDArray[np.int64]
    district: NDArray[np.object_]
    amounts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Pieces (m,) of features: resolution, cell, number of the district, and weight >= 0."""

    feature: NDArray[np.int64]
    res: NDArray[np.int64]
    cell: NDArray[np.int64]
    district: NDArray[np.int64]
    weight: NDArray[np.float64]

    @property
    def group(self) -> NDArray[np.int64]:
        """One number for a feature at a resolution, from 0 without gaps."""
        return self.feature * len(RESOLUTIONS) + self.res - RESOLUTIONS[0]

    def at(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> _Pieces:
        """Some of the pieces."""
        return _Pieces(*(getattr(self, field.name)[rows] for field in fields(self)))


def split(
    geometry: NDArray[np.object_], amounts: NDArray[np.int64], districts: Districts
) -> Shares:
    """Cut features by the cells of resolutions 6 to 10 and by district.

    geometry  (n,) valid points, lines, polygons and their multi forms, EPSG:4326.
    amounts   (n, k) the features' measures in whole nano-units.
    Returns shares in proportion to the number of points, the geodesic length or the area on the
    ellipsoid that lies in each cell and district. At every resolution a feature's shares sum
    exactly to its amounts. A feature without extent is shared equally among its vertices' places.
    Raises GeoplanError `geometry_without_place` for an empty geometry or a collection.
    """
    geometry = np.asarray(geometry, dtype=object)
    found = _summed(
        [
            *_points(geometry, districts),
            *_lines(geometry, districts),
            *_polygons(geometry, districts),
        ]
    )
    pieces = _completed(found.at(found.weight > 0), geometry, districts)
    shared = apportion(np.repeat(amounts, len(RESOLUTIONS), axis=0), pieces.group, pieces.weight)
    # Rounding leaves nothing for slivers; what measures nothing anywhere still has its places.
    measured = np.flatnonzero(amounts.any(axis=1))
    kept = shared.any(axis=1) | ~np.isin(pieces.feature, measured)
    pieces = pieces.at(kept)
    return Shares(
        feature=pieces.feature,
        res=pieces.res.astype(np.int8),
        cell=pieces.cell,
        district=districts.names(pieces.district),
        amounts=shared[kept],
    )


def _points(geometry: NDArray[np.object_], districts: Districts) -> Iterator[_Pieces]:
    """Each point once, in the cell that H3 names for it."""
    chosen = _of_type(geometry, _POINTS)
    lonlat, owner = shapely.get_coordinates(geometry[chosen], return_index=True)
    return _scattered(chosen[owner], lonlat, districts, weight=1)


def _lines(geometry: NDArray[np.object_], districts: Districts) -> Iterator[_Pieces]:
    """Segment by segment, so that a way there and back along one path counts twice."""
    chosen = _of_type(geometry, _LINES)
    start, end, owner = segments_of(geometry[chosen])
    district = districts.holders(geometry[chosen])[owner]
    held, loose = np.flatnonzero(district != NOWHERE), np.flatnonzero(district == NOWHERE)
    cut = trace_districts(start[loose], end[loose], districts)
    begin, finish = cut.ends(start[loose], end[loose])
    owner = chosen[np.concatenate([owner[held], owner[loose[cut.segment]]])]
    district = np.concatenate([district[held], cut.place])
    start, end = np.concatenate([start[held], begin]), np.concatenate([end[held], finish])
    for res in RESOLUTIONS:
        traced = trace_cells(start, end, res)
        length_m = geodesic_distance_m(*traced.ends(start, end))
        at = traced.segment
        yield _Pieces(owner[at], np.full(len(at), res), traced.place, district[at], length_m)


def _polygons(geometry: NDArray[np.object_], districts: Districts) -> Iterator[_Pieces]:
    """Part by part, cut by districts first and then by cells."""
    chosen = _of_type(geometry, _POLYGONS)
    polygons, owner = shapely.get_parts(geometry[chosen], return_index=True)
    district = districts.holders(polygons)
    held, loose = np.flatnonzero(district != NOWHERE), np.flatnonzero(district == NOWHERE)
    index, number, pieces = districts.cut(polygons[loose])
    owner = chosen[np.concatenate([owner[held], owner[loose[index]]])]
    district = np.concatenate([district[held], number])
    polygons, of = subdivided(np.concatenate([polygons[held], pieces]))
    owner, district = owner[of], district[of]
    for res in RESOLUTIONS:
        at, cell, measure = areas_by_cell(polygons, res)
        yield _Pieces(owner[at], np.full(len(at), res), cell, district[at], measure)


def _completed(pieces: _Pieces, geometry: NDArray[np.object_], districts: Districts) -> _Pieces:
    """The pieces, and the vertices of features that have none at some resolution.

    Raises GeoplanError `geometry_without_place`.
    """
    wanted = np.arange(len(geometry) * len(RESOLUTIONS))
    missing = np.setdiff1d(wanted, pieces.group)
    if len(missing) == 0:
        return pieces
    chosen = np.unique(missing // len(RESOLUTIONS))
    flat = chosen[np.isin(shapely.get_type_id(geometry[chosen]), _POINTS + _LINES + _POLYGONS)]
    lonlat, owner = shapely.get_coordinates(geometry[flat], return_index=True)
    vertices = _summed([*_scattered(flat[owner], lonlat, districts, weight=0)])
    completed = _summed([pieces, vertices.at(np.isin(vertices.group, missing))])
    lost = np.setdiff1d(wanted, completed.group) // len(RESOLUTIONS)
    if len(lost):
        kind = geometry[lost[0]].geom_type
        raise GeoplanError(
            "geometry_without_place",
            Text(
                f"第 {lost[0] + 1} 个要素（{kind}）为空或类型不支持",
                f"feature {lost[0] + 1} ({kind}) is empty or of a type without measure",
            ),
            Text("请提供非空的点、线或面", "give a point, line or polygon that is not empty"),
        )
    return completed


def _scattered(
    feature: NDArray[np.int64], lonlat: NDArray[np.float64], districts: Districts, *, weight: float
) -> Iterator[_Pieces]:
    """Points (m, 2) of features (m,), each of one weight."""
    district = districts.numbers(lonlat)
    weights = np.full(len(lonlat), float(weight))
    for res in RESOLUTIONS:
        cell = locate_cells(lonlat[:, 0], lonlat[:, 1], res)
        yield _Pieces(feature, np.full(len(lonlat), res), cell, district, weights)


def _of_type(geometry: NDArray[np.object_], types: tuple[int, ...]) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(shapely.get_type_id(geometry), types))


def _summed(parts: Iterable[_Pieces]) -> _Pieces:
    """Pieces in order, those of one feature, resolution, cell and district added up."""
    every = list(parts)
    feature, res, cell, district, weight = (
        np.concatenate([getattr(part, field.name) for part in every]) for field in fields(_Pieces)
    )
    order = np.lexsort((district, cell, res, feature))
    keys = np.stack([feature, res, cell, district])[:, order]
    new = np.flatnonzero(np.r_[True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)][: len(order)])
    total = np.add.reduceat(weight[order], new) if len(new) else weight
    feature, res, cell, district = keys[:, new]
    return _Pieces(feature, res, cell, district, total)
