"""How evenly walking to a service is spread over people, by unit."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.query import invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import (
    UNIT,
    check_area,
    day_of,
    kept,
    minutes,
    name_of,
    read_unit,
    read_when,
    told,
    when_parameter,
)
from geoplan.planning.areas import Area
from geoplan.planning.equity import Equity, equity, worst_by_area, worst_of
from geoplan.planning.people import computing, distances_of, is_small
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@router.get(
    "/equity",
    summary="Lorenz curve, Gini and the worst-served tenth of walking to a service, by unit",
    description="Minutes at the planning speed to the nearest facility. `gini` is 0 when everybody "
    "walks as long. `lorenz` are points (share of people, those who walk least first; their share "
    "of all walking), of the city and of the unit asked for. `worst` is the tenth of the unit's "
    "people who walk longest; `of_city_worst` how many of the city's worst-served tenth live here. "
    "Who cannot walk to any facility is in no mean, and the worst served.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        {**described.query("service", "One of /api/services", type="string"), "required": True},
        UNIT,
        when_parameter(default="now"),
        described.LANG,
    ),
)
async def of_service(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    if "service" not in query:
        raise invalid("service", "one of /api/services", "须给出 /api/services 中的一个")
    walked = service.walked(query["service"])
    (when,) = read_when(query, default="now")
    unit = read_unit(query, service)
    people_version = service.people.version()
    version = service.versions.of(f"reach.{walked.id}")
    key = ("equity", people_version, version, walked.id, when, unit)

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

        def rows() -> list[dict[str, Any]]:
            everybody = people.demand.people
            worst = worst_by_area(people.areas, worst_of(everybody, far.walk_mm))
            return [
                _row(service, area, equity(everybody[cells], far.walk_mm[cells]),
                     _estimated(everybody, far.estimated & cells), worst[area.code],
                     curve=area.kind == "city" or area.code == unit)
                for area in people.areas.areas
                if unit in {None, area.code}
                for cells in (people.areas.holds(area.code),)
            ]  # fmt: skip

        return {
            "service": walked.id,
            "when": when,
            "date": day_of(state.computed_at),
            "data_version": version + sum(people_version),
            "people_version": people.demand.version,
            "synthetic": people.demand.synthetic or await service.synthetic_walks(),
            "rows": await asyncio.to_thread(rows),
        }

    return await kept(request, service, key, make)


def _estimated(people: NDArray[np.int32], cells: NDArray[np.bool_]) -> int:
    return int(people[cells].sum())


def _row(
    service: Service, area: Area, found: Equity, estimated: int, of_city_worst: int, *, curve: bool
) -> dict[str, Any]:
    able = found.people - found.unreached
    worst_able = found.worst_people - found.worst_unreached
    head: dict[str, Any] = {
        "unit": area.code,
        "kind": area.kind,
        "name": name_of(area, service),
        "people": told(found.people),
        "unreached": told(found.unreached),
        "estimated": told(estimated),
        "of_city_worst": told(of_city_worst),
    }
    if is_small(able):
        return head | {"gini": None, "mean_min": None, "worst": None, "suppressed": True}
    small = is_small(found.worst_people) or is_small(worst_able)
    head |= {
        "gini": None if found.gini is None else round(found.gini, 6),
        "mean_min": minutes(found.mean_mm),
        "worst": {
            "people": told(found.worst_people),
            "unreached": told(found.worst_unreached),
            # The shortest walk of the tenth is that of some cell: it is told in whole minutes.
            "from_min": None
            if small or found.worst_from_mm is None
            else found.worst_from_mm // 60_000,
            "mean_min": None if small else minutes(found.worst_mean_mm),
        },
        "suppressed": small or any(map(is_small, (found.unreached, estimated, of_city_worst))),
    }
    if curve:
        head["lorenz"] = np.round(found.lorenz, 6).tolist()
    return head
