"""Reach: how far people of each cell walk to the nearest facility of a service, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import psycopg
from numpy.typing import NDArray

from geoplan.store.sql import queries

_SQL = queries("reach")

FacilityAccess = Literal["walk", "estimated", "unsnapped"]


@dataclass(frozen=True, slots=True)
class ServiceReach:
    """Walks from n cells to a service, in whole millimetres of walking; 1 mm is 1 ms at 1.0 m/s.

    cell          (n,) int64, ascending, as `Demand.cell` at the time of computing.
    now_mm        (n,) int32 to the nearest open facility, plan_mm with those planned, building and
                  finished too; -1 where none can be reached.
    now_facility  (n,) int32 number of that facility, -1 for none; likewise plan_facility.
    now_count     (n,) int16 facilities within the service's limit; likewise plan_count.
    now_straight_m  (n,) int32 as the crow flies to the nearest, rounded up, -1 for none; likewise
                  plan_straight_m.
    estimated     (n,) bool: no network at the cell; the millimetres are the straight way times the
                  detour factor.
    data_version  raised with every change of what is held here.
    """

    service: str
    cell: NDArray[np.int64]
    now_mm: NDArray[np.int32]
    plan_mm: NDArray[np.int32]
    now_facility: NDArray[np.int32]
    plan_facility: NDArray[np.int32]
    now_count: NDArray[np.int16]
    plan_count: NDArray[np.int16]
    now_straight_m: NDArray[np.int32]
    plan_straight_m: NDArray[np.int32]
    estimated: NDArray[np.bool_]
    data_version: int


@dataclass(frozen=True, slots=True)
class Facilities:
    """The k facilities of a service, by number.

    number      (k,) int32, ascending; not without gaps.
    layer, feature_id, name_zh, name_en  lists of k.
    open        (k,) bool: counts at present; every facility counts after the plan.
    capacity    (k,) int32, -1 where the feature does not tell it; None for a service without.
    lon, lat    (k,) degrees, EPSG:4326, of a point of the feature.
    access      list of k: walk (over the network), unsnapped (not near any walkable way: only
                straight distances see it; `reason` says why), estimated (there is no network).
    """

    number: NDArray[np.int32]
    layer: list[str]
    feature_id: list[str]
    name_zh: list[str | None]
    name_en: list[str | None]
    open: NDArray[np.bool_]
    capacity: NDArray[np.int32] | None
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    access: list[FacilityAccess]
    reason: list[str | None]


async def read_reach(connection: psycopg.AsyncConnection, service: str) -> ServiceReach:
    """The last complete version of a service; nothing is reached before the first one.

    Raises LookupError for a service that this role may not see.
    """
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(_SQL["reach"], {"service": service})
        row = await cursor.fetchone()
        if _is_empty(row):
            await cursor.execute(_SQL["cells"])
            return _no_reach(service, row, await cursor.fetchone())
        return _reach(service, row)


def held_reach(connection: psycopg.Connection, service: str) -> ServiceReach:
    """As `read_reach`, on a plain connection."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(_SQL["reach"], {"service": service}).fetchone()
        if _is_empty(row):
            return _no_reach(service, row, cursor.execute(_SQL["cells"]).fetchone())
        return _reach(service, row)


async def read_facilities(connection: psycopg.AsyncConnection, service: str) -> Facilities:
    """The facilities of a service, by number."""
    async with connection.cursor() as cursor:
        await cursor.execute(_SQL["facilities"], {"service": service})
        return _facilities(await cursor.fetchall())


def held_facilities(connection: psycopg.Connection, service: str) -> Facilities:
    """As `read_facilities`, on a plain connection."""
    return _facilities(connection.execute(_SQL["facilities"], {"service": service}).fetchall())


def _is_empty(row: tuple[Any, ...] | None) -> bool:
    return row is not None and row[0] is not None and row[1] is None


def _no_reach(
    service: str, row: tuple[Any, ...] | None, cells: tuple[Any, ...] | None
) -> ServiceReach:
    """A service without facilities has no rows: from every cell none can be reached."""
    cell = np.frombuffer((cells and cells[0]) or b"", dtype=">i8").astype(np.int64)
    none = np.full(len(cell), -1, dtype=np.int32)
    zero = np.zeros(len(cell), dtype=np.int16)
    return ServiceReach(
        service=service,
        cell=cell,
        now_mm=none,
        plan_mm=none,
        now_facility=none,
        plan_facility=none,
        now_count=zero,
        plan_count=zero,
        now_straight_m=none,
        plan_straight_m=none,
        estimated=np.zeros(len(cell), dtype=np.bool_),
        data_version=row[0] if row else 0,
    )


def _reach(service: str, row: tuple[Any, ...] | None) -> ServiceReach:
    if row is None or row[0] is None:
        raise LookupError(service)
    version, cell, *columns, estimated = row
    stored = (">i4", ">i4", ">i4", ">i4", ">i2", ">i2", ">i4", ">i4")
    now_mm, plan_mm, now_f, plan_f, now_n, plan_n, now_m, plan_m = (
        np.frombuffer(column or b"", dtype=kind).astype(kind[1:])
        for column, kind in zip(columns, stored, strict=True)
    )
    return ServiceReach(
        service=service,
        cell=np.frombuffer(cell or b"", dtype=">i8").astype(np.int64),
        now_mm=now_mm,
        plan_mm=plan_mm,
        now_facility=now_f,
        plan_facility=plan_f,
        now_count=now_n,
        plan_count=plan_n,
        now_straight_m=now_m,
        plan_straight_m=plan_m,
        estimated=np.frombuffer(estimated or b"", dtype=np.bool_).copy(),
        data_version=version,
    )


def _facilities(rows: Sequence[tuple[Any, ...]]) -> Facilities:
    columns = list(zip(*rows, strict=True)) or [()] * 11
    number, layer, feature, zh, en, is_open, capacity, lon, lat, access, reason = columns
    told = any(value is not None for value in capacity)
    return Facilities(
        number=np.array(number, dtype=np.int32),
        layer=list(layer),
        feature_id=list(feature),
        name_zh=list(zh),
        name_en=list(en),
        open=np.array(is_open, dtype=np.bool_),
        capacity=np.array([-1 if value is None else value for value in capacity], dtype=np.int32)
        if told
        else None,
        lon=np.array(lon, dtype=np.float64),
        lat=np.array(lat, dtype=np.float64),
        access=list(access),
        reason=list(reason),
    )
