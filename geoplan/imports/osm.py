"""An OpenStreetMap extract: places, green spaces, base map and walking network, in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from geoplan.catalogue import City
from geoplan.imports.features import write_batches
from geoplan.imports.network import NetworkReport, import_network
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import read_osm
from geoplan.store.base_map import BaseMapWriter
from geoplan.store.features import OPERATOR, Changes, act_as
from geoplan.store.sources import put_source

LAYERS = ("place", "green_space")


@dataclass(frozen=True, slots=True)
class OsmReport:
    """What an extract changed: by layer, and base-map features added and dropped.

    network  the walking network made from it; None for an extract without any walkable way, which
             leaves the network as it was.
    """

    layers: dict[str, Changes]
    base_added: int
    base_dropped: int
    network: NetworkReport | None


def import_osm(
    connection: psycopg.Connection,
    city: City,
    path: Path,
    origin: Origin,
    networks: Path,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> OsmReport:
    """Replace a source's places, green spaces and base map, and the walking network.

    connection  as geoplan_app, outside a transaction.
    networks    the folder that holds a folder of arrays for each network.
    The newest import's network is the one that is walked on. The same file changes nothing; what
    the extract no longer has is removed. Raises GeoplanError with a remedy when it cannot be read;
    the database is then as before.
    """
    with connection.transaction():
        act_as(connection, OPERATOR, f"import {path.name}")
        put_source(connection, source_of("osm", origin, path))
        extract = read_osm(path, city)
        changes = {}
        for layer_id in LAYERS:
            changes[layer_id], _ = write_batches(
                connection,
                city.layer(layer_id),
                origin,
                extract.features(layer_id),
                prune=True,
                progress=progress,
            )
        writer = BaseMapWriter(connection, origin.source_id)
        for rows in extract.base():
            writer.put(rows)
        added, dropped = writer.finish()
        network = import_network(connection, path, origin.source_id, extract.box, networks)
        return OsmReport(changes, added, dropped, network)
