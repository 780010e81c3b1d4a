"""The city's districts as computation needs them: where points lie, where lines cross."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.grid.segments import segments_of

HAIRLINE_DEG = 1e-7
"""Gaps between neighbours up to this wide (1 cm) belong to one of them."""

NOWHERE = -1
"""The number of what lies outside every district."""


class Districts:
    """Districts by code: polygons in EPSG:4326 that do not overlap; hairline gaps are allowed.

    A district's number is its place in `codes`.
    """

    def __init__(self, codes: Sequence[str], geoms: NDArray[np.object_]) -> None:
        """codes, geoms  (d,) each: code and (multi)polygon, lon/lat in degrees."""
        self.codes = tuple(codes)
        self._geoms = np.asarray(geoms, dtype=object)
        shapely.prepare(self._geoms)
        self._tree = shapely.STRtree(self._geoms)
        self._edge_start, self._edge_end, _ = segments_of(self._geoms)
        self._edges = shapely.STRtree(_as_lines(self._edge_start, self._edge_end))
        wider = shapely.buffer(shapely.union_all(self._geoms), HAIRLINE_DEG, join_style="mitre")
        self._city = shapely.buffer(wider, -HAIRLINE_DEG, join_style="mitre")  # gaps closed

    def locate(self, lonlat: NDArray[np.float64]) -> NDArray[np.object_]:
        """Code of the district that holds each point, '' outside all.

        lonlat  (n, 2) degrees, EPSG:4326. A point on a line between districts, or in a gap of
        less than `HAIRLINE_DEG`, belongs to one of its neighbours, always the same.
        Returns (n,) str.
        """
        return self.names(self.numbers(lonlat))

    def names(self, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
        """Codes of district numbers, '' for `NOWHERE`."""
        return np.array([*self.codes, ""], dtype=object)[numbers]

    def numbers(self, lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
        """As `locate`, but numbers instead of codes."""
        points = shapely.points(lonlat)
        point, district = self._tree.query(points)
        held = shapely.intersects_xy(self._geoms[district], *lonlat[point].T)
        found = self._first(len(points), point[held], district[held])
        outside = np.flatnonzero(found == NOWHERE)
        point, district = self._tree.query(points[outside], "dwithin", HAIRLINE_DEG)
        found[outside] = self._first(len(outside), point, district)
        return found

    def holders(self, geoms: NDArray[np.object_]) -> NDArray[np.int64]:
        """Number of the district that holds the whole of each geometry, `NOWHERE` where none does.

        geoms  (n,) shapely geometries, EPSG:4326.
        """
        index, district = self._tree.query(geoms)
        held = shapely.covers(self._geoms[district], geoms[index])
        return self._first(len(geoms), index[held], district[held])

    def _first(
        self, count: int, index: NDArray[np.int64], district: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The lowest district of each index, NOWHERE for those without one."""
        found = np.full(count, len(self.codes), dtype=np.int64)
        np.minimum.at(found, index, district)
        found[found == len(self.codes)] = NOWHERE
        return found

    def crossed_edges(
        self, start: NDArray[np.float64], end: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Edges of boundaries whose boxes meet the segments' boxes.

        start, end  (n, 2) degrees.
        Returns for each pair the segment (p,) and the edge's ends (p, 2), (p, 2).
        """
        segment, edge = self._edges.query(_as_lines(start, end))
        return segment, self._edge_start[edge], self._edge_end[edge]

    def cut(
        self, polygons: NDArray[np.object_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
        """Polygons cut by the districts; what no district holds is a piece of `NOWHERE`.

        polygons  (n,) polygons, EPSG:4326.
        Returns for each piece the polygon's index (m,), the district's number (m,), and the
        piece (m,), a polygon of one part.
        """
        index, number = self._tree.query(polygons, predicate="intersects")
        within = shapely.intersection(polygons[index], self._geoms[number])
        beyond = shapely.difference(polygons, self._city)
        pieces, piece = shapely.get_parts(np.concatenate([within, beyond]), return_index=True)
        areal = shapely.area(pieces) > 0  # not the points and lines where shapes only touch
        pieces, piece = pieces[areal], piece[areal]
        index = np.concatenate([index, np.arange(len(polygons))])
        number = np.concatenate([number, np.full(len(polygons), NOWHERE)])
        return index[piece], number[piece], pieces


def _as_lines(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)
