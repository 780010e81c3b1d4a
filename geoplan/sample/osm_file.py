"""The sample city's OSM extract: streets, rails, water, land use, buildings, places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from geoplan.sample.block_use import lay_block_use
from geoplan.sample.draft import Draft
from geoplan.sample.everyday import lay_everyday_places
from geoplan.sample.expressways import lay_expressways
from geoplan.sample.land import Land
from geoplan.sample.plane import to_plane
from geoplan.sample.population import Population
from geoplan.sample.streets import Road, Streets, lay_streets
from geoplan.sample.towns import TOWNS
from geoplan.sample.transit import lay_transit

_PAVED = ("primary", "secondary", "tertiary", "trunk")


def write_osm(path: Path, land: Land, population: Population) -> None:
    """Write the extract as PBF; the same land and people give the same file.

    All streets for walking are one connected network whose ways share nodes where they meet;
    water is crossed on bridges only. Motorways, railways and the metro have nodes of their own.
    """
    draft = Draft()
    streets = lay_streets(land)
    _draw_streets(streets, draft)
    lay_expressways(land, streets, draft)
    lay_transit(land, streets, draft)
    _draw_water(land, draft)
    lay_block_use(land, population, streets, draft)
    lay_everyday_places(land, population, streets, draft)
    for town in TOWNS:
        at = to_plane(np.array([[town.lon, town.lat]]))[0]
        draft.point(at, {"place": town.kind, "name": town.name, "name:en": town.name_en})
    draft.write(path)


def _draw_streets(streets: Streets, draft: Draft) -> None:
    # Drawn first: a node has the same number here and in the network.
    draft.nodes(streets.xy)
    for road in streets.roads:
        draft.way(road.nodes, _road_tags(road))


def _road_tags(road: Road) -> dict[str, str]:
    tags = {"highway": road.kind}
    if road.name is not None and road.name_en is not None:
        tags |= {"name": road.name, "name:en": road.name_en}
    if road.kind in _PAVED:
        tags |= {"sidewalk": "both"}
    if road.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    return tags


def _draw_water(land: Land, draft: Draft) -> None:
    for river in land.water.rivers:
        tags = {"name": river.name, "name:en": river.name_en}
        inside = shapely.intersection(shapely.LineString(river.line), land.city)
        for part in shapely.get_parts(shapely.line_merge(inside)):
            draft.line(shapely.get_coordinates(part), {"waterway": "river", **tags})
    for shape in shapely.get_parts(shapely.simplify(land.water.rivers_shape, 2)):
        draft.area(shape, {"natural": "water", "water": "river"})
    for lake in land.water.lakes:
        tags = {"natural": "water", "water": "lake", "name": lake.name, "name:en": lake.name_en}
        draft.area(lake.shape, tags)
