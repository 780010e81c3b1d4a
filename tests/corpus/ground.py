"""Where the corpus stands: spots in the districts, and the systems that files may write them in.

Everything here is written from the published formulas and from pyproj, not from geoplan's own code:
it is what the readers are judged by.
"""

from __future__ import annotations

import math
from functools import cache

import pyproj
import shapely

Spot = tuple[float, float]
"""lon, lat; EPSG:4326, 6 decimals."""

# A point deep inside each district and the radius, in metres, of a circle around it that touches no
# boundary (shapely.ops.polylabel over the packaged boundaries; test_corpus checks it).
MIDDLES: dict[str, tuple[float, float, float]] = {
    "锦江区": (104.112, 30.599, 2_450),
    "青羊区": (103.949, 30.690, 2_600),
    "金牛区": (104.042, 30.706, 2_500),
    "武侯区": (104.040, 30.616, 3_500),
    "成华区": (104.129, 30.703, 3_500),
    "龙泉驿区": (104.312, 30.611, 8_700),
    "青白江区": (104.302, 30.815, 5_000),
    "新都区": (104.026, 30.880, 5_700),
    "温江区": (103.820, 30.700, 5_800),
    "双流区": (104.072, 30.403, 12_000),
    "郫都区": (103.856, 30.849, 7_600),
    "新津区": (103.831, 30.426, 7_400),
    "金堂县": (104.581, 30.750, 9_700),
    "大邑县": (103.241, 30.625, 9_200),
    "蒲江县": (103.460, 30.235, 8_500),
    "都江堰市": (103.634, 30.990, 11_000),
    "彭州市": (103.899, 31.061, 12_000),
    "邛崃市": (103.247, 30.383, 11_000),
    "崇州市": (103.660, 30.655, 9_500),
    "简阳市": (104.564, 30.437, 16_000),
}

METRES_LON, METRES_LAT = 95_841.0, 110_864.0  # a degree at Chengdu, domain.md section 4
_APART = 620.0
_TURN = math.pi * (3 - math.sqrt(5))


def spot(unit: str, number: int) -> Spot:
    """The n-th spot of a district: over 500 m from the others, 6 decimals, the last one odd."""
    lon, lat, radius = MIDDLES[unit]
    away = _APART * math.sqrt(number + 0.5)
    assert away < radius - 200, f"{unit} has no room for spot {number}"
    return moved((lon, lat), away * math.cos(number * _TURN), away * math.sin(number * _TURN))


def moved(at: Spot, east_m: float, north_m: float) -> Spot:
    """The spot so many metres away, again with 6 decimals of which the last is odd."""
    return _odd(at[0] + east_m / METRES_LON), _odd(at[1] + north_m / METRES_LAT)


def _odd(degrees: float) -> float:
    """No trailing zero, so that a spot never looks as coarse as 3 decimals."""
    return (round(degrees * 1e6) | 1) / 1e6


def gcj02(at: Spot) -> Spot:
    """GCJ-02 of a WGS 84 spot, by the formula of domain.md section 4."""
    lon, lat = at
    x, y = lon - 105, lat - 35
    pi = math.pi
    both = 20 * math.sin(6 * pi * x) + 20 * math.sin(2 * pi * x)
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
        + 2 / 3 * (both + 20 * math.sin(pi * y) + 40 * math.sin(pi * y / 3) + 160 * math.sin(pi * y / 12) + 320 * math.sin(pi * y / 30))
    )  # fmt: skip
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
        + 2 / 3 * (both + 20 * math.sin(pi * x) + 40 * math.sin(pi * x / 3) + 150 * math.sin(pi * x / 12) + 300 * math.sin(pi * x / 30))
    )  # fmt: skip
    a, e2 = 6378245.0, 0.00669342162296594323
    m = 1 - e2 * math.sin(math.radians(lat)) ** 2
    lat_shift = north * 180 / (a * (1 - e2) / m**1.5 * pi)
    lon_shift = east * 180 / (a / math.sqrt(m) * math.cos(math.radians(lat)) * pi)
    return lon + lon_shift, lat + lat_shift


def bd09(at: Spot) -> Spot:
    """BD-09 of a WGS 84 spot, by the formula of domain.md section 4."""
    x, y = gcj02(at)
    k = 3000 * math.pi / 180
    z = math.hypot(x, y) + 0.00002 * math.sin(k * y)
    t = math.atan2(y, x) + 0.000003 * math.cos(k * x)
    return z * math.cos(t) + 0.0065, z * math.sin(t) + 0.006


def projected(at: Spot, epsg: int) -> tuple[float, float]:
    """East and north in metres, to the millimetre."""
    east, north = _to(epsg)(*at)
    return round(east, 3), round(north, 3)


@cache
def _to(epsg: int):  # type: ignore[no-untyped-def]
    # Xian 1980 has no published way from WGS 84: its degrees are taken as they are.
    base = 4610 if epsg == 2380 else 4326
    return pyproj.Transformer.from_crs(base, epsg, always_xy=True).transform


def line(at: Spot, length_m: float, bearing: float = 60.0) -> shapely.LineString:
    """A gently bent line of that geodesic length from a spot on."""
    geod = pyproj.Geod(ellps="WGS84")
    points, direction = [at], bearing
    for _ in range(4):
        lon, lat, _ = geod.fwd(*points[-1], direction, length_m / 4)
        points.append((lon, lat))
        direction += 12
    return shapely.LineString(points)


def square(at: Spot, side_m: float) -> shapely.Polygon:
    """A square by geodesic sides, its south-west corner in the spot (area to about 0.01 %)."""
    geod = pyproj.Geod(ellps="WGS84")
    east, _, _ = geod.fwd(*at, 90, side_m)
    _, north, _ = geod.fwd(*at, 0, side_m)
    return shapely.box(at[0], at[1], east, north)


def dms(degrees: float, mark: str = "°′″") -> str:
    """104.0633 as 104°03′47.88″."""
    seconds = round(degrees * 3600, 2)
    whole, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{whole:.0f}{mark[0]}{minutes:02.0f}{mark[1]}{rest:05.2f}{mark[2]}"


def packed_dms(degrees: float) -> str:
    """104.0633 as the surveyors' 104.034788: ddd.mmss and hundredths of a second."""
    seconds = round(degrees * 3600, 2)
    whole, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{whole:.0f}.{minutes:02.0f}{rest * 100:04.0f}"
