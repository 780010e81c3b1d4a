"""What can be walked to from a place, as the service says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas
import pandas as pd


@dataclass(frozen=True, slots=True)
class Walk:
    """Answer of `/api/reach`.

    catchment   one row, EPSG:4326: what lies within the walk.
    facilities  points, EPSG:4326: `category`, `id`, `name`, `minutes`, `metres`; the nearest first
                within each category.
    missing     categories of the life circle without a facility in reach.
    answer      the whole answer, with what it was measured by.
    """

    catchment: geopandas.GeoDataFrame
    facilities: geopandas.GeoDataFrame
    missing: list[Any]
    answer: dict[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether sample data are in it."""
        return bool(self.answer.get("synthetic"))

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Walk:
        """The answer as frames."""
        attrs = {name: answer.get(name) for name in ("data_version", "synthetic")}
        catchment = geopandas.GeoDataFrame.from_features([answer["catchment"]], crs="EPSG:4326")
        rows = [
            {"category": category, **facility}
            for category, facilities in answer["facilities"].items()
            for facility in facilities
        ]
        found = pd.DataFrame(rows, columns=None if rows else ["category", "lon", "lat"])
        places = geopandas.points_from_xy(found.pop("lon"), found.pop("lat"), crs="EPSG:4326")
        facilities = geopandas.GeoDataFrame(found, geometry=places)
        catchment.attrs = facilities.attrs = attrs
        return cls(catchment, facilities, list(answer.get("missing", [])), answer)
