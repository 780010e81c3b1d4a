"""What can be reached on foot from one place: an outline, the facilities in it, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geoplan.network import Doors, Graph, Nearby, Snapper, catchment, circle

_GEOD = Geod(ellps="WGS84")
LonLat = tuple[float, float]
FACILITIES_TOLD = 20
"""Of each service, the nearest; how many there are in all is told beside them."""


@dataclass(frozen=True, slots=True)
class Places:
    """The facilities (k,) of all services; a feature that serves several stands here once.

    layer, id, name, name_en  lists of k; lon, lat  degrees of a point of the feature, EPSG:4326.
    open      (k,) bool: counts at present; every one counts after the plan.
    geometry  (k,) where it is entered: a point, or the whole line or polygon.
    """

    layer: Sequence[str]
    id: Sequence[str]
    name: Sequence[str | None]
    name_en: Sequence[str | None]
    open: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    geometry: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Ground:
    """A network and the places on it, prepared so that a question costs milliseconds.

    services  the rows of `places` that belong to each service.
    graph, snapper, doors  None where there is no network.
    """

    places: Places
    services: Mapping[str, NDArray[np.int32]]
    nearby: Nearby
    graph: Graph | None
    snapper: Snapper | None
    doors: Doors | None


@dataclass(frozen=True, slots=True)
class Need:
    """A category of a life circle: met by any of its services within that service's limit."""

    id: str
    services: Sequence[str]
    limits_mm: Sequence[int]


@dataclass(frozen=True, slots=True)
class Found:
    """A facility that is reached: its row in `Places`, and the walk."""

    row: int
    walk_mm: int


@dataclass(frozen=True, slots=True)
class Apart:
    """A facility in a straight line: its row in `Places`, and how far it is, in metres."""

    row: int
    apart_m: float


@dataclass(frozen=True, slots=True)
class Isochrone:
    """What is reached from a place.

    outline     a (multi)polygon, EPSG:4326; empty when the first step is already too far.
    measure     network, or estimated: circles of a straight line times the detour factor.
    facilities  of each service, those within the limit, nearest first; of two that are equally
                far the one with the lower row.
    met         ids of the needs that are met; missing  of those that are not, the walk to the
                nearest facility, None where none was found within the longest limit of all.
    """

    outline: shapely.Geometry
    measure: Literal["network", "estimated"]
    facilities: dict[str, list[Found]]
    met: list[str]
    missing: dict[str, int | None]


def prepare(
    places: Places,
    services: Mapping[str, NDArray[np.int32]],
    graph: Graph | None,
) -> Ground:
    """Find where the facilities are entered; seconds for a whole city."""
    nearby = Nearby.of(places.geometry)
    if graph is None or not graph.nodes:
        return Ground(places, services, nearby, None, None, None)
    snapper = Snapper(graph)
    entered = snapper.enter(places.geometry)
    doors = Doors.of(graph, entered.positions, count=len(places.geometry))
    return Ground(places, services, nearby, graph, snapper, doors)


def isochrone(
    ground: Ground,
    lonlat: LonLat,
    limit_mm: int,
    needs: Sequence[Need],
    *,
    planned: bool = False,
    detour: float,
) -> Isochrone:
    """What people reach who walk at most `limit_mm` from a place (degrees, EPSG:4326).

    needs    what the standard wants, each within its own limit.
    planned  count what is planned, being built or finished beside what is open.
    detour   a walk is so many times the straight line, where no network tells it.
    """
    farthest_mm = max([limit_mm, *(limit for need in needs for limit in need.limits_mm)])
    outline, measure, walk_mm = _walks(ground, lonlat, limit_mm, farthest_mm, detour)
    if not planned:
        walk_mm = np.where(ground.places.open, walk_mm, -1)
    facilities = {
        service: _nearest_first(rows, walk_mm[rows], limit_mm)
        for service, rows in ground.services.items()
    }
    met, missing = [], {}
    for need in needs:
        nearest = [_nearest(ground, service, walk_mm) for service in need.services]
        if any(
            walk is not None and walk <= limit
            for walk, limit in zip(nearest, need.limits_mm, strict=True)
        ):
            met.append(need.id)
        else:
            missing[need.id] = min((walk for walk in nearest if walk is not None), default=None)
    return Isochrone(outline, measure, facilities, met, missing)


def nearest_apart(
    ground: Ground, lonlat: LonLat, services: Sequence[str], *, planned: bool = False
) -> Apart | None:
    """The nearest facility of some services in a straight line, however far; None: there is none.

    lonlat   degrees, EPSG:4326.
    planned  count what is planned, being built or finished beside what is open.
    Of a line or an area it is the way to its point of `Places`.
    """
    rows = [ground.services[each] for each in services if each in ground.services]
    among = np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int32)
    if not planned:
        among = among[ground.places.open[among]]
    if not len(among):
        return None
    lon, lat = ground.places.lon[among], ground.places.lat[among]
    east = (lon - lonlat[0]) * np.cos(np.radians(lonlat[1]))
    least = int(np.argmin(np.hypot(east, lat - lonlat[1])))
    *_, apart_m = _GEOD.inv(*lonlat, float(lon[least]), float(lat[least]))
    return Apart(int(among[least]), float(apart_m))


def warm(ground: Ground) -> None:
    """Ask once at a node of the network, so that the first visitor waits for no compiler."""
    if ground.graph is not None:
        middle = ground.graph.nodes // 2
        here = (float(ground.graph.lon[middle]), float(ground.graph.lat[middle]))
        isochrone(ground, here, 900_000, [], detour=1.3)


def _walks(
    ground: Ground, lonlat: LonLat, limit_mm: int, farthest_mm: int, detour: float
) -> tuple[shapely.Geometry, Literal["network", "estimated"], NDArray[np.int32]]:
    """The outline, and the walk to each of `places`, -1 beyond the farthest limit."""
    if ground.graph is not None and ground.snapper is not None and ground.doors is not None:
        start = ground.snapper.snap(np.array([lonlat])).positions
        if len(start.edge):
            reached = catchment(ground.graph, start, limit_mm, lonlat=lonlat)
            walks = ground.doors.walks(ground.graph, start, farthest_mm)
            return reached.outline, "network", walks
    apart_m = ground.nearby.apart_m(lonlat, farthest_mm / 1000 / detour)
    far = np.isfinite(apart_m)
    walk_mm = np.full(len(apart_m), -1, dtype=np.int32)
    walk_mm[far] = np.ceil(apart_m[far] * detour * 1000)
    walk_mm[walk_mm > farthest_mm] = -1
    return circle(lonlat, limit_mm / 1000 / detour), "estimated", walk_mm


def _nearest_first(
    rows: NDArray[np.int32], walk_mm: NDArray[np.int32], limit_mm: int
) -> list[Found]:
    near = (walk_mm >= 0) & (walk_mm <= limit_mm)
    rows, walk_mm = rows[near], walk_mm[near]
    order = np.lexsort((rows, walk_mm))
    return [
        Found(row, walk)
        for row, walk in zip(rows[order].tolist(), walk_mm[order].tolist(), strict=True)
    ]


def _nearest(ground: Ground, service: str, walk_mm: NDArray[np.int32]) -> int | None:
    walk = walk_mm[ground.services.get(service, np.zeros(0, dtype=np.int32))]
    walk = walk[walk >= 0]
    return int(walk.min()) if len(walk) else None
