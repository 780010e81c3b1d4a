"""The sheet of the whole report as a part of the workbook; inside the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geoplan.uploads.ooxml import MAIN, letters, text, text_cell
from geoplan.uploads.report_styles import Styles

_WIDTHS = (22, 20, 22, 26, 46, 46, 46, 46)  # of its columns, in characters
_MOST_LINKS = 60_000  # a sheet holds 65,530
_LONGEST = 32_767


def render(rows: Sequence[Sequence[Sequence[Any]]], styles: Styles) -> bytes:
    """The part of the sheet.

    rows  of cells: a text or number, the kind of its format (`report_styles.Own`), and perhaps the
          place inside the workbook that it leads to.
    """
    lines: list[str] = []
    links: list[str] = []
    for number, cells in enumerate(rows, start=1):
        made = []
        for column, (value, kind, *link) in enumerate(cells):
            if value is None:
                continue
            reference = f"{letters(column)}{number}"
            style = styles.own(kind)
            if isinstance(value, str):
                made.append(text_cell(reference, value[:_LONGEST], style).decode())
            else:
                made.append(f'<c r="{reference}" s="{style}"><v>{value}</v></c>')
            if link and link[0] and len(links) < _MOST_LINKS:
                links.append(f'<hyperlink ref="{reference}" location="{text(link[0])}"/>')
        lines.append(f'<row r="{number}">{"".join(made)}</row>')
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(_WIDTHS, start=1)
    )
    whole = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
        '<sheetPr><tabColor rgb="FFC00000"/></sheetPr><sheetViews>'
        '<sheetView workbookViewId="0" showGridLines="0"/></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{''.join(lines)}</sheetData>{whole}</worksheet>"
    ).encode()
