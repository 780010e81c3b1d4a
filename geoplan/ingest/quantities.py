"""Numbers as ledgers write them, with their units."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from geoplan.ingest.findings import BadValue, shown, take_or_raise
from geoplan.text import Text

LARGEST = 9e9
"""The database keeps whole nano-units in 64 bits, which end at 9.2e9."""

# Dimension, and how many of the dimension's base unit one is. 1 亩 = 666.667 m² (2000/3).
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("米", "m"), ("length", 1.0)),
    **dict.fromkeys(("公里", "千米", "km", "里程km"), ("length", 1_000.0)),
    **dict.fromkeys(("平方米", "平米", "m2"), ("area", 1.0)),
    "亩": ("area", 2_000 / 3),
    **dict.fromkeys(("公顷", "ha"), ("area", 10_000.0)),
    **dict.fromkeys(("平方公里", "平方千米", "km2"), ("area", 1_000_000.0)),
    **dict.fromkeys(("元", "cny", "rmb"), ("money", 1.0)),
    "万元": ("money", 10_000.0),
    "亿元": ("money", 100_000_000.0),
    **dict.fromkeys(("千瓦", "kw"), ("power", 1.0)),
    **dict.fromkeys(("兆瓦", "mw"), ("power", 1_000.0)),
    "万千瓦": ("power", 10_000.0),
    **dict.fromkeys(("%", "百分比"), ("share", 1.0)),
    **dict.fromkeys(("度", "°"), ("angle", 1.0)),
}
_ANY_PIECE = {"个", "台", "数量"}
_PIECES = _ANY_PIECE | set("桩枪所座处班辆人条家件项天户站套段") | {"事项"}
_TIMES: dict[str | None, float] = {None: 1.0, "万": 1e4, "亿": 1e8}

_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)\s*(?P<times>[万亿])?\s*(?P<unit>\D*(?:(?<=[mM])2)?)"
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d{1,2}", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:大约|约为?|将?近|超过?|逾|不足|[>≥≈~<≤]=?)|(?:左右|上下|以上|以下|余|多|\+)$"
)
_ABOUT_UNIT = re.compile(r"(?<=[\d万亿])(?:余|多|\+)(?=\D)")


def scale(word: str, into: str | None) -> float | None:
    """How many units `into` one `word` is: scale("米", "公里") is 0.001; None when it is none.

    A piece of any kind (个, 台) is one of whatever pieces the field counts; 枪 is never a 桩.
    """
    unit, target = _plain(word), _plain(into or "")
    if unit == target or (unit in _ANY_PIECE and target in _PIECES):
        return 1.0
    if unit in _UNITS and target in _UNITS and _UNITS[unit][0] == _UNITS[target][0]:
        return _UNITS[unit][1] / _UNITS[target][1]
    if unit[:1] in _TIMES and unit not in _UNITS:  # 万人, 万平方米
        times = _TIMES[unit[:1]]
        by = scale(unit[1:], into)
        return None if by is None else times * by
    return None


def is_unit(word: str) -> bool:
    """Whether a word, such as one in brackets after a column's name, is a unit."""
    plain = _plain(word)
    return any(name in _UNITS or name in _PIECES for name in (plain, plain.removeprefix("万")))


def to_number(
    raw: Any,
    unit: str | None = None,
    factor: float = 1.0,
    notes: list[BadValue] | None = None,
) -> float:
    """The number of a cell in the field's unit.

    raw     a number, or text such as 3,200, 3.2公里, 1.2万个 (full-width forms too).
    unit    the field's unit (Chinese); a unit in the cell is converted into it.
    factor  what the column's own unit is in the field's; a unit in the cell goes before it.
    notes   where given, 约3.2 and 3.2E+03 are taken with a note; without it they are refused.
    Raises BadValue `number_unreadable`, `number_not_finite`, `number_negative`,
    `number_too_large`, `unit_mismatch`; without notes `number_approximate`,
    `number_in_scientific`.
    """
    if isinstance(raw, bool):
        raise _unreadable()
    try:
        if isinstance(raw, int | float):
            value = float(raw) * factor
        else:
            value = _of_text(raw, unit, factor, notes)
    except OverflowError:  # a whole number of hundreds of digits
        value = math.inf
    if not math.isfinite(value):
        raise not_finite()
    if value < 0:
        raise BadValue(
            "number_negative",
            Text("不能是负数", "the number may not be negative"),
            Text("请检查该数值", "check the number"),
        )
    if value > LARGEST:
        raise BadValue(
            "number_too_large",
            Text("数值过大", "the number is too large"),
            Text("请检查单位和小数点", "check the unit and the decimal point"),
        )
    return value


def is_plain_number(text: str) -> bool:
    """Whether a text is a bare number, full-width or with commas, without a unit."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return found is not None and not found["times"] and not found["unit"].strip()


def _of_text(raw: Any, unit: str | None, factor: float, notes: list[BadValue] | None) -> float:
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if _ABOUT.search(text) or _ABOUT_UNIT.search(text):
        take_or_raise(_APPROXIMATE, notes)
        text = _ABOUT_UNIT.sub("", _ABOUT.sub("", _ABOUT.sub("", text))).strip()
    if _SCIENTIFIC.fullmatch(text):
        take_or_raise(in_scientific(), notes)
        return float(text) * factor
    found = _NUMBER.fullmatch(text)
    if not found:
        raise _unreadable()
    value = float(found["number"].replace(",", ""))
    times, word = found["times"], found["unit"].strip()
    if times and not word and _dimension(unit) == "money":
        word = "元"  # 300万 of money is 300万元
    if not word:
        return value * _TIMES[times] * factor
    by = scale(word, unit)
    if by is None:
        raise mismatch(word, unit)
    return value * (_TIMES[times] * by)


def in_scientific() -> BadValue:
    """The finding that a number stands in scientific notation."""
    return BadValue(
        "number_in_scientific",
        Text(
            "数字是科学计数法，可能丢失了尾数",
            "the number is in scientific notation; digits may be lost",
        ),
        Text("请把单元格格式改为数值后重新填写", "format the cell as a number and write it again"),
        "warning",
    )


def mismatch(word: str, unit: str | None) -> BadValue:
    """The finding that a unit is not of the field's kind."""
    said = shown(word)
    return BadValue(
        "unit_mismatch",
        Text(
            f"单位“{said}”与“{unit or '无单位'}”不符",
            f"the unit {said!r} is not {unit or 'wanted'}",
        ),
        Text(f"请换算为{unit or '无单位的数字'}", f"convert it to {unit or 'a plain number'}"),
    )


def not_finite() -> BadValue:
    """The finding that a value is NaN, infinite or too long to be a number."""
    return BadValue(
        "number_not_finite",
        Text("不是有限的数", "the number is not finite"),
        Text("请填写普通数字", "write a plain number"),
    )


def _dimension(unit: str | None) -> str | None:
    known = _UNITS.get(_plain(unit or ""))
    return known and known[0]


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()


def _unreadable() -> BadValue:
    return BadValue(
        "number_unreadable",
        Text("不是数字", "this is not a number"),
        Text("请填写数字，可带单位，如 3.2公里", "write a number, with its unit if need be"),
    )


_APPROXIMATE = BadValue(
    "number_approximate",
    Text("是约数", "the number is approximate"),
    Text("请填写确切数字；确为约数时请确认", "write the exact number, or confirm it"),
    "warning",
)
