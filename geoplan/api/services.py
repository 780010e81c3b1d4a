"""The services that people walk to, and the circles that they make up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import json_answer
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import SERVICE, words
from geoplan.catalogue import CircleStandard, ServiceStandard
from geoplan.catalogue import Service as Walked
from geoplan.store.pool import Connection
from geoplan.store.reach import Facilities, read_facilities
from geoplan.store.services import ServiceState, read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@router.get(
    "/services",
    summary="Services, their standards and circles, and whether their reach is up to date",
    description="`state`: fresh; stale (something changed, the last complete version is told); "
    "computing. With `service` also how many facilities there are and which of them are on no "
    "walkable way, with the reason: `too_far` from one, or `island`, a way that leads nowhere.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(SERVICE, described.LANG),
)
async def services(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    chosen = service.walked(query["service"]) if "service" in query else None

    async def work(connection: Connection) -> tuple[list[ServiceState], Facilities | None]:
        states = await read_services(connection)
        return states, await read_facilities(connection, chosen.id) if chosen else None

    states, facilities = await service.reads.read(work)
    rows = [
        _service(service.city.services[state.id], state)
        for state in states
        if state.id in service.city.services and (chosen is None or chosen.id == state.id)
    ]
    if facilities is not None and rows:
        rows[0]["facilities"] = _facilities(facilities)
    body: dict[str, Any] = {"services": rows}
    if chosen is None:
        body["circles"] = [_circle(circle, service) for circle in service.city.circles.values()]
    return json_answer(request, body)


def _service(walked: Walked, state: ServiceState) -> dict[str, Any]:
    capacity = walked.capacity
    return {
        "id": walked.id,
        "title": words(walked.title),
        "layers": sorted({supply.layer for supply in walked.supply}),
        "access": walked.access,
        "standards": [_standard(standard) for standard in walked.standards],
        "capacity": capacity
        and {
            "field": capacity.field,
            "of": capacity.demand,
            "per_person": capacity.per_person,
            "source": capacity.source,
            "verified": capacity.verified,
        },
        "state": state.state,
        "error": state.error,
        "data_version": state.data_version,
        "people_version": state.demand_version,
        "network": state.network_id,
        "computed_at": state.computed_at and state.computed_at.isoformat(),
    }


def _standard(standard: ServiceStandard) -> dict[str, Any]:
    return {
        "standard": standard.standard,
        "tier": standard.tier,
        "radius_m": standard.radius_m,
        "minutes": standard.minutes,
        "verified": standard.verified,
        "source": standard.source,
    }


def _circle(circle: CircleStandard, service: Service) -> dict[str, Any]:
    return {
        "id": circle.id,
        "title": words(circle.title),
        "source": circle.source,
        "data_version": service.versions.of("circle"),
        "categories": [
            {
                "id": category.id,
                "title": words(category.title),
                "services": list(category.services),
                "limits_m": [limit / 1000 for limit in category.limits_mm],
            }
            for category in circle.categories
        ],
    }


def _facilities(held: Facilities) -> dict[str, Any]:
    is_open = held.open.tolist()
    return {
        "total": len(is_open),
        "open": sum(is_open),
        "access": dict(Counter(held.access)),
        "off_network": [
            {
                "layer": held.layer[row],
                "id": held.feature_id[row],
                "name": held.name_zh[row],
                "name_en": held.name_en[row],
                "lon": float(held.lon[row]),
                "lat": float(held.lat[row]),
                "reason": held.reason[row],
            }
            for row, access in enumerate(held.access)
            if access == "unsnapped"
        ],
    }
