"""Rivers and lakes: a middle line with a width, and the water between the banks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geoplan.sample.curves import blob, meandering, rounded
from geoplan.sample.plane import Floats, stream, to_plane


@dataclass(frozen=True, slots=True)
class River:
    """`line`: (n, 2) metres downstream. `width_m` from bank to bank."""

    name: str
    name_en: str
    line: Floats
    width_m: float

    @property
    def water(self) -> shapely.Geometry:
        return shapely.buffer(shapely.LineString(self.line), self.width_m / 2, quad_segs=2)


@dataclass(frozen=True, slots=True)
class Lake:
    name: str
    name_en: str
    shape: shapely.Polygon


@dataclass(frozen=True, slots=True)
class Water:
    rivers: tuple[River, ...]
    lakes: tuple[Lake, ...]
    rivers_shape: shapely.Geometry
    lakes_shape: shapely.Geometry

    @property
    def shape(self) -> shapely.Geometry:
        return shapely.union(self.rivers_shape, self.lakes_shape)


# Name, width in metres, swing in metres, name of the river it joins, corners of its course.
_COURSES: tuple[tuple[str, str, float, float, str | None, tuple[tuple[float, float], ...]], ...] = (
    (
        "岷江",
        "Min River",
        150,
        420,
        None,
        (
            (103.480, 31.260),
            (103.540, 31.140),
            (103.590, 31.020),
            (103.632, 30.945),
            (103.690, 30.860),
            (103.735, 30.780),
            (103.775, 30.700),
            (103.790, 30.610),
            (103.815, 30.520),
            (103.840, 30.430),
            (103.870, 30.350),
            (103.870, 30.180),
        ),
    ),
    (
        "府河",
        "Fu River",
        60,
        170,
        None,
        (
            (103.648, 30.975),
            (103.740, 30.905),
            (103.850, 30.850),
            (103.950, 30.795),
            (104.015, 30.740),
            (104.045, 30.700),
            (104.060, 30.684),
            (104.082, 30.680),
            (104.093, 30.664),
            (104.088, 30.645),
            (104.092, 30.622),
            (104.083, 30.585),
            (104.072, 30.535),
            (104.055, 30.480),
            (104.010, 30.400),
            (103.965, 30.330),
            (103.915, 30.260),
            (103.880, 30.180),
        ),
    ),
    (
        "南河",
        "Nan River",
        45,
        130,
        "府河",
        (
            (103.690, 30.935),
            (103.770, 30.830),
            (103.850, 30.755),
            (103.930, 30.715),
            (103.985, 30.675),
            (104.025, 30.658),
            (104.045, 30.645),
            (104.066, 30.641),
            (104.088, 30.645),
        ),
    ),
    (
        "沙河",
        "Sha River",
        28,
        90,
        "府河",
        (
            (104.030, 30.722),
            (104.070, 30.716),
            (104.105, 30.702),
            (104.123, 30.680),
            (104.125, 30.652),
            (104.118, 30.625),
            (104.090, 30.600),
        ),
    ),
    (
        "江安河",
        "Jiang'an River",
        36,
        180,
        "府河",
        (
            (103.700, 30.880),
            (103.770, 30.790),
            (103.830, 30.715),
            (103.880, 30.640),
            (103.930, 30.580),
            (103.990, 30.540),
            (104.030, 30.490),
            (104.040, 30.450),
        ),
    ),
    (
        "沱江",
        "Tuo River",
        160,
        420,
        None,
        (
            (104.300, 31.000),
            (104.360, 30.930),
            (104.420, 30.860),
            (104.480, 30.800),
            (104.530, 30.740),
            (104.545, 30.660),
            (104.600, 30.590),
            (104.590, 30.500),
            (104.560, 30.420),
            (104.555, 30.340),
            (104.610, 30.260),
            (104.640, 30.150),
        ),
    ),
    (
        "毗河",
        "Pi River",
        65,
        240,
        "沱江",
        (
            (103.780, 30.905),
            (103.900, 30.870),
            (104.000, 30.835),
            (104.100, 30.800),
            (104.200, 30.795),
            (104.300, 30.815),
            (104.370, 30.845),
            (104.420, 30.860),
        ),
    ),
    (
        "湔江",
        "Jian River",
        70,
        320,
        "沱江",
        (
            (103.770, 31.250),
            (103.830, 31.130),
            (103.900, 31.050),
            (104.000, 30.990),
            (104.120, 30.950),
            (104.260, 30.930),
            (104.360, 30.920),
        ),
    ),
    (
        "西河",
        "Xi River",
        70,
        260,
        "岷江",
        (
            (103.430, 30.900),
            (103.510, 30.800),
            (103.600, 30.710),
            (103.660, 30.620),
            (103.720, 30.530),
            (103.780, 30.450),
            (103.830, 30.415),
        ),
    ),
    (
        "斜江",
        "Xie River",
        50,
        260,
        "南江",
        (
            (103.240, 30.650),
            (103.370, 30.620),
            (103.500, 30.575),
            (103.580, 30.510),
            (103.650, 30.455),
            (103.730, 30.415),
        ),
    ),
    (
        "南江",
        "Nanjiang River",
        80,
        300,
        "岷江",
        (
            (103.080, 30.400),
            (103.220, 30.360),
            (103.340, 30.350),
            (103.450, 30.400),
            (103.560, 30.410),
            (103.680, 30.425),
            (103.780, 30.405),
            (103.845, 30.410),
        ),
    ),
    (
        "临溪河",
        "Linxi River",
        34,
        220,
        "南江",
        (
            (103.400, 30.180),
            (103.480, 30.195),
            (103.560, 30.240),
            (103.620, 30.310),
            (103.690, 30.380),
            (103.740, 30.410),
        ),
    ),
    (
        "绛溪河",
        "Jiangxi River",
        40,
        260,
        "沱江",
        (
            (104.330, 30.400),
            (104.400, 30.360),
            (104.470, 30.390),
            (104.540, 30.395),
            (104.560, 30.400),
        ),
    ),
)

# Name, position, area in ha.
_LAKES: tuple[tuple[str, str, float, float, float], ...] = (
    ("锦城湖", "Jincheng Lake", 104.036, 30.566, 42),
    ("桂溪湖", "Guixi Lake", 104.074, 30.561, 24),
    ("兴隆湖", "Xinglong Lake", 104.088, 30.395, 270),
    ("麓湖", "Luhu Lake", 104.075, 30.462, 110),
    ("青龙湖", "Qinglong Lake", 104.188, 30.637, 95),
    ("东安湖", "Dong'an Lake", 104.270, 30.536, 70),
    ("龙泉湖", "Longquan Lake", 104.335, 30.372, 520),
    ("三岔湖", "Sancha Lake", 104.268, 30.292, 1900),
    ("北湖", "Beihu Lake", 104.140, 30.735, 38),
    ("安靖湖", "Anjing Lake", 104.010, 30.775, 18),
    ("白河湖", "Baihe Lake", 103.925, 30.556, 14),
    ("柳湖", "Liuhu Lake", 103.630, 30.975, 11),
    ("朝阳湖", "Chaoyang Lake", 103.440, 30.235, 65),
    ("桤木湖", "Qimu Lake", 103.705, 30.690, 40),
)


def lay_water(seed: int, city: shapely.Geometry) -> Water:
    """Rivers and lakes of the sample inside `city` (a geometry in metres)."""
    rng = stream(seed, "water")
    rivers: dict[str, River] = {}
    courses = sorted(_COURSES, key=lambda course: _rank(course[4]))
    for name, name_en, width, swing, joins, corners in courses:
        line = rounded(to_plane(np.array(corners)), 4)
        line = meandering(line, rng, swing, 14 * swing, 60)
        if joins is not None:
            line = _joined(line, rivers[joins].line)
        rivers[name] = River(name, name_en, line, width)
    lakes = tuple(
        Lake(name, name_en, blob(rng, to_plane(np.array([[lon, lat]]))[0], area * 1e4, 11, 0.33))
        for name, name_en, lon, lat, area in _LAKES
    )
    in_order = tuple(rivers[course[0]] for course in _COURSES)
    return Water(
        rivers=in_order,
        lakes=lakes,
        rivers_shape=shapely.intersection(
            shapely.union_all([river.water for river in in_order]), city
        ),
        lakes_shape=shapely.union_all([lake.shape for lake in lakes]),
    )


def _rank(joins: str | None) -> int:
    """Rivers are laid before those that flow into them."""
    depth = 0
    parents = {course[0]: course[4] for course in _COURSES}
    while joins is not None:
        depth, joins = depth + 1, parents[joins]
    return depth


def _joined(line: Floats, into: Floats) -> Floats:
    """The line cut where it meets the other river, or bent to its nearest vertex."""
    tail = line[len(line) // 2 :]
    meets = shapely.intersection(shapely.LineString(tail), shapely.LineString(into))
    if not shapely.is_empty(meets):
        stop = shapely.line_locate_point(
            shapely.LineString(line), shapely.points(shapely.get_coordinates(meets)[0])
        )
        steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        return np.vstack([line[steps < stop], shapely.get_coordinates(meets)[:1]])
    # The last kilometres lean over until the mouth lies on the other river.
    nearest = into[np.argmin(np.hypot(*(into - line[-1]).T))]
    lean = np.clip(1 - np.arange(len(line))[::-1] / 120, 0, 1)[:, None]
    bent: Floats = line + (nearest - line[-1]) * lean * lean * (3 - 2 * lean)
    return bent
