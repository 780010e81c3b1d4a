"""Who finds a place, from the ground to the rows: without a network, against single distances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geoplan.catalogue import Capacity, Service
from geoplan.grid import cell_centers
from geoplan.network import Beelines
from geoplan.planning.capacity import find_parts, rows_of, served_by, who_asks
from geoplan.planning.facilities import Supplied
from geoplan.planning.ground import Ground
from geoplan.store.demand import Demand
from tests.planning.towns import CITY, CODES, disk

DETOUR = 1.3


@pytest.fixture
def demand() -> Demand:
    cell = disk(6)
    random = np.random.default_rng(4)
    young, old = random.integers(0, 9, (2, len(cell))).astype(np.int32)
    return Demand(
        cell=cell, people=young + old, aged_0_14=young, aged_15_59=None, aged_60_up=old,
        district=random.integers(0, 4, len(cell)).astype(np.int16), districts=CODES,
        version=1, synthetic=True,
    )  # fmt: skip


def ground_of(demand: Demand) -> Ground:
    lonlat = cell_centers(demand.cell)
    return Ground(
        demand, None, lonlat, Beelines(lonlat), None, None, np.ones(len(lonlat), dtype=bool)
    )


def schools(capacity: list[int | None], is_open: list[bool]) -> Supplied:
    lonlat = np.array([[104.058, 30.66], [104.062, 30.661], [104.06, 30.663]])[: len(capacity)]
    return Supplied(
        layer=["school"] * len(capacity), rows=[], geometry=np.asarray(shapely.points(lonlat), dtype=object),
        lonlat=lonlat, open=np.array(is_open), capacity=capacity,
    )  # fmt: skip


def test_parts_are_those_of_children_given_one_by_one(demand: Demand) -> None:
    service: Service = CITY.services["primary_school"]
    ground, supplied = ground_of(demand), schools([40, 10, 25], [True, False, True])
    zones = np.where(np.arange(len(demand.cell)) % 3 == 0, "zone_hitech", "")
    parts = find_parts(service, ground, supplied, None, zones, DETOUR)
    for planned in (False, True):
        room = [
            int(n / 0.4 + 1e-9) if planned or supplied.open[f] else 0
            for f, n in enumerate((40, 10, 25))
        ]
        queue = []
        for facility in range(3):
            if not planned and not supplied.open[facility]:
                continue
            metres, _ = ground.beelines.to(supplied.geometry[facility : facility + 1])
            queue += [
                (float(m), cell, facility)
                for cell, m in enumerate(metres.tolist())
                if m * DETOUR <= service.limit_mm / 1000
            ]
        waiting = demand.aged_0_14.tolist()
        for _, cell, facility in sorted(queue):
            taken = min(waiting[cell], room[facility])
            waiting[cell] -= taken
            room[facility] -= taken
        near = {cell for _, cell, _ in queue}
        for row in rows_of(CITY.units, [part for part in parts if part.planned == planned]):
            if row.area.kind == "city":
                held = range(len(waiting))
            elif row.area.kind == "zone":
                held = np.flatnonzero(zones == row.area.code).tolist()
            elif row.area.kind == "district" and row.area.code in CODES:
                held = np.flatnonzero(demand.district == CODES.index(row.area.code)).tolist()
            else:
                continue
            assert row.people == sum(int(demand.aged_0_14[n]) for n in held)
            assert row.no_capacity == sum(waiting[n] for n in held if n in near)
            assert row.out_of_reach == sum(waiting[n] for n in held if n not in near)
            assert row.served + row.no_capacity + row.out_of_reach == row.people


def test_a_zone_is_listed_and_not_added(demand: Demand) -> None:
    supplied = schools([40], [True])
    ground, service = ground_of(demand), CITY.services["primary_school"]
    zones = np.where(np.arange(len(demand.cell)) % 2 == 0, "zone_tianfu", "")
    with_zone = rows_of(
        CITY.units,
        [p for p in find_parts(service, ground, supplied, None, zones, DETOUR) if p.planned],
    )
    without = rows_of(
        CITY.units,
        [p for p in find_parts(service, ground, supplied, None, None, DETOUR) if p.planned],
    )
    assert [row.area.kind for row in with_zone].count("zone") == 1
    assert [row for row in with_zone if row.area.kind != "zone"] == without


def test_nothing_is_split_where_ages_or_capacities_are_not_told(demand: Demand) -> None:
    supplied = schools([40], [True])
    primary = CITY.services["primary_school"]
    assert (
        find_parts(CITY.services["market"], ground_of(demand), supplied, None, None, DETOUR) == []
    )
    ageless = ground_of(replace(demand, aged_0_14=None))
    assert find_parts(primary, ageless, supplied, None, None, DETOUR) == []
    assert (
        who_asks(
            demand,
            Capacity(field="places", demand="aged_60_up", per_person=1, source="", verified=False),
        )
        is demand.aged_60_up
    )


def test_a_pile_serves_131_people_and_ten_1310() -> None:
    charger = CITY.services["charger"].capacity
    assert charger is not None
    assert not charger.verified
    assert served_by([1, 10, 0, None], charger.per_person).tolist() == [131, 1310, 0, -1]
    assert round(20_937_757 / 160_000) == 131
