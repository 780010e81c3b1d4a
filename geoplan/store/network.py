"""Which walking networks there are; their arrays are files that `network.load` maps."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("network")


@dataclass(frozen=True, slots=True)
class NetworkVersion:
    """The active network; `bbox` is west, south, east, north in degrees."""

    id: str
    source_id: str
    nodes: int
    edges: int
    components: int
    missing_nodes: int
    bbox: list[float]
    built_at: datetime


async def read_network(connection: psycopg.AsyncConnection) -> NetworkVersion | None:
    """The active network, None while there is none."""
    async with connection.cursor(row_factory=class_row(NetworkVersion)) as cursor:
        await cursor.execute(_SQL["active"])
        return await cursor.fetchone()


def active_network(connection: psycopg.Connection) -> NetworkVersion | None:
    """As `read_network`, on a plain connection."""
    with connection.cursor(row_factory=class_row(NetworkVersion)) as cursor:
        return cursor.execute(_SQL["active"]).fetchone()


def known_networks(connection: psycopg.Connection) -> set[str]:
    """Ids of all networks that the database names."""
    return {name for (name,) in connection.execute(_SQL["known"]).fetchall()}


def put_network(
    connection: psycopg.Connection,
    network_id: str,
    source_id: str,
    *,
    builder: int,
    nodes: int,
    edges: int,
    components: int,
    missing_nodes: int,
    bbox: tuple[float, float, float, float],
) -> bool:
    """Make a network the active one, inside the caller's transaction; whether it was not before."""
    connection.execute(_SQL["lock"])
    connection.execute(_SQL["retire"], {"id": network_id})
    put = connection.execute(
        _SQL["put"],
        {
            "id": network_id,
            "source": source_id,
            "builder": builder,
            "nodes": nodes,
            "edges": edges,
            "components": components,
            "missing_nodes": missing_nodes,
            "bbox": list(bbox),
        },
    )
    if put.rowcount:
        connection.execute(_SQL["raise_version"])
    return bool(put.rowcount)


def lock_networks(connection: psycopg.Connection) -> None:
    """Keep other imports of networks, and `forget_retired`, waiting until this transaction ends."""
    connection.execute(_SQL["lock"])


def forget_retired(connection: psycopg.Connection, folder: Path) -> list[str]:
    """Delete networks that are not active any more, rows and files; returns the folders removed.

    folder  of all networks. The lock keeps an import that is about to name a new folder out.
    """
    with connection.transaction():
        lock_networks(connection)
        connection.execute(_SQL["drop_retired"])
        kept = known_networks(connection)
        gone = [
            path for path in sorted(folder.glob("*")) if path.is_dir() and path.name not in kept
        ]
        for path in gone:
            shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in gone]
