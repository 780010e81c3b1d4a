"""Keeping circles: which categories of each standard are near enough to each cell."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.catalogue import CircleStandard, City
from geoplan.store.circle import (
    CircleMasks,
    CircleState,
    circle_states,
    held_circle,
    lock_circles,
    raise_circle_version,
    write_circle,
)
from geoplan.store.demand import held_demand
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.reach import ServiceReach, held_reach

_T = TypeVar("_T", bound=np.generic)


def stale_circles(connection: psycopg.Connection) -> list[str]:
    """Circles whose masks are not of the reach that is held now."""
    with connection.transaction():
        act_as(connection, OPERATOR, "look for stale circles")
        return [state.id for state in circle_states(connection) if state.inputs != state.present]


def update_circles(connection: psycopg.Connection, city: City) -> list[str]:
    """Bring all circles up to date with the reach that is held; returns those that changed.

    connection  as geoplan_app, outside a transaction. Only services that changed since are read.
    """
    with connection.transaction():
        act_as(connection, OPERATOR, "update circles")
        lock_circles(connection)
        stale = {
            state.id: state for state in circle_states(connection) if state.inputs != state.present
        }
        if not stale:
            return []
        demand = held_demand(connection)
        changed_in = {name: _changed(state, demand.version) for name, state in stale.items()}
        needed = {
            service
            for name, services in changed_in.items()
            for category in city.circles[name].categories
            if not services.isdisjoint(category.services)
            for service in category.services
        }
        reach = {service: held_reach(connection, service) for service in sorted(needed)}
        changed = []
        for circle in city.circles.values():
            state = stale.get(circle.id)
            if state is None:
                continue
            old = held_circle(connection, circle.id)
            start = CircleMasks(
                demand.cell,
                aligned(old.cell, old.now, demand.cell),
                aligned(old.cell, old.plan, demand.cell),
            )
            services = changed_in[circle.id]
            new = _masks(circle, services, reach, start)
            # A service may have been written since the states were read: what was read counts.
            versions = state.present["services"] | {
                service: reach[service].data_version for service in services
            }
            inputs = {**state.present, "cell": demand.version, "services": versions}
            if write_circle(connection, circle.id, old, new, inputs):
                changed.append(circle.id)
        if changed:
            raise_circle_version(connection)
        return changed


def _changed(state: CircleState, demand_version: int) -> set[str]:
    """Services that are not as they were when the masks were made."""
    before, now = state.inputs, state.present
    if (before.get("definition"), before.get("cell")) != (now["definition"], demand_version):
        return set(now["services"])
    return {name for name, held in now["services"].items() if before["services"].get(name) != held}


def _masks(
    circle: CircleStandard, changed: set[str], reach: dict[str, ServiceReach], start: CircleMasks
) -> CircleMasks:
    """Masks with the bits of changed services set anew, and none beyond the categories."""
    known = (1 << len(circle.categories)) - 1
    now, plan = start.now & known, start.plan & known
    for bit, category in enumerate(circle.categories):
        if changed.isdisjoint(category.services):
            continue
        met_now = np.zeros(len(start.cell), dtype=np.bool_)
        met_plan = met_now.copy()
        for service, limit in zip(category.services, category.limits_mm, strict=True):
            one = reach[service]
            met_now |= aligned(one.cell, _is_within(one.now_mm, limit), start.cell)
            met_plan |= aligned(one.cell, _is_within(one.plan_mm, limit), start.cell)
        now = np.where(met_now, now | (1 << bit), now & ~(1 << bit))
        plan = np.where(met_plan, plan | (1 << bit), plan & ~(1 << bit))
    return CircleMasks(start.cell, now, plan)


def _is_within(mm: NDArray[np.int32], limit_mm: int) -> NDArray[np.bool_]:
    return np.asarray((mm >= 0) & (mm <= limit_mm))


def aligned(cell: NDArray[np.int64], values: NDArray[_T], wanted: NDArray[np.int64]) -> NDArray[_T]:
    """Values of cells (ascending) for other cells, zero where there is none."""
    out = np.zeros(len(wanted), dtype=values.dtype)
    if len(cell):
        place = np.minimum(np.searchsorted(cell, wanted), len(cell) - 1)
        found = cell[place] == wanted
        out[found] = values[place[found]]
    return out
