"""Places that are wrong, missing, swapped, too coarse, or elsewhere."""

from __future__ import annotations

from tests.corpus.coordinates import places, table
from tests.corpus.expected import PLACE, Case, Good, error, warning
from tests.corpus.ground import projected, spot
from tests.corpus.writing import csv_file, ledger

_L = "龙泉驿区"
_HEAD = ["学校名称", "区县", "状态"]


SWAPPED_ALL = Case(
    "longitude and latitude in each other's column, all over",
    "school",
    ledger(table(["经度", "纬度"], [spot(_L, n)[::-1] for n in range(3)])),
    tuple(warning(row, PLACE, "coordinates_swapped") for row in (2, 3, 4)),
    good=places(3),
)

SWAPPED_ONE = Case(
    "one row with longitude and latitude swapped",
    "school",
    ledger(
        table(["经度", "纬度"], [spot(_L, 0), spot(_L, 1)[::-1], spot(_L, 2), spot(_L, 3)]),
    ),
    (warning(3, PLACE, "coordinates_swapped"),),
    good=places(4),
)

SWAPPED_CELL = Case(
    "lat,lon in one cell among lon,lat",
    "school",
    csv_file(
        table(["坐标"], [["{},{}".format(*(spot(_L, n)[:: -1 if n == 2 else 1]))] for n in range(4)])
    ),
    (warning(4, "坐标", "coordinates_swapped"),),
    good=places(4),
)  # fmt: skip

BAD_PLACES = Case(
    "zero, empty, half empty, words, another city, too coarse, a lost decimal point",
    "school",
    csv_file(
        table(
            ["经度", "纬度"],
            [
                (0, 0),
                ("", ""),
                (spot(_L, 2)[0], ""),
                ("示意路口", spot(_L, 3)[1]),
                (121.473667, 31.230525),
                (104.31, 30.61),
                (spot(_L, 6)[0], str(spot(_L, 6)[1]).replace(".", "")),
                spot(_L, 7),
            ],
        )
    ),
    (
        error(2, PLACE, "coordinates_zero"),
        error(3, PLACE, "place_missing"),
        error(4, PLACE, "place_missing"),
        error(5, "经度", "coordinates_unreadable"),
        error(6, PLACE, "outside_city"),
        warning(7, PLACE, "coordinates_coarse"),
        error(8, PLACE, "outside_city"),
    ),
    rows=tuple(range(2, 10)),
    good={9: Good(place=spot(_L, 7))},
)

NOT_KNOWN_YET = Case(
    "strokes and words for a place that is not known yet",
    "school",
    csv_file(
        [
            ["学校名称", "区县", "地址", "状态", "经度", "纬度"],
            ["示意银杏小学", _L, "示意路1号", "在建", "/", "/"],
            ["示意芙蓉小学", _L, "示意路2号", "在建", "—", "—"],
            ["示意梧桐小学", _L, "示意路3号", "在建", "暂无", "暂无"],
            ["示意海棠小学", _L, "", "在建", "待定", "待定"],
        ]
    ),
    (
        *(error(row, ("地址", "经度"), "place_by_address") for row in (2, 3, 4)),
        error(5, PLACE, "place_missing"),
    ),
)

OUTSIDE_DISTRICT = Case(
    "a place in another district than the row says",
    "school",
    ledger(
        [
            [*_HEAD, "经度", "纬度"],
            ["示意银杏小学", "锦江区", "在建", *spot("锦江区", 0)],
            ["示意芙蓉小学", "锦江区", "在建", *spot("青羊区", 0)],
            ["示意梧桐小学", "金堂县", "在建", *spot("大邑县", 0)],
            ["示意海棠小学", "成都高新区", "在建", *spot("武侯区", 0)],
            ["示意玉兰小学", "东部新区", "在建", *spot("简阳市", 0)],
        ]
    ),
    (
        warning(3, ("区县", "经度", "纬度"), "outside_district"),
        warning(4, ("区县", "经度", "纬度"), "outside_district"),
    ),
)

BUREAUS_ADDRESS = Case(
    "several projects at one coordinate: the bureau's own address",
    "school",
    ledger(
        table(
            ["经度", "纬度"],
            [spot(_L, 0), spot(_L, 1), spot(_L, 0), spot(_L, 0), spot(_L, 2), spot(_L, 0)],
        )
    ),
    tuple(warning(row, PLACE, "one_coordinate_for_many") for row in (2, 4, 5, 7)),
)

SCIENTIFIC = Case(
    "coordinates in scientific notation",
    "school",
    csv_file(
        table(
            ["经度", "纬度"],
            [
                [f"{spot(_L, 0)[0]:.8E}", spot(_L, 0)[1]],
                ["1.04E+02", spot(_L, 1)[1]],
                spot(_L, 2),
            ],
        )
    ),
    (
        warning(2, "经度", "number_in_scientific"),
        warning(3, "经度", "number_in_scientific"),
        warning(3, PLACE, "coordinates_coarse"),
        warning(3, ("区县", "经度", "纬度"), "outside_district"),
    ),
    good={2: Good(place=spot(_L, 0))},
)

TWO_SYSTEMS = Case(
    "degrees in most rows and metres in one",
    "school",
    ledger(
        table(
            ["经度", "纬度"],
            [spot(_L, 0), spot(_L, 1), projected(spot(_L, 2), 4544), spot(_L, 3)],
        )
    ),
    (error(4, PLACE, "outside_city"),),
)

MANY_DIGITS = Case(
    "a phone's fifteen digits",
    "school",
    csv_file(table(["lng", "lat"], [[f"{value:.13f}" for value in spot(_L, n)] for n in range(3)])),
    good=places(3),
)  # fmt: skip

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
