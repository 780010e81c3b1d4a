"""Column headers as fields of a layer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from geoplan.catalogue import Field, Layer
from geoplan.catalogue.names import header_forms, plain
from geoplan.ingest.findings import BadValue, Findings, shown
from geoplan.ingest.quantities import is_unit, mismatch, scale
from geoplan.text import Text

_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_SINGLE = {"project_no", "name", "name_en", "unit", "town"}
"""Text fields of which a row has one; of others (owner, note) several columns are joined."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file that means a field; `factor` is its unit in the field's."""

    index: int
    header: str
    field: Field
    factor: float = 1.0


Columns = dict[str, list[Column]]
"""The columns of each field, by its id."""

# Columns that are not fields of a layer but say which row or where it is.
_MORE = {
    "id": ("id",),
    "osm_id": ("osm_id",),
    "osm_type": ("osm_type",),
    "lonlat": ("坐标", "经纬度", "经纬度坐标", "坐标经纬度", "coordinates", "lonlat"),
}
_EAST = ("东坐标", "东向坐标", "easting")
_NORTH = ("北坐标", "北向坐标", "northing")
_SHORTEST_CUT = 3

Find = Callable[[str], Field | None]


def finder(layer: Layer) -> Find:
    """From a header to its field of the layer, or to `id`, `osm_id`, `osm_type` or `lonlat`."""
    more = _more(layer)

    @cache
    def find(header: str) -> Field | None:
        forms = header_forms(header)
        return layer.find_field(header) or more.get(forms[0]) or more.get(forms[1])

    return find


def cut_finder(layer: Layer, find: Find) -> Find:
    """The same for a Shapefile, whose names end at 10 bytes: 项目编 is 项目编号.

    Only a beginning that fits one field is taken for it.
    """
    names = [(name, field) for field in layer.all_fields() for name in field.headers()]
    names += _more(layer).items()

    @cache
    def find_cut(header: str) -> Field | None:
        start = plain(header)
        fields = {field.id: field for name, field in names if name.startswith(start)}
        is_one = len(fields) == 1 and len(start) >= _SHORTEST_CUT
        return find(header) or (next(iter(fields.values())) if is_one else None)

    return find_cut


def _more(layer: Layer) -> dict[str, Field]:
    by_id = {field.id: field for field in layer.all_fields()}
    more = {
        plain(name): Field(id=field_id, title=Text(names[0], names[0]), type="text")
        for field_id, names in _MORE.items()
        for name in names
    }
    more |= {plain(name): by_id["lon"] for name in _EAST}
    more |= {plain(name): by_id["lat"] for name in _NORTH}
    return more


def understand(header: Sequence[str], layer: Layer, find: Find, findings: Findings) -> Columns:
    """The columns that mean a field of the layer; others are left out, personal data too.

    find  from a header to its field.
    Notes `column_missing`, `column_ambiguous` and `unit_mismatch`.
    """
    columns: Columns = {}
    for index, name in enumerate(header):
        field = find(name)
        if field is None or field.personal:
            continue
        try:
            factor = _factor(name, field)
        except BadValue as bad:
            findings.add(bad, column=name)
            continue
        columns.setdefault(field.id, []).append(Column(index, name, field, factor))
    for found in columns.values():
        found[:] = _chosen(found, findings)
    for field in layer.all_fields():
        if field.required and field.id not in columns:
            findings.add(_missing(field, header), column=field.title.zh)
    return columns


def _chosen(found: list[Column], findings: Findings) -> list[Column]:
    """Of several columns for one field, the one that is called exactly so; of text, all."""
    field = found[0].field
    if field.type == "text" and field.id not in _SINGLE:
        return found
    own = {field.id, field.title.zh, field.title.en}
    exact = [column for column in found if column.header.strip() in own]
    chosen = exact if len(exact) == 1 else found
    if len(chosen) == 1:
        return chosen
    names = [shown(column.header) for column in chosen]
    findings.add(
        BadValue(
            "column_ambiguous",
            Text(
                f"{'、'.join(names)} 都表示{field.title.zh}",
                f"{', '.join(names)} all mean {field.title.en} ({field.id})",
            ),
            Text(
                f"请只留一列，或把要用的一列改名为{field.title.zh}",
                f"keep one of them, or call the one to use {field.title.zh}",
            ),
        ),
        column=chosen[1].header,
    )
    return chosen[:1]


def _factor(header: str, field: Field) -> float:
    """From the unit in the header's brackets to the field's: 长度(米) of a field in km is 0.001."""
    if field.type not in {"integer", "number"} or field.unit is None:
        return 1.0
    for groups in _BRACKETS.findall(unicodedata.normalize("NFKC", header)):
        word = "".join(groups)
        if is_unit(word):
            factor = scale(word, field.unit.zh)
            if factor is None:
                raise mismatch(word, field.unit.zh)
            return factor
    return 1.0


def _missing(field: Field, header: Sequence[str]) -> BadValue:
    names = [shown(name) for name in header[:30]]
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
