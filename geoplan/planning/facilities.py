"""Which features are facilities of a service, and where they are entered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import Service, Supply
from geoplan.store.services import SupplyRow
from geoplan.units import geodesic_area_m2

_POINT = 0  # shapely's number
_AREAS = (3, 6)


@dataclass(frozen=True, slots=True)
class Supplied:
    """The k facilities of a service, ordered by layer and feature id.

    That order decides between facilities that are equally far, so that the same features always
    give the same answer, whatever was there before.

    geometry  (k,) EPSG:4326, as people enter it: see `Service.access`.
    lonlat    (k, 2) degrees, a point of each.
    open      (k,) bool: serves at present.
    capacity  whole units, None where the feature does not tell.
    """

    layer: list[str]
    rows: list[SupplyRow]
    geometry: NDArray[np.object_]
    lonlat: NDArray[np.float64]
    open: NDArray[np.bool_]
    capacity: list[int | None]

    def digest(self) -> str:
        """The same for the same facilities, in all that is stored or measured of them."""
        made = hashlib.sha256()
        for layer, row, capacity in zip(self.layer, self.rows, self.capacity, strict=True):
            words = [layer, row.id, row.name_zh, row.name_en, row.status == "open", capacity]
            made.update(json.dumps(words).encode() + row.wkb)
        return made.hexdigest()


def find_facilities(service: Service, supply: Callable[[Supply], Sequence[SupplyRow]]) -> Supplied:
    """The facilities of a service.

    supply  gives a layer's features with the wanted field values, without those that are stopped.
    """
    found: dict[tuple[str, str], SupplyRow] = {}
    for rule in service.supply:
        rows = [row for row in supply(rule) if _is_named(rule, row)]
        for row in _of_size(rule, rows):
            found[rule.layer, row.id] = row
    keys = sorted(found)
    rows = [found[key] for key in keys]
    geometry = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    places = shapely.point_on_surface(geometry)
    if service.access == "point":
        geometry = np.where(shapely.get_type_id(geometry) == _POINT, geometry, places)
    field = service.capacity.field if service.capacity else None
    return Supplied(
        layer=[layer for layer, _ in keys],
        rows=rows,
        geometry=geometry,
        lonlat=shapely.get_coordinates(places),
        open=np.array([row.status == "open" for row in rows], dtype=np.bool_),
        capacity=[_whole(row.properties.get(field)) if field else None for row in rows],
    )


def _is_named(rule: Supply, row: SupplyRow) -> bool:
    name = f"{row.name_zh or ''} {row.name_en or ''}".casefold()
    wanted = not rule.named or any(word.casefold() in name for word in rule.named)
    return wanted and not any(word.casefold() in name for word in rule.not_named)


def _of_size(rule: Supply, rows: list[SupplyRow]) -> list[SupplyRow]:
    low, high = rule.min_area_m2, rule.max_area_m2
    if (low is None and high is None) or not rows:
        return rows
    geometry = shapely.from_wkb(np.array([row.wkb for row in rows], dtype=object))
    area = np.where(
        np.isin(shapely.get_type_id(geometry), _AREAS), geodesic_area_m2(geometry), np.nan
    )
    fits = (area >= (low or 0)) & (area < (np.inf if high is None else high))
    return [row for row, fit in zip(rows, fits.tolist(), strict=True) if fit]


def _whole(value: object) -> int | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return int(value)
    return None
