"""Workbooks, and tables in general, as rows of cells; inside the sandbox."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from geoplan.errors import GeoplanError, Where
from geoplan.ingest.archive import open_archive
from geoplan.ingest.marks import is_own_sheet
from geoplan.ingest.raw import BATCH_ROWS, MAX_CELL, check_width
from geoplan.ingest.sheet_view import View, view_of_xls, view_of_xlsx
from geoplan.ingest.sniff import damaged_workbook
from geoplan.text import Text

_BATCH_CELLS = 200_000


def read_xlsx(path: Path, sheet: str | None) -> Iterator[dict[str, Any]]:
    """One sheet of an XLSX workbook; dates as ISO text, empty cells as None.

    Raises GeoplanError `workbook_damaged`, `sheet_unknown`, `table_too_wide`, `cell_too_long`,
    and what `open_archive` raises.
    """
    open_archive(path).close()  # sizes are judged before anything is unpacked
    return _read(path, sheet, "XLSX")


def read_xls(path: Path, sheet: str | None) -> Iterator[dict[str, Any]]:
    """The same of an old XLS workbook."""
    return _read(path, sheet, "XLS")


def _read(path: Path, sheet: str | None, form: str) -> Iterator[dict[str, Any]]:
    import python_calamine as calamine  # noqa: PLC0415  only workbooks need it

    try:
        # By its content: the suffix may be another one.
        workbook = calamine.load_workbook(io.BytesIO(path.read_bytes()))
        sheets = workbook.sheets_metadata
        shown = [one.name for one in sheets if one.visible == calamine.SheetVisibleEnum.Visible]
        names = [one.name for one in sheets]
        name = _sheet_name(names, shown, sheet)
        view = (view_of_xlsx if form == "XLSX" else view_of_xls)(path, name)
        content = workbook.get_sheet_by_name(name)
    except calamine.CalamineError as error:
        raise damaged_workbook() from error
    yield {
        "format": form,
        "crs": None,
        "sheet": name,
        "sheets": names,
        "hidden_sheets": [one for one in names if one not in shown],
    }
    merged = content.merged_cell_ranges or []
    yield {
        "merged": [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in merged],
        "hidden_rows": sorted(view.hidden_rows),
        "hidden_columns": sorted(view.hidden_columns),
        "formulas": view.formulas,
    }
    if content.start is not None:
        # Rows come from the sheet's first on, cells from the first used column on.
        yield from in_batches(_numbered(content.iter_rows(), content.start[1], view))


def _numbered(
    rows: Iterator[Sequence[Any]], left: int, view: View
) -> Iterator[tuple[int, list[Any]]]:
    empty = [None] * left
    errors: Mapping[int, Mapping[int, str]] = view.errors
    for number, cells in enumerate(rows, start=1):
        row = [*empty, *map(plain, cells)]
        for column, word in errors.get(number, {}).items():
            if column < len(row):
                row[column] = word  # the reader of the cells leaves errors out
        yield number, row


def _sheet_name(names: Sequence[str], shown: Sequence[str], wanted: str | None) -> str:
    """The wanted sheet, or the first visible one that is not a report of ours."""
    if wanted is None:
        own = [name for name in shown if not is_own_sheet(name)] or shown
        if own:
            return own[0]
    elif wanted in names:
        return wanted
    raise GeoplanError(
        "sheet_unknown",
        Text(f"没有工作表“{wanted or ''}”", f"there is no sheet {wanted or ''!r}"),
        Text(f"可用：{'、'.join(names)}", f"use one of {', '.join(names)}"),
    )


def in_batches(numbered: Iterator[tuple[int, list[Any]]]) -> Iterator[dict[str, Any]]:
    """Numbered rows as batches of a table; rows without a value are left out.

    Raises GeoplanError `table_too_wide`, `cell_too_long`.
    """
    rows: list[int] = []
    cells: list[list[Any]] = []
    held = 0
    for number, row in numbered:
        while row and row[-1] is None:
            row.pop()
        if not row:
            continue
        check_width(len(row), number)
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in row):
            raise too_long(number)
        rows.append(number)
        cells.append(row)
        held += len(row)
        if len(rows) == BATCH_ROWS or held >= _BATCH_CELLS:
            yield {"row": rows, "cells": cells}
            rows, cells, held = [], [], 0
    if rows:
        yield {"row": rows, "cells": cells}


def plain(value: Any) -> Any:
    """A cell's value as a JSON value; nothing is lost but a time of day of midnight."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def too_long(row: int) -> GeoplanError:
    """The refusal of a cell with more characters than any program writes."""
    return GeoplanError(
        "cell_too_long",
        Text(
            f"第 {row} 行有超过 {MAX_CELL:,} 个字符的单元格",
            f"row {row} has a cell of over {MAX_CELL:,}",
        ),
        Text("请缩短内容，或检查未闭合的引号", "shorten it, or close an open quote"),
        where=Where(row=row),
    )
