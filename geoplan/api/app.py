"""The HTTP service: rooms of routes behind one door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from geoplan import __version__
from geoplan.api import (
    accounts,
    circles,
    coverage,
    described,
    edits,
    equity,
    evidence,
    export,
    feature_history,
    features,
    feedback,
    gaps,
    grid,
    health,
    identify,
    login,
    progress,
    reach,
    reach_cells,
    search,
    services,
    sign_on,
    spread,
    templates,
    tilejson,
    tokens,
    upload_events,
    upload_preview,
    upload_report,
    upload_rows,
    upload_steps,
    uploads,
)
from geoplan.api.compress import Compress
from geoplan.api.door import Door
from geoplan.api.pages import PageSource, file_answer, page_router
from geoplan.api.private_tiles import PrivateTiles
from geoplan.api.problems import answer_problems
from geoplan.api.query import strict_router
from geoplan.api.service import make_service
from geoplan.api.tiles import TileDoor
from geoplan.catalogue import City
from geoplan.settings import Settings

_STYLE = Path(__file__).parent / "static"
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def create_app(
    settings: Settings,
    city: City,
    *,
    tiles_conninfo: str,
    app_conninfo: str,
    page: PageSource | None = None,
    hosts: Sequence[str] = (),
) -> FastAPI:
    """The application.

    tiles_conninfo  connects as the role that sees only what is public; all reads go through it.
    app_conninfo    connects as the application's role.
    page            the map page; without it, `/` is not there.
    hosts           names of this service beside the machine's own.
    Connections are opened by the application's lifespan; it starts without a database too.
    """
    service = make_service(settings, city, tiles_conninfo=tiles_conninfo, app_conninfo=app_conninfo)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    app = FastAPI(
        title="geoplan",
        version=__version__,
        summary="The planning map of a city",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.service = service
    rooms = (features, grid, identify, search, progress, reach, reach_cells, tilejson, health)
    walks = (services, coverage, circles, gaps, equity, spread, export)
    people = (login, sign_on, tokens, accounts)
    single = (edits, evidence, feature_history, feedback)
    work = (
        uploads,
        upload_steps,
        upload_rows,
        upload_events,
        upload_report,
        templates,
        upload_preview,
    )
    for room in (*rooms, *walks, *people, *single, *work):
        app.include_router(room.router)
    app.include_router(_documents(app))
    if page is not None:
        app.include_router(page_router(page))
    answer_problems(app)
    app.add_middleware(Compress)
    app.add_middleware(
        Door,
        hosts=(*_LOCAL_HOSTS, settings.host, *hosts),
        tiles=TileDoor(service.tiles, PrivateTiles(service)),
        tls=settings.tls,
    )
    _describe(app)
    return app


def _documents(app: FastAPI) -> Any:
    router = strict_router(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi() -> Response:
        return JSONResponse(app.openapi())

    @router.get(
        "/api/static/{path:path}",
        openapi_extra=described.parameters(described.query("v", "Hash of its content")),
    )
    async def style(request: Request, path: str) -> Response:
        return file_answer(request, _STYLE, path, lasting="v" in request.state.query)

    return router


def _describe(app: FastAPI) -> None:
    """The OpenAPI document: what FastAPI finds, the tiles, and the shape of problems."""
    found = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = found()
            document["paths"].update(tilejson.TILE_PATHS)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = described.PROBLEM_SCHEMA
            document["components"]["securitySchemes"] = described.SECURITY_SCHEMES
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
