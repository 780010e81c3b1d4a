"""Templates of layers, to be filled in and sent back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.caller import Asking, Caller, require
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.api.upload_report import XLSX
from geoplan.catalogue import City, Layer
from geoplan.store.units import districts
from geoplan.uploads.template import Column, columns_of, spot_in
from geoplan.uploads.template_files import as_csv, as_geopackage
from geoplan.uploads.template_workbook import as_workbook

CSV = "text/csv; charset=utf-8"
GEOPACKAGE = "application/geopackage+sqlite3"

Make = Callable[[Layer, City, list[Column]], bytes]

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)


@router.get(
    "/layers/{id}/template.xlsx",
    summary="A layer's template as a workbook",
    description="With drop-downs, notes and an example row, which is not read.",
    response_class=Response,
    responses=described.answer(XLSX),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def workbook(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    return await _made(request, caller, id, XLSX, ".xlsx", as_workbook)


@router.get(
    "/layers/{id}/template.csv",
    summary="A layer's template as CSV",
    response_class=Response,
    responses=described.answer("text/csv"),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def table(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    return await _made(request, caller, id, CSV, ".csv", lambda *given: as_csv(given[2]))


@router.get(
    "/layers/{id}/template.gpkg",
    summary="A layer's template as GeoPackage",
    description="An empty layer in CGCS2000 whose fields know what they may hold.",
    response_class=Response,
    responses=described.answer(GEOPACKAGE),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def geopackage(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    return await _made(
        request, caller, id, GEOPACKAGE, ".gpkg", lambda layer, city, _: as_geopackage(layer, city)
    )


async def _made(
    request: Request, caller: Caller, name: str, media_type: str, ending: str, make: Make
) -> Response:
    """A template. Raises GeoplanError 401 for the public, 404 for a layer the caller may not see
    or that has no features, 409 `no_districts`."""
    service = service_of(request)
    require(caller, "public")
    layer, city = service.layer(name, caller.role), service.city
    outlines = dict(await service.writes.run(districts))

    def bytes_of() -> bytes:
        return make(layer, city, columns_of(layer, city, spot_in(city, outlines)))

    data = await asyncio.to_thread(bytes_of)
    file_name = quote(f"{layer.title.zh}-模板{ending}")
    headers = {
        "content-disposition": f'attachment; filename="{layer.id}-template{ending}"; '
        f"filename*=UTF-8''{file_name}"
    }
    return Response(data, media_type=media_type, headers=headers)
