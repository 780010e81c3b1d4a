"""The words of the OpenAPI document for parameters that the routes read themselves."""

from __future__ import annotations

from typing import Any

from geoplan.api.crs import KNOWN
from geoplan.api.filters import DEFAULT_LIMIT, MOST

PROBLEM: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What is wrong with the request, and what to do (RFC 9457)",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    },
    "5XX": {
        "description": "503: the database is away or too busy, Retry-After says when to ask again; "
        "500: something went wrong inside",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    },
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "remedy"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "where": {"type": "object"},
        "issues": {"type": "array", "items": {"type": "object"}},
    },
}


def query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """One optional parameter of the query string."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
        "style": "form",
        "explode": False,
    }


SHARED: dict[int | str, dict[str, Any]] = {
    304: {"description": "As the client holds it (If-None-Match)"},
    **PROBLEM,
}


def answer(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """`responses` of a route that answers in these formats."""
    content: dict[str, Any] = {name: {"schema": _schema_of(name)} for name in media_types}
    return {200: {"description": "The answer", "content": content}}


def _schema_of(media_type: str) -> dict[str, Any]:
    return {"type": "object"} if "json" in media_type else {"type": "string"}


SIGNED_IN: dict[str, Any] = {"security": [{"session": []}, {"token": []}]}
"""Of a route that needs an account."""
OR_SIGNED_IN: dict[str, Any] = {"security": [{}, {"session": []}, {"token": []}]}
"""Of a route that tells more to an account."""
SECURITY_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "geoplan_session",
        "description": "Set by POST /api/login; changes also send the header X-CSRF-Token",
    },
    "token": {"type": "http", "scheme": "bearer", "description": "From POST /api/tokens"},
}

LANG = query("lang", "Language of the words", type="string", enum=["zh", "en"])
FORMAT = query("f", "Format; else by Accept", type="string", enum=["json", "html"])
CRS = query("crs", "System of the coordinates given back", type="string", enum=list(KNOWN))
AT = query(
    "at",
    "Features as they were at this moment (RFC 3339), or at the end of this day; for accounts",
    type="string",
)
ITEMS = [
    FORMAT,
    LANG,
    query(
        "limit",
        "Most features of a page",
        type="integer",
        minimum=1,
        maximum=MOST,
        default=DEFAULT_LIMIT,
    ),
    query("token", "Where to go on, from a `next` link", type="string"),
    query(
        "bbox",
        "Features that touch this box: west,south,east,north in `bbox-crs`",
        type="array",
        items={"type": "number"},
        minItems=4,
        maxItems=6,
    ),
    query("bbox-crs", "System of `bbox`", type="string", enum=list(KNOWN)),
    CRS,
    query(
        "datetime",
        "Features whose time from started_on to finished_on touches this day or interval; "
        "an end that is not known is open",
        type="string",
    ),
    AT,
    {
        **query(
            "properties",
            "Each property of `…/queryables` by its own name: features that have just this value",
            type="object",
            additionalProperties={"type": "string"},
        ),
        "explode": True,  # each property is a parameter itself; there is no `properties=`
    },
]


def parameters(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """`openapi_extra` of a route with these parameters."""
    return {"parameters": list(items), **more}
