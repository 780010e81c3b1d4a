"""The page of the map: its document, its script and the files of the bundle.

What the page is made of is given from outside; this room only serves it.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import not_modified
from geoplan.api.compress import accepted_coding
from geoplan.api.language import language_of
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.text import Lang, Text

FOR_EVER = "public, max-age=31536000, immutable"


class Built(Protocol):
    """A document and the script it asks for at `script_path`."""

    @property
    def html(self) -> str: ...
    @property
    def script(self) -> str: ...
    @property
    def script_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PageSource:
    """build    makes the page for a language, the data versions of tile sources, and attributions.
    policy   its Content-Security-Policy.
    static   folder of the built bundle, served under /static/; its names change with its content.
    """

    build: Callable[[Lang, Mapping[str, int], Sequence[Text]], Built]
    policy: str
    static: Path


def page_router(source: PageSource) -> APIRouter:
    """Routes `/`, `/map/{hash}.js` and `/static/…`."""
    router = strict_router(tags=["map"], responses=described.PROBLEM)
    scripts: dict[str, str] = {}

    async def built(request: Request) -> Built:
        service = service_of(request)
        versions, credits_ = {}, []
        for name in ("units", "base", *(layer.id for layer in service.layers())):
            versions[name] = service.versions.of(name)
            facts = await service.facts(name)
            credits_ += [Text(line, line) for line in facts.attributions]
        page = source.build(language_of(request.scope), versions, tuple(dict.fromkeys(credits_)))
        if len(scripts) > 50:
            scripts.clear()
        scripts[page.script_path] = page.script
        return page

    @router.get("/", summary="The map", openapi_extra=described.parameters(described.LANG))
    async def page(request: Request) -> Response:
        made = await built(request)
        etag = f'"{hashlib.sha256(made.html.encode()).hexdigest()[:20]}"'
        headers = {
            "etag": etag,
            "cache-control": "no-cache",
            "vary": "Accept-Language",
            "content-language": language_of(request.scope),
            "content-security-policy": source.policy,
        }
        unchanged = not_modified(request, etag)
        return unchanged or Response(
            made.html, headers=headers, media_type="text/html; charset=utf-8"
        )

    @router.get("/map/{name}.js", summary="The map's script")
    async def script(request: Request, name: str) -> Response:
        path = f"/map/{name}.js"
        if path not in scripts:  # another process, or this one before it was started again, made it
            await built(request)
        if path not in scripts:
            raise HTTPException(404)
        return Response(
            scripts[path],
            headers={"cache-control": FOR_EVER},
            media_type="text/javascript; charset=utf-8",
        )

    router.add_api_route(
        "/static/{path:path}", _files(source.static), methods=["GET"], summary="Files of the page"
    )
    return router


def _files(folder: Path) -> Callable[..., object]:
    async def static(request: Request, path: str) -> Response:
        return file_answer(request, folder, path)

    return static


def file_answer(request: Request, folder: Path, path: str) -> Response:
    """A file of a folder, in the precompressed form beside it when there is one. 404 for all else."""
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    if path not in names or path.startswith("."):
        raise HTTPException(404)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    headers = {"cache-control": FOR_EVER, "vary": "Accept-Encoding"}
    coding = accepted_coding(request.headers.get("accept-encoding", ""))
    suffix = {"br": ".br", "gzip": ".gz"}.get(coding or "")
    if suffix and f"{path}{suffix}" in names and coding:
        headers["content-encoding"] = coding
        path = f"{path}{suffix}"
    return Response((folder / path).read_bytes(), headers=headers, media_type=kind)
