"""Which language a request is answered in: ?lang=, else Accept-Language, else Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geoplan.text import Lang

_ASKED = re.compile(rb"(?:^|&)lang=(zh|en)(?:&|$)")


def language_of(scope: Mapping[str, Any]) -> Lang:
    """The language of a request's answer; never fails, so that errors can be told in it."""
    asked = _ASKED.search(scope.get("query_string", b""))
    if asked:
        return "en" if asked[1] == b"en" else "zh"
    for name, value in scope.get("headers", ()):
        if name == b"accept-language":
            return _preferred(value[:500].decode("latin-1"))
    return "zh"


def _preferred(header: str) -> Lang:
    best: tuple[float, Lang] = (0.0, "zh")
    for part in header.lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            q = float(weight) if weight else 1.0
        except ValueError:
            continue
        lang: Lang | None = "zh" if tag.startswith("zh") else "en" if tag.startswith("en") else None
        if lang is not None and q > best[0]:
            best = (q, lang)
    return best[1]
