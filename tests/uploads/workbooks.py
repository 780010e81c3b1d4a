"""Workbooks as clerks have them, and what must hold of any workbook that is handed out."""

from __future__ import annotations

import base64
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from geoplan.ingest import sandbox
from geoplan.uploads.report_workbook import MARKS

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HEADER = [
    "序号",
    "项目编号",
    "项目名称",
    "区县",
    "状态",
    "竣工时间",
    "新增学位",
    "经度",
    "纬度",
    "合计",
]
SHEET = "台账 '23"
YELLOW, GREEN = "FFFFFF00", "FF92D050"
IDENTITY = f"00000000-0000-4000-8000-000000000001 {'a' * 64}"

Mark = tuple[int, str, str, list[tuple[int, str, list[str]]]]
"""Row, severity, words beside it, and column, severity, words of each cell."""


def ledger(path: Path, rows: int = 8) -> Path:
    """A ledger with all that a spreadsheet program puts into one: a title, formats, a formula with
    its result, merged districts, a chart, rules, a comment, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(["示意台账"])
    sheet.merge_cells("A1:J1")
    sheet.append(HEADER)
    line = Side("thin", color="FF000000")
    for cell in sheet[2]:
        cell.fill, cell.font = PatternFill("solid", fgColor=YELLOW), Font(bold=True, name="宋体")
        cell.border = Border(line, line, line, line)
    for number in range(1, rows + 1):
        row = number + 2
        sheet.append(
            [
                *(number, f"CD-{number}", f"示意第{number}小学", "锦江区", "在建", "2023-09-01"),
                *(90 + number, 104.06, 30.6, f"=G{row}*2"),
            ]
        )
        sheet.cell(row, 7).number_format = "#,##0"
        sheet.cell(row, 6).alignment = Alignment(horizontal="right")
    sheet["G4"].fill = PatternFill("solid", fgColor=GREEN)
    sheet["E3"].comment = Comment("请核实", "科长")
    sheet["I6"] = None
    for row in range(5, 8):
        sheet.cell(row, 4).value = "锦江县" if row == 5 else None
    sheet.merge_cells("D5:D7")
    sheet.freeze_panes = "D3"
    sheet.column_dimensions["C"].width = 30
    sheet.auto_filter.ref = f"A2:J{rows + 2}"
    sheet.conditional_formatting.add(
        "G3:G9", CellIsRule("greaterThan", ["95"], font=Font(bold=True))
    )
    rule = DataValidation("list", formula1='"在建,完工"')
    rule.add("E3:E99")
    sheet.add_data_validation(rule)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=7, min_row=2, max_row=rows + 2), titles_from_data=True)
    sheet.add_chart(chart, "L2")
    book.create_sheet("说明").append(["另一张表", "=1+1"])
    book.save(path)
    _put_results(path, {f"J{row}": str(2 * (88 + row)) for row in range(3, rows + 3)})
    return path


def _put_results(path: Path, results: Mapping[str, str]) -> None:
    """The results of formulas, as a spreadsheet program stores them and openpyxl does not."""

    def edit(text: str) -> str:
        return re.sub(
            r'(<c r="(\w+)"[^>]*><f>[^<]*</f>)<v(?:\s*/>|></v>)',
            lambda found: f"{found[1]}<v>{results[found[2]]}</v>",
            text,
        )

    change(path, {"xl/worksheets/sheet1.xml": edit})


def change(path: Path, edits: Mapping[str, Callable[[str], str]], drop: str = "") -> Path:
    """Edit parts of a workbook as text, and leave one out."""
    held = parts(path.read_bytes())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            edit = edits.get(name)
            if name != drop:
                archive.writestr(name, edit(data.decode()).encode() if edit else data)
    return path


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mark(
    path: Path,
    marks: Sequence[Mark],
    *,
    sheet: str = SHEET,
    header_row: int = 2,
    summary: Sequence[Any] = ((("检查报告", "title"),),),
    identity: str = IDENTITY,
) -> bytes:
    """The workbook with marks, made in the sandbox as the report makes it."""
    beside = path.with_suffix(MARKS)
    beside.write_text("".join(json.dumps(line) + "\n" for line in marks), encoding="utf-8")
    arguments = {
        "sheet": sheet,
        "header_row": header_row,
        "summary": summary,
        "identity": identity,
    }
    pieces = sandbox.run("geoplan.uploads.report_workbook:mark", path, arguments, siblings=[beside])
    content = b"".join(map(base64.b64decode, pieces))
    assert_sound(content)
    return content


def opened(content: bytes, **options: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), **options)


def ground(cell: Any) -> str | None:
    """The colour of a cell's ground."""
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None


