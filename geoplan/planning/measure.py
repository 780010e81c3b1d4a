"""How far people of each cell walk to the nearest facility of a service."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.network import (
    Positions,
    SnapState,
    facilities_within,
    nearest_facility,
)
from geoplan.network.costs import MOST_MM, UNREACHED
from geoplan.network.plane import geometry_to_plane
from geoplan.planning.ground import Ground
from geoplan.store.reach import FacilityAccess, ServiceReach

_REASONS = {SnapState.ISLAND_ONLY: "island", SnapState.TOO_FAR: "too_far"}
_MOST_COUNTED = np.iinfo(np.int16).max
_CELLS = 20_000  # whose neighbours are held at once


class Entered(NamedTuple):
    """Where k facilities meet the network (None: there is none), how, and if not why."""

    positions: Positions | None
    access: list[FacilityAccess]
    reason: list[str | None]


class _Nearest(NamedTuple):
    """By cell: millimetres and facility of the walk, -1 for none; facilities within the limit;
    metres of the straight way, infinite for none."""

    mm: NDArray[np.int32]
    facility: NDArray[np.int32]
    within: NDArray[np.int32]
    metres: NDArray[np.float64]


def enter(ground: Ground, geometry: NDArray[np.object_]) -> Entered:
    """Put facilities (k,), EPSG:4326, on the network."""
    if ground.snapper is None:
        return Entered(None, ["estimated"] * len(geometry), [None] * len(geometry))
    snapped = ground.snapper.enter(geometry)
    reason = [_REASONS.get(SnapState(state)) for state in snapped.state.tolist()]
    access: list[FacilityAccess] = ["walk" if why is None else "unsnapped" for why in reason]
    return Entered(snapped.positions, access, reason)


def measure(
    service: str,
    ground: Ground,
    geometry: NDArray[np.object_],
    is_open: NDArray[np.bool_],
    positions: Positions | None,
    *,
    limit_mm: int,
    detour_factor: float,
) -> ServiceReach:
    """Reach of a service whose facilities are numbered from 0 as they are given.

    geometry  (k,) EPSG:4326; is_open  (k,) those that serve at present; after the plan all do.
    positions where they meet the network, None without one.
    limit_mm  what `count` counts by; detour_factor  length of a walk by straight way, for cells
              that have no network: their millimetres are that estimate.
    """

    def some(chosen: NDArray[np.bool_]) -> _Nearest:
        return _nearest(ground, geometry, chosen, positions, limit_mm, detour_factor)

    if is_open.all():
        now = plan = some(is_open)
    else:
        with ThreadPoolExecutor(2) as pool:
            now, later = pool.map(some, (is_open, ~is_open))
        plan = _Nearest(
            *_nearer((now.mm, now.facility), (later.mm, later.facility)),
            now.within + later.within,
            np.minimum(now.metres, later.metres),
        )
    return ServiceReach(
        service=service,
        cell=ground.demand.cell,
        now_mm=now.mm,
        plan_mm=plan.mm,
        now_facility=now.facility,
        plan_facility=plan.facility,
        now_count=np.minimum(now.within, _MOST_COUNTED).astype(np.int16),
        plan_count=np.minimum(plan.within, _MOST_COUNTED).astype(np.int16),
        now_straight_m=_metres(now.metres),
        plan_straight_m=_metres(plan.metres),
        estimated=ground.estimated,
        data_version=0,
    )


def _nearest(
    ground: Ground,
    geometry: NDArray[np.object_],
    chosen: NDArray[np.bool_],
    positions: Positions | None,
    limit_mm: int,
    detour_factor: float,
) -> _Nearest:
    """The nearest of some of the facilities."""
    cells = len(ground.demand.cell)
    number = np.flatnonzero(chosen).astype(np.int32)
    metres, own = ground.beelines.to(geometry[chosen])
    straight = np.full(cells, UNREACHED, dtype=np.int32)
    straight[own >= 0] = number[own[own >= 0]]
    mm = np.full(cells, UNREACHED, dtype=np.int32)
    facility, count = mm.copy(), np.zeros(cells, dtype=np.int32)
    if ground.graph is not None and ground.positions is not None and positions is not None:
        some = positions.of(chosen[positions.point])
        mm, facility = nearest_facility(ground.graph, ground.positions, some, count=cells)
        count = facilities_within(ground.graph, ground.positions, some, limit_mm, count=cells)
    guessed = np.flatnonzero(ground.estimated)
    if len(guessed) and len(number):
        most = np.minimum(np.rint(metres[guessed] * detour_factor * 1000), MOST_MM)
        mm[guessed], facility[guessed] = most.astype(np.int32), straight[guessed]
        near_m = limit_mm / 1000 / detour_factor
        count[guessed] = _within(ground.lonlat[guessed], geometry[chosen], near_m)
    return _Nearest(mm, facility, count, metres)


def _nearer(
    one: tuple[NDArray[np.int32], NDArray[np.int32]],
    other: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The shorter of two walks and its facility; of equal ones the lower facility."""
    (mm, facility), (mm2, facility2) = one, other
    shorter = (mm2 < mm) | ((mm2 == mm) & (facility2 < facility))
    take = (mm2 != UNREACHED) & ((mm == UNREACHED) | shorter)
    return np.where(take, mm2, mm), np.where(take, facility2, facility)


def _metres(metres: NDArray[np.float64]) -> NDArray[np.int32]:
    """Whole metres, rounded up so that what is beyond a radius stays beyond it; -1 for none."""
    return np.where(
        np.isfinite(metres), np.ceil(np.where(np.isfinite(metres), metres, 0)), -1
    ).astype(np.int32)


def _within(
    lonlat: NDArray[np.float64], geometry: NDArray[np.object_], near_m: float
) -> NDArray[np.int32]:
    """How many facilities lie within a straight distance of each point, in the plane."""
    tree = shapely.STRtree(geometry_to_plane(geometry))
    points = geometry_to_plane(shapely.points(lonlat))
    count = np.zeros(len(points), dtype=np.int32)
    for start in range(0, len(points), _CELLS):
        part = points[start : start + _CELLS]
        near, _ = tree.query(part, predicate="dwithin", distance=near_m)
        count[start : start + _CELLS] = np.bincount(near, minlength=len(part))
    return count
