"""A file with faults, its report corrected by hand, and what is made of that when it comes back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_report import found_rows
from geoplan.store.uploads import NewUpload, Upload, add_upload
from geoplan.uploads.checking import check_upload
from geoplan.uploads.files import Files
from geoplan.uploads.report import gather, write_workbook
from tests.uploads.held import keep
from tests.uploads.workbooks import assert_sound

HEADER = ["项目编号", "名称", "区县", "状态", "新增学位", "经度", "纬度", "坐标系"]
Check = Callable[..., Upload]
Report = Callable[[Upload], openpyxl.Workbook]


@pytest.fixture
def check(connection: psycopg.Connection, city: City, files: Files) -> Check:
    def send(path: Path, layer: str = "school") -> Upload:
        with connection.transaction():
            act_as(connection, OPERATOR, "")
            size = path.stat().st_size
            new = NewUpload(
                layer, None, OPERATOR, path.name, size, keep(files, path), {}, None, None
            )
            upload = add_upload(connection, new)
        done = check_upload(connection, city, files, upload.id)
        assert done is not None
        assert done.state == "checked", done.file_issues
        return done

    return send


@pytest.fixture
def report(connection: psycopg.Connection, city: City, files: Files, tmp_path: Path) -> Report:
    def make(upload: Upload) -> openpyxl.Workbook:
        folder = tmp_path / str(upload.id)
        folder.mkdir()
        with connection.transaction():
            act_as(connection, OPERATOR, "")
            gathered = gather(connection, city, files, upload, folder, own=True)
        stream = io.BytesIO()
        assert write_workbook(gathered, stream)
        assert_sound(stream.getvalue())
        return openpyxl.load_workbook(stream)

    return make


def _schools(mark: str, count: int = 6) -> list[list[Any]]:
    """Rows without a fault, apart from one another."""
    return [
        [
            *(f"{mark}-{n}", f"示意{mark}第{n}小学", "锦江区", "在建", 900 + n),
            *(round(104.10123 + n / 501, 6), round(30.59817 + n / 901, 6), "WGS84"),
        ]
        for n in range(count)
    ]


def _codes(connection: psycopg.Connection, upload: Upload) -> dict[int, list[str]]:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        rows = list(found_rows(connection, upload.id))
    found = {
        row.row: [each["code"] for each in row.issues if each["severity"] != "info"] for row in rows
    }
    return {row: codes for row, codes in found.items() if codes}


def test_a_ledger_that_was_corrected_in_its_report_is_known_and_clean(
    connection: psycopg.Connection, check: Check, report: Report, tmp_path: Path
) -> None:
    rows = _schools("A")
    rows[1][2], rows[3][4] = "锦江县县", "很多"
    book = openpyxl.Workbook()
    for row in (["示意台账"], HEADER, *rows):
        book.active.append(row)
    path = tmp_path / "台账.xlsx"
    book.save(path)
    first = check(path)
    assert _codes(connection, first) == {4: ["unit_unknown"], 6: ["number_unreadable"]}
    marked = report(first)
    sheet = marked.worksheets[0]
    assert [cell.coordinate for row in sheet for cell in row if cell.comment] == ["C4", "E6"]
    sheet["C4"], sheet["E6"] = "锦江区", 903
    sheet.delete_rows(8)
    sheet.append(["A-9", "示意A第9小学", "锦江区", "在建", 700, 104.12345, 30.61234, "WGS84"])
    back = tmp_path / "台账-检查报告.xlsx"
    marked.save(back)
    second = check(back)
    assert _codes(connection, second) == {}
    assert second.corrects == first.id
    assert second.changes is not None
    assert second.changes["how"] == "report"
    assert second.changes["counts"] == {"changed": 2, "added": 1, "gone": 1, "same": 3}
    assert second.changes["solved"] == {"unit_unknown": 1, "number_unreadable": 1}
    assert [
        (row["row"], [(cell["column"], cell["before"], cell["after"]) for cell in row["cells"]])
        for row in second.changes["rows"]
    ] == [(4, [("区县", "锦江县县", "锦江区")]), (6, [("新增学位", "很多", 903)])]
    again = report(second)
    assert not [cell for row in again.worksheets[0] for cell in row if cell.comment]
    words = {cell.value for cell in again.worksheets[0]["I"]}
    assert words == {None, "检查结果 Check"}
    lines = ["|".join(str(v) for v in row if v is not None) for row in again["检查报告"].values]
    assert f"改正的是 Corrects|{first.id}" in lines


def test_the_report_itself_says_the_same_when_it_is_sent_as_it_is(
    connection: psycopg.Connection, check: Check, report: Report, tmp_path: Path
) -> None:
    rows = _schools("B")
    rows[2][3] = "不知道"
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    first = check(path)
    assert _codes(connection, first) == {4: ["value_unknown"]}
    back = tmp_path / "rows.xlsx"
    report(first).save(back)
    second = check(back)
    assert second.corrects == first.id
    assert _codes(connection, second) == {4: ["value_unknown"]}
    assert second.changes is not None
    assert second.changes["counts"] == {"changed": 0, "added": 0, "gone": 0, "same": 6}


def test_lines_come_back_with_their_shapes(
    connection: psycopg.Connection, check: Check, report: Report, tmp_path: Path
) -> None:
    lines = [
        shapely.LineString([(104.1 + n / 300, 30.6), (104.103 + n / 300, 30.602)]) for n in range(3)
    ]
    features = [
        {
            "type": "Feature",
            "properties": {
                "名称": f"示意绿道{n}",
                "状态": "?" if n == 1 else "在建",
                "区县": "锦江区",
            },
            "geometry": shapely.geometry.mapping(line),
        }
        for n, line in enumerate(lines)
    ]
    path = tmp_path / "lines.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    first = check(path, "greenway")
    assert _codes(connection, first) == {2: ["value_unknown"]}
    book = report(first)
    column = [cell.value for cell in book.worksheets[0][1]].index("状态") + 1
    book.worksheets[0].cell(3, column).value = "在建"
    back = tmp_path / "lines.xlsx"
    book.save(back)
    second = check(back, "greenway")
    assert (second.corrects, _codes(connection, second)) == (first.id, {})
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        held = connection.execute(
            "SELECT row, ST_AsBinary(geom) FROM upload_row WHERE upload_id = %s ORDER BY row",
            (second.id,),
        ).fetchall()
    assert [row for row, _ in held] == [2, 3, 4]
    for line, (_, wkb) in zip(lines, held, strict=True):
        assert shapely.from_wkb(wkb).equals_exact(line, 1e-7)
