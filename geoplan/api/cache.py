"""Finished answers in memory: the least recently used leave first; nothing is made twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteCache(Generic[K, V]):
    """Values by key, up to a number of bytes in all.

    A key must name the version of the data it was made from; then nothing here is ever stale.
    """

    def __init__(self, most_bytes: int, size: Callable[[V], int]) -> None:
        self._most = most_bytes
        self._size = size
        self._held: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._coming: dict[K, asyncio.Task[V]] = {}

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._bytes

    def get(self, key: K) -> V | None:
        """What is held for the key."""
        value = self._held.get(key)
        if value is not None:
            self._held.move_to_end(key)
        return value

    async def fetch(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        """What is held, or what `make` gives; asked together, it is made once for all.

        Errors of `make` reach everybody who waits and are not kept. A waiter who leaves does not
        stop the others.
        """
        held = self.get(key)
        if held is not None:
            return held
        task = self._coming.get(key)
        if task is None:
            task = asyncio.ensure_future(self._make(key, make))
            self._coming[key] = task
        return await asyncio.shield(task)

    async def _make(self, key: K, make: Callable[[], Awaitable[V]]) -> V:
        try:
            value = await make()
            self._put(key, value)
            return value
        finally:
            del self._coming[key]

    def _put(self, key: K, value: V) -> None:
        size = self._size(value)
        if size > self._most:
            return
        self._held[key] = value
        self._bytes += size
        while self._bytes > self._most:
            _, old = self._held.popitem(last=False)
            self._bytes -= self._size(old)
