"""What every request passes first: host, method, security headers, request id; tiles' short way.

Plain ASGI: a cached tile goes from the socket to its bytes through this class alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geoplan.api.language import language_of
from geoplan.api.problems import internal_error, method_not_allowed, problem
from geoplan.errors import GeoplanError
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
Header = tuple[bytes, bytes]
CSP_DATA = b"default-src 'none'; frame-ancestors 'none'"
CSP_HTML = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", CSP_DATA),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_HSTS: Header = (b"strict-transport-security", b"max-age=31536000")
# Whatever is read without an account may be read by any page; credentials are never allowed.
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ETag, Link, Content-Crs, Retry-After, X-Request-ID, X-Geoplan-Synthetic",
    ),
)
_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, If-None-Match"),
    (b"access-control-max-age", b"86400"),
)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_HOST = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)


class Door:
    """The outermost layer.

    hosts  names under which the service may be asked; any other Host header is refused, so that no
           link or check is ever built on one.
    tiles  the ASGI application of tile requests.
    tls    the service is reached over HTTPS, and browsers are to keep to it.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], tiles: ASGIApp, tls: bool = False
    ) -> None:
        self._app = app
        self._always = (*SECURITY, _HSTS) if tls else SECURITY
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._tiles = tiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method: str = scope["method"]
        if method == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        is_tile = scope["path"].startswith("/tiles/") and scope["path"].endswith(".mvt")
        if is_tile and method in {"GET", "HEAD"} and self._known_host(scope["headers"]):
            await self._tiles(scope, receive, send)
            return
        await self._guarded(scope, receive, send, method, is_tile=is_tile)

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, method: str, *, is_tile: bool
    ) -> None:
        request_id = _request_id(scope["headers"])
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        send = _with_headers(
            _by_caller(send, state),
            [*self._always, (b"x-request-id", request_id.encode())],
            CORS if method in {"GET", "HEAD"} else (),
        )
        if not self._known_host(scope["headers"]):
            refused = GeoplanError(
                "unknown_host",
                Text("请求的主机名不是本服务的", "The Host of the request is not this service's"),
                Text("请用配置的地址访问", "Use the address this service is configured for"),
            )
            await problem(refused, language_of(scope))(scope, receive, send)
            return
        if method == "OPTIONS" and any(
            n == b"access-control-request-method" for n, _ in scope["headers"]
        ):
            await send({"type": "http.response.start", "status": 204, "headers": [*_PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
            return
        if is_tile:  # asked for otherwise than by GET
            await method_not_allowed(language_of(scope))(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        await _answered(self._app, scope, receive, send)

    def _known_host(self, headers: Iterable[Header]) -> bool:
        found = [value for name, value in headers if name == b"host"]
        if len(found) != 1:
            return False
        match = _HOST.fullmatch(found[0].lower())
        return match is not None and match[1] in self._hosts


async def _answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run the application; what it does not catch leaves as a problem, or breaks the answer off."""
    started = False

    async def watched(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await app(scope, receive, watched)
    except Exception:
        _LOG.exception("unexpected", path=scope["path"])
        if started:
            raise  # half an answer cannot be taken back: the server cuts the connection
        await problem(internal_error(), language_of(scope))(scope, receive, send)


def _request_id(headers: Iterable[Header]) -> str:
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode()
    return uuid4().hex


def _with_headers(send: Send, always: Iterable[Header], also: Iterable[Header]) -> Send:
    """Add headers that the answer does not set itself."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            held = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value in (*always, *also) if name not in held]
            message["headers"] = headers
        await send(message)

    return with_headers


def _by_caller(send: Send, state: dict[str, Any]) -> Send:
    """Whatever is answered to an account is kept by nobody else and read by no other origin; where
    an account would be told more, the answer to the public says that it depends on who asks."""

    async def by_caller(message: Message) -> None:
        if message["type"] == "http.response.start" and "private" in state:
            headers = message.get("headers", ())
            message["headers"] = private_headers(headers) if state["private"] else vary(headers)
        await send(message)

    return by_caller


def vary(headers: Iterable[Header]) -> list[Header]:
    """Headers that say that the answer depends on who asks."""
    held = [value for name, value in headers if name == b"vary"]
    others = [(name, value) for name, value in headers if name != b"vary"]
    return [*others, (b"vary", b", ".join([*held, b"Cookie", b"Authorization"]))]


def private_headers(headers: Iterable[Header]) -> list[Header]:
    """Headers of an answer, changed to those of an answer to one account."""
    kept = [(n, v) for n, v in headers if not n.startswith(b"access-control-")]
    if not any(n == b"cache-control" and b"no-store" in v for n, v in kept):
        kept = [(n, v) for n, v in kept if n != b"cache-control"]
        kept.append((b"cache-control", b"private, no-cache"))
    return vary(kept)


def _without_body(send: Send) -> Send:
    """Answer HEAD as GET, with the same headers and no body."""

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            if message.get("more_body", False):
                return
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return without_body
