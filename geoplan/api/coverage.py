"""How many people have a service near enough, by unit; and the services there are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.query import invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.sums import (
    SPEED,
    TIER,
    UNIT,
    Make,
    check_area,
    day_of,
    kept,
    name_of,
    read_speed,
    read_standards,
    read_unit,
    read_when,
    told,
    when_parameter,
)
from geoplan.catalogue import Service as Walked
from geoplan.catalogue import ServiceStandard
from geoplan.grid import to_hex
from geoplan.planning.capacity import CapacityRow, rows_of
from geoplan.planning.coverage import (
    CoverageRow,
    Disagreement,
    When,
    coverage,
    differing,
    disagreements,
)
from geoplan.planning.limits import Limit, Speed, limit_of
from geoplan.planning.people import FEW_CELLS, People, computing, distances_of, is_small
from geoplan.store.capacity import CapacityParts, read_capacity
from geoplan.store.pool import Connection
from geoplan.store.reach import ServiceReach, read_reach
from geoplan.store.services import ServiceState, read_services

router = strict_router(prefix="/api", tags=["reach"], responses=described.SHARED)
_FLAGS = {"true": True, "false": False}


@router.get(
    "/coverage",
    summary="People who have a service within a standard's limit, by unit",
    description="Rows of the city, its rings and districts (which add up to it) and of zones that "
    "have a boundary (which are in their districts). `measure`: network (walks), straight (the "
    "standard's radius drawn as a circle), estimated (straight times a detour factor, only where "
    "there is no network); network and estimated see different people, so their numerators may be "
    "added. `disagreement` tells whom circle and walk see differently. `capacity` splits those who "
    "ask for a service: served, in reach but no capacity, out of reach. Groups of under 50 people "
    "are null and `suppressed`. `pending` are services that were never computed.",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(
        described.query("service", "One of /api/services; without it all of them", type="string"),
        UNIT,
        when_parameter(default=None),
        TIER,
        SPEED,
        described.query(
            "cells",
            "Also the H3 cells that the circle covers and the walk does not; with `service`",
            type="boolean",
            default=False,
        ),
        described.LANG,
    ),
)
async def of_services(request: Request) -> Response:
    service = service_of(request)
    return await kept(request, service, *asked_coverage(service, request.state.query))


def asked_coverage(service: Service, query: Mapping[str, str]) -> tuple[tuple[object, ...], Make]:
    """What names an answer, its versions included, and what makes it. Raises GeoplanError 400."""
    chosen = [service.walked(query["service"])] if "service" in query else _visible(service)
    when, speed, unit = read_when(query, default=None), read_speed(query), read_unit(query, service)
    if query.get("cells", "false") not in _FLAGS:
        raise invalid("cells", "true or false", "应为 true 或 false")
    with_cells = _FLAGS[query.get("cells", "false")]
    if with_cells and "service" not in query:
        raise invalid("cells", "only with service", "须与 service 一起给出")
    if "tier" in query and query["tier"] != "all" and "service" not in query:
        raise invalid("tier", "all, or with service a tier of it", "应为 all；其他值须给出 service")
    standards = {walked.id: read_standards(query, walked) for walked in chosen}
    versions = tuple(service.versions.of(f"reach.{walked.id}") for walked in chosen)
    names = tuple(walked.id for walked in chosen)
    people_version = service.people.version()
    asked_for = (names, when, speed, unit, query.get("tier"), with_cells)
    key = ("coverage", people_version, versions, asked_for)

    async def make() -> dict[str, Any]:
        people = await service.people.get()
        check_area(people.areas, unit)
        states = {state.id: state for state in await service.staff.read(read_services)}
        found: dict[str, Any] = {"rows": [], "disagreement": [], "capacity": [], "pending": []}
        for walked in chosen:
            state = states.get(walked.id)
            if state is None or state.computed_at is None:
                if "service" in query:
                    raise computing()
                found["pending"].append(walked.id)
                continue
            asked = _Asked(service, walked, state, people, when, speed, unit, with_cells)
            reach, parts = await service.staff.read(asked.read)
            part = await asyncio.to_thread(asked.answer, reach, parts, standards[walked.id])
            for name, rows in part.items():
                found[name] += rows
        return {
            "speed": speed,
            "date": max((row["date"] for row in found["rows"]), default=None),
            "data_version": sum(versions) + sum(people_version),
            "people_version": people.demand.version,
            "synthetic": people.demand.synthetic or await service.synthetic_walks(),
            **found,
        }

    return key, make


class _Asked:
    """One service's part of an answer."""

    def __init__(
        self,
        service: Service,
        walked: Walked,
        state: ServiceState,
        people: People,
        when: Sequence[When],
        speed: Speed,
        unit: str | None,
        with_cells: bool,
    ) -> None:
        self._service, self._walked, self._state, self._people = service, walked, state, people
        self._when, self._speed, self._unit, self._with_cells = when, speed, unit, with_cells

    async def read(self, connection: Connection) -> tuple[ServiceReach, list[CapacityParts]]:
        reach = await read_reach(connection, self._walked.id)
        return reach, await read_capacity(connection, self._walked.id)

    def answer(
        self,
        reach: ServiceReach,
        parts: Sequence[CapacityParts],
        standards: Sequence[ServiceStandard],
    ) -> dict[str, list[dict[str, Any]]]:
        far = distances_of(reach, self._people.demand)
        far = {when: far[when] for when in self._when}
        areas, people = self._people.areas, self._people.demand.people
        rows, differences = [], []
        for standard in standards:
            limit = limit_of(standard, self._service.city.standards.walking, self._speed)
            rows += [
                self._row(row, standard, limit)
                for row in coverage(areas, people, far, limit)
                if self._unit in {None, row.area.code}
            ]
            for row in disagreements(areas, people, far, limit):
                if self._unit in {None, row.area.code}:
                    shown = self._difference(row, standard)
                    if self._with_cells:
                        here = differing(people, far[row.when], limit)[0]
                        here = here & areas.holds(row.area.code)
                        shown["cells"] = to_hex(self._people.demand.cell[here])
                    differences.append(shown)
        capacity = list(self._capacity(parts))
        return {"rows": rows, "disagreement": differences, "capacity": capacity}

    def _head(self, standard: ServiceStandard) -> dict[str, Any]:
        return {
            "service": self._walked.id,
            "standard": standard.standard,
            "tier": standard.tier,
            "verified": standard.verified,
        }

    def _row(self, row: CoverageRow, standard: ServiceStandard, limit: Limit) -> dict[str, Any]:
        silent = is_small(row.numerator) or is_small(row.denominator)
        return {
            "unit": row.area.code,
            "kind": row.area.kind,
            "name": name_of(row.area, self._service),
            **self._head(standard),
            "limit_m": limit.straight_m if row.measure == "straight" else limit.walk_mm / 1000,
            "measure": row.measure,
            "when": row.when,
            "numerator": None if silent else row.numerator,
            "denominator": told(row.denominator),
            "measured": told(row.measured),
            "share": None if silent or row.share is None else round(row.share, 6),
            "of": "people",
            "date": day_of(self._state.computed_at),
            "suppressed": silent,
        }

    def _difference(self, row: Disagreement, standard: ServiceStandard) -> dict[str, Any]:
        """One cell's people are that cell's own number, however many they are."""
        silent = False
        shown: dict[str, Any] = {}
        for name in ("circle_only", "walk_only"):
            people, cells = getattr(row, f"{name}_people"), getattr(row, f"{name}_cells")
            small = is_small(people) or 0 < cells < FEW_CELLS
            silent = silent or small
            shown |= {f"{name}_people": None if small else people, f"{name}_cells": cells}
        return {
            "unit": row.area.code,
            "kind": row.area.kind,
            **self._head(standard),
            "when": row.when,
            **shown,
            "suppressed": silent,
        }

    def _capacity(self, parts: Sequence[CapacityParts]) -> Iterator[dict[str, Any]]:
        capacity = self._walked.capacity
        if capacity is None:
            return
        for when in self._when:
            own = [part for part in parts if part.planned == (when == "planned")]
            if not own:
                continue
            for row in rows_of(self._service.city.units, own):
                if self._unit in {None, row.area.code}:
                    yield self._split(row, when)

    def _split(self, row: CapacityRow, when: When) -> dict[str, Any]:
        capacity = self._walked.capacity
        assert capacity is not None  # noqa: S101  asked for only where there is one
        parts = {name: getattr(row, name) for name in ("served", "no_capacity", "out_of_reach")}
        silent = any(is_small(people) for people in parts.values())
        return {
            "unit": row.area.code,
            "kind": row.area.kind,
            "name": name_of(row.area, self._service),
            **self._head(self._walked.standards[0]),
            "when": when,
            "of": capacity.demand,
            "per_person": capacity.per_person,
            "capacity_source": capacity.source,
            "capacity_verified": capacity.verified,
            "people": told(row.people),
            # One part alone that is not told could be found by subtraction.
            **(dict.fromkeys(parts) if silent else parts),
            "untold": told(row.untold),
            "date": day_of(self._state.computed_at),
            "suppressed": silent,
        }


def _visible(service: Service) -> list[Walked]:
    return [walked for walked in service.city.services.values() if walked.visible]
