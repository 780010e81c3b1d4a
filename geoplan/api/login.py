"""Logging in and out, and where one is logged in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from geoplan.access.login import log_in, open_session
from geoplan.access.passwords import check_password, hash_password, password_matches
from geoplan.access.secrets import csrf_of, hash_of
from geoplan.api import described
from geoplan.api.bodies import Body, Line, body_of, own_json, read_body
from geoplan.api.caller import (
    Asking,
    Caller,
    acting,
    cookie_name,
    idle_of,
    login_needed,
    require,
    session_secret,
)
from geoplan.api.origin import refuse_foreign
from geoplan.api.query import strict_router
from geoplan.api.service import Service, service_of
from geoplan.errors import GeoplanError
from geoplan.store import accounts, sessions
from geoplan.text import Text

_MOST_LOGIN = 2_000_000  # bytes: who pastes a file as a password is told so

router = strict_router(prefix="/api", tags=["accounts"], responses=described.PROBLEM)
_JSON: dict[str, Any] = {
    "response_class": Response,
    "responses": described.answer("application/json"),
}
_NOTHING: dict[str, Any] = {
    "response_class": Response,
    "status_code": 204,
    "responses": {204: {"description": "Done"}},
}


class Login(Body):
    """What one logs in with."""

    username: Line
    password: str


class NewPassword(Body):
    """One's own password and the one to come."""

    old: str
    new: str


@router.post(
    "/login",
    summary="Log in with a password",
    description="Sets the session's cookie. `csrf` is sent back as X-CSRF-Token with every change.",
    **_JSON,
    openapi_extra=described.parameters(described.LANG, requestBody=body_of(Login)),
)
async def login(request: Request) -> Response:
    service = service_of(request)
    refuse_foreign(request)
    asked = await read_body(request, Login, _MOST_LOGIN)
    secret = await log_in(
        service.staff,
        asked.username,
        asked.password,
        address=request.client.host if request.client is not None else "",
        user_agent=request.headers.get("user-agent"),
        life=life_of(service),
    )
    return await entered(request, secret)


