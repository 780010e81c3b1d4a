"""How many people walk how far to a service, in one area."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.query import invalid, strict_router
from geoplan.api.reach_cells import MEASURE, read_line
from geoplan.api.service import service_of
from geoplan.api.sums import (
    UNIT,
    check_area,
    day_of,
    kept,
    name_of,
    read_unit,
    read_when,
    told,
    when_parameter,
)
from geoplan.planning.areas import CITY
from geoplan.planning.people import computing, distances_of
from geoplan.planning.spread import spread
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@router.get(
    "/spread",
    summary="People by distance to a service, in the city or one area of it",
    description="`groups` of people by metres on foot (or in a beeline) to the nearest facility, "
    "`to_m` null for all who are farther or reach none; they sum to the people of the area. Groups "
    "of under 50 people or of one cell are joined with the next: most are 300 m wide, five minutes "
    "at the planning speed.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        {**described.query("service", "One of /api/services", type="string"), "required": True},
        {**UNIT, "description": f"{UNIT['description']}; `all` is the city"},
        when_parameter(default="now"),
        MEASURE,
        described.LANG,
    ),
)
async def of_service(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    if "service" not in query:
        raise invalid("service", "one of /api/services", "须给出 /api/services 中的一个")
    walked = service.walked(query["service"])
    (when,) = read_when(query, default="now")
    measure, unit = read_line(query), read_unit(query, service) or CITY
    people_version = service.people.version()
    version = service.versions.of(f"reach.{walked.id}")
    key = ("spread", people_version, version, walked.id, when, measure, unit)

    async def make() -> dict[str, Any]:
        people = await service.people.get()
        check_area(people.areas, unit)

        async def work(connection: Connection) -> tuple[ServiceReach, Any]:
            states = {state.id: state for state in await read_services(connection)}
            return await read_reach(connection, walked.id), states.get(walked.id)

        reach, state = await service.staff.read(work)
        if state is None or state.computed_at is None:
            raise computing()
        far = distances_of(reach, people.demand)[when]
        area = next(area for area in people.areas.areas if area.code == unit)
        inside = people.areas.holds(unit)
        if measure == "straight":
            metres = np.where(far.straight_m < 0, np.inf, far.straight_m.astype(np.float64))
        else:
            metres = np.where(far.walk_mm < 0, np.inf, far.walk_mm / 1000)
        living = people.demand.people[inside]
        groups = await asyncio.to_thread(spread, living, metres[inside])
        return {
            "service": walked.id,
            "when": when,
            "measure": measure,
            "unit": unit,
            "kind": area.kind,
            "name": name_of(area, service),
            "people": told(int(living.sum())),
            "estimated": told(int(living[far.estimated[inside]].sum())),
            "groups": [
                {"from_m": group.from_m, "to_m": group.to_m, "people": told(group.people)}
                for group in groups
            ],
            "date": day_of(state.computed_at),
            "data_version": version + sum(people_version),
            "people_version": people.demand.version,
            "synthetic": people.demand.synthetic or await service.synthetic_walks(),
        }

    return await kept(request, service, key, make)
