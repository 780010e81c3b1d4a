"""What is held already, as a new file is checked against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("reference")


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A held feature; lon, lat of its centroid; properties  all its values by field id."""

    feature_id: str
    source_id: str
    key: str
    layer: str
    project_no: str | None
    name: str
    unit: str | None
    lon: float
    lat: float
    properties: dict[str, Any] | None


def known_features(connection: psycopg.Connection, layer: str, unit: str | None) -> list[KnownRow]:
    """Features of a layer; unit  only those that it reports."""
    return _known(connection, "known", {"layer": layer, "unit": unit})


def known_places(connection: psycopg.Connection, unit: str | None) -> list[KnownRow]:
    """Named points of every layer, without their values.

    unit  of layers that are not public, only its own; None: of all layers all.
    """
    return _known(connection, "places", {"unit": unit})


def outlines(connection: psycopg.Connection) -> list[tuple[str, bytes]]:
    """Code and outline (WKB, EPSG:4326) of every unit that has one."""
    return connection.execute(_SQL["outlines"]).fetchall()


def shapes_of(connection: psycopg.Connection, layer: str) -> tuple[list[bytes], date | None]:
    """Outlines of a layer (WKB, EPSG:4326), and the day its data is of."""
    shapes = [row[0] for row in connection.execute(_SQL["shapes"], {"layer": layer})]
    row = connection.execute(_SQL["as_of"], {"layer": layer}).fetchone()
    return shapes, None if row is None else row[0]


def _known(
    connection: psycopg.Connection, block: str, parameters: dict[str, object]
) -> list[KnownRow]:
    with connection.cursor(row_factory=class_row(KnownRow), binary=True) as cursor:
        return cursor.execute(_SQL[block], parameters).fetchall()
