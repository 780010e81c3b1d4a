"""What each collection holds, asked once for each version of its data."""

from __future__ import annotations

import asyncio

from geoplan.api.versions import Versions
from geoplan.store import collections
from geoplan.store.collections import Facts
from geoplan.store.pool import Connection, Pool


class Held:
    """Facts of layers, of `units` and of `base`, kept for their present version."""

    def __init__(self, reads: Pool, versions: Versions) -> None:
        self._reads = reads
        self._versions = versions
        self._facts: dict[str, tuple[int, asyncio.Future[Facts]]] = {}

    async def facts(self, collection: str) -> Facts:
        """What a collection holds. Raises GeoplanError 503 when the database is away."""
        version = self._versions.of(collection)
        held = self._facts.get(collection)
        if held is None or held[0] != version or _failed(held[1]):
            held = version, asyncio.ensure_future(self._read(collection))
            self._facts[collection] = held
        return await asyncio.shield(held[1])

    async def _read(self, collection: str) -> Facts:
        async def work(connection: Connection) -> Facts:
            return await collections.facts(connection, collection)

        return await self._reads.read(work)


def _failed(facts: asyncio.Future[Facts]) -> bool:
    return facts.done() and (facts.cancelled() or facts.exception() is not None)
