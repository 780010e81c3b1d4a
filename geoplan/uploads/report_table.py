"""A plain workbook of a file's rows, for a file that is no workbook itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geoplan.uploads.ooxml import MAIN, PACKAGE, RELATIONS, letters, text_cell
from geoplan.uploads.report_styles import MINIMAL, Styles

SHEET = "数据"

_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'{_DECLARED}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/></Types>',
    "_rels/.rels": f'{_DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'{_DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
}
_WIDTH = 16
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WHOLE = 10**15  # beyond, a spreadsheet's numbers lose digits


def write_table(
    path: Path, header_row: int, header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]
) -> None:
    """Write a workbook of one sheet, `SHEET`.

    header_row  where the header stands; rows  numbers of the sheet's rows, growing from there on,
                and their cells.
    A text that begins like a formula stays the text that it is, also when somebody edits its cell.
    """
    styles = Styles(MINIMAL)
    formats = styles.own("head"), styles.own("safe")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, content)
        archive.writestr("xl/styles.xml", styles.result())
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for piece in _sheet(header_row, header, rows, *formats):
                part.write(piece.encode())


def _sheet(
    header_row: int,
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[Any]]],
    head: int,
    safe: int,
) -> Iterator[str]:
    pane = f'<pane ySplit="{header_row}" topLeftCell="A{header_row + 1}" state="frozen"/>'
    yield f'{_DECLARED}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}'
    yield f'</sheetView></sheetViews><sheetFormatPr defaultColWidth="{_WIDTH}" '
    yield 'defaultRowHeight="15"/><sheetData>'
    names = [letters(column) for column in range(len(header))]
    cells = (
        text_cell(f"{name}{header_row}", title, head).decode()
        for name, title in zip(names, header, strict=True)
    )
    yield f'<row r="{header_row}">{"".join(cells)}</row>'
    for number, values in rows:
        made = (
            _cell(f"{name}{number}", value, safe)
            for name, value in zip(names, values, strict=True)
            if value is not None
        )
        yield f'<row r="{number}">{"".join(made)}</row>'
    yield "</sheetData></worksheet>"


def _cell(reference: str, value: Any, safe: int) -> str:
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float) and abs(value) < _WHOLE:
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    said = value if isinstance(value, str) else str(value)
    style = safe if said.startswith(_FORMULA_STARTS) else 0
    return text_cell(reference, said, style).decode()
