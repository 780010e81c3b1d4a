"""Rows whose coordinate system is to be found, made for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.ingest.location import locate
from geoplan.ingest.outlines import Outlines
from geoplan.ingest.readings import find_namesakes
from geoplan.ingest.reference import Known
from geoplan.ingest.rows import RowBatch
from geoplan.ingest.triage import Evidence, Placement, find_systems
from geoplan.ingest.webmap import bd_from_wgs, gcj_from_wgs
from tests.ingest.batches import notes_of, reference

Points = NDArray[np.float64]
METRES = np.array([95_841.0, 110_864.0])  # a degree at Chengdu, east and north
READINGS = ["EPSG:4326", "GCJ-02", "BD-09"]


def spread(outline: Any, count: int, seed: int = 1) -> Points:
    """Points (n, 2) all over an outline, 6 decimals."""
    made = np.random.default_rng(seed)
    west, south, east, north = outline.bounds
    points = made.uniform((west, south), (east, north), (count * 12 + 200, 2)).round(6)
    return points[shapely.contains_xy(outline, points[:, 0], points[:, 1])][:count]


def shifted(points: Points, system: str) -> Points:
    """The points as a web map has them, 6 decimals."""
    if system == "EPSG:4326":
        return points
    forward = gcj_from_wgs if system == "GCJ-02" else bd_from_wgs
    return np.column_stack(forward(points[:, 0], points[:, 1])).round(6)


def projected(points: Points, code: int) -> Points:
    to = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return np.column_stack(to.transform(points[:, 0], points[:, 1])).round(3)


def triage(
    batch: RowBatch,
    city: City,
    outlines: Outlines,
    *,
    names: Sequence[str | None] | None = None,
    districts: Sequence[str | None] | None = None,
    places: Known | None = None,
    features: Known | None = None,
    chosen: str | None = None,
    in_file: str | None = None,
) -> tuple[Placement, Any]:
    count = len(batch.row)
    notes = notes_of(batch)
    location = locate([batch], np.zeros(count, dtype=bool), None, notes)
    names = names or [None] * count
    evidence = Evidence(
        districts or [None] * count,
        find_namesakes(names, [None] * count, reference(features, places)),
        outlines,
    )
    placement = find_systems(location, evidence, city, notes, chosen=chosen, in_file=in_file)
    return placement, notes


def named(count: int) -> list[str]:
    return [f"示意第{n}小学" for n in range(count)]
