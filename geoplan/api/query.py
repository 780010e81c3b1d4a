"""Reading the query string: what is unknown, doubled or malformed is a 400, never ignored."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from geoplan.errors import GeoplanError
from geoplan.text import Text

_MOST_BYTES = 8_192
_MOST_FIELDS = 60
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
ALWAYS = frozenset({"lang"})


def read_query(scope: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a request, each once. Raises GeoplanError 400."""
    raw: bytes = scope.get("query_string", b"")
    if len(raw) > _MOST_BYTES:
        raise invalid("query", f"at most {_MOST_BYTES} bytes", f"最多 {_MOST_BYTES} 字节")
    try:
        pairs = parse_qsl(
            raw.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise invalid("query", "not a query string in UTF-8", "不是 UTF-8 的查询串") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in name + value):
            raise invalid("query", "it has control characters", "含有控制字符")
        if name in found:
            raise GeoplanError(
                "repeated_parameter",
                Text(f"参数 {name[:60]} 出现了多次", f"The parameter {name[:60]} stands twice"),
                Text("每个参数只写一次", "Give each parameter once"),
            )
        found[name] = value
    return found


def refuse_unknown(found: Mapping[str, str], known: Collection[str]) -> None:
    """Raise GeoplanError 400 when a parameter is none of the known ones or `lang`."""
    for name in found:
        if name not in known and name not in ALWAYS:
            raise GeoplanError(
                "unknown_parameter",
                Text(f"没有参数 {name[:60]}", f"There is no parameter {name[:60]}"),
                Text(
                    f"可用：{'、'.join(sorted(known))}" if known else "此地址没有参数",
                    f"Known here: {', '.join(sorted(known))}" if known else "None is known here",
                ),
            )
    if found.get("lang", "zh") not in {"zh", "en"}:
        raise invalid("lang", "zh or en", "应为 zh 或 en")


def invalid(name: str, expected: str, expected_zh: str) -> GeoplanError:
    """The error of a parameter whose value cannot be read."""
    return GeoplanError(
        "invalid_parameter",
        Text(f"参数 {name} 不正确", f"The parameter {name} is not valid"),
        Text(f"{name}：{expected_zh}", f"{name}: {expected}"),
    )


def integer(found: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number in ASCII digits. Raises GeoplanError 400 outside `least` to `most`."""
    text = found.get(name)
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,10}", text, re.ASCII) or not least <= int(text) <= most:
        raise invalid(name, f"a whole number from {least} to {most}", f"{least} 到 {most} 的整数")
    return int(text)


def number(text: str, name: str) -> float:
    """A finite decimal number. Raises GeoplanError 400."""
    if len(text) > 40 or not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise invalid(name, "finite numbers, such as 104.06", "应为有限的数字，例如 104.06")
    return float(text)


class StrictRoute(APIRoute):
    """A route that refuses parameters it does not describe in the OpenAPI document.

    A route whose parameters depend on the path (items) says `x-own-parameters` and checks itself.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        known = {field.alias for field in self.dependant.query_params}
        known |= {item["name"] for item in extra.get("parameters", ()) if item["in"] == "query"}

        async def strict(request: Request) -> Response:
            request.state.query = read_query(request.scope)
            if not extra.get("x-own-parameters"):
                refuse_unknown(request.state.query, known)
            return await handle(request)

        return strict


def strict_router(**options: Any) -> APIRouter:
    """A router of such routes; every room of the API uses it."""
    return APIRouter(route_class=StrictRoute, **options)
