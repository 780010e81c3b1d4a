"""The catalogue as the database knows it: layers with their partitions, and reporting units."""

from __future__ import annotations

import psycopg
from psycopg.types.json import Jsonb

from geoplan.catalogue import City
from geoplan.store.services import ServiceRow, sync_services
from geoplan.store.sql import queries

_SQL = queries("catalogue")
_STRICT = ("public", "staff", "city")


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
        sync_services(connection, _services(city), _circles(city))
    return regrid


def _services(city: City) -> list[ServiceRow]:
    """Services with everything of the catalogue that decides their reach in their definition."""
    rows = []
    for service in city.services.values():
        layers = sorted({supply.layer for supply in service.supply})
        strictest = max(layers, key=lambda layer: _STRICT.index(city.layer(layer).visibility))
        definition = {
            "supply": [supply.model_dump(mode="json") for supply in service.supply],
            "access": service.access,
            "capacity": service.capacity and service.capacity.model_dump(mode="json"),
            "limit_mm": service.limit_mm,
            "detour_factor": city.standards.walking.detour_factor.value,
        }
        rows.append(ServiceRow(service.id, definition, layers, city.layer(strictest).visibility))
    return rows


def _circles(city: City) -> dict[str, list[list[object]]]:
    """The categories of each circle: what meets them, and how near."""
    return {
        circle.id: [
            [category.id, list(category.services), list(category.limits_mm)]
            for category in circle.categories
        ]
        for circle in city.circles.values()
    }


def _measured(measures: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """What decides the amounts of features; titles and shown units do not."""
    return [(measure["id"], measure["kind"], measure["field"]) for measure in measures]