def assert_sound(content: bytes) -> None:
    """What spreadsheet programs insist on: relations that lead somewhere, types of all parts, cells
    in order and each once, formats that exist, children of a sheet in their order, no macros."""
    held = parts(content)
    types = ElementTree.fromstring(held["[Content_Types].xml"])
    endings = {each.get("Extension", "").lower() for each in types if each.tag.endswith("Default")}
    named = [each.get("PartName", "") for each in types if each.tag.endswith("Override")]
    assert len(named) == len(set(named))
    for name in held:
        assert f"/{name}" in named or name.rpartition(".")[2].lower() in endings, name
        assert "vbaProject" not in name
    for name, data in held.items():
        if name.endswith((".xml", ".rels", ".vml")):
            ElementTree.fromstring(data)
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            relations = list(ElementTree.fromstring(data))
            assert len({each.get("Id") for each in relations}) == len(relations)
            for each in relations:
                target = each.get("Target", "")
                place = (
                    target.lstrip("/")
                    if target.startswith("/")
                    else posixpath.normpath(posixpath.join(folder, target))
                )
                assert place in held, (name, target)
    relations = ElementTree.fromstring(held["xl/_rels/workbook.xml.rels"])
    [place] = [
        each.get("Target", "") for each in relations if each.get("Type", "").endswith("/styles")
    ]
    styles = ElementTree.fromstring(held[posixpath.join("/xl", place).lstrip("/")])
    formats = styles.find(f"{MAIN}cellXfs")
    assert formats is not None
    for name in ("fonts", "fills", "borders", "cellXfs"):
        whole = styles.find(f"{MAIN}{name}")
        assert whole is not None
        assert int(whole.get("count", len(whole))) == len(whole)
    for each in formats:
        assert int(each.get("fillId", 0)) < len(styles.find(f"{MAIN}fills") or ())
        assert int(each.get("fontId", 0)) < len(styles.find(f"{MAIN}fonts") or ())
    for name, data in held.items():
        if "worksheets/" in name and name.endswith(".xml"):
            _assert_sheet(ElementTree.fromstring(data), len(formats))


_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection",
    "autoFilter", "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "drawing", "legacyDrawing",
    "tableParts", "extLst",
]  # fmt: skip


def _assert_sheet(sheet: ElementTree.Element, formats: int) -> None:
    order = [_ORDER.index(each.tag.removeprefix(MAIN)) for each in sheet]
    assert order == sorted(order)
    rows = [int(each.get("r", 0)) for each in sheet.iter(f"{MAIN}row") if each.get("r")]
    assert rows == sorted(set(rows))
    for row in sheet.iter(f"{MAIN}row"):
        columns = [
            openpyxl.utils.cell.coordinate_from_string(each.get("r", ""))[0]
            for each in row
            if each.get("r")
        ]
        numbers = [openpyxl.utils.column_index_from_string(letters) for letters in columns]
        assert numbers == sorted(set(numbers)), row.get("r")
        for cell in row:
            assert int(cell.get("s", 0)) < formats
    spans = [
        (int(each.get("min", 0)), int(each.get("max", 0))) for each in sheet.iter(f"{MAIN}col")
    ]
    assert all(before[1] < after[0] for before, after in pairwise(spans))
