"""The people whom all numbers are about, and what may be told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.planning.areas import Areas, areas_of, zones_of
from geoplan.planning.coverage import Distances, When
from geoplan.store.circle import CircleMasks
from geoplan.store.demand import Demand
from geoplan.store.reach import ServiceReach
from geoplan.text import Text

FEW_PEOPLE = 50
"""Groups of fewer people are not told to the public."""

FEW_CELLS = 2
"""A group of fewer populated cells is one cell, whose own number the public never sees."""


@dataclass(frozen=True, slots=True)
class People:
    """The people of the populated cells, and the areas that their cells lie in."""

    demand: Demand
    areas: Areas


def people_of(city: City, demand: Demand, zones: Sequence[tuple[str, bytes]]) -> People:
    """zones  code and boundary (WKB, EPSG:4326) of the zones that have one."""
    inside = zones_of(demand.cell, zones)
    return People(demand, areas_of(city.units, demand.districts, demand.district, inside))


def is_small(people: int) -> bool:
    """Whether a number is of so few people that it is not told; that there are none is told."""
    return 0 < people < FEW_PEOPLE


def distances_of(reach: ServiceReach, demand: Demand) -> dict[When, Distances]:
    """How far the cells of `demand` are from a service, now and after the plan.

    Without any facility everybody is out of reach. Raises GeoplanError 503 `computing` when the
    reach is of other cells: people were imported since, and nobody's number may be made up.
    """
    if not len(reach.cell):
        none = np.full(len(demand.cell), -1, dtype=np.int32)
        nowhere = Distances(none, none, np.zeros(len(demand.cell), dtype=np.bool_))
        return {"now": nowhere, "planned": nowhere}
    _check(reach.cell, demand)
    return {
        "now": Distances(reach.now_mm, reach.now_straight_m, reach.estimated),
        "planned": Distances(reach.plan_mm, reach.plan_straight_m, reach.estimated),
    }


def masks_of(circle: CircleMasks, demand: Demand) -> dict[When, NDArray[np.int64]]:
    """Categories within reach of the cells of `demand`. Raises as `distances_of`."""
    _check(circle.cell, demand)
    return {"now": circle.now, "planned": circle.plan}


def _check(cell: NDArray[np.int64], demand: Demand) -> None:
    if not np.array_equal(cell, demand.cell):
        raise computing()


def computing() -> GeoplanError:
    """What is asked for is not computed yet."""
    return GeoplanError(
        "computing",
        Text(
            "人口或服务刚刚更新，结果仍在计算", "The data has just changed; this is being computed"
        ),
        Text("请几秒后再试；进度见 /api/services", "Try again in a few seconds; see /api/services"),
        status=503,
    )
