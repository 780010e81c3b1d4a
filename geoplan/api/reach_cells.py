"""Minutes on foot, and what a life circle lacks, by H3 cell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import etag_of, json_answer, not_modified
from geoplan.api.grid import BINARY
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.grid import encode, mean_by_parent, to_hex
from geoplan.planning.circles import missing_count
from geoplan.store.circle import CircleMasks, read_circle
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import read_services

LONGEST_MIN = 60.0
"""What is farther, or cannot be reached at all, counts as this in a mean."""

_MM_PER_MIN = 60_000

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)


@router.get(
    "/reach/cells",
    summary="Minutes on foot to a service, or missing categories of a circle, by H3 cell",
    description="Give `service` or `circle`. A value is the mean over the inhabited cells of "
    "resolution 10 in a cell, each counted once whatever its people: minutes at the planning speed "
    f"to the nearest facility ({LONGEST_MIN:g} for what is farther or out of reach), or how many "
    "of the circle's `of` categories are missing. f=bin is described in docs/grid.md.",
    response_class=Response,
    responses=described.answer("application/json", BINARY),
    openapi_extra=described.parameters(
        described.query("service", "One of /api/services", type="string"),
        described.query("circle", "One of /api/circles", type="string"),
        described.query("when", "Now, or after the plan", type="string", enum=["now", "planned"]),
        described.query("res", "H3 resolution", type="integer", minimum=6, maximum=9, default=8),
        described.query("f", "Format", type="string", enum=["json", "bin"]),
        described.LANG,
    ),
)
async def cells(request: Request) -> Response:
    service, query = service_of(request), request.state.query
    form, when = query.get("f", "json"), query.get("when", "now")
    if form not in {"json", "bin"}:
        raise invalid("f", "json or bin", "应为 json 或 bin")
    if when not in {"now", "planned"}:
        raise invalid("when", "now or planned", "应为 now 或 planned")
    if ("service" in query) == ("circle" in query):
        raise invalid("service", "this or circle, one of the two", "service 与 circle 二者选一")
    res = integer(query, "res", 8, 6, 9)
    if "service" in query:
        name = service.walked(query["service"]).id
        version = service.versions.of(f"reach.{name}")
        make = _minutes
    else:
        name = service.circle(query["circle"]).id
        version = service.versions.of("circle")
        make = _missing
    key = ("reach", make.__name__, name, version, when, res, form)
    etag = etag_of(*key)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged

    async def body() -> bytes:
        document, cells, values = await make(service, name, when)
        document |= {
            "when": when,
            "res": res,
            "data_version": version,
            "synthetic": await service.synthetic_walks(),
        }
        return await asyncio.to_thread(_bytes, document, cells, values, res, form)

    data = await service.answers.fetch(key, body)
    media_type = BINARY if form == "bin" else "application/json"
    return json_answer(request, data, media_type=media_type, etag=etag)


Made = tuple[dict[str, Any], NDArray[np.int64], NDArray[np.float64]]


async def _minutes(service: Service, name: str, when: str) -> Made:
    async def work(connection: Connection) -> tuple[ServiceReach, Mapping[str, datetime | None]]:
        return await read_reach(connection, name), await _computed(connection)

    # Where a service has no facility its cells are those of the people, which the role of tiles
    # must not read. What leaves is a mean of minutes.
    reach, computed = await service.staff.read(work)
    walk_mm = reach.plan_mm if when == "planned" else reach.now_mm
    minutes = np.where(walk_mm < 0, LONGEST_MIN, walk_mm / _MM_PER_MIN)
    cells = reach.cell
    if computed[name] is None:  # nothing is known yet, which is not the same as out of reach
        cells, minutes = cells[:0], minutes[:0]
    document = {
        "service": name,
        "unit": {"zh": "分钟", "en": "minutes"},
        "estimated": bool(reach.estimated.any()),
        "date": _day(computed[name]),
    }
    return document, cells, np.minimum(minutes, LONGEST_MIN)


async def _missing(service: Service, name: str, when: str) -> Made:
    async def work(connection: Connection) -> tuple[CircleMasks, Mapping[str, datetime | None]]:
        return await read_circle(connection, name), await _computed(connection)

    masks, computed = await service.reads.read(work)
    circle = service.city.circles[name]
    met = masks.plan if when == "planned" else masks.now
    needed = {each for category in circle.categories for each in category.services}
    days = [computed[each] for each in needed if computed.get(each) is not None]
    document = {
        "circle": name,
        "unit": {"zh": "类", "en": "categories"},
        "of": len(circle.categories),
        "estimated": False,
        "date": _day(min(day for day in days if day is not None)) if days else None,
    }
    return document, masks.cell, missing_count(met, len(circle.categories)).astype(np.float64)


async def _computed(connection: Connection) -> dict[str, datetime | None]:
    return {state.id: state.computed_at for state in await read_services(connection)}


def _day(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()


def _bytes(
    document: dict[str, Any],
    cells: NDArray[np.int64],
    values: NDArray[np.float64],
    res: int,
    form: str,
) -> bytes:
    above, means = mean_by_parent(cells, values, res)
    if form == "bin":
        return encode(res, document, above, means)
    rounded = np.round(means, 2).tolist()
    return json.dumps(
        {**document, "cells": to_hex(above), "values": rounded}, ensure_ascii=False
    ).encode()
