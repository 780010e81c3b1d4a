"""A layer's template as a workbook: a sheet to fill in, one of notes, one of choices."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geoplan.catalogue import City, Layer
from geoplan.ingest.marks import CHOICES_SHEET, EXAMPLE, NOTES_SHEET
from geoplan.text import Text
from geoplan.uploads.template import Column

LAST_ROW = 5_000
"""Down to which drop-downs and checks reach; more rows are read like these."""

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_HEAD = PatternFill("solid", fgColor="FFDDE6EE")
_MUST = PatternFill("solid", fgColor="FFFCE4B8")
_SHOWN = PatternFill("solid", fgColor="FFF2F2F2")
_LINE = Border(bottom=Side("thin", color="FF8A8A8A"))
_GREY = Font(italic=True, color="FF6B6B6B")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def as_workbook(layer: Layer, city: City, columns: Sequence[Column]) -> bytes:
    """The workbook's bytes. Its first sheet is the one that is read when it comes back."""
    book = openpyxl.Workbook()
    sheet = book.active
    name = _NOT_IN_NAMES.sub("", layer.title.zh)[:31] or layer.id
    sheet.title = name
    notes = book.create_sheet(NOTES_SHEET)
    choices = book.create_sheet(CHOICES_SHEET)
    _write_notes(notes, layer, city, columns)
    ranges = _write_choices(choices, columns)
    _write_sheet(sheet, columns)
    for column, of in zip(columns, range(1, len(columns) + 1), strict=True):
        _check(sheet, column, get_column_letter(of), ranges.get(column.header))
    book.properties.title = f"{layer.title.zh} {layer.title.en}"
    book.properties.creator = "geoplan"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_sheet(sheet: Worksheet, columns: Sequence[Column]) -> None:
    for number, column in enumerate(columns, start=1):
        head = sheet.cell(1, number, column.header)
        head.font = Font(bold=True)
        head.fill = _MUST if column.required else _HEAD
        head.border = _LINE
        head.alignment = Alignment(vertical="center", wrap_text=True)
        must = "必填 required\n" if column.required else ""
        comment = Comment(
            f"{column.title.en}\n{must}{column.allowed.zh}\n{column.allowed.en}", "geoplan"
        )
        comment.width, comment.height = 320, 140
        head.comment = comment
        shown = sheet.cell(2, number, column.example)
        shown.font, shown.fill = _GREY, _SHOWN
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = max(12, 2.2 * len(column.header))
        if column.field is not None and column.field.type == "date":
            dimension.number_format = "yyyy-mm-dd"
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "D2"


def _write_notes(sheet: Worksheet, layer: Layer, city: City, columns: Sequence[Column]) -> None:
    sheet.append([f"{city.title.zh} {layer.title.zh}：填写说明", f"{layer.title.en}: notes"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([layer.summary.zh, layer.summary.en])
    for target in layer.targets:
        sheet.append([f"规划任务：{target.phrase}", f"In the plan: {target.phrase_en}"])
    for rule in _RULES:
        sheet.append([rule.zh, rule.en])
    sheet.append([])
    sheet.append(
        [
            "列名",
            "Column",
            "必填 Required",
            "单位 Unit",
            "填写要求",
            "What to write",
            "示例 Example",
        ]
    )
    head = sheet.max_row
    for cell in sheet[head]:
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _LINE
    for column in columns:
        unit = column.field.unit if column.field is not None else None
        sheet.append(
            [
                column.header,
                column.title.en,
                "是 yes" if column.required else "否 no",
                f"{unit.zh} {unit.en}" if unit else None,
                column.allowed.zh,
                column.allowed.en,
                column.example,
            ]
        )
    for letter, width in zip("ABCDEFG", (34, 34, 14, 16, 46, 46, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=head + 1):
        for cell in row:
            cell.alignment = _WRAPPED


def _write_choices(sheet: Worksheet, columns: Sequence[Column]) -> dict[str, str]:
    """A list a column; returns the range of each by the header that it is for."""
    ranges: dict[str, str] = {}
    chosen = [column for column in columns if column.choices]
    for number, column in enumerate(chosen, start=1):
        sheet.cell(1, number, column.header).font = Font(bold=True)
        for row, choice in enumerate(column.choices, start=2):
            sheet.cell(row, number, choice)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 30
        ranges[column.header] = f"'{CHOICES_SHEET}'!${letter}$2:${letter}${len(column.choices) + 1}"
    return ranges


def _check(sheet: Worksheet, column: Column, letter: str, choices: str | None) -> None:
    """A drop-down, or a check of what is typed; other words are let through with a warning."""
    kind = column.field.type if column.field is not None else None
    if choices is not None:
        rule = DataValidation("list", formula1=choices, allow_blank=True)
    elif kind == "date":
        rule = DataValidation("date", "between", "DATE(1950,1,1)", "DATE(2099,12,31)", True)
    elif kind in {"integer", "number"}:
        rule = DataValidation(
            "whole" if kind == "integer" else "decimal",
            operator="greaterThanOrEqual",
            formula1="0",
            allow_blank=True,
        )
    else:
        return
    rule.errorStyle = "warning"
    rule.errorTitle = column.title.zh[:32]
    rule.error = f"{column.allowed.zh}\n{column.allowed.en}"[:225]
    rule.showErrorMessage = True
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


_RULES = (
    Text(
        "在第一张表中填写，一行一个项目；不要合并单元格，不要改列名，可以加列，多余的列不读取。",
        "Fill in the first sheet, a row a project; merge no cells and keep the headers. "
        "Columns may be added; those that are not known are not read.",
    ),
    Text(
        f"第 2 行是示例，“序号”为“{EXAMPLE}”的行不读取，可以删除。",
        f"Row 2 is an example: a row whose number says {EXAMPLE} is not read. It may be removed.",
    ),
    Text(
        "列名带 * 的为必填；金额、长度等请按列名中的单位填写。",
        "A star in the header means required. Numbers are in the unit that the header names.",
    ),
    Text(
        "不要填写联系人、电话等个人信息：即使填写也不会保存。",
        "Leave out names and telephone numbers of people: they would not be kept.",
    ),
)
