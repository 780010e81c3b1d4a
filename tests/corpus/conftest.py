"""What all cases are checked against."""

from __future__ import annotations

from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.ingest import default_boundaries, read_units


@pytest.fixture(scope="session")
def outlines(city: City) -> dict[str, Any]:
    """The districts' outlines by unit code."""
    return read_units(default_boundaries(), city)
