"""What all routes of one process share: pools, versions, what each collection holds, caches."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from fastapi import Request

from geoplan.access.roles import Role, may_see
from geoplan.api.cache import ByteCache
from geoplan.api.held import Held
from geoplan.api.names import HeldNames
from geoplan.api.people import HeldPeople
from geoplan.api.tiles import TileService, unknown_source
from geoplan.api.versions import Versions
from geoplan.api.walking import Walking
from geoplan.catalogue import CircleStandard, City, Layer
from geoplan.catalogue import Service as Walked
from geoplan.errors import GeoplanError
from geoplan.settings import Settings
from geoplan.store import collections
from geoplan.store.collections import UNITS, Facts, Search
from geoplan.store.pool import Pool
from geoplan.store.tiles import Source, private_sources, sources
from geoplan.store.writes import Writes
from geoplan.text import Text

_TILE_TIMEOUT_MS = 2_000
_TILES_AT_ONCE = 6
_MOST_COUNTS = 5_000


@dataclass(slots=True)
class Service:
    """`reads` and the tiles' own pool are the role that sees only what is public; `staff` is the
    application's role, for what an account may do, and `writes` its transactions in threads."""

    settings: Settings
    city: City
    reads: Pool
    staff: Pool
    writes: Writes
    versions: Versions
    sources: dict[str, Source]
    private_sources: dict[str, Source]
    tiles: TileService
    answers: ByteCache[tuple[object, ...], bytes]
    walking: Walking
    people: HeldPeople
    names: HeldNames
    _held: Held
    _tile_pool: Pool
    _counts: dict[tuple[object, ...], int] = field(default_factory=dict)

    async def start(self) -> None:
        for pool in (self._tile_pool, self.reads, self.staff):
            await pool.open()
        self.writes.open()
        await self.versions.start()
        self.walking.start()
        self.names.start()

    async def stop(self) -> None:
        await self.names.stop()
        await self.walking.stop()
        await self.versions.stop()
        for pool in (self._tile_pool, self.reads, self.staff):
            await pool.close()
        await asyncio.to_thread(self.writes.close)

    def layers(self, role: Role = "public") -> list[Layer]:
        """The layers that a role may see on the map, in the catalogue's order."""
        return [
            layer
            for layer in self.city.layers.values()
            if may_see(role, layer) and layer.geometry != "none"
        ]

    def layer(self, name: str, role: Role = "public") -> Layer:
        """A layer that a role may see. Raises the same GeoplanError 404 for a hidden one and for
        none."""
        layer = self.city.layers.get(name)
        if layer is None or not may_see(role, layer) or layer.geometry == "none":
            raise unknown_collection(name)
        return layer

    def source(self, name: str, role: Role = "public") -> Source:
        """A source of tiles that a role may see something of. Raises the same GeoplanError 404 for
        a hidden one and for none."""
        found = self.sources.get(name) or self.private_sources.get(name)
        if found is None or (found.layer is not None and not may_see(role, found.layer)):
            raise unknown_source(name)
        return found

    def walked(self, name: str) -> Walked:
        """A service the public may see. Raises the same GeoplanError 404 for a hidden one."""
        found = self.city.services.get(name)
        if found is None or not found.visible:
            raise GeoplanError(
                "unknown_service",
                Text(f"没有服务 {name[:60]}", f"There is no service {name[:60]}"),
                Text("可用的服务见 /api/services", "See /api/services for those there are"),
                status=404,
            )
        return found

    def circle(self, name: str) -> CircleStandard:
        """A life circle of the catalogue. Raises GeoplanError 404."""
        found = self.city.circles.get(name)
        if found is None:
            known = ", ".join(self.city.circles)
            raise GeoplanError(
                "unknown_circle",
                Text(f"没有生活圈标准 {name[:60]}", f"There is no circle {name[:60]}"),
                Text(f"可用：{known}", f"Ask for one of {known}"),
                status=404,
            )
        return found

    async def synthetic_walks(self) -> bool:
        """Whether sample data are among what walks are computed from: ways, or any facility."""
        names = {supply.layer for each in self.city.services.values() for supply in each.supply}
        layers = [layer.id for layer in self.layers() if layer.id in names]
        return any([(await self.facts(name)).synthetic for name in ("base", *layers)])

    async def facts(self, collection: str) -> Facts:
        """What a layer, `units` or `base` holds, asked once for each version of it."""
        return await self._held.facts(collection)

    async def count(self, layer: Layer | None, search: Search, asked: tuple[object, ...]) -> int:
        """How many features match, remembered for this version; `asked` names the search."""
        name = UNITS if layer is None else layer.id
        key = (name, self.versions.of(name), asked)
        if key not in self._counts:
            if len(self._counts) >= _MOST_COUNTS:
                self._counts.clear()
            self._counts[key] = await self.reads.read(
                lambda connection: collections.count(connection, layer, search)
            )
        return self._counts[key]


def make_service(
    settings: Settings, city: City, *, tiles_conninfo: str, app_conninfo: str
) -> Service:
    """The parts of one process, not yet connected."""
    tile_pool = Pool(
        tiles_conninfo,
        name="tiles",
        max_size=_TILES_AT_ONCE,
        statement_timeout_ms=min(_TILE_TIMEOUT_MS, settings.statement_timeout_ms),
        plans="generic",
    )
    reads = Pool(
        tiles_conninfo,
        name="reads",
        max_size=8,
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    versions = Versions(tiles_conninfo)
    held = Held(reads, versions)
    found = sources(city)
    staff = Pool(
        app_conninfo,
        name="staff",
        max_size=8,
        statement_timeout_ms=settings.statement_timeout_ms,
    )
    return Service(
        settings=settings,
        city=city,
        reads=reads,
        staff=staff,
        writes=Writes(app_conninfo),
        versions=versions,
        sources=found,
        private_sources=private_sources(city),
        tiles=TileService(
            tile_pool,
            versions,
            found,
            held,
            cache_bytes=settings.tile_cache_mb * 2**20,
            at_once=_TILES_AT_ONCE,
        ),
        answers=ByteCache(32 * 2**20, len),
        walking=Walking(reads, versions, city, settings.home / "networks"),
        people=HeldPeople(staff, versions, city),
        names=HeldNames(reads, versions, city),
        _held=held,
        _tile_pool=tile_pool,
    )


def service_of(request: Request) -> Service:
    """The service of the application that answers a request."""
    service: Service = request.app.state.service
    return service


def unknown_collection(name: str) -> GeoplanError:
    """The error of a collection that is not there, or not for the public: no difference is told."""
    return GeoplanError(
        "unknown_collection",
        Text(f"没有图层 {name[:60]}", f"There is no collection {name[:60]}"),
        Text("可用的图层见 /api/collections", "See /api/collections for those there are"),
        status=404,
    )
