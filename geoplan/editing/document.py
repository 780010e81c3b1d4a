"""The body of a request: JSON with finite numbers, and JSON merge patches (RFC 7396)."""

from __future__ import annotations

import json
import math
from typing import Any

from geoplan.errors import GeoplanError
from geoplan.text import Text

MOST_BYTES = 8 * 2**20
"""A polygon of 200,000 vertices; larger shapes come as files."""
MOST_PROPERTIES = 500
_MOST_DIGITS = 18
_DEEPEST = 32

Document = dict[str, Any]


def read_document(data: bytes) -> Document:
    """The JSON object of a body.

    Raises GeoplanError 400: `json_broken`, `json_too_deep`, `number_not_finite`, `not_a_feature`,
    `too_many_properties`.
    """
    try:
        found = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:  # JSONDecodeError and UnicodeDecodeError are of this kind
        raise GeoplanError(
            "json_broken",
            Text("请求正文不是有效的 JSON（UTF-8）", "the body is not valid JSON in UTF-8"),
            Text("请检查正文", "check the body"),
        ) from error
    if not isinstance(found, dict):
        raise _not_a_feature()
    if _depth(found) > _DEEPEST:
        raise _too_deep()
    properties = found.get("properties")
    if isinstance(properties, dict) and len(properties) > MOST_PROPERTIES:
        raise GeoplanError(
            "too_many_properties",
            Text(f"属性超过 {MOST_PROPERTIES} 个", f"there are over {MOST_PROPERTIES} properties"),
            Text("属性见 …/schema", "see …/schema for the properties there are"),
        )
    return found


def read_feature(data: bytes) -> Document:
    """A GeoJSON Feature. Raises as `read_document`; GeoplanError 400 `not_a_feature`."""
    found = read_document(data)
    if found.get("type") != "Feature" or not isinstance(found.get("properties"), dict | None):
        raise _not_a_feature()
    return found


def read_patch(data: bytes) -> Document:
    """A merge patch of a GeoJSON Feature: `geometry`, `properties`, or both.

    Raises as `read_document`; GeoplanError 400 `not_a_feature`.
    """
    found = read_document(data)
    if found.get("type", "Feature") != "Feature" or not isinstance(
        found.get("properties", {}), dict
    ):
        raise _not_a_feature()
    if unknown := found.keys() - {"type", "id", "geometry", "properties", "links", "bbox"}:
        raise GeoplanError(
            "member_unknown",
            Text(
                f"要素没有成员 {_names(unknown)}",
                f"a feature has no member {_names(unknown)}",
            ),
            Text(
                "可更改 geometry 与 properties；属性写在 properties 中",
                "change geometry and properties; values stand in properties",
            ),
        )
    return found


def merge(target: Any, patch: Any) -> Any:
    """What a merge patch makes of a value (RFC 7396); null takes a member away."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _names(names: set[str]) -> str:
    plain = sorted("".join(c if c.isprintable() else "?" for c in name)[:40] for name in names)
    return ", ".join(plain[:5])


def _depth(value: Any) -> int:
    """How deeply objects and arrays are nested, without recursion."""
    level, deepest = [value], 0
    while level := [
        child
        for one in level
        for child in (one.values() if isinstance(one, dict) else one)
        if isinstance(child, dict | list)
    ]:
        deepest += 1
        if deepest > _DEEPEST:
            break
    return deepest + 1


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _not_finite()
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _not_finite()
    return value


def _refuse_constant(_: str) -> float:
    raise _not_finite()


def _not_finite() -> GeoplanError:
    return GeoplanError(
        "number_not_finite",
        Text("含有 NaN、无穷大或过长的数", "a number is NaN, infinite or too long"),
        Text("请填写普通数字", "write a plain number"),
    )


def _too_deep() -> GeoplanError:
    return GeoplanError(
        "json_too_deep",
        Text("JSON 嵌套过深", "the JSON is nested too deeply"),
        Text("请发送普通的 GeoJSON 要素", "send a plain GeoJSON Feature"),
    )


def _not_a_feature() -> GeoplanError:
    return GeoplanError(
        "not_a_feature",
        Text("正文不是 GeoJSON 要素", "the body is no GeoJSON Feature"),
        Text(
            '请发送 {"type": "Feature", "geometry": …, "properties": {…}}',
            'send {"type": "Feature", "geometry": …, "properties": {…}}',
        ),
    )
