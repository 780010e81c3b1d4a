"""Evidence of a feature: photos and documents, for its own unit and planners."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request
from starlette.responses import FileResponse, Response

from geoplan.api import described
from geoplan.api.answers import address, not_modified
from geoplan.api.bodies import own_json
from geoplan.api.caller import Asking, Caller, acting
from geoplan.api.edits import editable_layer, editor_of, run
from geoplan.api.features import known_id, no_feature
from geoplan.api.multipart import read_form
from geoplan.api.query import invalid, strict_router
from geoplan.api.service import service_of
from geoplan.catalogue import Layer
from geoplan.editing.evidence import (
    LONGEST_NOTE,
    MOST_BYTES,
    attach,
    clean,
    detach,
    unknown_evidence,
)
from geoplan.errors import GeoplanError
from geoplan.store.edits import standing_of
from geoplan.store.evidence import Evidence, read_evidence
from geoplan.store.kept_files import KeptFiles
from geoplan.text import Text

_LOG = structlog.get_logger("geoplan.api")
_READERS = ThreadPoolExecutor(2, "evidence")
"""Each of its threads waits for one reader's process."""

router = strict_router(
    prefix="/api/collections/{collection}/items/{fid}/evidence",
    tags=["edits"],
    responses=described.PROBLEM,
)


@router.post(
    "",
    summary="Attach a photo or a document",
    status_code=201,
    response_class=Response,
    responses={
        200: {"description": "The feature has this file already"},
        201: {"description": "It is attached"},
    },
    openapi_extra=described.parameters(
        described.LANG,
        requestBody={
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string", "format": "binary"},
                            "note": {"type": "string", "maxLength": LONGEST_NOTE},
                        },
                    }
                }
            },
        },
        **described.SIGNED_IN,
    ),
)
async def attach_evidence(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    files = _files(request)
    # Whoever may not attach a file has none read; this is asked again when it is attached.
    await _must_see(request, layer, known, caller, changes=True)
    data, name, note = await _form(request)
    cleaned = await asyncio.get_running_loop().run_in_executor(_READERS, clean, data)
    found, new = await run(
        request, layer, caller, lambda edit: attach(edit, files, known, cleaned, name, note)
    )
    answer = own_json(_document(request, layer, fid, found), 201 if new else 200)
    answer.headers["location"] = _address(request, layer, fid, found.id)
    return answer


@router.get(
    "",
    summary="What is attached to a feature",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def list_evidence(request: Request, collection: str, fid: str, caller: Asking) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    found = await _must_see(request, layer, known, caller)
    return own_json(
        {
            "id": fid,
            "layer": layer.id,
            "evidence": [_document(request, layer, fid, one) for one in found],
        }
    )


@router.get(
    "/{eid}",
    summary="A file that is attached",
    response_class=Response,
    responses=described.answer("image/jpeg", "image/png", "application/pdf"),
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def one_evidence(
    request: Request, collection: str, fid: str, eid: str, caller: Asking
) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    which = _known_evidence(eid)
    found = [one for one in await _must_see(request, layer, known, caller) if one.id == which]
    if not found:
        raise unknown_evidence(eid)
    etag = f'"{found[0].sha256}"'
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    path = _files(request).path(found[0].sha256)
    if not path.is_file():
        _LOG.error("evidence_lost", evidence=eid)
        raise GeoplanError(
            "file_lost",
            Text(
                "附件的文件不在服务器上，已记录", "The file is not on the server; this is recorded"
            ),
            Text("请联系管理员从备份恢复", "Ask the operator to bring it back from a backup"),
            status=500,
        )
    headers = {
        "etag": etag,
        "cache-control": "private, no-cache",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
    }
    return FileResponse(
        path, headers=headers, media_type=found[0].media_type, filename=found[0].file_name
    )


@router.delete(
    "/{eid}",
    summary="Take a file off a feature",
    status_code=204,
    responses={204: {"description": "It is taken off; its bytes are removed"}},
    response_class=Response,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def detach_evidence(
    request: Request, collection: str, fid: str, eid: str, caller: Asking
) -> Response:
    layer, known = _addressed(request, collection, fid, caller)
    files, which = _files(request), _known_evidence(eid)
    await run(request, layer, caller, lambda edit: detach(edit, files, known, which))
    return Response(status_code=204)


async def _must_see(
    request: Request, layer: Layer, fid: UUID, caller: Caller, *, changes: bool = False
) -> list[Evidence]:
    """What is attached to a feature. Raises GeoplanError 404, and 403 for whose it is not."""
    service = service_of(request)
    async with acting(service, caller) as connection:
        standing = await standing_of(connection, layer.id, fid)
        if standing is None:
            raise no_feature(str(fid))
        editor = editor_of(caller)
        if changes or not editor.owns(standing.district):
            editor.must_own(standing.unit, service.city)
        return await read_evidence(connection, layer.id, fid)


def _addressed(request: Request, collection: str, fid: str, caller: Caller) -> tuple[Layer, UUID]:
    layer = editable_layer(request, collection, caller)
    return layer, UUID(known_id(fid, layer))


def _known_evidence(eid: str) -> UUID:
    try:
        return UUID(eid)
    except ValueError as error:
        raise unknown_evidence(eid) from error


def _files(request: Request) -> KeptFiles:
    return KeptFiles(service_of(request).settings.home / "evidence")


async def _form(request: Request) -> tuple[bytes, str, str | None]:
    """File, its name and the note of a form. Raises GeoplanError 400, 413, 415."""
    data = bytearray()
    form = await read_form(request, data.extend, file="file", most=MOST_BYTES)
    if form.file_name is None or form.fields.keys() - {"note"}:
        raise GeoplanError(
            "invalid_form",
            Text("表单没有文件，或含有其他字段", "The form has no file, or other fields"),
            Text("请发送一个 file，可加 note", "Send one `file`, and a `note` if there is one"),
        )
    return bytes(data), form.file_name, _note(form.fields.get("note"))


def _note(text: str | None) -> str | None:
    plain = " ".join((text or "").split())
    if len(plain) > LONGEST_NOTE or not plain.isprintable():
        raise invalid("note", f"at most {LONGEST_NOTE} characters", f"最多 {LONGEST_NOTE} 个字")
    return plain or None


def _address(request: Request, layer: Layer, fid: str, eid: UUID) -> str:
    return address(request, f"/api/collections/{layer.id}/items/{fid}/evidence/{eid}")


def _document(request: Request, layer: Layer, fid: str, one: Evidence) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "media_type": one.media_type,
        "file_name": one.file_name,
        "bytes": one.bytes,
        "sha256": one.sha256,
        "width": one.width,
        "height": one.height,
        "note": one.note,
        "added_at": one.added_at.isoformat(),
        "by": one.by,
        "href": _address(request, layer, fid, one.id),
    }
