"""Numbers with words, units, signs and the marks of hand work."""

from __future__ import annotations

from typing import Any

from tests.corpus.expected import Case, Good, error, info, warning
from tests.corpus.ground import line, spot
from tests.corpus.writing import (
    CHARGER,
    NAMES,
    changed,
    charger_rows,
    csv_file,
    geojson,
    ledger,
)

_L = "龙泉驿区"


def _piles(*cells: Any) -> list[list[Any]]:
    """Charging stations with these cells as numbers of piles, and no connectors."""
    header = ["站点名称", "区县", "充电桩数量", "状态", "经度", "纬度"]
    return [header] + [
        [f"示意{NAMES[n]}充电站", _L, cell, "在建", *spot(_L, n)] for n, cell in enumerate(cells)
    ]


GOOD_FORMS = Case(
    "whole numbers as people write them",
    "charger",
    csv_file(_piles("24", "1,200", "1，200", "1.2万", "1.2万个", "12台", " 36 ", "２４", "24.0")),
    rows=tuple(range(2, 11)),
    good={
        row: Good({"piles": piles})
        for row, piles in enumerate((24, 1200, 1200, 12000, 12000, 12, 36, 24, 24), start=2)
    },
)

BAD_FORMS = Case(
    "cells that are no number of piles",
    "charger",
    csv_file(_piles("无", "-5", "12枪", "3.5", "", "十二", "3座", "99999999999", "12/24", "24")),
    (
        error(2, "充电桩数量", "number_unreadable"),
        error(3, "充电桩数量", "number_negative"),
        error(4, "充电桩数量", "unit_mismatch"),
        error(5, "充电桩数量", "number_not_whole"),
        error(6, "充电桩数量", "value_missing"),
        error(7, "充电桩数量", "number_unreadable"),
        error(8, "充电桩数量", "unit_mismatch"),
        error(9, "充电桩数量", "number_too_large"),
        error(10, "充电桩数量", "number_unreadable"),
    ),
    good={2: Good({"piles": None}), 11: Good({"piles": 24})},
)

APPROXIMATE = Case(
    "about, over, more than, left and right: taken, and a nod asked for",
    "charger",
    csv_file(_piles("约60", "60左右", "60+", "近60", "60余", "约1.2万", "超60", "60")),
    tuple(warning(row, "充电桩数量", "number_approximate") for row in range(2, 9)),
    good={
        2: Good({"piles": 60}),
        4: Good({"piles": 60}),
        7: Good({"piles": 12000}),
        9: Good({"piles": 60}),
    },
)

SCIENTIFIC = Case(
    "scientific notation, as a spreadsheet shows what is too wide for its column",
    "charger",
    csv_file(_piles("1.2E+03", "6e2", "600")),
    (
        warning(2, "充电桩数量", "number_in_scientific"),
        warning(3, "充电桩数量", "number_in_scientific"),
    ),
    good={2: Good({"piles": 1200}), 3: Good({"piles": 600})},
)

AS_TEXT = Case(
    "numbers that a workbook holds as text",
    "charger",
    ledger(changed(changed([CHARGER, *charger_rows(4)], 1, 2, "10"), 3, 2, "１２"), text=["C"]),
    (info(2, "桩数", "number_as_text"), info(4, "桩数", "number_as_text")),
    good={2: Good({"piles": 10}), 4: Good({"piles": 12})},
)

LENGTHS = Case(
    "lengths in kilometres, metres and li of a drawn greenway",
    "greenway",
    geojson(
        [
            {
                "名称": f"示意{NAMES[n]}绿道", "区县": _L, "状态": "在建", "长度": text,
                "geometry": line(spot(_L, n), 3200),
            }
            for n, text in enumerate(["3.2公里", "3200米", "3.2km", "３．２", "3.2 公里", "3.2千米", "6.4里"])
        ]
    ),
    (error(5 + 2, "长度", "unit_mismatch"),),
    good={row: Good({"length_km": 3.2}) for row in range(1, 7)},
)  # fmt: skip

UNITS_IN_HEADER = Case(
    "units in the header: metres for kilometres, 亿元 for 万元",
    "greenway",
    geojson(
        [
            {
                "名称": "示意银杏绿道", "状态": "在建", "长度（米）": 3200, "总投资（亿元）": 1.5, "绿道宽度(m)": 6,
                "geometry": line(spot(_L, 0), 3200),
            },
            {
                "名称": "示意芙蓉绿道", "状态": "在建", "长度（米）": "3.2公里", "总投资（亿元）": "800万元", "绿道宽度(m)": "4.5米",
                "geometry": line(spot(_L, 1), 3200),
            },
        ]
    ),
    (),
    good={
        1: Good({"length_km": 3.2, "investment_wan": 15000.0, "width_m": 6}),
        2: Good({"length_km": 3.2, "investment_wan": 800.0, "width_m": 4.5}),
    },
)  # fmt: skip

