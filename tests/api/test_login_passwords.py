"""Passwords at the door: wrong ones, too many, too long, and new ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from geoplan.catalogue import City
from tests.api.asking import Api
from tests.api.people import (
    ADMIN,
    PASSWORD,
    STAFF_A,
    STAFF_B,
    Person,
    browser,
    logged_in,
    put_people,
)
from tests.conftest import TestDatabase

COOKIE = "geoplan_session"


@pytest.fixture(scope="module", autouse=True)
def people(database: TestDatabase, city: City) -> dict[str, str]:
    return put_people(database, city)


@pytest.fixture(autouse=True)
def forgotten(database: TestDatabase) -> Iterator[None]:
    """Wrong passwords of one test are not another's."""
    yield
    with database.connect("geoplan_owner") as connection:
        connection.execute("DELETE FROM login_throttle")


def wrong(person: Person, username: str) -> httpx.Response:
    return person.log_in(username, "certainly not the password")


def told(answer: httpx.Response) -> tuple[object, ...]:
    names = sorted(name for name in answer.headers if name != "x-request-id")
    return answer.status_code, answer.json(), names


def test_a_wrong_name_and_a_wrong_password_are_told_alike(api: Api, database: TestDatabase) -> None:
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "INSERT INTO account (username, role, active, password_hash) SELECT 'switched-off', 'planner', false, password_hash FROM account WHERE username = %s",
            [STAFF_A.username],
        )
        connection.execute("INSERT INTO account (username, role) VALUES ('by-sign-on', 'planner')")
    with browser(api) as person:
        known = wrong(person, STAFF_A.username)
        assert known.status_code == 401
        assert "set-cookie" not in known.headers
        for username in (
            "nobody-here",
            "operator",
            "by-sign-on",
            "Ünknown",
            "",
            "a\u0000b".replace("\u0000", "|"),
            "x" * 5000,
        ):
            assert told(wrong(person, username)) == told(known), username
        assert told(person.log_in("switched-off")) == told(known)


def test_twenty_wrong_passwords_lock_a_name_whether_there_is_one_or_not(api: Api) -> None:
    with browser(api) as person:
        for username in (STAFF_A.username, "nobody-here"):
            statuses = [wrong(person, username).status_code for _ in range(20)]
            assert statuses == [401] * 5 + [429] * 15
            locked = person.log_in(username)
            assert locked.status_code == 429
            assert locked.json()["code"] == "login_throttled"
            assert 1 <= int(locked.headers["retry-after"]) <= 30
        assert person.log_in(STAFF_B.username).status_code == 200  # others come in


def test_guesses_at_once_are_counted_one_by_one(api: Api) -> None:
    async def guess(client: httpx.AsyncClient) -> int:
        body = {"username": "jinjiang", "password": "certainly not it"}
        return (await client.post("/api/login", json=body)).status_code

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(guess(api.client) for _ in range(30)))

    statuses = api.portal.call(all_at_once)
    assert sorted(statuses) == [401] * 5 + [429] * 25


def test_each_lock_is_longer_than_the_last_and_a_login_forgets_them(
    api: Api, database: TestDatabase
) -> None:
    def unlocked() -> float:
        """Let the lock pass; how long it was."""
        with database.connect("geoplan_owner") as connection:
            row = connection.execute(
                "UPDATE login_throttle SET locked_until = now() - interval '1 s' WHERE key = throttle_key('name', %s)"
                " RETURNING extract(epoch FROM locked_until - now() + interval '1 s')", [STAFF_A.username],
            ).fetchone()  # fmt: skip
            assert row is not None
        return float(row[0])

    with browser(api) as person:
        waits = []
        for _ in range(5):
            wrong(person, STAFF_A.username)
        for _ in range(7):
            answer = wrong(person, STAFF_A.username)
            assert answer.status_code == 429
            waits.append(int(answer.headers["retry-after"]))
            unlocked()
            assert wrong(person, STAFF_A.username).status_code == 401
        assert [round(wait / 30) for wait in waits] == [1, 2, 4, 8, 16, 30, 30]
        unlocked()
        assert person.log_in(STAFF_A.username).status_code == 200
        assert [wrong(person, STAFF_A.username).status_code for _ in range(4)] == [401] * 4
        assert person.log_in(STAFF_A.username).status_code == 200


def test_an_address_that_fails_with_many_names_waits(api: Api, database: TestDatabase) -> None:
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "INSERT INTO login_throttle (key, paid_until) VALUES (throttle_key('address', '127.0.0.1'), now() + interval '310 s')"
        )
    with browser(api) as person:
        answer = person.log_in(STAFF_A.username)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) <= 10


@pytest.mark.parametrize(
    ("password", "status", "code"),
    [
        ("x" * 5_000, 400, "password_length"),
        ("x" * 1_000_000, 400, "password_length"),
        ("x" * 3_000_000, 413, "body_too_large"),
    ],
)
def test_a_password_of_a_megabyte_is_refused_unhashed(
    api: Api, password: str, status: int, code: str
) -> None:
    with browser(api) as person:
        answer = person.log_in(STAFF_A.username, password)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b'{"username": "a"}', b'{"username": 1, "password": "x"}',
        b'{"username": "a", "password": "x", "role": "admin"}', b'{"username": "a\\u0000", "password": "x"}',
        b'{"username": "\\ud800", "password": "x"}', b'{"username": "a", "password": "\\ud800"}',
        b"[" * 60_000, b'{"username": "a", "password": NaN}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_told(api: Api, body: bytes) -> None:
    answer = api.get(
        "/api/login", "POST", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_body"


def test_the_same_letters_written_otherwise_are_the_same_password(
    api: Api, database: TestDatabase, city: City
) -> None:
    with logged_in(api, ADMIN) as admin:
        made = admin.ask(
            "POST",
            "/api/accounts",
            json={
                "username": "cafe",
                "role": "planner",
                "password": "Caf\u00e9 \uff11\uff12\uff13 am See",
            },
        )
        assert made.status_code == 201
    with browser(api) as person:
        assert person.log_in("  CAFE ", "Cafe\u0301 123 am See").status_code == 200


def test_a_new_password_ends_all_other_sessions_and_needs_the_old_one(
    api: Api, database: TestDatabase
) -> None:
    with logged_in(api, ADMIN) as admin:
        admin.ask(
            "POST",
            "/api/accounts",
            json={"username": "mover", "role": "planner", "password": PASSWORD},
        )
    with browser(api) as here, browser(api) as there:
        here.log_in("mover")
        there.log_in("mover")
        secret = here.cookies[COOKIE]
        for old, new, status in (
            ("not the old one", "another good secret", 403),
            (PASSWORD, "short", 400),
            (PASSWORD, "mover-mover-mover", 400),
            (PASSWORD, "aaaaaaaaaaaaaaaa", 400),
        ):
            answer = here.ask("POST", "/api/password", json={"old": old, "new": new})
            assert answer.status_code == status, answer.text
        answer = here.ask(
            "POST", "/api/password", json={"old": PASSWORD, "new": "another good secret"}
        )
        assert answer.status_code == 200
        here.csrf = answer.json()["csrf"]
        assert here.cookies[COOKIE] != secret
        assert here.get("/api/me").json()["username"] == "mover"
        assert there.get("/api/me").json()["role"] == "public"
        assert there.log_in("mover").status_code == 401
        assert there.log_in("mover", "another good secret").status_code == 200
