"""A table as CSV that opens in spreadsheets as it is: UTF-8 with its mark, no formula in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The bytes of the table; None is an empty field.

    columns  names in the first line.
    A text that a spreadsheet would run begins with an apostrophe; numbers stay numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_plain(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and len(value) > 1 and value.startswith(_ACTIVE):
        return f"'{value}"
    return value
