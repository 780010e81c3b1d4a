"""The HTTP door: OGC API Features, tiles, grids, and the page."""

from __future__ import annotations

from geoplan.api.app import create_app
from geoplan.api.pages import PageSource

__all__ = ["PageSource", "create_app"]
