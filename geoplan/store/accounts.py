"""Accounts: who there are, what they may do, and the record of what they did.

Everything here runs inside the caller's transaction, for the account that `act_as` named; what is
seen and changed is decided by row-level security.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from geoplan.store.sql import queries

_SQL = queries("accounts")
AccountRole = Literal["staff", "planner", "admin"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account as an administrator sees it. `locked_until`: nobody logs in before."""

    id: UUID
    username: str
    display_name: str | None
    role: AccountRole
    units: list[str]
    active: bool
    subject: str | None
    created_at: datetime
    changed_at: datetime
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the record."""

    id: int
    at: datetime
    username: str | None
    action: str
    subject: str | None
    detail: dict[str, Any]


async def act_as(connection: psycopg.AsyncConnection, account: UUID, reason: str = "") -> None:
    """Say for the rest of this transaction who acts and why; row-level security asks for it."""
    await connection.execute(_SQL["act_as"], {"account": str(account), "reason": reason})


async def accounts(
    connection: psycopg.AsyncConnection, *, account: UUID | None = None, username: str | None = None
) -> list[Account]:
    """The accounts that the acting one sees: all for an administrator, else itself."""
    async with connection.cursor(row_factory=class_row(Account)) as cursor:
        await cursor.execute(_SQL["accounts"], {"id": account, "username": username})
        return await cursor.fetchall()


async def add_account(
    connection: psycopg.AsyncConnection,
    *,
    username: str,
    role: AccountRole,
    units: Sequence[str],
    password_hash: str | None,
    subject: str | None,
    display_name: str | None,
) -> UUID | None:
    """The new account's id; None when the username or the subject is taken."""
    cursor = await connection.execute(
        _SQL["add_account"],
        {
            "username": username,
            "role": role,
            "units": list(units),
            "password_hash": password_hash,
            "subject": subject,
            "display_name": display_name,
        },
    )
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def change_account(connection: psycopg.AsyncConnection, changed: Account) -> None:
    """Write role, units, active, subject and display name.

    Raises psycopg.errors.UniqueViolation when the subject is another account's.
    """
    names = ("id", "role", "units", "active", "subject", "display_name")
    await connection.execute(
        _SQL["change_account"], {name: getattr(changed, name) for name in names}
    )


async def put_password(
    connection: psycopg.AsyncConnection, account: UUID, password_hash: str
) -> None:
    """Another account's new password."""
    await connection.execute(_SQL["put_password"], {"id": account, "hash": password_hash})


async def put_own_password(connection: psycopg.AsyncConnection, password_hash: str) -> None:
    """The acting account's new password."""
    await connection.execute(_SQL["put_own_password"], {"hash": password_hash})


async def unlock(connection: psycopg.AsyncConnection, username: str) -> None:
    """Forget the wrong passwords of a name."""
    await connection.execute(_SQL["unlock"], {"username": username})


async def note(
    connection: psycopg.AsyncConnection,
    action: str,
    subject: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Record what the acting account does; never secrets, never whole rows."""
    await connection.execute(
        _SQL["add_audit"], {"action": action, "subject": subject, "detail": Jsonb(detail or {})}
    )


async def deeds(
    connection: psycopg.AsyncConnection, *, limit: int, before: int | None = None
) -> list[Deed]:
    """The newest lines of the record, for administrators; `before` goes on from a line's id."""
    async with connection.cursor(row_factory=class_row(Deed)) as cursor:
        await cursor.execute(_SQL["audit"], {"limit": limit, "before": before})
        return await cursor.fetchall()
