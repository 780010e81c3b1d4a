"""What the routes about walks and people share: their parameters, versions, names and silences."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.answers import etag_of, json_answer, not_modified
from geoplan.api.query import invalid
from geoplan.api.service import Service
from geoplan.catalogue import Service as Walked
from geoplan.catalogue import ServiceStandard
from geoplan.planning.areas import CITY, Area, Areas
from geoplan.planning.coverage import WHEN, When
from geoplan.planning.limits import SPEEDS, Speed
from geoplan.planning.people import is_small
from geoplan.text import Text

Make = Callable[[], Awaitable[dict[str, Any]]]
"""Makes the document of an answer."""

ALL = "all"
_CHINA = ZoneInfo("Asia/Shanghai")
_RINGS = {
    "ring:central": Text("中心五区", "central ring"),
    "ring:urban": Text("近郊七区", "urban ring"),
    "ring:outer": Text("远郊八区（市）县", "outer ring"),
}

SERVICE = described.query("service", "One of /api/services", type="string")
CIRCLE = described.query("circle", "One of the circles of /api/services", type="string")
UNIT = described.query(
    "unit",
    "`all` (the default), `city`, `ring:central`, `ring:urban`, `ring:outer`, or a district or "
    "zone by code or name",
    type="string",
)
TIER = described.query(
    "tier",
    "A tier of the service's standards, or `all`; else the service's usual one",
    type="string",
)
SPEED = described.query(
    "speed",
    "Who walks: moves the longest walk, not the circle on paper",
    type="string",
    enum=list(SPEEDS),
    default="planning",
)


def when_parameter(*, default: str | None) -> dict[str, Any]:
    """The parameter `when`; without a default both times are told."""
    more = {} if default is None else {"default": default}
    return described.query(
        "when",
        "now: what is open; planned: also what is planned, being built or finished",
        type="string",
        enum=list(WHEN),
        **more,
    )


def read_when(query: Mapping[str, str], *, default: When | None) -> tuple[When, ...]:
    """The times asked for. Raises GeoplanError 400."""
    text = query.get("when", default)
    if text is None:
        return WHEN
    for when in WHEN:
        if text == when:
            return (when,)
    raise invalid("when", "now or planned", "应为 now 或 planned")


def read_speed(query: Mapping[str, str]) -> Speed:
    """Who walks. Raises GeoplanError 400."""
    for speed in SPEEDS:
        if query.get("speed", "planning") == speed:
            return speed
    raise invalid("speed", f"one of {', '.join(SPEEDS)}", f"可用：{'、'.join(SPEEDS)}")


def read_unit(query: Mapping[str, str], service: Service) -> str | None:
    """The code of the area asked for, None for all. Raises GeoplanError 400."""
    text = query.get("unit", ALL)
    if text == ALL:
        return None
    if text == CITY or text in _RINGS:
        return text
    unit = service.city.find_unit(text)
    if unit is None:
        raise invalid(
            "unit",
            "all, city, ring:central, or the code or name of a district or zone",
            "应为 all、city、ring:central 等，或区（市）县、功能区的代码或名称",
        )
    return unit.code


def read_standards(query: Mapping[str, str], walked: Walked) -> list[ServiceStandard]:
    """The standards that a service is to be judged by. Raises GeoplanError 400."""
    tier = query.get("tier")
    if tier is None:
        return [walked.standards[0]]
    found = [standard for standard in walked.standards if tier in {ALL, standard.tier}]
    if not found:
        known = [standard.tier for standard in walked.standards]
        raise invalid("tier", f"all, {', '.join(known)}", f"可用：all、{'、'.join(known)}")
    return found


def check_area(areas: Areas, code: str | None) -> None:
    """Raise GeoplanError 400 for a zone that has no boundary: nobody knows who lives in it."""
    if code is not None and code not in {area.code for area in areas.areas}:
        raise invalid("unit", "a unit that has a boundary", "该功能区尚无边界，无法统计")


def name_of(area: Area, service: Service) -> dict[str, str]:
    """What people call an area."""
    if area.kind == "city":
        title = service.city.title
    elif area.kind == "ring":
        title = _RINGS[area.code]
    else:
        title = next(unit.name for unit in service.city.units if unit.code == area.code)
    return words(title)


def words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def told(people: int) -> int | None:
    """A number of people, None where they are too few to be told."""
    return None if is_small(people) else people


def day_of(moment: datetime | None) -> date | None:
    """The day in China."""
    return None if moment is None else moment.astimezone(_CHINA).date()


def minutes(millimetres: float | None) -> float | None:
    """Millimetres of walking as minutes at the planning speed."""
    return None if millimetres is None else round(millimetres / 60_000, 2)


def metres(millimetres: int | None) -> int | None:
    return None if millimetres is None else round(millimetres / 1000)


async def kept(
    request: Request,
    service: Service,
    key: tuple[object, ...],
    make: Make,
) -> Response:
    """The answer to a request, made once for each version of what `key` names."""
    etag = etag_of(*key)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged

    async def body() -> bytes:
        return json.dumps(await make(), ensure_ascii=False, default=str).encode()

    return json_answer(request, await service.answers.fetch(key, body), etag=etag)
