"""What every project of the sample is laid on: land, people, and who reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import City, Unit
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, stream, to_plane
from geoplan.sample.population import Population

AS_OF = date(2023, 10, 31)
"""The day that the sample stands for; nothing in it was finished later."""

_KM = 1000.0
# Where a zone reports instead of its districts: discs of (lon, lat, radius in km), cut by the
# districts that it lies in. The real outlines are no public data; these only stand for them.
_ZONES: dict[str, tuple[tuple[float, float, float], ...]] = {
    "zone_hitech": ((104.055, 30.572, 5.6), (103.925, 30.755, 4.6)),
    "zone_tianfu": ((104.095, 30.410, 11.0),),
    "zone_eastern": ((104.350, 30.320, 17.0),),
}
_SHORT = {
    "zone_hitech": ("高新", "Hi-Tech"),
    "zone_tianfu": ("天府新区", "Tianfu"),
    "zone_eastern": ("东部新区", "Eastern"),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Land and people in metres (EPSG:4544), and the city's reporting units."""

    land: Land
    people: Population
    units: tuple[Unit, ...]

    def rng(self, name: str) -> np.random.Generator:
        """The generator of one noun: its draws move nothing else."""
        return stream(self.land.seed, name)

    def unit_of(self, xy: Floats) -> NDArray[np.str_]:
        """Code of the unit that reports what lies at each of (n, 2) points, '' outside the city."""
        codes = np.array([*self.land.codes, ""])
        units = codes[self.land.locate(xy)].astype("<U16")
        for unit in self.units:
            for lon, lat, radius_km in _ZONES.get(unit.code, ()):
                middle = to_plane(np.array([[lon, lat]]))[0]
                near = np.hypot(*(xy - middle).T) < radius_km * _KM
                units[near & np.isin(units, unit.parents)] = unit.code
        return units

    def pace(self, name: str, units: NDArray[np.str_]) -> Floats:
        """How far each unit is ahead (1) or behind (-1) with one kind of work, per row."""
        codes = [unit.code for unit in self.units]
        paces = dict(
            zip(codes, self.rng(f"pace of {name}").uniform(-1, 1, len(codes)), strict=True)
        )
        return np.array([paces[code] for code in units.tolist()])


def prepare(city: City, land: Land, people: Population) -> Ground:
    """The ground of a city's sample."""
    return Ground(land, people, city.units)


def short_names(units: Sequence[Unit]) -> dict[str, tuple[str, str]]:
    """What a unit is called inside a project's name, by code: 锦江, Jinjiang."""
    return {
        unit.code: _SHORT.get(unit.code) or (unit.name.zh.rstrip("区县市"), unit.name.en)
        for unit in units
    }
