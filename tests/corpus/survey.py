"""Surveyors' text: land parcels (国土 TXT) and CASS points, which write north and east differently."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import SILENT, Case, Good, error, info, warning
from tests.corpus.ground import projected, spot, square
from tests.corpus.writing import Make, text_file

_L = "龙泉驿区"
_W = "大邑县"
_HEAD = {
    "格式版本号": "1.01", "数据产生单位": "示意局", "数据产生日期": "2023-11-01",
    "坐标系": "2000国家大地坐标系", "几度分带": "3", "投影类型": "高斯克吕格", "计量单位": "米",
    "带号": "35", "精度": "0.001", "转换参数": ",,,",
}  # fmt: skip


def parcels(
    shapes: Sequence[shapely.Polygon],
    epsg: int = 4523,
    *,
    closed: bool = True,
    encoding: str = "gbk",
    **head: str | None,
) -> Make:
    """A parcel file; a line of the head is changed by its name, and left out by None."""
    lines = ["[属性描述]"]
    lines += [f"{key}={value}" for key, value in (_HEAD | head).items() if value is not None]
    lines.append("[地块坐标]")
    for number, shape in enumerate(shapes, start=1):
        rings = [shape.exterior, *shape.interiors]
        corners: list[str] = []
        for ring, coordinates in enumerate(rings, start=1):
            points = [projected((x, y), epsg) for x, y in coordinates.coords]
            for east, north in points if closed else points[:-1]:
                corners.append(f"J{len(corners) + 1},{ring},{north:.3f},{east:.3f}")
        lines.append(
            f"{len(corners)},4.0000,{number},示意{number}号地块,面,H48G00{number},公园绿地,@"
        )
        lines += corners
    return text_file("\r\n".join(lines) + "\r\n", "勘测定界.txt", encoding)


def _hole(number: int) -> shapely.Polygon:
    outer = square(spot(_L, number), 200)
    inner = square(spot(_L, number), 60)
    moved = shapely.transform(inner, lambda xy: xy + 0.0006)
    return outer.difference(moved)


_SQUARES = [square(spot(_L, n), 200) for n in range(3)]
_GBK = info(None, None, "encoding_guessed")
_READ = {row: Good({"name": f"示意{row}号地块"}, spot(_L, row - 1)) for row in (1, 2, 3)}

PARCELS = Case(
    "land parcels with their zone number, north first",
    "green_space",
    parcels(_SQUARES),
    (_GBK,),
    options=SILENT,
    crs="EPSG:4523",
    how=("declared",),
    rows=(1, 2, 3),
    good=_READ,
)

ZONE_IN_HEAD = Case(
    "land parcels whose zone stands in the head only",
    "green_space",
    parcels(_SQUARES, 4544),
    (_GBK,),
    options=SILENT,
    how=("declared",),
    good=_READ,
)

WEST = Case(
    "land parcels of the western zone",
    "green_space",
    parcels([square(spot(_W, n), 150) for n in range(2)], 4522, 带号="34"),
    (_GBK,),
    options=SILENT,
    crs="EPSG:4522",
    how=("declared",),
    good={1: Good(place=spot(_W, 0)), 2: Good(place=spot(_W, 1))},
)

WITH_HOLE = Case(
    "a parcel with a hole as its second ring, the file in UTF-8",
    "green_space",
    parcels([_hole(0), _SQUARES[1]], encoding="utf-8"),
    options=SILENT,
    rows=(1, 2),
    good={1: Good(place=spot(_L, 0)), 2: Good(place=spot(_L, 1))},
)

NOT_REPEATED = Case(
    "parcels whose first corner is not repeated at the end",
    "green_space",
    parcels(_SQUARES, closed=False),
    (_GBK,),
    options=SILENT,
    good=_READ,
)

OLD_DATUM = Case(
    "parcels of Xian 1980: taken with a warning",
    "green_space",
    parcels(_SQUARES, 2380, 坐标系="80国家大地坐标系"),
    (_GBK, warning(None, None, "crs_old_datum")),
    options=SILENT,
    good=_READ,
)

LOCAL = Case(
    "parcels of the city's local system are refused",
    "green_space",
    parcels(_SQUARES, 4544, 坐标系="成都市平面坐标系", 带号=None),
    (_GBK, error(None, None, "crs_local")),
    options=SILENT,
)

NO_HEAD = Case(
    "parcels that say no system: the zone number in their eastings does",
    "green_space",
    parcels(_SQUARES, 坐标系=None, 带号=None, 几度分带=None, 投影类型=None),
    (_GBK,),
    options=SILENT,
    crs="EPSG:4523",
    how=("size",),
    good=_READ,
)

_POINTS = [projected(spot(_L, n), 4544) for n in range(4)]

CASS = Case(
    "points of CASS: id, code, east, north, height",
    "place",
    text_file(
        "".join(
            f"{n},停车,{east:.3f},{north:.3f},505.{n}\r\n"
            for n, (east, north) in enumerate(_POINTS, start=1)
        ),
        "测量点.dat",
        "gbk",
    ),
    (_GBK, warning(None, None, "crs_by_size", "4544", "32648")),
    options=ReadOptions(headers={"编码": "category"}),
    crs="EPSG:4544",
    how=("size",),
    rows=(1, 2, 3, 4),
    good={row: Good({"category": "parking"}, spot(_L, row - 1)) for row in (1, 2, 3, 4)},
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
