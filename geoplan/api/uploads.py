"""Uploads: send a file, list them, look at one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import own_json
from geoplan.api.caller import Asking, acting
from geoplan.api.multipart import Form, read_form
from geoplan.api.query import integer, invalid, strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.upload_asking import actor_of, own_route, shown, upload_id
from geoplan.api.upload_documents import line
from geoplan.errors import GeoplanError
from geoplan.store.uploads import STATES, State, read_uploads
from geoplan.text import Text
from geoplan.uploads.actor import Actor
from geoplan.uploads.files import MOST_BYTES, Files, safe_name
from geoplan.uploads.options import read_options
from geoplan.uploads.receive import Parcel, Receipt, layer_of, receive, unit_of

_FIELDS = {"layer", "unit", "options", "corrects"}
_LONGEST_KEY = 200
_MOST = 200

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)

_FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "layer"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "layer": {"type": "string"},
                    "unit": {"type": "string"},
                    "options": {"type": "string", "description": "JSON"},
                    "corrects": {"type": "string", "format": "uuid"},
                },
            }
        }
    },
}


@router.post(
    "/uploads",
    summary="Send a file",
    description="Answers once the bytes are safe; the check follows. `unit` may be left out by who "
    "has one. `options`: crs, sheet, header_row, encoding, headers. `earlier` is the latest upload "
    "of the same bytes; while that one is at work and its options are the same, it is the answer "
    "(200). The same `Idempotency-Key` is the same upload.",
    response_class=Response,
    status_code=202,
    responses={
        202: described.answer("application/json")[200],
        **described.answer("application/json"),
    },
    openapi_extra={
        "parameters": [
            described.LANG,
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": _LONGEST_KEY},
            },
        ],
        "requestBody": _FORM,
        **described.SIGNED_IN,
    },
)
async def send(request: Request, caller: Asking) -> Response:
    service, actor = service_of(request), actor_of(caller)
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        raise invalid(
            "Idempotency-Key", f"1 to {_LONGEST_KEY} letters", f"1 到 {_LONGEST_KEY} 个字"
        )
    files = Files(service.settings.home)
    with await asyncio.to_thread(files.receive) as incoming:
        form = await read_form(request, incoming.write, file="file", most=MOST_BYTES)
        parcel = _parcel(service, actor, form, incoming.size, key)
        sha256 = await asyncio.to_thread(incoming.keep)
    receipt = await service.writes.run(
        lambda connection: receive(connection, actor, parcel(sha256))
    )
    return _received(receipt)


@router.get(
    "/uploads",
    summary="Uploads, the newest first",
    **own_route(
        None,
        described.query("state", "One or several states, separated by commas", type="string"),
        described.query("layer", "Of this layer", type="string"),
        described.query("unit", "Of this unit, by code or name", type="string"),
        described.query("limit", "Most of a page", type="integer", minimum=1, maximum=_MOST),
        described.query("after", "Where to go on: `next` of the page before", type="string"),
    ),
)
async def all_uploads(request: Request, caller: Asking) -> Response:
    service, query = service_of(request), request.state.query
    actor_of(caller)
    limit = integer(query, "limit", 50, 1, _MOST)
    async with acting(service, caller) as connection:
        found = await read_uploads(
            connection,
            states=_states(query.get("state")),
            layer=service.city.layer(query["layer"]).id if "layer" in query else None,
            unit=_unit(service, query.get("unit")),
            before=upload_id(query["after"]) if "after" in query else None,
            limit=limit + 1,
        )
    return own_json(
        {
            "uploads": [
                {**line(upload), "own": upload.account_id == caller.account}
                for upload in found[:limit]
            ],
            "next": found[limit - 1].id if len(found) > limit else None,
        }
    )


@router.get("/uploads/{id}", summary="One upload", **own_route())
async def one(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    return await shown(request, caller, upload_id(id))


def _parcel(
    service: Service, actor: Actor, form: Form, size: int, key: str | None
) -> Callable[[str], Parcel]:
    """What was sent, but for the hash of its bytes; judged before they are kept."""
    unknown = sorted(form.fields.keys() - _FIELDS)
    if unknown:
        raise invalid(unknown[0], ", ".join(sorted(_FIELDS)), "、".join(sorted(_FIELDS)))
    if form.file_name is None:
        raise _missing("file")
    if "layer" not in form.fields:
        raise _missing("layer")
    if size == 0:
        raise GeoplanError(
            "file_empty",
            Text("文件是空的", "The file is empty"),
            Text("请选择有内容的文件", "Choose a file with something in it"),
        )
    layer = layer_of(service.city, form.fields["layer"])
    unit = unit_of(service.city, actor, form.fields.get("unit"))
    options = read_options(_json(form.fields.get("options") or "{}"), layer)
    said = form.fields.get("corrects")
    corrects = upload_id(said) if said else None
    name = safe_name(form.file_name)

    def made(sha256: str) -> Parcel:
        return Parcel(layer.id, unit, name, size, sha256, options, key, corrects)

    return made


def _received(receipt: Receipt) -> Response:
    upload, earlier = receipt.upload, receipt.earlier
    answer = own_json(
        {
            "id": upload.id,
            "state": upload.state,
            "version": upload.version,
            "same_file": not receipt.new,
            "earlier": earlier
            and {"id": earlier.id, "state": earlier.state, "created_at": earlier.created_at},
        },
        202 if receipt.new else 200,
    )
    answer.headers["location"] = f"/api/uploads/{upload.id}"
    return answer


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid("options", "a JSON object", "应为 JSON 对象") from error


def _states(text: str | None) -> list[State] | None:
    if text is None:
        return None
    found = [state for state in STATES if state in text.split(",")]
    if len(found) != len(text.split(",")):
        raise invalid("state", ", ".join(STATES), "、".join(STATES))
    return found


def _unit(service: Service, text: str | None) -> str | None:
    if text is None:
        return None
    unit = service.city.find_unit(text)
    if unit is None:
        raise invalid("unit", "a district or zone by code or name", "区（市）县的代码或名称")
    return unit.code


def _missing(name: str) -> GeoplanError:
    return GeoplanError(
        "field_missing",
        Text(f"表单缺少 {name}", f"The form has no {name}"),
        Text("须有 file 与 layer", "It needs file and layer"),
    )
