"""Where people without a service, or with a circle that lacks something, live together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from fastapi import Request
from numpy.typing import NDArray
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.circles import circle_version, computed_on, read_masks
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import (
    CIRCLE,
    SERVICE,
    SPEED,
    TIER,
    UNIT,
    Make,
    check_area,
    day_of,
    kept,
    metres,
    read_speed,
    read_standards,
    read_unit,
    read_when,
    when_parameter,
    words,
)
from geoplan.catalogue import CircleStandard
from geoplan.catalogue import Service as Walked
from geoplan.grid import cell_centers, to_hex
from geoplan.planning.circles import missing_count
from geoplan.planning.coverage import Distances, When, within
from geoplan.planning.gaps import (
    Grouping,
    centre_cell,
    group_gaps,
    lacked_by_most,
    nearest_label,
    outline,
    spread,
)
from geoplan.planning.limits import Speed, limit_of
from geoplan.planning.people import FEW_CELLS, FEW_PEOPLE, People, computing, distances_of
from geoplan.store.labels import Labels, read_labels
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)
_USUAL, _MOST = 50, 500
_NAMED_WITHIN_M = 5_000.0
"""A place farther away does not name a gap; its district does."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for gaps, as understood; one of `walked` and `circle`."""

    walked: Walked | None
    circle: CircleStandard | None
    tier: str | None
    when: When
    speed: Speed
    unit: str | None
    lacks: int
    limit: int
    cells: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """What each populated cell (n,) lacks.

    uncovered  (n,) bool; missing  by category (or the service itself), with its title.
    walks      services whose nearest facility meets each category.
    """

    uncovered: NDArray[np.bool_]
    missing: list[NDArray[np.bool_]]
    named: list[dict[str, Any]]
    walks: list[tuple[str, ...]]
    day: date | None


@router.get(
    "/gaps",
    summary="Connected groups of cells whose people lack a service, most people first",
    description="Give `service` or `circle`. Cells belong together when they touch, or touch one "
    "cell without people. `missing`: what at least half of the people lack, the one that most lack "
    "first; `nearest_m`: half of the people walk at most this to it, null when it cannot be "
    "reached. `place` is the nearest named place within 5 km of the middle of the people, `unit` "
    "the district where most of them live. Groups of under 50 people or of one cell are left out "
    "and counted in `suppressed`.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        SERVICE,
        CIRCLE,
        UNIT,
        when_parameter(default="now"),
        TIER,
        SPEED,
        described.query(
            "lacks",
            "With `circle`: cells that lack at least so many categories",
            type="integer",
            minimum=1,
            maximum=63,
            default=1,
        ),
        described.query(
            "limit", "Most gaps", type="integer", minimum=1, maximum=_MOST, default=_USUAL
        ),
        described.query("cells", "Also the H3 cells", type="boolean", default=True),
        described.LANG,
    ),
)
async def gaps(request: Request) -> Response:
    service = service_of(request)
    return await kept(request, service, *asked_gaps(service, request.state.query))


def asked_gaps(service: Service, query: Mapping[str, str]) -> tuple[tuple[object, ...], Make]:
    """What names an answer, its versions included, and what makes it. Raises GeoplanError 400."""
    asked = read_asked(query, service)
    if asked.circle is not None:
        version = circle_version(service, asked.circle, asked.speed)
    else:
        assert asked.walked is not None  # noqa: S101  one of the two
        version = (service.versions.of(f"reach.{asked.walked.id}"),)
    people_version = service.people.version()
    base = service.versions.of("base")
    name = asked.circle.id if asked.circle else asked.walked.id if asked.walked else ""
    key = ("gaps", people_version, version, base, name, asked.circle is None, asked.tier,
           asked.when, asked.speed, asked.unit, asked.lacks, asked.limit, asked.cells)  # fmt: skip

    async def make() -> dict[str, Any]:
        people = await service.people.get()
        check_area(people.areas, asked.unit)
        if asked.circle is not None:
            lack = await _circle_lack(service, asked, asked.circle, people)
        else:
            lack = await _service_lack(service, asked, people)
        found = await _answer(service, asked, people, lack)
        return {
            ("circle" if asked.circle else "service"): name,
            "when": asked.when,
            "speed": asked.speed,
            "unit": asked.unit or "all",
            "date": lack.day,
            "data_version": sum(version) + sum(people_version) + base,
            "people_version": people.demand.version,
            "synthetic": people.demand.synthetic or await service.synthetic_walks(),
            **found,
        }

    return key, make


