"""What can be reached on foot from a place. Places are neither logged nor kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import shapely
from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.query import integer, invalid, number, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.walking import Standing
from geoplan.catalogue import CircleStandard
from geoplan.errors import GeoplanError
from geoplan.planning.isochrone import (
    FACILITIES_TOLD,
    Apart,
    Found,
    Isochrone,
    LonLat,
    Need,
    isochrone,
    nearest_apart,
)
from geoplan.planning.limits import SPEEDS, Speed, speed_mm_s
from geoplan.text import Text

LONGEST_MIN, USUAL_MIN = 30, 15
SLOWEST_M_S, FASTEST_M_S = 0.3, 2.5
MOST_POINTS, MOST_BYTES = 50, 8_192
_DECIMALS = 6

router = strict_router(prefix="/api", tags=["reach"], responses=described.PROBLEM)

_PACE = (
    described.query(
        "minutes",
        "How long people walk",
        type="integer",
        minimum=1,
        maximum=LONGEST_MIN,
        default=USUAL_MIN,
    ),
    described.query(
        "speed",
        f"{', '.join(SPEEDS)}, or metres a second from {SLOWEST_M_S} to {FASTEST_M_S}",
        type="string",
        default="planning",
    ),
    described.query(
        "when",
        "now: what is open; planned: also what is planned, being built or finished",
        type="string",
        enum=["now", "planned"],
        default="now",
    ),
    described.LANG,
)
_ABOUT = (
    "`catchment` is the ground within a walk; `facilities` of each service the nearest "
    f"{FACILITIES_TOLD}, `counts` how many there are. `score` says how many categories of the life "
    "circle lie within the standard's own distances, `missing` which do not, with `nearest_m` on "
    "foot or, where that is too far, the `nearest` in a straight line. `measure` is "
    "`network`, or `estimated` where there is no walkable way: a straight line times a detour "
    "factor. Places asked for are not recorded."
)


@router.get(
    "/reach",
    summary="What can be reached on foot from a place",
    description=_ABOUT,
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        {**described.query("lon", "Degrees, EPSG:4326", type="number"), "required": True},
        {**described.query("lat", "Degrees, EPSG:4326", type="number"), "required": True},
        *_PACE,
    ),
)
async def from_place(request: Request) -> Response:
    query = request.state.query
    place = _place(number(query.get("lon", ""), "lon"), number(query.get("lat", ""), "lat"))
    (found,) = await _found(service_of(request), query, [place])
    return _answer(found)


@router.post(
    "/reach",
    summary="What can be reached on foot from several places",
    description=f"The body is a list of at most {MOST_POINTS} `[lon, lat]`; the answer's `reach` "
    f"is a list in its order. {_ABOUT}",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        *_PACE,
        requestBody={
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MOST_POINTS,
                        "items": {
                            "type": "array",
                            "items": {"type": "number"},
                            "minItems": 2,
                            "maxItems": 2,
                        },
                    }
                }
            },
        },
    ),
)
async def from_places(request: Request) -> Response:
    places = read_places(await _body(request))
    return _answer({"reach": await _found(service_of(request), request.state.query, places)})


def read_places(body: bytes) -> list[LonLat]:
    """The places of a request's body. Raises GeoplanError 400."""
    try:
        rows = json.loads(body)
        pairs = [(lon, lat) for lon, lat in rows]
        sound = all(type(each) in {int, float} for pair in pairs for each in pair)
    except (ValueError, TypeError, RecursionError):
        pairs, sound = [], False
    if not sound or not 1 <= len(pairs) <= MOST_POINTS:
        raise invalid(
            "body",
            f"a JSON list of 1 to {MOST_POINTS} pairs [lon, lat] of numbers",
            f"1 到 {MOST_POINTS} 个 [经度, 纬度] 数对的 JSON 列表",
        )
    return [_place(float(lon), float(lat)) for lon, lat in pairs]


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise GeoplanError(
            "unsupported_type",
            Text("请求内容应为 application/json", "The body must be application/json"),
            Text("请发送 [经度, 纬度] 数对的 JSON 列表", "Send a JSON list of [lon, lat]"),
            status=415,
        )
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise GeoplanError(
                "body_too_large",
                Text(
                    f"请求内容超过 {MOST_BYTES} 字节", f"The body has more than {MOST_BYTES} bytes"
                ),
                Text(f"一次最多 {MOST_POINTS} 个地点", f"Send at most {MOST_POINTS} places"),
                status=413,
            )
    return bytes(body)


def _place(lon: float, lat: float) -> LonLat:
    for name, value, most in (("lon", lon, 180), ("lat", lat, 85)):
        if not abs(value) <= most:  # so that NaN is refused too
            raise invalid(name, f"degrees from -{most} to {most}", f"-{most} 到 {most} 的度数")
    return lon, lat


async def _found(
    service: Service, query: Mapping[str, str], places: list[LonLat]
) -> list[dict[str, Any]]:
    """The answers for some places, one after another: a list takes no more than its turn."""
    minutes = integer(query, "minutes", USUAL_MIN, 1, LONGEST_MIN)
    speed = _speed(query.get("speed", "planning"), service)
    when = query.get("when", "now")
    if when not in {"now", "planned"}:
        raise invalid("when", "now or planned", "应为 now 或 planned")
    for place in places:
        _in_city(place, service)
    standing = await service.walking.standing()
    walking = service.city.standards.walking
    circle = service.city.circles[_circle_of(minutes)]
    needs = needs_of(circle, speed, speed_mm_s(walking, "planning"))
    synthetic = await service.synthetic_walks()

    def compute(place: LonLat) -> dict[str, Any]:
        planned = when == "planned"
        found = isochrone(
            standing.ground,
            place,
            minutes * 60 * speed,
            needs,
            planned=planned,
            detour=walking.detour_factor.value,
        )
        return {
            **body_of(found, standing, circle, needs, speed),
            "missing": _missing(found, standing, circle, needs, place, planned=planned),
            "minutes": minutes,
            "when": when,
            "synthetic": synthetic,
        }

    return [await service.walking.work(partial(compute, place)) for place in places]


