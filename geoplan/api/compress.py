"""Brotli and gzip for words and numbers, off the event loop when they are many."""

from __future__ import annotations

import asyncio
import re
import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WORDS = re.compile(
    r"text/(?!event-stream)|application/(?:[a-z.+-]*json|javascript|xml|vnd\.geoplan\.grid)|image/svg"
)
_LEAST_BYTES = 600
_THREAD_BYTES = 50_000


class _Packer(Protocol):
    def pack(self, data: bytes) -> bytes: ...
    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._z = zlib.compressobj(5, zlib.DEFLATED, 31)

    def pack(self, data: bytes) -> bytes:
        return self._z.compress(data)

    def end(self) -> bytes:
        return self._z.flush()


class _Brotli:
    def __init__(self) -> None:
        self._z = brotli.Compressor(quality=4)

    def pack(self, data: bytes) -> bytes:
        return bytes(self._z.process(data))

    def end(self) -> bytes:
        return bytes(self._z.finish())


class Compress:
    """Compresses text and hexagons, when they are long enough and not compressed yet."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        coding = accepted_coding(Headers(scope=scope).get("accept-encoding", ""))
        await self._app(scope, receive, _Answer(send, coding))


class _Answer:
    """Holds the start of an answer until its first bytes tell whether it is worth it."""

    def __init__(self, send: Send, coding: str | None) -> None:
        self._send = send
        self._coding = coding
        self._start: Message | None = None
        self._packer: _Packer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body, more = bytes(message.get("body", b"")), bool(message.get("more_body", False))
        if self._start is not None:
            start, self._start = self._start, None
            self._choose(start, len(body), more)
            if self._packer is not None and not more:
                body = await self._pack(body, more)
                self._packer = None
                MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
            await self._send(start)
        if self._packer is not None:
            body = await self._pack(body, more)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _choose(self, start: Message, size: int, more: bool) -> None:
        start["headers"] = list(start.get("headers", ()))
        headers = MutableHeaders(raw=start["headers"])
        if not _WORDS.match(headers.get("content-type", "")):
            return
        headers.add_vary_header("Accept-Encoding")
        if (
            self._coding is None
            or "content-encoding" in headers
            or (size < _LEAST_BYTES and not more)
        ):
            return
        self._packer = _Brotli() if self._coding == "br" else _Gzip()
        headers["content-encoding"] = self._coding
        del headers["content-length"]
        etag = headers.get("etag")
        if etag is not None and not etag.startswith("W/"):
            headers["etag"] = f"W/{etag}"  # the same answer in other bytes

    async def _pack(self, body: bytes, more: bool) -> bytes:
        packer = self._packer
        assert packer is not None  # noqa: S101  both callers have just asked

        def work() -> bytes:
            packed = packer.pack(body)
            return packed if more else packed + packer.end()

        return await asyncio.to_thread(work) if len(body) > _THREAD_BYTES else work()


def accepts_gzip(header: bytes) -> bool:
    """Whether a client takes gzip; browsers' headers, without weights, are told at a glance."""
    if b"gzip" in header and b"q=" not in header:
        return True
    return "gzip" in _accepted(header.decode("latin-1"))


def accepted_coding(header: str) -> str | None:
    """`br` or `gzip` when the client takes it (q > 0), brotli first; else None."""
    return next(iter(_accepted(header)), None)


def _accepted(header: str) -> list[str]:
    weights: dict[str, float] = {}
    for part in header.lower()[:500].split(","):
        name, _, parameter = part.strip().partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    rest = weights.get("*", 0.0)
    return [coding for coding in ("br", "gzip") if weights.get(coding, rest) > 0]
