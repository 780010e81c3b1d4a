"""Writing reach: only rows that differ, all of a service in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.store.binary import copy_bytes
from geoplan.store.reach import FacilityAccess, ServiceReach
from geoplan.store.sql import queries

_SQL = queries("reach")
_FIELDS = (
    "now_mm", "plan_mm", "now_facility", "plan_facility", "now_count", "plan_count",
    "now_straight_m", "plan_straight_m", "estimated",
)  # fmt: skip
"""In the order in which `copy_reach` has them, after service and cell."""


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility to be written; see `Facilities`."""

    layer: str
    feature_id: str
    name_zh: str | None
    name_en: str | None
    open: bool
    capacity: int | None
    lon: float
    lat: float
    access: FacilityAccess
    reason: str | None


def held_numbers(connection: psycopg.Connection, number: int) -> dict[tuple[str, str], int]:
    """The numbers that features (layer, id) have as facilities of a service."""
    rows = connection.execute(_SQL["held_numbers"], {"no": number})
    return {(layer, feature): held for layer, feature, held in rows}


def write_reach(
    connection: psycopg.Connection,
    number: int,
    facilities: Mapping[int, FacilityRow],
    reach: ServiceReach,
    held: ServiceReach,
) -> bool:
    """Replace a service's facilities and reach inside the caller's transaction.

    number  the service's; the caller holds its lock (see `services.computing`), and since it
            does, what it read of the service is still `held`.
    Only rows that differ are written. Returns whether any did.
    """
    connection.execute(_SQL["make_facilities"])
    connection.execute(_SQL["make_reach"])
    with connection.cursor().copy(_SQL["copy_facilities"]) as copy:
        for facility, row in facilities.items():
            copy.write_row((number, facility, *_columns(row)))
    key: dict[str, object] = {"no": number}
    changed = connection.execute(_SQL["drop_facilities"], key).rowcount
    changed += connection.execute(_SQL["put_facilities"], key).rowcount
    if (held.now_straight_m < 0).all() and (held.plan_straight_m < 0).all():
        held = _without_cells(held)  # what has no facilities has no rows either
    if not facilities:
        reach = _without_cells(reach)
    known = np.isin(reach.cell, held.cell, assume_unique=True)
    gone = np.setdiff1d(held.cell, reach.cell, assume_unique=True)
    if len(gone):
        connection.execute(_SQL["drop_reach"], key | {"cells": gone.tolist()})
    for rows, step in ((_differs(held, reach, known), "change_reach"), (~known, "add_reach")):
        if rows.any():
            columns = {name: getattr(reach, name)[rows] for name in ("cell", *_FIELDS)}
            service = np.full(len(columns["cell"]), number, dtype=np.int16)
            with connection.cursor().copy(_SQL["copy_reach"]) as copy:
                copy.write(copy_bytes({"service_no": service, **columns}))
            changed += connection.execute(_SQL[step], key).rowcount
            connection.execute(_SQL["empty_reach"])
    connection.execute(_SQL["drop_incoming"])
    return bool(changed + len(gone))


def _differs(old: ServiceReach, new: ServiceReach, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the new rows are held with other values; `known`  those that are held."""
    place = np.searchsorted(old.cell, new.cell[known])
    differs = np.zeros(len(place), dtype=np.bool_)
    for name in _FIELDS:
        differs |= getattr(old, name)[place] != getattr(new, name)[known]
    whole = known.copy()
    whole[known] = differs
    return whole


def _without_cells(reach: ServiceReach) -> ServiceReach:
    return replace(reach, **{name: getattr(reach, name)[:0] for name in ("cell", *_FIELDS)})


def _columns(row: FacilityRow) -> tuple[object, ...]:
    return (
        row.layer, row.feature_id, row.name_zh, row.name_en, row.open, row.capacity,
        row.lon, row.lat, row.access, row.reason,
    )  # fmt: skip
