"""The sample city's OSM extract."""

from __future__ import annotations

from pathlib import Path

from geoplan.sample.land import Land
from geoplan.sample.population import Population


def write_osm(path: Path, land: Land, population: Population, seed: int) -> None:
    """Under way."""
    raise NotImplementedError