AREAS = Case(
    "areas in mu, hectares and square metres",
    "park",
    ledger(
        [
            ["公园名称", "区县", "公园类型", "面积", "状态", "经度", "纬度"],
            ["示意银杏公园", _L, "社区公园", "15亩", "在建", *spot(_L, 0)],
            ["示意芙蓉公园", _L, "小游园", "1.2公顷", "在建", *spot(_L, 1)],
            ["示意梧桐公园", _L, "综合公园", "25000㎡", "在建", *spot(_L, 2)],
            ["示意海棠公园", _L, "湿地公园", "约120亩", "在建", *spot(_L, 3)],
            ["示意玉兰公园", _L, "口袋公园", "3200平方米", "在建", *spot(_L, 4)],
            ["示意紫薇公园", _L, "郊野公园", "2公里", "在建", *spot(_L, 5)],
        ]
    ),
    (warning(5, "面积", "number_approximate"), error(7, "面积", "unit_mismatch")),
    good={
        2: Good({"area_ha": 1.0, "kind": "community"}),
        3: Good({"area_ha": 1.2, "kind": "pocket"}),
        4: Good({"area_ha": 2.5}),
        5: Good({"area_ha": 8.0}),
        6: Good({"area_ha": 0.32}),
    },
)

MU_IN_HEADER = Case(
    "an area in mu by its header, a number in each cell",
    "park",
    ledger(
        [
            ["公园名称", "区县", "占地面积（亩）", "状态", "经度", "纬度"],
            ["示意银杏公园", _L, 15, "在建", *spot(_L, 0)],
            ["示意芙蓉公园", _L, 22.5, "在建", *spot(_L, 1)],
        ]
    ),
    good={2: Good({"area_ha": 1.0}), 3: Good({"area_ha": 1.5})},
)

WRONG_UNIT_IN_HEADER = Case(
    "a header that says a unit of another kind",
    "park",
    ledger(
        [
            ["公园名称", "区县", "建设规模（公里）", "状态", "经度", "纬度"],
            ["示意银杏公园", _L, 15, "在建", *spot(_L, 0)],
        ]
    ),
    (error(None, "建设规模（公里）", "unit_mismatch"),),
)

MONEY = Case(
    "money with and without its unit",
    "park",
    csv_file(
        [
            ["公园名称", "区县", "状态", "总投资", "累计完成投资（万元）", "经度", "纬度"],
            ["示意银杏公园", _L, "在建", "1.5亿元", "3,200.5", *spot(_L, 0)],
            ["示意芙蓉公园", _L, "在建", "800", "800万元", *spot(_L, 1)],
            ["示意梧桐公园", _L, "在建", "1.5亿", "", *spot(_L, 2)],
        ]
    ),
    good={
        2: Good({"investment_wan": 15000.0, "investment_done_wan": 3200.5}),
        3: Good({"investment_wan": 800.0, "investment_done_wan": 800.0}),
        4: Good({"investment_wan": 15000.0, "investment_done_wan": None}),
    },
)

PILES_AND_CONNECTORS = Case(
    "fewer connectors than piles: someone mixed them up",
    "charger",
    ledger(
        [
            CHARGER,
            *changed(changed(charger_rows(4), 1, 3, 5), 2, 3, None),
        ]
    ),
    (warning(3, ("桩数", "枪数"), "piles_exceed_connectors"),),
    good={2: Good({"piles": 10, "connectors": 20}), 4: Good({"piles": 12, "connectors": None})},
)

PLACES = Case(
    "school places outside what a school can have",
    "school",
    csv_file(
        [
            ["学校名称", "区县", "新增学位", "状态", "经度", "纬度"],
            ["示意银杏小学", _L, 1080, "在建", *spot(_L, 0)],
            ["示意芙蓉小学", _L, 12, "在建", *spot(_L, 1)],
            ["示意梧桐小学", _L, 9000, "在建", *spot(_L, 2)],
            ["示意海棠小学", _L, "", "在建", *spot(_L, 3)],
        ]
    ),
    (
        warning(3, "新增学位", "places_out_of_range"),
        warning(4, "新增学位", "places_out_of_range"),
    ),
    good={3: Good({"places": 12})},
)

YES_AND_NO = Case(
    "yes and no in every dress",
    "greenway",
    geojson(
        [
            {"名称": f"示意{NAMES[n]}绿道", "状态": "在建", "是否连接线": cell, "geometry": line(spot(_L, n), 900)}
            for n, cell in enumerate(["是", "否", True, "√", "×", 0, None, "也许"])
        ]
    ),
    (error(8, "是否连接线", "value_unknown"),),
    good={
        1: Good({"connecting": True}), 2: Good({"connecting": False}), 3: Good({"connecting": True}),
        4: Good({"connecting": True}), 5: Good({"connecting": False}), 6: Good({"connecting": False}),
        7: Good({"connecting": None}),
    },
)  # fmt: skip

NOT_FINITE = Case(
    "NaN and infinity out of a script",
    "charger",
    csv_file(_piles("NaN", "inf", "N/A", "24")),
    (
        error(2, "充电桩数量", "number_unreadable"),
        error(3, "充电桩数量", "number_unreadable"),
        error(4, "充电桩数量", "number_unreadable"),
    ),
)

BLANK_MARKS = Case(
    "a stroke where there is nothing to fill in is an empty cell",
    "charger",
    csv_file(
        [
            CHARGER,
            ["示意银杏充电站", _L, 10, "/", "在建", "—", *spot(_L, 0)],
            ["示意芙蓉充电站", _L, 10, "-", "在建", "/", *spot(_L, 1)],
            ["示意梧桐充电站", _L, "/", "——", "在建", "", *spot(_L, 2)],
        ]
    ),
    (error(4, "桩数", "value_missing"),),
    good={2: Good({"piles": 10, "connectors": None, "finished_on": None})},
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
