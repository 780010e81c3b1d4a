"""Rows of a table that hold no feature: totals, sections, notes, the header again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from geoplan.ingest.marks import is_example

_TOTAL = re.compile(
    r"(?:全市|全区|全县|本区|本页|本月|总体|各区县|\w{0,12}?)(?:合计|小计|总计|共计)|累计|汇总|"
    r"(?:全市|全区|本区|本页|总体)(?:累计|汇总)|(?:grand|sub)?total|sum"
)
_LIKE_TOTAL = re.compile(r"[计汇]|total|sum", re.IGNORECASE)
_AFTER_WORD = re.compile(r"[（(：:]")
_LABELLED = 4
"""Cells among which the word for a total may stand, behind a district or a running number."""
_LONGEST_LABEL = 20

_NOTE = re.compile(
    r"(?:附?注|备注|说明|填表说明|填写说明|数据来源|(?:填表|填报|制表|审核|复核|审批|负责|责任|经办|联系)人?|"
    r"单位负责人|分管领导|主管领导|联系电话|填报单位|(?:填报|填表|报送|制表)(?:日期|时间)|单位[（(]?盖章[）)]?)"
    r"\s*[:：]|注\s*\d|[※＊*]\s*\S{4}"
)
_NOT_COUNTED = {*"甲乙丙丁戊己庚辛", "栏次"}
NOTE_CELLS = 4
"""Filled cells that a note or a line of signatures has at most."""
_SECTION = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[）)]?\s*[、.．:：]|第[一二三四五六七八九十]{1,3}[部分类章节])"
)
_WIDE = 3


def is_total(cells: Sequence[Any]) -> bool:
    """Whether a row only sums others: 合计, 小计, 总计 or the like stands among its first cells.

    A district or a running number may stand before the word; the word stands alone in its cell, or
    a bracket or colon follows it: 总计路小学 is a school.
    """
    left = _LABELLED
    for cell in cells:
        if cell is None:
            continue
        if type(cell) is str:
            if len(cell) > _LONGEST_LABEL:
                return _LIKE_TOTAL.search(cell) is not None and _is_total_word(cell)
            if _LIKE_TOTAL.search(cell) and _is_total_word(cell):
                return True
        elif cell % 1:
            return False
        left -= 1
        if left == 0:
            return False
    return False


def _is_total_word(cell: str) -> bool:
    if cell[:1] in "=@+-":  # a formula as text
        return False
    plain = unicodedata.normalize("NFKC", _AFTER_WORD.split(cell, maxsplit=1)[0])
    return _TOTAL.fullmatch(re.sub(r"[\W_]+", "", plain).lower()) is not None


def divides_rows(cells: Sequence[Any], merged_width: int) -> bool:
    """Whether a row divides, explains or signs a table: 一、新建项目, 注：…, 填表人：….

    merged_width  columns over which its first cell is merged, 1 for none.
    """
    filled = [cell for cell in cells if cell is not None]
    first = filled[0] if filled else None
    if not isinstance(first, str) or len(filled) > NOTE_CELLS:
        return False
    if _NOTE.match(first.strip()):
        return True
    return len(filled) == 1 and (merged_width >= _WIDE or _SECTION.match(first) is not None)


def is_numbering(cells: Sequence[Any]) -> bool:
    """Whether a row only numbers the columns (1 2 3 …, perhaps 甲 乙 before), or is an example."""
    filled = [cell for cell in cells if cell is not None]
    words = [str(cell).strip() for cell in filled]
    numbers = [word.removesuffix(".0") for word in words if word not in _NOT_COUNTED]
    is_count = len(numbers) >= 3 and numbers == [str(n) for n in range(1, len(numbers) + 1)]
    return is_count or is_example(cells)
