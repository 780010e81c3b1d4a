"""Reading a layer for whoever asks: public layers as the public does, others as the account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from geoplan.access.roles import may_see
from geoplan.api.caller import Caller, acting
from geoplan.api.filters import Asked
from geoplan.api.service import Service
from geoplan.catalogue import Layer
from geoplan.store import collections
from geoplan.store.collections import UNITS, Facts
from geoplan.store.pool import Connection

T = TypeVar("T")


def for_all(layer: Layer | None) -> bool:
    """Whether everybody sees a layer, and the same of it; None: the units."""
    return layer is None or may_see("public", layer)


def seen_by(caller: Caller, layer: Layer | None) -> tuple[object, ...]:
    """What an ETag names beside the version of a layer: one account's answer is not another's."""
    return () if for_all(layer) else (str(caller.account), caller.role, *caller.units)


async def read(
    service: Service,
    caller: Caller,
    layer: Layer | None,
    work: Callable[[Connection], Awaitable[T]],
    *,
    at: datetime | None = None,
) -> T:
    """The result of `work`, which only reads; at  it is about earlier states, which only accounts
    see. Raises GeoplanError 503, and 401 for the public's asking about those."""
    if for_all(layer) and at is None:
        return await service.reads.read(work)
    async with acting(service, caller) as connection:
        return await work(connection)


async def facts(service: Service, caller: Caller, layer: Layer | None) -> Facts:
    """What a layer, or the units, hold for this caller."""
    name = UNITS if layer is None else layer.id
    if for_all(layer):
        return await service.facts(name)
    return await read(
        service, caller, layer, lambda connection: collections.facts(connection, name)
    )


async def count(service: Service, caller: Caller, layer: Layer | None, asked: Asked) -> int:
    """How many features of a search this caller sees."""
    if for_all(layer) and asked.search.at is None:
        return await service.count(layer, asked.search, asked.name)
    return await read(
        service,
        caller,
        layer,
        lambda connection: collections.count(connection, layer, asked.search),
        at=asked.search.at,
    )


def owns(caller: Caller, unit: str | None) -> bool:
    """Whether features that this unit reports are the caller's to change."""
    return caller.role in {"planner", "admin"} or (caller.role == "staff" and unit in caller.units)
