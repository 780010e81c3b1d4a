"""Passwords and what is made at random."""

from __future__ import annotations

import asyncio
import re

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from geoplan.access import passwords
from geoplan.access.passwords import check_password, hash_password, new_password, password_matches
from geoplan.access.secrets import csrf_of, hash_of, new_secret, new_token
from geoplan.errors import GeoplanError


def matches(held: str | None, password: str) -> bool:
    return asyncio.run(password_matches(held, password))


def test_a_password_is_held_as_argon2id_of_64_mib_and_a_salt_of_its_own() -> None:
    first, second = (asyncio.run(hash_password("a long enough secret")) for _ in range(2))
    assert first != second
    found = extract_parameters(first)
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost, found.salt_len, found.hash_len) == (
        65_536,
        3,
        16,
        32,
    )
    assert matches(first, "a long enough secret")
    assert matches(second, "a long enough secret")
    assert not matches(first, "a long enough secret ")
    assert not passwords.should_rehash(first)


def test_nobodys_password_takes_the_same_work_and_is_never_right() -> None:
    own = extract_parameters(asyncio.run(hash_password("a long enough secret")))
    assert extract_parameters(passwords._NOBODY) == own
    for guess in ("", "a long enough secret", "A" * 43, "\x00" * 32):
        assert not matches(None, guess)


def test_a_hash_of_weaker_parameters_is_renewed() -> None:
    assert passwords.should_rehash(
        "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$uWPxbrUjUh5kGyfRxsTwcAk7xVPCLNRaJRe1kAHpMiY"
    )


@pytest.mark.parametrize("broken", ["", "no hash", "$argon2id$v=19$m=65536", "$2b$12$abc"])
def test_what_is_no_hash_matches_nothing(broken: str) -> None:
    assert not matches(broken, "a long enough secret")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_length"),
        ("x" * 201, "password_length"),
        ("\uff11" * 9, "password_length"),
        ("aaaaaaaaaaaa", "password_too_plain"),
        ("abababababab", "password_too_plain"),
        ("my Jinjiang word", "password_too_plain"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, code: str) -> None:
    with pytest.raises(GeoplanError) as error:
        check_password(password, "jinjiang")
    assert error.value.code == code


def test_passwords_made_at_random_are_good_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert re.fullmatch("([a-z2-9]{5}-){3}[a-z2-9]{5}", password)
        check_password(password, "jinjiang")


def test_secrets_have_256_bits_and_are_held_as_hashes() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert {len(secret) for secret in made} == {43}
    assert new_token().startswith("gp_")
    assert len({hash_of(secret) for secret in made}) == 200
    assert {len(hash_of(secret)) for secret in made} == {32}
    assert len({csrf_of(secret) for secret in made} | made) == 400
