"""Tables: delimited text, workbooks and Parquet, as rows of cells; inside the sandbox."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from geoplan.errors import GeoplanError, Where
from geoplan.ingest.raw import BATCH_ROWS, check_width
from geoplan.ingest.sniff import decoded, open_archive
from geoplan.text import Text

MAX_CELL = 32_767
_BATCH_CELLS = 200_000
_SEPARATORS = (",", "\t", ";", "|", "，", "；")


def read_text(path: Path) -> Iterator[dict[str, Any]]:
    """CSV and its kin: encoding and separator are found from the content.

    A quoted cell may hold line breaks, as spreadsheet programs write them.
    Raises GeoplanError `encoding_unknown`, `table_broken`, `table_too_wide`, `cell_too_long`.
    """
    text = decoded(path.read_bytes())
    if "\0" in text:
        raise _broken(text.count("\n", 0, text.index("\0")) + 1)
    yield {"format": "CSV", "crs": None, "sheet": None}
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    yield from _batches(_numbered(rows))


def read_workbook(path: Path, sheet: str | None) -> Iterator[dict[str, Any]]:
    """One sheet of an XLSX workbook; dates as ISO text, empty cells as None.

    Raises GeoplanError `workbook_damaged`, `sheet_unknown`, `table_too_wide`, `cell_too_long`,
    and what `open_archive` raises.
    """
    import python_calamine as calamine  # noqa: PLC0415  only workbooks need it

    open_archive(path).close()  # sizes are judged before anything is unpacked
    try:
        workbook = calamine.load_workbook(path)
        name = _sheet_name(workbook.sheets_metadata, sheet, calamine.SheetVisibleEnum.Visible)
        content = workbook.get_sheet_by_name(name)
    except calamine.CalamineError as error:
        raise GeoplanError(
            "workbook_damaged",
            Text("无法打开该工作簿", "the workbook cannot be opened"),
            Text(
                "请用表格软件打开并另存为 .xlsx",
                "open it in a spreadsheet program and save it as .xlsx",
            ),
        ) from error
    yield {"format": "XLSX", "crs": None, "sheet": name}
    merged = content.merged_cell_ranges or []
    yield {
        "merged": [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in merged]
    }
    if content.start is None:
        return
    # Rows come from the sheet's first on, cells from the first used column on.
    empty = [None] * content.start[1]
    numbered = (
        (number, [*empty, *map(_plain, cells)])
        for number, cells in enumerate(content.iter_rows(), start=1)
    )
    yield from _batches(numbered)


def read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """A Parquet file of plain columns; the first row is the header.

    Raises GeoplanError `parquet_damaged`.
    """
    import pyarrow as pa  # noqa: PLC0415  only Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    yield {"format": "Parquet", "crs": None, "sheet": None}
    number = 0
    try:
        with pq.ParquetFile(path) as content:
            yield {"row": [0], "cells": [list(content.schema_arrow.names)]}
            for batch in content.iter_batches(BATCH_ROWS * 4):
                columns = [column.to_pylist() for column in batch.columns]
                rows = list(range(number + 1, number + 1 + batch.num_rows))
                yield {
                    "row": rows,
                    "cells": [list(map(_plain, row)) for row in zip(*columns, strict=True)],
                }
                number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise GeoplanError(
            "parquet_damaged",
            Text("无法读取该 Parquet 文件", "the Parquet file cannot be read"),
            Text("请重新导出", "export it again"),
        ) from error


def _sheet_name(sheets: Sequence[Any], wanted: str | None, visible: Any) -> str:
    names = [sheet.name for sheet in sheets]
    if wanted is None:
        shown = [sheet.name for sheet in sheets if sheet.visible == visible]
        if shown:
            return str(shown[0])
    elif wanted in names:
        return wanted
    raise GeoplanError(
        "sheet_unknown",
        Text(f"没有工作表“{wanted or ''}”", f"there is no sheet {wanted or ''!r}"),
        Text(f"可用：{'、'.join(names)}", f"use one of {', '.join(names)}"),
    )


def _separator(text: str) -> str:
    """The separator that stands most often in the first lines, outside quotes."""
    lines = text[: 1 << 16].splitlines()[:20]
    plain = "".join(part for line in lines for part in line.split('"')[::2])
    return max(_SEPARATORS, key=plain.count)


def _numbered(rows: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows with the number that a spreadsheet program shows: one a record, empty ones included."""
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            yield number, [cell if cell != "" else None for cell in cells]
    except csv.Error as error:
        if "field limit" in str(error):
            raise _too_long(number + 1) from error
        raise _broken(number + 1) from error


def _batches(numbered: Iterator[tuple[int, list[Any]]]) -> Iterator[dict[str, Any]]:
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
            raise _too_long(number)
        rows.append(number)
        cells.append(row)
        held += len(row)
        if len(rows) == BATCH_ROWS or held >= _BATCH_CELLS:
            yield {"row": rows, "cells": cells}
            rows, cells, held = [], [], 0
    if rows:
        yield {"row": rows, "cells": cells}


def _plain(value: Any) -> Any:
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


def _broken(row: int) -> GeoplanError:
    return GeoplanError(
        "table_broken",
        Text(f"第 {row} 行附近的引号或字符不成表格", f"near row {row} the text is no table"),
        Text("请用表格软件打开并重新另存为 CSV", "open it in a spreadsheet and save it as CSV"),
        where=Where(row=row),
    )


def _too_long(row: int) -> GeoplanError:
    return GeoplanError(
        "cell_too_long",
        Text(
            f"第 {row} 行有超过 {MAX_CELL:,} 个字符的单元格",
            f"row {row} has a cell of over {MAX_CELL:,}",
        ),
        Text("请缩短内容，或检查未闭合的引号", "shorten it, or close an open quote"),
        where=Where(row=row),
    )
