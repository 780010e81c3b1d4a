"""The page: a Folium map with elements of our own, one script, no code from elsewhere.

The same elements make a map in a notebook, or one saved to a file, that carries its code in itself:

    city_map = CityMap(city.bbox, bundle=resource("web"))
    Boundaries("http://127.0.0.1:8000/tiles/units/{z}/{x}/{y}.mvt", show=True).add_to(city_map)
    Hexagons({"8840e36309fffff": 3.0, "8840e3ce85fffff": 12.5}, show=True).add_to(city_map)
    city_map
"""

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
from geoplan.map.staff import build_staff_page

__all__ = [
    "Boundaries",
    "CityMap",
    "FeatureTiles",
    "GroundTiles",
    "Hexagons",
    "Page",
    "RasterTiles",
    "build_page",
    "build_staff_page",
    "content_security_policy",
    "raster_origins",
]
