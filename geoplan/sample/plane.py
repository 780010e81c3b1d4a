"""The drawing board: metres in EPSG:4544, and named streams of chance."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
Geometries = NDArray[Any]

CRS = "EPSG:4544"
CENTRE_LON, CENTRE_LAT = 104.0635, 30.6598  # Tianfu Square, WGS 84

_THERE = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
_BACK = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def to_plane(lonlat: Floats) -> Floats:
    """(n, 2) degrees (EPSG:4326) to (n, 2) metres east, north (EPSG:4544)."""
    x, y = _THERE.transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def to_lonlat(xy: Floats) -> Floats:
    """(n, 2) metres (EPSG:4544) to (n, 2) degrees (EPSG:4326)."""
    lon, lat = _BACK.transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def geometries_to_plane(geometries: Geometries) -> Geometries:
    """Geometries in EPSG:4326 to EPSG:4544."""
    return np.asarray(shapely.transform(geometries, to_plane))


def geometries_to_lonlat(geometries: Geometries, decimals: int = 7) -> Geometries:
    """Geometries in EPSG:4544 to EPSG:4326, coordinates rounded to `decimals`."""
    return np.asarray(shapely.transform(geometries, lambda xy: np.round(to_lonlat(xy), decimals)))


def centre() -> Floats:
    """Tianfu Square, (2,) metres."""
    at: Floats = to_plane(np.array([[CENTRE_LON, CENTRE_LAT]]))[0]
    return at


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each noun, so that one module's draws never shift another's."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


class Noise:
    """Smooth value noise in the plane, mean 0, about -1..1.

    rng      draws the lattice values once.
    cell_m   size of the coarsest lump; each further octave is half as large and half as strong.
    """

    _SIZE = 256

    def __init__(self, rng: np.random.Generator, cell_m: float, octaves: int = 1) -> None:
        self._cell_m = cell_m
        self._lattices = rng.uniform(-1, 1, (octaves, self._SIZE, self._SIZE))

    def __call__(self, xy: Floats) -> Floats:
        """Value at each of (n, 2) points in metres."""
        total = np.zeros(len(xy))
        strength = 1.0
        for octave, lattice in enumerate(self._lattices):
            at = xy / (self._cell_m / 2**octave)
            low = np.floor(at)
            t = at - low
            t = t * t * (3 - 2 * t)
            i, j = low.astype(np.int64).T % self._SIZE
            i1, j1 = (i + 1) % self._SIZE, (j + 1) % self._SIZE
            u, v = t.T
            total += strength * (
                (lattice[i, j] * (1 - u) + lattice[i1, j] * u) * (1 - v)
                + (lattice[i, j1] * (1 - u) + lattice[i1, j1] * u) * v
            )
            strength /= 2
        return total
