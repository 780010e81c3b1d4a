"""The page: a Folium map with elements of our own, one script, no code from elsewhere.

The same elements make a map in a notebook, or one saved to a file, that carries its code in itself:

    from geoplan.map import city_map
    city_map(server="http://127.0.0.1:8000", layers=["park"], theme="charger.piles")
    city_map(frame, column="people", res=8).save("people.html")
"""

from __future__ import annotations

from geoplan.map.alone import Entry, Frame, GridHexagons, Legend, Shapes
from geoplan.map.document import CityMap
from geoplan.map.elements import (
    Boundaries,
    FeatureTiles,
    GroundTiles,
    Hexagons,
    RasterTiles,
)
from geoplan.map.notebook import city_map
from geoplan.map.page import Page, build_page
from geoplan.map.plan import build_plan_page
from geoplan.map.security import content_security_policy, raster_origins
from geoplan.map.staff import build_staff_page

__all__ = [
    "Boundaries",
    "CityMap",
    "Entry",
    "FeatureTiles",
    "Frame",
    "GridHexagons",
    "GroundTiles",
    "Hexagons",
    "Legend",
    "Page",
    "RasterTiles",
    "Shapes",
    "build_page",
    "build_plan_page",
    "build_staff_page",
    "city_map",
    "content_security_policy",
    "raster_origins",
]
