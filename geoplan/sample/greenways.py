"""Greenways: along rivers and rings, over the hills, from town to town and through the quarters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.curves import along, length, meandering, normals, resampled, rounded
from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.plane import Floats, Noise, centre
from geoplan.sample.projects import Projects, projects
from geoplan.sample.sites import among_people
from geoplan.sample.stages import Band, stage
from geoplan.sample.towns import TOWNS, density, positions

Level = Literal["regional", "city", "community"]

_STEP_M = 50.0
_SHORT_OF_MOUTH = 6  # steps; where two rivers meet the bank turns on the spot
_LONGEST_LINK_M = 21_000.0
_WAYS = 210
# Kilometres by stage; the plan asks for 453 in the second half of 2023.
_NEW_KM, _BUILDING_KM, _STOPPED_KM, _PLANNED_KM = 276.0, 240.0, 26.0, 330.0


@dataclass(frozen=True, slots=True)
class _Route:
    """A line of (n, 2) metres. `linking`: parts of it run on ordinary roads."""

    line: Floats
    level: Level
    linking: bool = False


def greenways(ground: Ground) -> Projects:
    """Sections of 1 to 5 km, with what was newly built behind the plan's time schedule."""
    rng = ground.rng("greenways")
    sections = list(_sections(ground, rng))
    lines = np.array([shapely.LineString(section.line) for section in sections], dtype=object)
    geometry = shapely.simplify(lines, 1.0)
    km = shapely.length(geometry) / 1000
    at = shapely.get_coordinates(shapely.line_interpolate_point(geometry, 0.5, normalized=True))
    units = ground.unit_of(at)
    level = np.array([section.level for section in sections])
    score = _score(rng, at, level) - 0.12 * ground.pace("greenway", units)
    built = km.sum() - _NEW_KM - _BUILDING_KM - _STOPPED_KM - _PLANNED_KM
    bands = [
        Band(built, ("open",), date(2018, 4, 1), date(2023, 6, 25)),
        Band(_NEW_KM, ("finished", "open"), date(2023, 7, 4), AS_OF),
        Band(_BUILDING_KM, ("building",), date(2022, 11, 1), date(2023, 10, 20)),
        Band(_STOPPED_KM, ("stopped",), date(2021, 9, 1), date(2023, 5, 31)),
        Band(_PLANNED_KM, ("planned",)),
    ]
    stages = stage(rng, score, km, bands, (150, 420))
    built_up = density(at) > 2600
    linking = np.array([section.linking for section in sections])
    works, shares = ["new", "continued", "rebuilt_extended"], [0.8, 0.14, 0.06]
    own = {
        "level": level,
        "kind": np.where(built_up, "urban", "suburban"),
        "construction": rng.choice(works, len(km), p=shares),
        "connecting": linking & (rng.uniform(size=len(km)) < 0.3),
        "length_km": np.round(km, 2),
        "width_m": np.where(built_up, rng.choice([3.0, 3.5, 4.0, 5.0], len(km)), 3.0),
    }
    words = [("绿道", "greenway")] * len(km)
    return projects(
        ground,
        "greenway",
        "GW",
        geometry,
        units,
        words,
        stages,
        own,
        at=at,
        numbered="{unit}段{number}",
    )


def _sections(ground: Ground, rng: np.random.Generator) -> Iterator[_Route]:
    inner = shapely.buffer(ground.land.city, -80)
    for route in _routes(ground, rng):
        for part in _inside(route.line, inner):
            for piece in _cut(part, rng):
                yield _Route(piece, route.level, route.linking)


def _score(rng: np.random.Generator, at: Floats, level: NDArray[np.str_]) -> Floats:
    """Who came first, low to high: the trunk from the centre outwards, then inside the quarters."""
    far = np.argsort(np.argsort(np.hypot(*(at - centre()).T))) / len(at)
    trunk = np.where(level == "community", 0.85, far)
    score: Floats = 0.5 * trunk + 0.2 * Noise(rng, 8000)(at) + 0.5 * rng.uniform(size=len(at))
    return score


