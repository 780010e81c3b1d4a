"""The walking network and the facilities of all services, held ready by each process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely
import structlog

from geoplan.api.versions import Versions
from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.network import Graph, load
from geoplan.planning.isochrone import Ground, Places, prepare, warm
from geoplan.store.network import NetworkVersion, read_network
from geoplan.store.pool import Connection, Pool
from geoplan.store.supply import Supplied, read_supply
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
_T = TypeVar("_T")
_THREADS = 2
_MOST_WAITING = 100
_LOOK_S = 4.0
Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The ground as of one moment: network and facilities belong together.

    network  id of the network, None where there is none.
    version  raised by every change of a service's facilities or of the network.
    """

    ground: Ground
    network: str | None
    version: int
    key: Key


class Walking:
    """Keeps the ground in step with the database; answers from the last whole one meanwhile.

    networks  the folder of all networks' files.
    """

    def __init__(self, reads: Pool, versions: Versions, city: City, networks: Path) -> None:
        self._reads = reads
        self._versions = versions
        self._city = city
        self._networks = networks
        self._held: Standing | None = None
        self._graph: tuple[str, Graph] | None = None
        self._making: asyncio.Task[Standing] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._waiting = 0
        # Kernels and GEOS let the interpreter go on; more threads than processors would only queue.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="walking")

    def start(self) -> None:
        """Begin to load, so that the first visitor finds everything in memory and compiled."""
        self._begin()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        ours = [task for task in (self._keeping, self._making) if task is not None]
        for task in ours:
            task.cancel()
        if ours:
            await asyncio.wait(ours)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def standing(self) -> Standing:
        """The newest ground that is whole. Raises GeoplanError 503 while there is none."""
        if self._held is None or self._held.key != self._key():
            making = self._begin()
            if self._held is None:
                return await asyncio.shield(making)
        return self._held

    def _begin(self) -> asyncio.Task[Standing]:
        """The making that is under way, or a new one."""
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._make())
            self._making.add_done_callback(_tell)
        return self._making

    async def _keep(self) -> None:
        """Make the ground anew once what it is of has changed and rests: not for each of the
        services that a worker computes one after another, and before anyone asks."""
        seen = self._key()
        while True:
            await asyncio.sleep(_LOOK_S)
            before, seen = seen, self._key()
            if seen == before and (self._held is None or self._held.key != seen):
                self._begin()

    async def work(self, function: Callable[[], _T]) -> _T:
        """Run a computation beside the loop. Raises GeoplanError 503 when too many wait."""
        if self._waiting >= _MOST_WAITING:
            raise GeoplanError(
                "too_many_walks",
                Text("同时请求的步行范围过多", "Too many walks are asked for at once"),
                Text("请几秒后再试", "Try again in a few seconds"),
                status=503,
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function)
        finally:
            self._waiting -= 1

    def _key(self) -> Key:
        """Versions of everything the ground is made from."""
        services = (f"reach.{service}" for service in self._city.services)
        return tuple(self._versions.of(name) for name in ("network", *services))

    async def _make(self) -> Standing:
        key = self._key()
        whole = [s.id for s in self._city.services.values() if s.access != "point"]

        async def read(connection: Connection) -> tuple[NetworkVersion | None, list[Supplied]]:
            return await read_network(connection), await read_supply(connection, whole=whole)

        network, supply = await self._reads.read(read)
        visible = [s.id for s in self._city.services.values() if s.visible]
        graph, held = await asyncio.to_thread(self._open, network), self._held

        def make() -> Ground:
            ground = ground_of(supply, visible, graph)
            if held is None or held.network != (network and network.id):
                warm(ground)
            return ground

        ground = await asyncio.to_thread(make)
        self._held = Standing(ground, network.id if network else None, sum(key), key)
        return self._held

    def _open(self, network: NetworkVersion | None) -> Graph | None:
        """The network's arrays, mapped once; who still uses a former one keeps it."""
        if network is None:
            return None
        if self._graph is None or self._graph[0] != network.id:
            try:
                self._graph = network.id, load(self._networks / network.id)
            except GeoplanError as error:
                # Its files are not on this machine: answers are estimates, and say so.
                _LOG.warning("network_unusable", network=network.id, error=error.code)
                return None
        return self._graph[1]


def ground_of(supply: list[Supplied], services: list[str], graph: Graph | None) -> Ground:
    """The ground of facilities; a feature that serves several services is entered once.

    services  ids of those that are told, in their order.
    """
    rows: dict[tuple[str, str, bool], int] = {}
    first: list[Supplied] = []
    own: dict[str, list[int]] = {service: [] for service in services}
    for facility in supply:
        key = facility.layer, facility.id, facility.wkb is not None
        if key not in rows:
            rows[key] = len(first)
            first.append(facility)
        if facility.service in own:
            own[facility.service].append(rows[key])
    lon = np.array([each.lon for each in first], dtype=np.float64)
    lat = np.array([each.lat for each in first], dtype=np.float64)
    geometry = np.asarray(shapely.points(lon, lat), dtype=object)
    outlined = np.array([each.wkb is not None for each in first], dtype=np.bool_)
    geometry[outlined] = shapely.from_wkb([each.wkb for each in first if each.wkb is not None])
    places = Places(
        layer=[each.layer for each in first],
        id=[each.id for each in first],
        name=[each.name for each in first],
        name_en=[each.name_en for each in first],
        open=np.array([each.open for each in first], dtype=np.bool_),
        lon=lon,
        lat=lat,
        geometry=geometry,
    )
    return prepare(
        places, {name: np.array(found, dtype=np.int32) for name, found in own.items()}, graph
    )


def _tell(task: asyncio.Task[Standing]) -> None:
    """A failure in the background is told once; the next request tries again."""
    if not task.cancelled() and task.exception() is not None:
        _LOG.warning("walking_not_ready", error=type(task.exception()).__name__)
