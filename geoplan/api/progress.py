"""The plan's targets against what was done, for the city or by reporting unit."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import etag_of, json_answer, not_modified
from geoplan.api.filters import read_day, today
from geoplan.api.query import invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.catalogue import City
from geoplan.planning.progress import Progress, by_unit, statement, wanted
from geoplan.store.progress import Sum, sums

ALL = "all"
_DECIMALS = 9  # amounts are whole billionths; a factor must not show more

router = strict_router(prefix="/api", tags=["progress"], responses=described.SHARED)


@router.get(
    "/progress",
    summary="Targets of the plan against what was done",
    description="`share` is done / value; `ahead_pp` tells by how many percentage points it is "
    "ahead of the calendar. Both are null where the plan gives no number.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        described.query(
            "unit",
            "A district or zone by code or name; `all`: each that did something. Else the city",
            type="string",
        ),
        described.query(
            "as_of",
            "Counts what was finished by this day; else by the day each source stands for",
            type="string",
            format="date",
        ),
        described.LANG,
    ),
)
async def progress(request: Request) -> Response:
    service = service_of(request)
    key, make = asked_progress(service, request.state.query)
    etag = etag_of(*key)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    return json_answer(request, await service.answers.fetch(key, make), etag=etag)


def asked_progress(
    service: Service, query: Mapping[str, str]
) -> tuple[tuple[object, ...], Callable[[], Awaitable[bytes]]]:
    """What names an answer, its versions included, and what makes it. Raises GeoplanError 400."""
    city = service.city
    unit = _unit(query["unit"], city) if "unit" in query else None
    as_of = read_day(query["as_of"], "as_of") if "as_of" in query else None
    targets = wanted(city)
    versions = [service.versions.of(name) for name in sorted({row.layer for row in targets})]

    async def make() -> bytes:
        found = await service.reads.read(lambda connection: sums(connection, targets, as_of))
        return document(city, found, unit, as_of, version=sum(versions))

    return ("progress", *versions, unit, as_of, today()), make


def document(
    city: City, found: Sequence[Sum], unit: str | None, as_of: date | None, *, version: int
) -> bytes:
    """The answer's bytes.

    unit     None: the city; ALL: each unit that did something; else a unit's code.
    version  of all layers together: it grows with every change of any of them.
    """
    day = as_of or max((row.as_of for row in found), default=today())
    if unit == ALL:
        rows = by_unit(city, found, as_of=day)
    else:
        rows = statement(city, found, unit=unit, as_of=day)
    body = {
        "as_of": day,
        "unit": unit or "city",
        "data_version": version,
        "synthetic": any(row.synthetic for row in rows),
        "rows": [_row(row) for row in rows],
    }
    return json.dumps(body, ensure_ascii=False, default=str).encode()


def _row(row: Progress) -> dict[str, Any]:
    shown = asdict(row)
    shown["phrase"] = {"zh": shown["phrase"], "en": shown.pop("phrase_en")}
    shown["done"] = None if row.done is None else round(row.done, _DECIMALS)
    shown["by_status"] = {key: round(value, _DECIMALS) for key, value in row.by_status.items()}
    return shown


def _unit(text: str, city: City) -> str:
    if text == ALL:
        return ALL
    unit = city.find_unit(text)
    if unit is None:
        raise invalid(
            "unit",
            "all, or the code or name of a district or zone",
            "应为 all，或区（市）县、功能区的代码或名称",
        )
    return unit.code