def read_asked(query: Mapping[str, str], service: Service) -> Asked:
    """The request as understood. Raises GeoplanError 400 or 404."""
    if ("service" in query) == ("circle" in query):
        raise invalid("service", "this or circle, one of the two", "service 与 circle 二者选一")
    if query.get("cells", "true") not in {"true", "false"}:
        raise invalid("cells", "true or false", "应为 true 或 false")
    walked = service.walked(query["service"]) if "service" in query else None
    if walked is None and "tier" in query:
        raise invalid("tier", "only with service", "须与 service 一起给出")
    if walked is not None and "lacks" in query:
        raise invalid("lacks", "only with circle", "须与 circle 一起给出")
    if query.get("tier") == "all":
        raise invalid("tier", "one tier", "应为一个层级")
    circle = service.circle(query["circle"]) if "circle" in query else None
    most = len(circle.categories) if circle else 1
    return Asked(
        walked=walked,
        circle=circle,
        tier=read_standards(query, walked)[0].tier if walked else None,
        when=read_when(query, default="now")[0],
        speed=read_speed(query),
        unit=read_unit(query, service),
        lacks=integer(dict(query), "lacks", 1, 1, most),
        limit=integer(dict(query), "limit", _USUAL, 1, _MOST),
        cells=query.get("cells", "true") == "true",
    )


async def _service_lack(service: Service, asked: Asked, people: People) -> Lack:
    walked = asked.walked
    assert walked is not None  # noqa: S101  asked for
    states = {state.id: state for state in await service.staff.read(read_services)}
    state = states.get(walked.id)
    if state is None or state.computed_at is None:
        raise computing()
    far = await _far(service, asked, people, walked.id)
    standard = next(held for held in walked.standards if held.tier == asked.tier)
    limit = limit_of(standard, service.city.standards.walking, asked.speed)
    uncovered = ~within(far.walk_mm, limit.walk_mm)
    named = [{"id": walked.id, "title": words(walked.title)}]
    return Lack(uncovered, [uncovered], named, [(walked.id,)], day_of(state.computed_at))


async def _circle_lack(
    service: Service, asked: Asked, circle: CircleStandard, people: People
) -> Lack:
    day = await computed_on(service, circle)
    masks, _ = await read_masks(service, circle, people, asked.speed)
    present = masks[asked.when]
    categories = circle.categories
    return Lack(
        missing_count(present, len(categories)) >= asked.lacks,
        [present >> number & 1 == 0 for number in range(len(categories))],
        [{"id": category.id, "title": words(category.title)} for category in categories],
        [category.services for category in categories],
        day,
    )


async def _far(service: Service, asked: Asked, people: People, name: str) -> Distances:
    async def work(connection: Connection) -> ServiceReach:
        return await read_reach(connection, name)

    return distances_of(await service.staff.read(work), people.demand)[asked.when]


