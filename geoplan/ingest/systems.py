"""Coordinate systems by the names that people and files give them, and those a city's files use."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import floor
from typing import Any

import pyproj

from geoplan.errors import GeoplanError
from geoplan.ingest.findings import shown
from geoplan.text import Text

WGS84 = "EPSG:4326"
CGCS2000 = "EPSG:4490"
GCJ02 = "GCJ-02"
BD09 = "BD-09"
SHIFTED = (GCJ02, BD09)
"""The shifted systems of web maps; no datums, so EPSG knows none of them."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

# Geodetic datums that equal WGS 84 to below a metre: WGS 84 itself, CGCS2000.
_EQUAL_DATUMS = {4326, 4979, 4490, 4480}
_XIAN80 = 4610

_BAIDU = re.compile(r"bd-?_?09|百度|baidu")
_WEB_MAP = re.compile(r"gcj|高德|腾讯|火星|国测局|amap|autonavi|tencent")
_LOCAL = re.compile(r"成都|地方|独立|城建|local")
_DATUMS = (
    (re.compile(r"cgcs|2000|天地图|tianditu|china geodetic"), CGCS2000),
    (re.compile(r"西安|xi'?an|1980|80(?:坐标|国家|西安)"), f"EPSG:{_XIAN80}"),
    (re.compile(r"北京|beijing|1954|54坐标"), "EPSG:4214"),
    (re.compile(r"wgs|gps|crs:?84"), WGS84),
)
_UTM = re.compile(r"utm\D*(\d{1,2})")
_MERIDIAN = re.compile(r"(?:cm|中央(?:子午|经)线|经线)\D{0,5}(\d{2,3})|\b(\d{2,3})°?e\b")
_ZONE = re.compile(r"(?:zone|带号)\D{0,4}(\d{2})|(\d{2})(?:号带|带)")
_SIX_DEGREES = re.compile(r"(?:6|六)\s*(?:°|度|[-_ ]?degree)")

# First EPSG code of the zones of a datum: with the zone's number before the easting from zone 25
# (3 degrees wide) or 13 (6 degrees), and without it from the meridian of 75° E.
_FAMILIES = {CGCS2000: (4513, 4534, 4491, 4502), f"EPSG:{_XIAN80}": (2349, 2370, 2327, 2338)}
_FIRST_MERIDIAN = 75
ZONED = tuple(_FAMILIES)
"""Systems of degrees whose Gauss-Krüger zones are known here."""


def system_of(said: str) -> str:
    """A system from what a person or a file calls it: `EPSG:n`, `GCJ-02` or `BD-09`.

    said  a code, or words such as 高德坐标, CGCS2000 中央经线105, 西安80, WGS84 UTM 48N.
    Raises GeoplanError `crs_unknown`; `crs_local` for the systems of a city, whose parameters are
    not public; `crs_refused` for datums whose shift PROJ does not know. Xian 1980 is let through.
    """
    name = unicodedata.normalize("NFKC", said).strip().lower()
    found = re.fullmatch(r"(?:epsg:{1,2}|(?!2000|1980|1954))(\d{4,6})", name)
    if found is None and _BAIDU.search(name):
        return BD09
    if found is None and _WEB_MAP.search(name):
        return GCJ02
    if found is None and _LOCAL.search(name):
        raise local(said)
    code = f"EPSG:{found[1]}" if found else _in_words(name)
    try:
        crs = _crs(code) if code else None
    except pyproj.exceptions.CRSError:
        crs = None
    if code is None or crs is None or crs.geodetic_crs is None:
        raise GeoplanError(
            "crs_unknown",
            Text(f"未知坐标系 {shown(said)}", f"{shown(said)} is no known coordinate system"),
            DECLARE,
        )
    if crs.geodetic_crs.to_epsg() not in {*_EQUAL_DATUMS, _XIAN80}:
        raise refused(f"{code} {crs.name}")
    return code


_IN_HEADER = re.compile(
    r"gcj|高德|腾讯|火星|amap|bd-?_?09|百度|baidu|cgcs|2000|wgs-?_?84|西安80|1980|地方坐标|独立坐标"
)


def named_in_header(header: str) -> str | None:
    """What a column's header says of its system (高德坐标, 经度（CGCS2000）), None for nothing."""
    name = unicodedata.normalize("NFKC", header).lower()
    return header if _IN_HEADER.search(name) else None


def is_geographic(system: str) -> bool:
    """Whether its coordinates are degrees."""
    return system in SHIFTED or bool(_crs(system).is_geographic)


def is_old(system: str) -> bool:
    """Whether it is Xian 1980: PROJ has no parameters, places may be wrong by about 100 m."""
    return system not in SHIFTED and _crs(system).geodetic_crs.to_epsg() == _XIAN80


