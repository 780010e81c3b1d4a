"""Monthly ledgers (台账) as district offices keep them: titles, headers, notes, hidden parts."""

from __future__ import annotations

from geoplan.ingest.rows import ReadOptions
from tests.corpus.expected import PLACE, Case, Good, error, info
from tests.corpus.ground import spot
from tests.corpus.writing import (
    CHARGER,
    SCHOOL,
    Sheet,
    charger_rows,
    csv_file,
    ledger,
    school_rows,
    text_file,
    xls,
    xlsx,
)

_L = "龙泉驿区"

_FULL = [
    "序号", "区（市）县", "街道\n（镇）", "站点名称", "建设地点", "充电桩数量\n（个）", "充电枪数（个）",
    "类型", "总投资\n（万元）", "形象进度", "开工时间", "竣工时间", "责任单位", "联系人", "联系电话", "备注", "经度", "纬度",
]  # fmt: skip


def _full(number: int, name: str, piles: object, guns: object, status: str, ends: object) -> list[object]:  # fmt: skip
    return [
        number, _L, "示意街道", name, f"示意路{number}号", piles, guns, "公共", 120.5, status,
        "2023-03-15", ends, "示意公司", "示意联系人", "00000000000", None, *spot(_L, number),
    ]  # fmt: skip


MONTHLY = Case(
    "a monthly report with title, unit line, running number, contacts, a total and a signature",
    "charger",
    ledger(
        [
            ["龙泉驿区2023年11月充电桩建设进度月报表（示意数据）"],
            ["填报单位：示意局", *[None] * 14, "单位：个、万元"],
            _FULL,
            _full(1, "示意银杏充电站", 24, 48, "投运", "2023-06-30"),
            _full(2, "示意芙蓉充电站", 36, 36, "在建（主体施工）", "2023-12-31"),
            _full(3, "示意梧桐充电站", 12, 24, "竣工", "2023-10-20"),
            ["合计", None, None, None, None, 72, 108, None, 361.5],
            [],
            ["填报人：示意", None, None, None, "审核人：示意", None, None, "填报日期：2023年11月24日"],
        ],
        merge=["A1:R1", "A2:E2"],
    ),
    (info(None, "联系人", "personal_column"), info(None, "联系电话", "personal_column")),
    rows=(4, 5, 6),
    skipped={7: "total"},
    good={
        4: Good(
            {
                "name": "示意银杏充电站", "piles": 24, "connectors": 48, "status": "open", "access": "public",
                "started_on": "2023-03-15", "finished_on": "2023-06-30", "investment_wan": 120.5,
                "town": "示意街道", "owner": "示意公司", "contact": None, "phone": None,
            },
            spot(_L, 1),
            "510112",
        ),
        5: Good({"status": "building", "finished_on": "2023-12-31"}, spot(_L, 2)),
    },
)  # fmt: skip

TWO_ROWS = Case(
    "a header of two rows, merged as offices merge it",
    "school",
    ledger(
        [
            ["学校建设台账（示意）"],
            ["序号", "学校名称", "所属\n区县", "建设性质", "规模", None, "进展", "时间", None, "位置", None],
            [None, None, None, None, "新增学位（个）", "班数", None, "开工时间", "竣工时间", "东经", "北纬"],
            [1, "示意银杏小学", _L, "新建", 1080, 24, "已完工", "2022-02-01", "2023-08-20", *spot(_L, 0)],
            [2, "示意芙蓉幼儿园", _L, "改扩建", 270, 9, "在建", "2023-02-01", "2024-08-20", *spot(_L, 1)],
        ],
        merge=["A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:G3", "H2:I2", "J2:K2"],
    ),
    rows=(4, 5),
    good={
        4: Good({"places": 1080, "classes": 24, "construction": "new", "finished_on": "2023-08-20"}, spot(_L, 0)),
        5: Good({"construction": "rebuilt_extended", "started_on": "2023-02-01"}, spot(_L, 1)),
    },
)  # fmt: skip

