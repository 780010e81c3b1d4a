"""What people and programs carry to show who they are: logins, sessions, tokens.

Nothing here holds a secret; all is found by hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from geoplan.store.accounts import AccountRole
from geoplan.store.sql import queries

_SQL = queries("accounts")
Scope = Literal["read", "upload", "review", "admin"]


@dataclass(frozen=True, slots=True)
class Bearer:
    """The account behind a session or a token; `scopes` are the token's."""

    id: UUID
    username: str
    role: AccountRole
    units: list[str]
    scopes: list[Scope] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One place where an account is logged in; `current`: the one that asks."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    user_agent: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a program, without what it is checked by."""

    id: UUID
    prefix: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


async def session_account(
    connection: psycopg.AsyncConnection, token_hash: bytes, idle: timedelta
) -> Bearer | None:
    """Whose session it is; None when it is over. Notes once a minute that it was seen."""
    async with connection.cursor(row_factory=class_row(Bearer)) as cursor:
        await cursor.execute(_SQL["session_account"], {"hash": token_hash, "idle": idle})
        return await cursor.fetchone()


async def token_account(connection: psycopg.AsyncConnection, token_hash: bytes) -> Bearer | None:
    """Whose token it is; None when it is not valid."""
    async with connection.cursor(row_factory=class_row(Bearer)) as cursor:
        await cursor.execute(_SQL["token_account"], {"hash": token_hash})
        return await cursor.fetchone()


async def login_attempt(connection: psycopg.AsyncConnection, username: str, address: str) -> float:
    """Count an attempt to log in; seconds to wait first, 0: it may be judged."""
    cursor = await connection.execute(
        _SQL["login_attempt"], {"username": username, "address": address}
    )
    row = await cursor.fetchone()
    return float(row[0]) if row is not None else 0.0


async def login_account(
    connection: psycopg.AsyncConnection, username: str
) -> tuple[UUID, str] | None:
    """Id and password hash of an active account that has a password."""
    cursor = await connection.execute(_SQL["login_account"], {"username": username})
    return await cursor.fetchone()


async def login_passed(connection: psycopg.AsyncConnection, username: str, address: str) -> None:
    """Take the last attempt back, and forget the name's earlier ones."""
    await connection.execute(_SQL["login_passed"], {"username": username, "address": address})


async def subject_account(connection: psycopg.AsyncConnection, subject: str) -> UUID | None:
    """The active account that an identity provider means."""
    cursor = await connection.execute(_SQL["subject_account"], {"subject": subject})
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def begin_session(
    connection: psycopg.AsyncConnection,
    account: UUID,
    token_hash: bytes,
    *,
    life: timedelta,
    user_agent: str | None,
) -> None:
    """A session of the acting account."""
    await connection.execute(
        _SQL["begin_session"],
        {"account": account, "hash": token_hash, "life": life, "user_agent": user_agent},
    )


async def end_session(connection: psycopg.AsyncConnection, token_hash: bytes) -> UUID | None:
    """End a session, whoever acts; whose it was."""
    cursor = await connection.execute(_SQL["end_session"], {"hash": token_hash})
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def end_sessions(
    connection: psycopg.AsyncConnection, account: UUID, *, kept: bytes | None = None
) -> None:
    """End all sessions of an account, except one."""
    await connection.execute(_SQL["end_sessions"], {"account": account, "kept": kept})


async def drop_session(connection: psycopg.AsyncConnection, session: UUID) -> bool:
    """End one session of the acting account; whether there was one."""
    return (await connection.execute(_SQL["drop_session"], {"id": session})).rowcount == 1


async def sessions(
    connection: psycopg.AsyncConnection, token_hash: bytes | None, idle: timedelta
) -> list[Session]:
    """Where the acting account is logged in; `token_hash` is the one that asks."""
    async with connection.cursor(row_factory=class_row(Session)) as cursor:
        await cursor.execute(_SQL["sessions"], {"hash": token_hash or b"", "idle": idle})
        return await cursor.fetchall()


async def tokens(connection: psycopg.AsyncConnection) -> list[Token]:
    """The acting account's valid tokens."""
    async with connection.cursor(row_factory=class_row(Token)) as cursor:
        await cursor.execute(_SQL["tokens"])
        return await cursor.fetchall()


async def add_token(
    connection: psycopg.AsyncConnection,
    token_hash: bytes,
    *,
    prefix: str,
    name: str,
    scopes: list[Scope],
    life: timedelta,
) -> Token:
    """A token of the acting account."""
    async with connection.cursor(row_factory=class_row(Token)) as cursor:
        await cursor.execute(
            _SQL["add_token"],
            {"hash": token_hash, "prefix": prefix, "name": name, "scopes": scopes, "life": life},
        )
        row = await cursor.fetchone()
    if row is None:
        raise RuntimeError("an insert without a row")
    return row


async def revoke_token(connection: psycopg.AsyncConnection, token: UUID) -> bool:
    """Revoke one token of the acting account; whether there was one."""
    return (await connection.execute(_SQL["revoke_token"], {"id": token})).rowcount == 1


async def revoke_tokens(connection: psycopg.AsyncConnection, account: UUID) -> None:
    """Revoke all tokens of an account."""
    await connection.execute(_SQL["revoke_tokens"], {"account": account})
