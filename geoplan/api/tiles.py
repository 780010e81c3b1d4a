"""Tiles over HTTP: a bare ASGI application, answered from memory whenever it can be."""

from __future__ import annotations

import asyncio
import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from starlette.types import Message, Receive, Scope, Send

from geoplan.api.cache import ByteCache
from geoplan.api.compress import accepts_gzip
from geoplan.api.door import CORS, SECURITY, Header
from geoplan.api.held import Held
from geoplan.api.language import language_of
from geoplan.api.problems import problem
from geoplan.api.query import invalid, read_query, refuse_unknown
from geoplan.api.versions import Versions
from geoplan.errors import GeoplanError
from geoplan.store.pool import Pool
from geoplan.store.tiles import DEEPEST_ZOOM, Source, TileMaker
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
_PATH = re.compile(
    r"/tiles/([a-z][a-z0-9_.]{0,60})/([^/]{1,4000})/([^/]{1,4000})/([^/]{1,4000})\.mvt"
)
_DIGITS = re.compile("0|[1-9][0-9]{0,7}", re.ASCII)
_VERSION = re.compile(rb"v=([0-9]{1,19})", re.ASCII)
MEDIA_TYPE = b"application/vnd.mapbox-vector-tile"
_FOR_EVER = b"public, max-age=31536000, immutable"
_ASK_AGAIN = b"public, no-cache"
_NOT_FOR_OTHERS = b"private, no-cache"
_THREAD_BYTES = 100_000
_GZIP = 31  # zlib's window bits for the gzip format
_ONE_TILE_BYTES = 600  # what a kept tile costs beside its bytes
_LATEST_S = 8.0  # waiting behind other tiles, then 503

Key = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Tile:
    """A finished tile, compressed once, with the headers of both its answers."""

    packed: bytes
    etag: bytes
    headers: tuple[Header, ...]

    @property
    def cost(self) -> int:
        return len(self.packed) + _ONE_TILE_BYTES


class TileService:
    """Finds tiles: from memory, from the database, each of them made once."""

    def __init__(
        self,
        pool: Pool,
        versions: Versions,
        sources: Mapping[str, Source],
        held: Held,
        *,
        cache_bytes: int,
        at_once: int,
    ) -> None:
        self._pool = pool
        self._versions = versions
        self._held = held
        self._makers = {name: TileMaker(source) for name, source in sources.items()}
        self._cache: ByteCache[Key, Tile] = ByteCache(cache_bytes, lambda tile: tile.cost)
        self._turns = asyncio.Semaphore(at_once)

    def has(self, source: str) -> bool:
        """Whether there is such a source for everybody."""
        return source in self._makers

    def version(self, source: str) -> int:
        """The present version of a source's data."""
        return self._versions.of(self._makers[source].source.version_of)

    def in_memory(self, key: Key) -> Tile | None:
        """The tile, when it is in memory."""
        return self._cache.get(key)

    async def tile(self, key: Key) -> Tile:
        """The tile; asked for by many at once, it is made once. Raises GeoplanError 503."""
        return await self._cache.fetch(key, lambda: self._make(key))

    async def _make(self, key: Key) -> Tile:
        source, _, z, x, y = key
        maker = self._makers[source]
        try:
            async with asyncio.timeout(_LATEST_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise GeoplanError(
                "too_many_tiles",
                Text("同时请求的瓦片过多", "Too many tiles are asked for at once"),
                Text("请几秒后再试", "Try again in a few seconds"),
                status=503,
            ) from error
        try:
            data = await self._pool.read(lambda connection: maker.make(connection, z, x, y))
        finally:
            self._turns.release()
        facts = [await self._held.facts(name) for name in maker.source.facts_of]
        return await pack(data, synthetic=any(each.synthetic for each in facts))


async def pack(data: bytes, *, synthetic: bool) -> Tile:
    """Compress a tile once and name it by its content.

    synthetic  whether sample data are among what it is made from.
    """
    if len(data) > _THREAD_BYTES:
        packed = await asyncio.to_thread(zlib.compress, data, 6, _GZIP)
    else:
        packed = zlib.compress(data, 6, _GZIP)
    etag = b'"' + hashlib.sha256(data).hexdigest()[:20].encode() + b'"'
    headers: list[Header] = [(b"etag", etag), (b"vary", b"Accept-Encoding"), *SECURITY, *CORS]
    if synthetic:
        headers.append((b"x-geoplan-synthetic", b"true"))
    if data:
        headers += [
            (b"content-type", MEDIA_TYPE),
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(packed)).encode()),
        ]
    return Tile(packed if data else b"", etag, tuple(headers))


