"""Logging in and out: sessions, cookies, cross-site requests, wrong passwords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from geoplan.access.secrets import hash_of
from geoplan.api import service
from geoplan.catalogue import City
from geoplan.store.pool import Pool
from tests.api.asking import Api, running
from tests.api.conftest import application
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
HIDDEN = "/api/collections/base_station_5g"


@pytest.fixture(scope="module", autouse=True)
def people(database: TestDatabase, city: City) -> dict[str, str]:
    return put_people(database, city)


@pytest.fixture(autouse=True)
def forgotten(database: TestDatabase) -> Iterator[None]:
    """Wrong passwords of one test are not another's."""
    yield
    with database.connect("geoplan_owner") as connection:
        connection.execute("DELETE FROM login_throttle")


@pytest.fixture
def person(api: Api) -> Iterator[Person]:
    with logged_in(api, STAFF_A) as each:
        yield each


def set_cookie(answer: httpx.Response) -> set[str]:
    [header] = answer.headers.get_list("set-cookie")
    return {part.strip() for part in header.split(";")}


def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_have(api: Api) -> None:
    with browser(api) as person:
        answer = person.log_in(STAFF_A.username)
        assert answer.json()["role"] == "staff"
        assert answer.json()["units"] == ["510104"]
        parts = set_cookie(answer)
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= parts
        assert "Secure" not in parts
        assert not any(part.lower().startswith(("domain", "max-age", "expires")) for part in parts)
        assert answer.headers["cache-control"] == "private, no-store"
        assert PASSWORD not in answer.text
        assert person.cookies[COOKIE] not in answer.text


def test_over_tls_the_cookie_is_bound_to_the_host(database: TestDatabase, city: City) -> None:
    with (
        running(application(database, city, tls=True)) as api,
        browser(api, "https://127.0.0.1") as person,
    ):
        answer = person.log_in(STAFF_A.username)
        parts = set_cookie(answer)
        assert {"HttpOnly", "SameSite=lax", "Path=/", "Secure"} <= parts
        assert any(part.startswith(f"__Host-{COOKIE}=") for part in parts)
        assert "max-age" in answer.headers["strict-transport-security"]
        assert person.get("/api/me").json()["username"] == STAFF_A.username
        # a cookie without the prefix, which a neighbour could set, is nobody's
        secret = person.cookies[f"__Host-{COOKIE}"]
        plain = api.get("/api/me", headers={"cookie": f"{COOKIE}={secret}"})
        assert plain.json()["role"] == "public"


def test_only_hashes_of_sessions_are_held(database: TestDatabase, person: Person) -> None:
    secret = person.cookies[COOKIE]
    with database.connect("geoplan_owner") as connection:
        row = connection.execute(
            "SELECT user_agent FROM session WHERE token_hash = %s", [hash_of(secret)]
        ).fetchone()
        text = connection.execute("SELECT string_agg(session::text, '') FROM session").fetchone()
    assert row is not None
    assert row[0].startswith("python-httpx")
    assert text is not None
    assert secret not in text[0]


def test_a_login_begins_a_new_session_whatever_the_browser_held(api: Api) -> None:
    with browser(api) as person:
        person.cookies.set(COOKIE, "set-by-somebody-else", domain="127.0.0.1")
        person.log_in(STAFF_A.username)
        first = person.cookies[COOKIE]
        assert first != "set-by-somebody-else"
        person.log_in(STAFF_A.username)
        assert person.cookies[COOKIE] != first
        earlier = api.get("/api/me", headers={"cookie": f"{COOKIE}={first}"})
        assert earlier.json()["role"] == "public"


def test_logging_out_ends_the_session_on_the_server(api: Api, person: Person) -> None:
    secret = person.cookies[COOKIE]
    answer = person.ask("POST", "/api/logout")
    assert answer.status_code == 204
    assert answer.headers["clear-site-data"] == '"cache"'
    assert COOKIE not in person.cookies
    stolen = api.get("/api/me", headers={"cookie": f"{COOKIE}={secret}"})
    assert stolen.json()["role"] == "public"
    assert person.ask("POST", "/api/logout").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "seen_at = now() - interval '121 min'",
        "expires_at = now() - interval '1 s'",
    ],
)
def test_a_session_ends_when_it_is_not_used_and_when_it_is_old(
    database: TestDatabase, person: Person, change: str
) -> None:
    assert person.get(HIDDEN).status_code == 200
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            f"UPDATE session SET {change} WHERE token_hash = %s", [hash_of(person.cookies[COOKIE])]
        )
    assert person.get("/api/me").json()["role"] == "public"
    assert person.get(HIDDEN).status_code == 404
    assert person.ask("POST", "/api/tokens", json={}).status_code == 401


def test_using_a_session_keeps_it(database: TestDatabase, person: Person) -> None:
    with database.connect("geoplan_owner") as connection:
        own = [hash_of(person.cookies[COOKIE])]
        connection.execute(
            "UPDATE session SET seen_at = now() - interval '119 min' WHERE token_hash = %s", own
        )
        assert person.get("/api/me").json()["role"] == "staff"
        row = connection.execute(
            "SELECT now() - seen_at < interval '1 min', expires_at <= created_at + interval '12 h' FROM session WHERE token_hash = %s",
            own,
        ).fetchone()
    assert row == (True, True)


