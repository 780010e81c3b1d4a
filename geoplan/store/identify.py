"""What lies at a point: features near it, nearest first, and the district that holds it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("identify")
_METRES_PER_DEGREE = 110_574.0  # of latitude at the equator, its smallest value (WGS 84)


@dataclass(frozen=True, slots=True)
class Found:
    """A feature near the point, one of `matched`; amounts in nano-units, `metres` 0 when it holds
    the point."""

    layer: str
    id: str
    name: str | None
    name_en: str | None
    status: str
    unit: str | None
    district: str | None
    started_on: date | None
    finished_on: date | None
    properties: dict[str, Any]
    amounts: list[int]
    synthetic: bool
    title_zh: str
    title_en: str
    attribution: str | None
    metres: float
    matched: int


@dataclass(frozen=True, slots=True)
class District:
    """The district that holds a point."""

    code: str
    name: str
    name_en: str


async def identify(
    connection: psycopg.AsyncConnection,
    lon: float,
    lat: float,
    *,
    reach_m: float,
    layers: Sequence[str],
    limit: int,
) -> tuple[list[Found], District | None]:
    """Features of `layers` within `reach_m` of a point (degrees): points, then lines, areas."""
    dlat = reach_m / _METRES_PER_DEGREE
    dlon = dlat / max(math.cos(math.radians(lat)), 0.01)
    parameters = {
        "lon": lon,
        "lat": lat,
        "west": lon - dlon,
        "south": lat - dlat,
        "east": lon + dlon,
        "north": lat + dlat,
        "reach_m": reach_m,
        "layers": list(layers),
        "limit": limit,
    }
    async with connection.cursor(row_factory=class_row(Found)) as cursor:
        await cursor.execute(_SQL["features"], parameters)
        found = await cursor.fetchall()
    async with connection.cursor(row_factory=class_row(District)) as cursor:
        await cursor.execute(_SQL["district"], parameters)
        return found, await cursor.fetchone()
