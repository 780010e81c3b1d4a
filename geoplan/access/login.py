"""Logging in with a password: throttled, and alike for names there are and names there are not."""

from __future__ import annotations

import ipaddress
import math
import re
import unicodedata
from datetime import timedelta
from uuid import UUID

from geoplan.access.passwords import hash_password, password_matches, should_rehash
from geoplan.access.secrets import hash_of, new_secret
from geoplan.errors import GeoplanError
from geoplan.store import accounts, sessions
from geoplan.store.pool import Connection, Pool
from geoplan.text import Text

_USERNAME = re.compile("[a-z0-9][a-z0-9._-]{1,59}")
_MOST_PASSWORD = 4_000
_NO_NAME = "-"  # what cannot be a name is counted as one name


def username_of(text: str) -> str | None:
    """A username as it is kept, in small ASCII letters; None for what cannot be one."""
    plain = unicodedata.normalize("NFKC", text[:200]).strip().lower()
    return plain if _USERNAME.fullmatch(plain) else None


async def log_in(
    pool: Pool,
    username: str,
    password: str,
    *,
    address: str,
    user_agent: str | None,
    life: timedelta,
) -> str:
    """The secret of a new session.

    pool     of the application's role.
    address  where the attempt comes from.
    life     longest life of the session.
    Raises GeoplanError 401 `login_failed`, the same for a wrong name, a wrong password and an
    account that is off; 429 `login_throttled`; 400 for a password that is too long to be one.
    """
    if len(password) > _MOST_PASSWORD:
        raise GeoplanError(
            "password_length",
            Text("密码过长", "The password is too long"),
            Text("请输入自己的密码", "Enter your own password"),
        )
    name = username_of(username) or _NO_NAME
    place = network_of(address)
    async with pool.connection() as connection:
        wait_s = await sessions.login_attempt(connection, name, place)
        held = None if wait_s > 0 else await sessions.login_account(connection, name)
    if wait_s > 0:
        raise _throttled(wait_s)
    matches = await password_matches(held and held[1], password)
    if held is None or not matches:
        raise GeoplanError(
            "login_failed",
            Text("用户名或密码不正确", "The username or the password is wrong"),
            Text(
                "请再试；忘记密码时请联系管理员",
                "Try again; who forgot the password asks an administrator",
            ),
            status=401,
        )
    account, kept = held
    renewed = await hash_password(password) if should_rehash(kept) else None
    async with pool.connection() as connection, connection.transaction():
        await sessions.login_passed(connection, name, place)
        secret = await open_session(connection, account, user_agent=user_agent, life=life)
        if renewed is not None:
            await accounts.put_own_password(connection, renewed)
    return secret


async def open_session(
    connection: Connection, account: UUID, *, user_agent: str | None, life: timedelta
) -> str:
    """Begin a session inside the caller's transaction, which acts for the account from then on.

    Returns its secret, which is always a new one.
    """
    secret = new_secret()
    await accounts.act_as(connection, account, "login")
    await sessions.begin_session(
        connection, account, hash_of(secret), life=life, user_agent=_told(user_agent)
    )
    await accounts.note(connection, "login")
    return secret


def network_of(address: str) -> str:
    """What attempts are counted by: the address, of IPv6 the network of 64 bits."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _told(user_agent: str | None) -> str | None:
    """What a browser says it is, without what no text may hold."""
    return "".join(c for c in (user_agent or "")[:200] if c.isprintable()) or None


def _throttled(wait_s: float) -> GeoplanError:
    seconds = math.ceil(wait_s)
    return GeoplanError(
        "login_throttled",
        Text("登录失败次数过多", "Too many attempts to log in failed"),
        Text(f"请在 {seconds} 秒后再试", f"Try again in {seconds} seconds"),
        status=429,
        retry_after_s=seconds,
    )