HEADER_IN_ROW_FIVE = Case(
    "a header in row 5, below a letterhead and a blank row",
    "charger",
    ledger(
        [
            ["示意区发展和改革局"],
            ["关于报送充电桩建设情况的附件"],
            ["截至2023年11月24日", None, None, None, "单位：个"],
            [],
            CHARGER,
            *charger_rows(3),
        ],
        merge=["A1:H1", "A2:H2"],
    ),
    rows=(6, 7, 8),
    good={6: Good({"piles": 10, "connectors": 20}, spot(_L, 0), "510112")},
)

ENGLISH = Case(
    "English headers and English words",
    "charger",
    csv_file(
        [
            ["project_id", "name", "district", "piles", "connectors", "status", "started_on", "finished_on", "lng", "lat"],
            ["CH-1", "Synthetic station A", "Longquanyi", 8, 16, "open", "2023-01-05", "2023-06-01", *spot(_L, 0)],
            ["CH-2", "Synthetic station B", "Longquanyi District", 6, 6, "under construction", "2023-10-05", "", *spot(_L, 1)],
        ]
    ),
    rows=(2, 3),
    good={
        2: Good({"project_no": "CH-1", "piles": 8, "status": "open"}, spot(_L, 0), "510112"),
        3: Good({"status": "building", "finished_on": None}, spot(_L, 1), "510112"),
    },
)  # fmt: skip

NOTES_BELOW = Case(
    "notes and signatures below the table are no projects",
    "school",
    ledger(
        [
            SCHOOL,
            *school_rows(3),
            [],
            ["注：1. 本表数据截至2023年11月24日；2. 新增学位按建设规模填报。"],
            ["说明：示意数据，不代表真实项目"],
            ["填表人：示意", None, None, None, "负责人：示意"],
        ]
    ),
    rows=(2, 3, 4),
)

HIDDEN_ROWS = Case(
    "rows hidden by a filter are not imported, and named",
    "school",
    ledger([SCHOOL, *school_rows(6)], hide_rows=[3, 5, 6]),
    (info(None, None, "hidden_rows"),),
    rows=(2, 4, 7),
    skipped={3: "hidden", 5: "hidden", 6: "hidden"},
)

HIDDEN_SHEETS = Case(
    "hidden sheets are not imported, and named",
    "school",
    xlsx(
        Sheet([SCHOOL, *school_rows(3, first=10)], title="上月", hidden=True),
        Sheet([SCHOOL, *school_rows(3)], title="本月"),
        Sheet([["区县"], [_L]], title="字典", hidden=True),
    ),
    (info(None, None, "hidden_sheets"),),
    rows=(2, 3, 4),
    good={2: Good({"project_no": "JY-001"}, spot(_L, 0))},
)

CHOSEN_SHEET = Case(
    "of several sheets the one that the uploader names",
    "school",
    xlsx(
        Sheet([["填表说明"], ["一、每行一所学校。"]], title="说明"),
        Sheet([SCHOOL, *school_rows(2)], title="十月"),
        Sheet([SCHOOL, *school_rows(2, first=5)], title="十一月"),
    ),
    options=ReadOptions(crs="EPSG:4326", sheet="十一月"),
    rows=(2, 3),
    good={2: Good({"project_no": "JY-006"}, spot(_L, 5))},
)

OLD_XLS = Case(
    "an old .xls",
    "school",
    xls([["学校台账（示意）"], SCHOOL, *school_rows(3)]),
    rows=(3, 4, 5),
    good={3: Good({"name": "示意银杏小学", "places": 360}, spot(_L, 0), "510112")},
)

XLS_AS_XLSX = Case(
    "an .xlsx that was renamed .xls is read by its content",
    "school",
    ledger([SCHOOL, *school_rows(2)], name="台账.xls"),
    rows=(2, 3),
)

