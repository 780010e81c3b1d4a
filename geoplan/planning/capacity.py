"""Who finds a place: people are given to facilities, the nearest first, until these are full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import Capacity, Service, Unit
from geoplan.network import Pairs, Positions, beelines_within, pairs_within
from geoplan.network.compiled import compiled
from geoplan.network.costs import MOST_MM
from geoplan.planning.areas import Area, Areas, areas_of
from geoplan.planning.facilities import Supplied
from geoplan.planning.ground import Ground
from geoplan.store.capacity import CapacityParts
from geoplan.store.demand import Demand

UNKNOWN = -1
"""The capacity of a facility whose source does not tell it."""


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of the people of n cells and of the places of k facilities, in whole people.

    served, no_capacity, out_of_reach  (n,) int64; in every cell they add up to its people.
    untold  (n,) the part of `no_capacity` that reaches a facility whose capacity is not known.
    load    (k,) people served by each facility.
    """

    served: NDArray[np.int64]
    no_capacity: NDArray[np.int64]
    out_of_reach: NDArray[np.int64]
    untold: NDArray[np.int64]
    load: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """The split of one area; the three parts add up to `people`, `untold` is inside the second."""

    area: Area
    people: int
    served: int
    no_capacity: int
    out_of_reach: int
    untold: int


def split(people: NDArray[np.integer], capacity: NDArray[np.integer], pairs: Pairs) -> Split:
    """Give people to facilities by nearness.

    people    (n,) whole people of the cells who ask for the service.
    capacity  (k,) whole people that each facility serves, `UNKNOWN` where that is not told: nobody
              is given to it.
    pairs     every walk within the limit, in any order; points are positions of cells, facilities
              of capacities.

    The shortest walk of the city comes first; of equal ones that of the cell which comes first,
    then that to the facility which comes first. Each takes as many people as are left in the cell
    and fit into the facility. The result does not depend on the order of the pairs. It is the rule
    of a queue by distance, not an optimum: two-step assignments may serve a few people more.
    """
    order = np.lexsort((pairs.facility, pairs.point, pairs.cost_mm))
    left = people.astype(np.int64)
    room = np.maximum(capacity.astype(np.int64), 0)
    _assign(pairs.point[order], pairs.facility[order], left, room)
    asked = people.astype(np.int64)
    reached = np.zeros(len(people), dtype=np.bool_)
    reached[pairs.point] = True
    untold = np.zeros(len(people), dtype=np.bool_)
    untold[pairs.point[capacity[pairs.facility] == UNKNOWN]] = True
    return Split(
        served=asked - left,
        no_capacity=np.where(reached, left, 0),
        out_of_reach=np.where(reached, 0, left),
        untold=np.where(untold, left, 0),
        load=np.maximum(capacity.astype(np.int64), 0) - room,
    )


@compiled
def _assign(
    cell: NDArray[np.int32],
    facility: NDArray[np.int32],
    left: NDArray[np.int64],
    room: NDArray[np.int64],
) -> None:
    """Walk through the pairs once; `left` and `room` are what remains."""
    for pair in range(len(cell)):
        here, there = cell[pair], facility[pair]
        taken = min(left[here], room[there])
        left[here] -= taken
        room[there] -= taken


def capacity_rows(areas: Areas, found: Split) -> list[CapacityRow]:
    """The split by area."""
    columns = [found.served, found.no_capacity, found.out_of_reach, found.untold]
    return [
        CapacityRow(
            area, served + no_capacity + out_of_reach, served, no_capacity, out_of_reach, untold
        )
        for area, (served, no_capacity, out_of_reach, untold) in zip(
            areas.areas, areas.sums(np.column_stack(columns)).tolist(), strict=True
        )
    ]


def who_asks(demand: Demand, capacity: Capacity) -> NDArray[np.int32] | None:
    """The people (n,) who ask for a service; None where the source does not tell their age."""
    people: NDArray[np.int32] | None = getattr(demand, capacity.demand)
    return people


