"""Tokens of programs: made by a person who is logged in, shown once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from geoplan.access.roles import scopes_of
from geoplan.access.secrets import hash_of, new_token
from geoplan.api import described
from geoplan.api.bodies import Body, Line, body_of, own_json, read_body
from geoplan.api.caller import Asking, acting
from geoplan.api.login import person
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.errors import GeoplanError
from geoplan.store import accounts, sessions
from geoplan.store.sessions import Scope
from geoplan.text import Text

_MOST = 50
_SHOWN = 8  # letters by which a person recognises a token, `gp_` among them

router = strict_router(prefix="/api", tags=["accounts"], responses=described.PROBLEM)
_JSON: dict[str, Any] = {
    "response_class": Response,
    "responses": described.answer("application/json"),
}


class NewToken(Body):
    """What a token is for. `read` is part of every scope."""

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    days: Annotated[int, Field(ge=1, le=366)] = 90


@router.get(
    "/tokens",
    summary="One's own tokens",
    **_JSON,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def all_tokens(request: Request, caller: Asking) -> Response:
    async with acting(service_of(request), caller) as connection:
        found = await sessions.tokens(connection)
    return own_json({"tokens": [asdict(each) for each in found]})


@router.post(
    "/tokens",
    summary="Make a token",
    description="`token` is told in this answer and never again.",
    response_class=Response,
    status_code=201,
    responses={201: described.answer("application/json")[200]},
    openapi_extra=described.parameters(
        described.LANG, requestBody=body_of(NewToken), **described.SIGNED_IN
    ),
)
async def add_token(request: Request, caller: Asking) -> Response:
    person(request, caller)
    asked = await read_body(request, NewToken)
    scopes = sorted(set(asked.scopes))
    if not set(scopes) <= set(scopes_of(caller.role)):
        raise GeoplanError(
            "scope_not_allowed",
            Text("令牌的权限不能超过自己的", "A token may not do more than you may"),
            Text(
                f"你可以选：{'、'.join(scopes_of(caller.role))}",
                f"Choose of {', '.join(scopes_of(caller.role))}",
            ),
            status=403,
        )
    secret = new_token()
    async with acting(service_of(request), caller) as connection:
        if len(await sessions.tokens(connection)) >= _MOST:
            raise GeoplanError(
                "tokens_full",
                Text(f"已有 {_MOST} 个令牌", f"You have {_MOST} tokens"),
                Text("请先吊销不用的令牌", "Revoke those that are not used"),
                status=409,
            )
        made = await sessions.add_token(
            connection,
            hash_of(secret),
            prefix=secret[:_SHOWN],
            name=asked.name,
            scopes=scopes,
            life=timedelta(days=asked.days),
        )
        await accounts.note(connection, "token_added", str(made.id), {"scopes": scopes})
    return own_json({**asdict(made), "token": secret}, 201)


@router.delete(
    "/tokens/{token}",
    summary="Revoke one of one's tokens",
    response_class=Response,
    status_code=204,
    responses={204: {"description": "Revoked"}},
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def revoke_token(request: Request, token: UUID, caller: Asking) -> Response:
    person(request, caller)
    async with acting(service_of(request), caller) as connection:
        revoked = await sessions.revoke_token(connection, token)
        if revoked:
            await accounts.note(connection, "token_revoked", str(token))
    if not revoked:
        raise GeoplanError(
            "unknown_token",
            Text("没有这个令牌", "There is no such token"),
            Text("见 GET /api/tokens", "See GET /api/tokens"),
            status=404,
        )
    return Response(status_code=204)
