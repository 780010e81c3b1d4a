"""Places by name: districts, features of public layers, streets, waters and localities."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import etag_of, json_answer, not_modified
from geoplan.api.query import integer, invalid, number, strict_router
from geoplan.api.service import service_of
from geoplan.names import Hit

LONGEST = 100
_MOST = 50

router = strict_router(prefix="/api", tags=["map"], responses=described.SHARED)


@router.get(
    "/search",
    summary="Places by name",
    description="Chinese, pinyin with or without spaces, initials, English, with small mistakes. "
    "`match` says how: exact, prefix, initials, part, similar.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        {
            **described.query("q", "What is looked for", type="string", maxLength=LONGEST),
            "required": True,
        },
        described.query(
            "limit", "Most results", type="integer", minimum=1, maximum=_MOST, default=10
        ),
        described.query("lon", "Of equals the nearest first; EPSG:4326", type="number"),
        described.query("lat", "Of equals the nearest first; EPSG:4326", type="number"),
        described.LANG,
    ),
)
async def search(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    asked = " ".join(query["q"].split()) if "q" in query else None
    if asked is None or len(asked) > LONGEST:
        raise invalid(
            "q", f"words, at most {LONGEST} characters", f"要找的名称，最多 {LONGEST} 个字"
        )
    limit, near = integer(query, "limit", 10, 1, _MOST), _near(query)
    etag = etag_of("search", service.names.version(), asked, limit, near)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    names = await service.names.get()
    hits = await asyncio.to_thread(names.index.find, asked, limit, near)
    body = {
        "query": asked,
        "results": [_told(hit) for hit in hits],
        "data_version": names.version,
        "synthetic": any(hit.synthetic for hit in hits),
    }
    return json_answer(request, body, etag=etag)


def _near(query: dict[str, str]) -> tuple[float, float] | None:
    if "lon" not in query and "lat" not in query:
        return None
    lon, lat = (number(query.get(name, ""), name) for name in ("lon", "lat"))
    if abs(lon) > 180 or abs(lat) > 85:
        raise invalid("lon, lat", "degrees on the map", "地图上的经纬度")
    return lon, lat


def _told(hit: Hit) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": hit.kind,
        "layer": hit.layer,
        "id": hit.id,
        "name": hit.name,
        "name_en": hit.name_en,
        "unit": hit.unit,
        "category": hit.category,
        "lon": round(hit.lon, 6),
        "lat": round(hit.lat, 6),
        "match": hit.match,
        "synthetic": hit.synthetic,
    }
    if hit.bbox is not None:
        told["bbox"] = [round(degrees, 6) for degrees in hit.bbox]
    if hit.distance_m is not None:
        told["distance_m"] = hit.distance_m
    return told
