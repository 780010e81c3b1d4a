"""Small invented towns for these tests: cells with people, districts and walks."""

from __future__ import annotations

from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan.catalogue import load_city
from geoplan.planning.areas import Areas, areas_of
from geoplan.planning.coverage import Distances, When
from geoplan.resources import resource

CITY = load_city(resource("layers") / "chengdu")
CENTRE = h3.latlng_to_cell(30.66, 104.06, 10)
CODES = ("510104", "510107", "510116", "510121")
"""Two central districts, an urban and an outer one."""


@dataclass(frozen=True, slots=True)
class Town:
    """Cells (n,), their people and districts, and how far they are from a service."""

    cell: NDArray[np.int64]
    people: NDArray[np.int32]
    district: NDArray[np.int16]
    zone: NDArray[np.str_]
    far: dict[When, Distances]

    def areas(self) -> Areas:
        return areas_of(CITY.units, CODES, self.district, self.zone)

    def of(self, code: str) -> NDArray[np.bool_]:
        """The cells of an area, found the plain way."""
        ring = {unit.code: unit.ring for unit in CITY.units}
        districts = np.array(CODES)[self.district]
        if code == "city":
            return np.ones(len(self.cell), dtype=bool)
        if code.startswith("ring:"):
            return np.array([f"ring:{ring[d]}" == code for d in districts], dtype=bool)
        if code.startswith("zone_"):
            return self.zone == code
        return districts == code


def disk(radius: int) -> NDArray[np.int64]:
    return np.sort(np.array(h3.grid_disk(CENTRE, radius), dtype=np.int64))


@st.composite
def towns(draw: st.DrawFn, most: int = 60) -> Town:
    """A town of up to `most` cells; walks and circles around the usual limits, some of them none."""
    count = draw(st.integers(0, most))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    cell = np.sort(random.choice(disk(6), count, replace=False))
    far = random.choice([-1, 0, 299_999, 300_000, 300_001, 500_000, 900_000, 2**31 - 2], (2, count))
    circle = random.choice([-1, 0, 299, 300, 301, 500, 900, 2_000_000], (2, count))
    estimated = random.random(count) < draw(st.sampled_from([0.0, 0.3, 1.0]))
    now, planned = (
        Distances(walk.astype(np.int32), straight.astype(np.int32), estimated)
        for walk, straight in zip(far, circle, strict=True)
    )
    return Town(
        cell=cell,
        people=random.choice([0, 1, 7, 50, 2**31 // 64], count).astype(np.int32),
        district=random.integers(0, len(CODES), count).astype(np.int16),
        zone=random.choice(["", "zone_hitech", "zone_tianfu"], count),
        far={"now": now, "planned": planned},
    )
