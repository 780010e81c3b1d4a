"""What the routes of uploads share: who asks, which upload, what it looks like now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from fastapi import Request
from starlette.responses import Response

from geoplan.api import described
from geoplan.api.bodies import B, Body, body_of, own_json, read_body
from geoplan.api.caller import Caller, acting, require
from geoplan.api.language import language_of
from geoplan.api.service import service_of
from geoplan.api.upload_documents import whole
from geoplan.store.uploads import Upload, read_codes, read_events, read_upload
from geoplan.uploads.actor import Actor
from geoplan.uploads.receive import unknown_upload


def own_route(model: type[Body] | None = None, *parameters: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI document says of a route for accounts; model  of the body it may have."""
    body = {} if model is None else {"requestBody": body_of(model) | {"required": False}}
    return {
        "response_class": Response,
        "responses": described.answer("application/json"),
        "openapi_extra": described.parameters(
            *parameters, described.LANG, **body, **described.SIGNED_IN
        ),
    }


def actor_of(caller: Caller) -> Actor:
    """The caller as who works on uploads. Raises GeoplanError 401 or 403."""
    account = require(caller, "staff")
    role = caller.role
    if role == "public":
        raise AssertionError("the public was refused")
    return Actor(account, role, caller.units)


def upload_id(text: str) -> UUID:
    """The id in a path. Raises GeoplanError 404 for what is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise unknown_upload() from error


async def optional_body(request: Request, model: type[B]) -> B:
    """The body of a request that may go without one."""
    sent = request.headers.get("content-length", "0") != "0"
    if not sent and "transfer-encoding" not in request.headers:
        return model()
    return await read_body(request, model)


async def shown(request: Request, caller: Caller, which: UUID) -> Response:
    """An upload as the caller sees it now. Raises GeoplanError 404."""
    service = service_of(request)
    actor_of(caller)
    async with acting(service, caller) as connection:
        upload = await read_upload(connection, which)
        events = await read_events(connection, which)
        codes = await read_codes(connection, which)
    if upload is None:
        raise unknown_upload()
    return own_json(whole(upload, events, codes, service.city, language_of(request.scope)))


async def step(
    request: Request,
    caller: Caller,
    which: UUID,
    work: Callable[[psycopg.Connection, Actor], Upload],
) -> Response:
    """The upload as it is after `work`, which is one transaction of the caller's."""
    actor = actor_of(caller)
    await service_of(request).writes.run(lambda connection: work(connection, actor))
    return await shown(request, caller, which)
