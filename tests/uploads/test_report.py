"""Reports of uploads: the workbook that goes back, and JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import python_calamine
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import return_rows
from geoplan.store.uploads import NewUpload, Upload, add_upload
from geoplan.uploads.files import Files
from geoplan.uploads.report import gather, report_json, write_workbook
from geoplan.uploads.report_styles import COLORS
from tests.uploads import held, workbooks
from tests.uploads.held import found, put
from tests.uploads.workbooks import SHEET, assert_sound, ground, opened

RED, AMBER = COLORS["error"], COLORS["warning"]
CSV_HEADER = ["项目编号", "项目名称", "区县", "新增学位", "联系电话", "备注"]
CSV_ROWS: dict[int, list[Any]] = {
    2: ["CD-1", "示意第1小学", "锦江县", "090", "13800000000", "=1+1"],
    3: ["CD-2", "+示意", "锦江区", None, "13800000001", '@SUM(1)"<&>'],
    5: ["CD-3", "示意第3小学", "锦江区", "约100", None, "换\n行"],
}

Written = Callable[[Upload], bytes]


@pytest.fixture
def written(connection: psycopg.Connection, city: City, files: Files, tmp_path: Path) -> Written:
    """The workbook of an upload's report, made as the API makes it."""

    def write(upload: Upload) -> bytes:
        for own in (True, False):
            folder = tmp_path / f"report-{own}"
            folder.mkdir()
            with connection.transaction():
                act_as(connection, OPERATOR, "")
                gathered = gather(connection, city, files, upload, folder, own=own)
            stream = io.BytesIO()
            if write_workbook(gathered, stream):
                assert_sound(stream.getvalue())
                return stream.getvalue()
        raise AssertionError("no workbook was made")

    return write


@pytest.fixture
def ledger(connection: psycopg.Connection, files: Files, tmp_path: Path) -> Upload:
    """A checked workbook with a wrong district, a vague day, and a row that is there twice."""
    path = workbooks.ledger(tmp_path / "台账.xlsx")
    rows = {
        number: [
            *(number - 2, f"CD-{number - 2}", f"示意第{number - 2}小学", "锦江区", "在建"),
            *("2023-09-01", 88 + number, 104.06, 30.6, 2 * (88 + number)),
        ]
        for number in range(3, 11)
    }
    return put(
        connection,
        files,
        path,
        workbooks.HEADER,
        rows,
        {
            4: [found("unit_unknown", "区县", value="锦江县")],
            8: [found("date_vague", "竣工时间", "warning"), found("duplicate_in_file")],
        },
        sheet=SHEET,
        file_issues=[found("header_unknown", "合计", "info"), found("crs_by_shift", None, "info")],
        skipped=[(1, "title"), (11, "total")],
    )


def test_the_workbook_comes_back_with_what_was_found_where_it_was_found(
    ledger: Upload, written: Written
) -> None:
    sheet = opened(written(ledger))[SHEET]
    assert [ground(sheet[each]) for each in ("D4", "F8", "C8", "J2")] == [
        RED,
        AMBER,
        RED,
        COLORS["info"],
    ]
    words = sheet["D4"].comment.text
    for part in (
        "✗ 错误 Error",
        "unit_unknown",
        "锦江县",
        "的说明",
        "的改法",
        "what unit_unknown is",
        "what to do",
    ):
        assert part in words
    beside = sheet["K8"].value
    assert beside.startswith("✗ 错误 Error")
    assert "▲ 警告 Warning 竣工时间：" in beside
    assert "duplicate_in_file" in beside


def test_the_last_sheet_sums_up(ledger: Upload, written: Written) -> None:
    book = opened(written(ledger))
    assert book.sheetnames == [SHEET, "说明", "检查报告"]
    rows = [[value for value in row if value is not None] for row in book["检查报告"].values]
    lines = ["|".join(map(str, row)) for row in rows]
    for line in (
        "文件 File|台账.xlsx",
        "单位 Unit|锦江区 Jinjiang",
        "行数 Rows|8",
        "有错误 With errors|2",
        "GCJ-02|与已有同名点位比对 by places of the same names",
        "GCJ-02|2|7|0|0",
        "EPSG:4326|—|7|3|1",
        "合计行 total|1",
        "11|合计行 total",
    ):
        assert line in lines
    assert [row[0] for row in rows if len(row) > 3 and row[3] == "unit_unknown"] == [1, "D4"]
    assert sum("crs_by_shift" in line for line in lines) == 1
    cell = next(cell for row in book["检查报告"] for cell in row if cell.value == "D4")
    assert cell.hyperlink.location == f"'{SHEET.replace(chr(39), chr(39) * 2)}'!D4"


def test_what_a_reviewer_said_stands_in_the_workbook(
    ledger: Upload, written: Written, connection: psycopg.Connection
) -> None:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return_rows(connection, ledger.id, {5: "请附照片", 6: ""})
    sheet = opened(written(ledger))[SHEET]
    assert "请附照片" in sheet["C5"].comment.text
    assert "审核退回" in sheet["C6"].comment.text
    assert "returned" in sheet["K5"].value


