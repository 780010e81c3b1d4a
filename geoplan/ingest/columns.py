"""A table's columns as fields of a layer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geoplan.catalogue import Field, Layer
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.headers import Headers, is_weak
from geoplan.ingest.layout import HeaderUse
from geoplan.ingest.marks import is_check_column
from geoplan.ingest.quantities import mismatch, scale
from geoplan.text import Text

_SINGLE = {
    "project_no", "name", "name_en", "unit", "town", "lonlat", "crs", "wkt", "id", "osm_id",
    "osm_type",
}  # fmt: skip
"""Text fields of which a row has one; of others (owner, note) several columns are joined."""

_ACTUAL = re.compile(r"实际")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file that means a field; `factor` is its unit in the field's."""

    index: int
    header: str
    field: Field
    factor: float = 1.0


Columns = dict[str, list[Column]]
"""The columns of each field, by its id."""


Place = Literal["shapes", "columns", "address", "none"]

Note = tuple[BadValue, str | None]
"""A finding about a file's columns, and the header that it is about."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a header row comes to; `uses` has each column that has a header."""

    columns: Columns
    uses: list[HeaderUse]
    notes: list[Note]


def understand(
    header: Sequence[str],
    layer: Layer,
    headers: Headers,
    *,
    form: str,
    hidden: Collection[int] = (),
) -> Understood:
    """The columns that mean a field of the layer; others are left out, personal data too.

    form    name of the file's format.
    hidden  columns that the sheet hides: only a person's word brings them in.
    Notes `column_missing`, `column_ambiguous` and `unit_mismatch`; `header_unknown`,
    `personal_column`, `hidden_columns`, `column_unused` as infos.
    """
    reading = _Reading(headers, form)
    left: list[str] = []
    for index, name in enumerate(header):
        if not name or is_check_column(name):
            continue
        if index in hidden and headers.means(name).how != "chosen":
            left.append(name)
        else:
            reading.take(index, name)
    if left:
        reading.notes.append((_hidden(left), None))
    columns = reading.settled()
    reading.notes += [
        (_missing(field, header), field.title.zh)
        for field in layer.all_fields()
        if field.required and field.id not in columns and field.id not in reading.mismatched
    ]
    return Understood(columns, list(reading.uses.values()), reading.notes)


class _Reading:
    """Collects columns, one after the other, then settles which of several serves a field."""

    def __init__(self, headers: Headers, form: str) -> None:
        self._headers = headers
        self._form = form
        self._columns: Columns = {}
        self.uses: dict[int, HeaderUse] = {}
        self.notes: list[Note] = []
        self.mismatched: set[str] = set()

    def take(self, index: int, name: str) -> None:
        meaning = self._headers.means(name)
        field = meaning.field
        use = HeaderUse(name, index, None if field is None else field.id, meaning.how, meaning.unit)
        self.uses[index] = use
        if field is None:
            if not meaning.understood:
                self.notes.append((_unknown(name), name))
        elif field.personal:
            self.notes.append((_personal(name), name))
        else:
            try:
                column = Column(index, name, field, _factor(meaning.unit, field))
            except BadValue as bad:
                self.notes.append((bad, name))
                self.mismatched.add(field.id)
                self.uses[index] = replace(use, field=None)
            else:
                self._columns.setdefault(field.id, []).append(column)

    def settled(self) -> Columns:
        for field_id, found in self._columns.items():
            chosen = self._choose(found)
            self._columns[field_id] = chosen
            for column in found:
                if column not in chosen:
                    self.uses[column.index] = replace(self.uses[column.index], field=None)
        return self._columns

    def _choose(self, found: list[Column]) -> list[Column]:
        """Of several columns for one field the one that is called so; of text, all."""
        field = found[0].field
        if len(found) == 1 or (field.type == "text" and field.id not in _SINGLE):
            return found
        own = {field.id, field.title.zh, field.title.en}
        for better in (
            [one for one in found if self._headers.means(one.header).how == "chosen"],
            [one for one in found if one.header.strip() in own],
            [one for one in found if not is_weak(one.header)],
            [one for one in found if _ACTUAL.search(one.header)],
            # The name of a placemark beside a column 名称 of its data.
            [one for one in found if one.header != "name"] if self._form in {"KML", "KMZ"} else [],
        ):
            if len(better) == 1:
                self.notes += [
                    (_unused(one.header, better[0].header), one.header)
                    for one in found
                    if one is not better[0]
                ]
                return better
        self.notes.append((_ambiguous(found), found[1].header))
        return found[:1]