def served_by(amounts: Sequence[int | None], per_person: float) -> NDArray[np.int64]:
    """How many whole people facilities (k,) serve, `UNKNOWN` where the amount is not told.

    per_person  of piles, places or what else the amounts are of; taken as the decimal it is written
                as, so that 131 people a pile are 131 and not 130.99.
    """
    one = Fraction(str(per_person))
    return np.array(
        [UNKNOWN if amount is None else int(amount / one) for amount in amounts], dtype=np.int64
    )


def walks_within(
    ground: Ground,
    positions: Positions | None,
    geometry: NDArray[np.object_],
    limit_mm: int,
    detour_factor: float,
) -> Pairs:
    """All walks from cells to facilities (k,) within a limit; of cells without a network, straight
    lines times the detour factor. Arguments as `measure.measure`."""
    guessed = np.flatnonzero(ground.estimated).astype(np.int32)
    near_m = limit_mm / 1000 / detour_factor
    lines = beelines_within(ground.lonlat[guessed], geometry, near_m)
    cost = np.minimum(np.rint(lines.cost_mm * detour_factor), MOST_MM).astype(np.int32)
    found = [Pairs(guessed[lines.point], lines.facility, cost)]
    if ground.graph is not None and ground.positions is not None and positions is not None:
        count = len(ground.demand.cell)
        found.append(pairs_within(ground.graph, ground.positions, positions, limit_mm, count=count))
    return Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def find_parts(
    service: Service,
    ground: Ground,
    supplied: Supplied,
    positions: Positions | None,
    zones: NDArray[np.str_] | None,
    detour_factor: float,
) -> list[CapacityParts]:
    """What becomes of the people of each district and zone, now and after the plan.

    zones  (n,) see `areas.zones_of`. Empty for a service without capacity, and where the source of
    the people does not tell who asks for it.
    """
    if service.capacity is None:
        return []
    people = who_asks(ground.demand, service.capacity)
    if people is None:
        return []
    room = served_by(supplied.capacity, service.capacity.per_person)
    pairs = walks_within(ground, positions, supplied.geometry, service.limit_mm, detour_factor)
    serving = supplied.open[pairs.facility]
    now = Pairs(*(column[serving] for column in pairs))
    return [
        part
        for planned, walks in ((False, now), (True, pairs))
        for part in _parts(ground.demand, zones, split(people, room, walks), planned)
    ]


def _parts(
    demand: Demand, zones: NDArray[np.str_] | None, found: Split, planned: bool
) -> list[CapacityParts]:
    names, zone = np.unique(
        np.full(len(demand.cell), "") if zones is None else zones, return_inverse=True
    )
    place, row = np.unique(demand.district * len(names) + zone, return_inverse=True)
    columns = [
        np.bincount(row, weights=column, minlength=len(place)).astype(np.int64).tolist()
        for column in (found.served, found.no_capacity, found.out_of_reach, found.untold)
    ]
    return [
        CapacityParts(
            planned, demand.districts[where // len(names)], str(names[where % len(names)]), *parts
        )
        for where, *parts in zip(place.tolist(), *columns, strict=True)
    ]


def rows_of(units: Sequence[Unit], parts: Sequence[CapacityParts]) -> list[CapacityRow]:
    """The split by area, from the parts of one time."""
    codes = sorted({part.district for part in parts})
    zones = np.array([part.zone for part in parts], dtype=np.str_)
    areas = areas_of(
        units,
        codes,
        np.array([codes.index(part.district) for part in parts], dtype=np.intp),
        zones if any(zones) else None,
    )
    served, no_capacity, out_of_reach, untold = (
        np.array([getattr(part, name) for part in parts], dtype=np.int64)
        for name in ("served", "no_capacity", "out_of_reach", "untold")
    )
    load = np.zeros(0, dtype=np.int64)
    return capacity_rows(areas, Split(served, no_capacity, out_of_reach, untold, load))
