"""Rules of fields that types cannot say; every finding is noted at its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from geoplan.catalogue.models import CommonFields, Field, FieldType, Status
from geoplan.catalogue.yaml_file import At, YamlFile
from geoplan.text import Text

NUMBERS = ("integer", "number")
_STATUSES = get_args(Status)
# What features have as columns of their own: the database and the readers count on these.
_COLUMNS: dict[str, FieldType] = {
    "project_no": "text",
    "name": "text",
    "name_en": "text",
    "unit": "text",
    "status": "enum",
    "started_on": "date",
    "finished_on": "date",
    "lon": "number",
    "lat": "number",
}
# Words that addresses and answers use beside the fields.
_RESERVED = (
    "amounts", "bbox", "crs", "datetime", "district", "f", "geometry", "id", "lang", "layer",
    "limit", "source_attribution", "source_title", "synthetic", "token",
)  # fmt: skip


def check_common(file: YamlFile, common: CommonFields) -> None:
    """fields.yaml: the rules of fields, and that what features need is there."""
    check_fields(file, common.fields)
    types = {field.id: field.type for field in common.fields}
    for name, kind in _COLUMNS.items():
        if types.get(name) != kind:
            file.add(
                ("fields",),
                "catalogue_common_field",
                Text(
                    f"缺少类型为 {kind} 的字段 {name}", f"there is no field {name} of type {kind}"
                ),
                Text("各图层的要素都需要它，请补上", "features of every layer need it; add it"),
            )
    for at, field in enumerate(common.fields):
        if field.id == "status" and tuple(value.id for value in field.values) != _STATUSES:
            file.add(
                ("fields", at, "values"),
                "catalogue_status",
                Text("状态与程序所知不符", "these are not the statuses that there are"),
                Text(f"依次列出：{'、'.join(_STATUSES)}", f"list {', '.join(_STATUSES)}"),
            )


def check_fields(file: YamlFile, fields: Sequence[Field], common: Sequence[Field] = ()) -> None:
    """A file's `fields`: ids, and headers or words that mean two things."""
    held = {field.id for field in common}
    headers = {header: field.id for field in common for header in field.headers()}
    for index, field in enumerate(fields):
        at = ("fields", index)
        if field.id in held or field.id in _RESERVED or field.id.startswith("amount_"):
            file.add(
                (*at, "id"),
                "catalogue_field_id",
                Text(f"字段名 {field.id} 已被占用", f"the name {field.id} is taken"),
                Text(
                    "请改名；通用字段见 fields.yaml", "rename it; fields.yaml has the common ones"
                ),
            )
            continue
        held.add(field.id)
        for header in sorted(field.headers()):
            other = headers.setdefault(header, field.id)
            if other != field.id:
                _clash(file, at, header, other, field.id)
        _check_field(file, at, field)


def _check_field(file: YamlFile, at: At, field: Field) -> None:
    if field.personal and field.public:
        file.add(
            at,
            "catalogue_personal_public",
            Text(f"{field.id} 是个人信息，不得公开", f"{field.id} is personal, never public"),
            Text("请加 public: false", "add public: false"),
        )
    if field.unit is not None and field.type not in NUMBERS:
        file.add(
            (*at, "unit"),
            "catalogue_field_unit",
            Text("只有数字字段有单位", "only numbers have a unit"),
            Text("请删除 unit，或改 type", "take unit out, or change type"),
        )
    if (field.type == "enum") != bool(field.values):
        file.add(
            at,
            "catalogue_field_values",
            Text("enum 须有 values，其他类型不得有", "an enum has values, other types have none"),
            Text("请补上或删除 values", "add values, or take them out"),
        )
    file.add_repeated((*at, "values"), [value.id for value in field.values], key=("id",))
    words: dict[str, str] = {}
    for index, value in enumerate(field.values):
        for word in sorted(value.words()):
            other = words.setdefault(word, value.id)
            if other != value.id:
                _clash(file, (*at, "values", index), word, other, value.id)


def _clash(file: YamlFile, at: At, word: str, one: str, other: str) -> None:
    file.add(
        at,
        "catalogue_synonym_clash",
        Text(f"“{word}”同时指 {one} 与 {other}", f"{word} means both {one} and {other}"),
        Text("每个词只能指其中一个", "give each word to one of them only"),
    )
