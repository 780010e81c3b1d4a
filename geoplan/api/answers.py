"""Answers of the routes: the format a client asked for, ETags, links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from geoplan import __version__
from geoplan.api.door import CSP_HTML
from geoplan.api.language import language_of
from geoplan.api.query import invalid

Format = Literal["json", "html"]
GEOJSON = "application/geo+json"
SCHEMA_JSON = "application/schema+json"


def chosen_format(request: Request) -> Format:
    """`f=json` or `f=html`, else what the client prefers, else JSON. Raises GeoplanError 400."""
    asked: str | None = request.state.query.get("f")
    if asked is not None:
        if asked in {"json", "geojson"}:
            return "json"
        if asked == "html":
            return "html"
        raise invalid("f", "json or html", "应为 json 或 html")
    best: tuple[float, Format] = (0.0, "json")
    for part in request.headers.get("accept", "")[:1000].lower().split(","):
        name, _, weight = part.partition(";q=")
        try:
            q = float(weight) if weight else 1.0
        except ValueError:
            continue
        kind: Format | None = "html" if "html" in name else "json" if "json" in name else None
        if kind is not None and 1 >= q > best[0]:
            best = (q, kind)
    return best[1]


def etag_of(*parts: object) -> str:
    """A weak ETag of what an answer is made from: versions of its data, and the request."""
    text = json.dumps([__version__, *parts], default=str)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


def not_modified(request: Request, etag: str) -> Response | None:
    """The 304 when the client holds this answer already."""
    known = request.headers.get("if-none-match")
    if known is None:
        return None
    bare = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    if known.strip() == "*" or etag.removeprefix("W/") in bare:
        return Response(status_code=304, headers=headers_of(request, etag))
    return None


def json_answer(
    request: Request,
    body: Mapping[str, Any] | bytes,
    *,
    media_type: str = "application/json",
    etag: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A JSON document; without an ETag of its own it gets one of its bytes."""
    data = body if isinstance(body, bytes) else json_bytes(body)
    etag = etag or f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    return Response(
        data, headers={**headers_of(request, etag), **(headers or {})}, media_type=media_type
    )


def json_stream(
    request: Request,
    parts: Iterable[bytes],
    *,
    media_type: str,
    etag: str,
    headers: Mapping[str, str],
) -> Response:
    """A long JSON document in pieces."""

    async def pieces() -> Any:
        for part in parts:
            yield part

    return StreamingResponse(
        pieces(), headers={**headers_of(request, etag), **headers}, media_type=media_type
    )


def json_bytes(body: object) -> bytes:
    """A JSON document in UTF-8; days, moments (RFC 3339) and ids as text."""
    return json.dumps(body, ensure_ascii=False, default=_text).encode()


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def html_answer(request: Request, text: str, *, etag: str | None = None) -> Response:
    """A page; nothing in it may run."""
    data = text.encode()
    etag = etag or f'"{hashlib.sha256(data).hexdigest()[:20]}"'
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    headers = {**headers_of(request, etag), "content-security-policy": CSP_HTML.decode()}
    return Response(data, headers=headers, media_type="text/html; charset=utf-8")


def address(request: Request, path: str = "") -> str:
    """The absolute address of a path; the host has been checked at the door."""
    return str(request.base_url).rstrip("/") + path


def headers_of(request: Request, etag: str) -> dict[str, str]:
    """Headers of an answer that a client may keep and must ask about again."""
    return {
        "etag": etag,
        "cache-control": "no-cache",
        "vary": "Accept, Accept-Language",
        "content-language": language_of(request.scope),
    }
