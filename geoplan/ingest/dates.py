"""Days as ledgers write them."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from geoplan.ingest.findings import BadValue
from geoplan.text import Text

_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of Excel's count, right from 1900-03-01 on
# 1970-01-01 to 2099-12-31. Below stands what is none: 20239, a month typed without its point.
_SERIALS = range(25_569, 73_051)
_YEARS = range(1950, 2100)

_PLANNED = re.compile(r"^(?:预计|计划|拟于?)|(?:建成|完工|竣工|投用|开工)$")
_LOOSE = re.compile(r"^(?:大约|约)|(?:左右|前后|之?前)$")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_FORMS = [
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})(?:/(?P<d>\d{1,2}))?",
        r"(?P<y>\d{4})\.(?P<m>\d{1,2})(?:\.(?P<d>\d{1,2}))?",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?|(?P<part>上旬|中旬|下旬|初|底|末)?)",
        r"(?P<y>\d{4})年(?P<whole>初|底|末|内)?",
        r"(?P<y>\d{4})年?(?:第?(?P<quarter>[一二三四1-4])季度|[Qq](?P<q>[1-4])|(?P<half>[上下])半年)(?:初|底|末)?",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})?",
        r"(?P<y>\d{4})",
    )
]
_PARTS = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 10),
    "底": (31, 31),
    "末": (31, 31),
}
"""Day of the month that a word means for a start and for a finish."""


def to_date(raw: Any, *, first: bool, notes: list[BadValue] | None = None) -> date:
    """The day that a cell means.

    raw    text, or a number: an Excel serial, or a month such as 2023.11 that Excel took for one.
    first  a form without a day (2023.10, 2023年10月, 2023年) means the first day of that time if
           true, as for a start; else its last day, as for a finish. 2023年10月底 is the last day.
    notes  where given, such a form is noted there as `date_vague`.
    Raises BadValue `date_ambiguous`, `date_invalid`, `date_unreadable`.
    """
    day, is_whole = _day(raw, first=first)
    if notes is not None and not is_whole:
        notes.append(_vague(day))
    return day


def _day(raw: Any, *, first: bool) -> tuple[date, bool]:
    """The day, and whether the cell itself names it."""
    if isinstance(raw, bool):
        raise _unreadable()
    if isinstance(raw, int | float):
        return _of_number(raw, first=first)
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    said = _PLANNED.sub("", _TIME.sub("", text).replace(" ", ""))
    text = _LOOSE.sub("", said)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _of_number(float(text), first=first)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            if "." in text and len(text) == 6 and found["m"] == "1":
                raise _ambiguous()
            day, is_whole = _of_parts(found.groupdict(), first=first)
            return day, is_whole and text == said
    raise _unreadable()


def _of_number(number: float, *, first: bool) -> tuple[date, bool]:
    if not 0 < number < 1e8:  # false for NaN too
        raise _unreadable()
    if number in _YEARS:
        return _of_parts({"y": str(int(number))}, first=first)
    if number == int(number) and len(str(int(number))) in {6, 8}:
        return _day(str(int(number)), first=first)
    if int(number) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(number)), True
    if int(number) in _YEARS:
        # 2023.1 is January, or October typed as 2023.10 and taken for a number.
        return _day(repr(number), first=first)
    raise _unreadable()


def _of_parts(parts: dict[str, str | None], *, first: bool) -> tuple[date, bool]:
    year, (start, end) = int(parts["y"] or 0), _months(parts)
    by_day, part, whole = parts.get("d"), parts.get("part"), parts.get("whole")
    if whole in {"初", "底", "末"}:
        start = end = 1 if whole == "初" else 12
        first = whole == "初"
    month = start if first else end
    if year not in _YEARS or not 1 <= month <= 12:
        raise _invalid()
    last = calendar.monthrange(year, month)[1]
    if by_day:
        if not 1 <= int(by_day) <= last:
            raise _invalid()
        return date(year, month, int(by_day)), True
    day = min(_PARTS[part][0 if first else 1], last) if part else (1 if first else last)
    return date(year, month, day), False


def _months(parts: dict[str, str | None]) -> tuple[int, int]:
    """The first and the last month that are meant."""
    if by_month := parts.get("m"):
        return int(by_month), int(by_month)
    if quarter := parts.get("quarter") or parts.get("q"):
        last = 3 * (int(quarter) if quarter.isdecimal() else "一二三四".index(quarter) + 1)
        return last - 2, last
    if half := parts.get("half"):
        return (1, 6) if half == "上" else (7, 12)
    return 1, 12


_REMEDY = Text("请写成 2023-09-30", "write it as 2023-09-30")


def _unreadable() -> BadValue:
    what = Text("无法识别的日期", "the date is not understood")
    return BadValue("date_unreadable", what, _REMEDY)


def _invalid() -> BadValue:
    return BadValue("date_invalid", Text("不存在的日期", "there is no such day"), _REMEDY)


def _ambiguous() -> BadValue:
    return BadValue(
        "date_ambiguous",
        Text("分不清是 1 月还是 10 月", "this may be January or October"),
        Text("请写成 2023-01 或 2023-10", "write 2023-01 or 2023-10"),
    )


def _vague(day: date) -> BadValue:
    return BadValue(
        "date_vague",
        Text(f"日期不完整，读作 {day}", f"the day is not given; it is read as {day}"),
        Text(
            "请写明日期，如 2023-09-30；无误请确认", "write the day, such as 2023-09-30, or confirm"
        ),
        "warning",
    )
