"""Cells of a column as values of its field."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from geoplan.catalogue import Field
from geoplan.ingest.dates import to_date
from geoplan.ingest.findings import BadValue, take_or_raise
from geoplan.ingest.quantities import in_scientific, is_plain_number, not_finite, to_number
from geoplan.text import Text

LONGEST_NAME = 200
LONGEST_TEXT = 32_767
_SHORT = {"project_no", "name", "name_en", "unit", "town"}

_SPACE = re.compile(r"\s+")
_BRACKETS = re.compile(r"\([^()]*\)")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
# Control characters, marks that turn the writing direction of what follows, half characters.
_UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# A stroke says that there is nothing to fill in.
_NOTHING = re.compile(r"[/\\|\-—–―－_]{1,3}")
_SHORT_CELL = 8
_CELL_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!)")
_SCIENTIFIC_ID = re.compile(r"\d\.\d+E\+\d{2}")
_TRUE = {"是", "有", "√", "✓", "true", "yes", "y", "t", "1"}
_FALSE = {"否", "无", "×", "✗", "false", "no", "n", "f", "0"}


def to_text(raw: Any, longest: int = LONGEST_TEXT) -> str | None:
    """Text on one line; None when nothing is left. A whole number loses its `.0`.

    Raises BadValue `text_unprintable`, `text_garbled`, `text_too_long`, `number_not_finite`.
    """
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise not_finite()
        raw = int(raw) if raw.is_integer() else raw
    text = str(raw)
    if text.isprintable() and "  " not in text:  # the usual cell, quickly
        text = text.strip()
    else:
        text = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    if not text.isprintable() and _UNPRINTABLE.search(text):
        raise BadValue(
            "text_unprintable",
            Text("含有不可见的控制字符", "the text holds invisible control characters"),
            Text("请删除后重新输入", "delete and type it again"),
        )
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise BadValue(
            "text_garbled",
            Text("文字已成乱码", "the text is garbled"),
            Text("请检查原文件的编码后重新导出", "check the file's encoding and export it again"),
        )
    if len(text) > longest:
        raise BadValue(
            "text_too_long",
            Text(f"超过 {longest} 个字符", f"the text has more than {longest} characters"),
            Text("请缩短，其余写入备注", "shorten it; a note can hold the rest"),
        )
    return text or None


def to_value(
    field: Field,
    raw: Any,
    factor: float = 1.0,
    notes: list[BadValue] | None = None,
    *,
    typed: bool = False,
) -> Any:
    """The value of a cell: str, date, int, float or bool by the field's type, None when empty.

    factor  what a unit of the column is in the field's unit.
    notes   where given, what is doubtful is taken with a note; without it it is refused.
    typed   the file knows numbers from text, so that a number as text is told.
    Raises BadValue.
    """
    if raw is None or is_blank(raw):
        return None
    if isinstance(raw, str) and "#" in raw[:2] and _CELL_ERROR.fullmatch(raw.strip()):
        raise _cell_error(raw)
    if field.type == "text":
        return _text(field, raw, notes)
    if field.type == "date":
        return to_date(raw, first=field.id.startswith("start"), notes=notes)
    if field.type in {"integer", "number"}:
        if typed and notes is not None and isinstance(raw, str) and is_plain_number(raw):
            notes.append(_AS_TEXT)
        return _number(field, raw, factor, notes)
    return _boolean(raw) if field.type == "boolean" else _enum(field, raw)


def is_blank(raw: Any) -> bool:
    """Whether a cell holds nothing but spaces, or a stroke."""
    if not isinstance(raw, str):
        return False
    if len(raw) > _SHORT_CELL:
        return raw.isspace()
    text = raw.strip()
    return not text or (not text[0].isalnum() and _NOTHING.fullmatch(text) is not None)


def _text(field: Field, raw: Any, notes: list[BadValue] | None) -> str | None:
    text = to_text(raw, LONGEST_NAME if field.id in _SHORT else LONGEST_TEXT)
    if text is not None and field.id == "project_no" and _SCIENTIFIC_ID.fullmatch(text):
        take_or_raise(in_scientific(), notes)
    return text


def _number(field: Field, raw: Any, factor: float, notes: list[BadValue] | None) -> int | float:
    number = to_number(raw, field.unit.zh if field.unit else None, factor, notes)
    if field.type == "number":
        return number
    # 1.2万个 is a whole number that binary fractions may miss by a hair.
    whole = round(number)
    if abs(number - whole) > 1e-9 * max(1, whole):
        raise BadValue(
            "number_not_whole",
            Text("应为整数", "this must be a whole number"),
            Text("请填写整数", "write a whole number"),
        )
    return whole


def _boolean(raw: Any) -> bool:
    word = unicodedata.normalize("NFKC", str(int(raw) if raw in {0, 1} else raw)).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise BadValue(
        "value_unknown",
        Text("应为是或否", "this must be yes or no"),
        Text("请填写“是”或“否”", "write 是 or 否 (yes or no)"),
    )


def _enum(field: Field, raw: Any) -> str | None:
    text = to_text(raw)
    if text is None:
        return None
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    value = field.find_value(text) or field.find_value(bare)
    if value is not None:
        return value.id
    titles: Sequence[Text] = [value.title for value in field.values]
    raise BadValue(
        "value_unknown",
        Text(f"{field.title.zh}中没有这个值", f"{field.title.en} has no such value"),
        Text(
            f"请用：{'、'.join(title.zh for title in titles)}",
            f"use one of {', '.join(f'{title.zh} ({title.en})' for title in titles)}",
        ),
    )


def _cell_error(raw: str) -> BadValue:
    return BadValue(
        "cell_error",
        Text(f"公式出错：{raw.strip()}", f"the formula ends in an error: {raw.strip()}"),
        Text("请改正公式，或直接填写数值", "correct the formula, or write the value itself"),
    )


_AS_TEXT = BadValue(
    "number_as_text",
    Text("数字以文本形式保存，已读作数字", "the number is kept as text; it was read as a number"),
    Text("可把单元格格式改为数值", "the cell may be formatted as a number"),
    "info",
)
