"""Secrets that are carried by a browser or a program: made at random, kept as their SHA-256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_BYTES = 32
_LONGEST = 128
TOKEN_START = "gp_"  # noqa: S105  how a token is told from other secrets, by people and by scanners


def new_secret() -> str:
    """256 random bits in base64url, 43 letters."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """A program's token: a secret that says what it is for."""
    return TOKEN_START + new_secret()


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. It has 256 bits of its own, so it needs neither salt nor effort.

    A secret longer than any that was made gives the hash of nothing that is held.
    """
    return hashlib.sha256(secret[:_LONGEST].encode()).digest()


def csrf_of(session: str) -> str:
    """The token against cross-site requests that belongs to a session: no page of another origin
    can read it, and the cookie cannot be found from it."""
    mac = hmac.new(session.encode(), b"geoplan csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def same(left: str, right: str) -> bool:
    """Whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
