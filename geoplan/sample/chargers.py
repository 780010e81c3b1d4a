"""Charging stations with their piles."""

from __future__ import annotations

from datetime import date

import numpy as np

from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.projects import Projects, point_projects
from geoplan.sample.sites import among_people
from geoplan.sample.stages import Band

_STATIONS = 5900
# Piles by stage; the plan asks for 60,000 over the whole of 2023.
_BANDS = (
    Band(5200, ("open",), date(2020, 5, 1), date(2022, 12, 28)),
    Band(52_900, ("finished", "open", "open", "open", "open"), date(2023, 1, 4), AS_OF),
    Band(3300, ("building",), date(2023, 5, 1), date(2023, 10, 24)),
    Band(240, ("stopped",), date(2022, 9, 1), date(2023, 6, 30)),
    Band(3300, ("planned",)),
)
_PILES = sum(band.amount for band in _BANDS)
_FEWEST = 2
# Access, share of the stations, how many piles one has against another, kW of a pile.
_ACCESS = (("public", 0.62, 1.0, 60.0), ("dedicated", 0.21, 1.7, 80.0), ("private", 0.17, 0.4, 7.0))


def chargers(ground: Ground) -> Projects:
    """Stations where people live, ahead of the plan's time schedule."""
    rng = ground.rng("chargers")
    people = ground.people
    at = among_people(ground, rng, people.people * (0.25 + people.urban / 9000), _STATIONS, 70)
    kind = rng.choice(len(_ACCESS), len(at), p=[share for _, share, _, _ in _ACCESS])
    access, _, sizes, power_kw = (
        np.array([row[column] for row in _ACCESS])[kind] for column in range(4)
    )
    spread = rng.lognormal(0, 0.75, len(at)) * sizes.astype(float)
    piles = _FEWEST + np.rint(spread * (_PILES / len(at) - _FEWEST) / spread.mean()).astype(int)
    # A quick pile often has two connectors, a slow one never.
    pairs = rng.binomial(piles, np.where(access == "private", 0.0, 0.35))
    own = {
        "piles": piles,
        "connectors": piles + pairs,
        "access": access,
        "power_kw": np.round(piles * power_kw.astype(float)),
        "operator": [f"示意运营单位{number}" for number in rng.integers(1, 9, len(at))],
    }
    words = [("充电站", "charging station")] * len(at)
    return point_projects(
        ground, "charger", "CP", at, words, _BANDS, (15, 120), own, amounts=piles.astype(float)
    )
