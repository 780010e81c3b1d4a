"""Accounts and the record of what they did, for administrators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from geoplan.access import accounts
from geoplan.access.accounts import Change
from geoplan.access.passwords import new_password
from geoplan.api import described
from geoplan.api.bodies import Body, Line, body_of, own_json, read_body
from geoplan.api.caller import Asking, acting, require
from geoplan.api.query import integer, strict_router
from geoplan.api.service import service_of
from geoplan.store import accounts as held
from geoplan.store.accounts import AccountRole

router = strict_router(prefix="/api", tags=["accounts"], responses=described.PROBLEM)
_JSON: dict[str, Any] = {
    "response_class": Response,
    "responses": described.answer("application/json"),
}
Name = Annotated[Line, Field(max_length=100)]
Units = Annotated[list[Annotated[Line, Field(max_length=60)]], Field(max_length=50)]


class NewAccount(Body):
    """An account to be. Without a password it gets one, told in the answer; with a subject and
    no password it logs in by single sign-on."""

    username: Line
    role: AccountRole
    units: Units = Field(default_factory=list)
    password: str | None = None
    subject: Name | None = None
    display_name: Name | None = None


class AccountChange(Body):
    """What is to change; what is left out stays."""

    role: AccountRole | None = None
    units: Units | None = None
    active: bool | None = None
    password: str | None = None
    subject: Name | None = None
    display_name: Name | None = None
    unlock: bool = False


@router.get(
    "/accounts",
    summary="All accounts",
    **_JSON,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def all_accounts(request: Request, caller: Asking) -> Response:
    require(caller, "admin")
    async with acting(service_of(request), caller) as connection:
        found = await held.accounts(connection)
    return own_json({"accounts": [asdict(each) for each in found]})


@router.post(
    "/accounts",
    summary="Add an account",
    response_class=Response,
    status_code=201,
    responses={201: described.answer("application/json")[200]},
    openapi_extra=described.parameters(
        described.LANG, requestBody=body_of(NewAccount), **described.SIGNED_IN
    ),
)
async def add_account(request: Request, caller: Asking) -> Response:
    require(caller, "admin")
    service = service_of(request)
    asked = await read_body(request, NewAccount)
    made = new_password() if asked.password is None and asked.subject is None else None
    async with acting(service, caller) as connection:
        account = await accounts.add(
            connection,
            service.city,
            asked.username,
            asked.role,
            units=asked.units,
            password=asked.password or made,
            subject=asked.subject,
            display_name=asked.display_name,
        )
    return own_json(asdict(account) | ({"password": made} if made else {}), 201)


@router.patch(
    "/accounts/{account}",
    summary="Change an account",
    description="Its sessions end when its rights or its password change.",
    **_JSON,
    openapi_extra=described.parameters(
        described.LANG, requestBody=body_of(AccountChange), **described.SIGNED_IN
    ),
)
async def change_account(request: Request, account: UUID, caller: Asking) -> Response:
    by = require(caller, "admin")
    service = service_of(request)
    asked = await read_body(request, AccountChange)
    async with acting(service, caller) as connection:
        before = await accounts.find(connection, account=account)
        wanted = Change(**dict(asked))
        changed = await accounts.change(connection, service.city, before, wanted, by=by)
    return own_json(asdict(changed))


@router.get(
    "/audit",
    summary="What accounts did, the newest first",
    **_JSON,
    openapi_extra=described.parameters(
        described.query("limit", "Most lines", type="integer", minimum=1, maximum=1000),
        described.query("before", "Go on from the line with this id", type="integer"),
        described.LANG,
        **described.SIGNED_IN,
    ),
)
async def audit(request: Request, caller: Asking) -> Response:
    require(caller, "admin")
    query = request.state.query
    limit = integer(query, "limit", 100, 1, 1000)
    before = integer(query, "before", 0, 0, 2**31) or None
    async with acting(service_of(request), caller) as connection:
        found = await held.deeds(connection, limit=limit, before=before)
    return own_json({"audit": [asdict(each) for each in found]})
