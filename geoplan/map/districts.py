"""The districts of a map without a service, from the boundaries that the package brings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest import default_boundaries
from geoplan.map.alone import DistrictShapes

_SIMPLER_DEG = 0.0006  # some 60 m: what a whole city shows of its boundaries
_GRID_DEG = 1e-5
_COUNTRY = "156"  # GB/T 2659, before the six digits in that file

_kept: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}


def district_shapes(city: City) -> DistrictShapes:
    """Land, boundaries and names; neighbours are simplified together, so that they still meet.

    The file is read once a process. Raises GeoplanError `no_boundaries`.
    """
    key = ",".join(unit.code for unit in city.units)
    if key not in _kept:
        _kept[key] = _read(city)
    return DistrictShapes(*_kept[key])


def _read(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """Areas and labels as GeoJSON."""
    units = {unit.code: unit for unit in city.units if unit.kind == "district"}
    wanted = ", ".join(f"'{_COUNTRY}{code}'" for code in units)
    frame = geopandas.read_file(default_boundaries(), where=f"gb IN ({wanted})")
    frame = frame.to_crs("EPSG:4326")
    frame["code"] = frame["gb"].str.removeprefix(_COUNTRY)
    shapes = shapely.coverage_simplify(frame.geometry.to_numpy(), _SIMPLER_DEG)
    words = [
        {
            "name": units[code].name.zh,
            "name_en": units[code].name.en,
            "ring": units[code].ring,
        }
        for code in frame["code"]
    ]
    return _collection(shapes, words), _collection(shapely.point_on_surface(shapes), words)


def _collection(shapes: NDArray[np.object_], words: Sequence[dict[str, str]]) -> dict[str, Any]:
    written = shapely.to_geojson(shapely.set_precision(shapes, _GRID_DEG, mode="pointwise"))
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": json.loads(shape), "properties": each}
            for shape, each in zip(written, words, strict=True)
        ],
    }
