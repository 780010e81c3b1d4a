"""Where things are put: by people, apart from one another, off the water."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.curves import blob
from geoplan.sample.ground import Ground
from geoplan.sample.plane import Floats, Geometries
from geoplan.sample.towns import density

Counts = NDArray[np.int64]


def drawn(rng: np.random.Generator, weights: Floats | Counts, count: int) -> NDArray[np.intp]:
    """`count` different rows, the likelier the heavier (Efraimidis and Spirakis, 2006).

    Rows without weight are never drawn. In the order of drawing.
    """
    possible = np.flatnonzero(weights > 0)
    keys = rng.exponential(size=len(possible)) / weights[possible]
    return possible[np.argsort(keys, kind="stable")[:count]]


def apart(xy: Floats, least_m: float, count: int) -> NDArray[np.intp]:
    """The first `count` of (n, 2) points that keep their distance from all chosen before."""
    chosen: list[int] = []
    held = np.empty((count, 2))
    for row, at in enumerate(xy):
        if len(chosen) == count:
            break
        gaps = held[: len(chosen)] - at
        if not chosen or (gaps**2).sum(axis=1).min() >= least_m**2:
            held[len(chosen)] = at
            chosen.append(row)
    return np.array(chosen, dtype=np.intp)


def among_people(
    ground: Ground, rng: np.random.Generator, weights: Floats | Counts, count: int, least_m: float
) -> Floats:
    """Up to `count` points near people's doors, at least `least_m` apart; (n, 2) metres.

    weights  one a cell of `ground.people`.
    """
    cells = drawn(rng, weights, 12 * count)
    xy = ground.people.xy[cells]
    # A cell is about 65 m from its middle to a corner.
    xy = xy + rng.uniform(-45, 45, xy.shape)
    xy = xy[ground.land.locate(xy) >= 0]
    return xy[apart(xy, least_m, count)]


def shapes_among_people(
    ground: Ground, rng: np.random.Generator, areas_m2: Floats, least_m: float, held: Geometries
) -> Geometries:
    """Soft shapes of the areas asked for, where fewer people have their doors than around.

    held  polygons (metres) that they must keep off, as they keep off water and ring roads.
    Returns up to len(areas_m2) polygons.
    """
    people = ground.people
    weights = people.people * np.where(people.urban > 700, 1.0, 0.15)
    at = among_people(ground, rng, weights, 6 * len(areas_m2), least_m / 3)
    sizes = np.resize(areas_m2, len(at))
    shapes = np.array([blob(rng, *one) for one in zip(at, sizes, strict=True)], dtype=object)
    free = _dry(ground, shapes) & ~_touching(shapes, held)
    at, shapes = at[free], shapes[free]
    usual = shapely.area(shapes) / 1e6 * (density(at) + 600)
    calm = people_inside(ground, shapes) / usual
    order = np.argsort(calm * rng.uniform(0.3, 1.0, len(calm)), kind="stable")
    chosen = order[apart(at[order], least_m, len(areas_m2))]
    # Big shapes may still reach one another.
    first, second = shapely.STRtree(shapes[chosen]).query(shapes[chosen], "intersects")
    late = np.unique(np.maximum(first, second)[first != second])
    return np.delete(shapes[chosen], late)


def people_inside(ground: Ground, shapes: Geometries) -> Counts:
    """How many people live inside each polygon (metres)."""
    tree = shapely.STRtree(shapely.points(ground.people.xy))
    owner, cell = tree.query(shapes, "contains")
    inside = np.zeros(len(shapes), np.int64)
    np.add.at(inside, owner, ground.people.people[cell])
    return inside


def _dry(ground: Ground, shapes: Geometries) -> NDArray[np.bool_]:
    """Which polygons lie inside the city and keep off its water and ring roads."""
    land = ground.land
    roads = shapely.multilinestrings([shapely.linestrings(line) for line in land.rings])
    blocked = shapely.union(shapely.buffer(land.water.shape, 15), shapely.buffer(roads, 35))
    shapely.prepare(blocked)
    inside = shapely.contains_properly(land.city, shapes)
    return np.asarray(inside & ~shapely.intersects(blocked, shapes))


def _touching(shapes: Geometries, held: Geometries) -> NDArray[np.bool_]:
    touched = np.zeros(len(shapes), np.bool_)
    if len(held):
        touched[shapely.STRtree(held).query(shapes, "intersects")[0]] = True
    return touched
