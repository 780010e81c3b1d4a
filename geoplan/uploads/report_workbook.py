"""A workbook with what was found in it: inside the sandbox, as the workbook comes from others."""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any

from geoplan.errors import Severity
from geoplan.ingest.marks import CHECK_COLUMN, CHECK_SHEET
from geoplan.uploads.ooxml import RELATIONS, Edits, Element, elements, not_markable, position, text
from geoplan.uploads.package import Package
from geoplan.uploads.report_comments import commented
from geoplan.uploads.report_page import render
from geoplan.uploads.report_sheet import Cell, SheetMarks, first_of_merged, mark_sheet
from geoplan.uploads.report_styles import MINIMAL, Styles

MARKS = ".marks"
"""Ending of the file of marks beside the workbook."""

MOST_COMMENTS = 2_000
"""Beyond them spreadsheet programs take minutes to open a file; the words stand in the row too."""

RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}
"""The gravest first."""

_LONGEST = 8_000  # characters of a comment
_PIECE = 3 << 20
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SHEET_TYPE = f"{_OFFICE}.spreadsheetml.worksheet+xml"
_COMMENTS_TYPE = f"{_OFFICE}.spreadsheetml.comments+xml"
_STYLES_TYPE = f"{_OFFICE}.spreadsheetml.styles+xml"
_PROPERTIES_TYPE = f"{_OFFICE}.custom-properties+xml"
_DRAWING_TYPE = f"{_OFFICE}.vmlDrawing"
_DRAWING = re.compile(rb"<(?:[\w.-]+:)?legacyDrawing\s[^>]*?id\s*=\s*[\"']([^\"']+)[\"']")
# Programs write letters beyond ASCII in several ways.
_LAST_WORD = f"{CHECK_COLUMN.rpartition(' ')[2]}<".encode()
_CELLS = re.compile(rb"<(?:[\w.-]+:)?c\s([^>]*[^/>])>.*?</(?:[\w.-]+:)?c>", re.DOTALL)
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v>(\d{1,9})</")
_TAG = re.compile(rb"<[^>]*>")

_NAME = "_geoplan_report"
_PROPERTY = "geoplan report"
_IDENTITY = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([0-9a-f]{64})")
_NO_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    f'xmlns="{RELATIONS.rpartition("/")[0]}/custom-properties"></Properties>'
).encode()


def identity(path: Path) -> Iterator[dict[str, str] | None]:
    """Yields the `upload` and the `sha256` that a workbook says it is the report of, or None."""
    package = Package(path)
    found = _identity(package, package.related("", "officeDocument"))
    yield None if found is None else {"upload": found[1], "sha256": found[2]}


def mark(
    path: Path,
    *,
    sheet: str,
    header_row: int,
    summary: Sequence[Sequence[Sequence[Any]]],
    identity: str,
) -> Iterator[str]:
    """Yields the marked workbook in pieces of base64.

    sheet         the sheet that was read.
    summary       what the sheet of the whole report says (`report_page.render`).
    identity      upload and SHA-256, with a space between them.
    What it says of rows and cells lies beside the workbook, in a file as `report_marks` writes it.
    Raises GeoplanError `workbook_not_markable`.
    """
    package = Package(path)
    workbook = package.related("", "officeDocument")
    if workbook is None:
        raise not_markable()
    place = _styles_of(package, workbook)
    styles = Styles(package.read(place))
    part, has_report = _sheet_of(package, workbook, sheet)
    data = package.read(part)
    beside = _words_column(package, workbook, data, header_row)
    marks = SheetMarks({}, {}, (header_row, CHECK_COLUMN), beside)
    words = _read_marks(path.with_suffix(MARKS), marks, first_of_merged(data))
    shown = marks.cells
    worst = sorted(words, key=lambda cell: (RANK[shown[cell]], cell))[:MOST_COMMENTS]
    drawing = _comment(
        package, part, data, {cell: "\n".join(words[cell])[:_LONGEST] for cell in worst}
    )
    package.put(part, mark_sheet(data, marks, styles, drawing))
    _put_summary(package, workbook, render(summary, styles), has_report)
    _put_identity(package, workbook, identity)
    package.put(place, styles.result())
    with tempfile.TemporaryFile() as stream:
        package.write(stream)
        stream.seek(0)
        while piece := stream.read(_PIECE):
            yield base64.b64encode(piece).decode()


