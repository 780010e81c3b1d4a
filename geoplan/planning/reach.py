"""Computing a service: its facilities, and the walks of all cells to them.

A service is always computed as a whole, which takes a second, and only rows that differ are
written: after any edit what is held is exactly what a full computation gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.catalogue import City, Service
from geoplan.errors import GeoplanError
from geoplan.planning.areas import zones_of
from geoplan.planning.capacity import find_parts
from geoplan.planning.circle_masks import update_circles
from geoplan.planning.facilities import Supplied, find_facilities
from geoplan.planning.ground import Ground, Grounds
from geoplan.planning.measure import Entered, enter, measure
from geoplan.store.capacity import CapacityParts, write_capacity
from geoplan.store.demand import held_demand
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.reach import ServiceReach, held_reach
from geoplan.store.reach_writer import FacilityRow, held_numbers, write_reach
from geoplan.store.services import (
    computed_from,
    computing,
    number_of,
    present_inputs,
    put_computed,
    put_error,
    service_states,
    snapshot,
    supply_of,
)
from geoplan.store.units import zones as held_zones

Numbers = dict[tuple[str, str], int]
_AT_ONCE = 3


def stale_services(connection: psycopg.Connection) -> list[str]:
    """Services whose reach is not of what is there now, in the catalogue's order."""
    with connection.transaction():
        act_as(connection, OPERATOR, "look for stale services")
        return [held.id for held in service_states(connection) if held.state != "fresh"]


def warm(connection: psycopg.Connection, grounds: Grounds) -> None:
    """Make the ground, which the next computation then finds. Raises as `Grounds.of`."""
    with connection.transaction():
        snapshot(connection)
        act_as(connection, OPERATOR, "look at the ground")
        grounds.of(connection, held_demand(connection).version)


def compute(
    connection: psycopg.Connection,
    city: City,
    service_id: str,
    grounds: Grounds,
    *,
    full: bool = False,
) -> bool:
    """Bring a service's reach up to date; returns whether anything changed.

    connection  as geoplan_app, outside a transaction.
    full        measure it even if its own facilities and the ground are as they were.
    Who else computes the service is waited for. Readers have the last complete version until the
    one transaction that writes the next.
    Raises GeoplanError when the network's files are missing; the reason is kept with the service.
    """
    service = city.service(service_id)
    with connection.transaction():
        act_as(connection, OPERATOR, "compute reach")
        number = number_of(connection, service.id)
    with computing(connection, number):
        try:
            return _compute(connection, city, service, number, grounds, full=full)
        except GeoplanError as error:
            with connection.transaction():
                act_as(connection, OPERATOR, "computing failed")
                put_error(connection, number, error.code)
            raise


def _compute(
    connection: psycopg.Connection,
    city: City,
    service: Service,
    number: int,
    grounds: Grounds,
    *,
    full: bool,
) -> bool:
    with connection.transaction():
        snapshot(connection)
        act_as(connection, OPERATOR, "compute reach")
        inputs = present_inputs(connection, number)
        ground = grounds.of(connection, inputs["cell"])
        supplied = find_facilities(
            service, lambda rule: supply_of(connection, rule.layer, rule.where)
        )
        digest, before = supplied.digest(), computed_from(connection, number)
        held = held_numbers(connection, number)
        zones = zones_of(ground.demand.cell, held_zones(connection)) if service.capacity else None
    if not full and before == ({**inputs, "layers": before[0].get("layers")}, digest):
        with connection.transaction():
            act_as(connection, OPERATOR, "compute reach")
            put_computed(connection, number, inputs, digest, changed=False)
        return False
    # What is held comes from the database while the processor measures what will be.
    with ThreadPoolExecutor(1) as reading:
        known = reading.submit(_held, connection, service.id)
        reach, rows, parts = _measured(city, service, ground, supplied, zones, held)
    with connection.transaction():
        act_as(connection, OPERATOR, "compute reach")
        changed = write_reach(connection, number, rows, reach, known.result())
        changed |= write_capacity(connection, number, parts)
        put_computed(connection, number, inputs, digest, changed=changed)
    return changed


def _held(connection: psycopg.Connection, service_id: str) -> ServiceReach:
    with connection.transaction():
        act_as(connection, OPERATOR, "compute reach")
        return held_reach(connection, service_id)


def _measured(
    city: City,
    service: Service,
    ground: Ground,
    supplied: Supplied,
    zones: NDArray[np.str_] | None,
    held: Numbers,
) -> tuple[ServiceReach, dict[int, FacilityRow], list[CapacityParts]]:
    """Reach with lasting numbers of facilities, the facilities by these, and the capacity."""
    entered = enter(ground, supplied.geometry)
    detour = city.standards.walking.detour_factor.value
    reach = measure(
        service.id,
        ground,
        supplied.geometry,
        supplied.open,
        entered.positions,
        limit_mm=service.limit_mm,
        detour_factor=detour,
    )
    parts = find_parts(service, ground, supplied, entered.positions, zones, detour)
    numbers = _numbered(supplied, held)
    reach = replace(
        reach,
        now_facility=_renamed(reach.now_facility, numbers),
        plan_facility=_renamed(reach.plan_facility, numbers),
    )
    return reach, _facility_rows(supplied, entered, numbers), parts


def compute_all(
    connect: Callable[[], psycopg.Connection],
    city: City,
    service_ids: Sequence[str],
    grounds: Grounds,
    progress: Callable[[str, bool], None],
    *,
    full: bool = False,
) -> None:
    """Compute services and then the circles they count for.

    connect   gives a connection as `compute` needs it; some are open at once, so that one service
              is measured while another is written.
    progress  is told of each service, and whether it changed; full  as `compute`.
    Each is a transaction of its own: what was done stays done when this is interrupted.
    """

    def one(service_id: str) -> None:
        with connect() as connection:
            progress(service_id, compute(connection, city, service_id, grounds, full=full))

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for done in as_completed([pool.submit(one, service_id) for service_id in service_ids]):
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)
    with connect() as connection:
        update_circles(connection, city)


def _numbered(supplied: Supplied, held: Numbers) -> NDArray[np.int32]:
    """The lasting number of each facility: what a feature has it keeps, new ones come after."""
    following = max(held.values(), default=-1) + 1
    numbers = []
    for layer, row in zip(supplied.layer, supplied.rows, strict=True):
        number = held.get((layer, row.id))
        if number is None:
            number, following = following, following + 1
        numbers.append(number)
    return np.array(numbers, dtype=np.int32)


def _renamed(facility: NDArray[np.int32], numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    named = facility.copy()
    met = facility >= 0
    named[met] = numbers[facility[met]]
    return named


def _facility_rows(
    supplied: Supplied, entered: Entered, numbers: NDArray[np.int32]
) -> dict[int, FacilityRow]:
    return {
        number: FacilityRow(
            layer=supplied.layer[rank],
            feature_id=row.id,
            name_zh=row.name_zh,
            name_en=row.name_en,
            open=bool(supplied.open[rank]),
            capacity=supplied.capacity[rank],
            lon=float(supplied.lonlat[rank, 0]),
            lat=float(supplied.lonlat[rank, 1]),
            access=entered.access[rank],
            reason=entered.reason[rank],
        )
        for rank, (number, row) in enumerate(zip(numbers.tolist(), supplied.rows, strict=True))
    }
