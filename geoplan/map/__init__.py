"""The page: a Folium map with elements of our own, one script, no code from elsewhere."""

from __future__ import annotations

from geoplan.map.city_map import (
    Boundaries,
    CityMap,
    FeatureTiles,
    GroundTiles,
    Hexagons,
    RasterTiles,
)
from geoplan.map.page import Page, build_page
from geoplan.map.security import content_security_policy, raster_origins

__all__ = [
    "Boundaries",
    "CityMap",
    "FeatureTiles",
    "GroundTiles",
    "Hexagons",
    "Page",
    "RasterTiles",
    "build_page",
    "content_security_policy",
    "raster_origins",
]