def _words_column(package: Package, workbook: str, data: bytes, row: int) -> int | None:
    """The column in which an earlier report wrote what is wrong with rows; None: nowhere."""
    strings = package.related(workbook, "sharedStrings")
    shared = b"" if strings is None else package.read(strings)
    if not any(_LAST_WORD in part for part in (data, shared)):
        return None
    found = re.search(
        rb"<(?:[\w.-]+:)?row\s[^>]*?\br=\"%d\".*?</(?:[\w.-]+:)?row>" % row, data, re.DOTALL
    )
    if found is None:
        return None
    whole = [each.raw(shared) for each in elements(shared, {"si"})] if shared else []
    ours = {number for number, each in enumerate(whole) if _text_of(each) == CHECK_COLUMN}
    for cell in _CELLS.finditer(found[0]):
        number = _VALUE.search(cell[0])
        is_shared = b't="s"' in cell[1] and number is not None and int(number[1]) in ours
        if is_shared or (b't="inlineStr"' in cell[1] and _text_of(cell[0]) == CHECK_COLUMN):
            reference = re.search(rb"\br=\"([A-Z]{1,3}\d+)\"", cell[1])
            return None if reference is None else position(reference[1].decode())[1]
    return None


def _text_of(raw: bytes) -> str:
    return unescape(_TAG.sub(b"", raw).decode())


