"""The sample city, read once through the readers of anyone's files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest import FeatureBatch, read_features
from tests.conftest import Sample


@dataclass(frozen=True, slots=True)
class Rows:
    """All features of a layer as they were read."""

    key: list[str]
    unit: list[str | None]
    name: list[str]
    status: NDArray[np.str_]
    started_on: list[date | None]
    finished_on: list[date | None]
    properties: list[dict[str, Any]]
    geometry: NDArray[np.object_]


@pytest.fixture(scope="session")
def rows_of(sample: Sample, city: City) -> Callable[[str], Rows]:
    """Reads a layer's file of the sample; each is read once."""
    held: dict[str, Rows] = {}

    def read(layer: str) -> Rows:
        if layer not in held:
            file = sample.file_of(layer)
            batches = list(read_features(file.path, city.layer(layer), city, crs=file.crs))
            held[layer] = _joined(batches)
        return held[layer]

    return read


def _joined(batches: list[FeatureBatch]) -> Rows:
    def column(name: str) -> list[Any]:
        return [value for batch in batches for value in getattr(batch, name)]

    return Rows(
        key=column("key"),
        unit=column("unit"),
        name=column("name_zh"),
        status=np.array(column("status")),
        started_on=column("started_on"),
        finished_on=column("finished_on"),
        properties=column("properties"),
        geometry=np.array(column("geometry"), dtype=object),
    )
