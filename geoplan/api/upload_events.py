"""How far a check is, told as it goes: server-sent events, of bounded number and length."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from geoplan.api import described
from geoplan.api.caller import Asking, Caller, acting
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.api.upload_asking import actor_of, upload_id
from geoplan.errors import GeoplanError
from geoplan.store.uploads import Upload, read_upload
from geoplan.text import Text
from geoplan.uploads.receive import unknown_upload

_LOOK_EVERY_S = 0.5
_HEARTBEAT_S = 10.0  # what stands between gives up a silent connection after 30 to 60 seconds
_LONGEST_S = 600.0
_AT_ONCE = 100
_UNDER_WAY = {"received", "checking"}

router = strict_router(prefix="/api", tags=["uploads"], responses=described.PROBLEM)
_open: set[int] = set()


@router.get(
    "/uploads/{id}/events",
    summary="Progress of the check, as it goes",
    description="`state` {state, version} at the start and at each step, `progress` {step, done, "
    "of} in between, a comment every 10 seconds; ends with the check, or after 10 minutes.",
    response_class=Response,
    responses={
        200: {
            "description": "The events",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def events(request: Request, caller: Asking, id: str) -> Response:  # noqa: A002
    service, which = service_of(request), upload_id(id)
    actor_of(caller)
    first = await _look(service, caller, which)
    if first is None:
        raise unknown_upload()
    if len(_open) >= _AT_ONCE:
        raise GeoplanError(
            "too_many_streams",
            Text("正在查看进度的人太多", "Too many are watching at the moment"),
            Text("请改为每几秒查询一次", "Ask for the upload every few seconds instead"),
            status=503,
        )
    return StreamingResponse(
        _told(service, caller, which, first),
        headers={"cache-control": "private, no-store", "x-accel-buffering": "no"},
        media_type="text/event-stream",
    )


async def _told(
    service: Service, caller: Caller, which: UUID, first: Upload
) -> AsyncIterator[bytes]:
    """Events until the check is over, the caller gone, or the longest time up."""
    token = id(asyncio.current_task())
    _open.add(token)
    try:
        began = spoke = time.monotonic()
        seen: Upload | None = None
        upload: Upload | None = first
        while upload is not None:
            for name, data in _news(seen, upload):
                yield f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
                spoke = time.monotonic()
            if upload.state not in _UNDER_WAY or time.monotonic() - began > _LONGEST_S:
                return
            if time.monotonic() - spoke > _HEARTBEAT_S:
                yield b": still at it\n\n"
                spoke = time.monotonic()
            seen = upload
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                upload = await _look(service, caller, which)
            except GeoplanError:  # the database is away for a moment, or the account has gone
                upload = None
    finally:
        _open.discard(token)


def _news(seen: Upload | None, upload: Upload) -> list[tuple[str, object]]:
    news: list[tuple[str, object]] = []
    if seen is None or (seen.state, seen.version) != (upload.state, upload.version):
        news.append(("state", {"state": upload.state, "version": upload.version}))
    if upload.progress is not None and (seen is None or seen.progress != upload.progress):
        news.append(("progress", upload.progress))
    return news


async def _look(service: Service, caller: Caller, which: UUID) -> Upload | None:
    async with acting(service, caller) as connection:
        return await read_upload(connection, which)
