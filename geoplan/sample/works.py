"""Large works: key areas, expressways, factories and the horticultural exposition."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely

from geoplan.sample.curves import blob, meandering
from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.plane import centre, to_plane
from geoplan.sample.projects import Projects, point_projects, projects
from geoplan.sample.sites import among_people
from geoplan.sample.stages import Band, stage
from geoplan.sample.towns import newness

_AREAS = 24
_HEADINGS_DEG = (22.0, 78.0, 131.0, 205.0, 262.0, 318.0)  # counter-clockwise from east
_EXPO = (104.392, 30.352)
_FACTORIES = (
    ("factory", "智能工厂", "smart factory"),
    ("workshop", "数字化车间", "digital workshop"),
)


def key_areas(ground: Ground) -> Projects:
    """The 24 areas that the plan speeds up."""
    rng = ground.rng("key areas")
    people = ground.people
    weights = people.people * (0.15 + newness(people.xy))
    at = among_people(ground, rng, weights, 2 * _AREAS, 4600)
    areas = rng.uniform(2.4e6, 9e6, len(at))
    shapes = np.array([blob(rng, *one, 9, 0.22) for one in zip(at, areas, strict=True)])
    inside = np.flatnonzero(shapely.contains_properly(ground.land.city, shapes))[:_AREAS]
    at, shapes, areas = at[inside], shapes[inside], areas[inside]
    bands = (
        Band(len(at) - 4, ("building",), date(2021, 3, 1), date(2023, 8, 31)),
        Band(4, ("planned",)),
    )
    stages = stage(rng, rng.uniform(size=len(at)), np.ones(len(at)), bands, (0, 0))
    own = {"area_km2": np.round(areas / 1e6, 2)}
    words = [("重点片区", "key area")] * len(at)
    units = ground.unit_of(at)
    return projects(ground, "key_area", "KA", shapes, units, words, stages, own, at=at)


def expressways(ground: Ground) -> Projects:
    """Six roads from the ring expressway to the city's border."""
    rng = ground.rng("expressways")
    inner = shapely.buffer(ground.land.city, -80)
    lines = []
    for heading in np.radians(_HEADINGS_DEG):
        way = np.array([np.cos(heading), np.sin(heading)])
        straight = centre() + way * np.array([[13_600.0], [95_000.0]])
        line = shapely.LineString(meandering(straight, rng, 900, 16_000, 120))
        parts = shapely.get_parts(shapely.intersection(line, inner))
        lines.append(max(parts, key=shapely.length))
    geometry = shapely.simplify(np.array(lines, dtype=object), 2.0)
    at = shapely.get_coordinates(shapely.line_interpolate_point(geometry, 0.5, normalized=True))
    bands = (
        Band(5, ("building",), date(2020, 6, 1), date(2023, 3, 31)),
        Band(1, ("planned",)),
    )
    stages = stage(rng, rng.uniform(size=len(at)), np.ones(len(at)), bands, (0, 0))
    own = {"length_km": np.round(shapely.length(geometry) / 1000, 1)}
    words = [("高速公路", "expressway")] * len(at)
    units = ground.unit_of(at)
    return projects(ground, "expressway", "EX", geometry, units, words, stages, own, at=at)


def smart_factories(ground: Ground) -> Projects:
    """Factories and workshops on the edges of towns; the plan asks for 100."""
    rng = ground.rng("smart factories")
    people = ground.people
    edge = (people.urban > 350) & (people.urban < 4200)
    at = among_people(ground, rng, edge.astype(float), 132, 450)
    kind = rng.choice(2, len(at), p=[0.45, 0.55])
    words = [_FACTORIES[row][1:] for row in kind]
    bands = (
        Band(79, ("finished", "open"), date(2023, 1, 12), AS_OF),
        Band(34, ("building",), date(2022, 9, 1), date(2023, 10, 15)),
        Band(2, ("stopped",), date(2022, 6, 1), date(2023, 4, 30)),
        Band(17, ("planned",)),
    )
    own = {"kind": [_FACTORIES[row][0] for row in kind]}
    return point_projects(ground, "smart_factory", "SF", at, words, bands, (150, 400), own)


def expo(ground: Ground) -> Projects:
    """The site of the exposition of 2024, being built."""
    rng = ground.rng("expo")
    at = to_plane(np.array([_EXPO]))
    shape = np.array([blob(rng, at[0], 2.4e6, 11, 0.2)])
    bands = (Band(1, ("building",), date(2022, 3, 1), date(2022, 6, 30)),)
    stages = stage(rng, np.zeros(1), np.ones(1), bands, (0, 0))
    words = [("世界园艺博览会园区", "horticultural exposition site")]
    units = ground.unit_of(at)
    return projects(ground, "expo_2024", "HE", shape, units, words, stages, {}, at=at)
