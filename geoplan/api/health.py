"""Is it alive, is it ready: for whoever starts and watches the service."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import JSONResponse, Response

from geoplan.api import described
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.errors import GeoplanError
from geoplan.resources import resource
from geoplan.store.migrate import applied_names, read_migrations
from geoplan.text import Text

router = strict_router(tags=["health"], responses=described.PROBLEM)
_FRESH = {"cache-control": "no-store"}


@router.get(
    "/healthz",
    summary="The process answers; no database is asked",
    response_class=Response,
    responses=described.answer("application/json"),
)
async def healthz() -> Response:
    return JSONResponse({"status": "ok"}, headers=_FRESH)


@router.get(
    "/readyz",
    summary="The database answers and has every migration of this program",
    response_class=Response,
    responses=described.answer("application/json"),
)
async def readyz(request: Request) -> Response:
    applied = await service_of(request).staff.read(applied_names)
    wanted = {migration.name for migration in read_migrations(resource("migrations"))}
    missing = sorted(wanted - applied)
    if missing:
        raise GeoplanError(
            "not_migrated",
            Text(
                f"数据库缺少迁移：{'、'.join(missing)}", f"Missing migrations: {', '.join(missing)}"
            ),
            Text("请运行 geoplan migrate", "Run geoplan migrate"),
            status=503,
        )
    return JSONResponse({"status": "ready", "migrations": len(applied)}, headers=_FRESH)
