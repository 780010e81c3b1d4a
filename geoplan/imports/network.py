"""The walking network of an OpenStreetMap extract: arrays in a folder, metadata in the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from geoplan.errors import GeoplanError
from geoplan.imports.source import sha256_of
from geoplan.ingest import read_walk
from geoplan.network import BUILDER, build, load
from geoplan.store.network import known_networks, lock_networks, put_network

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """The active network; `changed` when another one was active before, or none."""

    id: str
    nodes: int
    edges: int
    components: int
    missing_nodes: int
    changed: bool


def network_id(path: Path) -> str:
    """Names what is built from a file by the present rules: the same on every machine."""
    text = f"{sha256_of(path)} {BUILDER}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_built(connection: psycopg.Connection, path: Path, networks: Path) -> bool:
    """Whether the network of a file is there and known to the database."""
    name = network_id(path)
    return (networks / name).is_dir() and name in known_networks(connection)


def import_network(
    connection: psycopg.Connection, path: Path, source_id: str, box: Box, networks: Path
) -> NetworkReport | None:
    """Build the network of an extract and make it the active one, in the caller's transaction.

    box  west, south, east, north in degrees: ways that touch it.
    The arrays are complete on the disk before the database names them; without the commit the
    folder is an orphan, which the next start removes. None for an extract without walkable ways.
    Raises GeoplanError as `read_walk` does.
    """
    lock_networks(connection)
    folder = networks / network_id(path)
    graph = None
    if folder.is_dir():
        try:
            graph = load(folder)
        except GeoplanError as error:
            if error.code != "network_damaged":
                raise
    if graph is None:
        graph = build(read_walk(path, box=box))
        if graph.bbox is None:
            return None
        graph.save(folder)
    bbox = graph.bbox
    if bbox is None:
        return None
    changed = put_network(
        connection,
        folder.name,
        source_id,
        builder=BUILDER,
        nodes=graph.nodes,
        edges=graph.edges,
        components=graph.components,
        missing_nodes=graph.missing_nodes,
        bbox=bbox,
    )
    return NetworkReport(
        folder.name, graph.nodes, graph.edges, graph.components, graph.missing_nodes, changed
    )
