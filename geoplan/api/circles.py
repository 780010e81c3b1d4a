"""How complete people's life circles are, by unit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import (
    CIRCLE,
    SPEED,
    UNIT,
    Make,
    check_area,
    day_of,
    kept,
    name_of,
    read_speed,
    read_unit,
    read_when,
    told,
    when_parameter,
    words,
)
from geoplan.catalogue import CircleStandard
from geoplan.planning.circles import CircleRow, circle_rows, mask
from geoplan.planning.coverage import Measure, When, within
from geoplan.planning.limits import Speed, walk_mm
from geoplan.planning.people import People, computing, distances_of, is_small, masks_of
from geoplan.store.circle import read_circle
from geoplan.store.pool import Connection
from geoplan.store.reach import read_reach
from geoplan.store.services import read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@router.get(
    "/circles",
    summary="People by how many categories of a life circle they lack, by unit",
    description="`numerator` people have every category of the standard within its own "
    "distance, of `denominator` in the unit. `missing` are people by how many they lack, `lacking` "
    "people who lack each category, `most_missing` the category that most people lack. Without "
    "`circle` the first of the catalogue. Rows add up as those of /api/coverage; groups of under "
    "50 people are null and `suppressed`.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        CIRCLE, UNIT, when_parameter(default=None), SPEED, described.LANG
    ),
)
async def circles(request: Request) -> Response:
    service = service_of(request)
    return await kept(request, service, *asked_circles(service, request.state.query))


def asked_circles(service: Service, query: Mapping[str, str]) -> tuple[tuple[object, ...], Make]:
    """What names an answer, its versions included, and what makes it. Raises GeoplanError 400."""
    circle = service.circle(query.get("circle", next(iter(service.city.circles), "")))
    when, speed, unit = read_when(query, default=None), read_speed(query), read_unit(query, service)
    people_version = service.people.version()
    version = circle_version(service, circle, speed)
    key = ("circles", people_version, version, circle.id, when, speed, unit)

    async def make() -> dict[str, Any]:
        people = await service.people.get()
        check_area(people.areas, unit)
        day = await computed_on(service, circle)
        present, estimated = await read_masks(service, circle, people, speed)

        def rows() -> list[dict[str, Any]]:
            return [
                shown
                for at in when
                for shown in _rows(service, circle, people, present[at], estimated, at, unit, day)
            ]

        return {
            "circle": circle.id,
            "title": words(circle.title),
            "source": circle.source,
            "categories": [
                {"id": category.id, "title": words(category.title)}
                for category in circle.categories
            ],
            "speed": speed,
            "date": day,
            "data_version": sum(version) + sum(people_version),
            "people_version": people.demand.version,
            "synthetic": people.demand.synthetic or await service.synthetic_walks(),
            "rows": await asyncio.to_thread(rows),
        }

    return key, make


def circle_version(service: Service, circle: CircleStandard, speed: Speed) -> tuple[int, ...]:
    """Versions of what a circle is made from at a speed."""
    if speed == "planning":
        return (service.versions.of("circle"),)
    return tuple(service.versions.of(f"reach.{name}") for name in needed(circle))


def needed(circle: CircleStandard) -> list[str]:
    """Services that a circle's categories name, each once."""
    return list(dict.fromkeys(name for held in circle.categories for name in held.services))


async def computed_on(service: Service, circle: CircleStandard) -> date | None:
    """The day of the oldest of a circle's services. Raises GeoplanError 503 before the first."""
    states = {state.id: state for state in await service.staff.read(read_services)}
    days = [day_of(states[name].computed_at) if name in states else None for name in needed(circle)]
    found = [day for day in days if day is not None]
    if len(found) < len(days):
        raise computing()
    return min(found, default=None)


Masks = dict[When, NDArray[np.int64]]


async def read_masks(
    service: Service, circle: CircleStandard, people: People, speed: Speed
) -> tuple[Masks, NDArray[np.bool_]]:
    """Categories within reach of every cell at a speed, and which cells have no network.

    At the planning speed as they are kept; at others the same rule over the services' walks.
    """
    estimated = np.zeros(len(people.demand.cell), dtype=np.bool_)
    walking = service.city.standards.walking
    held: dict[str, dict[When, NDArray[np.int32]]] = {}
    for name in needed(circle):
        far = await _distances(service, people, name)
        estimated |= far["now"].estimated
        if speed == "planning" and estimated.any() | (far["now"].walk_mm >= 0).any():
            break  # which cells have a network is the same for every service with a facility
        held[name] = {when: found.walk_mm for when, found in far.items()}
    if speed == "planning":
        masks = await service.staff.read(lambda connection: read_circle(connection, circle.id))
        return masks_of(masks, people.demand), estimated
    present: Masks = {}
    for when in ("now", "planned"):
        met = []
        for category in circle.categories:
            here = np.zeros(len(people.demand.cell), dtype=np.bool_)
            for name, limit in zip(category.services, category.limits_mm, strict=True):
                here |= within(held[name][when], walk_mm(limit, walking, speed))
            met.append(here)
        present[when] = mask(met, len(people.demand.cell))
    return present, estimated


async def _distances(service: Service, people: People, name: str) -> Any:
    async def work(connection: Connection) -> Any:
        return await read_reach(connection, name)

    return distances_of(await service.staff.read(work), people.demand)


def _rows(
    service: Service,
    circle: CircleStandard,
    people: People,
    present: NDArray[np.int64],
    estimated: NDArray[np.bool_],
    when: When,
    unit: str | None,
    day: date | None,
) -> Iterator[dict[str, Any]]:
    everybody = people.demand.people
    total = dict(zip(people.areas.areas, people.areas.sums(everybody).tolist(), strict=True))
    measures: tuple[tuple[Measure, NDArray[np.bool_]], ...] = (
        ("network", ~estimated),
        ("estimated", estimated),
    )
    for measure, cells in measures:
        own = everybody * cells
        for row in circle_rows(people.areas, own, present, len(circle.categories)):
            if unit not in {None, row.area.code} or (measure == "estimated" and not row.people):
                continue
            yield _row(service, circle, row, total[row.area], measure, when, day)


def _row(
    service: Service,
    circle: CircleStandard,
    row: CircleRow,
    total: int,
    measure: Measure,
    when: When,
    day: date | None,
) -> dict[str, Any]:
    silent = is_small(row.complete) or is_small(total)
    ids = [category.id for category in circle.categories]
    return {
        "unit": row.area.code,
        "kind": row.area.kind,
        "name": name_of(row.area, service),
        "circle": circle.id,
        "standard": circle.source,
        "measure": measure,
        "when": when,
        "numerator": None if silent else row.complete,
        "denominator": told(total),
        "measured": told(row.people),
        "share": None if silent or not total else round(row.complete / total, 6),
        "of": "people",
        "missing": [told(people) for people in row.missing],
        "lacking": {name: told(people) for name, people in zip(ids, row.lacking, strict=True)},
        "most_missing": None if row.most_missing is None else ids[row.most_missing],
        "date": day,
        "suppressed": silent or any(map(is_small, (*row.missing, *row.lacking))),
    }
