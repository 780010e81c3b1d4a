"""The sheet of the whole report: what it says."""

from __future__ import annotations

from typing import Any, get_args

from geoplan.catalogue import City
from geoplan.errors import Severity
from geoplan.ingest.marks import CHECK_COLUMN
from geoplan.store.uploads import Upload
from geoplan.uploads.documents import Document
from geoplan.uploads.report_marks import LISTED, Marks, sign
from geoplan.uploads.report_workbook import MOST_COMMENTS

Cells = list[list[Any]]
"""Cells of a row: a text or number, the kind of its format, perhaps where it leads."""

_LEGEND: dict[Severity, str] = {
    "error": "必须改正，否则该行不能提交 Must be corrected, or the row stays out",
    "warning": "请核对，确认无误后可以提交 Look at it and nod, or correct it",
    "info": "供参考，不影响提交 For your information",
}
_COUNTS = {
    "rows": "行数 Rows",
    "ok": "通过 Passed",
    "warning": "有警告 With warnings",
    "error": "有错误 With errors",
    "skipped": "未读取 Passed over",
}
_REASONS = {
    "title": "标题 title",
    "total": "合计行 total",
    "blank": "空行 blank",
    "hidden": "隐藏行 hidden",
    "example": "示例行 example",
}
_HOW = {
    "declared": "文件注明 said by the file",
    "chosen": "上传人指定 chosen by the uploader",
    "size": "按数值大小 by the size of the numbers",
    "names": "与已有同名点位比对 by places of the same names",
    "districts": "按所填区县 by the districts that rows name",
    "undecided": "未定，需人工选择 undecided: a person must choose",
    "none": "无坐标 no coordinates",
}


def summary_of(
    city: City, upload: Upload, marks: Marks, sheet: str, *, is_own: bool
) -> list[Cells]:
    """The rows of the sheet.

    sheet   that the findings lie in; is_own  it is the uploader's own.
    """
    rows: list[Cells] = [[["检查报告 Check report", "title"]], []]
    rows += _facts(city, upload)
    rows += _how_to(is_own=is_own)
    rows += [[], [["图例 Legend", "head"]]]
    rows += [[[sign(each), each], [_LEGEND[each], "plain"]] for each in get_args(Severity)]
    rows += _places(upload)
    rows += _tallies(upload, marks)
    rows += _changes(upload)
    rows += _findings(marks, sheet)
    rows += _skipped(upload)
    return rows


def _facts(city: City, upload: Upload) -> list[Cells]:
    layer = city.layer(upload.layer)
    unit = next((each.name for each in city.units if each.code == upload.unit), None)
    facts: dict[str, str | int | None] = {
        "文件 File": upload.file_name,
        "图层 Layer": f"{layer.title.zh} {layer.title.en}",
        "单位 Unit": "全市 the whole city" if unit is None else f"{unit.zh} {unit.en}",
        "编号 Upload": str(upload.id),
        "检查时间 Checked": f"{upload.checked_at:%Y-%m-%d %H:%M %Z}" if upload.checked_at else "",
    }
    counts = upload.counts or {}
    said = {**facts, **{name: counts[key] for key, name in _COUNTS.items() if key in counts}}
    return [[[name, "head"], [value, "plain"]] for name, value in said.items()]


def _how_to(*, is_own: bool) -> list[Cells]:
    steps = [
        "请在原表中改正着色的单元格，保存后把本文件重新上传，系统会认出它改正的是哪一次上传。",
        "Correct the coloured cells in their sheet, save, and upload this file again: it is known.",
        f"“{CHECK_COLUMN}”列写明每行的问题；重新上传时，该列和本表不读取。",
        f"The column {CHECK_COLUMN} says what is wrong with a row; it and this sheet are not read.",
        f"单元格批注最多 {MOST_COMMENTS} 条。 At most {MOST_COMMENTS} cells have a comment.",
    ]
    if not is_own:
        steps.append(
            "本工作簿由原文件的数据行生成。 This workbook was made from the rows of your file."
        )
    return [[], [["如何改正 What to do", "head"]], *([[step, "plain"]] for step in steps)]


