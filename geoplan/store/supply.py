"""The facilities of all services at once, with where they are entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from geoplan.store.sql import queries

_SQL = queries("supply")


@dataclass(frozen=True, slots=True)
class Supplied:
    """A facility of a service that can be walked to.

    wkb  its line or outline in EPSG:4326 where the service is entered along it; None: its point.
    """

    service: str
    layer: str
    id: str
    name: str | None
    name_en: str | None
    open: bool
    lon: float
    lat: float
    wkb: bytes | None


async def read_supply(
    connection: psycopg.AsyncConnection, *, whole: Sequence[str]
) -> list[Supplied]:
    """Facilities of every service this connection's role may see, by service and number.

    whole  services whose facilities are entered along their line or outline.
    """
    async with connection.cursor(row_factory=class_row(Supplied), binary=True) as cursor:
        await cursor.execute(_SQL["supply"], {"whole": list(whole)})
        return await cursor.fetchall()