def zones(box: Box, datum: str = CGCS2000) -> list[str]:
    """The Gauss-Krüger systems that files about a city are in, the likeliest first.

    datum  `CGCS2000` or that of Xian 1980, as the system of its degrees.
    They are those of the meridians of the zones that the box touches, without and with the zone's
    number, 3 degrees wide, then with the number of a zone 6 degrees wide. (Without its number such
    a zone has the figures of the narrow one on the same meridian.)
    """
    numbered, plain, numbered6, _ = _FAMILIES[datum]
    meridians = sorted({3 * round(lon / 3) for lon in (box[0], box[2])}, reverse=True)
    wide = {floor(lon / 6) + 1 for lon in (box[0], box[2])}
    codes = [plain + (meridian - _FIRST_MERIDIAN) // 3 for meridian in meridians]
    codes += [numbered + meridian // 3 - 25 for meridian in meridians]
    codes += [numbered6 + zone - 13 for zone in sorted(wide)]
    return [f"EPSG:{code}" for code in codes]


def utm(box: Box) -> list[str]:
    """The UTM systems of a city; their figures are within 1.5 km of Gauss-Krüger's."""
    return [
        f"EPSG:{32600 + zone}"
        for zone in sorted({floor((lon + 180) / 6) + 1 for lon in (box[0], box[2])})
    ]


def twin(system: str) -> str | None:
    """The same zone with its number before the easting, or without; None for other systems."""
    number = int(system.removeprefix("EPSG:")) if system.startswith("EPSG:") else 0
    for numbered, plain, numbered6, plain6 in _FAMILIES.values():
        for first, other, count in ((numbered, plain, 21), (numbered6, plain6, 11)):
            if first <= number < first + count:
                return f"EPSG:{other + number - first}"
            if other <= number < other + count:
                return f"EPSG:{first + number - other}"
    return None


def title(system: str) -> Text:
    """What a person calls it: the code, and what it is."""
    if system == GCJ02:
        return Text("GCJ-02（高德、腾讯地图）", "GCJ-02 (Amap, Tencent)")
    if system == BD09:
        return Text("BD-09（百度地图）", "BD-09 (Baidu)")
    if system in {WGS84, CGCS2000}:
        return Text("WGS 84 / CGCS2000 经纬度", "WGS 84 / CGCS2000 degrees")
    name = _crs(system).name
    return Text(f"{system}（{name}）", f"{system} ({name})")


def local(said: str) -> GeoplanError:
    """The refusal of a city's own system."""
    return GeoplanError(
        "crs_local",
        Text(
            f"{shown(said.strip())} 是地方坐标系，换算参数不公开",
            f"{shown(said.strip())} is a local system; its parameters are not public",
        ),
        _CONVERT,
    )


def refused(said: str) -> GeoplanError:
    """The refusal of a system without a way to WGS 84; '' for one that has no EPSG code."""
    name = shown(said.strip())
    return GeoplanError(
        "crs_refused",
        Text(
            f"坐标系 {name} 没有可靠的换算参数" if name else "文件的坐标系没有 EPSG 编号",
            f"there is no reliable way from {name} to WGS 84"
            if name
            else "the file's coordinate system has no EPSG code",
        ),
        _CONVERT,
    )


def _in_words(name: str) -> str | None:
    """A system of a datum's name and perhaps a zone's; None when no datum is named."""
    datum = next((system for words, system in _DATUMS if words.search(name)), None)
    on_wgs = _UTM.search(name)
    if on_wgs and datum in {None, WGS84}:
        return f"EPSG:{32600 + int(on_wgs[1])}"
    if datum not in _FAMILIES:
        return datum
    numbered, plain, numbered6, plain6 = _FAMILIES[datum]
    rest = name.replace("2000", " ").replace("1980", " ")
    meridian, zone = (
        next((int(part) for part in found.groups() if part), None) if found else None
        for found in (_MERIDIAN.search(rest), _ZONE.search(rest))
    )
    if meridian is not None and meridian % 3 == 0 and 75 <= meridian <= 135:
        is_six = _SIX_DEGREES.search(rest) is not None
        return f"EPSG:{plain6 + (meridian - 75) // 6 if is_six else plain + (meridian - 75) // 3}"
    if zone is not None and 25 <= zone <= 45:
        return f"EPSG:{numbered + zone - 25}"
    if zone is not None and 13 <= zone <= 23:
        return f"EPSG:{numbered6 + zone - 13}"
    return datum


@lru_cache(maxsize=64)
def _crs(code: str) -> Any:
    return pyproj.CRS.from_epsg(int(code.removeprefix("EPSG:")))


DECLARE = Text(
    "请用 --crs 指定，如 EPSG:4326（WGS 84）、EPSG:4490（CGCS2000）、EPSG:4544（3° 带 105E）",
    "declare it with --crs: EPSG:4326 (WGS 84), EPSG:4490 (CGCS2000), EPSG:4544 (CM 105E) …",
)
_CONVERT = Text("请先转换为 CGCS2000（EPSG:4490）", "convert it to CGCS2000 (EPSG:4490) first")
