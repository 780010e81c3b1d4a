"""Reporting units' boundaries."""

from __future__ import annotations

from collections.abc import Mapping

import psycopg

from geoplan.store.sql import queries

_SQL = queries("units")


def put_boundaries(
    connection: psycopg.Connection, source_id: str, boundaries: Mapping[str, bytes]
) -> int:
    """Store boundaries (WKB MultiPolygon, EPSG:4326) by unit code; returns how many changed."""
    changed = 0
    for code, wkb in boundaries.items():
        row = {"code": code, "wkb": wkb, "source": source_id}
        changed += connection.execute(_SQL["put_boundary"], row).rowcount
    if changed:
        connection.execute(_SQL["raise_version"])
    return changed


def districts(connection: psycopg.Connection) -> list[tuple[str, bytes]]:
    """Code and boundary (WKB, EPSG:4326) of each district that has one."""
    return connection.execute(_SQL["districts"]).fetchall()


def zones(connection: psycopg.Connection) -> list[tuple[str, bytes]]:
    """Code and boundary (WKB, EPSG:4326) of each zone that has one."""
    return connection.execute(_SQL["zones"]).fetchall()


async def read_zones(connection: psycopg.AsyncConnection) -> list[tuple[str, bytes]]:
    """As `zones`, over a pool's connection."""
    return await (await connection.execute(_SQL["zones"])).fetchall()
