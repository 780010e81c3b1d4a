"""Parks that are being made, and the green spaces that exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.curves import along, length, normals, resampled
from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.plane import Floats, Geometries
from geoplan.sample.projects import Projects, projects
from geoplan.sample.sites import shapes_among_people
from geoplan.sample.stages import Band, Stages, stage
from geoplan.sample.towns import density

# Kind, zh, en, number, smallest and largest area in hectares.
_STOCK = (
    ("park", "综合公园", "general park", 85, 9.0, 55.0),
    ("park", "社区公园", "community park", 190, 1.0, 7.0),
    ("garden", "口袋公园", "pocket park", 260, 0.10, 0.8),
)
_NEW = (
    ("comprehensive", "综合公园", "general park", 14, 9.0, 30.0),
    ("country", "郊野公园", "country park", 10, 20.0, 60.0),
    ("community", "社区公园", "community park", 72, 1.0, 6.0),
    ("pocket", "口袋公园", "pocket park", 105, 0.12, 0.8),
)
# The plan asks for 60 in the second half of 2023; the first half's do not count.
_BANDS = (
    Band(22, ("open",), date(2023, 1, 10), date(2023, 6, 28)),
    Band(43, ("finished", "open"), date(2023, 7, 6), AS_OF),
    Band(52, ("building",), date(2022, 12, 1), date(2023, 10, 18)),
    Band(5, ("stopped",), date(2022, 3, 1), date(2023, 4, 30)),
    Band(75, ("planned",)),
)
_WITHOUT_OUTLINE = 0.18  # of the planned ones: a place is known, an outline not yet


def green_spaces(ground: Ground) -> Projects:
    """Parks and gardens that exist: by lakes and rivers, and in the quarters."""
    rng = ground.rng("green spaces")
    shapes: list[Geometries] = [_by_water(ground, rng)]
    words = [("滨水公园", "waterside park")] * len(shapes[0])
    kinds = ["park"] * len(shapes[0])
    for kind, zh, en, count, least_ha, most_ha in _STOCK:
        areas = _areas(rng, count, least_ha, most_ha)
        held = np.concatenate(shapes)
        made = shapes_among_people(ground, rng, areas, 2.2 * np.sqrt(areas.mean()), held)
        shapes.append(made)
        words += [(zh, en)] * len(made)
        kinds += [kind] * len(made)
    geometry = np.concatenate(shapes)
    at = shapely.get_coordinates(shapely.point_on_surface(geometry))
    none = [None] * len(geometry)
    stages = Stages(["open"] * len(geometry), list(none), list(none))
    units = ground.unit_of(at)
    own = {"kind": kinds}
    return projects(ground, "green_space", "GS", geometry, units, words, stages, own, at=at)


def parks(ground: Ground, held: Geometries) -> Projects:
    """New parks of all kinds, with more finished than the time schedule asks.

    held  polygons of the green spaces that exist.
    """
    rng = ground.rng("parks")
    shapes: list[Geometries] = []
    kinds: list[tuple[str, str, str]] = []
    for kind, zh, en, count, least_ha, most_ha in _NEW:
        areas = _areas(rng, count, least_ha, most_ha)
        taken = np.concatenate([held, *shapes])
        made = shapes_among_people(ground, rng, areas, 3.0 * np.sqrt(areas.mean()), taken)
        shapes.append(made)
        kinds += [(kind, zh, en)] * len(made)
    geometry = np.concatenate(shapes)
    area_ha = shapely.area(geometry) / 1e4
    at = shapely.get_coordinates(shapely.point_on_surface(geometry))
    units = ground.unit_of(at)
    score = rng.uniform(size=len(at)) - 0.25 * ground.pace("park", units)
    stages = stage(rng, score, np.ones(len(at)), _BANDS, (120, 300))
    pale = (np.array(stages.status) == "planned") & (rng.uniform(size=len(at)) < _WITHOUT_OUTLINE)
    geometry[pale] = shapely.points(at[pale])
    own = {
        "kind": [kind for kind, _, _ in kinds],
        "construction": rng.choice(["new", "rebuilt_extended"], len(at), p=[0.86, 0.14]),
        "area_ha": np.round(area_ha, 2),
    }
    words = [(zh, en) for _, zh, en in kinds]
    return projects(ground, "park", "PK", geometry, units, words, stages, own, at=at)


def _areas(rng: np.random.Generator, count: int, least_ha: float, most_ha: float) -> Floats:
    """(count,) m², small ones more often than large ones, the largest first."""
    share = rng.uniform(0, 1, count) ** 1.6
    areas: NDArray[np.float64] = np.sort(least_ha * (most_ha / least_ha) ** share)[::-1] * 1e4
    return areas


def _by_water(ground: Ground, rng: np.random.Generator) -> Geometries:
    """The shores of lakes, and strips along rivers where they run through a town."""
    water = ground.land.water
    shores = [
        shapely.difference(shapely.buffer(lake.shape, rng.uniform(45, 110)), water.shape)
        for lake in water.lakes
    ]
    strips = list(_strips(ground, rng))
    made = np.array([*shores, *strips], dtype=object)
    made = shapely.difference(made, shapely.buffer(water.shape, 6))
    made = np.array([max(shapely.get_parts(one), key=shapely.area) for one in made], dtype=object)
    made = made[shapely.contains_properly(ground.land.city, made) & (shapely.area(made) > 8000)]
    first, second = shapely.STRtree(made).query(made, "intersects")
    return np.delete(made, np.unique(np.maximum(first, second)[first != second]))


def _strips(ground: Ground, rng: np.random.Generator) -> Iterator[shapely.Polygon]:
    for river in ground.land.water.rivers:
        line = resampled(river.line, 60)
        total = length(line)
        for start in np.arange(rng.uniform(500, 2500), total - 3000, 3400):
            stop = start + rng.uniform(700, 1900)
            part = along(line, np.arange(start, stop, 50))
            if density(part).mean() < 2600:
                continue
            half_m = rng.uniform(18, 42)
            side = rng.choice([-1, 1]) * (river.width_m / 2 + 8 + half_m)
            bank = shapely.LineString(part + normals(part) * side)
            yield shapely.simplify(shapely.buffer(bank, half_m, quad_segs=4), 1.5)
