"""The properties of a feature as a person gives them, read as a file's values are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from geoplan.catalogue import City, Field, Layer
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.notes import Notes
from geoplan.ingest.values import to_value
from geoplan.store.features import FeatureRow
from geoplan.text import Text

DERIVED = frozenset({"district", "synthetic", "source_title", "source_attribution"})
"""Properties that geoplan gives a feature, besides its measures (`amount_…`)."""
_COLUMNS = {
    "name": "name_zh",
    "name_en": "name_en",
    "unit": "unit",
    "status": "status",
    "started_on": "started_on",
    "finished_on": "finished_on",
}
"""Fields that are columns of their own in the database."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a feature says besides its geometry; `properties` by field id, days as ISO text."""

    name_zh: str | None
    name_en: str | None
    unit: str | None
    status: str
    started_on: date | None
    finished_on: date | None
    properties: dict[str, object]

    @classmethod
    def of(cls, row: FeatureRow) -> Values:
        """Those of a row."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    def by_field(self) -> dict[str, Any]:
        """Field id → value, of those that have one."""
        columns = {name: getattr(self, column) for name, column in _COLUMNS.items()}
        return {**self.properties, **{n: v for n, v in columns.items() if v is not None}}


def given_values(
    layer: Layer,
    city: City,
    properties: Mapping[str, Any],
    notes: Notes,
    *,
    replaces: bool,
) -> dict[str, Any]:
    """Field id → value of the properties of a request, None where one is null.

    replaces  the request states the whole feature, as it may have been read: what geoplan itself
              gives a feature is then passed over; in a patch it is an error.
    Notes what `ingest` finds about values, and `property_unknown`, `property_derived`,
    `value_not_plain`, `unit_unknown`, `personal_column`.
    """
    known = {field.id: field for field in layer.all_fields() if field.id not in {"lon", "lat"}}
    found: dict[str, Any] = {}
    for name, raw in properties.items():
        field = known.get(name)
        if field is None:
            if not _is_derived(name, layer):
                notes.add(0, _unknown(known), column=name)
            elif not replaces:
                notes.add(0, _DERIVED, column=name)
        elif field.personal:
            if raw is not None:
                notes.add(0, _PERSONAL, "info", column=name)
        else:
            found[name] = _value(field, raw, city, notes)
    return found


def whole_values(layer: Layer, given: Mapping[str, Any], notes: Notes) -> Values:
    """A feature's values from those given alone. Notes `value_missing`, `dates_reversed`."""
    return _checked(layer, given, notes)


def changed_values(layer: Layer, held: Values, given: Mapping[str, Any], notes: Notes) -> Values:
    """A feature's values with those given in place. Notes `value_missing`, `dates_reversed`."""
    return _checked(layer, {**held.by_field(), **given}, notes, only=given)


def _checked(
    layer: Layer,
    values: Mapping[str, Any],
    notes: Notes,
    *,
    only: Mapping[str, Any] | None = None,
) -> Values:
    for field in layer.all_fields():
        stated = only is None or field.id in only
        already = any(issue.where.column == field.id for issue in notes.issues[0])
        if stated and field.required and values.get(field.id) is None and not already:
            notes.add(0, _EMPTY, column=field.id)
    started, finished = values.get("started_on"), values.get("finished_on")
    if started and finished and finished < started:
        notes.add(0, _REVERSED, column="finished_on", value=f"{started} – {finished}")
    properties = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in _COLUMNS and value is not None
    }
    return Values(
        name_zh=values.get("name"),
        name_en=values.get("name_en"),
        unit=values.get("unit"),
        status=values.get("status") or "open",  # as of a row of a file that has none
        started_on=started,
        finished_on=finished,
        properties=properties,
    )


def _value(field: Field, raw: Any, city: City, notes: Notes) -> Any:
    if isinstance(raw, dict | list) or (isinstance(raw, bool) and field.type != "boolean"):
        notes.add(0, _NOT_PLAIN, column=field.id)
        return None
    doubts: list[BadValue] = []
    try:
        value = to_value(field, raw, notes=doubts)
    except BadValue as bad:
        notes.add(0, bad, column=field.id, value=raw)
        return None
    for doubt in doubts:
        notes.add(0, doubt, doubt.severity, column=field.id, value=raw)
    if field.id != "unit" or value is None:
        return value
    unit = city.find_unit(str(value))
    if unit is None:
        notes.add(0, _NO_UNIT, column=field.id, value=raw)
        return None
    return unit.code


def _is_derived(name: str, layer: Layer) -> bool:
    return name in DERIVED or name in {f"amount_{measure.id}" for measure in layer.measures}


def _unknown(known: Mapping[str, Field]) -> BadValue:
    names = shown("、".join(known)), shown(", ".join(known))
    return BadValue(
        "property_unknown",
        Text("没有这个属性", "there is no such property"),
        Text(f"可用：{names[0]}；见 …/schema", f"use one of {names[1]}; see …/schema"),
    )


_DERIVED = BadValue(
    "property_derived",
    Text("此属性由系统计算", "this property is computed"),
    Text("请去掉它；更改几何后会重新计算", "leave it out; it follows the geometry"),
)
_PERSONAL = BadValue(
    "personal_column",
    Text("个人信息不予保存", "personal data is not stored"),
    Text("无需处理", "nothing to do"),
)
_NOT_PLAIN = BadValue(
    "value_not_plain",
    Text("应为单个值", "this must be a single value"),
    Text("请填写文字、数字或日期", "give a text, a number or a day"),
)
_NO_UNIT = BadValue(
    "unit_unknown",
    Text("没有这个区（市）县", "there is no such district or zone"),
    Text("请写全称或代码，如 锦江区", "write its name or code, such as 锦江区"),
)
_EMPTY = BadValue(
    "value_missing",
    Text("此项必填", "this may not be empty"),
    Text("请填写", "fill it in"),
)
_REVERSED = BadValue(
    "dates_reversed",
    Text("竣工早于开工", "it is finished before it is started"),
    Text("请检查两个日期", "check both dates"),
)
