"""How often one address may ask for what costs much, and how much of it is made at a time."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from fastapi import Request

from geoplan.errors import GeoplanError
from geoplan.text import Text

_MOST_ADDRESSES = 10_000


class Rate:
    """`most` requests at once, and one more every `pause_s` seconds, for each address."""

    def __init__(self, most: int, pause_s: float) -> None:
        self._most, self._pause_s = most, pause_s
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def check(self, request: Request) -> None:
        """Count a request. Raises GeoplanError 429 `too_many_requests`."""
        address = request.client.host if request.client is not None else ""
        now = time.monotonic()
        free_at = max(self._free_at.pop(address, now), now)
        if free_at - now > self._pause_s * (self._most - 1):
            self._free_at[address] = free_at
            raise GeoplanError(
                "too_many_requests",
                Text("此地址的请求过多", "Too many requests from this address"),
                Text("请一分钟后再试", "Try again in a minute"),
                status=429,
            )
        self._free_at[address] = free_at + self._pause_s
        if len(self._free_at) > _MOST_ADDRESSES:
            self._free_at.popitem(last=False)


class Turns:
    """At most `at_once` pieces of work at a time in a process, and `most` with those that wait."""

    def __init__(self, *, at_once: int, most: int) -> None:
        self._at_once, self._most = at_once, most
        # A semaphore belongs to the loop that waits for it.
        self._free: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._free = WeakKeyDictionary()
        self._asked = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Raises GeoplanError 503 `too_many_files` when too many wait."""
        if self._asked >= self._most:
            raise GeoplanError(
                "too_many_files",
                Text("同时生成的文件过多", "Too many files are being made at once"),
                Text("请几秒后再试", "Try again in a few seconds"),
                status=503,
            )
        loop = asyncio.get_running_loop()
        free = self._free.setdefault(loop, asyncio.Semaphore(self._at_once))
        self._asked += 1
        try:
            async with free:
                yield
        finally:
            self._asked -= 1