def _places(upload: Upload) -> list[Cells]:
    crs = upload.crs
    if crs is None:
        return []
    rows: list[Cells] = [
        [],
        [["坐标系 Coordinates", "head"]],
        [[crs["chosen"] or "—", "plain"], [_HOW.get(crs["how"], crs["how"]), "plain"]],
        [[crs["detail"]["zh"], "plain"]],
        [[crs["detail"]["en"], "plain"]],
    ]
    if crs["candidates"]:
        titles = (
            "坐标系 System",
            "偏移（米） Shift (m)",
            "同名点 Matched",
            "不在所填区县 In another district",
            "城外 Outside the city",
        )
        rows.append([[title, "head"] for title in titles])
    for each in crs["candidates"]:
        shift = each["shift_m"]
        said = [
            each["crs"],
            "—" if shift is None else round(shift),
            each["matched"],
            each["misfits"],
            each["outside"],
        ]
        rows.append([[value, "plain"] for value in said])
    return rows


def _tallies(upload: Upload, marks: Marks) -> list[Cells]:
    whole = [issue for issue in upload.file_issues if issue.get("row") is None]
    rows: list[Cells] = []
    if whole:
        rows += [[], [["整个文件 The file as a whole", "head"]], _titles("列 Column")]
        rows += [_told(issue, issue.get("column"), None) for issue in whole]
    if marks.tallies:
        rows += [[], [["按代码统计 By code", "head"]], _titles("次数 Times")]
        rows += [_told(each.issue, each.count, None) for each in marks.tallies.values()]
    return rows


def _changes(upload: Upload) -> list[Cells]:
    changes = upload.changes
    if changes is None:
        return []
    counts = changes["counts"]
    said = {
        "改正的是 Corrects": str(upload.corrects),
        "改动的行 Changed": counts["changed"],
        "新增的行 Added": counts["added"],
        "减少的行 Gone": counts["gone"],
        "已解决 Solved": ", ".join(f"{code} {n}" for code, n in changes["solved"].items()) or "—",
        "新出现 New": ", ".join(f"{code} {n}" for code, n in changes["new"].items()) or "—",
    }
    return [
        [],
        [["与上次相比 Against the last time", "head"]],
        *([[name, "plain"], [value, "plain"]] for name, value in said.items()),
    ]


def _findings(marks: Marks, sheet: str) -> list[Cells]:
    rows: list[Cells] = [[], [["逐项列出 One by one", "head"]]]
    if not marks.lines:
        return [*rows, [["没有问题 Nothing was found", "plain"]]]
    if marks.total > LISTED:
        more = f"共 {marks.total} 项，列出前 {LISTED} 项 {marks.total} in all, the first {LISTED}"
        rows.append([[more, "plain"]])
    rows.append(_titles("单元格 Cell"))
    quoted = sheet.replace("'", "''")
    rows += [_told(line.issue, line.cell, f"'{quoted}'!{line.cell}") for line in marks.lines]
    return rows


def _skipped(upload: Upload) -> list[Cells]:
    skipped = (upload.reading or {}).get("skipped") or {}
    if not skipped.get("count"):
        return []
    rows: list[Cells] = [[], [["未读取的行 Rows passed over", "head"]]]
    rows += [
        [[_REASONS.get(reason, reason), "plain"], [count, "plain"]]
        for reason, count in skipped["reasons"].items()
    ]
    rows += [
        [[each["row"], "plain"], [_REASONS.get(each["reason"], each["reason"]), "plain"]]
        for each in skipped["rows"]
    ]
    return rows


def _titles(first: str) -> Cells:
    titles = (
        first,
        "级别 Severity",
        "列 Column",
        "代码 Code",
        "说明",
        "改法",
        "What is wrong",
        "What to do",
    )
    return [[title, "head"] for title in titles]


def _told(issue: Document, first: str | int | None, link: str | None) -> Cells:
    detail, remedy = issue["detail"], issue["remedy"]
    value = "" if issue.get("value") is None else f"（{issue['value']}）"
    return [
        [first, "link" if link else "plain", link],
        [sign(issue["severity"]), issue["severity"]],
        [issue.get("column"), "plain"],
        [issue["code"], "plain"],
        [f"{detail['zh']}{value}", "text"],
        [remedy["zh"], "text"],
        [detail["en"], "text"],
        [remedy["en"], "text"],
    ]
