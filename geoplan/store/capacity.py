"""Who finds a place and who does not, by district and zone, as the last computation found it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("capacity")


@dataclass(frozen=True, slots=True)
class CapacityParts:
    """People of one district and zone ('' in none) who ask for a service, now or after the plan.

    served, no_capacity (in reach of a facility, but these are full) and out_of_reach are all of
    them; untold  the part of `no_capacity` that reaches a facility of unknown capacity.
    """

    planned: bool
    district: str
    zone: str
    served: int
    no_capacity: int
    out_of_reach: int
    untold: int


async def read_capacity(connection: psycopg.AsyncConnection, service: str) -> list[CapacityParts]:
    """The parts of a service; none for one without capacities."""
    async with connection.cursor(row_factory=class_row(CapacityParts)) as cursor:
        await cursor.execute(_SQL["of_service"], {"service": service})
        return await cursor.fetchall()


def write_capacity(
    connection: psycopg.Connection, number: int, parts: Sequence[CapacityParts]
) -> bool:
    """Replace a service's parts inside the caller's transaction; whether any differ."""
    key: dict[str, object] = {"no": number}
    with connection.cursor(row_factory=class_row(CapacityParts)) as cursor:
        held = cursor.execute(_SQL["held"], key).fetchall()
    if held == sorted(parts, key=lambda part: (part.planned, part.district, part.zone)):
        return False
    connection.execute(_SQL["drop"], key)
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["put"], [key | asdict(part) for part in parts])
    return True
