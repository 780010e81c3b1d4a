"""Services as the database knows them: which are stale, and the features that supply them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.sql import queries

_SQL = queries("services")

State = Literal["fresh", "stale", "computing"]


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What is known of a service's reach.

    state  fresh: computed from what is there now; stale: something changed since, what is held is
           the last complete version; computing: the same, and somebody is at work on it.
    demand_version, network_id  of the held version; None before the first, or without a network.
    error  why the last attempt failed.
    """

    no: int
    id: str
    visibility: str
    layers: list[str]
    state: State
    data_version: int
    computed_at: datetime | None
    demand_version: int | None
    network_id: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """A feature that may be a facility; geometry as WKB in EPSG:4326."""

    id: str
    name_zh: str | None
    name_en: str | None
    status: str
    properties: dict[str, Any]
    wkb: bytes


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of the catalogue, as it is written."""

    id: str
    definition: Mapping[str, object]
    layers: Sequence[str]
    visibility: str


def sync_services(
    connection: psycopg.Connection,
    services: Sequence[ServiceRow],
    circles: Mapping[str, Sequence[object]],
) -> None:
    """Write the catalogue's services and circles (id and definition), as the owner role.

    A service that is gone becomes inactive and unseen. Inside the caller's transaction.
    """
    for position, service in enumerate(services):
        connection.execute(
            _SQL["put"],
            {
                "id": service.id,
                "position": position,
                "definition": Jsonb(service.definition),
                "layers": list(service.layers),
                "visibility": service.visibility,
            },
        )
        connection.execute(_SQL["add_partition"], {"id": service.id})
    connection.execute(_SQL["retire"], {"kept": [service.id for service in services]})
    for circle, definition in circles.items():
        connection.execute(_SQL["put_circle"], {"id": circle, "definition": Jsonb(definition)})
    connection.execute(_SQL["drop_circles"], {"kept": list(circles)})


async def read_services(connection: psycopg.AsyncConnection) -> list[ServiceState]:
    """All services this connection's role may see, in the catalogue's order."""
    async with connection.cursor(row_factory=class_row(ServiceState)) as cursor:
        await cursor.execute(_SQL["states"])
        return await cursor.fetchall()


def service_states(connection: psycopg.Connection) -> list[ServiceState]:
    """As `read_services`, on a plain connection."""
    with connection.cursor(row_factory=class_row(ServiceState)) as cursor:
        return cursor.execute(_SQL["states"]).fetchall()


def snapshot(connection: psycopg.Connection) -> None:
    """All that this transaction reads is of one moment; before anything was read in it."""
    connection.execute(_SQL["snapshot"])


def number_of(connection: psycopg.Connection, service_id: str) -> int:
    """The service's number. Raises LookupError for one that this role may not see."""
    row = connection.execute(_SQL["number"], {"id": service_id}).fetchone()
    if row is None:
        raise LookupError(service_id)
    return int(row[0])


@contextmanager
def computing(connection: psycopg.Connection, number: int) -> Iterator[None]:
    """While nobody else computes the service of that number; waits for who does.

    The lock is the session's: it ends with the process, however that ends.
    """
    key = {"no": number}
    connection.execute(_SQL["lock"], key)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(_SQL["unlock"], key)


def present_inputs(connection: psycopg.Connection, number: int) -> dict[str, Any]:
    """Versions of everything the service's reach depends on, in this transaction's view."""
    row = connection.execute(_SQL["inputs"], {"no": number}).fetchone()
    if row is None:
        raise LookupError(number)
    inputs: dict[str, Any] = row[0]
    return inputs


def computed_from(connection: psycopg.Connection, number: int) -> tuple[dict[str, Any], str | None]:
    """Inputs and digest of the facilities of what is held; empty before the first."""
    row = connection.execute(_SQL["computed_from"], {"no": number}).fetchone()
    return (row[0] or {}, row[1]) if row else ({}, None)


def put_computed(
    connection: psycopg.Connection,
    number: int,
    inputs: Mapping[str, Any],
    supply: str,
    *,
    changed: bool,
) -> None:
    """Note what the reach now held was computed from; a changed one gets a new version."""
    connection.execute(
        _SQL["put_computed"],
        {"no": number, "inputs": Jsonb(inputs), "supply": supply, "raise": int(changed)},
    )


def put_error(connection: psycopg.Connection, number: int, error: str) -> None:
    """Note why computing failed."""
    connection.execute(_SQL["put_error"], {"no": number, "error": error})


def supply_of(
    connection: psycopg.Connection, layer: str, where: Mapping[str, Sequence[str]]
) -> list[SupplyRow]:
    """Features of a layer that are not stopped and hold the wanted values, by id."""
    with connection.cursor(row_factory=class_row(SupplyRow), binary=True) as cursor:
        return cursor.execute(
            _SQL["supply"],
            {
                "layer": layer,
                "fields": list(where),
                "values": [Jsonb(list(values)) for values in where.values()],
            },
        ).fetchall()
