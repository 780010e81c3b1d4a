"""A page of the city, built from the real catalogue and the built bundle."""

from __future__ import annotations

import pytest

from geoplan.catalogue import City
from geoplan.map import Page, build_page
from geoplan.resources import resource


@pytest.fixture(scope="session")
def page(city: City) -> Page:
    return build_page(city, bundle=resource("web"))
