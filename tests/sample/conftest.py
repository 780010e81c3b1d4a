"""The sample city, made once a run and read once through the readers of anyone's files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest import FeatureBatch, default_boundaries, read_features, read_units
from geoplan.sample import SampleFile, make_sample

SEED = 20230703


@dataclass(frozen=True, slots=True)
class Sample:
    """The made files by source, and the boundaries they were made on (EPSG:4326)."""

    folder: Path
    files: list[SampleFile]
    boundaries: dict[str, shapely.Geometry]

    def file_of(self, layer: str) -> SampleFile:
        [found] = [file for file in self.files if file.layer == layer]
        return found


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
def sample(city: City, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    boundaries = read_units(default_boundaries(), city)
    files = make_sample(folder, city, boundaries, seed=SEED, progress=lambda _: None)
    return Sample(folder, files, boundaries)


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
