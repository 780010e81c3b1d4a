"""Where a city and its units lie: which places are outside, and how far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest.geometry import NEAR
from geoplan.units import geodesic_distance_m

MARGIN_M = 2_000.0
"""How far beyond its districts a place still counts as the city's: the packaged outlines are
generalised and deviate by up to 1.9 km from detailed ones (measured against another edition)."""

_METRES_A_DEGREE = 111_195.0  # of a great circle; only to find what is nearest


class Outlines:
    """The outlines of a city's units, EPSG:4326, for many places at once.

    units  outline by unit code; a zone without one lies within its parents'.
    """

    def __init__(self, city: City, units: Mapping[str, Any]) -> None:
        self._shrink = float(np.cos(np.radians((city.bbox[1] + city.bbox[3]) / 2)))
        self._outlines: dict[str, Any] = {}
        for unit in city.units:
            parts = [units[code] for code in (unit.code, *unit.parents) if code in units]
            if unit.code in units:
                parts = parts[:1]
            elif len(parts) < len(unit.parents):
                continue
            if parts:
                self._outlines[unit.code] = (
                    parts[0] if len(parts) == 1 else shapely.union_all(parts)
                )
        districts = [units.get(unit.code) for unit in city.units if unit.kind == "district"]
        self._city = _city(city, districts, self._shrink)
        for outline in (*self._outlines.values(), self._city):
            shapely.prepare(outline)

    def known(self, codes: Sequence[str | None]) -> NDArray[np.bool_]:
        """Which of the units (n,) have an outline."""
        return np.array([code in self._outlines for code in codes], dtype=bool)

    def outside(
        self, lonlat: NDArray[np.float64], codes: Sequence[str | None]
    ) -> NDArray[np.bool_]:
        """Which points (n, 2) lie outside the unit of their code; where it has no outline, none."""
        found = np.zeros(len(lonlat), dtype=bool)
        for outline, rows in self._by_unit(codes):
            found[rows] = ~shapely.intersects_xy(outline, lonlat[rows, 0], lonlat[rows, 1])
        return found

    def outside_city(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points (n, 2) lie outside the city and a margin around it; NaN and infinity too."""
        inside: NDArray[np.bool_] = shapely.contains_xy(self._city, lonlat[:, 0], lonlat[:, 1])
        return ~inside

    def reaches_out(self, geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Which geometries (n,) do not lie wholly in the city and a margin around it."""
        inside: NDArray[np.bool_] = shapely.covers(self._city, geometry)
        return ~inside

    def touches(self, geometry: Any) -> bool:
        """Whether any part of a geometry lies in the city or the margin around it."""
        return bool(shapely.intersects(self._city, geometry))

    def distance_m(
        self, geometry: NDArray[np.object_], codes: Sequence[str | None]
    ) -> NDArray[np.float64]:
        """Metres (n,) from the unit of their code to geometries that do not touch it, else 0.

        geometry  (n,) shapely, EPSG:4326; None has distance 0.
        """
        metres = np.zeros(len(geometry))
        for outline, rows in self._by_unit(codes):
            present = rows[~shapely.is_missing(geometry[rows])]
            away = present[~shapely.intersects(outline, geometry[present])]
            if len(away) == 0:
                continue
            lines = shapely.shortest_line(
                self._flat(np.array([outline], dtype=object)), self._flat(geometry[away])
            )
            ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
            ends[:, :, 0] /= self._shrink
            metres[away] = geodesic_distance_m(ends[:, 0], ends[:, 1])
        return metres

    def _flat(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Longitudes shrunk, so that a degree is as long to the east as to the north."""
        return _scaled(geometry, self._shrink)

    def _by_unit(self, codes: Sequence[str | None]) -> Iterator[tuple[Any, NDArray[np.int64]]]:
        named = np.array([code or "" for code in codes])
        for code in np.unique(named).tolist():
            if code in self._outlines:
                yield self._outlines[code], np.flatnonzero(named == code)


def _city(city: City, districts: Sequence[Any], shrink: float) -> Any:
    """The city's districts with a margin; its box where not all of them have an outline."""
    if not districts or any(outline is None for outline in districts):
        west, south, east, north = city.bbox
        return shapely.box(west - NEAR, south - NEAR, east + NEAR, north + NEAR)
    whole = _scaled(np.array([shapely.union_all(districts)], dtype=object), shrink)
    return _scaled(shapely.buffer(whole, MARGIN_M / _METRES_A_DEGREE), 1 / shrink)[0]


def _scaled(geometry: NDArray[np.object_], factor: float) -> NDArray[np.object_]:
    moved: NDArray[np.object_] = shapely.transform(geometry, lambda xy: xy * (factor, 1.0))
    return moved
