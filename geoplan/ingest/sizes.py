"""What the size of its numbers tells of a file's coordinate system, and what it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.ingest.coordinates import lonlat_of
from geoplan.ingest.geometry import NEAR
from geoplan.ingest.systems import SHIFTED, WGS84, ZONED, Box, is_geographic, twin, utm, zones

MERCATOR = "EPSG:3857"


@dataclass(frozen=True, slots=True)
class Fit:
    """Under which systems rows lie in the city.

    system   (n,) the first that fits, `WGS84` for degrees of any datum; "" for none.
    swapped  (n,) it fits with north first.
    """

    system: NDArray[np.str_]
    swapped: NDArray[np.bool_]


def systems_of(box: Box) -> list[str]:
    """The systems that the numbers of a city's files can be told from: degrees, zones, web map.

    UTM is not among them: its figures lie within those of the zone on the same meridian.
    """
    return [WGS84, *zones(box), MERCATOR]


def fit(xy: NDArray[np.float64], systems: Sequence[str], box: Box) -> Fit:
    """The first system in which each row lies in the city, as it stands or with its axes swapped.

    xy  (n, 2) as the file has them; NaN fits nothing.
    A system of degrees stands for all of them: they are less than 1.1 km apart.
    """
    system = np.full(len(xy), "", dtype=object)
    swapped = np.zeros(len(xy), dtype=bool)
    for is_swap in (False, True):
        for code in systems:
            left = np.flatnonzero(system == "")
            if len(left) == 0:
                break
            inside = lies_in(xy[left, ::-1] if is_swap else xy[left], code, box)
            system[left[inside]] = code
            swapped[left[inside]] = is_swap
    return Fit(system.astype(str), swapped)


def lies_in(xy: NDArray[np.float64], system: str, box: Box) -> NDArray[np.bool_]:
    """Which of the places (n, 2), east first, lie in the box or near it."""
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        lon, lat = lonlat_of(xy[:, 0], xy[:, 1], WGS84 if system in SHIFTED else system)
        inside = (lon >= west - NEAR) & (lon <= east + NEAR)
        inside &= (lat >= south - NEAR) & (lat <= north + NEAR)
    return np.asarray(inside)


def variants(system: str, box: Box) -> list[str]:
    """What may be meant by a declared system, itself first.

    A zone's easting may carry the zone's number or not, whatever was declared. A datum alone, such
    as 2000国家大地坐标系, leaves the projection to the size of the numbers; WGS 84 does not: metres
    under it may be UTM's as well as those of a zone.
    """
    if system in SHIFTED or system == WGS84:
        return [system]
    if is_geographic(system):
        return [system, *(zones(box, system) if system in ZONED else [])]
    other = twin(system)
    return [system] if other is None else [system, other]


def rivals(system: str, box: Box) -> list[str]:
    """UTM systems whose figures look like those of a zone: 1.5 km off, and still in the city."""
    return utm(box) if twin(system) is not None else []
