"""Reading leniently: every row comes with what is wrong with it, and the file with what is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.ingest.rows import ReadOptions, open_features
from tests.ingest.files import children, told, write_csv, write_xls, write_xlsx

PLACE = [104.31, 30.61]
HEADER = ["名称", "状态", "新增学位", "竣工时间", "经度", "纬度"]
SOUND = ["示意小学", "在建", 540, "2023-09-30", *PLACE]


def book(path: Path, *sheets: tuple[str, list[list[Any]]], **hidden: list[Any]) -> Path:
    """A workbook of sheets (title, rows); hidden  rows, columns of the first, sheets."""
    content = openpyxl.Workbook()
    content.remove(content.active)
    for title, rows in sheets:
        sheet = content.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    first = content.worksheets[0]
    for row in hidden.get("rows", []):
        first.row_dimensions[row].hidden = True
    for column in hidden.get("columns", []):
        first.column_dimensions[column].hidden = True
    for title in hidden.get("sheets", []):
        content[title].sheet_state = "hidden"
    content.save(path)
    return path


# Rows and their issues.


def test_a_row_keeps_its_good_values_beside_its_bad_ones(tmp_path: Path, city: City) -> None:
    table = [
        [*HEADER, "区县"],
        ["示意甲", "飞快", "约1.2千", "2023年10月底", *PLACE, "浦东新区"],
        ["示意乙", "在建", "约540个", "2023.10", "东边", None, "锦江"],
        [None, None, "12枪", "2023-02-30", *PLACE, None],
    ]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert read.row == [2, 3, 4]
    assert read.values == [
        {"name": "示意甲", "finished_on": date(2023, 10, 31)},
        {
            "name": "示意乙", "status": "building", "places": 540, "unit": "510104",
            "finished_on": date(2023, 10, 31),
        },
        {},
    ]  # fmt: skip
    assert sorted(read.issues, key=lambda issue: issue[2]) == [
        ("value_unknown", "error", 2, "状态"),
        ("unit_mismatch", "error", 2, "新增学位"),
        ("date_vague", "warning", 2, "竣工时间"),
        ("unit_unknown", "error", 2, "区县"),
        ("number_approximate", "warning", 3, "新增学位"),
        ("date_vague", "warning", 3, "竣工时间"),
        ("value_missing", "error", 4, "名称"),
        ("value_missing", "error", 4, "状态"),
        ("unit_mismatch", "error", 4, "新增学位"),
        ("date_invalid", "error", 4, "竣工时间"),
    ]
    assert read.place == {"lon": [str(PLACE[0]), "东边", str(PLACE[0])], "lat": [str(PLACE[1]), None, str(PLACE[1])]}  # fmt: skip
    assert read.raw[1]["新增学位"] == "约540个"
    assert "纬度" not in read.raw[1]


def test_what_is_doubtful_passes_the_strict_reading_too(tmp_path: Path, city: City) -> None:
    from tests.ingest.files import one  # noqa: PLC0415

    table = [HEADER, ["示意小学", "在建", "约540", "2023.10", *PLACE]]
    batch = one(write_csv(tmp_path / "a.csv", table), "school", city, crs="EPSG:4326")
    assert batch.properties[0]["places"] == 540
    assert batch.finished_on == [date(2023, 10, 31)]


def test_a_district_may_have_a_town_behind_it(tmp_path: Path, city: City) -> None:
    names = ["锦江区（三圣街道）", "成都市锦江区三圣街道", "锦江区、青羊区", "锦江区与青羊区交界"]
    table = [["名称", "状态", "区县", "经度", "纬度"]]
    table += [[f"示意{n}", "在建", name, *PLACE] for n, name in enumerate(names)]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert [row.get("unit") for row in read.values] == ["510104", "510104", None, None]


def test_personal_data_is_named_and_nowhere_kept(tmp_path: Path, city: City) -> None:
    table = [[*HEADER, "联系电话", "经办人及手机"], [*SOUND, "13800000000", "某某 13900000000"]]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert read.of_file() == [
        ("personal_column", "info", "联系电话"),
        ("personal_column", "info", "经办人及手机"),
    ]
    assert not any(number in f"{read.raw}{read.values}" for number in ("1380", "1390"))


def test_what_no_database_keeps_is_replaced_in_raw_cells(tmp_path: Path, city: City) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point",'
        '"coordinates":[104.31,30.61]},"properties":{"名称":"示意\\ud800\\u0000","状态":"在建",'
        f'"新增学位":NaN,"班数":{"9" * 400}}}}}]}}',
        encoding="utf-8",
    )
    read = told(path, "school", city)
    assert read.raw == [{"名称": "示意��", "状态": "在建", "新增学位": "nan", "班数": "…"}]
    assert {issue[0] for issue in read.issues} == {"text_unprintable", "number_not_finite"}


def test_errors_of_formulas_are_named_and_formulas_without_a_value_told(
    tmp_path: Path, city: City
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [HEADER, SOUND, ["示意乙", *SOUND[1:]]])
    content = openpyxl.load_workbook(path)
    content.active["C2"] = "#REF!"
    content.active["D3"] = "=TODAY()"  # nobody has computed it
    content.save(path)
    read = told(path, "school", city)
    assert read.issues == [("cell_error", "error", 2, "新增学位")]
    assert read.of_file() == [("formulas_not_computed", "warning", None)]
    assert "D3" in read.reader.file_issues[0].detail.zh
    assert "finished_on" not in read.values[1]


# Headers.


def test_what_became_of_each_column_is_told(tmp_path: Path, city: City) -> None:
    header = [
        "序号",
        "学校名称",
        "状态",
        "新增学位（个）",
        "总投资/亿元",
        "领导批示",
        "经度",
        "纬度",
    ]
    table = [header, [1, "示意小学", "在建", 540, 1.5, "好", *PLACE]]
    read = told(write_xlsx(tmp_path / "a.xlsx", table), "school", city)
    uses = [(use.header, use.column, use.field, use.how, use.unit) for use in read.reader.headers]
    assert uses == [
        ("序号", 0, None, "none", None),
        ("学校名称", 1, "name", "synonym", None),
        ("状态", 2, "status", "exact", None),
        ("新增学位（个）", 3, "places", "exact", "个"),
        ("总投资/亿元", 4, "investment_wan", "synonym", "亿元"),
        ("领导批示", 5, None, "none", None),
        ("经度", 6, "lon", "exact", None),
        ("纬度", 7, "lat", "exact", None),
    ]
    assert read.values[0]["investment_wan"] == 15_000
    assert read.of_file() == [("header_unknown", "info", "领导批示")]
    assert read.raw[0]["领导批示"] == "好"


def test_a_persons_word_on_headers_goes_before_everything(tmp_path: Path, city: City) -> None:
    table = [["名称", "校名", "进度\n情况", "横", "纵"], ["一期", "示意小学", "在建", *PLACE]]
    chosen = {"校名": "name", "名称": None, "进度情况": "status", "横": "lon", "纵": "lat"}
    read = told(write_csv(tmp_path / "a.csv", table), "school", city, headers=chosen)
    assert read.values == [{"name": "示意小学", "status": "building"}]
    assert {use.how for use in read.reader.headers} == {"chosen"}
    assert read.place["lon"] == [str(PLACE[0])]
    assert read.of_file() == []


@pytest.mark.parametrize(
    ("upper", "lower", "merge", "expected"),
    [
        (
            ["名称", "状态", "规模", None, "位置", None], [None, None, "新增学位", "班数", "经度", "纬度"], ["A2:A3", "C2:D2", "E2:F2"],
            ["名称", "状态", "新增学位", "班数", "经度", "纬度"],
        ),
        (
            ["名称", "状态", "竣工", None, "经度", "纬度"], [None, None, "时间", "面积", None, None], ["A2:A3", "C2:D2"],
            ["名称", "状态", "竣工时间", "竣工面积", "经度", "纬度"],
        ),
        (
            ["名称", "状态", "新增学位", "总投资", "经度", "纬度"], [None, None, "个", "（亿元）", None, None], [],
            ["名称", "状态", "新增学位（个）", "总投资（亿元）", "经度", "纬度"],
        ),
    ],
)  # fmt: skip
def test_headers_of_two_rows(
    upper: list[Any], lower: list[Any], merge: list[str], expected: list[str], tmp_path: Path, city: City
) -> None:  # fmt: skip
    table = [["示意台账"], upper, lower, ["示意小学", "在建", None, None, *PLACE]]
    path = write_xlsx(tmp_path / "a.xlsx", table, merge=["A1:F1", *merge])
    read = told(path, "school", city)
    assert [use.header for use in read.reader.headers] == expected
    assert (read.reader.header_row, read.row) == (2, [4])
    again = told(path, "school", city, header_row=read.reader.header_row)
    assert (again.values, again.reader.headers) == (read.values, read.reader.headers)


def test_a_header_row_that_a_person_names_need_not_be_known(tmp_path: Path, city: City) -> None:
    table = [
        ["名称", "状态", "经度", "纬度"],
        ["甲", "乙", "丙", "丁"],
        ["示意小学", "在建", *PLACE],
    ]
    path = write_csv(tmp_path / "a.csv", table)
    chosen = {"甲": "name", "乙": "status", "丙": "lon", "丁": "lat"}
    read = told(path, "school", city, header_row=2, headers=chosen)
    assert (read.row, read.values) == ([3], [{"name": "示意小学", "status": "building"}])
    assert [(skip.row, skip.reason) for skip in read.reader.skipped] == [(1, "title")]
    with pytest.raises(GeoplanError) as caught:
        told(path, "school", city, header_row=9)
    assert caught.value.code == "header_missing"


def test_headers_that_come_twice_are_told_apart(tmp_path: Path, city: City) -> None:
    table = [["名称", "状态", "备注", "备注", "经度", "纬度"], ["示意", "在建", "一", "二", *PLACE]]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert read.raw[0]["备注"], read.raw[0]["备注 (2)"] == ("一", "二")
    assert read.values[0]["note"] == "一；二"


def test_of_an_actual_and_a_planned_day_the_actual_one_is_read(tmp_path: Path, city: City) -> None:
    table = [
        ["名称", "状态", "计划竣工时间", "实际竣工时间", "经度", "纬度"],
        ["示意甲", "竣工", "2023-06-30", "2023-09-30", *PLACE],
        ["示意乙", "在建", "2024-06-30", None, *PLACE],
    ]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert [row.get("finished_on") for row in read.values] == [date(2023, 9, 30), None]
    assert read.of_file() == [("column_unused", "info", "计划竣工时间")]


def test_cells_without_a_header_are_told(tmp_path: Path, city: City) -> None:
    table = [HEADER, [*SOUND, None, "旁注"], ["示意乙", *SOUND[1:]]]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert read.of_file() == [("columns_unnamed", "info", None)]
    assert "H" in read.reader.file_issues[0].detail.zh


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("高德坐标", "lonlat"), ("坐标", "lonlat"), ("百度经纬度", "lonlat"), ("坐标系", "crs"),
        ("经度（GCJ-02）", "lon"), ("高德经度", "lon"), ("X坐标（m）", "lon"), ("东坐标", "lon"), ("横坐标", "lon"),
        ("纵坐标", "lat"), ("WGS84纬度", "lat"), ("Y", "lat"), ("北纬(°)", "lat"),
    ],
)  # fmt: skip
def test_columns_that_say_where_a_row_is(header: str, key: str, city: City) -> None:
    from geoplan.ingest.headers import Headers  # noqa: PLC0415

    field = Headers(city.layer("school")).means(header).field
    assert field is not None
    assert field.id == key


def test_x_and_y_give_way_to_longitude_and_latitude(tmp_path: Path, city: City) -> None:
    table = [["名称", "状态", "X", "Y", "经度", "纬度"], ["示意", "在建", 3393620, 410223, *PLACE]]
    read = told(write_xlsx(tmp_path / "a.xlsx", table), "school", city)
    assert read.place == {"lon": [PLACE[0]], "lat": [PLACE[1]]}


# Rows that hold no feature.


def test_each_row_that_is_passed_over_is_named_with_the_reason(tmp_path: Path, city: City) -> None:
    path = book(
        tmp_path / "a.xlsx",
        (
            "台账",
            [
                ["示意台账"], [], HEADER, [1, 2, 3, 4, 5, 6], ["示例", "在建", 100, "2023-01-01", *PLACE],
                ["一、新建"], SOUND, ["示意乙", "在建", 60, *SOUND[3:]], [], ["小计", None, 600], HEADER,
                ["示意丙", *SOUND[1:]], ["锦江区", "合计", 540], ["注：数据截至本月"], ["填表人：示意", None, "审核人：示意"],
            ],
        ),
        rows=[8],
    )  # fmt: skip
    read = told(path, "school", city)
    assert read.row == [7, 12]
    assert [(skip.row, skip.reason) for skip in read.reader.skipped] == [
        (1, "title"), (2, "blank"), (4, "title"), (5, "title"), (6, "title"), (8, "hidden"),
        (9, "blank"), (10, "total"), (11, "title"), (13, "total"), (14, "title"), (15, "title"),
    ]  # fmt: skip
    assert ("hidden_rows", "info", None) in read.of_file()
    assert ("total_differs", "warning", "新增学位") in read.of_file()  # 600 with the hidden row


@pytest.mark.parametrize(
    ("totals", "differs"),
    [
        ({"合计": "32.5"}, False), ({"合计": "32.54"}, False), ({"总计": "33"}, True), ({"Total": 32.54}, False),
        ({"合计（公里）": "约33"}, True), ({"合计": None}, False), ({"累计": "三十"}, False),
    ],
)  # fmt: skip
def test_a_total_agrees_to_its_last_decimal(
    totals: dict[str, Any], differs: bool, tmp_path: Path, city: City
) -> None:
    table = [["名称", "状态", "总功率", "桩数", "经度", "纬度"]]
    table += [[f"示意{n}", "在建", power, 5, *PLACE] for n, power in enumerate([12.04, 20.5])]
    table += [[label, None, total] for label, total in totals.items()]
    read = told(write_xlsx(tmp_path / "a.xlsx", table), "charger", city)
    assert [code for code, *_ in read.of_file()] == ["total_differs"] * differs


def test_a_total_over_an_unreadable_cell_is_not_judged(tmp_path: Path, city: City) -> None:
    table = [HEADER, SOUND, ["示意乙", "在建", "许多", *SOUND[3:]], ["合计", None, 900]]
    read = told(write_csv(tmp_path / "a.csv", table), "school", city)
    assert read.of_file() == []


# What workbooks hide.


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_hidden_rows_are_left_out_of_workbooks_old_and_new(
    form: str, tmp_path: Path, city: City
) -> None:
    table = [HEADER] + [[f"示意{n}", *SOUND[1:]] for n in range(6)]
    if form == "xlsx":
        path = book(tmp_path / "a.xlsx", ("台账", table), rows=[3, 4, 6])
    else:
        path = write_xls(tmp_path / "a.xls", table, hide=[3, 4, 6])
    read = told(path, "school", city)
    assert read.row == [2, 5, 7]
    assert read.of_file() == [("hidden_rows", "info", None)]
    assert "3–4、6" in read.reader.file_issues[0].detail.zh


def test_hidden_columns_are_left_out_unless_a_person_asks_for_them(
    tmp_path: Path, city: City
) -> None:
    path = book(tmp_path / "a.xlsx", ("台账", [HEADER, SOUND]), columns=["C"])
    read = told(path, "school", city)
    assert "places" not in read.values[0]
    assert "新增学位" not in read.raw[0]
    assert read.of_file() == [("hidden_columns", "info", None)]
    asked = told(path, "school", city, headers={"新增学位": "places"})
    assert asked.values[0]["places"] == 540


def test_the_first_visible_sheet_that_fits_the_layer_is_read(tmp_path: Path, city: City) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ("上月", [HEADER, ["示意旧", *SOUND[1:]]]),
        ("封面", [["说明"], ["每行一所学校"]]),
        ("本月", [HEADER, SOUND]),
        ("检查报告", [HEADER, ["示意报告", *SOUND[1:]]]),
        sheets=["上月"],
    )
    read = told(path, "school", city)
    assert (read.reader.sheet, read.values[0]["name"]) == ("本月", "示意小学")
    assert read.of_file() == [("hidden_sheets", "info", None), ("sheets_unread", "info", None)]
    assert "封面" in read.reader.file_issues[1].detail.zh
    chosen = told(path, "school", city, sheet="上月")
    assert chosen.values[0]["name"] == "示意旧"


def test_merged_cells_serve_all_their_rows_but_numbers_that_are_summed(
    tmp_path: Path, city: City
) -> None:
    table = [
        [*HEADER, "责任单位"],
        [*SOUND, "示意局"],
        [None, None, None, None, 104.32, 30.62, None],
        ["示意乙", "在建", 90, None, None, None, None],
    ]
    path = write_xlsx(
        tmp_path / "a.xlsx", table,
        merge=["A2:A3", "B2:B3", "C2:C3", "D2:D3", "G2:G4", "E3:E4", "F3:F4"],
    )  # fmt: skip
    read = told(path, "school", city)
    assert [row.get("name") for row in read.values] == ["示意小学", "示意小学", "示意乙"]
    assert [row.get("places") for row in read.values] == [540, None, 90]
    assert [row.get("owner") for row in read.values] == ["示意局"] * 3
    assert read.place["lon"] == [PLACE[0], 104.32, 104.32]


def test_a_workbook_that_was_only_begun_leaves_no_reader_behind(tmp_path: Path, city: City) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER] + [SOUND] * 12_000)
    with open_features(path, city.layer("school"), city, ReadOptions()) as reader:
        assert len(next(reader.batches()).row) < 6_000
    assert children() == []