def test_sessions_are_listed_and_ended_one_by_one(api: Api, person: Person) -> None:
    with logged_in(api, STAFF_A) as elsewhere:
        found = person.get("/api/sessions").json()["sessions"]
        assert [each["current"] for each in found].count(True) == 1
        mine = next(each["id"] for each in found if each["current"])
        theirs = next(
            each["id"]
            for each in elsewhere.get("/api/sessions").json()["sessions"]
            if each["current"]
        )
        assert theirs in {each["id"] for each in found} - {mine}
        with logged_in(api, STAFF_B) as other:  # another account's session is not there
            assert other.ask("DELETE", f"/api/sessions/{theirs}").status_code == 404
        assert person.ask("DELETE", f"/api/sessions/{theirs}").status_code == 204
        assert elsewhere.get("/api/me").json()["role"] == "public"
        assert person.get("/api/me").json()["role"] == "staff"


def test_an_account_has_a_bounded_number_of_sessions(
    api: Api, database: TestDatabase, people: dict[str, str]
) -> None:
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "INSERT INTO session (token_hash, account_id, expires_at) SELECT sha256(n::text::bytea), %s, now() + interval '1 h' FROM generate_series(1, 30) AS n",
            [people[STAFF_B.username]],
        )
        with logged_in(api, STAFF_B) as person:
            assert len(person.get("/api/sessions").json()["sessions"]) == 20


# Cross-site requests


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.test"},
        {"origin": "http://127.0.0.1:9000"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_origin_changes_nothing(
    api: Api, person: Person, headers: dict[str, str]
) -> None:
    for method, path, body in (
        ("POST", "/api/tokens", {"name": "x", "scopes": ["read"]}),
        ("POST", "/api/logout", None),
        ("DELETE", "/api/sessions/00000000-0000-0000-0000-000000000000", None),
    ):
        answer = person.ask(method, path, json=body, headers=headers)
        assert answer.status_code == 403, path
        assert answer.json()["code"] == "foreign_origin"
    with browser(api) as victim:  # nor is anybody logged in as somebody else
        answer = victim.ask(
            "POST",
            "/api/login",
            json={"username": STAFF_B.username, "password": PASSWORD},
            headers=headers,
        )
        assert answer.status_code == 403
        assert COOKIE not in victim.cookies
    assert person.get("/api/me").json()["role"] == "staff"


def test_a_change_needs_the_sessions_own_token(api: Api, person: Person) -> None:
    with logged_in(api, STAFF_B) as other:
        for token in ("", "x", person.csrf[:-1], other.csrf):
            answer = person.ask(
                "POST",
                "/api/tokens",
                json={"name": "x", "scopes": ["read"]},
                headers={"x-csrf-token": token},
            )
            assert answer.status_code == 403
            assert answer.json()["code"] == "csrf_token_wrong"
    assert person.get("/api/me").json()["csrf"] == person.csrf
    own = person.ask("POST", "/api/tokens", json={"name": "x", "scopes": ["read"]})
    assert own.status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_what_a_form_of_any_page_can_send_is_not_read(api: Api, kind: str) -> None:
    body = f'{{"username": "{STAFF_A.username}", "password": "{PASSWORD}"}}'
    answer = api.get("/api/login", "POST", content=body, headers={"content-type": kind})
    assert answer.status_code == 415
    assert "set-cookie" not in answer.headers


def test_reading_by_get_changes_nothing(api: Api, person: Person) -> None:
    for path in ("/api/logout", "/api/login", "/api/password"):
        assert person.get(path).status_code == 405
    assert person.get("/api/me").json()["role"] == "staff"


def test_no_other_origin_reads_what_an_account_is_told(person: Person, api: Api) -> None:
    for path in (
        "/api/me",
        "/api/collections",
        HIDDEN,
        "/api/sessions",
        "/tiles/base_station_5g.json",
    ):
        answer = person.get(path, headers={"origin": "https://evil.test"})
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control-")], path
        assert "private" in answer.headers["cache-control"]
        assert {"Cookie", "Authorization"} <= set(answer.headers["vary"].split(", "))
    public = api.get("/api/collections", headers={"origin": "https://evil.test"})
    assert public.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in public.headers
    asked = api.get(
        "/api/tokens", "OPTIONS",
        headers={"origin": "https://evil.test", "access-control-request-method": "POST", "access-control-request-headers": "authorization"},
    )  # fmt: skip
    assert "POST" not in asked.headers["access-control-allow-methods"]
    assert "authorization" not in asked.headers["access-control-allow-headers"].lower()


def test_a_pool_of_one_connection_does_not_pass_an_account_on(
    database: TestDatabase, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Single(Pool):
        def __init__(self, conninfo: str, **options: object) -> None:
            super().__init__(conninfo, **{**options, "max_size": 1})  # type: ignore[arg-type]

    monkeypatch.setattr(service, "Pool", Single)
    asked = "SELECT current_setting('geoplan.account', true), count(*) FROM feature WHERE layer_id = 'base_station_5g'"
    with running(application(database, city)) as api, logged_in(api, ADMIN) as admin:
        pool = api.app.state.service.staff

        async def found() -> Any:
            async with pool.connection() as connection:
                return await (await connection.execute(asked)).fetchone()

        for _ in range(3):
            assert admin.get("/api/accounts").status_code == 200
            broken = {"username": "cafe", "role": "staff", "units": ["nowhere"]}
            assert admin.ask("POST", "/api/accounts", json=broken).status_code == 400
            account, seen = api.portal.call(found)
            assert (account or "", seen) == ("", 0)
            assert api.get(HIDDEN).status_code == 404
