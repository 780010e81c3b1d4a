"""Days of every form, vague ones, impossible ones, and days that contradict the status."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.corpus.expected import Case, Good, error, warning
from tests.corpus.ground import spot
from tests.corpus.writing import NAMES, csv_file, ledger

_L = "龙泉驿区"


def _schools(
    *days: tuple[Any, Any],
    status: str = "竣工",
    headers: tuple[str, str] = ("开工时间", "竣工时间"),
) -> list[list[Any]]:
    """Schools with these starts and finishes."""
    header = ["学校名称", "区县", "状态", *headers, "经度", "纬度"]
    return [header] + [
        [f"示意{NAMES[n]}小学", _L, status, *pair, *spot(_L, n)] for n, pair in enumerate(days)
    ]


FORMS = Case(
    "whole days in every form that ledgers have",
    "school",
    csv_file(
        _schools(
            ("2022-03-01", "2023-09-30"),
            ("2022/3/1", "2023/9/30"),
            ("2022.3.1", "2023.9.30"),
            ("20220301", "20230930"),
            ("2022年3月1日", "2023年9月30日"),
            ("2022年03月01日", "２０２３年９月３０日"),
            ("44621", "45199"),
            ("2022-03-01 00:00:00", "2023-09-30T17:30:00"),
            ("2022 年 3 月 1 日", "2023年9月30号"),
        )
    ),
    good={
        row: Good({"started_on": "2022-03-01", "finished_on": "2023-09-30"}) for row in range(2, 11)
    },
)

EXCEL_DAYS = Case(
    "days of a workbook: dates, dates with a time, serials without a format, and texts",
    "school",
    ledger(
        _schools(
            (date(2022, 3, 1), datetime.fromisoformat("2023-09-30T08:30")),
            (44621, 45199),
            ("2022-03-01", 45199.75),
        )
    ),
    good={
        row: Good({"started_on": "2022-03-01", "finished_on": "2023-09-30"}) for row in range(2, 5)
    },
)

VAGUE = Case(
    "months and years instead of days: the last day of a finish, and a nod asked for",
    "school",
    csv_file(
        _schools(
            ("2022-03-01", "2023.10"),
            ("2022-03-01", "2023年10月底"),
            ("2022-03-01", "2023年10月"),
            ("2022-03-01", "2022年"),
            ("2022-03-01", "2023-10"),
            ("2022-03-01", "2023年10月中旬"),
            ("2022.03", "2023-10-31"),
            ("2022年初", "2023-10-31"),
        )
    ),
    (
        *(warning(row, "竣工时间", "date_vague") for row in range(2, 8)),
        warning(8, "开工时间", "date_vague"),
        warning(9, "开工时间", "date_vague"),
    ),
    good={
        2: Good({"finished_on": "2023-10-31"}),
        3: Good({"finished_on": "2023-10-31"}),
        4: Good({"finished_on": "2023-10-31"}),
        5: Good({"finished_on": "2022-12-31"}),
        6: Good({"finished_on": "2023-10-31"}),
        7: Good({"finished_on": "2023-10-20"}),
        8: Good({"started_on": "2022-03-01"}),
        9: Good({"started_on": "2022-01-01"}),
    },
)

MONTH_ALONE = Case(
    "a month without a year, which only a guess could complete",
    "school",
    csv_file(_schools(("2022-03-01", "10月"), ("2022-03-01", "10月底"), ("3月", "2023-10-31"))),
    (
        error(2, "竣工时间", "date_unreadable"),
        error(3, "竣工时间", "date_unreadable"),
        error(4, "开工时间", "date_unreadable"),
    ),
)

IMPOSSIBLE = Case(
    "days that do not exist, words, and forms that can be read in two ways",
    "school",
    csv_file(
        _schools(
            ("2022-03-01", "2023-02-30"),
            ("2022-03-01", "2023-13-01"),
            ("2022-03-01", "待定"),
            ("2022-03-01", "9/30/2023"),
            ("2022-03-01", "2023.1"),
            ("2022.3-2023.8", "2023-09-30"),
            ("2022-03-01", "20239"),
        )
    ),
    (
        error(2, "竣工时间", "date_invalid"),
        error(3, "竣工时间", "date_invalid"),
        error(4, "竣工时间", "date_unreadable"),
        error(5, "竣工时间", "date_unreadable"),
        error(6, "竣工时间", "date_ambiguous"),
        error(7, "开工时间", "date_unreadable"),
        error(8, "竣工时间", "date_unreadable"),
    ),
    good={2: Good({"started_on": "2022-03-01", "finished_on": None})},
)

TYPED_AS_NUMBER = Case(
    "2023.10 that a spreadsheet made the number 2023.1 of, and 2023.11",
    "school",
    ledger(_schools(("2022-03-01", 2023.1), ("2022-03-01", 2023.11), ("2022-03-01", 2022))),
    (
        error(2, "竣工时间", "date_ambiguous"),
        warning(3, "竣工时间", "date_vague"),
        warning(3, "竣工时间", "date_in_future"),
        warning(4, "竣工时间", "date_vague"),
    ),
    good={3: Good({"finished_on": "2023-11-30"}), 4: Good({"finished_on": "2022-12-31"})},
)

REVERSED = Case(
    "finished before it was started",
    "school",
    csv_file(_schools(("2023-09-01", "2022-03-01"), ("2023-09-01", "2023-09-01"))),
    (error(2, ("竣工时间", "开工时间"), "dates_reversed"),),
)

IN_FUTURE = Case(
    "finished next month, by a report of this month",
    "school",
    csv_file(
        [
            *_schools(("2022-03-01", "2023-12-25"), ("2022-03-01", "2033-09-01")),
            ["示意翠竹小学", _L, "投用", "2022-03-01", "2024-03-01", *spot(_L, 7)],
            ["示意青松小学", _L, "在建", "2022-03-01", "2024-03-01", *spot(_L, 8)],
            ["示意桂香小学", _L, "拟建", "2024-03-01", "2025-08-01", *spot(_L, 9)],
            ["示意丹枫小学", _L, "竣工", "2022-03-01", "2023-11-24", *spot(_L, 10)],
        ]
    ),
    (
        warning(2, "竣工时间", "date_in_future"),
        warning(3, "竣工时间", "date_in_future"),
        warning(4, "竣工时间", "date_in_future"),
    ),
)

CONFLICT = Case(
    "not yet begun, and finished in spring",
    "school",
    csv_file(
        [
            *_schools(
                ("2022-03-01", "2023-03-15"),
                status="未开工",
                headers=("实际开工时间", "实际竣工时间"),
            ),
            ["示意翠竹小学", _L, "在建", "2022-03-01", "", *spot(_L, 7)],
            ["示意青松小学", _L, "未开工", "", "", *spot(_L, 8)],
        ]
    ),
    (warning(2, ("状态", "实际竣工时间", "实际开工时间"), "status_date_conflict"),),
)

PLANNED_DAYS = Case(
    "planned days in words",
    "school",
    csv_file(
        _schools(
            ("计划2024年3月1日", "预计2025年8月31日"),
            status="拟建",
            headers=("计划开工", "计划竣工"),
        )
    ),
    good={2: Good({"started_on": "2024-03-01", "finished_on": "2025-08-31"})},
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
