"""What geoplan itself writes into workbooks that come back to it: templates and reports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

CHECK_COLUMN = "检查结果 Check"
"""Header of the column that a report adds: what is wrong with a row, in words. Never data."""

CHECK_SHEET = "检查报告"
"""Name of the sheet that a report adds; a number follows where there is one already."""

NOTES_SHEET, CHOICES_SHEET = "填写说明", "选项"
"""Sheets of a template beside the one that is filled in."""

EXAMPLE = "示例"
"""First cell of a template's example row, which is passed over when the file comes in."""

_CHECK_SHEET = re.compile(rf"{CHECK_SHEET}(?: \d+)?")
_LONGEST_EXAMPLE = 12
_EXAMPLES = {"示例", "样例", "例", "example", "sample"}


def is_own_sheet(name: str) -> bool:
    """Whether a sheet is one that a report or a template has beside the data."""
    return name in {NOTES_SHEET, CHOICES_SHEET} or _CHECK_SHEET.fullmatch(name) is not None


def is_check_column(header: str) -> bool:
    """Whether a column is the one that a report added."""
    return header.strip() == CHECK_COLUMN


def is_example(cells: Sequence[Any]) -> bool:
    """Whether a row only shows how to fill in: its first filled cell says 示例 and nothing more.

    A feature that is called 示例小学 is not one: the word must stand alone.
    """
    first = next((cell for cell in cells if cell is not None), None)
    if not isinstance(first, str) or len(first) > _LONGEST_EXAMPLE:
        return False
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", first)).casefold() in _EXAMPLES
