"""An OpenStreetMap extract: everyday places, green spaces and the base map, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from geoplan.catalogue import City
from geoplan.imports.features import write_batches
from geoplan.imports.source import Origin, source_of
from geoplan.ingest import read_osm
from geoplan.store.base_map import BaseMapWriter
from geoplan.store.features import OPERATOR, Changes, act_as
from geoplan.store.sources import put_source

LAYERS = ("place", "green_space")


@dataclass(frozen=True, slots=True)
class OsmReport:
    """What an extract changed: by layer, and base-map features added and dropped."""

    layers: dict[str, Changes]
    base_added: int
    base_dropped: int


def import_osm(
    connection: psycopg.Connection,
    city: City,
    path: Path,
    origin: Origin,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> OsmReport:
    """Replace a source's places, green spaces and base map by those of an extract.

    connection  as geoplan_app, outside a transaction.
    The same file changes nothing; what the extract no longer has is removed. Raises GeoplanError
    with a remedy when it cannot be read; the database is then as before.
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
        return OsmReport(changes, added, dropped)
