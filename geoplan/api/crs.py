"""Coordinate systems of OGC API Features Part 2, with the axis order that their definitions say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyproj
import shapely

from geoplan.api.query import invalid, number
from geoplan.errors import GeoplanError
from geoplan.store.collections import Shown

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_FARTHEST_M = 1e8  # beyond every projection's area; the Earth is 4e7 m around
_STEPS = 32  # an edge of a projected box is cut into so many, as it is curved in degrees


@dataclass(frozen=True, slots=True)
class Crs:
    """One system: its URI, its EPSG code, and how coordinates are written in it."""

    uri: str
    shown: Shown


KNOWN = {
    crs.uri: crs
    for crs in (
        Crs(CRS84, Shown()),
        Crs(f"{_EPSG}4326", Shown(4326, flipped=True)),
        Crs(f"{_EPSG}4490", Shown(4490, flipped=True)),
        Crs(f"{_EPSG}4544", Shown(4544, flipped=True, metres=True)),
        Crs(f"{_EPSG}3857", Shown(3857, metres=True)),
    )
}


def read_crs(text: str | None, name: str) -> Crs:
    """The system that a parameter names by URI, or as `EPSG:n`. Raises GeoplanError 400."""
    if text is None:
        return KNOWN[CRS84]
    uri = text.strip("[]")
    if uri.upper().startswith("EPSG:"):
        uri = _EPSG + uri[5:]
    elif uri.upper() in {"CRS84", "OGC:CRS84"}:
        uri = CRS84
    if uri not in KNOWN:
        raise invalid(name, f"one of {', '.join(KNOWN)}", f"可用：{'、'.join(KNOWN)}")
    return KNOWN[uri]


def read_bbox(text: str, crs: Crs, name: str = "bbox") -> shapely.Geometry:
    """A box as a geometry in EPSG:4326, longitude first: a polygon, or what is left without area.

    text  four numbers in the axis order of `crs`, or six (heights are ignored: there are none).
          With degrees, a west greater than the east crosses the antimeridian.
    Raises GeoplanError 400.
    """
    numbers = [number(part.strip(), name) for part in text.split(",", 8)]
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4:
        raise invalid(
            name, "four numbers (or six): west,south,east,north", "四个（或六个）数：西,南,东,北"
        )
    if crs.shown.flipped:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if south > north:
        raise _reversed(name)
    return (
        _projected(west, south, east, north, crs, name)
        if crs.shown.metres
        else _degrees(west, south, east, north)
    )


def read_box(text: str, name: str = "bbox") -> tuple[float, float, float, float]:
    """West, south, east, north in degrees, not across the antimeridian. Raises GeoplanError 400."""
    box = read_bbox(text, KNOWN[CRS84], name)
    if box.geom_type == "MultiPolygon":
        raise _reversed(name)
    west, south, east, north = box.bounds
    return west, south, east, north


def _degrees(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    west, east = (min(max(lon, -180.0), 180.0) for lon in (west, east))
    south, north = (min(max(lat, -90.0), 90.0) for lat in (south, north))
    if west > east:
        return shapely.MultiPolygon(
            [shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)]
        )
    return _box(west, south, east, north)


def _projected(
    west: float, south: float, east: float, north: float, crs: Crs, name: str
) -> shapely.Geometry:
    if west > east:
        raise _reversed(name)
    if max(map(abs, (west, south, east, north))) > _FARTHEST_M:
        raise _outside(crs, name)
    shape = _box(west, south, east, north)
    longest = max(east - west, north - south) / _STEPS
    if longest > 0:
        shape = shapely.segmentize(shape, longest)
    found = shapely.transform(shape, _to_degrees(crs.shown.srid).transform, interleaved=False)
    if not np.isfinite(shapely.get_coordinates(found)).all():
        raise _outside(crs, name)
    return found


@cache
def _to_degrees(srid: int) -> pyproj.Transformer:
    """Making one takes a third of a second."""
    return pyproj.Transformer.from_crs(srid, 4326, always_xy=True)


def _box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A polygon; a line or point where there is no area: such a polygon would match nothing."""
    if (west, south) == (east, north):
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _outside(crs: Crs, name: str) -> GeoplanError:
    return invalid(name, f"a box inside the area of {crs.uri}", f"范围应在 {crs.uri} 的适用区内")


def _reversed(name: str) -> GeoplanError:
    return invalid(name, "lower corner first, then the upper one", "先写左下角，再写右上角")
