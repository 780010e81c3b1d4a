"""Names of places on the base map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.store.sql import queries

_SQL = queries("labels")


@dataclass(frozen=True, slots=True)
class Labels:
    """Named places (k,) of the base map: degrees, EPSG:4326; English names where there are some."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    name: list[str]
    name_en: list[str | None]


async def read_labels(connection: psycopg.AsyncConnection) -> Labels:
    """Villages, quarters, towns and districts, by the order of their import."""
    rows = await (await connection.execute(_SQL["labels"])).fetchall()
    return Labels(
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.float64),
        [row[2] for row in rows],
        [row[3] for row in rows],
    )
