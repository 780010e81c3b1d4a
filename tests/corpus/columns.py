"""Columns: unknown, missing, doubled, renamed by hand; the words for states and districts."""

from __future__ import annotations

from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import Case, Good, error, info
from tests.corpus.ground import spot
from tests.corpus.writing import SCHOOL, changed, csv_file, ledger, school_rows

_L = "龙泉驿区"

UNKNOWN_COLUMN = Case(
    "columns that mean nothing to the layer are named, and the rest is read",
    "school",
    ledger(
        [
            ["序号", *SCHOOL, "是否民生实事", "督办领导批示"],
            *([n + 1, *row, "是", None] for n, row in enumerate(school_rows(3))),
        ]
    ),
    (
        info(None, "是否民生实事", "header_unknown"),
        info(None, "督办领导批示", "header_unknown"),
    ),
    rows=(2, 3, 4),
)

NO_STATUS = Case(
    "the column of the status is missing",
    "school",
    ledger(
        [
            [name for name in SCHOOL if name != "建设阶段"],
            *([*row[:3], *row[4:]] for row in school_rows(3)),
        ]
    ),
    (error(None, "状态", "column_missing"),),
)

NO_PLACE = Case(
    "neither coordinates nor an address",
    "school",
    ledger([SCHOOL[:-2], *(row[:-2] for row in school_rows(3))]),
    (
        error(None, None, "column_missing"),
        *(error(row, None, "place_missing") for row in (2, 3, 4)),
    ),
)

_TWO_DATES = [
    [*("建成时间" if name == "竣工时间" else name for name in SCHOOL), "完工时间"],
    *([*row, "2023-09-01"] for row in school_rows(2)),
]

TWO_DATES = Case(
    "two columns for the finish and none is called so",
    "school",
    ledger(_TWO_DATES),
    (error(None, ("建成时间", "完工时间"), "column_ambiguous"),),
)

TWO_DATES_CHOSEN = Case(
    "two columns for the finish, of which the uploader leaves one out",
    "school",
    ledger(_TWO_DATES),
    options=ReadOptions(crs="EPSG:4326", headers={"建成时间": None}),
    rows=(2, 3),
    good={2: Good({"finished_on": "2023-09-01"})},
)

OWN_HEADERS = Case(
    "headers of an office's own, which the uploader explained",
    "school",
    ledger(
        [
            ["编码", "校名", "片区", "进度情况", "动工", "完结", "加多少学位", "横", "纵"],
            *school_rows(2),
        ]
    ),
    options=ReadOptions(
        crs="EPSG:4326",
        headers={
            "校名": "name", "片区": "unit", "进度情况": "status", "动工": "started_on",
            "完结": "finished_on", "加多少学位": "places", "横": "lon", "纵": "lat",
        },
    ),
    rows=(2, 3),
    good={
        2: Good({"name": "示意银杏小学", "places": 360, "status": "finished"}, spot(_L, 0), "510112")
    },
)  # fmt: skip

CHOSEN_HEADER_ROW = Case(
    "a line above the table looks more like a header than the header does",
    "school",
    ledger(
        [
            ["填写样例：", "学校名称", "区县", "建设阶段", "开工时间", "竣工时间", "新增学位", "经度", "纬度", "班数", "备注"],
            ["样例", "示意样例小学", _L, "在建", "2023-01-01", None, 100, *spot(_L, 9)],
            [],
            SCHOOL,
            *school_rows(2),
        ]
    ),
    options=ReadOptions(crs="EPSG:4326", header_row=4),
    rows=(5, 6),
    good={5: Good({"project_no": "JY-001"}, spot(_L, 0))},
)  # fmt: skip

STATUS_WORDS = Case(
    "status words of all kinds, one that is none and an empty one",
    "school",
    csv_file(
        [
            ["学校名称", "区县", "形象进度", "经度", "纬度"],
            ["示意银杏小学", _L, "谋划", *spot(_L, 0)],
            ["示意芙蓉小学", _L, "未开工", *spot(_L, 1)],
            ["示意梧桐小学", _L, "主体施工", *spot(_L, 2)],
            ["示意海棠小学", _L, " 续建 ", *spot(_L, 3)],
            ["示意玉兰小学", _L, "缓建", *spot(_L, 4)],
            ["示意紫薇小学", _L, "飞快", *spot(_L, 5)],
            ["示意樱花小学", _L, "", *spot(_L, 6)],
        ]
    ),
    (error(7, "形象进度", "value_unknown"), error(8, "形象进度", "value_missing")),
    good={
        2: Good({"status": "planned"}),
        3: Good({"status": "planned"}),
        4: Good({"status": "building"}),
        5: Good({"status": "building"}),
        6: Good({"status": "stopped"}),
        7: Good({"status": None}),
    },
)

UNIT_NAMES = Case(
    "districts by short, old and full names and by code, and one of another city",
    "school",
    csv_file(
        [
            ["学校名称", "属地", "状态", "经度", "纬度"],
            ["示意银杏小学", "锦江", "在建", *spot("锦江区", 0)],
            ["示意芙蓉小学", "四川省成都市青羊区", "在建", *spot("青羊区", 0)],
            ["示意梧桐小学", "新津县", "在建", *spot("新津区", 0)],
            ["示意海棠小学", "郫县", "在建", *spot("郫都区", 0)],
            ["示意玉兰小学", "510122", "在建", *spot("双流区", 0)],
            ["示意紫薇小学", "龙泉", "在建", *spot(_L, 0)],
            ["示意樱花小学", "浦东新区", "在建", *spot(_L, 1)],
            ["示意翠竹小学", "", "在建", *spot(_L, 2)],
        ]
    ),
    (error(8, "属地", "unit_unknown"),),
    good={
        2: Good(unit="510104"), 3: Good(unit="510105"), 4: Good(unit="510118"), 5: Good(unit="510117"),
        6: Good(unit="510116"), 7: Good(unit="510112"), 9: Good(place=spot(_L, 2)),
    },
)  # fmt: skip

NAME_MISSING = Case(
    "a row without a name, and one whose name is nothing but spaces",
    "school",
    ledger([SCHOOL, *changed(changed(school_rows(4), 1, 1, None), 2, 1, "　 ")]),
    (error(3, "学校名称", "value_missing"), error(4, "学校名称", "value_missing")),
    rows=(2, 3, 4, 5),
)

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
