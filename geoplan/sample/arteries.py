"""The main lines of the sample city: rings, radials, roads between towns, expressways, rails."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import shapely

from geoplan.sample.curves import meandering, resampled, rounded
from geoplan.sample.land import RINGS, Land
from geoplan.sample.plane import Floats, centre, stream, to_plane
from geoplan.sample.towns import TOWNS, positions


@dataclass(frozen=True, slots=True)
class Artery:
    """One named line of (n, 2) metres; `kind` is an OSM value of highway=* or railway=*."""

    name: str
    name_en: str
    kind: str
    line: Floats


# Name, English name, class where they differ, and corners from the city outwards: towns, or
# positions as lon,lat. The first four meet at Tianfu Square, radials start at the 1st Ring Road.
_AXES: tuple[tuple[str, str, str, str], ...] = (
    ("人民北路", "Renmin North Road", "primary", "成都市 104.066,30.725 大丰 军屯"),
    ("天府大道", "Tianfu Avenue", "primary", "成都市 天府新区 华阳 兴隆 太平"),
    ("蜀都大道", "Shudu Avenue", "primary", "成都市 104.115,30.662 十陵 洛带"),
    ("光华大道", "Guanghua Avenue", "primary", "成都市 103.985,30.668 柳城 万春"),
)
_RADIALS: tuple[tuple[str, str, str, str], ...] = (
    ("成灌路", "Chengguan Road", "primary", "成都市 犀浦 郫筒 安德 聚源 灌口"),
    ("成彭路", "Chengpeng Road", "primary", "成都市 104.03,30.79 天彭 丹景山"),
    ("蓉都大道", "Rongdu Avenue", "primary", "成都市 新都 大弯 104.3,30.95"),
    ("成青金快速路", "Chengqingjin Road", "trunk", "成都市 石板滩 赵镇 淮口 竹篙"),
    ("成龙大道", "Chenglong Avenue", "primary", "成都市 大面 龙泉 贾家 简城"),
    ("成仁快速路", "Chengren Road", "trunk", "成都市 104.118,30.52 104.14,30.43 三岔新城"),
    ("剑南大道", "Jiannan Avenue", "primary", "成都市 大源 104.03,30.48 黄龙溪"),
    ("川藏路", "Chuanzang Road", "primary", "成都市 东升 五津 羊安 临邛 夹关"),
    (
        "成新蒲快速路",
        "Chengxinpu Road",
        "trunk",
        "大源 103.95,30.49 103.86,30.37 103.74,30.33 寿安 鹤山",
    ),
    ("成温邛快速路", "Chengwenqiong Road", "trunk", "柳城 羊马 崇阳 晋原 临邛"),
    ("沙西线", "Shaxi Road", "secondary", "成都市 103.96,30.8 聚源"),
)
_EXPRESSWAYS: tuple[tuple[str, str, str], ...] = (
    (
        "成灌高速公路",
        "Chengguan Expressway",
        "103.96,30.745 103.88,30.775 103.77,30.865 103.64,30.955",
    ),
    (
        "成绵高速公路",
        "Chengmian Expressway",
        "104.15,30.755 104.195,30.84 104.22,30.905 104.27,30.96",
    ),
    ("成南高速公路", "Chengnan Expressway", "104.185,30.69 104.33,30.76 104.5,30.77 104.8,30.72"),
    (
        "成渝高速公路",
        "Chengyu Expressway",
        "104.18,30.585 104.29,30.515 104.4,30.43 104.52,30.365 104.74,30.29",
    ),
    ("成雅高速公路", "Chengya Expressway", "103.965,30.57 103.88,30.51 103.78,30.38 103.42,30.16"),
    (
        "成温邛高速公路",
        "Chengwenqiong Expressway",
        "103.935,30.64 103.82,30.655 103.7,30.595 103.48,30.44",
    ),
    ("成彭高速公路", "Chengpeng Expressway", "104.04,30.78 104.01,30.88 103.985,30.975"),
    ("成自泸高速公路", "Chengzilu Expressway", "104.12,30.545 104.15,30.45 104.175,30.33"),
)
_RAILS: tuple[tuple[str, str, str], ...] = (
    ("宝成铁路", "Baocheng Railway", "104.074,30.697 104.09,30.76 104.18,30.85 104.29,30.955"),
    (
        "成渝铁路",
        "Chengyu Railway",
        "104.074,30.697 104.145,30.7 104.16,30.64 104.38,30.44 104.56,30.33",
    ),
    ("成昆铁路", "Chengkun Railway", "104.074,30.697 104,30.7 103.96,30.64 103.8,30.4 103.76,30.3"),
)
_METRO: tuple[tuple[str, str, str], ...] = (
    ("地铁1号线", "Metro Line 1", "104.072,30.735 成都市 天府新区 华阳 兴隆"),
    ("地铁2号线", "Metro Line 2", "犀浦 104.01,30.69 成都市 104.13,30.63 大面 龙泉"),
    ("地铁3号线", "Metro Line 3", "新都 104.11,30.72 104.075,30.665 104.03,30.625 东升"),
    ("地铁4号线", "Metro Line 4", "万春 柳城 103.98,30.672 104.065,30.668 104.12,30.665 十陵"),
    ("地铁5号线", "Metro Line 5", "大丰 104.045,30.72 104.03,30.665 大源 104.045,30.52 华阳"),
    ("地铁6号线", "Metro Line 6", "郫筒 104.06,30.7 104.1,30.65 104.085,30.56 104.07,30.44 兴隆"),
    ("地铁8号线", "Metro Line 8", "104.17,30.71 104.11,30.675 104.06,30.63 104,30.57 东升"),
    ("地铁9号线", "Metro Line 9", "103.96,30.7 103.99,30.62 104.02,30.56 104.11,30.56"),
    ("地铁10号线", "Metro Line 10", "104.03,30.635 103.96,30.58 103.9,30.53 五津"),
)
_FARTHEST_LINK_M = 45_000


def main_roads(land: Land) -> list[Artery]:
    """Ring roads, radials and roads between towns; they cross each other at grade."""
    rng = stream(land.seed, "main roads")
    roads = [
        Artery(name, name_en, kind, line)
        for (name, name_en, _, kind), line in zip(RINGS, land.rings, strict=True)
        if kind != "motorway"
    ]
    for name, name_en, kind, corners in _AXES:
        roads.append(Artery(name, name_en, kind, _course(corners, rng, 60)))
    # A radial starts a little inside the 1st Ring Road so that the two surely cross.
    inside = 0.93 * RINGS[0][2]
    for name, name_en, kind, corners in _RADIALS:
        line = _course(corners, rng, 110)
        if corners.startswith(TOWNS[0].name):
            line = line[np.hypot(*(line - centre()).T) > inside]
        roads.append(Artery(name, name_en, kind, line))
    return roads + _links(land, rng)


def expressways(land: Land) -> list[Artery]:
    """Middle lines of the motorways: the inner ring first, then those that begin at it."""
    rng = stream(land.seed, "expressways")
    roads = [
        Artery(name, name_en, kind, line)
        for (name, name_en, _, kind), line in zip(RINGS, land.rings, strict=True)
        if kind == "motorway"
    ]
    inner = shapely.Polygon(roads[0].line)
    for name, name_en, corners in _EXPRESSWAYS:
        outside = shapely.difference(shapely.LineString(_course(corners, rng, 150)), inner)
        longest = max(shapely.get_parts(outside).tolist(), key=shapely.length)
        roads.append(Artery(name, name_en, "motorway", shapely.get_coordinates(longest)))
    return roads


def railways(land: Land) -> list[Artery]:
    """Railway lines, above everything they cross."""
    rng = stream(land.seed, "railways")
    return [
        Artery(name, name_en, "rail", _course(corners, rng, 90))
        for name, name_en, corners in _RAILS
    ]


def metro_lines(land: Land) -> list[Artery]:
    """Metro lines underground; line 7 is a ring."""
    rng = stream(land.seed, "metro")
    lines = [
        Artery(name, name_en, "subway", _course(corners, rng, 40))
        for name, name_en, corners in _METRO
    ]
    ring = centre() + 1.22 * (land.rings[1] - centre())
    return [*lines, Artery("地铁7号线", "Metro Line 7", "subway", ring)]


def _course(corners: str, rng: np.random.Generator, sway_m: float) -> Floats:
    """A line through towns and positions that bends and sways as built roads do."""
    towns = {town.name: [town.lon, town.lat] for town in TOWNS}
    lonlat = [
        towns[corner] if corner in towns else [float(part) for part in corner.split(",")]
        for corner in corners.split()
    ]
    line = rounded(to_plane(np.array(lonlat)), 3)
    return meandering(line, rng, sway_m, 3200, 120)


def _links(land: Land, rng: np.random.Generator) -> list[Artery]:
    """Roads between neighbouring towns (Gabriel graph) that no radial joins already."""
    at = positions()
    joined = {
        frozenset(pair) for *_, corners in _AXES + _RADIALS for pair in pairwise(corners.split())
    }
    links = []
    # Chengdu itself, the first, is joined by the radials.
    for i, j in combinations(range(1, len(TOWNS)), 2):
        one, other = TOWNS[i], TOWNS[j]
        middle, reach = at[[i, j]].mean(axis=0), np.hypot(*(at[i] - at[j])) / 2
        between = np.hypot(*(at - middle).T) < reach - 1
        if between.any() or 2 * reach > _FARTHEST_LINK_M:
            continue
        line = meandering(resampled(at[[i, j]], 120), rng, 0.012 * reach, 5200, 120)
        is_new = frozenset((one.name, other.name)) not in joined
        if is_new and shapely.covers(land.city, shapely.LineString(line)):
            name, name_en = f"{one.name[0]}{other.name[0]}路", f"{one.name_en}-{other.name_en} Road"
            links.append(Artery(name, name_en, "secondary", line))
    return links
