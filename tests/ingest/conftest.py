"""What tests of places share: the outlines of the city's units, read once."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.ingest import default_boundaries, read_units
from geoplan.ingest.outlines import Outlines


@pytest.fixture(scope="session")
def units(city: City) -> dict[str, Any]:
    """Outlines by unit code, of the packaged boundaries."""
    return read_units(default_boundaries(), city)


@pytest.fixture(scope="session")
def outlines(city: City, units: dict[str, Any]) -> Outlines:
    return Outlines(city, units)
