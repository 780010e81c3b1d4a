"""The index of names, held ready by each process in step with the data (decision 8)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import structlog

from geoplan.api.versions import Versions
from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError
from geoplan.names import Index, Kinds, prepare
from geoplan.store.names import read_names
from geoplan.store.pool import Connection, Pool
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
_CATEGORY = "category"
_GROUND = {
    "street": Text("道路", "street"),
    "metro": Text("地铁", "metro line"),
    "railway": Text("铁路", "railway"),
    "water": Text("河湖", "water"),
    "locality": Text("地名", "locality"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The names of one collection at one version."""

    version: int
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Names:
    """The index of all names, and the version of the data it was made from."""

    index: Index
    version: int


class HeldNames:
    """Names that everybody may see: of units, public layers and the base map.

    A part is read again when its version has changed, and who asks then waits for it: what was
    published is found, what was taken back is not, in every process.
    """

    def __init__(self, reads: Pool, versions: Versions, city: City) -> None:
        """reads  a pool of the role that sees only what is public."""
        self._reads = reads
        self._versions = versions
        public = [layer for layer in city.layers.values() if layer.visibility == "public"]
        placed = [layer for layer in public if layer.geometry != "none"]
        self._categories = {layer.id: _category_of(layer) for layer in placed}
        self._collections = ("units", "base", *self._categories)
        self._kinds = _kinds_of(placed)
        self._parts: dict[str, Part] = {}
        self._held: tuple[tuple[int, ...], Names] | None = None
        self._making: tuple[tuple[int, ...], asyncio.Task[Names]] | None = None
        self._warming: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to make the index, so that the first letter typed finds it made."""
        self._warming = asyncio.create_task(self._warm())

    async def stop(self) -> None:
        making = self._making[1] if self._making else None
        for task in (self._warming, making):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, GeoplanError):
                    await task

    def version(self) -> int:
        """Raised by every change of anything that has a name."""
        return sum(self._key())

    async def get(self) -> Names:
        """The index of the present data. Raises GeoplanError 503 when the database is away."""
        key = self._key()
        if self._held is not None and self._held[0] == key:
            return self._held[1]
        if self._making is None or self._making[0] != key or self._making[1].done():
            self._making = key, asyncio.ensure_future(self._make(key))
        return await asyncio.shield(self._making[1])

    def _key(self) -> tuple[int, ...]:
        return tuple(self._version_of(name) for name in self._collections)

    def _version_of(self, collection: str) -> int:
        own = self._versions.of(collection)
        # Streets are told apart by the districts that they lie in.
        return own + self._versions.of("units") if collection == "base" else own

    async def _make(self, key: tuple[int, ...]) -> Names:
        parts = dict(self._parts)
        for name, version in zip(self._collections, key, strict=True):
            held = parts.get(name)
            if held is None or held.version != version:
                before = None if held is None else held.rows
                rows = await asyncio.to_thread(prepare, await self._read(name), before)
                parts[name] = Part(version, rows)
        made = Names(await asyncio.to_thread(_index, parts, self._kinds), sum(key))
        self._parts, self._held = parts, (key, made)
        return made

    async def _read(self, collection: str) -> pl.DataFrame:
        async def work(connection: Connection) -> pl.DataFrame:
            return await read_names(connection, collection, self._categories.get(collection))

        return await self._reads.read(work)

    async def _warm(self) -> None:
        try:
            await self.get()
        except GeoplanError as error:  # who asks first makes it then
            _LOG.info("names_not_ready", code=error.code)


def _index(parts: Mapping[str, Part], kinds: Kinds) -> Index:
    return Index(pl.concat([part.rows for part in parts.values()]), kinds)


def _category_of(layer: Layer) -> str | None:
    """The field that tells the kinds of a layer's features apart, where the public may read it."""
    found = [field.id for field in layer.public_fields() if field.type == "enum"]
    return _CATEGORY if _CATEGORY in found else None


def _kinds_of(layers: list[Layer]) -> Kinds:
    kinds: dict[tuple[str, str | None], Text] = {}
    for layer in layers:
        kinds[layer.id, None] = Text(layer.title.zh, layer.title.en)
        for field in layer.public_fields():
            if field.id == _CATEGORY:
                for value in field.values:
                    kinds[layer.id, value.id] = Text(value.title.zh, value.title.en)
    return kinds | {("base", kind): words for kind, words in _GROUND.items()}
