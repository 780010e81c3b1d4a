"""The catalogue as the database knows it: layers with their partitions, and reporting units."""

from __future__ import annotations

import psycopg
from psycopg.types.json import Jsonb

from geoplan.catalogue import City
from geoplan.store.sql import queries

_SQL = queries("catalogue")


def sync(connection: psycopg.Connection, city: City) -> list[str]:
    """Write the city's layers and units into the database, as the owner role.

    A layer that is no longer in the catalogue becomes inactive: its features stay, unseen.
    Returns the ids of layers whose measures changed, so that their grid must be built again.
    """
    regrid = []
    with connection.transaction():
        for position, unit in enumerate(city.units):
            connection.execute(
                _SQL["put_unit"],
                {
                    "code": unit.code,
                    "kind": unit.kind,
                    "name_zh": unit.name.zh,
                    "name_en": unit.name.en,
                    "ring": unit.ring,
                    "population": unit.population,
                    "area_km2": unit.area_km2,
                    "parents": list(unit.parents),
                    "position": position,
                },
            )
        for position, layer in enumerate(city.layers.values()):
            old = connection.execute(_SQL["layer_measures"], {"id": layer.id}).fetchone()
            definition = layer.model_dump(mode="json")
            connection.execute(
                _SQL["put_layer"],
                {
                    "id": layer.id,
                    "position": position,
                    "geometry": layer.geometry,
                    "visibility": layer.visibility,
                    "measures": [measure.id for measure in layer.measures],
                    "definition": Jsonb(definition),
                },
            )
            if layer.geometry != "none":
                connection.execute(_SQL["add_partition"], {"id": layer.id})
            if old is not None and _measured(old[0]) != _measured(definition["measures"]):
                regrid.append(layer.id)
        connection.execute(_SQL["retire_layers"], {"kept": list(city.layers)})
    return regrid


def _measured(measures: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """What decides the amounts of features; titles and shown units do not."""
    return [(measure["id"], measure["kind"], measure["field"]) for measure in measures]