def place_of(columns: Columns) -> Place:
    """What says where a table's rows are; by an address a person places them on the map."""
    if "lonlat" in columns or {"lon", "lat"} <= columns.keys():
        return "columns"
    return "address" if "address" in columns else "none"


def _factor(unit: str | None, field: Field) -> float:
    """From a header's unit to the field's: 长度(米) of a field in km is 0.001."""
    is_number = field.type in {"integer", "number"} and field.id not in {"lon", "lat"}
    if unit is None or field.unit is None or not is_number:
        return 1.0
    factor = scale(unit, field.unit.zh)
    if factor is None:
        raise mismatch(unit, field.unit.zh)
    return factor


def _ambiguous(found: Sequence[Column]) -> BadValue:
    title = found[0].field.title
    names = [shown(column.header) for column in found]
    return BadValue(
        "column_ambiguous",
        Text(
            f"{'、'.join(names)} 都表示{title.zh}",
            f"{', '.join(names)} all mean {title.en} ({found[0].field.id})",
        ),
        Text(
            f"请只留一列，或把要用的一列改名为{title.zh}",
            f"keep one of them, or call the one to use {title.zh}",
        ),
    )


def _missing(field: Field, header: Sequence[str]) -> BadValue:
    names = [shown(name) for name in header[:30] if name]
    title = field.title
    return BadValue(
        "column_missing",
        Text(
            f"缺少“{title.zh}”（{field.id}）列；现有：{'、'.join(names) or '无'}",
            f"there is no column {field.id} ({title.en}); found: {', '.join(names) or 'none'}",
        ),
        Text(
            f"请增加一列，列名可用：{'、'.join((title.zh, field.id, *field.synonyms[:5]))}",
            f"add a column called {', '.join((field.id, title.zh, *field.synonyms[:5]))}",
        ),
    )


def _unknown(header: str) -> BadValue:
    return BadValue(
        "header_unknown",
        Text(f"“{shown(header)}”列没有读取", f"the column {shown(header)} is not read"),
        Text("如需读取，请指定它表示的字段", "say which field it is, if it is one"),
        "info",
    )


def _personal(header: str) -> BadValue:
    return BadValue(
        "personal_column",
        Text(
            f"“{shown(header)}”是个人信息，没有读取",
            f"{shown(header)} holds personal data; it is left out",
        ),
        Text("不必填写；如不是个人信息，请改列名", "leave it empty; rename it if it is none"),
        "info",
    )


def _unused(header: str, other: str) -> BadValue:
    return BadValue(
        "column_unused",
        Text(
            f"“{shown(header)}”列没有读取，已用“{shown(other)}”",
            f"the column {shown(header)} is not read; {shown(other)} is",
        ),
        Text("如应使用此列，请重新指定", "choose this column instead if it is the right one"),
        "info",
    )


def _hidden(names: Sequence[str]) -> BadValue:
    listing = [shown(name) for name in names[:20]]
    return BadValue(
        "hidden_columns",
        Text(
            f"{len(names)} 个隐藏列没有读取：{'、'.join(listing)}",
            f"{len(names)} hidden columns are not read: {', '.join(listing)}",
        ),
        Text("如需读取，请取消隐藏", "unhide them if they are to be read"),
        "info",
    )


NO_PLACE = BadValue(
    "column_missing",
    Text("缺少经度、纬度列", "there are no columns lon and lat"),
    Text(
        "请增加“经度”“纬度”两列（单位为米时用“东坐标”“北坐标”）",
        "add columns lon and lat (easting and northing for metres)",
    ),
)
