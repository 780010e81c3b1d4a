"""Places in every system and dress, declared or told by the size of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import PLACE, SILENT, Case, Good, Held, error, warning
from tests.corpus.ground import Spot, bd09, dms, gcj02, moved, packed_dms, projected, spot
from tests.corpus.writing import NAMES, csv_file, ledger

_L = "龙泉驿区"
_W = "大邑县"
_HEAD = ["学校名称", "区县", "状态"]


def table(
    headers: Sequence[str], places: Sequence[Sequence[Any]], unit: str = _L
) -> list[list[Any]]:
    """Schools whose places stand in these columns."""
    return [[*_HEAD, *headers]] + [
        [f"示意{NAMES[n % 30]}{'' if n < 30 else n}小学", unit, "在建", *place]
        for n, place in enumerate(places)
    ]


def rounded(convert: Callable[[Spot], Spot], at: Spot) -> Spot:
    x, y = convert(at)
    return round(x, 6), round(y, 6)


def places(count: int, unit: str = _L) -> dict[int, Good]:
    return {row: Good(place=spot(unit, row - 2)) for row in range(2, 2 + count)}


def known(count: int, unit: str = _L) -> tuple[Held, ...]:
    """What the map holds under the same names, each some 40 m from where the ledger has it."""
    return tuple(
        Held(f"示意{NAMES[n]}小学", moved(spot(unit, n), 40 * (-1) ** n, 25), layer="place")
        for n in range(count)
    )


# Declared, or told by the size of the numbers.

PACKED_CELL = Case(
    "lon,lat in one cell, with all the commas there are",
    "school",
    csv_file(
        table(
            ["经纬度"],
            [
                [f"{x},{y}" if n == 0 else f"{x}，{y}" if n == 1 else f"{x} {y}" if n == 2 else f"（{x}, {y}）"]
                for n, (x, y) in enumerate(spot(_L, n) for n in range(4))
            ],
        )
    ),
    good=places(4),
)  # fmt: skip

AMAP_HEADER = Case(
    "a column called Amap coordinates says its system",
    "school",
    csv_file(
        table(["高德坐标"], [["{},{}".format(*rounded(gcj02, spot(_L, n)))] for n in range(3)])
    ),
    options=SILENT,
    crs="GCJ-02",
    how=("declared",),
    good=places(3),
)

GCJ_CHOSEN = Case(
    "Amap's coordinates, as the uploader says",
    "school",
    csv_file(table(["坐标"], [["{},{}".format(*rounded(gcj02, spot(_L, n)))] for n in range(3)])),
    options=ReadOptions(crs="GCJ-02"),
    crs="GCJ-02",
    how=("chosen",),
    good=places(3),
)

BD_CHOSEN = Case(
    "Baidu's coordinates, as the uploader says",
    "school",
    ledger(table(["经度", "纬度"], [rounded(bd09, spot(_L, n)) for n in range(3)])),
    options=ReadOptions(crs="BD-09"),
    crs="BD-09",
    how=("chosen",),
    good=places(3),
)

CRS_COLUMN = Case(
    "a column 坐标系 that says CGCS2000",
    "school",
    ledger(
        table(["经度", "纬度", "坐标系"], [[*spot(_L, n), "2000国家大地坐标系"] for n in range(3)])
    ),
    options=SILENT,
    crs="EPSG:4490",
    how=("declared",),
    good=places(3),
)

CRS_COLUMN_MIXED = Case(
    "a column 坐标系 that says another system in each row",
    "school",
    ledger(
        table(
            ["经度", "纬度", "坐标系"],
            [
                [*spot(_L, 0), "WGS84"],
                [*rounded(gcj02, spot(_L, 1)), "GCJ-02"],
                [*rounded(bd09, spot(_L, 2)), "百度"],
                [*spot(_L, 3), "CGCS2000"],
                [*rounded(gcj02, spot(_L, 4)), "高德"],
            ],
        )
    ),
    options=SILENT,
    how=("declared",),
    good=places(5),
)

DMS = Case(
    "degrees, minutes and seconds, with signs and in words",
    "school",
    csv_file(
        table(
            ["东经", "北纬"],
            [
                [dms(spot(_L, 0)[0]), dms(spot(_L, 0)[1])],
                [dms(spot(_L, 1)[0], "°'\""), dms(spot(_L, 1)[1], "°'\"")],
                [dms(spot(_L, 2)[0], "度分秒"), dms(spot(_L, 2)[1], "度分秒")],
                [f"E{dms(spot(_L, 3)[0])}", f"N{dms(spot(_L, 3)[1])}"],
                [f"{spot(_L, 4)[0]}E", f"{spot(_L, 4)[1]}N"],
                [f"东经{spot(_L, 5)[0]}°", f"北纬{spot(_L, 5)[1]}°"],
            ],
        )
    ),
    good=places(6),
)

PACKED_DMS = Case(
    "ddd.mmss as surveyors pack it, given away by what the map holds under the same names",
    "school",
    csv_file(
        table(["经度", "纬度"], [[packed_dms(value) for value in spot(_L, n)] for n in range(6)])
    ),
    (*(warning(row, PLACE, "coordinates_packed_dms") for row in range(2, 8)),),
    places=known(6),
    good=places(6),
)

EAST_NORTH = Case(
    "metres of the city's usual projection, undeclared: their size tells it",
    "school",
    ledger(table(["东坐标", "北坐标"], [projected(spot(_L, n), 4544) for n in range(4)])),
    (warning(None, None, "crs_by_size", "4544", "32648"),),
    options=SILENT,
    crs="EPSG:4544",
    how=("size",),
    good=places(4),
)

X_IS_NORTH = Case(
    "survey columns X and Y, where X is north",
    "school",
    ledger(
        table(["X坐标（m）", "Y坐标（m）"], [projected(spot(_L, n), 4544)[::-1] for n in range(4)])
    ),
    (warning(None, None, "crs_by_size", "4544", "32648"),),
    options=SILENT,
    crs="EPSG:4544",
    how=("size",),
    good=places(4),
)

WITH_ZONE = Case(
    "an easting with its zone number",
    "school",
    ledger(table(["X", "Y"], [projected(spot(_L, n), 4523)[::-1] for n in range(4)])),
    options=SILENT,
    crs="EPSG:4523",
    how=("size",),
    good=places(4),
)

WESTERN_ZONE = Case(
    "the western districts' neighbouring zone",
    "school",
    ledger(table(["东坐标", "北坐标"], [projected(spot(_W, n), 4543) for n in range(4)], _W)),
    options=SILENT,
    crs="EPSG:4543",
    how=("size",),
    good=places(4, _W),
)

WESTERN_ZONE_NUMBER = Case(
    "the neighbouring zone with its number",
    "school",
    ledger(table(["Y", "X"], [projected(spot(_W, n), 4522) for n in range(4)], _W)),
    options=SILENT,
    crs="EPSG:4522",
    how=("size",),
    good=places(4, _W),
)

WEB_MERCATOR = Case(
    "metres of a web map",
    "school",
    ledger(table(["东坐标", "北坐标"], [projected(spot(_L, n), 3857) for n in range(4)])),
    options=SILENT,
    crs="EPSG:3857",
    how=("size",),
    good=places(4),
)

XIAN_80 = Case(
    "Xian 1980, as the column 坐标系 says: taken with a warning",
    "school",
    ledger(
        table(
            ["东坐标", "北坐标", "坐标系"],
            [[*projected(spot(_L, n), 2380), "西安80"] for n in range(3)],
        )
    ),
    (warning(None, (None, "坐标系"), "crs_old_datum"),),
    options=SILENT,
    crs="EPSG:2380",
    good=places(3),
)

XIAN_80_CHOSEN = Case(
    "Xian 1980, as the uploader says",
    "school",
    ledger(table(["东坐标", "北坐标"], [projected(spot(_L, n), 2380) for n in range(3)])),
    (warning(None, None, "crs_old_datum"),),
    options=ReadOptions(crs="EPSG:2380"),
    crs="EPSG:2380",
    how=("chosen",),
    good=places(3),
)

LOCAL = Case(
    "the city's local system is refused",
    "school",
    ledger(
        table(
            ["东坐标", "北坐标", "坐标系"],
            [[21_000.5 + n, 18_300.25 + n, "成都城市独立坐标系"] for n in range(3)],
        )
    ),
    (error(None, (None, "坐标系"), "crs_local"),),
    options=SILENT,
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
