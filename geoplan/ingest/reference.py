"""What a file is checked against: features that are held, outlines, limits, the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.text import Text


@dataclass(frozen=True, slots=True)
class Known:
    """Features that are held already, by columns; every list has the length of `feature_id`.

    source_id   the source that wrote the feature, and its key there: what an update must name.
    layer       id of its layer.
    project_no  the bureau's own number; None where it has none.
    unit        code of the reporting unit.
    lonlat      (n, 2) EPSG:4326, finite: the point itself, of other shapes the centroid
                (ST_Centroid).
    properties  all values by field id, `status` and the days (ISO text) among them, by which an
                unchanged row is recognised; None: not looked up, no row is called unchanged.
    """

    feature_id: list[str]
    source_id: list[str]
    key: list[str]
    layer: list[str]
    project_no: list[str | None]
    name: list[str]
    unit: list[str | None]
    lonlat: NDArray[np.float64]
    properties: list[dict[str, Any]] | None = None

    @classmethod
    def nothing(cls) -> Known:
        """No feature at all."""
        return cls([], [], [], [], [], [], [], np.empty((0, 2)), [])


@dataclass(frozen=True, slots=True)
class Constraint:
    """A layer that limits where something may be built.

    as_of     the day its data is of, None when nobody said.
    geometry  (k,) shapely, EPSG:4326, valid; none: the layer has no data and is not checked.
    """

    layer: str
    title: Text
    as_of: date | None
    geometry: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that `check_file` needs to know besides the file and the catalogue.

    features     what the layer holds.
    places       named points of any layer: by their names the coordinate system is found.
    units        outlines by unit code (EPSG:4326): districts, and zones that have one.
    constraints  the layers that limit this one.
    today        the day up to which something can be finished.
    """

    features: Known
    places: Known
    units: Mapping[str, Any]
    constraints: tuple[Constraint, ...]
    today: date
