"""The main lines of the sample city: rings, radials, roads between towns, expressways, rails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geoplan.sample.curves import length, meandering, resampled, rounded
from geoplan.sample.land import RINGS, Land
from geoplan.sample.plane import Floats, centre, stream, to_plane
from geoplan.sample.towns import TOWNS, positions

Corners = tuple[str | tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Artery:
    """One named line of (n, 2) metres; `kind` is an OSM value of highway=* or railway=*."""

    name: str
    name_en: str
    kind: str
    line: Floats


# Name, English name, class, and its corners: towns or positions, from the city outwards. The first
# four meet at Tianfu Square; the others begin at the 1st Ring Road.
_AXES: tuple[tuple[str, str, str, Corners], ...] = (
    ("人民北路", "Renmin North Road", "primary", ("成都市", (104.066, 30.725), "大丰", "军屯")),
    ("天府大道", "Tianfu Avenue", "primary", ("成都市", "天府新区", "华阳", "兴隆", "太平")),
    ("蜀都大道", "Shudu Avenue", "primary", ("成都市", (104.115, 30.662), "十陵", "洛带")),
    ("光华大道", "Guanghua Avenue", "primary", ("成都市", (103.985, 30.668), "柳城", "万春")),
)
_RADIALS: tuple[tuple[str, str, str, Corners], ...] = (
    ("成灌路", "Chengguan Road", "primary", ("成都市", "犀浦", "郫筒", "安德", "聚源", "灌口")),
    ("成彭路", "Chengpeng Road", "primary", ("成都市", (104.030, 30.790), "天彭", "丹景山")),
    ("蓉都大道", "Rongdu Avenue", "primary", ("成都市", "新都", "大弯", (104.300, 30.950))),
    ("成青金快速路", "Chengqingjin Expressway", "trunk", ("成都市", "石板滩", "赵镇", "淮口", "竹篙")),
    ("成龙大道", "Chenglong Avenue", "primary", ("成都市", "大面", "龙泉", "贾家", "简城")),
    ("成仁快速路", "Chengren Expressway", "trunk", ("成都市", (104.118, 30.520), (104.140, 30.430), "三岔新城")),
    ("剑南大道", "Jiannan Avenue", "primary", ("成都市", "大源", (104.030, 30.480), "黄龙溪")),
    ("川藏路", "Chuanzang Road", "primary", ("成都市", "东升", "五津", "羊安", "临邛", "夹关")),
    ("成新蒲快速路", "Chengxinpu Expressway", "trunk", ("大源", (103.955, 30.495), (103.865, 30.375), (103.740, 30.330), "寿安", "鹤山")),
    ("成温邛快速路", "Chengwenqiong Expressway", "trunk", ("柳城", "羊马", "崇阳", "晋原", "临邛")),
    ("沙西线", "Shaxi Road", "secondary", ("成都市", (103.960, 30.800), "聚源")),
)
_EXPRESSWAYS: tuple[tuple[str, str, Corners], ...] = (
    ("成灌高速公路", "Chengdu-Dujiangyan Expressway", ((103.960, 30.745), (103.880, 30.775), (103.770, 30.865), (103.640, 30.955))),
    ("成绵高速公路", "Chengdu-Mianyang Expressway", ((104.150, 30.755), (104.195, 30.840), (104.220, 30.905), (104.270, 30.960))),
    ("成南高速公路", "Chengdu-Nanchong Expressway", ((104.185, 30.690), (104.330, 30.760), (104.500, 30.770), (104.800, 30.720))),
    ("成渝高速公路", "Chengdu-Chongqing Expressway", ((104.180, 30.585), (104.290, 30.515), (104.400, 30.430), (104.520, 30.365), (104.740, 30.290))),
    ("成雅高速公路", "Chengdu-Ya'an Expressway", ((103.965, 30.570), (103.880, 30.510), (103.780, 30.380), (103.640, 30.290), (103.420, 30.160))),
    ("成温邛高速公路", "Chengdu-Qionglai Expressway", ((103.935, 30.640), (103.820, 30.655), (103.700, 30.595), (103.540, 30.560), (103.480, 30.440))),
    ("成彭高速公路", "Chengdu-Pengzhou Expressway", ((104.040, 30.780), (104.010, 30.880), (103.985, 30.975))),
    ("成自泸高速公路", "Chengdu-Luzhou Expressway", ((104.120, 30.545), (104.150, 30.450), (104.175, 30.330))),
)
_RAILS: tuple[tuple[str, str, Corners], ...] = (
    ("宝成铁路", "Baoji-Chengdu Railway", ((104.074, 30.697), (104.090, 30.760), (104.180, 30.850), (104.290, 30.955))),
    ("成渝铁路", "Chengdu-Chongqing Railway", ((104.074, 30.697), (104.145, 30.700), (104.160, 30.640), (104.230, 30.590), (104.380, 30.440), (104.560, 30.330))),
    ("成昆铁路", "Chengdu-Kunming Railway", ((104.074, 30.697), (104.000, 30.700), (103.960, 30.640), (103.900, 30.530), (103.800, 30.400), (103.760, 30.300))),
)
_METRO: tuple[tuple[str, str, Corners], ...] = (
    ("地铁1号线", "Metro Line 1", ((104.072, 30.735), "成都市", "天府新区", "华阳", "兴隆")),
    ("地铁2号线", "Metro Line 2", ("犀浦", (104.010, 30.690), "成都市", (104.130, 30.630), "大面", "龙泉")),
    ("地铁3号线", "Metro Line 3", ("新都", (104.110, 30.720), (104.075, 30.665), (104.030, 30.625), "东升")),
    ("地铁4号线", "Metro Line 4", ("万春", "柳城", (103.980, 30.672), (104.065, 30.668), (104.120, 30.665), "十陵")),
    ("地铁5号线", "Metro Line 5", ("大丰", (104.045, 30.720), (104.030, 30.665), "大源", (104.045, 30.520), "华阳")),
    ("地铁6号线", "Metro Line 6", ("郫筒", (103.960, 30.765), (104.060, 30.700), (104.100, 30.650), (104.085, 30.560), (104.070, 30.440), "兴隆")),
    ("地铁8号线", "Metro Line 8", ((104.170, 30.710), (104.110, 30.675), (104.060, 30.630), (104.000, 30.570), "东升")),
    ("地铁9号线", "Metro Line 9", ((103.960, 30.700), (103.990, 30.620), (104.020, 30.560), (104.110, 30.560))),
    ("地铁10号线", "Metro Line 10", ((104.030, 30.635), (103.960, 30.580), (103.900, 30.530), "五津")),
)  # fmt: skip
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
        if corners[0] == TOWNS[0].name:
            line = line[np.hypot(*(line - centre()).T) > inside]
        roads.append(Artery(name, name_en, kind, line))
    return roads + _links(land, rng)


def expressways(land: Land) -> list[Artery]:
    """Middle lines of the motorways, which cross everything else above."""
    rng = stream(land.seed, "expressways")
    rings = [
        Artery(name, name_en, kind, line)
        for (name, name_en, _, kind), line in zip(RINGS, land.rings, strict=True)
        if kind == "motorway"
    ]
    return rings + [
        Artery(name, name_en, "motorway", _course(corners, rng, 150))
        for name, name_en, corners in _EXPRESSWAYS
    ]


def railways(land: Land) -> list[Artery]:
    """Railway lines, above everything they cross."""
    rng = stream(land.seed, "railways")
    return [
        Artery(name, name_en, "rail", _course(corners, rng, 90)) for name, name_en, corners in _RAILS
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


def _course(corners: Corners, rng: np.random.Generator, sway_m: float) -> Floats:
    """A line through towns and positions that bends and sways as built roads do."""
    towns = {town.name: (town.lon, town.lat) for town in TOWNS}
    lonlat = [towns[corner] if isinstance(corner, str) else corner for corner in corners]
    line = rounded(to_plane(np.array(lonlat)), 3)
    return meandering(line, rng, sway_m, 3200, 120)


def _links(land: Land, rng: np.random.Generator) -> list[Artery]:
    """Roads between neighbouring towns (Gabriel graph) that no radial joins already."""
    at = positions()
    joined = {
        frozenset(pair)
        for *_, corners in _AXES + _RADIALS
        for pair in zip(corners, corners[1:], strict=False)
        if all(isinstance(corner, str) for corner in pair)
    }
    links = []
    for i, one in enumerate(TOWNS):
        for j in range(max(i + 1, 1), len(TOWNS)):
            other = TOWNS[j]
            between = at[[i, j]]
            middle, reach = between.mean(axis=0), np.hypot(*(at[i] - at[j])) / 2
            inside = np.hypot(*(at - middle).T) < reach - 1
            taken = frozenset((one.name, other.name)) in joined
            if i == 0 or taken or inside.any() or 2 * reach > _FARTHEST_LINK_M:
                continue
            line = meandering(resampled(between, 120), rng, 0.012 * reach, 5200, 120)
            inside_city = shapely.covers(land.city, shapely.LineString(line))
            if inside_city and land.mountain(line).mean() < 0.6 and length(line) > 0:
                name, name_en = f"{one.name[0]}{other.name[0]}路", f"{one.name_en}-{other.name_en} Road"
                links.append(Artery(name, name_en, "secondary", line))
    return links