async def _answer(service: Service, asked: Asked, people: People, lack: Lack) -> dict[str, Any]:
    demand = people.demand
    uncovered = lack.uncovered
    if asked.unit is not None:
        uncovered = uncovered & people.areas.holds(asked.unit)
    groups = await asyncio.to_thread(group_gaps, demand.cell, demand.people, uncovered)
    size = np.bincount(groups.group, minlength=len(groups.people))
    shown = np.flatnonzero((groups.people >= FEW_PEOPLE) & (size >= FEW_CELLS))
    first = shown[: asked.limit].tolist()
    members = {number: groups.members(number) for number in first}
    missing = {
        number: lacked_by_most([held[cells] for held in lack.missing], demand.people[cells])
        for number, cells in members.items()
    }
    rows = await asyncio.to_thread(_rows, asked, people, groups, members, missing, lack)
    await _name(service, people, members, rows)
    await _nearest(service, asked, people, lack, members, missing, rows)
    return {
        "gaps": rows,
        "matched": len(shown),
        "people": int(groups.people[shown].sum()),
        "suppressed": {"gaps": len(groups.people) - len(shown)},
    }


def _rows(
    asked: Asked,
    people: People,
    groups: Grouping,
    members: dict[int, NDArray[np.intp]],
    missing: dict[int, list[int]],
    lack: Lack,
) -> list[dict[str, Any]]:
    demand, rows = people.demand, []
    for rank, (number, cells) in enumerate(members.items(), start=1):
        living = np.bincount(demand.district[cells], weights=demand.people[cells])
        row = {
            "rank": rank,
            "people": int(groups.people[number]),
            "unit": demand.districts[int(np.argmax(living))],
            "missing": [lack.named[category] for category in missing[number]],
            "cell_count": len(cells),
            "geometry": shapely.geometry.mapping(outline(demand.cell[cells])),
        }
        if asked.cells:
            row["cells"] = to_hex(demand.cell[cells])
        rows.append(row)
    return rows


async def _name(
    service: Service,
    people: People,
    members: dict[int, NDArray[np.intp]],
    rows: list[dict[str, Any]],
) -> None:
    """Put into each row where it is: its middle, and the place that this is near."""
    demand = people.demand
    labels: Labels = await service.reads.read(read_labels)
    middle = [
        cells[centre_cell(demand.cell[cells], demand.people[cells])] for cells in members.values()
    ]
    points = cell_centers(demand.cell[np.array(middle, dtype=np.intp)])
    for row, (lon, lat) in zip(rows, points.tolist(), strict=True):
        row |= {"lon": round(lon, 6), "lat": round(lat, 6), "place": None}
    if not len(labels.lon) or not rows:
        return
    places = np.column_stack([labels.lon, labels.lat])
    for row, place, away in zip(
        rows, *(found.tolist() for found in nearest_label(places, points)), strict=True
    ):
        if away <= _NAMED_WITHIN_M:
            row["place"] = {
                "name": labels.name[place],
                "name_en": labels.name_en[place],
                "metres": round(away),
            }


async def _nearest(
    service: Service,
    asked: Asked,
    people: People,
    lack: Lack,
    members: dict[int, NDArray[np.intp]],
    missing: dict[int, list[int]],
    rows: list[dict[str, Any]],
) -> None:
    """Put into each row how far the first of what it lacks is; one category's walks at a time."""
    wanted: dict[int, list[tuple[dict[str, Any], NDArray[np.intp]]]] = {}
    for row, (number, cells) in zip(rows, members.items(), strict=True):
        wanted.setdefault(missing[number][0], []).append((row, cells))
    for category, own in wanted.items():
        walk, straight = None, None
        for name in lack.walks[category]:
            far = await _far(service, asked, people, name)
            walk = far.walk_mm if walk is None else _nearer(walk, far.walk_mm)
            straight = far.straight_m if straight is None else _nearer(straight, far.straight_m)
        assert walk is not None  # noqa: S101  a category has a service
        assert straight is not None  # noqa: S101
        for row, cells in own:
            living = people.demand.people[cells]
            on_foot, line = spread(walk[cells], living), spread(straight[cells], living)
            row |= {
                "nearest_m": metres(on_foot.median),
                "farthest_m": metres(on_foot.most),
                "straight_m": line.median,
            }


def _nearer(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
    """The shorter of two distances, of which -1 is none."""
    return np.where(one < 0, other, np.where(other < 0, one, np.minimum(one, other)))
