"""Whom a number is about: the city, its rings, districts and zones, and sums over their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Unit
from geoplan.grid import Districts, cell_centers

CITY = "city"
AreaKind = Literal["city", "ring", "district", "zone"]


@dataclass(frozen=True, slots=True)
class Area:
    """One line of a table: `city`, `ring:central`, or the code of a district or zone."""

    code: str
    kind: AreaKind


@dataclass(frozen=True, slots=True)
class Areas:
    """Which cells an area's sums are over.

    areas     the city, its rings, its districts, then the zones that have a boundary.
    district  (n,) int row of `areas` of the district that holds each cell's centre.
    zone      (n,) int row of `areas` of the zone, -1 in none. Zones lie inside districts, whose
              people they are; they are listed and never added to anything.
    parents   (districts,) rows of the rings that the districts, in their order, belong to.
    """

    areas: tuple[Area, ...]
    district: NDArray[np.intp]
    zone: NDArray[np.intp]
    parents: NDArray[np.intp]

    def sums(self, amounts: NDArray[np.integer]) -> NDArray[np.int64]:
        """Exact sums of whole amounts (n,) or (n, k) by area: (areas,) or (areas, k).

        Rings and the city are sums of districts, so that they add up whatever lies where.
        """
        columns = amounts if amounts.ndim == 2 else amounts[:, None]
        found = np.zeros((len(self.areas), columns.shape[1]), dtype=np.int64)
        inside = self.zone >= 0
        for position in range(columns.shape[1]):
            column = columns[:, position]
            found[:, position] = _add(self.district, column, len(found))
            found[:, position] += _add(self.zone[inside], column[inside], len(found))
        first = 1 + len(np.unique(self.parents))
        of_districts = found[first : first + len(self.parents)]
        np.add.at(found, self.parents, of_districts)
        found[0] = of_districts.sum(axis=0)
        return found.reshape(len(found), *amounts.shape[1:])

    def holds(self, code: str) -> NDArray[np.bool_]:
        """Which cells (n,) an area's sums are over. Raises KeyError for a code that is none."""
        row = {area.code: number for number, area in enumerate(self.areas)}[code]
        if row == 0:
            return np.ones(len(self.district), dtype=np.bool_)
        if self.areas[row].kind == "ring":
            first = 1 + len(np.unique(self.parents))
            return np.asarray(self.parents[self.district - first] == row)
        return np.asarray((self.district == row) | (self.zone == row))


def _add(row: NDArray[np.intp], amounts: NDArray[np.integer], rows: int) -> NDArray[np.int64]:
    # Doubles hold every whole number below 2^53, some 400,000 times the people of a city.
    return np.bincount(row, weights=amounts, minlength=rows).astype(np.int64)


def areas_of(
    units: Sequence[Unit],
    codes: Sequence[str],
    district: NDArray[np.integer],
    zones: NDArray[np.str_] | None = None,
) -> Areas:
    """The areas of a city and the place of n cells in them.

    units     of the catalogue; their order is that of the areas.
    codes     districts by number; district  (n,) the number of each cell's.
    zones     (n,) code of the zone that holds each cell, '' in none; None: no zone is known.
    Raises ValueError for a code that is no district of the catalogue.
    """
    districts = [unit for unit in units if unit.kind == "district"]
    rings = list(dict.fromkeys(unit.ring for unit in districts))
    known = set() if zones is None else set(np.unique(zones).tolist())
    listed = [
        Area(CITY, "city"),
        *(Area(f"ring:{ring}", "ring") for ring in rings),
        *(Area(unit.code, "district") for unit in districts),
        *(Area(unit.code, "zone") for unit in units if unit.kind == "zone" and unit.code in known),
    ]
    row = {area.code: number for number, area in enumerate(listed)}
    strange = sorted(set(codes) - {unit.code for unit in districts})
    if strange:
        raise ValueError(f"people live in districts that the catalogue does not have: {strange}")
    zone = np.full(len(district), -1, dtype=np.intp)
    if zones is not None:
        for area in listed:
            if area.kind == "zone":
                zone[zones == area.code] = row[area.code]
    return Areas(
        areas=tuple(listed),
        district=np.array([row[code] for code in codes], dtype=np.intp)[district],
        zone=zone,
        parents=np.array([row[f"ring:{unit.ring}"] for unit in districts], dtype=np.intp),
    )


def zones_of(
    cell: NDArray[np.int64], boundaries: Sequence[tuple[str, bytes]]
) -> NDArray[np.str_] | None:
    """Code of the zone (n,) that holds each cell's centre, '' in none; None without boundaries.

    boundaries  code and WKB (EPSG:4326) of the zones that have one.
    """
    if not boundaries:
        return None
    codes = [code for code, _ in boundaries]
    shapes = shapely.from_wkb(np.array([wkb for _, wkb in boundaries], dtype=object))
    return Districts(codes, shapes).locate(cell_centers(cell)).astype(np.str_)
