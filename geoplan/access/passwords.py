"""Passwords: argon2id, two at a time, the same work for whoever there is and for nobody."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from geoplan.errors import GeoplanError
from geoplan.text import Text

T = TypeVar("T")
SHORTEST, LONGEST = 10, 200
# Argon2id with the low-memory parameters of RFC 9106: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
_NOBODY = f"$argon2id$v=19$m=65536,t=3,p=4${'A' * 22}${'A' * 43}"  # the same work, for no password
# Each takes 64 MiB: who waits here costs nothing.
_TURNS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another


def new_password() -> str:
    """A password at random, 20 letters and figures of about 99 bits, in groups to be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def check_password(password: str, username: str) -> None:
    """Raise GeoplanError unless this may become a password."""
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise GeoplanError(
            "password_length",
            Text(
                f"密码应为 {SHORTEST} 至 {LONGEST} 个字符",
                f"A password has {SHORTEST} to {LONGEST} characters",
            ),
            Text("请换一个密码，例如几个词连在一起", "Choose another, such as several words"),
        )
    if len(set(plain)) < 5 or username in plain.lower():
        raise GeoplanError(
            "password_too_plain",
            Text("密码太容易猜到", "This password is too easy to guess"),
            Text(
                "请不要用用户名或重复的字符",
                "Choose one without the username that is not one character repeated",
            ),
        )


async def hash_password(password: str) -> str:
    """What is kept of a password."""
    return await _in_turn(_HASHER.hash, _normal(password))


async def password_matches(held: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    held  None: there is nobody; it takes as long and is never true.
    """
    matches = await _in_turn(_verify, held or _NOBODY, _normal(password))
    return matches and held is not None


def should_rehash(held: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(held)


async def _in_turn(work: Callable[..., T], *values: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_TURNS, work, *values)


def _verify(held: str, password: str) -> bool:
    try:
        return _HASHER.verify(held, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One password, one text: keyboards and systems write the same letters in different ways."""
    return unicodedata.normalize("NFKC", password)
