"""Total rows, subtotals, sections, repeated headers and merged cells."""

from __future__ import annotations

from typing import Any

from tests.corpus.expected import Case, Good, error, warning
from tests.corpus.ground import spot
from tests.corpus.writing import CHARGER, SCHOOL, charger_rows, csv_file, ledger, school_rows

_L = "龙泉驿区"
_C = "成华区"


def _sum(label: str, piles: object, guns: object = None) -> list[Any]:
    return [label, None, piles, guns]


_LONG, _HUA = charger_rows(3, _L), charger_rows(3, _C, first=3)  # piles 10, 11, 12 each

RIGHT = Case(
    "subtotals of districts and a total that agree with their rows",
    "charger",
    ledger(
        [
            CHARGER,
            *_LONG,
            _sum("小计", 33, 63),
            *_HUA,
            _sum("小计", 33, 63),
            _sum("合计（6座）", 66, 126),
        ]
    ),
    rows=(2, 3, 4, 6, 7, 8),
    skipped={5: "total", 9: "total", 10: "total"},
)

WRONG = Case(
    "a total that differs from the sum of its rows",
    "charger",
    ledger([CHARGER, *_LONG, _sum("合  计", 36, 63)]),
    (warning(5, "桩数", "total_differs", "36", "33"),),
    skipped={5: "total"},
)

WRONG_SUBTOTAL = Case(
    "one subtotal that differs, and a total that repeats its fault",
    "charger",
    ledger(
        [
            CHARGER,
            *_LONG,
            _sum("龙泉驿区小计", 33, 63),
            *_HUA,
            _sum("成华区小计", 43, 63),
            _sum("总计", 76, 126),
        ]
    ),
    (
        warning(9, "桩数", "total_differs", "43", "33"),
        warning(10, "桩数", "total_differs", "76", "66"),
    ),
    skipped={5: "total", 9: "total", 10: "total"},
)

ON_TOP = Case(
    "a total above its rows, as statistics put it",
    "charger",
    ledger([CHARGER, _sum("全市合计", 66, 126), *_LONG, *_HUA]),
    rows=(3, 4, 5, 6, 7, 8),
    skipped={2: "total"},
)

IN_WORDS = Case(
    "a total in words over the whole width",
    "charger",
    ledger([CHARGER, *_LONG, ["合计：3座充电站，共33个充电桩"]], merge=["A5:H5"]),
    rows=(2, 3, 4),
    skipped={5: "total"},
)

SECOND_COLUMN = Case(
    "the word for the total under the names, the running number empty",
    "charger",
    ledger(
        [
            ["序号", *CHARGER],
            *([n, *row] for n, row in enumerate(_LONG, start=1)),
            [None, *_sum("合计", 33, 63)],
        ]
    ),
    skipped={5: "total"},
)

NAMES_LIKE_TOTALS = Case(
    "names that begin like a total are projects",
    "school",
    csv_file(
        [
            ["学校名称", "区县", "状态", "经度", "纬度"],
            ["总计路示意小学", _L, "在建", *spot(_L, 0)],
            ["合计桥示意幼儿园", _L, "在建", *spot(_L, 1)],
            ["示意汇总中学", _L, "在建", *spot(_L, 2)],
        ]
    ),
    rows=(2, 3, 4),
)

WITH_UNITS = Case(
    "a total that agrees once its unit is read",
    "charger",
    csv_file([CHARGER, *_LONG, ["合计", "", "33个", "63个", "", "", "", ""]]),
    skipped={5: "total"},
)

MERGED = Case(
    "districts and towns merged over their rows",
    "charger",
    ledger(
        [
            ["区县", "镇街", *(name for name in CHARGER if name != "区县")],
            *(
                [(_L if n == 0 else None), ("示意街道" if n == 0 else "示意镇" if n == 2 else None), row[0], *row[2:]]
                for n, row in enumerate(_LONG)
            ),
            *(
                [(_C if n == 0 else None), ("示意乙街道" if n == 0 else None), row[0], *row[2:]]
                for n, row in enumerate(_HUA)
            ),
        ],
        merge=["A2:A4", "B2:B3", "A5:A7", "B5:B6"],
    ),
    good={
        3: Good({"town": "示意街道"}, unit="510112"), 4: Good({"town": "示意镇"}, unit="510112"),
        6: Good({"town": "示意乙街道"}, unit="510108"), 7: Good({"town": None}, unit="510108"),
    },
)  # fmt: skip

MERGED_NUMBER = Case(
    "a number merged over two rows would count twice: the second row lacks it",
    "charger",
    ledger([CHARGER, *_LONG[:1], [*_LONG[1][:2], None, *_LONG[1][3:]], *_LONG[2:]], merge=["C2:C3"]),
    (error(3, "桩数", "value_missing"),),
    good={2: Good({"piles": 10}), 3: Good({"piles": None})},
)  # fmt: skip

SECTIONS = Case(
    "rows that only divide a ledger into sections",
    "school",
    ledger(
        [
            SCHOOL,
            ["一、新建项目"],
            *school_rows(2),
            ["二、续建项目"],
            *school_rows(2, first=2),
        ],
        merge=["A2:I2", "A5:I5"],
    ),
    rows=(3, 4, 6, 7),
)

UNITS_BELOW = Case(
    "a row of units below the header",
    "school",
    ledger(
        [
            ["学校名称", "区县", "状态", "新增学位", "经度", "纬度"],
            [None, None, None, "个", "度", "度"],
            *([row[1], row[2], row[3], row[6], *row[7:]] for row in school_rows(2)),
        ]
    ),
    rows=(3, 4),
    good={3: Good({"places": 360}, spot(_L, 0))},
)

NUMBERED_COLUMNS = Case(
    "a row that numbers the columns below the header",
    "school",
    ledger([SCHOOL, ["甲", "乙", "丙", "丁", 1, 2, 3, 4, 5], *school_rows(2)]),
    rows=(3, 4),
)

REPEATED_HEADER = Case(
    "the header again at the top of the second printed page",
    "school",
    ledger([SCHOOL, *school_rows(2), SCHOOL, *school_rows(2, first=2)]),
    rows=(2, 3, 5, 6),
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
