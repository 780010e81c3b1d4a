"""The cells of rows as values of a layer's fields, with what is doubtful or wrong about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geoplan.catalogue import City, Layer, Unit
from geoplan.ingest.columns import Column, Columns
from geoplan.ingest.findings import BadValue
from geoplan.ingest.headers import PLACE
from geoplan.ingest.tables import Rows
from geoplan.ingest.values import to_value
from geoplan.text import Text

_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
# What lies in a district may stand behind its name: 锦江区三圣街道.
_TOWN = re.compile(r"[^、,，;；/和及与]+(?:街道|镇|乡|社区|村|园区|办事处|管委会)")
_DISTRICT = re.compile(r"[区县市]")


@dataclass(frozen=True, slots=True)
class Note:
    """A finding about one cell; `index` of its row in the batch."""

    index: int
    bad: BadValue
    column: str | None
    value: Any


@dataclass(frozen=True, slots=True)
class Values:
    """A batch by columns: field id → (n,) values, None where empty or bad; and what was found.

    The values of `unit` are codes of reporting units.
    """

    columns: dict[str, list[Any]]
    notes: list[Note]


class CellReader:
    """Reads the cells of one file.

    typed  its format knows numbers from text.
    """

    def __init__(self, layer: Layer, city: City, *, typed: bool) -> None:
        self._layer = layer
        self._city = city
        self._typed = typed
        self._units: dict[str, Unit | None] = {}

    def read(self, rows: Rows, columns: Columns) -> Values:
        """The values of a batch.

        Notes what `to_value` notes and raises, `value_missing`, `unit_unknown`, `dates_reversed`.
        """
        notes: list[Note] = []
        values = {
            name: self._field(rows, found, notes)
            for name, found in columns.items()
            if name not in PLACE
        }
        if "unit" in values:
            values["unit"] = self._codes(values["unit"], columns["unit"][0].header, notes)
        notes += _reversed(values, columns)
        return Values(values, notes)

    def _field(self, rows: Rows, found: Sequence[Column], notes: list[Note]) -> list[Any]:
        """A field's values; several text columns of one field are joined."""
        read = [self._column(rows, column, notes) for column in found]
        if len(read) == 1:
            return read[0]
        return [
            "；".join(dict.fromkeys(filter(None, cells))) or None
            for cells in zip(*read, strict=True)
        ]

    def _column(self, rows: Rows, column: Column, notes: list[Note]) -> list[Any]:
        """One column's values; equal cells are read once."""
        required = column.field.required
        known: dict[Any, tuple[Any, list[BadValue]]] = {}
        values = []
        for index, raw in enumerate(rows.columns[column.index]):
            # 1, 1.0 and True are equal keys; a text is never equal to another type.
            key = raw if type(raw) is str else (type(raw), raw)
            read = known.get(key)
            if read is None:
                read = known[key] = self._cell(column, raw)
            value, found = read
            if found:
                notes += [Note(index, bad, column.header, raw) for bad in found]
            elif required and value is None:
                notes.append(Note(index, _EMPTY, column.header, None))
            values.append(value)
        return values

    def _cell(self, column: Column, raw: Any) -> tuple[Any, list[BadValue]]:
        found: list[BadValue] = []
        try:
            return to_value(column.field, raw, column.factor, found, typed=self._typed), found
        except BadValue as bad:
            # What else was said of the cell is of no use beside an error.
            return None, [bad]

    def _codes(self, names: Sequence[Any], header: str, notes: list[Note]) -> list[str | None]:
        codes: list[str | None] = []
        for index, name in enumerate(names):
            if name is None:
                codes.append(None)
                continue
            if name not in self._units:
                self._units[name] = find_unit(self._city, str(name))
            unit = self._units[name]
            if unit is None:
                notes.append(Note(index, _NO_UNIT, header, name))
            codes.append(None if unit is None else unit.code)
        return codes


def find_unit(city: City, name: str) -> Unit | None:
    """The reporting unit that a cell names, perhaps with a town behind it or in brackets."""
    bare = _BRACKETS.sub("", name)
    forms = [name, bare]
    if _TOWN.fullmatch(bare):
        forms += [bare[: found.end()] for found in reversed([*_DISTRICT.finditer(bare)])]
    return next((unit for form in forms if (unit := city.find_unit(form))), None)


def _reversed(values: dict[str, list[Any]], columns: Columns) -> Iterator[Note]:
    if not {"started_on", "finished_on"} <= values.keys():
        return
    header = columns["finished_on"][0].header
    days = zip(values["started_on"], values["finished_on"], strict=True)
    for index, (start, end) in enumerate(days):
        if isinstance(start, date) and isinstance(end, date) and end < start:
            yield Note(index, _REVERSED, header, f"{start} – {end}")


_EMPTY = BadValue(
    "value_missing",
    Text("此列必填", "this column may not be empty"),
    Text("请填写", "fill it in"),
)
_NO_UNIT = BadValue(
    "unit_unknown",
    Text("没有这个区（市）县", "there is no such district or zone"),
    Text("请写全称，如 锦江区", "write its name, such as 锦江区"),
)
_REVERSED = BadValue(
    "dates_reversed",
    Text("竣工早于开工", "it is finished before it is started"),
    Text("请检查两个日期", "check both dates"),
)
