"""Minutes on foot, and what a life circle lacks, by H3 cell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import etag_of, json_answer, not_modified
from geoplan.api.circles import circle_version, computed_on, read_masks
from geoplan.api.grid import BINARY
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import SPEED, read_speed, read_when, when_parameter
from geoplan.catalogue import CircleStandard
from geoplan.catalogue import Service as Walked
from geoplan.grid import encode, mean_by_parent, to_hex
from geoplan.planning.circles import missing_count
from geoplan.planning.coverage import When
from geoplan.planning.limits import Speed, speed_mm_s
from geoplan.store.circle import CircleMasks, read_circle
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import read_services

LONGEST_MIN = 60.0
"""What is farther, or cannot be reached at all, counts as this in a mean."""

MEASURE = described.query(
    "measure",
    "network: walks; straight: the beeline at the same speed, with `service` only",
    type="string",
    enum=["network", "straight"],
    default="network",
)
Line = Literal["network", "straight"]

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@dataclass(frozen=True, slots=True)
class CellsAsked:
    """Hexagons of a service or a circle, as understood; one of `walked` and `circle`.

    version  of what they are made from; part of every key and ETag.
    """

    walked: Walked | None
    circle: CircleStandard | None
    when: When
    speed: Speed
    measure: Line
    res: int
    version: tuple[int, ...]

    @property
    def key(self) -> tuple[object, ...]:
        walked, circle = self.walked and self.walked.id, self.circle and self.circle.id
        return (walked, circle, self.when, self.speed, self.measure, self.res, self.version)


@router.get(
    "/reach/cells",
    summary="Minutes on foot to a service, or missing categories of a circle, by H3 cell",
    description="Give `service` or `circle`. A value is the mean over the inhabited cells of "
    "resolution 10 in a cell, each counted once whatever its people: minutes at the speed "
    f"to the nearest facility ({LONGEST_MIN:g} for what is farther or out of reach), or how many "
    "of the circle's `of` categories are missing. f=bin is described in docs/grid.md.",
    response_class=Response,
    responses=described.answer("application/json", BINARY),
    openapi_extra=described.parameters(
        described.query("service", "One of /api/services", type="string"),
        described.query("circle", "One of /api/circles", type="string"),
        when_parameter(default="now"),
        SPEED,
        MEASURE,
        described.query("res", "H3 resolution", type="integer", minimum=6, maximum=9, default=8),
        described.query("f", "Format", type="string", enum=["json", "bin"]),
        described.LANG,
    ),
)
async def cells(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    form = query.get("f", "json")
    if form not in {"json", "bin"}:
        raise invalid("f", "json or bin", "应为 json 或 bin")
    asked = read_cells_asked(query, service, read_when(query, default="now")[0])
    key = ("reach", *asked.key, form)
    etag = etag_of(*key)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged

    async def body() -> bytes:
        document, above, values = await cells_of(service, asked)
        return await asyncio.to_thread(_bytes, document, above, values, asked.res, form)

    data = await service.answers.fetch(key, body)
    media_type = BINARY if form == "bin" else "application/json"
    return json_answer(request, data, media_type=media_type, etag=etag)


def read_cells_asked(query: Mapping[str, str], service: Service, when: When) -> CellsAsked:
    """The request as understood. Raises GeoplanError 400 or 404."""
    if ("service" in query) == ("circle" in query):
        raise invalid("service", "this or circle, one of the two", "service 与 circle 二者选一")
    walked = service.walked(query["service"]) if "service" in query else None
    circle = service.circle(query["circle"]) if "circle" in query else None
    speed, measure = read_speed(query), read_line(query)
    if circle is not None and measure == "straight":
        raise invalid("measure", "straight only with service", "straight 须与 service 一起给出")
    res = integer(query, "res", 8, 6, 9)
    if walked is not None:
        version: tuple[int, ...] = (service.versions.of(f"reach.{walked.id}"),)
    else:
        assert circle is not None  # noqa: S101  one of the two
        version = circle_version(service, circle, speed)
        if speed != "planning":
            version += service.people.version()
    return CellsAsked(walked, circle, when, speed, measure, res, version)


def read_line(query: Mapping[str, str]) -> Line:
    """How distance is measured. Raises GeoplanError 400."""
    measure = query.get("measure", "network")
    if measure == "network":
        return "network"
    if measure == "straight":
        return "straight"
    raise invalid("measure", "network or straight", "应为 network 或 straight")


Made = tuple[dict[str, Any], NDArray[np.int64], NDArray[np.float64]]


async def cells_of(service: Service, asked: CellsAsked) -> Made:
    """What the answer says of itself, cells (n,) of the resolution, ascending, and their values."""
    if asked.walked is not None:
        document, fine, values = await _minutes(service, asked, asked.walked)
    else:
        assert asked.circle is not None  # noqa: S101  one of the two
        document, fine, values = await _missing(service, asked, asked.circle)
    document |= {
        "when": asked.when,
        "speed": asked.speed,
        "measure": asked.measure,
        "res": asked.res,
        "data_version": sum(asked.version),
        "synthetic": await service.synthetic_walks(),
    }
    above, means = await asyncio.to_thread(mean_by_parent, fine, values, asked.res)
    return document, above, means


async def _minutes(service: Service, asked: CellsAsked, walked: Walked) -> Made:
    async def work(connection: Connection) -> tuple[ServiceReach, Mapping[str, datetime | None]]:
        return await read_reach(connection, walked.id), await _computed(connection)

    # Where a service has no facility its cells are those of the people, which the role of tiles
    # must not read. What leaves is a mean of minutes.
    reach, computed = await service.staff.read(work)
    planned = asked.when == "planned"
    if asked.measure == "straight":
        straight = reach.plan_straight_m if planned else reach.now_straight_m
        far_mm = np.where(straight < 0, -1, straight.astype(np.int64) * 1000)
    else:
        far_mm = (reach.plan_mm if planned else reach.now_mm).astype(np.int64)
    mm_per_min = speed_mm_s(service.city.standards.walking, asked.speed) * 60
    minutes = np.where(far_mm < 0, LONGEST_MIN, far_mm / mm_per_min)
    fine = reach.cell
    if computed[walked.id] is None:  # nothing is known yet, which is not the same as out of reach
        fine, minutes = fine[:0], minutes[:0]
    document = {
        "service": walked.id,
        "unit": {"zh": "分钟", "en": "minutes"},
        "estimated": asked.measure == "network" and bool(reach.estimated.any()),
        "date": _day(computed[walked.id]),
    }
    return document, fine, np.minimum(minutes, LONGEST_MIN)


async def _missing(service: Service, asked: CellsAsked, circle: CircleStandard) -> Made:
    document: dict[str, Any] = {
        "circle": circle.id,
        "unit": {"zh": "类", "en": "categories"},
        "of": len(circle.categories),
        "estimated": False,
    }
    if asked.speed != "planning":
        people = await service.people.get()
        day = await computed_on(service, circle)
        masks, estimated = await read_masks(service, circle, people, asked.speed)
        document |= {"date": day and day.isoformat(), "estimated": bool(estimated.any())}
        fine, met = people.demand.cell, masks[asked.when]
        return document, fine, missing_count(met, len(circle.categories)).astype(np.float64)

    async def work(connection: Connection) -> tuple[CircleMasks, Mapping[str, datetime | None]]:
        return await read_circle(connection, circle.id), await _computed(connection)

    kept, computed = await service.reads.read(work)
    met = kept.plan if asked.when == "planned" else kept.now
    needed = {each for category in circle.categories for each in category.services}
    days = [computed[each] for each in needed if computed.get(each) is not None]
    document["date"] = _day(min(day for day in days if day is not None)) if days else None
    return document, kept.cell, missing_count(met, len(circle.categories)).astype(np.float64)


async def _computed(connection: Connection) -> dict[str, datetime | None]:
    return {state.id: state.computed_at for state in await read_services(connection)}


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()


def _bytes(
    document: dict[str, Any],
    above: NDArray[np.int64],
    means: NDArray[np.float64],
    res: int,
    form: str,
) -> bytes:
    if form == "bin":
        return encode(res, document, above, means)
    rounded = np.round(means, 2).tolist()
    return json.dumps(
        {**document, "cells": to_hex(above), "values": rounded}, ensure_ascii=False
    ).encode()
