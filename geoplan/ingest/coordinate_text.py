"""Coordinates as cells write them: degrees in every form, metres, one number or a pair."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from geoplan.ingest.findings import BadValue
from geoplan.text import Text

Axis = Literal["E", "N"]
Form = Literal["plain", "dms", "scientific"]


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One number of a cell.

    value     degrees or metres, as the number's size will tell.
    axis      which one it is where the cell says so (104.06E, 北纬30.66).
    step      the least difference that its digits can tell, in the value's unit: 0.001 for three
              decimals, 1/3600 for whole seconds.
    """

    value: float
    axis: Axis | None = None
    step: float = 0.0
    form: Form = "plain"


# Marks of degrees, minutes and seconds of all kinds; before NFKC, which turns ″ into two ′.
_MARKS = str.maketrans(
    dict.fromkeys("′’‘ʹ`´分", "'") | dict.fromkeys("″”“ʺ秒", '"') | dict.fromkeys("º˚", "°")
)
_DEGREE = re.compile(r"(?<=\d)\s*度")
_AXES: dict[str, Axis] = {
    "东经": "E", "经度": "E", "EAST": "E", "LONGITUDE": "E", "LNG": "E", "LON": "E", "E": "E",
    "北纬": "N", "纬度": "N", "NORTH": "N", "LATITUDE": "N", "LAT": "N", "N": "N",
}  # fmt: skip
_NAMES = "|".join((*_AXES, "X", "Y"))  # X and Y say nothing: to surveyors X is north
_SIGNED = re.compile(rf"(?P<before>{_NAMES})?[:=]?\s*(?P<number>.*?)\s*(?P<after>[EN])?", re.DOTALL)
_PLAIN = re.compile(r"\+?(\d{1,9})(?:\.(\d*))?°?|\+?\.(\d+)°?")
_USUAL = re.compile(r"[0-9]{1,9}\.([0-9]+)")
_GROUPED = re.compile(r"(\d{1,3}(?:,\d{3})+)(?:\.(\d+))?")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[E]\+?(\d{1,2})")
_DMS = re.compile(
    r"(\d{1,3})\s*°\s*(\d{1,2})(?:\.(\d+))?\s*'?\s*(?:(?<=')\s*(\d{1,2})(?:\.(\d+))?\s*(?:\"|'')?)?"
)
_SPACED = re.compile(r"(\d{1,3})[ :-](\d{1,2})[ :-](\d{1,2})(?:\.(\d+))?")
_METRES = re.compile(r"(?<=\d)\s*(?:米|M)$")

_WRAPPED = re.compile(r"^(?:POINT\s*)?[(\[{【<]+\s*|\s*[)\]}】>]+$")
_SEPARATORS = (r"[;；|/、]", r"[,，]", r"\n", r"\s+")
# Between two numbers that only their letters part: 东经104.06北纬30.66; 104.06E30.66N.
_BEFORE_NAME = re.compile(rf"(?<=[\d°'\"])\s*(?=(?:{_NAMES})\s*[:=]?\s*\d)")
_AFTER_LETTER = re.compile(r"(?<=[\d°'\"][EN])\s*(?=\d)")


def read_coordinate(raw: Any) -> Coordinate:
    """One coordinate of a cell: 104.0633, 104.06E, 东经104.06°, 104°03′47.9″, 104 03 47.9, metres.

    Raises BadValue `coordinates_unreadable`, `number_not_finite`.
    """
    if isinstance(raw, bool):
        raise unreadable()
    if isinstance(raw, int | float):
        return _of_number(raw)
    text = str(raw)
    if usual := _USUAL.fullmatch(text):  # what most cells are, quickly
        return Coordinate(float(text), step=10.0 ** -len(usual[1]))
    return _of_text(_normal(text))


