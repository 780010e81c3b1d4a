"""The HTTP door: OGC API Features, tiles, grids, and the page."""

from __future__ import annotations

from geoplan.api.app import create_app
from geoplan.api.pages import Build, PageSource

__all__ = ["Build", "PageSource", "create_app"]
