"""Coordinate systems of files, and the way to EPSG:4326."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.quantities import not_finite, to_number
from geoplan.text import Text

WGS84 = "EPSG:4326"
LIKELY = (4326, 4544, 4523, 4543, 4522, 32648, 3857)
"""Systems of files about Chengdu, tried when coordinates lie elsewhere, for a hint."""

# Geodetic datums that equal WGS 84 to below a metre: WGS 84 itself, CGCS2000.
_EQUAL_DATUMS = {4326, 4979, 4490, 4480}
_NAMES = {"wgs84": WGS84, "crs84": WGS84, "cgcs2000": "EPSG:4490"}
_SHIFTED = re.compile(r"gcj|bd-?09|高德|百度|腾讯|火星|amap|baidu|tencent")
_LOCAL = re.compile(r"成都|地方|独立|local")

_DEGREES = re.compile(r"(\d{1,8}(?:\.\d+)?)°?(?:(\d{1,2})'(?:(\d{1,2}(?:\.\d+)?)\")?)?")
_MARKS = str.maketrans(
    {"′": "'", "’": "'", "″": '"', "”": '"', "º": "°"} | dict(zip("度分秒", "°'\"", strict=True))
)


def crs_code(said: str) -> str:
    """A system as `EPSG:n` from what a person or a file calls it.

    Raises GeoplanError `crs_unknown`; `crs_shifted` for GCJ-02 and BD-09; `crs_refused` for local
    systems and datums other than WGS 84 and CGCS2000, whose shift PROJ does not know.
    """
    name = unicodedata.normalize("NFKC", said).strip().lower()
    if _SHIFTED.search(name):
        raise _shifted(said)
    if _LOCAL.search(name):
        raise _refused(said)
    code = _NAMES.get(re.sub(r"[\s_-]", "", name)) or name.upper().replace("::", ":")
    found = re.fullmatch(r"(?:EPSG:)?(\d{4,6})", code)
    try:
        crs = pyproj.CRS.from_epsg(int(found[1])) if found else None
    except pyproj.exceptions.CRSError:
        crs = None
    if found is None or crs is None or crs.geodetic_crs is None:
        raise GeoplanError(
            "crs_unknown",
            Text(f"未知坐标系 {shown(said)}", f"{shown(said)} is no known coordinate system"),
            _DECLARE,
        )
    if crs.geodetic_crs.to_epsg() not in _EQUAL_DATUMS:
        raise _refused(f"EPSG:{found[1]} {crs.name}")
    return f"EPSG:{found[1]}"


def resolve_crs(in_file: str | None, declared: str | None) -> str:
    """The system to read a file in: the file's own, or the declared one where it has none.

    in_file   as `raw.read` says: `EPSG:n`, `unknown`, or None.
    declared  `EPSG:n` of the person, or None.
    Raises GeoplanError `crs_undeclared`, `crs_conflict`, and what `crs_code` raises.
    """
    if in_file == "unknown":
        raise _refused("")
    if in_file is None and declared is None:
        raise GeoplanError(
            "crs_undeclared",
            Text("文件没有说明坐标系", "the file does not say its coordinate system"),
            _DECLARE,
        )
    if in_file is None:
        return str(declared)
    own = crs_code(in_file)
    if declared is not None and declared != own:
        raise GeoplanError(
            "crs_conflict",
            Text(
                f"文件说明的坐标系是 {own}，而指定的是 {declared}",
                f"the file says {own}, but {declared} was declared",
            ),
            Text(
                "请去掉 --crs；若文件有误，请先改正文件",
                "leave --crs out; if the file is wrong, correct the file",
            ),
        )
    return own


def to_lonlat(geometry: NDArray[Any], code: str) -> NDArray[Any]:
    """Geometries of a system, x = east first, as EPSG:4326; where it has no answer, infinity."""
    if code == WGS84:
        return geometry
    lonlat = _transformer(code)
    moved: NDArray[Any] = shapely.transform(geometry, lambda xy: np.stack(lonlat(*xy.T), axis=-1))
    return moved


def to_coordinate(raw: Any, code: str) -> float:
    """One coordinate of a cell: metres, or degrees as 104.06, 104.06E or 104°03′47.9″.

    Raises BadValue `coordinate_unreadable`, `number_not_finite`; of metres what `to_number` raises.
    """
    if not _is_geographic(code):
        return to_number(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        value = float(raw) if abs(raw) < 1e300 else np.inf
        if not np.isfinite(value):
            raise not_finite()
        return value
    text = unicodedata.normalize("NFKC", str(raw).translate(_MARKS)).replace(" ", "").upper()
    text = re.sub(r"^(?:东经|北纬|[EN])|[EN]$", "", text)
    found = _DEGREES.fullmatch(text)
    if not found:
        raise BadValue(
            "coordinate_unreadable", Text("不是坐标", "this is no coordinate"), _DEGREES_REMEDY
        )
    degrees, minutes, seconds = (float(part or 0) for part in found.groups())
    return degrees + minutes / 60 + seconds / 3600


def explain_place(
    x: float, y: float, code: str, bbox: tuple[float, float, float, float]
) -> BadValue:
    """Why a place may lie outside the city: a hint, on which nothing is converted.

    x, y  as they stand in the file, in the system `code`; bbox  west, south, east, north.
    """
    remedy = Text("请检查坐标和坐标系", "check the coordinates and their system")
    likely = Text("", "")
    if not np.isfinite([x, y]).all():
        likely = Text("：坐标不是有限的数", ": it is not finite")
    elif x == 0 and y == 0:
        likely = Text("：坐标为 0,0", ": it is 0,0")
        remedy = Text("请填写坐标", "fill in the coordinates")
    elif _lies_in(y, x, code, bbox):
        likely = Text("：经纬度（东、北）可能颠倒", ": x and y seem to be swapped")
        remedy = Text("请对调两列后再导入", "swap longitude and latitude")
    else:
        fitting = [
            f"EPSG:{other}"
            for other in LIKELY
            if _lies_in(x, y, f"EPSG:{other}", bbox) or _lies_in(y, x, f"EPSG:{other}", bbox)
        ]
        if fitting:
            listing = fitting[0]
            likely = Text(f"：数值像是 {listing}", f": the numbers look like {listing}")
            remedy = Text(
                f"请确认坐标系，如 --crs {listing}", f"check the system; maybe --crs {listing}"
            )
    where = f"{x:.6g}, {y:.6g}" if _is_geographic(code) else f"{x:.1f}, {y:.1f}"
    return BadValue(
        "outside_city",
        Text(
            f"位置 {where} 不在城市范围内{likely.zh}", f"{where} lies outside the city{likely.en}"
        ),
        remedy,
    )


def _lies_in(x: float, y: float, code: str, bbox: tuple[float, float, float, float]) -> bool:
    lon, lat = (x, y) if code == WGS84 else _transformer(code)(x, y)
    return bool(bbox[0] <= lon <= bbox[2] and bbox[1] <= lat <= bbox[3])


@lru_cache(maxsize=32)
def _transformer(code: str) -> Any:
    return pyproj.Transformer.from_crs(code, WGS84, always_xy=True).transform


@lru_cache(maxsize=32)
def _is_geographic(code: str) -> bool:
    return bool(pyproj.CRS(code).is_geographic)


_DEGREES_REMEDY = Text("请填写十进制度，如 104.0633", "write decimal degrees, such as 104.0633")
_DECLARE = Text(
    "请用 --crs 指定，如 EPSG:4326（WGS 84）、EPSG:4490（CGCS2000）、EPSG:4544（3° 带 105E）",
    "declare it with --crs: EPSG:4326 (WGS 84), EPSG:4490 (CGCS2000), EPSG:4544 (CM 105E) …",
)


def _shifted(said: str) -> GeoplanError:
    return GeoplanError(
        "crs_shifted",
        Text(
            f"{shown(said)} 是网络地图的偏移坐标（GCJ-02 或 BD-09），目前不能导入",
            f"{shown(said)} is the shifted system of a web map (GCJ-02, BD-09): not read yet",
        ),
        Text(
            "请先转换为 CGCS2000 或 WGS 84，再以 EPSG:4490 或 EPSG:4326 导入",
            "convert it to CGCS2000 or WGS 84 and import it as EPSG:4490 or EPSG:4326",
        ),
    )


def _refused(said: str) -> GeoplanError:
    name = shown(said.strip())
    return GeoplanError(
        "crs_refused",
        Text(
            f"坐标系 {name} 没有可靠的换算参数" if name else "文件的坐标系没有 EPSG 编号",
            f"there is no reliable way from {name} to WGS 84"
            if name
            else "the file's coordinate system has no EPSG code",
        ),
        Text("请先转换为 CGCS2000（EPSG:4490）", "convert it to CGCS2000 (EPSG:4490) first"),
    )
