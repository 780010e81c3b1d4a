"""The shifted coordinates of Chinese web maps, GCJ-02 and BD-09, from and to WGS 84.

GCJ-02 is no datum: a national rule moves every place by 300 to 700 m, a different way each, and
Baidu shifts the result once more. The rule was never published; this is the reconstruction that is
widely in use. It agrees with real tiles to about a metre (not checked here), so what was converted
is good for planning, never for cadastre. Outside mainland China both systems are WGS 84.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
"""Longitudes or latitudes (n,)."""
Pair = tuple[Degrees, Degrees]

_A = 6_378_245.0
_E2 = 0.006_693_421_622_965_943_23
_MAINLAND = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: the box of the reconstruction, outside which nothing is shifted."""

_BAIDU_EAST, _BAIDU_NORTH = 0.0065, 0.006
_BAIDU_WAVE = 3_000 * np.pi / 180

_STEPS = 6
"""Of the fixed point. Over Chengdu three steps leave 0.02 mm; six leave nothing to be seen."""


def gcj_from_wgs(lon: Degrees, lat: Degrees) -> Pair:
    """WGS 84 (n,), (n,) degrees to GCJ-02."""
    return _inside(_gcj_from_wgs, lon, lat)


def wgs_from_gcj(lon: Degrees, lat: Degrees) -> Pair:
    """GCJ-02 (n,), (n,) degrees to WGS 84."""
    return _inverse(gcj_from_wgs, lon, lat, (lon, lat))


def bd_from_wgs(lon: Degrees, lat: Degrees) -> Pair:
    """WGS 84 (n,), (n,) degrees to BD-09."""
    return _inside(lambda lon, lat: _bd_from_gcj(*_gcj_from_wgs(lon, lat)), lon, lat)


def wgs_from_bd(lon: Degrees, lat: Degrees) -> Pair:
    """BD-09 (n,), (n,) degrees to WGS 84."""
    return _inverse(bd_from_wgs, lon, lat, (lon - _BAIDU_EAST, lat - _BAIDU_NORTH))


def _gcj_from_wgs(lon: Degrees, lat: Degrees) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + (wave + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + (wave + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3
    )  # fmt: skip
    phi = np.radians(lat)
    flat = 1 - _E2 * np.sin(phi) ** 2
    moved_lat = lat + np.degrees(north / (_A * (1 - _E2) / (flat * np.sqrt(flat))))
    moved_lon = lon + np.degrees(east / (_A / np.sqrt(flat) * np.cos(phi)))
    return moved_lon, moved_lat


def _bd_from_gcj(lon: Degrees, lat: Degrees) -> Pair:
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(_BAIDU_WAVE * lat)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(_BAIDU_WAVE * lon)
    return radius * np.cos(angle) + _BAIDU_EAST, radius * np.sin(angle) + _BAIDU_NORTH


def _waves(at: Degrees, *terms: tuple[float, float]) -> Degrees:
    total = np.zeros_like(at)
    for height, length in terms:
        total += height * np.sin(np.pi * at / length)
    return total


def _inside(shift: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees) -> Pair:
    """Shifts what lies in the mainland's box; the rest stays, infinities and NaN too."""
    west, south, east, north = _MAINLAND
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    moved_lon, moved_lat = lon.copy(), lat.copy()
    moved_lon[inside], moved_lat[inside] = shift(lon[inside], lat[inside])
    return moved_lon, moved_lat


def _inverse(
    forward: Callable[[Degrees, Degrees], Pair], lon: Degrees, lat: Degrees, start: Pair
) -> Pair:
    """Where `forward` comes from: w <- w - (forward(w) - given), until it moves no more."""
    back_lon, back_lat = start
    for _ in range(_STEPS):
        there_lon, there_lat = forward(back_lon, back_lat)
        with np.errstate(invalid="ignore"):  # what is not finite stays so
            back_lon = back_lon - (there_lon - lon)
            back_lat = back_lat - (there_lat - lat)
    return back_lon, back_lat