def _speed(text: str, service: Service) -> int:
    """Millimetres a second. Raises GeoplanError 400."""
    named: dict[str, Speed] = {name: name for name in SPEEDS}
    if text in named:
        return speed_mm_s(service.city.standards.walking, named[text])
    try:
        speed = number(text, "speed")
    except GeoplanError:
        speed = 0.0
    if not SLOWEST_M_S <= speed <= FASTEST_M_S:
        raise invalid(
            "speed",
            f"{', '.join(SPEEDS)}, or metres a second from {SLOWEST_M_S} to {FASTEST_M_S}",
            f"{'、'.join(SPEEDS)}，或 {SLOWEST_M_S} 到 {FASTEST_M_S} 的米每秒",
        )
    return round(speed * 1000)


def _in_city(place: LonLat, service: Service) -> None:
    west, south, east, north = service.city.bbox
    if not (west <= place[0] <= east and south <= place[1] <= north):
        raise GeoplanError(
            "outside_city",
            Text("该地点不在市域范围内", "The place lies outside the city"),
            Text(
                f"经度 {west:g} 到 {east:g}，纬度 {south:g} 到 {north:g}",
                f"Ask for lon {west:g} to {east:g}, lat {south:g} to {north:g}",
            ),
        )


def _circle_of(minutes: int) -> str:
    """The tier of GB 50180 that a walk of so many minutes is judged by."""
    return f"gb50180_min{next((tier for tier in (5, 10) if minutes <= tier), 15)}"


def needs_of(circle: CircleStandard, speed_mm_s: int, planning_mm_s: int) -> list[Need]:
    """A circle's categories with limits for people of a speed: a radius may take as long as it
    does at the planning speed."""
    return [
        Need(
            category.id,
            category.services,
            [limit * speed_mm_s // planning_mm_s for limit in category.limits_mm],
        )
        for category in circle.categories
    ]


def body_of(
    found: Isochrone, standing: Standing, circle: CircleStandard, needs: list[Need], speed: int
) -> dict[str, Any]:
    """An answer's fields that come from the computation."""
    return {
        "catchment": {
            "type": "Feature",
            "geometry": _geometry(found.outline),
            "properties": {"measure": found.measure},
        },
        "facilities": {
            service: [_facility(each, standing, speed) for each in near[:FACILITIES_TOLD]]
            for service, near in found.facilities.items()
        },
        "counts": {service: len(near) for service, near in found.facilities.items()},
        "score": {"circle": circle.id, "met": len(found.met), "of": len(needs)},
        "measure": found.measure,
        "speed_m_s": speed / 1000,
        "network_version": standing.network,
        "data_version": standing.version,
    }


def _missing(
    found: Isochrone,
    standing: Standing,
    circle: CircleStandard,
    needs: list[Need],
    place: LonLat,
    *,
    planned: bool,
) -> list[dict[str, Any]]:
    """The categories that are not met, and where the nearest one of each is."""
    titles = {category.id: category.title for category in circle.categories}
    by_id = {need.id: need for need in needs}
    told = []
    for name, walk_mm in found.missing.items():
        need, nearest = by_id[name], None
        if walk_mm is None:
            nearest = nearest_apart(standing.ground, place, need.services, planned=planned)
        told.append(
            {
                "id": name,
                "title": {"zh": titles[name].zh, "en": titles[name].en},
                "limit_m": max(need.limits_mm) // 1000,
                "nearest_m": None if walk_mm is None else -(-walk_mm // 1000),
                "nearest": None if nearest is None else _apart(nearest, standing),
            }
        )
    return told


def _apart(found: Apart, standing: Standing) -> dict[str, Any]:
    places, row = standing.ground.places, found.row
    return {
        "name": places.name[row],
        "name_en": places.name_en[row],
        "lon": round(float(places.lon[row]), _DECIMALS),
        "lat": round(float(places.lat[row]), _DECIMALS),
        "apart_m": round(found.apart_m),
    }


def _facility(found: Found, standing: Standing, speed: int) -> dict[str, Any]:
    places, row = standing.ground.places, found.row
    return {
        "id": places.id[row],
        "layer": places.layer[row],
        "name": places.name[row],
        "name_en": places.name_en[row],
        "minutes": round(found.walk_mm / speed / 60, 1),
        "metres": -(-found.walk_mm // 1000),
        "lon": round(float(places.lon[row]), _DECIMALS),
        "lat": round(float(places.lat[row]), _DECIMALS),
    }


def _geometry(outline: shapely.Geometry) -> dict[str, Any]:
    rounded = shapely.transform(outline, lambda degrees: np.round(degrees, _DECIMALS))
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
    return geometry


def _answer(document: Mapping[str, Any]) -> Response:
    """Not to be kept anywhere: it tells where somebody is."""
    return Response(
        json.dumps(document, ensure_ascii=False).encode(),
        headers={"cache-control": "no-store"},
        media_type="application/json",
    )