class Others(Protocol):
    """Where tiles come from that not everybody may see."""

    async def tile(self, scope: Scope, source: str, z: int, x: int, y: int) -> Tile:
        """Raises GeoplanError 404 for a source that is not there or not for who asks."""


class TileDoor:
    """`GET /tiles/{source}/{z}/{x}/{y}.mvt[?v=version]`."""

    def __init__(self, service: TileService, others: Others) -> None:
        self._service = service
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, send)
        except GeoplanError as error:
            await _tell(error, scope, receive, send)
        except Exception:
            _LOG.exception("tile_failed", path=scope["path"])
            failed = GeoplanError(
                "internal_error",
                Text("瓦片生成失败，已记录", "The tile could not be made; it has been recorded"),
                Text("请稍后再试", "Try again later"),
                status=500,
            )
            await _tell(failed, scope, receive, send)

    async def _answer(self, scope: Scope, send: Send) -> None:
        source, z, x, y = read_address(scope["path"])
        asked = _asked_version(scope)
        if self._service.has(source):
            version = self._service.version(source)
            key = (source, version, z, x, y)
            tile = self._service.in_memory(key) or await self._service.tile(key)
            fresh: Header = (b"cache-control", _FOR_EVER if asked == version else _ASK_AGAIN)
        else:
            tile = await self._others.tile(scope, source, z, x, y)
            fresh = (b"cache-control", _NOT_FOR_OTHERS)
        accepts, known = b"", b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepts = value
            elif name == b"if-none-match":
                known = value
        if known and (tile.etag in known or known == b"*"):
            headers = [h for h in tile.headers if not h[0].startswith(b"content-")]
            await _send(send, 304, [*headers, SECURITY[2], fresh], b"")
        elif not tile.packed:
            await _send(send, 204, [*tile.headers, fresh], b"")
        elif accepts_gzip(accepts):
            await _send(send, 200, [*tile.headers, fresh], tile.packed)
        else:
            data = zlib.decompress(tile.packed, _GZIP)
            await _send(send, 200, [*_plain(tile, len(data)), fresh], data)


def read_address(path: str) -> tuple[str, int, int, int]:
    """Source, z, x, y of a tile's path. Raises GeoplanError 400 or 404 before any other work."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise _no_tile()
    source, *texts = match.groups()
    numbers = []
    for name, text in zip("zxy", texts, strict=True):
        if not _DIGITS.fullmatch(text):
            raise invalid(name, "a whole number in ASCII digits", "应为阿拉伯数字整数")
        numbers.append(int(text))
    z, x, y = numbers
    if z > DEEPEST_ZOOM or x >= 1 << z or y >= 1 << z:
        raise _no_tile()
    return source, z, x, y


def unknown_source(name: str) -> GeoplanError:
    """The error of a tile source that is not there or not public: no difference is told."""
    return GeoplanError(
        "unknown_source",
        Text(f"没有瓦片源 {name[:60]}", f"There is no tile source {name[:60]}"),
        Text("可用的图层见 /api/collections", "See /api/collections for the layers there are"),
        status=404,
    )


def _no_tile() -> GeoplanError:
    return GeoplanError(
        "no_such_tile",
        Text("没有这个瓦片", "There is no such tile"),
        Text(
            f"地址为 /tiles/图层/z/x/y.mvt，z 为 0 至 {DEEPEST_ZOOM}，x、y 小于 2^z",
            f"Ask /tiles/source/z/x/y.mvt with z from 0 to {DEEPEST_ZOOM}, x and y below 2^z",
        ),
        status=404,
    )


def _asked_version(scope: Scope) -> int | None:
    raw: bytes = scope.get("query_string", b"")
    if not raw:
        return None
    match = _VERSION.fullmatch(raw)
    if match is not None:
        return int(match[1])
    found = read_query(scope)
    refuse_unknown(found, ("v",))
    if "v" in found and not _VERSION.fullmatch(b"v=" + found["v"].encode()):
        raise invalid("v", "the version that TileJSON names", "应为 TileJSON 给出的版本号")
    return int(found["v"]) if "v" in found else None


def _plain(tile: Tile, size: int) -> list[Header]:
    """Headers for the few clients that take no gzip; another encoding has another ETag."""
    changed = {b"content-length": str(size).encode(), b"etag": b"W/" + tile.etag}
    return [(n, changed.get(n, v)) for n, v in tile.headers if n != b"content-encoding"]


async def _tell(error: GeoplanError, scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(error, language_of(scope))
    answer.raw_headers += [*SECURITY, *CORS]
    await answer(scope, receive, send)


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