def read_pair(raw: Any) -> tuple[Coordinate, Coordinate]:
    """The two coordinates of one cell, in their order; a height after them is left out.

    Between them may stand a comma, a semicolon, a slash, white space, or only their letters.
    Raises BadValue as `read_coordinate` does.
    """
    text = _WRAPPED.sub("", _WRAPPED.sub("", _normal(str(raw))))
    parting = _AFTER_LETTER if text[:1].isdigit() else _BEFORE_NAME
    text = parting.sub(";", text)
    for separator in _SEPARATORS:
        parts = [part.strip() for part in re.split(separator, text) if part.strip()]
        if len(parts) == 3 and separator != r"\s+":
            parts.pop()
        if len(parts) == 6:
            parts = [" ".join(parts[:3]), " ".join(parts[3:])]
        if len(parts) == 2:
            return _of_text(parts[0]), _of_text(parts[1])
    raise unreadable()


def unreadable() -> BadValue:
    """The finding that a cell holds no coordinate."""
    return BadValue("coordinates_unreadable", Text("不是坐标", "this is no coordinate"), _REMEDY)


def _of_number(raw: float) -> Coordinate:
    value = float(raw) if abs(raw) < 1e300 else math.inf
    if not math.isfinite(value):
        raise BadValue(
            "number_not_finite",
            Text("不是有限的数", "the number is not finite"),
            Text("请填写普通数字", "write a plain number"),
        )
    digits = repr(value).partition(".")[2]
    decimals = len(digits) if digits not in {"", "0"} and digits.isdigit() else 0
    return Coordinate(value, step=10.0**-decimals)


def _normal(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).upper()
    plain = _DEGREE.sub("°", plain)
    return plain.replace("\u200b", "").strip().removeprefix("'")


def _of_text(text: str) -> Coordinate:
    whole = _SCIENTIFIC.fullmatch(text)
    if whole:
        decimals = len(whole[2] or "") - int(whole[3])
        return Coordinate(float(text), step=10.0**-decimals, form="scientific")
    parts = _SIGNED.fullmatch(text)
    if parts is None:
        raise unreadable()
    axis = _AXES.get(parts["before"] or parts["after"] or "")
    number = _METRES.sub("", parts["number"])
    if plain := _PLAIN.fullmatch(number):
        decimals = len(plain[2] or plain[3] or "")
        return Coordinate(float(number.rstrip("°")), axis, 10.0**-decimals)
    if grouped := _GROUPED.fullmatch(number):
        return Coordinate(float(number.replace(",", "")), axis, 10.0 ** -len(grouped[2] or ""))
    if parted := _DMS.fullmatch(number):
        return _of_dms(parted, axis)
    if spaced := _SPACED.fullmatch(number):
        degrees, minutes, seconds, decimals_of = spaced.groups()
        return _sum(int(degrees), float(minutes), _decimal(seconds, decimals_of), axis, decimals_of)
    raise unreadable()


def _of_dms(parted: re.Match[str], axis: Axis | None) -> Coordinate:
    degrees, minutes, of_minutes, seconds, of_seconds = parted.groups()
    if seconds is None:
        value = _decimal(minutes, of_minutes)
        step = 10.0 ** -len(of_minutes or "") / 60
        if value >= 60:
            raise unreadable()
        return Coordinate(int(degrees) + value / 60, axis, step, "dms")
    if of_minutes is not None:
        raise unreadable()
    return _sum(int(degrees), float(minutes), _decimal(seconds, of_seconds), axis, of_seconds)


def _sum(
    degrees: int, minutes: float, seconds: float, axis: Axis | None, decimals: str | None
) -> Coordinate:
    if minutes >= 60 or seconds >= 60:
        raise unreadable()
    step = 10.0 ** -len(decimals or "") / 3600
    return Coordinate(degrees + minutes / 60 + seconds / 3600, axis, step, "dms")


def _decimal(whole: str, decimals: str | None) -> float:
    return float(f"{whole}.{decimals or 0}")


_REMEDY = Text(
    "请填写十进制度，如 104.0633；或投影坐标的米数",
    "write decimal degrees, such as 104.0633, or metres of a projected system",
)
