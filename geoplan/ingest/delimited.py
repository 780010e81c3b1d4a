"""CSV and its kin as rows of cells; inside the sandbox."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from statistics import median_high
from typing import Any

from geoplan.errors import GeoplanError, Where
from geoplan.ingest.encoding import decode
from geoplan.ingest.raw import MAX_CELL, check_width
from geoplan.ingest.sheets import in_batches, too_long
from geoplan.text import Text

_SEPARATORS = (",", "\t", ";", "|", "，", "；")
_MOST_COLUMNS = 16_384
"""Columns of a spreadsheet; a line with more separators is no row of one, be it empty."""


def read_text(path: Path, encoding: str | None) -> Iterator[dict[str, Any]]:
    """CSV and its kin: encoding (unless said) and separator are found from the content.

    A quoted cell may hold line breaks, as spreadsheet programs write them.
    Raises GeoplanError `encoding_unknown`, `table_broken`, `table_too_wide`, `cell_too_long`.
    """
    decoded = decode(path.read_bytes(), encoding)
    text = decoded.text
    if "\0" in text:
        raise _broken(text.count("\n", 0, text.index("\0")) + 1)
    separator = _separator(text)
    yield {
        "format": "TSV" if separator == "\t" else "CSV",
        "crs": None,
        "sheet": None,
        "encoding": decoded.encoding,
        "guessed": decoded.guessed,
    }
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    yield from in_batches(_numbered(rows))


def _separator(text: str) -> str:
    """The separator that stands most often in a common line of the first ones, outside quotes.

    A line in the middle counts, not their sum: a note may hold many commas.
    """
    lines = [line for line in text[: 1 << 16].splitlines()[:20] if line.strip()]
    plain = ["".join(line.split('"')[::2]) for line in lines] or [""]

    def standing(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in plain]
        return median_high(counts), sum(counts)

    return max(_SEPARATORS, key=standing)


def _numbered(rows: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows with the number that a spreadsheet program shows: one a record, empty ones included."""
    number = 0
    try:
        for number, cells in enumerate(rows, start=1):
            if len(cells) > _MOST_COLUMNS:
                check_width(len(cells), number)
            yield number, [cell if cell != "" else None for cell in cells]
    except csv.Error as error:
        if "field limit" in str(error):
            raise too_long(number + 1) from error
        raise _broken(number + 1) from error


def _broken(row: int) -> GeoplanError:
    return GeoplanError(
        "table_broken",
        Text(f"第 {row} 行附近的引号或字符不成表格", f"near row {row} the text is no table"),
        Text("请用表格软件打开并重新另存为 CSV", "open it in a spreadsheet and save it as CSV"),
        where=Where(row=row),
    )
