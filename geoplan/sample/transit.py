"""Metro lines with stations and entrances, and bus stops along the larger streets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from geoplan.sample.arteries import metro_lines
from geoplan.sample.curves import along, length, resampled
from geoplan.sample.draft import Draft
from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, centre, stream
from geoplan.sample.street_names import Names
from geoplan.sample.streets import Streets
from geoplan.sample.towns import density

_STATION_M = 1250.0  # between stations in the city, twice that far out
_FAR_OUT_M = 15_000.0
_SAME_M = 420.0  # stations of two lines so near are one by name
_ENTRANCE_M = 130.0
_STOP_M = 780.0
_STOP_ROADS = ("primary", "secondary", "tertiary")
_STOP_PEOPLE = 1400.0  # built-up people per km² from which buses run
_KERB_M = 9.0


def lay_transit(land: Land, streets: Streets, draft: Draft) -> None:
    """Draw metro lines, stations, entrances and bus stops. The streets are drawn already."""
    names = Names(stream(land.seed, "stations"))
    known: list[tuple[Floats, tuple[str, str]]] = []
    corners = shapely.STRtree(shapely.points(streets.xy))
    for line in metro_lines(land):
        tags = {"railway": "subway", "tunnel": "yes", "layer": "-2"}
        tags |= {"name": line.name, "name:en": line.name_en}
        draft.line(resampled(line.line, 150), tags)
        for at in _stations(line.line):
            same = [name for spot, name in known if np.hypot(*(at - spot)) < _SAME_M]
            name = same[0] if same else names.place()
            known.append((at, name))
            near = corners.query(shapely.Point(at), "dwithin", _ENTRANCE_M)
            _draw_station(draft, at, name, streets.xy[np.sort(near)[:4]])
    for at, zh, en in _bus_stops(land, streets):
        tags = {"highway": "bus_stop", "public_transport": "platform", "bus": "yes"}
        draft.point(at, {**tags, "name": zh, "name:en": en})


def _stations(line: Floats) -> Iterator[Floats]:
    """Places of stations, nearer to each other in the city; a ring's last is not its first."""
    is_ring = np.hypot(*(line[0] - line[-1])) < 1
    end = length(line) - (_STATION_M / 2 if is_ring else 0)
    distance = 0.0
    while distance <= end:
        at = along(line, np.array([distance]))[0]
        yield at
        distance += _STATION_M * (2 if np.hypot(*(at - centre())) > _FAR_OUT_M else 1)


def _draw_station(draft: Draft, at: Floats, name: tuple[str, str], corners: Floats) -> None:
    tags = {"railway": "station", "station": "subway", "public_transport": "station"}
    draft.point(at, {**tags, "name": f"{name[0]}站", "name:en": f"{name[1]} Station"})
    # Entrances stand beside a crossing, not on it.
    for corner, letter in zip(corners, "ABCD", strict=False):
        spot = corner + _KERB_M * np.where(at > corner, 1, -1)
        tags = {"railway": "subway_entrance", "ref": letter}
        draft.point(spot, {**tags, "name": f"{name[0]}站{letter}口"})


def _bus_stops(land: Land, streets: Streets) -> Iterator[tuple[Floats, str, str]]:
    """Stops at the kerbs of the larger streets where people live: place, name, English name."""
    rng = stream(land.seed, "bus stops")
    roads = [road for road in streets.roads if road.kind in _STOP_ROADS and not road.bridge]
    middles = np.array([streets.xy[road.nodes[len(road.nodes) // 2]] for road in roads])
    numbers: Counter[str] = Counter()
    for road, people in zip(roads, density(middles).tolist(), strict=True):
        if people < _STOP_PEOPLE or road.name is None:
            continue
        line = streets.xy[list(road.nodes)]
        total = length(line)
        first = rng.uniform(0.1, 1.0) * _STOP_M
        for number, distance in enumerate(np.arange(first, total, _STOP_M).tolist()):
            a, b = along(line, np.array([max(distance - 5, 0), min(distance + 5, total)]))
            side = 1 if number % 2 else -1
            kerb = side * _KERB_M * np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
            numbers[road.name] += 1
            count = numbers[road.name]
            yield (a + b) / 2 + kerb, f"{road.name}{count}站", f"{road.name_en} Stop {count}"