def _routes(ground: Ground, rng: np.random.Generator) -> Iterator[_Route]:
    land = ground.land
    for river in land.water.rivers:
        # One bank only: both banks of a river are one greenway.
        bank = rng.choice([-1, 1]) * (river.width_m / 2 + 28)
        line = resampled(river.line, _STEP_M)[:-_SHORT_OF_MOUTH]
        yield _Route(line + normals(line) * bank, "regional" if river.width_m > 100 else "city")
    for ring, beside_m, swing_m in ((2, 70.0, 15.0), (3, 260.0, 110.0), (4, 240.0, 120.0)):
        line = resampled(land.rings[ring], _STEP_M)
        line = meandering(line - normals(line) * beside_m, rng, swing_m, 2400, _STEP_M)
        yield _Route(line, "city" if ring == 2 else "regional")
    crest = shapely.get_coordinates(land.crest)
    yield _Route(meandering(crest, rng, 420, 3600, _STEP_M), "regional")
    foot = land.foot + np.array([1500.0, 0.0])
    yield _Route(meandering(foot, rng, 500, 4200, _STEP_M), "regional")
    for line in _links(ground):
        yield _Route(meandering(line, rng, 260, 3200, _STEP_M), "city", linking=True)
    for lake in land.water.lakes:
        ring_line = shapely.buffer(lake.shape, 35).exterior
        yield _Route(resampled(shapely.get_coordinates(ring_line), _STEP_M), "community")
    for line in _ways(ground, rng):
        yield _Route(line, "community")


def _links(ground: Ground) -> list[Floats]:
    """Straight lines between neighbouring towns (Gabriel graph), not through the inner city."""
    at = positions()
    ring = shapely.Polygon(ground.land.rings[2])
    links = []
    for i in range(len(TOWNS)):
        for j in range(i + 1, len(TOWNS)):
            middle, reach = (at[i] + at[j]) / 2, np.hypot(*(at[i] - at[j])) / 2
            between = np.hypot(*(at - middle).T) < reach * 0.999
            line = np.vstack([at[i], at[j]])
            if 2 * reach < _LONGEST_LINK_M and not between.any():
                outside = shapely.difference(shapely.LineString(line), ring)
                links.append(shapely.get_coordinates(outside))
    return links


def _ways(ground: Ground, rng: np.random.Generator) -> Iterator[Floats]:
    """Ways of 1 to 3 km through the blocks where people live, with the streets' two directions."""
    weights = ground.people.people * (ground.people.urban > 1500)
    for at in among_people(ground, rng, weights.astype(float), _WAYS, 900):
        east, north = at - centre()
        heading = np.arctan2(north, east) + rng.choice(4) * np.pi / 2
        corners = [at]
        turn = rng.choice([-1, 1]) * np.pi / 2
        for step_m in rng.uniform(260, 800, rng.integers(3, 6)):
            corners.append(corners[-1] + step_m * np.array([np.cos(heading), np.sin(heading)]))
            heading += turn + rng.uniform(-0.3, 0.3)
            turn = -turn  # left and right in turn, or the way would close on itself
        yield resampled(rounded(np.array(corners), 4), 25)


def _inside(line: Floats, area: shapely.Geometry) -> Iterator[Floats]:
    cut = shapely.line_merge(shapely.intersection(shapely.LineString(line), area))
    for part in shapely.get_parts(cut):
        if part.length > 700:
            yield shapely.get_coordinates(part)


def _cut(line: Floats, rng: np.random.Generator) -> Iterator[Floats]:
    """The line in sections of 1.2 to 5 km that share their ends."""
    total = length(line)
    count = max(1, round(total / rng.uniform(2200, 4200)))
    stops = np.linspace(0, total, count + 1)
    stops[1:-1] += rng.uniform(-0.28, 0.28, count - 1) * total / count
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    for start, stop in pairwise(stops):
        between = line[(steps > start + 1) & (steps < stop - 1)]
        ends = along(line, np.array([start, stop]))
        yield np.vstack([ends[:1], between, ends[1:]])