def _csv(connection: psycopg.Connection, files: Files, tmp_path: Path) -> Upload:
    path = tmp_path / "rows.csv"
    path.write_text("示意", encoding="utf-8")
    issues = {
        2: [found("unit_unknown", "区县")],
        5: [found("number_approximate", "新增学位", "warning")],
    }
    return put(
        connection,
        files,
        path,
        CSV_HEADER,
        CSV_ROWS,
        issues,
        format_name="CSV",
        sheet=None,
        header_row=1,
    )


def test_of_a_text_file_a_workbook_of_its_rows_is_made(
    connection: psycopg.Connection, files: Files, tmp_path: Path, written: Written
) -> None:
    content = written(_csv(connection, files, tmp_path))
    sheet = opened(content)["数据"]
    kept = [name for name in CSV_HEADER if name != "联系电话"]
    assert [cell.value for cell in sheet[1]] == [*kept, "检查结果 Check"]
    assert [ground(sheet[each]) for each in ("C2", "D5")] == [RED, AMBER]
    assert b"13800000000" not in b"".join(workbooks.parts(content).values())
    calamine = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name("数据")
    read = dict(enumerate(calamine.to_python(), start=1))
    for number, cells in CSV_ROWS.items():
        assert read[number][:5] == [
            cell or "" for name, cell in zip(CSV_HEADER, cells, strict=True) if name in kept
        ]


def test_a_text_that_looks_like_a_formula_stays_a_text_when_its_cell_is_edited(
    connection: psycopg.Connection, files: Files, tmp_path: Path, written: Written
) -> None:
    content = written(_csv(connection, files, tmp_path))
    assert b"<f>" not in b"".join(workbooks.parts(content).values())
    sheet = opened(content)["数据"]
    marked = {cell.coordinate for row in sheet for cell in row if cell.quotePrefix}
    assert marked == {"E2", "B3", "E3"}
    assert {sheet[each].data_type for each in marked} == {"s"}


def test_features_come_back_as_rows_with_their_places(
    connection: psycopg.Connection, files: Files, tmp_path: Path, written: Written
) -> None:
    path = tmp_path / "rows.geojson"
    path.write_text("{}", encoding="utf-8")
    upload = put(
        connection,
        files,
        path,
        ["项目名称", "经度", "状态"],
        {1: ["示意一", 0, "在建"], 2: ["示意二", 0, "?"], 3: ["示意三", 0, "在建"]},
        {2: [found("value_unknown", "状态")], 3: [found("place_missing")]},
        format_name="GeoJSON",
        sheet=None,
        header_row=None,
        shapes={
            1: shapely.Point(104.0612345, 30.5),
            2: shapely.Polygon([(104, 30.5), (104.1, 30.5), (104.1, 30.6)]),
        },
    )
    sheet = opened(written(upload))["数据"]
    assert list(sheet.iter_rows(max_col=6, values_only=True)) == [
        ("项目名称", "状态", "经度", "纬度", "WKT", "坐标系"),
        ("示意一", "在建", 104.0612345, 30.5, None, "WGS84"),
        ("示意二", "?", None, None, "POLYGON((104 30.5,104.1 30.5,104.1 30.6,104 30.5))", "WGS84"),
        ("示意三", "在建", None, None, None, None),
    ]
    assert [ground(sheet[each]) for each in ("B3", "A4")] == [RED, RED]


def test_of_a_workbook_that_cannot_be_marked_a_workbook_of_its_rows_is_made(
    ledger: Upload, written: Written, connection: psycopg.Connection, files: Files, tmp_path: Path
) -> None:
    path = workbooks.ledger(tmp_path / "odd.xlsx")
    workbooks.change(path, {"xl/styles.xml": lambda _: "<styleSheet/>"})
    rows = {3: ["示意第1小学", "锦江县"]}
    issues = {3: [found("unit_unknown", "区县")]}
    upload = put(connection, files, path, ["项目名称", "区县"], rows, issues, sheet=SHEET)
    book = opened(written(upload))
    assert book.sheetnames == ["数据", "检查报告"]
    assert ground(book["数据"]["B3"]) == RED
    assert [book["数据"].cell(2, column).value for column in (1, 2)] == ["项目名称", "区县"]


def test_the_report_as_json_has_every_row_of_which_there_is_something_to_say(
    ledger: Upload, connection: psycopg.Connection, city: City
) -> None:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        body = json.loads(b"".join(report_json(connection, city, ledger, "en")))
    assert [row["row"] for row in body["rows"]] == [4, 8]
    assert body["rows"][0]["issues"][0] == {
        "code": "unit_unknown", "severity": "error", "column": "区县", "value": "锦江县",
        "detail": "what unit_unknown is", "remedy": "what to do about unit_unknown",
    }  # fmt: skip
    assert body["counts"]["error"] == 2
    assert body["crs"]["detail"] == "2 m from places of the same names"
    assert [issue["code"] for issue in body["file_issues"]] == ["header_unknown", "crs_by_shift"]


def test_there_is_no_report_before_the_check(
    connection: psycopg.Connection, files: Files, city: City, tmp_path: Path
) -> None:
    path = workbooks.ledger(tmp_path / "new.xlsx")
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        new = NewUpload(
            "school", None, OPERATOR, path.name, 1, held.keep(files, path), {}, None, None
        )
        upload = add_upload(connection, new)
        with pytest.raises(GeoplanError) as refused:
            gather(connection, city, files, upload, tmp_path, own=True)
    assert (refused.value.code, refused.value.status) == ("upload_not_checked", 409)
