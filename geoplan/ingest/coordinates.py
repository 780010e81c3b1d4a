"""From a file's coordinates to EPSG:4326, and the strict reading of what a file says of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.ingest.coordinate_text import read_coordinate, unreadable
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.systems import (
    BD09,
    DECLARE,
    GCJ02,
    SHIFTED,
    WGS84,
    is_geographic,
    is_old,
    refused,
    system_of,
)
from geoplan.ingest.webmap import Degrees, Pair, wgs_from_bd, wgs_from_gcj
from geoplan.text import Text

LIKELY = (4326, 4544, 4523, 4543, 4522, 32648, 3857)
"""Systems of files about Chengdu, tried when coordinates lie elsewhere, for a hint."""


def crs_code(said: str) -> str:
    """A system as `EPSG:n` from what a person or a file calls it.

    Raises GeoplanError as `system_of` does; `crs_shifted` for GCJ-02 and BD-09, and `crs_refused`
    for Xian 1980: those need the eyes of a person on the map, which an upload has.
    """
    system = system_of(said)
    if system in SHIFTED:
        raise _shifted(said)
    if is_old(system):
        raise refused(said)
    return system


def resolve_crs(in_file: str | None, declared: str | None) -> str:
    """The system to read a file in: the file's own, or the declared one where it has none.

    in_file   as `raw.read` says: `EPSG:n`, `unknown`, or None.
    declared  `EPSG:n` of the person, or None.
    Raises GeoplanError `crs_undeclared`, `crs_conflict`, and what `crs_code` raises.
    """
    if in_file == "unknown":
        raise refused("")
    if in_file is None and declared is None:
        raise GeoplanError(
            "crs_undeclared",
            Text("文件没有说明坐标系", "the file does not say its coordinate system"),
            DECLARE,
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


def to_lonlat(geometry: NDArray[Any], system: str) -> NDArray[Any]:
    """Geometries of a system, x = east first, as EPSG:4326; where it has no answer, infinity."""
    if system == WGS84:
        return geometry
    moved: NDArray[Any] = shapely.transform(
        geometry, lambda xy: np.stack(lonlat_of(xy[:, 0], xy[:, 1], system), axis=-1)
    )
    return moved


def lonlat_of(x: Degrees, y: Degrees, system: str) -> Pair:
    """Longitudes and latitudes (n,), EPSG:4326, of coordinates (n,) east and north of a system.

    Where the system has no answer they are infinite.
    """
    if system == WGS84:
        return x, y
    if system == GCJ02:
        return wgs_from_gcj(x, y)
    if system == BD09:
        return wgs_from_bd(x, y)
    lon, lat = _transformer(system)(x, y)
    return lon, lat


def to_coordinate(raw: Any, system: str) -> float:
    """One coordinate of a cell, in degrees or metres as the system has them.

    Raises BadValue as `read_coordinate` does, and for degrees in scientific notation.
    """
    read = read_coordinate(raw)
    if read.form == "scientific" or (read.form == "dms" and not is_geographic(system)):
        raise unreadable()
    return read.value


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
    where = f"{x:.6g}, {y:.6g}" if is_geographic(code) else f"{x:.1f}, {y:.1f}"
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


def _shifted(said: str) -> GeoplanError:
    return GeoplanError(
        "crs_shifted",
        Text(
            f"{shown(said)} 是网络地图的偏移坐标（GCJ-02 或 BD-09），导入命令不换算",
            f"{shown(said)} is the shifted system of a web map (GCJ-02, BD-09); imports leave it",
        ),
        Text(
            "请在上传页面上传，由人在地图上核对；或先转换为 EPSG:4490、EPSG:4326",
            "upload it, where a person sees it on the map, or convert it to EPSG:4490 or EPSG:4326",
        ),
    )
