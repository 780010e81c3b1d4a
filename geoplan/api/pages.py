"""The pages: their documents, the scripts of their maps and the files of the bundle.

What a page is made of is given from outside; this room only serves it.
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
from geoplan.api.answers import headers_of, not_modified
from geoplan.api.compress import accepted_coding
from geoplan.api.language import language_of
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.text import Lang, Text

FOR_EVER = "public, max-age=31536000, immutable"
HASHED = "assets/"  # where the build puts files whose names hold a hash of their content
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
_MOST_SCRIPTS = 50  # of earlier data versions, for pages that were opened before a change


class Built(Protocol):
    """A document and the script it asks for at `script_path`."""

    @property
    def html(self) -> str: ...
    @property
    def script(self) -> str: ...
    @property
    def script_path(self) -> str: ...


Build = Callable[[Lang, Mapping[str, int], Sequence[Text]], Built]
"""Makes a page for a language, the data versions of tile sources, and attributions."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """public   the map for everybody.
    plan     where planners compare, measure and export.
    staff    where ledgers are uploaded and reviewed.
    policy   the Content-Security-Policy of all.
    static   folder of the built bundle, served under /static/.
    """

    public: Build
    plan: Build
    staff: Build
    policy: str
    static: Path


def page_router(source: PageSource) -> APIRouter:
    """Routes `/`, `/plan`, `/staff`, `/map/{hash}.js` and `/static/…`."""
    router = strict_router(tags=["map"], responses=described.SHARED)
    scripts: dict[str, str] = {}

    async def built(request: Request, build: Build) -> Built:
        service = service_of(request)
        versions, credits_ = {}, []
        for name in ("units", "base", *(layer.id for layer in service.layers())):
            versions[name] = service.versions.of(name)
            facts = await service.facts(name)
            credits_ += [Text(line, line) for line in facts.attributions]
        versions["circle"] = service.versions.of("circle")
        page = build(language_of(request.scope), versions, tuple(dict.fromkeys(credits_)))
        if len(scripts) > _MOST_SCRIPTS:
            scripts.clear()
        scripts[page.script_path] = page.script
        return page

    @router.get(
        "/",
        summary="The map",
        response_class=Response,
        responses=described.answer("text/html"),
        openapi_extra=described.parameters(described.LANG),
    )
    async def public(request: Request) -> Response:
        return await document(request, source.public)

    @router.get(
        "/plan",
        summary="The planners' page: coverage, gaps, comparison, progress; public and read-only",
        response_class=Response,
        responses=described.answer("text/html"),
        openapi_extra=described.parameters(described.LANG),
    )
    async def plan(request: Request) -> Response:
        return await document(request, source.plan)

    @router.get(
        "/staff",
        summary="Uploads and their review; what an account may see is asked for after the login",
        response_class=Response,
        responses=described.answer("text/html"),
        openapi_extra=described.parameters(described.LANG),
    )
    async def staff(request: Request) -> Response:
        return await document(request, source.staff)

    async def document(request: Request, build: Build) -> Response:
        made = await built(request, build)
        etag = f'"{hashlib.sha256(made.html.encode()).hexdigest()[:20]}"'
        own = {"content-security-policy": source.policy, "vary": "Accept-Language"}
        unchanged = not_modified(request, etag)
        if unchanged is not None:
            unchanged.headers.update(own)
            return unchanged
        return Response(
            made.html,
            headers={**headers_of(request, etag), **own},
            media_type="text/html; charset=utf-8",
        )

    @router.get(
        "/map/{name}.js",
        summary="The map's script; its name changes with its content",
        response_class=Response,
        responses=described.answer("text/javascript"),
    )
    async def script(request: Request, name: str) -> Response:
        path = f"/map/{name}.js"
        if path not in scripts:  # another process, or this one before it was started again, made it
            for build in (source.public, source.plan, source.staff):
                await built(request, build)
        if path not in scripts:
            raise HTTPException(404)
        return Response(
            scripts[path],
            headers={"cache-control": FOR_EVER},
            media_type="text/javascript; charset=utf-8",
        )

    @router.get(
        "/static/{path:path}",
        summary="Files of the page",
        response_class=Response,
        responses=described.answer("*/*"),
    )
    async def static(request: Request, path: str) -> Response:
        return file_answer(request, source.static, path, lasting=path.startswith(HASHED))

    return router


def file_answer(request: Request, folder: Path, path: str, *, lasting: bool) -> Response:
    """A file of a folder, in the precompressed form beside it when there is one. 404 for all else.

    lasting  its address changes with its content, so that it may be kept for ever.
    """
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    if path not in names or path.startswith("."):
        raise HTTPException(404)
    headers = {"cache-control": FOR_EVER if lasting else "no-cache", "vary": "Accept-Encoding"}
    coding = accepted_coding(request.headers.get("accept-encoding", ""))
    packed = f"{path}{_SUFFIXES[coding]}" if coding else ""
    if coding and packed in names:
        headers["content-encoding"] = coding
    data = (folder / (packed if packed in names else path)).read_bytes()
    etag = f'W/"{hashlib.sha256(data).hexdigest()[:20]}"'
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        unchanged.headers.update(headers)
        return unchanged
    return Response(data, headers={**headers, "etag": etag}, media_type=kind)
