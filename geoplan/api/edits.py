"""Single edits by staff and planners: OGC API Features, part 4."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from fastapi import Request
from starlette.responses import Response

from geoplan.access.roles import reaches
from geoplan.api import described, reading
from geoplan.api.answers import GEOJSON, address, json_bytes
from geoplan.api.bodies import read_bytes
from geoplan.api.caller import Asking, Caller, require
from geoplan.api.crs import CRS84, KNOWN, read_crs
from geoplan.api.features import known_id, no_feature
from geoplan.api.language import language_of
from geoplan.api.query import invalid, strict_router
from geoplan.api.service import service_of
from geoplan.catalogue import Layer
from geoplan.editing import change
from geoplan.editing.create import Once, create
from geoplan.editing.document import MOST_BYTES, read_feature, read_patch
from geoplan.editing.edit import LONGEST_REASON, Edit, Written
from geoplan.editing.editor import Editor
from geoplan.editing.place import System
from geoplan.errors import GeoplanError, Issue
from geoplan.store.collections import UNITS
from geoplan.store.edits import standing_of
from geoplan.text import Lang, Text

T = TypeVar("T")
MERGE_PATCH = "application/merge-patch+json"
_WHOLE = (GEOJSON, "application/json")
_PARTS = (MERGE_PATCH, GEOJSON)
_TAG = re.compile(r'"([^"]*)"')
_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)

REASON = described.query("reason", "Why, for the history", type="string", maxLength=LONGEST_REASON)
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the feature as it was read; `*` is not enough",
    "schema": {"type": "string"},
}
_CONTENT_CRS = {
    "name": "Content-Crs",
    "in": "header",
    "required": False,
    "description": "System of the coordinates in the body, CRS84 without it",
    "schema": {"type": "string", "enum": [f"<{uri}>" for uri in KNOWN]},
}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of the client's for this request: sent again, it is done once",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}

router = strict_router(prefix="/api/collections", tags=["edits"], responses=described.PROBLEM)


def _described(*parameters: dict[str, Any], body: Collection[str] = ()) -> dict[str, Any]:
    extra: dict[str, Any] = dict(described.SIGNED_IN)
    if body:
        extra["requestBody"] = {
            "required": True,
            "content": {name: {"schema": {"type": "object"}} for name in body},
        }
    return {
        "response_class": Response,
        "openapi_extra": described.parameters(*parameters, described.LANG, **extra),
    }


@router.post(
    "/{collection}/items",
    summary="Create a feature",
    status_code=201,
    responses={201: {"description": "The feature, with its address and ETag"}},
    **_described(REASON, _CONTENT_CRS, _KEY_HEADER, body=_WHOLE),
)
async def create_item(request: Request, collection: str, caller: Asking) -> Response:
    layer = editable_layer(request, collection, caller)
    data = await _body(request, _WHOLE)
    document, system, once = read_feature(data), _system(request), _once(request, data)
    made = await run(request, layer, caller, lambda edit: create(edit, document, system, once))
    answer = feature_answer(request, made, status=201)
    answer.headers["location"] = address(request, f"/api/collections/{layer.id}/items/{made.id}")
    return answer


@router.put(
    "/{collection}/items/{fid}",
    summary="Replace a feature",
    responses=described.answer(GEOJSON),
    **_described(REASON, IF_MATCH, _CONTENT_CRS, body=_WHOLE),
)
async def replace_item(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    document, system = read_feature(await _body(request, _WHOLE)), _system(request)
    expected = expected_states(request)
    return feature_answer(
        request,
        await run(
            request,
            layer,
            caller,
            lambda edit: change.replace(edit, known, document, system, expected),
        ),
    )


@router.patch(
    "/{collection}/items/{fid}",
    summary="Change a feature (JSON merge patch)",
    responses=described.answer(GEOJSON),
    **_described(REASON, IF_MATCH, _CONTENT_CRS, body=_PARTS),
)
async def update_item(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    patch, system = read_patch(await _body(request, _PARTS)), _system(request)
    expected = expected_states(request)
    return feature_answer(
        request,
        await run(
            request, layer, caller, lambda edit: change.update(edit, known, patch, system, expected)
        ),
    )


@router.delete(
    "/{collection}/items/{fid}",
    summary="Remove a feature",
    status_code=204,
    responses={204: {"description": "It is removed; its history stays"}},
    **_described(REASON, IF_MATCH),
)
async def remove_item(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    expected = expected_states(request)
    await run(request, layer, caller, lambda edit: change.remove(edit, known, expected))
    return Response(status_code=204)


@router.options("/{collection}/items", summary="What may be done here", **_described())
async def collection_options(request: Request, collection: str, caller: Asking) -> Response:
    service = service_of(request)
    may_create = False
    if collection != UNITS:
        service.layer(collection, caller.role)
        may_create = reaches(caller.role, "staff")
    return _allowed(["GET", "HEAD", "OPTIONS", *(["POST"] if may_create else [])])


@router.options("/{collection}/items/{fid}", summary="What may be done here", **_described())
async def item_options(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    service = service_of(request)
    methods = ["GET", "HEAD", "OPTIONS"]
    if collection != UNITS:
        layer = service.layer(collection, caller.role)
        known = UUID(known_id(fid, layer))
        found = await reading.read(
            service, caller, layer, lambda connection: standing_of(connection, layer.id, known)
        )
        if found is None:
            raise no_feature(fid)
        if reading.owns(caller, found.unit):
            methods += ["PUT", "PATCH", "DELETE"]
    return _allowed(methods)


async def run(request: Request, layer: Layer, caller: Caller, work: Callable[[Edit], T]) -> T:
    """The result of a change that the caller makes. Raises GeoplanError 401, 403, 503."""
    service, editor = service_of(request), editor_of(caller)
    reason, lang = _reason(request), language_of(request.scope)

    def change_it(connection: psycopg.Connection) -> T:
        return work(Edit(connection, service.city, layer, editor, reason, lang))

    return await service.writes.run(change_it)


def editor_of(caller: Caller) -> Editor:
    """The caller as who changes features. Raises GeoplanError 401 or 403."""
    account = require(caller, "staff")
    if caller.role == "public":
        raise AssertionError("`require` lets staff and above through")
    return Editor(account, caller.role, caller.units)


def editable_layer(request: Request, collection: str, caller: Caller) -> Layer:
    """A layer that the caller may change features of. Raises GeoplanError 401, 403, 404, 405."""
    if collection == UNITS:
        raise GeoplanError(
            "method_not_allowed",
            Text("区划边界不能单项编辑", "Boundaries are not edited one by one"),
            Text("请用 geoplan import units", "Use `geoplan import units`"),
            status=405,
        )
    require(caller, "staff")
    return service_of(request).layer(collection, caller.role)


def expected_states(request: Request) -> list[str] | None:
    """The states that If-Match names; None without it, or where it takes any.

    An ETag is `"state-representation"`: which language or system a feature was read in does not
    matter, nor that compression made the tag weak on its way.
    """
    found = request.headers.getlist("if-match")
    if not found or any(value.strip() == "*" for value in found):
        return None
    return [tag.partition("-")[0] for value in found for tag in _TAG.findall(value[:2000])]


def feature_answer(request: Request, made: Written, *, status: int = 200) -> Response:
    """A feature as a change left it, with what was found that is no error."""
    lang = language_of(request.scope)
    more = {"issues": [issue_document(issue, lang) for issue in made.issues]}
    body = made.feature[:-1].encode() + b"," + json_bytes(more)[1:]
    headers = {
        "etag": f'"{made.state}"',
        "content-crs": f"<{CRS84}>",
        "content-language": lang,
        "cache-control": "private, no-store",
    }
    return Response(body, status, headers, media_type=GEOJSON)


def issue_document(issue: Issue, lang: Lang) -> dict[str, Any]:
    """An issue about one property."""
    return {
        "code": issue.code,
        "severity": issue.severity,
        "column": issue.where.column,
        "value": issue.value,
        "detail": issue.detail.get(lang),
        "remedy": issue.remedy.get(lang),
    }


def _addressed(request: Request, collection: str, fid: str, caller: Caller) -> tuple[Layer, UUID]:
    layer = editable_layer(request, collection, caller)
    return layer, UUID(known_id(fid, layer))


def _allowed(methods: list[str]) -> Response:
    headers = {"allow": ", ".join(methods)}
    if "POST" in methods:
        headers["accept-post"] = ", ".join(_WHOLE)
    if "PATCH" in methods:
        headers["accept-patch"] = ", ".join(_PARTS)
    return Response(status_code=200, headers=headers)


async def _body(request: Request, kinds: Collection[str]) -> bytes:
    """The body, of one of these types. Raises GeoplanError 415, 413."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        raise GeoplanError(
            "unsupported_type",
            Text("正文类型不受支持", "The body's type is not taken here"),
            Text(f"Content-Type：{'、'.join(kinds)}", f"Content-Type: {' or '.join(kinds)}"),
            status=415,
        )
    return await read_bytes(request, MOST_BYTES)


def _system(request: Request) -> System:
    said = request.headers.get("content-crs")
    if said is None:
        return System()
    crs = read_crs(said.strip().removeprefix("<").removesuffix(">"), "Content-Crs")
    return System(f"EPSG:{crs.shown.srid}", crs.shown.flipped)


def _reason(request: Request) -> str:
    reason: str = request.state.query.get("reason", "").strip()
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise invalid(
            "reason",
            f"one line of at most {LONGEST_REASON} characters",
            f"一行文字，最多 {LONGEST_REASON} 个字",
        )
    return reason


def _once(request: Request, data: bytes) -> Once | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise invalid(
            "Idempotency-Key", "1 to 200 visible ASCII characters", "1 到 200 个可见 ASCII 字符"
        )
    asked = [request.url.path, _reason(request), request.headers.get("content-crs", "")]
    return Once(key, hashlib.sha256(json.dumps(asked).encode() + data).digest())
