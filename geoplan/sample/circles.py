"""15-minute life circles as districts delimit them."""

from __future__ import annotations

from datetime import date

import numpy as np
import shapely

from geoplan.sample.curves import blob
from geoplan.sample.ground import AS_OF, Ground
from geoplan.sample.plane import Floats, Geometries
from geoplan.sample.projects import Projects, projects
from geoplan.sample.sites import among_people, people_inside
from geoplan.sample.stages import Band, stage

_CIRCLES = 252
_BANDS = (
    Band(104, ("finished", "open", "open", "open"), date(2021, 9, 1), AS_OF),
    Band(80, ("building",), date(2022, 9, 1), date(2023, 10, 12)),
    Band(4, ("stopped",), date(2022, 4, 1), date(2023, 4, 30)),
    Band(64, ("planned",)),
)


def circles(ground: Ground) -> Projects:
    """Circles around where many people live; neighbours share a line and do not overlap."""
    rng = ground.rng("circles")
    people = ground.people
    at = among_people(ground, rng, people.people * (people.urban > 1500.0), _CIRCLES, 1150)
    shapes = _shapes(ground, rng, at)
    units = ground.unit_of(at)
    served = people_inside(ground, shapes)
    # Dense quarters were first.
    score = rng.uniform(size=len(at)) - 0.3 * np.argsort(np.argsort(served)) / len(at)
    stages = stage(
        rng, score - 0.2 * ground.pace("life_circle", units), np.ones(len(at)), _BANDS, (90, 330)
    )
    own = {
        "form": rng.choice(["clustered", "street", "scattered"], len(at), p=[0.4, 0.38, 0.22]),
        "people": served,
        "shops": np.rint(served / rng.uniform(90, 220, len(at))).astype(int),
    }
    words = [("便民生活圈", "life circle")] * len(at)
    return projects(ground, "life_circle", "LC", shapes, units, words, stages, own, at=at)


def _shapes(ground: Ground, rng: np.random.Generator, at: Floats) -> Geometries:
    """About 130 to 220 ha around each of (n, 2) points, as far as no other point is nearer."""
    points = shapely.points(at)
    nearest = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    cell = shapely.STRtree(nearest).query(points, "within")[1]
    areas = rng.uniform(1.45e6, 2.25e6, len(at))
    round_ = np.array([blob(rng, *one, 11, 0.13) for one in zip(at, areas, strict=True)])
    inside = shapely.intersection(nearest[cell], shapely.buffer(ground.land.city, -40))
    # Corners as soft as the rest.
    shapes = shapely.buffer(shapely.buffer(shapely.intersection(round_, inside), -140), 140)
    shapes = shapely.simplify(shapes, 1.0)
    return np.array([max(shapely.get_parts(one), key=shapely.area) for one in shapes], dtype=object)
