"""Tiles of layers that are not public: made for who asks, kept nowhere.

They are few: staff look at what is not published. So there is no cache that could give one account
what another may see; a browser asks again, and hears 304 when nothing has changed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from fastapi import Request
from starlette.types import Scope

from geoplan.api.caller import acting, identify
from geoplan.api.door import private_headers
from geoplan.api.service import Service
from geoplan.api.tiles import Tile, pack
from geoplan.store.collections import has_synthetic
from geoplan.store.tiles import TileMaker

_AT_ONCE = 3  # of the staff's connections


class PrivateTiles:
    """Makes tiles for accounts through row-level security."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._makers = {name: TileMaker(source) for name, source in service.private_sources.items()}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def tile(self, scope: Scope, source: str, z: int, x: int, y: int) -> Tile:
        """The tile as its caller may see it. Raises GeoplanError 404, the same for a source that
        is not there and for one that is not for the caller; 401 for a token that is not valid."""
        caller = await identify(self._service, Request(scope))
        found = self._service.source(source, caller.role)
        maker = self._makers[found.id]
        async with self._turns, acting(self._service, caller) as connection:
            data = await maker.make(connection, z, x, y)
            synthetic = await has_synthetic(connection, found.version_of)
        tile = await pack(data, synthetic=synthetic)
        return replace(tile, headers=tuple(private_headers(tile.headers)))
