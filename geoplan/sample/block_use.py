"""What stands on the blocks: campuses, works and greens, buildings; woods on the mountains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import shapely
from shapely import affinity

from geoplan.sample.curves import rounded
from geoplan.sample.draft import Draft
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, Geometries, stream
from geoplan.sample.population import Population
from geoplan.sample.streets import Streets
from geoplan.sample.towns import density

_SETBACK_M = 16.0
# Tags, number, largest area in m², Chinese and English name; the sites follow the people.
_CAMPUSES: tuple[tuple[Mapping[str, str], int, float, str, str], ...] = (
    ({"amenity": "university"}, 34, 400_000, "示意大学", "Sample University"),
    ({"amenity": "hospital"}, 170, 45_000, "示意医院", "Sample Hospital"),
    ({"amenity": "school"}, 1250, 28_000, "示意学校", "Sample School"),
)
# Tags, number, and between which built-up densities (people per km²) the blocks lie.
_QUARTERS: tuple[tuple[Mapping[str, str], int, float, float], ...] = (
    ({"landuse": "industrial"}, 420, 500, 3500),
    ({"landuse": "recreation_ground"}, 260, 1200, 30000),
    ({"landuse": "grass"}, 420, 800, 30000),
)
_BUILT = 6500.0  # built-up people per km² from which buildings are drawn
_LARGEST_M2 = 300_000.0
# Kinds of buildings: length and depth, and the distance to the next along and across, metres.
_BUILDINGS = ((46, 13, 62, 42), (27, 23, 58, 56), (38, 14, 56, 36), (72, 38, 98, 70))
_STANDING = (0.15, 0.45)  # share of the places that are built on, at the edge and in the middle
_RASTER_M = 600.0  # on which woods are found
_WOOD = 0.5  # of `Land.mountain`


def lay_block_use(land: Land, people: Population, streets: Streets, draft: Draft) -> None:
    """Draw the use of blocks. The streets are drawn already."""
    rng = stream(land.seed, "block use")
    blocks = np.array(
        [shapely.Polygon(streets.xy[list(ring)]) for ring in streets.blocks], dtype=object
    )
    at = shapely.get_coordinates(shapely.centroid(blocks))
    built = density(at)
    free = shapely.area(blocks) < _LARGEST_M2
    for block, tags in _campuses(rng, people, blocks, free):
        draft.area(block, tags)
    for tags, count, least, most in _QUARTERS:
        fit = np.flatnonzero(free & (built > least) & (built < most))
        chosen = rng.choice(fit, min(count, len(fit)), replace=False)
        free[chosen] = False
        for block in _inset(blocks[np.sort(chosen)]):
            draft.area(block, tags)
    for index in np.flatnonzero(free & (built > _BUILT)).tolist():
        share = np.interp(built[index], (_BUILT, 20_000), _STANDING)
        for building in _buildings(rng, blocks[index], share):
            draft.area(building, {"building": "yes"})
    for wood in shapely.get_parts(_woods(land)):
        draft.area(wood, {"natural": "wood"})


def _inset(blocks: Geometries) -> Geometries:
    """Blocks without the strip beside the street; what is too narrow is left out."""
    inner = shapely.buffer(blocks, -_SETBACK_M, join_style="mitre", mitre_limit=2)
    whole: Geometries = inner[(shapely.get_type_id(inner) == 3) & ~shapely.is_empty(inner)]
    return whole


def _campuses(
    rng: np.random.Generator, people: Population, blocks: Geometries, free: np.ndarray
) -> Iterator[tuple[shapely.Geometry, Mapping[str, str]]]:
    """Campuses on blocks near people; marks their blocks as taken."""
    tree = shapely.STRtree(blocks)
    share = people.people / people.people.sum()
    for tags, count, largest_m2, name, name_en in _CAMPUSES:
        number = 0
        for cell in rng.choice(len(share), 3 * count, p=share).tolist():
            block = int(tree.nearest(shapely.Point(people.xy[cell])))
            if number == count or not free[block]:
                continue
            inner = _inset(blocks[[block]])
            if len(inner):
                number += 1
                free[block] = False
                scale = min(1.0, np.sqrt(largest_m2 / inner[0].area))
                campus = affinity.scale(inner[0], scale, scale, origin="centroid")
                yield (
                    campus,
                    {**tags, "name": f"{name}第{number}", "name:en": f"{name_en} {number}"},
                )


def _buildings(rng: np.random.Generator, block: shapely.Polygon, share: float) -> Geometries:
    """Buildings of one kind in rows along the block's longest side."""
    inner = shapely.buffer(block, -_SETBACK_M, join_style="mitre", mitre_limit=2)
    if shapely.is_empty(inner):
        return np.array([], dtype=object)
    ring = shapely.get_coordinates(block.exterior)
    sides = np.diff(ring, axis=0)
    way = sides[np.hypot(*sides.T).argmax()]
    way = way / np.hypot(*way)
    turn = np.array([way, [-way[1], way[0]]])
    long, deep, along, across = _BUILDINGS[rng.integers(len(_BUILDINGS))]
    low, high = (turn @ ring.T).min(axis=1), (turn @ ring.T).max(axis=1)
    x, y = np.meshgrid(
        np.arange(low[0] + along / 2, high[0], along),
        np.arange(low[1] + across / 2, high[1], across),
    )
    middles = np.column_stack([x.ravel(), y.ravel()])
    middles = middles[rng.random(len(middles)) < share]
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (long / 2, deep / 2)
    made = shapely.polygons((middles[:, None] + corners) @ turn)
    shapely.prepare(inner)
    found: Geometries = made[shapely.covers(inner, made)]
    return found


def _woods(land: Land) -> shapely.Geometry:
    """Where the land is mountainous, with soft edges."""
    west, south, east, north = land.city.bounds
    x, y = np.meshgrid(np.arange(west, east, _RASTER_M), np.arange(south, north, _RASTER_M))
    at: Floats = np.column_stack([x.ravel(), y.ravel()])
    at = at[land.mountain(at) > _WOOD]
    half = _RASTER_M / 2
    squares = shapely.box(at[:, 0] - half, at[:, 1] - half, at[:, 0] + half, at[:, 1] + half)
    woods = shapely.simplify(shapely.union_all(squares), _RASTER_M)
    outlines = [
        [rounded(shapely.get_coordinates(ring)[:-1], 3, closed=True) for ring in rings]
        for rings in (shapely.get_rings(wood) for wood in shapely.get_parts(woods))
    ]
    soft = [shapely.Polygon(outer, holes) for outer, *holes in outlines]
    return shapely.intersection(
        shapely.union_all(shapely.make_valid(soft)), shapely.buffer(land.city, -100)
    )
