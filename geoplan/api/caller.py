"""Who asks: nobody in particular, a session's cookie, or a program's token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from geoplan.access.roles import Role, reaches, role_within, scopes_of
from geoplan.access.secrets import csrf_of, hash_of, same
from geoplan.api.origin import refuse_foreign
from geoplan.api.service import Service, service_of
from geoplan.errors import GeoplanError
from geoplan.store.accounts import act_as
from geoplan.store.pool import Connection
from geoplan.store.sessions import Bearer, Scope, session_account, token_account
from geoplan.text import Text

COOKIE = "geoplan_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `role` is what they may do with this request: a token's ends with its scopes."""

    account: UUID | None
    username: str | None
    role: Role
    units: tuple[str, ...]
    scopes: frozenset[Scope]


PUBLIC = Caller(None, None, "public", (), frozenset())


async def caller_of(request: Request) -> Caller:
    """The caller of a request. An answer to anybody but the public is never kept for others.

    Raises GeoplanError 401 for a token that is not valid, or a session that is over where
    something is to be changed; 403 for a change that a page of another origin may have asked for.
    """
    return await identify(service_of(request), request)


Asking = Annotated[Caller, Depends(caller_of)]


async def identify(service: Service, request: Request) -> Caller:
    """As `caller_of`, for what answers before the application does."""
    changes = request.method not in SAFE
    if changes:
        refuse_foreign(request)
    bearer = bearer_of(request.headers.getlist("authorization"))
    if bearer is not None:
        caller = await _of_token(service, bearer, changes=changes)
    else:
        secret = session_secret(service, request)
        caller = await _of_session(service, secret) if secret else PUBLIC
        if changes and secret:
            _check_session(request, caller, secret)
    request.state.private = caller.account is not None
    return caller


def require(caller: Caller, role: Role) -> UUID:
    """The caller's account when they may do what `role` may. Raises GeoplanError 401 or 403."""
    if caller.account is None:
        raise login_needed()
    if not reaches(caller.role, role):
        raise GeoplanError(
            "not_allowed",
            Text("你的账号或令牌没有这项权限", "Your account or token may not do this"),
            Text(
                "请联系管理员", "Ask an administrator for the right, or use a token with the scope"
            ),
            status=403,
        )
    return caller.account


@asynccontextmanager
async def acting(service: Service, caller: Caller, reason: str = "") -> AsyncIterator[Connection]:
    """A connection in a transaction in which the database knows the caller.

    reason  is kept with every earlier state that the transaction ends.
    Raises GeoplanError 401 for the public, 503 when the database is away.
    """
    account = require(caller, "public")
    async with service.staff.connection() as connection, connection.transaction():
        await act_as(connection, account, reason)
        yield connection


def cookie_name(service: Service) -> str:
    """Over TLS the name itself binds the cookie to this host, to its root and to TLS."""
    return f"__Host-{COOKIE}" if service.settings.tls else COOKIE


def session_secret(service: Service, request: Request) -> str | None:
    """What the session's cookie holds."""
    return request.cookies.get(cookie_name(service)) or None


def bearer_of(found: Sequence[str]) -> str | None:
    """The token of the Authorization headers. Raises GeoplanError 401 for anything else in them."""
    if not found:
        return None
    scheme, _, token = found[0].partition(" ")
    if len(found) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise _invalid_token()
    return token.strip()


def idle_of(service: Service) -> timedelta:
    """After how long without use a session is over."""
    return timedelta(minutes=service.settings.session_idle_minutes)


async def _of_session(service: Service, secret: str) -> Caller:
    held = await service.staff.read(
        lambda connection: session_account(connection, hash_of(secret), idle_of(service))
    )
    return PUBLIC if held is None else _caller(held, held.role, scopes_of(held.role))


async def _of_token(service: Service, token: str, *, changes: bool) -> Caller:
    held = await service.staff.read(lambda connection: token_account(connection, hash_of(token)))
    if held is None:
        raise _invalid_token()
    scopes = held.scopes or ()
    return _caller(held, role_within(held.role, scopes, changes=changes), scopes)


def _caller(held: Bearer, role: Role, scopes: Sequence[Scope]) -> Caller:
    return Caller(held.id, held.username, role, tuple(held.units), frozenset(scopes))


def _check_session(request: Request, caller: Caller, secret: str) -> None:
    if caller.account is None:
        raise login_needed()
    if not same(request.headers.get("x-csrf-token", ""), csrf_of(secret)):
        raise GeoplanError(
            "csrf_token_wrong",
            Text(
                "请求缺少本会话的 X-CSRF-Token",
                "The request lacks the X-CSRF-Token of this session",
            ),
            Text("GET /api/me 给出它；请刷新页面", "GET /api/me gives it; load the page again"),
            status=403,
        )


def login_needed() -> GeoplanError:
    """The error of whoever should be logged in."""
    return GeoplanError(
        "login_needed",
        Text("请先登录", "You are not logged in"),
        Text("在 /staff 登录，或使用令牌", "Log in at /staff, or send a token"),
        status=401,
    )


def _invalid_token() -> GeoplanError:
    """The error of a token that is not valid; why is not told."""
    return GeoplanError(
        "invalid_token",
        Text("令牌无效或已过期", "The token is not valid, or no longer"),
        Text("请换用有效的令牌", "Send `Authorization: Bearer` with a token that is valid"),
        status=401,
    )
