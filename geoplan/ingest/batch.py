"""What reading a layer's features yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """Checked features of one layer, by columns; every list has the length of `key`.

    key         what identifies a row in its source.
    row         its number as the person counts it: of the sheet, or of the feature, from 1.
    unit        code of the reporting unit that the row names.
    status      one of `catalogue.Status`.
    properties  values of the layer's other fields, by field id; days as ISO text.
    original    of points: x and y as they stood in `source_crs`, if that is not EPSG:4326.
    geometry    (n,) shapely, 2D, EPSG:4326, valid, in or near the city.
    """

    key: list[str]
    row: list[int]
    unit: list[str | None]
    name_zh: list[str | None]
    name_en: list[str | None]
    status: list[str]
    started_on: list[date | None]
    finished_on: list[date | None]
    properties: list[dict[str, object]]
    original: list[dict[str, object] | None]
    source_crs: str
    geometry: NDArray[np.object_]
