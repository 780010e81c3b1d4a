"""What lies here: features near a point of the map, and its district."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import json_answer
from geoplan.api.caller import Asking, acting
from geoplan.api.language import language_of
from geoplan.api.query import integer, invalid, number, strict_router
from geoplan.api.service import service_of
from geoplan.catalogue import Layer
from geoplan.store.identify import Found, identify
from geoplan.text import Lang

NANO = 1_000_000_000
_MOST = 20
_REACH_PX = 8
_METRES_PER_PX = 156_543.0  # at zoom 0 and the equator, of a map of 256 pixels

router = strict_router(prefix="/api", tags=["map"], responses=described.SHARED)
_COLUMNS = frozenset(
    {"name", "name_en", "unit", "district", "status", "started_on", "finished_on", "lon", "lat"}
)


@router.get(
    "/identify",
    summary="Features at a point",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        {**described.query("lon", "Degrees, EPSG:4326", type="number"), "required": True},
        {**described.query("lat", "Degrees, EPSG:4326", type="number"), "required": True},
        described.query(
            "z",
            "Zoom of the map: sets how near is near",
            type="integer",
            minimum=0,
            maximum=22,
            default=15,
        ),
        described.query("layers", "Only these, separated by commas", type="string"),
        described.LANG,
        **described.OR_SIGNED_IN,
    ),
)
async def at_point(request: Request, caller: Asking) -> Response:
    service, lang, query = service_of(request), language_of(request.scope), request.state.query
    lon, lat = (_degrees(query, *axis) for axis in (("lon", 180.0), ("lat", 85.0)))
    zoom = integer(query, "z", 15, 0, 22)
    layers = {layer.id: layer for layer in service.layers(caller.role)}
    if "layers" in query:
        names = [name for name in query["layers"].split(",", 60) if name]
        layers = {name: service.layer(name, caller.role) for name in names}
    reach_m = min(_REACH_PX * _METRES_PER_PX / 2**zoom, 20_000.0)

    async def work(connection: Any) -> Any:
        return await identify(
            connection, lon, lat, reach_m=reach_m, layers=list(layers), limit=_MOST
        )

    if caller.account is None:
        found, district = await service.reads.read(work)
    else:
        async with acting(service, caller) as connection:
            found, district = await work(connection)
    return json_answer(
        request,
        {
            "features": [_feature(row, layers[row.layer], lang) for row in found],
            "matched": found[0].matched if found else 0,
            "district": district
            and {"code": district.code, "name": district.name, "name_en": district.name_en},
            "synthetic": any(row.synthetic for row in found),
        },
    )


def _degrees(query: dict[str, str], name: str, most: float) -> float:
    value = number(query.get(name, ""), name)
    if abs(value) > most:
        raise invalid(name, f"degrees from -{most:g} to {most:g}", f"-{most:g} 到 {most:g} 的度数")
    return value


def _feature(row: Found, layer: Layer, lang: Lang) -> dict[str, Any]:
    public = [field.id for field in layer.public_fields() if field.id not in _COLUMNS]
    return {
        "layer": row.layer,
        "id": row.id,
        "name": row.name,
        "name_en": row.name_en,
        "status": row.status,
        "unit": row.unit,
        "district": row.district,
        "started_on": row.started_on,
        "finished_on": row.finished_on,
        "properties": {name: row.properties[name] for name in public if name in row.properties},
        "measures": {
            measure.id: amount / (NANO / measure.factor)
            for measure, amount in zip(layer.measures, row.amounts, strict=True)
        },
        "synthetic": row.synthetic,
        "source": {
            "title": row.title_zh if lang == "zh" else row.title_en,
            "attribution": row.attribution,
        },
        "distance_m": round(row.metres, 1),
    }