def _read_marks(
    path: Path, marks: SheetMarks, first: Callable[[Cell], Cell]
) -> dict[Cell, list[str]]:
    """Take in the marks; returns the words on cells, each once where cells are merged."""
    words: dict[Cell, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row, worst, beside, cells = json.loads(line)
            if row != marks.header[0]:
                marks.rows[row] = (worst, beside)
            for column, severity, said in cells:
                cell = first((row, column))
                held = marks.cells.get(cell, severity)
                marks.cells[cell] = min(severity, held, key=RANK.__getitem__)
                if said:
                    on_cell = words.setdefault(cell, [])
                    on_cell += [each for each in said if each not in on_cell]
    return words


def _identity(package: Package, workbook: str | None) -> re.Match[str] | None:
    """Whose report a workbook says it is, in one of two places."""
    properties = package.related("", "custom-properties")
    said = (
        _said(package, properties, "property", _PROPERTY),
        _said(package, workbook, "definedName", _NAME),
    )
    return next((match for text in said if (match := _IDENTITY.search(text))), None)


def _said(package: Package, part: str | None, name: str, called: str) -> str:
    """What a property or a defined name of the workbook holds."""
    if part is None:
        return ""
    data = package.read(part)
    for each in elements(data, {name}):
        if each.get("name") == called:
            return data[each.inside : each.end].decode()
    return ""


def _styles_of(package: Package, workbook: str) -> str:
    place = package.related(workbook, "styles")
    if place is None:
        place = package.free_name("xl/styles{}.xml")
        package.put(place, MINIMAL, _STYLES_TYPE)
        package.relate(workbook, "styles", place)
    return place


def _sheet_of(package: Package, workbook: str, name: str) -> tuple[str, str | None]:
    """The parts of the sheet of that name and of the sheet that an earlier report added."""
    targets = {each.id: each.target for each in package.relations(workbook)}
    parts: dict[str, str] = {}
    for each in elements(package.read(workbook), {"sheet"}):
        target = targets.get(each.get("id") or "")
        if target is not None:
            parts[each.get("name") or ""] = target
    if name not in parts:
        raise not_markable()
    earlier = [parts[each] for each in parts if each.startswith(CHECK_SHEET) and each != name]
    is_report = _identity(package, workbook) is not None
    return parts[name], earlier[-1] if is_report and earlier else None


def _comment(package: Package, part: str, data: bytes, said: Mapping[Cell, str]) -> str | None:
    """Put comments on cells; the id of the relation that the sheet must name, None: it does."""
    texts = package.related(part, "comments")
    found = _DRAWING.search(data, max(data.rfind(b"sheetData"), 0))
    named = found[1].decode() if found else None
    drawing = next((each.target for each in package.relations(part) if each.id == named), None)
    if not said and texts is None:
        return None
    made = commented(
        said,
        package.read(texts) if texts else None,
        package.read(drawing) if drawing else None,
    )
    if texts is None:
        texts = package.free_name("xl/geoplanComments{}.xml")
        package.relate(part, "comments", texts)
    package.put(texts, made.texts, _COMMENTS_TYPE)
    if drawing is not None:
        package.put(drawing, made.drawing)
        return None
    drawing = package.free_name("xl/drawings/geoplanDrawing{}.vml")
    package.declare_ending("vml", _DRAWING_TYPE)
    package.put(drawing, made.drawing)
    return package.relate(part, "vmlDrawing", drawing)


def _put_summary(package: Package, workbook: str, content: bytes, earlier: str | None) -> None:
    """Put the sheet of the report where an earlier one is, else after all others."""
    if earlier is not None:
        folder, _, name = earlier.rpartition("/")
        package.drop(f"{folder}/_rels/{name}.rels")
        package.put(earlier, content)
        return
    part = package.free_name("xl/worksheets/geoplanReport{}.xml")
    package.put(part, content, _SHEET_TYPE)
    relation = package.relate(workbook, "worksheet", part)
    data = package.read(workbook)
    found = elements(data, {"sheets", "sheet"})
    sheets = [each for each in found if each.name == "sheet"]
    names = {each.get("name") for each in sheets}
    numbers = [int(each.get("sheetId") or 0) for each in sheets]
    free = (f"{CHECK_SHEET} {number}" for number in range(2, len(names) + 3))
    name = CHECK_SHEET if CHECK_SHEET not in names else next(n for n in free if n not in names)
    whole = found[0]
    edits = Edits(data)
    edits.append_to(
        whole,
        f'<{whole.prefix}sheet xmlns:r="{RELATIONS}" name="{name}" '
        f'sheetId="{max(numbers, default=0) + 1}" r:id="{relation}"/>'.encode(),
    )
    package.put(workbook, edits.result())


def _put_identity(package: Package, workbook: str, identity: str) -> None:
    """Say in two places whose report this is: programs that save the workbook may keep only one."""
    data = package.read(workbook)
    before = {"sheets", "functionGroups", "externalReferences"}
    found = elements(data, {*before, "definedNames", "definedName"})
    p = found[0].prefix
    name = f'<{p}definedName name="{_NAME}" hidden="1">"{identity}"</{p}definedName>'.encode()
    edits = Edits(data)
    held = _named(found, "definedName", _NAME)
    names = next((each for each in found if each.name == "definedNames"), None)
    if held is not None:
        edits.replace(held.at, held.after(data), name)
    elif names is not None:
        edits.append_to(names, name)
    else:
        last = max(each.after(data) for each in found if each.name in before)
        whole = f"<{p}definedNames>".encode() + name + f"</{p}definedNames>".encode()
        edits.insert(last, whole)
    package.put(workbook, edits.result())
    _put_property(package, identity)


def _put_property(package: Package, identity: str) -> None:
    part = package.related("", "custom-properties")
    data = _NO_PROPERTIES if part is None else package.read(part)
    found = elements(data, {"Properties", "property"})
    held = _named(found, "property", _PROPERTY)
    numbers = [int(each.get("pid") or 1) for each in found if each.name == "property"]
    number = held.get("pid") if held else max(numbers, default=1) + 1
    types = RELATIONS.rpartition("/")[0] + "/docPropsVTypes"
    p = found[0].prefix
    new = (
        f'<{p}property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" '
        f'name="{_PROPERTY}"><vt:lpwstr xmlns:vt="{types}">{text(identity)}</vt:lpwstr>'
        f"</{p}property>"
    ).encode()
    edits = Edits(data)
    if held is not None:
        edits.replace(held.at, held.after(data), new)
    else:
        edits.append_to(found[0], new)
    if part is None:
        part = package.free_name("docProps/custom{}.xml")
        package.relate("", "custom-properties", part)
    package.put(part, edits.result(), _PROPERTIES_TYPE)


def _named(found: Sequence[Element], name: str, called: str) -> Element | None:
    return next((each for each in found if each.name == name and each.get("name") == called), None)
