"""Where the city is dense: its centres, the seats of the districts and the towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.sample.plane import Floats, to_plane


@dataclass(frozen=True, slots=True)
class Town:
    """A built-up place. `reach_m`: distance at which its density has fallen to 1/e."""

    name: str
    name_en: str
    lon: float
    lat: float
    reach_m: float
    peak: float  # people per km² at its middle, before the district's census sum scales it
    kind: str  # OSM place value
    new: bool = False  # a new quarter: people have come, services have not yet


# Positions are rounded real ones; sizes are made.
TOWNS: tuple[Town, ...] = (
    Town("成都市", "Chengdu", 104.0635, 30.6598, 7600, 27000, "city"),
    Town("天府新区", "Tianfu", 104.068, 30.545, 4300, 13000, "suburb"),
    Town("大源", "Dayuan", 104.042, 30.580, 2600, 9000, "suburb"),
    Town("兴隆", "Xinglong", 104.085, 30.405, 2900, 7000, "suburb", new=True),
    Town("犀浦", "Xipu", 103.968, 30.758, 2900, 13000, "suburb"),
    Town("十陵", "Shiling", 104.188, 30.655, 2600, 9000, "suburb", new=True),
    Town("大丰", "Dafeng", 104.062, 30.782, 2700, 12000, "suburb"),
    Town("郫筒", "Pitong", 103.884, 30.808, 3000, 14000, "town"),
    Town("柳城", "Liucheng", 103.838, 30.690, 3400, 14000, "town"),
    Town("东升", "Dongsheng", 103.918, 30.575, 3400, 14000, "town"),
    Town("华阳", "Huayang", 104.062, 30.498, 3000, 14000, "town"),
    Town("新都", "Xindu", 104.158, 30.826, 3100, 14000, "town"),
    Town("龙泉", "Longquan", 104.262, 30.562, 3500, 14000, "town"),
    Town("大面", "Damian", 104.195, 30.600, 2600, 10000, "suburb", new=True),
    Town("大弯", "Dawan", 104.252, 30.882, 2600, 12000, "town"),
    Town("五津", "Wujin", 103.815, 30.412, 2300, 12000, "town"),
    Town("灌口", "Guankou", 103.632, 30.990, 2900, 13000, "town"),
    Town("天彭", "Tianpeng", 103.950, 30.987, 2700, 13000, "town"),
    Town("崇阳", "Chongyang", 103.672, 30.634, 2700, 13000, "town"),
    Town("晋原", "Jinyuan", 103.522, 30.588, 2300, 12000, "town"),
    Town("临邛", "Linqiong", 103.462, 30.414, 2400, 12000, "town"),
    Town("鹤山", "Heshan", 103.507, 30.197, 1700, 11000, "town"),
    Town("赵镇", "Zhaozhen", 104.428, 30.858, 2700, 13000, "town"),
    Town("简城", "Jiancheng", 104.548, 30.398, 2900, 13000, "town"),
    Town("三岔新城", "Sancha", 104.330, 30.330, 1900, 6000, "town", new=True),
    Town("永宁", "Yongning", 103.852, 30.765, 1300, 8000, "town"),
    Town("万春", "Wanchun", 103.772, 30.738, 1100, 7000, "town"),
    Town("安德", "Ande", 103.802, 30.868, 1200, 8000, "town"),
    Town("石板滩", "Shibantan", 104.300, 30.735, 1200, 8000, "town"),
    Town("军屯", "Juntun", 104.030, 30.905, 900, 7000, "town"),
    Town("洛带", "Luodai", 104.326, 30.640, 1000, 8000, "town"),
    Town("淮口", "Huaikou", 104.540, 30.735, 1600, 8000, "town", new=True),
    Town("竹篙", "Zhugao", 104.680, 30.600, 1000, 8000, "town"),
    Town("濛阳", "Mengyang", 104.110, 30.990, 1000, 8000, "town"),
    Town("丹景山", "Danjingshan", 103.850, 31.085, 800, 6000, "town"),
    Town("青城山", "Qingchengshan", 103.600, 30.905, 1100, 6000, "town"),
    Town("聚源", "Juyuan", 103.700, 30.950, 1000, 7000, "town"),
    Town("羊马", "Yangma", 103.752, 30.650, 1300, 8000, "town", new=True),
    Town("街子", "Jiezi", 103.565, 30.815, 800, 6000, "town"),
    Town("怀远", "Huaiyuan", 103.520, 30.745, 900, 7000, "town"),
    Town("安仁", "Anren", 103.615, 30.510, 1100, 7000, "town"),
    Town("平乐", "Pingle", 103.340, 30.345, 900, 7000, "town"),
    Town("羊安", "Yang'an", 103.680, 30.405, 1200, 7000, "town"),
    Town("夹关", "Jiaguan", 103.215, 30.255, 700, 6000, "town"),
    Town("寿安", "Shou'an", 103.620, 30.270, 1000, 7000, "town"),
    Town("贾家", "Jiajia", 104.385, 30.470, 1100, 7000, "town"),
    Town("养马", "Yangma East", 104.595, 30.480, 1000, 7000, "town"),
    Town("三星", "Sanxing", 104.660, 30.330, 800, 6000, "town"),
    Town("普兴", "Puxing", 103.870, 30.370, 900, 6000, "town"),
    Town("黄龙溪", "Huanglongxi", 103.970, 30.325, 900, 6000, "town"),
    Town("太平", "Taiping", 104.140, 30.330, 800, 6000, "town"),
)


def positions(towns: tuple[Town, ...] = TOWNS) -> Floats:
    """(n, 2) metres."""
    return to_plane(np.array([(town.lon, town.lat) for town in towns]))


def density(xy: Floats, towns: tuple[Town, ...] = TOWNS) -> Floats:
    """Built-up people per km² at (n, 2) points, before scaling to the census.

    Each town falls off as exp(-(d/reach)^1.7): a flat heart and a firm edge.
    """
    total = np.zeros(len(xy))
    for town, at in zip(towns, positions(towns), strict=True):
        near = np.flatnonzero(
            (np.abs(xy[:, 0] - at[0]) < 4 * town.reach_m)
            & (np.abs(xy[:, 1] - at[1]) < 4 * town.reach_m)
        )
        d = np.hypot(*(xy[near] - at).T) / town.reach_m
        total[near] += town.peak * np.exp(-(d**1.7))
    return total


def newness(xy: Floats) -> NDArray[np.float64]:
    """0 in grown quarters to 1 in the middle of a new one, at (n, 2) points."""
    new = tuple(town for town in TOWNS if town.new)
    share = np.zeros(len(xy))
    for town, at in zip(new, positions(new), strict=True):
        d = np.hypot(*(xy - at).T) / town.reach_m
        share = np.maximum(share, np.exp(-((d / 1.3) ** 3)))
    return share
