"""One project twice, and projects that the map holds already."""

from __future__ import annotations

from typing import Any

from tests.corpus.expected import Case, Good, Held, error, info, warning
from tests.corpus.ground import Spot, moved, spot
from tests.corpus.writing import SCHOOL, changed, csv_file, ledger, school_rows

_L = "龙泉驿区"
_NEAR = ("学校名称", "经度", "纬度")


def _named(*rows: tuple[str, Spot]) -> list[list[Any]]:
    return [["学校名称", "区县", "状态", "经度", "纬度"]] + [
        [name, _L, "在建", *place] for name, place in rows
    ]


def _held(row: list[Any], **changes: Any) -> Held:
    """What is held of a row of `school_rows`."""
    values = {
        "project_no": row[0], "name": row[1], "unit": row[2], "status": "finished", "started_on": row[4],
        "finished_on": row[5], "places": row[6],
    } | changes  # fmt: skip
    return Held(values["name"], (row[7], row[8]), values["project_no"], "510112", "school", values)


SAME_NUMBER = Case(
    "one project number in two rows",
    "school",
    ledger([SCHOOL, *changed(school_rows(4), 2, 0, "JY-001")]),
    (error(2, "项目编号", "duplicate_in_file"), error(4, "项目编号", "duplicate_in_file")),
    rows=(2, 3, 4, 5),
)

SAME_NAME = Case(
    "one name within 100 m, and one name at the other end of the district",
    "school",
    csv_file(
        _named(
            ("示意银杏小学", spot(_L, 0)),
            ("示意银杏小学", moved(spot(_L, 0), 40, 30)),
            ("示意芙蓉幼儿园", spot(_L, 5)),
            ("示意芙蓉幼儿园", spot(_L, 40)),
        )
    ),
    (warning(2, _NEAR, "same_name_near"), warning(3, _NEAR, "same_name_near")),
)

VARIANTS = Case(
    "variants of one name within 100 m: a phase, brackets, the district in front",
    "school",
    csv_file(
        _named(
            ("示意银杏小学", spot(_L, 0)),
            ("示意银杏小学（二期）", moved(spot(_L, 0), 40, 30)),
            ("示意芙蓉中学一期", spot(_L, 5)),
            ("示意芙蓉中学二期", moved(spot(_L, 5), -40, 30)),
            ("示意梧桐幼儿园", spot(_L, 9)),
            ("龙泉驿区示意梧桐幼儿园", moved(spot(_L, 9), 10, -30)),
        )
    ),
    tuple(warning(row, _NEAR, "same_name_near") for row in range(2, 8)),
)

NUMBERED = Case(
    "numbered neighbours are projects of their own",
    "school",
    csv_file(
        _named(
            ("示意第一小学", spot(_L, 0)),
            ("示意第二小学", moved(spot(_L, 0), 50, 20)),
            ("示意3号幼儿园", spot(_L, 5)),
            ("示意4号幼儿园", moved(spot(_L, 5), 50, 20)),
            ("示意银杏小学", spot(_L, 9)),
            ("示意银杏中学", moved(spot(_L, 9), 50, 20)),
        )
    ),
)

HELD_NUMBER = Case(
    "a project number that the map holds: the row updates it",
    "school",
    ledger([SCHOOL, *school_rows(3)]),
    (info(3, "项目编号", "matches_held"),),
    held=(_held(school_rows(3)[1], places=300, status="building", finished_on=None),),
    good={2: Good(), 3: Good(match="held-0")},
)

HELD_NAME = Case(
    "a held name near by without a number: a person confirms",
    "school",
    csv_file(
        _named(
            ("示意银杏小学", spot(_L, 0)),
            ("示意芙蓉小学", spot(_L, 1)),
            ("示意梧桐小学", spot(_L, 2)),
        )
    ),
    (warning(3, _NEAR, "may_match_held"),),
    held=(Held("示意芙蓉小学", moved(spot(_L, 1), 60, -30), None, "510112", "school"),),
    good={3: Good(match="held-0")},
)

LAST_MONTH = Case(
    "last month's file again",
    "school",
    ledger([SCHOOL, *school_rows(6)]),
    (
        warning(None, None, "last_months_file"),
        *(info(row, "项目编号", "matches_held") for row in range(2, 8)),
        *(info(row, (None, "项目编号"), "unchanged") for row in range(2, 8)),
    ),
    held=tuple(_held(row) for row in school_rows(6)),
)

NEXT_MONTH = Case(
    "this month's file: most rows as they are held, one with news, one new",
    "school",
    ledger([SCHOOL, *school_rows(6)]),
    (
        *(info(row, "项目编号", "matches_held") for row in range(2, 7)),
        *(info(row, (None, "项目编号"), "unchanged") for row in range(3, 7)),
    ),
    held=tuple(_held(row, places=row[6] - 45 * (n == 0)) for n, row in enumerate(school_rows(5))),
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
