"""The present version of each layer and data set, told by the database as it changes."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import structlog

from geoplan.errors import GeoplanError
from geoplan.store.collections import versions
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0
_ASK_AGAIN_S = 20.0  # a silent connection may be a dead one


class Versions:
    """Listens on a connection of its own; after every reconnection all versions are read anew."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._held: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    def of(self, name: str) -> int:
        """The version of a layer, or of `units`, `base`, `cell`; 0 when the database has none.

        Raises GeoplanError 503 as long as the database has never been reached.
        """
        if not self._ready.is_set():
            raise GeoplanError(
                "database_unavailable",
                Text("数据库尚未连接", "The database has not been reached yet"),
                Text("请几秒后再试", "Try again in a few seconds"),
                status=503,
            )
        return self._held.get(name, 0)

    async def start(self) -> None:
        """Begin to listen; wait a moment for the first reading, not for ever."""
        self._task = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), timeout=5)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._conninfo,
                    autocommit=True,
                    application_name="geoplan versions",
                    connect_timeout=3,
                )
                async with connection:
                    await connection.execute("LISTEN geoplan_layer")
                    await self._read_all(connection)
                    pause = _FIRST_PAUSE_S
                    while True:
                        async for notice in connection.notifies(timeout=_ASK_AGAIN_S):
                            name, _, version = notice.payload.rpartition(":")
                            self._held[name] = max(int(version), self._held.get(name, 0))
                        await self._read_all(connection)
            except (psycopg.Error, OSError, ValueError) as error:
                _LOG.warning("versions_lost", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _read_all(self, connection: psycopg.AsyncConnection) -> None:
        # Replaced, not merged: after a restore versions may be lower, and layers may be gone.
        self._held = await versions(connection)
        self._ready.set()
