"""How a coordinate system was found, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geoplan.ingest.checked import CrsReading, How
from geoplan.ingest.location import Location
from geoplan.ingest.readings import FEWER_MISFITS, LEAST_NAMES, Comparison
from geoplan.ingest.systems import title
from geoplan.text import Text

NOTHING = Text("没有可用的坐标", "no row has coordinates that can be read")
UNUSABLE = Text("文件说明的坐标系不能使用", "the system that the file names cannot be used")
ELSEWHERE = Text("经纬度不在本市", "the degrees lie outside the city")
NO_SYSTEM = Text(
    "坐标数值在任何已知坐标系下都不在本市，可能是地方坐标系",
    "under no known system do these numbers lie in the city; they may be a local system's",
)
CHOOSE = Text(
    "请在地图上比较各种读法，选择坐标系；地方坐标请先转换为 CGCS2000（EPSG:4490）",
    "compare the readings on the map and choose; convert local coordinates to CGCS2000 (EPSG:4490)",
)
LOOK = Text(
    "请在地图上核对；不对时改选坐标系", "look at the map; choose another system if it is wrong"
)
CONVERT = Text(
    "请尽量用原数据转换为 CGCS2000（EPSG:4490）后重新上传",
    "better convert the original data to CGCS2000 (EPSG:4490) and upload that",
)


def said(system: str, how: How) -> Text:
    """Declared by the file or chosen by the uploader."""
    name = title(system)
    if how == "chosen":
        return Text(f"上传者选择了 {name.zh}", f"the uploader chose {name.en}")
    return Text(f"文件说明是 {name.zh}", f"the file says {name.en}")


def sized(system: str, rivals: Sequence[str]) -> Text:
    """Told by the size of the numbers, perhaps with another system of the same size."""
    name = title(system)
    if not rivals:
        return Text(f"按数值大小是 {name.zh}", f"by their size the numbers are {name.en}")
    other = title(rivals[0])
    return Text(
        f"按数值大小读作 {name.zh}；{other.zh}的数值相近（位置相差约 1.4 公里），无法排除",
        f"by their size the numbers are read as {name.en}; those of {other.en} look alike "
        "(1.4 km apart) and cannot be ruled out",
    )


def old(system: str) -> Text:
    """Xian 1980."""
    name = title(system)
    return Text(
        f"{name.zh}没有公开的换算参数，位置误差可能达到 100 米",
        f"{name.en} has no public parameters: places may be wrong by 100 m",
    )


def found(comparison: Comparison) -> Text:
    """Decided by the evidence."""
    reading = next(one for one in comparison.readings if one.crs == comparison.winner)
    name = title(reading.crs)
    if comparison.by_names is not None:
        return Text(
            f"坐标系未说明，判定为 {name.zh}：{reading.matched} 个同名要素的偏移最小"
            f"（{_shifts(comparison, 'zh')}）",
            f"undeclared; found to be {name.en}: {reading.matched} known names lie nearest so "
            f"({_shifts(comparison, 'en')})",
        )
    return Text(
        f"坐标系未说明，判定为 {name.zh}：落在所填区县之外的行最少（{_misfits(comparison)}）",
        f"undeclared; found to be {name.en}: fewest rows lie outside their districts under it "
        f"({_misfits(comparison)})",
    )


def hint(location: Location) -> Text:
    """What the look of undeclared degrees suggests to a person; it proves nothing."""
    steps = location.step[location.placed & location.decimal].max(axis=1, initial=0)
    if len(steps) and "lonlat" in location.column and np.isclose(np.median(steps), 1e-6):
        return Text(
            "（一格内 6 位小数的“经度,纬度”多来自高德或百度的选点工具）",
            " (lon,lat of 6 decimals in one cell mostly comes from Amap's or Baidu's picker)",
        )
    if len(steps) and np.median(steps) <= 1.001e-8:
        return Text(
            "（8 位以上小数多来自手机定位或程序）",
            " (8 decimals or more mostly come from a phone or a script)",
        )
    return Text("", "")


def asked(comparison: Comparison, look: Text) -> Text:
    """Not decided: what there is of evidence, that it is not enough, and the `hint`."""
    matched = comparison.readings[0].matched
    zh = f"坐标系未说明，无法判定：有 {matched} 行与已有要素同名"
    en = f"undeclared, and the evidence does not decide: {matched} rows have a known name"
    if matched:
        zh += f"（{_shifts(comparison, 'zh')}）"
        en += f" ({_shifts(comparison, 'en')})"
    if matched < LEAST_NAMES:
        zh += f"，至少要 {LEAST_NAMES} 行"
        en += f", at least {LEAST_NAMES} are needed"
    misfits = _misfits(comparison)
    zh += f"；各读法落在所填区县之外的行数为 {misfits}，至少要少 {FEWER_MISFITS} 行"
    en += f"; rows outside their districts: {misfits}, {FEWER_MISFITS} fewer are needed"
    return Text(zh + look.zh, en + look.en)


def doubted(comparison: Comparison, declared: str) -> Text:
    """Declared, and the evidence says otherwise."""
    name, other = title(declared), title(str(comparison.winner))
    shown = (
        Text(_shifts(comparison, "zh"), _shifts(comparison, "en"))
        if comparison.by_names is not None
        else Text(f"区县不符 {_misfits(comparison)}", f"misfits {_misfits(comparison)}")
    )
    return Text(
        f"说明是 {name.zh}，但位置更像 {other.zh}（{shown.zh}）",
        f"declared as {name.en}, but the places look like {other.en} ({shown.en})",
    )


def _shifts(comparison: Comparison, lang: str) -> str:
    mark = "、" if lang == "zh" else ", "
    unit = " 米" if lang == "zh" else " m"
    return mark.join(f"{one.crs} {_metres(one)}{unit}" for one in comparison.readings)


def _metres(reading: CrsReading) -> str:
    return "–" if reading.shift_m is None else f"{reading.shift_m:,.0f}"


def _misfits(comparison: Comparison) -> str:
    return " / ".join(f"{one.crs} {one.misfits:,}" for one in comparison.readings)