@router.post(
    "/logout",
    summary="Log out",
    **_NOTHING,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def logout(request: Request, caller: Asking) -> Response:
    service = service_of(request)
    require(caller, "public")
    secret = session_secret(service, request)
    if secret is not None:
        async with acting(service, caller) as connection:
            await sessions.end_session(connection, hash_of(secret))
            await accounts.note(connection, "logout")
    answer = Response(status_code=204)
    answer.headers["clear-site-data"] = '"cache"'
    answer.delete_cookie(cookie_name(service), **_cookie(service))
    return answer


@router.get(
    "/me",
    summary="Who asks",
    description="`role` is public without an account. `csrf` belongs to the session; `sign_on` is "
    "where to go for single sign-on, null when there is none.",
    **_JSON,
    openapi_extra=described.parameters(described.LANG, **described.OR_SIGNED_IN),
)
async def me(request: Request, caller: Asking) -> Response:
    service = service_of(request)
    by_session = caller.account is not None and "authorization" not in request.headers
    secret = session_secret(service, request) if by_session else None
    return own_json(_told(service, caller) | {"csrf": csrf_of(secret) if secret else None})


@router.post(
    "/password",
    summary="Change one's own password",
    description="Ends all other sessions.",
    **_JSON,
    openapi_extra=described.parameters(
        described.LANG, requestBody=body_of(NewPassword), **described.SIGNED_IN
    ),
)
async def password(request: Request, caller: Asking) -> Response:
    service = service_of(request)
    account = person(request, caller)
    asked = await read_body(request, NewPassword)
    check_password(asked.new, caller.username or "")
    await _check_own(service, caller, asked.old)
    renewed = await hash_password(asked.new)
    async with acting(service, caller) as connection:
        await accounts.put_own_password(connection, renewed)
        await sessions.end_sessions(connection, account)
        await accounts.note(connection, "password_changed")
        secret = await open_session(
            connection,
            account,
            user_agent=request.headers.get("user-agent"),
            life=life_of(service),
        )
    return await entered(request, secret)


@router.get(
    "/sessions",
    summary="Where one is logged in",
    **_JSON,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def all_sessions(request: Request, caller: Asking) -> Response:
    service = service_of(request)
    secret = session_secret(service, request)
    async with acting(service, caller) as connection:
        found = await sessions.sessions(
            connection, hash_of(secret) if secret else None, idle_of(service)
        )
    return own_json({"sessions": [asdict(each) for each in found]})


@router.delete(
    "/sessions/{session}",
    summary="End one of one's sessions",
    **_NOTHING,
    openapi_extra=described.parameters(described.LANG, **described.SIGNED_IN),
)
async def end_session(request: Request, session: UUID, caller: Asking) -> Response:
    service = service_of(request)
    person(request, caller)
    async with acting(service, caller) as connection:
        ended = await sessions.drop_session(connection, session)
    if not ended:
        raise GeoplanError(
            "unknown_session",
            Text("没有这个会话", "There is no such session"),
            Text("见 GET /api/sessions", "See GET /api/sessions"),
            status=404,
        )
    return Response(status_code=204)


def person(request: Request, caller: Caller) -> UUID:
    """The caller's account when it asks by a session: what makes or ends other keys is not for a
    program's token. Raises GeoplanError 401 or 403."""
    account = require(caller, "public")
    if "authorization" in request.headers:
        raise GeoplanError(
            "session_needed",
            Text("令牌不能用于此操作", "A token is not enough for this"),
            Text("请登录后操作", "Log in on the page and do it there"),
            status=403,
        )
    return account


async def entered(request: Request, secret: str, answer: Response | None = None) -> Response:
    """The answer to a login: the new session's cookie; the browser's earlier session is over."""
    service = service_of(request)
    earlier = session_secret(service, request)
    async with service.staff.connection() as connection:
        if earlier is not None:
            await sessions.end_session(connection, hash_of(earlier))
        held = await sessions.session_account(connection, hash_of(secret), idle_of(service))
    if held is None:
        raise login_needed()  # switched off in the same moment
    if answer is None:
        answer = own_json(
            {
                "csrf": csrf_of(secret),
                "username": held.username,
                "role": held.role,
                "units": held.units,
            }
        )
    answer.set_cookie(cookie_name(service), secret, **_cookie(service))
    return answer


def life_of(service: Service) -> timedelta:
    """Longest life of a session."""
    return timedelta(hours=service.settings.session_hours)


async def _check_own(service: Service, caller: Caller, old: str) -> None:
    """A stolen session does not give the password away: guesses are counted as logins are."""
    name = caller.username or ""
    async with service.staff.connection() as connection:
        wait_s = await sessions.login_attempt(connection, name, f"account {name}")
        held = None if wait_s > 0 else await sessions.login_account(connection, name)
    if held is None or not await password_matches(held[1], old):
        raise GeoplanError(
            "password_wrong",
            Text("原密码不正确，或尝试过多", "The old password is wrong, or was tried too often"),
            Text("请核对后稍后再试", "Check it and try again in a while"),
            status=403,
        )
    async with service.staff.connection() as connection:
        await sessions.login_passed(connection, name, f"account {name}")


def _told(service: Service, caller: Caller) -> dict[str, Any]:
    return {
        "username": caller.username,
        "role": caller.role,
        "units": list(caller.units),
        "scopes": sorted(caller.scopes),
        "sign_on": "/api/sign-on" if service.settings.oidc_issuer else None,
    }


def _cookie(service: Service) -> dict[str, Any]:
    """No lifetime: it goes with the browser. Scripts never see it, other sites never send it along
    with a change."""
    return {"httponly": True, "samesite": "lax", "path": "/", "secure": service.settings.tls}
