"""The history of a feature: its versions, by whom, when and why, and restoring one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described, reading
from geoplan.api.answers import address
from geoplan.api.bodies import own_json
from geoplan.api.caller import Asking, acting, require
from geoplan.api.edits import IF_MATCH, REASON, editable_layer, expected_states, feature_answer, run
from geoplan.api.features import known_id, no_feature
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import service_of
from geoplan.catalogue import Layer
from geoplan.editing import change
from geoplan.editing.history import changes
from geoplan.store.collections import own_names, property_names
from geoplan.store.history import Version, versions

_DEFAULT, _MOST = 100, 1_000
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_LIMIT = described.query(
    "limit", "Most versions given", type="integer", minimum=1, maximum=_MOST, default=_DEFAULT
)
_BEFORE = described.query("before", "Only versions that began before, from a `next` link")

router = strict_router(prefix="/api/collections", tags=["edits"], responses=described.PROBLEM)


@router.get(
    "/{collection}/items/{fid}/versions",
    summary="What a feature was, the newest state first",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(_LIMIT, _BEFORE, described.LANG, **described.SIGNED_IN),
)
async def feature_versions(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer = editable_layer(request, collection, caller)
    known = UUID(known_id(fid, layer))
    limit = integer(request.state.query, "limit", _DEFAULT, 1, _MOST)
    before = _before(request.state.query.get("before"))
    async with acting(service_of(request), caller) as connection:
        found = await versions(connection, layer.id, known, limit=limit + 1, before=before)
    if not found:
        raise no_feature(fid)
    path = f"/api/collections/{layer.id}/items/{fid}"
    page, more = found[:limit], found[limit:]
    # Values that are not public are for the unit that had them.
    shown = [_names(layer, own=reading.owns(caller, version.state.get("unit"))) for version in page]
    links = [
        {"href": address(request, path), "rel": "item", "type": "application/geo+json"},
        {"href": address(request, f"{path}/versions"), "rel": "self", "type": "application/json"},
    ]
    if more:
        query = urlencode({"limit": limit, "before": page[-1].begins.isoformat()})
        href = address(request, f"{path}/versions?{query}")
        links.append({"href": href, "rel": "next", "type": "application/json"})
    return own_json(
        {
            "id": fid,
            "layer": layer.id,
            "versions": [_document(*pair) for pair in zip(page, shown, strict=True)],
            "numberReturned": len(page),
            "links": links,
        }
    )


@router.post(
    "/{collection}/items/{fid}/versions/{version}/restore",
    summary="Let a feature be what it was",
    response_class=Response,
    responses=described.answer("application/geo+json"),
    openapi_extra=described.parameters(
        REASON,
        {**IF_MATCH, "required": False, "description": "Needed unless the feature is removed"},
        described.LANG,
        **described.SIGNED_IN,
    ),
)
async def restore_version(
    request: Request, collection: str, fid: str, version: str, caller: Asking
) -> Response:
    require(caller, "staff")
    layer = editable_layer(request, collection, caller)
    known = UUID(known_id(fid, layer))
    if not _NUMBER.fullmatch(version):
        raise change.unknown_version(version[:20])
    number, expected = int(version), expected_states(request)
    made = await run(
        request, layer, caller, lambda edit: change.restore(edit, known, number, expected)
    )
    return feature_answer(request, made)


def _document(version: Version, shown: Sequence[str]) -> dict[str, Any]:
    """A version as it is told: `changed` against the one before, `removed` where that ended it."""
    found = [] if version.before is None else changes(version.before, version.state, shown)
    what = "changed" if found or version.reshaped else "measured"
    document: dict[str, Any] = {
        "version": version.version,
        "present": version.ends is None,
        "from": version.begins.isoformat(),
        "to": version.ends and version.ends.isoformat(),
        "by": version.by,
        "why": version.why,
        "what": "created" if version.before is None else what,
        "changed": [
            {"property": one.property, "before": one.before, "after": one.after} for one in found
        ],
        "geometry_changed": bool(version.reshaped),
        "moved_m": version.moved_m,
    }
    if version.deleted:
        document["removed"] = {
            "at": document["to"],
            "by": version.ended_by,
            "why": version.ended_why,
        }
    return document


def _names(layer: Layer, *, own: bool) -> list[str]:
    names = own_names(layer) if own else property_names(layer)
    return [name for name in names if name != "district"]


def _before(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid("before", "what a `next` link gave", "应为 next 链接给出的值") from error
    if moment.tzinfo is None:
        raise invalid("before", "what a `next` link gave", "应为 next 链接给出的值")
    return moment
