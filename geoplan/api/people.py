"""The people of the city, held ready by each process; they never leave it as they are.

People by cell are not public. They are read as the application's role, which acts for no account
and so sees no more of anything else than the public does (decision 6); what leaves is summed.
"""

from __future__ import annotations

import asyncio

from geoplan.api.versions import Versions
from geoplan.catalogue import City
from geoplan.planning.people import People, people_of
from geoplan.store.demand import read_demand
from geoplan.store.pool import Connection, Pool
from geoplan.store.units import read_zones


class HeldPeople:
    """People and their areas, read once for each version of them."""

    def __init__(self, pool: Pool, versions: Versions, city: City) -> None:
        """pool  of the application's role."""
        self._pool = pool
        self._versions = versions
        self._city = city
        self._held: tuple[tuple[int, int], asyncio.Task[People]] | None = None

    def version(self) -> tuple[int, int]:
        """Versions of the people and of the units; part of every key and ETag made from them."""
        return self._versions.of("cell"), self._versions.of("units")

    async def get(self) -> People:
        """The present people. Raises GeoplanError 503 when the database is away."""
        key = self.version()
        held = self._held
        if held is None or held[0] != key or _failed(held[1]):
            held = key, asyncio.ensure_future(self._read())
            self._held = held
        return await asyncio.shield(held[1])

    async def _read(self) -> People:
        async def work(connection: Connection) -> People:
            demand, zones = await read_demand(connection), await read_zones(connection)
            return await asyncio.to_thread(people_of, self._city, demand, zones)

        return await self._pool.read(work)


def _failed(task: asyncio.Task[People]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
