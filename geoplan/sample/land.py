"""The ground that everything else is built on: districts, water, mountains, rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.sample.curves import rounded
from geoplan.sample.plane import (
    Floats,
    Geometries,
    Noise,
    centre,
    geometries_to_plane,
    stream,
    to_plane,
)
from geoplan.sample.water import Water, lay_water

RINGS: tuple[tuple[str, str, float, str], ...] = (  # name, name_en, radius in metres, OSM class
    ("一环路", "1st Ring Road", 3000, "primary"),
    ("二环路", "2nd Ring Road", 5000, "trunk"),
    ("三环路", "3rd Ring Road", 8100, "trunk"),
    ("绕城高速公路", "Ring Expressway", 13500, "motorway"),
    ("第二绕城高速公路", "2nd Ring Expressway", 33500, "motorway"),
)
# The foot of the Longmen Mountains, south to north, and the crest of the Longquan Mountains.
_WEST_FOOT = ((103.05, 30.22), (103.25, 30.45), (103.42, 30.70), (103.53, 30.88), (103.62, 31.03))
_WEST_FOOT_NORTH = ((103.78, 31.10), (103.95, 31.18), (104.10, 31.30))
_EAST_CREST = ((104.17, 30.20), (104.26, 30.38), (104.35, 30.56), (104.42, 30.72), (104.52, 30.92))


@dataclass(frozen=True, slots=True)
class Land:
    """One district a place in `codes`: `boundaries` in degrees (EPSG:4326), `shapes` in metres."""

    seed: int
    codes: tuple[str, ...]
    boundaries: Geometries
    shapes: Geometries
    city: shapely.Geometry
    water: Water
    rings: tuple[Floats, ...]
    foot: Floats  # of the western mountains, south to north
    crest: shapely.LineString  # of the eastern ones
    _west: shapely.Polygon
    _hills: Noise

    def locate(self, xy: Floats) -> NDArray[np.int16]:
        """Index of the district around each of (n, 2) points; -1 outside the city."""
        found = np.full(len(xy), -1, np.int16)
        for index, shape in enumerate(self.shapes):
            west, south, east, north = shape.bounds
            open_ = np.flatnonzero(
                (found < 0)
                & (xy[:, 0] >= west)
                & (xy[:, 0] <= east)
                & (xy[:, 1] >= south)
                & (xy[:, 1] <= north)
            )
            inside = shapely.contains_xy(shape, xy[open_, 0], xy[open_, 1])
            found[open_[inside]] = index
        return found

    def mountain(self, xy: Floats) -> Floats:
        """0 in the plain to 1 in the mountains, at (n, 2) points."""
        wild = 2600 * self._hills(xy)
        points = shapely.points(xy)
        inside = shapely.contains_xy(self._west, xy[:, 0], xy[:, 1])
        edge = shapely.distance(points, self._west.exterior) * np.where(inside, 1, -1)
        west = np.clip((edge + wild + 1500) / 5000, 0, 1)
        crest = shapely.distance(points, self.crest)
        east = np.clip((6800 - crest + wild) / 3500, 0, 1) * 0.9
        either: Floats = np.maximum(west, east)
        return either


def survey(seed: int, boundaries: Mapping[str, shapely.Geometry]) -> Land:
    """Land of the sample from district boundaries by GB code, EPSG:4326."""
    codes = tuple(sorted(boundaries))
    degrees = np.array([boundaries[code] for code in codes], dtype=object)
    shapes = geometries_to_plane(degrees)
    shapely.prepare(shapes)
    city = shapely.union_all(shapes)
    shapely.prepare(city)
    foot = to_plane(np.array(_WEST_FOOT + _WEST_FOOT_NORTH))
    beyond = np.array([[foot[-1, 0], foot[-1, 1] + 9e4], [foot[0, 0] - 9e4, foot[-1, 1] + 9e4]])
    corner = np.array([[foot[0, 0] - 9e4, foot[0, 1] - 2e4]])
    west = shapely.Polygon(np.vstack([foot, beyond, corner]))
    crest = shapely.LineString(rounded(to_plane(np.array(_EAST_CREST)), 3))
    shapely.prepare(west)
    return Land(
        seed=seed,
        codes=codes,
        boundaries=degrees,
        shapes=shapes,
        city=city,
        water=lay_water(seed, city),
        rings=tuple(_ring(seed, name, radius) for name, _, radius, _ in RINGS),
        foot=foot,
        crest=crest,
        _west=west,
        _hills=Noise(stream(seed, "hills"), 9000, 3),
    )


def _ring(seed: int, name: str, radius_m: float) -> Floats:
    """A closed line (first point = last) around the centre, a little out of round."""
    rng = stream(seed, name)
    angles = np.linspace(0, 2 * np.pi, max(96, round(2 * np.pi * radius_m / 150)) + 1)
    wobble = sum(
        rng.uniform(0.010, 0.022) / turns * 2 * np.sin(turns * angles + rng.uniform(0, 2 * np.pi))
        for turns in (2, 3, 4, 5)
    )
    # City ring roads are boxes with round corners more than circles.
    squareness = 0.035 if radius_m < 10_000 else 0.015
    radii = radius_m * (1 + wobble - squareness * np.cos(4 * angles))
    line = centre() + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    line[-1] = line[0]
    return line