ONLY_A_HEADER = Case(
    "a template that nobody filled in",
    "school",
    ledger([["学校建设台账（示意）"], SCHOOL]),
    (error(None, None, "no_rows"),),
)

NO_HEADER = Case(
    "rows without a header",
    "school",
    ledger([["示意甲", "锦江", 12], ["示意乙", "青羊", 13]]),
    (error(None, None, "header_missing"),),
)

ADDRESS_ONLY = Case(
    "addresses instead of coordinates: a work list, never a guess",
    "school",
    ledger(
        [
            ["学校名称", "区县", "建设地点", "状态"],
            ["示意银杏小学", _L, "示意路1号", "在建"],
            ["示意芙蓉小学", _L, "示意大道与示意街交叉口东北侧", "拟建"],
            ["示意梧桐小学", _L, None, "拟建"],
        ]
    ),
    (
        error(2, "建设地点", "place_by_address"),
        error(3, "建设地点", "place_by_address"),
        error(4, (None, "建设地点"), "place_missing"),
    ),
    rows=(2, 3, 4),
    good={2: Good({"address": "示意路1号", "status": "building"}, unit="510112")},
)

SOME_ADDRESSES = Case(
    "a row without coordinates but with an address among rows that have them",
    "school",
    ledger(
        [
            ["学校名称", "区县", "地址", "状态", "经度", "纬度"],
            ["示意银杏小学", _L, "示意路1号", "在建", *spot(_L, 0)],
            ["示意芙蓉小学", _L, "示意路2号", "在建", None, None],
            ["示意梧桐小学", _L, None, "在建", None, None],
            ["示意海棠小学", _L, "示意路3号", "在建", *spot(_L, 3)],
        ]
    ),
    (error(3, ("地址", "经度"), "place_by_address"), error(4, PLACE, "place_missing")),
    rows=(2, 3, 4, 5),
    good={2: Good(place=spot(_L, 0)), 5: Good(place=spot(_L, 3))},
)

SEPARATORS = Case(
    "a text file separated by semicolons",
    "school",
    csv_file([SCHOOL, *school_rows(3)], delimiter=";", name="台账.txt"),
    rows=(2, 3, 4),
    good={2: Good({"places": 360}, spot(_L, 0))},
)

TABS_AND_BREAKS = Case(
    "tabs, quoted line breaks in names, full-width brackets in headers",
    "school",
    text_file(
        "学校名称\t区 县\t状 态\t新增学位（个）\t经度（°）\t纬度（°）\r\n"
        f'"示意银杏小学\n（天府校区）"\t{_L}\t在建\t540\t{spot(_L, 0)[0]}\t{spot(_L, 0)[1]}\r\n'
        f"示意芙蓉小学\t{_L}\t在建\t540\t{spot(_L, 1)[0]}\t{spot(_L, 1)[1]}\r\n",
        "台账.tsv",
    ),
    rows=(2, 3),
    good={2: Good({"name": "示意银杏小学 （天府校区）", "places": 540}, spot(_L, 0))},
)

LIFE_CIRCLES = Case(
    "life circles as points with people served",
    "life_circle",
    ledger(
        [
            ["2023年15分钟便民生活圈建设情况（示意）"],
            ["序号", "名称", "区县", "布局形态", "服务人口（万人）", "覆盖社区", "商业网点数", "状态", "经度", "纬度"],
            [1, "示意银杏生活圈", _L, "集聚式", 3.2, "示意一社区、示意二社区", 126, "投用", *spot(_L, 0)],
            [2, "示意芙蓉生活圈", _L, "沿街式", 1.85, "示意三社区", 88, "建设中", *spot(_L, 1)],
        ],
        merge=["A1:J1"],
    ),
    good={
        3: Good({"form": "clustered", "people": 32000, "shops": 126}, spot(_L, 0)),
        4: Good({"form": "street", "people": 18500}),
    },
)  # fmt: skip

CASES = [value for value in list(globals().values()) if isinstance(value, Case)]
