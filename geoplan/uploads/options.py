"""What a person says about a file where it does not say it itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geoplan.catalogue import Layer
from geoplan.errors import GeoplanError
from geoplan.ingest.rows import ReadOptions
from geoplan.ingest.systems import system_of
from geoplan.text import Text

NAMES = ("crs", "sheet", "header_row", "encoding", "headers")
PLACES = ("lonlat", "crs", "wkt")
"""Columns that are no field of the layer: both coordinates in one cell, the system, the shape."""

_LONGEST = 200
_MOST_HEADERS = 500
_LONGEST_HEADER = 1_000
_LAST_ROW = 1_048_576


def read_options(said: Any, layer: Layer) -> dict[str, Any]:
    """Options as they are kept: what was given, each understood; null takes one back.

    Raises GeoplanError 400 `option_invalid`, and what `system_of` raises.
    """
    if not isinstance(said, Mapping):
        raise _invalid("options", Text("应为 JSON 对象", "a JSON object"))
    unknown = [str(name) for name in said if name not in NAMES]
    if unknown:
        known = ", ".join(NAMES)
        raise _invalid(unknown[0], Text(f"可用：{known}", f"known are {known}"))
    kept = dict(said)
    if kept.get("crs") is not None:
        kept["crs"] = system_of(_text("crs", kept["crs"]))
    for name in ("sheet", "encoding"):
        if kept.get(name) is not None:
            kept[name] = _text(name, kept[name])
    if kept.get("header_row") is not None:
        row = kept["header_row"]
        if isinstance(row, bool) or not isinstance(row, int) or not 1 <= row <= _LAST_ROW:
            raise _invalid("header_row", Text("应为从 1 数起的行号", "a row's number from 1"))
    if kept.get("headers") is not None:
        kept["headers"] = _headers(kept["headers"], layer)
    return kept


def merged(held: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Options after a change; headers are changed one by one, what is null is taken back."""
    both = {**held, **given}
    if given.get("headers") is not None:
        both["headers"] = {**held.get("headers", {}), **given["headers"]}
    return {name: value for name, value in both.items() if value is not None}


def to_read(options: Mapping[str, Any], memory: Mapping[str, str | None]) -> ReadOptions:
    """Options for the reader; `memory`  what the unit's people said headers mean, before."""
    return ReadOptions(
        crs=options.get("crs"),
        sheet=options.get("sheet"),
        header_row=options.get("header_row"),
        encoding=options.get("encoding"),
        headers={**memory, **options.get("headers", {})},
    )


def _headers(said: Any, layer: Layer) -> dict[str, str | None]:
    fields = {field.id for field in layer.all_fields()} | set(PLACES)
    if not isinstance(said, Mapping) or len(said) > _MOST_HEADERS:
        raise _invalid("headers", Text("应为“表头: 字段”的对象", "an object of header and field"))
    for header, field in said.items():
        if len(header) > _LONGEST_HEADER or "\x00" in header:
            raise _invalid("headers", Text("表头过长", "a header is too long"))
        if field is not None and field not in fields:
            known = ", ".join(sorted(fields))
            raise _invalid(
                f"headers.{header}", Text(f"没有该字段；可用：{known}", f"use one of {known}")
            )
    return dict(said)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable():
        raise _invalid(
            name, Text(f"应为 1 到 {_LONGEST} 个字", f"a text of 1 to {_LONGEST} characters")
        )
    return value


def _invalid(name: str, remedy: Text) -> GeoplanError:
    shown = name[:60]
    return GeoplanError(
        "option_invalid",
        Text(f"选项 {shown} 不正确", f"The option {shown} is not valid"),
        Text(f"{shown}：{remedy.zh}", f"{shown}: {remedy.en}"),
    )
