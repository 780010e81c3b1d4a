"""Accounts as administrators keep them, and tokens of programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from geoplan.access.secrets import hash_of
from geoplan.catalogue import City
from tests.api.asking import Api
from tests.api.made import CENTRE
from tests.api.people import (
    ADMIN,
    EVERYBODY,
    OWNER,
    PASSWORD,
    PLANNER,
    STAFF_A,
    STAFF_B,
    Person,
    browser,
    logged_in,
    put_people,
)
from tests.conftest import TestDatabase

LAYER, CITY_LAYER = "base_station_5g", "three_lines"
TILE = "16/51711/26899"
LON, LAT = CENTRE


@pytest.fixture(scope="module", autouse=True)
def people(database: TestDatabase, city: City) -> dict[str, str]:
    return put_people(database, city, (*EVERYBODY, OWNER))


@pytest.fixture(scope="module")
def admin(api: Api, people: dict[str, str]) -> Iterator[Person]:
    with logged_in(api, ADMIN) as person:
        yield person


def add(admin: Person, **account: Any) -> dict[str, Any]:
    answer = admin.ask("POST", "/api/accounts", json={"role": "planner", **account})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change(admin: Person, account: str, **wanted: Any) -> httpx.Response:
    return admin.ask("PATCH", f"/api/accounts/{account}", json=wanted)


def token(person: Person, *scopes: str) -> dict[str, Any]:
    answer = person.ask("POST", "/api/tokens", json={"name": "a program", "scopes": scopes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearing(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


# Accounts


def test_an_account_is_added_logs_in_and_is_listed(api: Api, admin: Person) -> None:
    made = add(admin, username="Wuhou", role="staff", units=["武侯区", "510107", "高新区"])
    assert made["username"] == "wuhou"
    assert made["units"] == ["510107", "zone_hitech"]
    with browser(api) as person:
        assert person.log_in("wuhou", made["password"]).json()["units"] == made["units"]
    listed = admin.get("/api/accounts").json()["accounts"]
    [own] = [each for each in listed if each["username"] == "wuhou"]
    assert own == {name: value for name, value in made.items() if name != "password"}
    assert "argon2" not in admin.get("/api/accounts").text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "x y", "role": "planner"}, 400, "username_invalid"),
        ({"username": "锦江", "role": "planner"}, 400, "username_invalid"),
        ({"username": "boss", "role": "planner"}, 409, "account_taken"),
        ({"username": "new", "role": "owner"}, 400, "invalid_body"),
        ({"username": "new", "role": "public"}, 400, "invalid_body"),
        ({"username": "new", "role": "staff"}, 400, "units_missing"),
        ({"username": "new", "role": "staff", "units": ["Atlantis"]}, 400, "unit_unknown"),
        ({"username": "new", "role": "planner", "units": ["510104"]}, 400, "units_unused"),
        ({"username": "new", "role": "planner", "password": "short"}, 400, "password_length"),
        ({"username": "new", "role": "planner", "active": True}, 400, "invalid_body"),
        ({"role": "planner"}, 400, "invalid_body"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_a_reason(
    admin: Person, body: dict[str, Any], status: int, code: str
) -> None:
    answer = admin.ask("POST", "/api/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["remedy"]
    names = {each["username"] for each in admin.get("/api/accounts").json()["accounts"]}
    assert "new" not in names


@pytest.mark.parametrize(
    "wanted",
    [
        {"role": "staff", "units": ["510104"]},
        {"active": False},
        {"password": "another good secret"},
    ],
)
def test_a_change_of_rights_or_password_ends_the_sessions(
    api: Api, admin: Person, wanted: dict[str, Any]
) -> None:
    made = add(admin, username=f"mover-{uuid4().hex[:6]}", password=PASSWORD)
    with browser(api) as person:
        person.log_in(made["username"])
        assert person.get("/api/me").json()["role"] == "planner"
        assert change(admin, made["id"], **wanted).status_code == 200
        assert person.get("/api/me").json()["role"] == "public"
        again = person.log_in(made["username"], wanted.get("password", PASSWORD))
        assert again.status_code == (401 if wanted.get("active") is False else 200)


def test_a_name_to_show_ends_no_session_and_is_taken_away_by_an_empty_one(
    api: Api, admin: Person
) -> None:
    made = add(admin, username="shown", password=PASSWORD)
    with browser(api) as person:
        person.log_in("shown")
        assert change(admin, made["id"], display_name="规划科").json()["display_name"] == "规划科"
        assert change(admin, made["id"], display_name="").json()["display_name"] is None
        assert person.get("/api/me").json()["role"] == "planner"


def test_an_account_that_is_switched_off_loses_its_tokens_for_good(api: Api, admin: Person) -> None:
    made = add(admin, username="programmer", password=PASSWORD)
    with browser(api) as person:
        person.log_in("programmer")
        secret = token(person, "read")["token"]
    assert api.get("/api/me", headers=bearing(secret)).status_code == 200
    change(admin, made["id"], active=False)
    assert api.get("/api/me", headers=bearing(secret)).status_code == 401
    change(admin, made["id"], active=True)
    assert api.get("/api/me", headers=bearing(secret)).status_code == 401


def test_nobody_takes_their_own_rights_or_changes_the_operator(
    admin: Person, people: dict[str, str]
) -> None:
    for account, wanted, code in (
        (people[ADMIN.username], {"active": False}, "own_account"),
        (people[ADMIN.username], {"role": "planner"}, "own_account"),
        ("00000000-0000-0000-0000-000000000001", {"password": PASSWORD}, "operator_account"),
        ("00000000-0000-0000-0000-000000000001", {"active": False}, "operator_account"),
    ):
        answer = change(admin, account, **wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert change(admin, str(uuid4()), active=False).status_code == 404
    assert admin.get("/api/me").json()["role"] == "admin"


def test_a_locked_account_is_seen_and_unlocked(api: Api, admin: Person) -> None:
    made = add(admin, username="locked", password=PASSWORD)
    with browser(api) as person:
        for _ in range(6):
            person.log_in("locked", "certainly not the password")
        assert person.log_in("locked").status_code == 429
        listed = admin.get("/api/accounts").json()["accounts"]
        assert {each["username"] for each in listed if each["locked_until"]} == {"locked"}
        assert change(admin, made["id"], unlock=True).json()["locked_until"] is None
        assert person.log_in("locked").status_code == 200


def test_the_record_tells_who_did_what_without_secrets(api: Api, admin: Person) -> None:
    made = add(admin, username="recorded")
    change(admin, made["id"], password="another good secret", display_name="x")
    with browser(api) as person:
        person.log_in("recorded", "another good secret")
        secret = token(person, "read")
        person.ask("DELETE", f"/api/tokens/{secret['id']}")
        person.ask("POST", "/api/logout")
    found = admin.get("/api/audit?limit=6").json()["audit"]
    assert [(each["username"], each["action"], each["subject"]) for each in found] == [
        ("recorded", "logout", None),
        ("recorded", "token_revoked", secret["id"]),
        ("recorded", "token_added", secret["id"]),
        ("recorded", "login", None),
        ("boss", "account_changed", "recorded"),
        ("boss", "account_added", "recorded"),
    ]
    assert found[4]["detail"]["what"] == ["display_name", "password"]
    text = admin.get("/api/audit?limit=1000").text
    for hidden in (PASSWORD, "another good secret", made["password"], secret["token"], "argon2"):
        assert hidden not in text
    older = admin.get(f"/api/audit?limit=1&before={found[-1]['id']}").json()["audit"]
    assert older[0]["id"] < found[-1]["id"]


# Tokens


def test_a_token_is_told_once_and_held_as_a_hash(
    api: Api, database: TestDatabase, people: dict[str, str]
) -> None:
    with logged_in(api, STAFF_A) as person:
        made = token(person, "read")
        assert made["token"].startswith("gp_")
        assert made["token"].startswith(made["prefix"])
        listed = person.get("/api/tokens")
        assert made["token"] not in listed.text
        assert made["id"] in {each["id"] for each in listed.json()["tokens"]}
        with logged_in(api, STAFF_B) as other:
            assert made["id"] not in other.get("/api/tokens").text
            assert other.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 404
    with database.connect("geoplan_owner") as connection:
        row = connection.execute(
            "SELECT prefix, api_token::text FROM api_token WHERE token_hash = %s",
            [hash_of(made["token"])],
        ).fetchone()
    assert row is not None
    assert row[0] == made["prefix"]
    assert made["token"][len(row[0]) :] not in row[1]


def test_a_token_asks_as_its_account_until_it_is_revoked(api: Api) -> None:
    with logged_in(api, OWNER) as person:
        made = token(person, "read")
        headers = bearing(made["token"])
        told = api.get("/api/me", headers=headers).json()
        assert (told["username"], told["role"], told["scopes"], told["csrf"]) == (
            OWNER.username, "staff", ["read"], None,
        )  # fmt: skip
        assert api.get(f"/api/collections/{LAYER}", headers=headers).status_code == 200
        [used] = [
            each for each in person.get("/api/tokens").json()["tokens"] if each["id"] == made["id"]
        ]
        assert used["last_used_at"]
        assert person.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 204
        assert person.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 404
        assert api.get(f"/api/collections/{LAYER}", headers=headers).status_code == 401


def test_a_token_ends_on_its_day(api: Api, database: TestDatabase) -> None:
    with logged_in(api, STAFF_A) as person:
        made = token(person, "read")
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "UPDATE api_token SET expires_at = now() - interval '1 s' WHERE id = %s", [made["id"]]
        )
    assert api.get("/api/me", headers=bearing(made["token"])).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer ", "Bearer x", "Bearer gp_" + "A" * 43, "bearer " + "x" * 100_000, "Basic Ym9zczp4",
        "Token x", "x", "", "Bearer gp_\u00e9", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJib3NzIn0.",
    ],
)  # fmt: skip
def test_a_token_that_is_none_is_refused_wherever_an_account_counts(api: Api, header: str) -> None:
    for path in (
        "/api/me",
        "/api/collections",
        f"/api/collections/{LAYER}",
        f"/tiles/{LAYER}/{TILE}.mvt",
    ):
        answer = api.get(path, headers={"authorization": header.encode()})  # type: ignore[dict-item]
        assert answer.status_code == 401, path
        assert answer.json()["code"] == "invalid_token"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_does_what_its_scopes_say(api: Api, admin: Person) -> None:
    reading, reviewing, ruling = (
        token(admin, scope)["token"] for scope in ("read", "review", "admin")
    )
    body = {"username": "by-token", "role": "planner"}
    for secret, listed, added in ((reading, 403, 403), (reviewing, 403, 403), (ruling, 200, 201)):
        assert api.get("/api/accounts", headers=bearing(secret)).status_code == listed
        answer = api.get("/api/accounts", "POST", json=body, headers=bearing(secret))
        assert answer.status_code == added
        assert api.get(f"/api/collections/{CITY_LAYER}", headers=bearing(secret)).status_code == 200


def test_a_token_makes_no_tokens_and_changes_no_password(api: Api, admin: Person) -> None:
    headers = bearing(token(admin, "admin")["token"])
    for method, path, body in (
        ("POST", "/api/tokens", {"name": "x", "scopes": ["admin"]}),
        ("POST", "/api/password", {"old": PASSWORD, "new": "another good secret"}),
        ("DELETE", f"/api/tokens/{uuid4()}", None),
        ("DELETE", f"/api/sessions/{uuid4()}", None),
    ):
        answer = api.get(path, method, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "session_needed")


def test_a_token_has_no_scope_that_its_maker_lacks(api: Api) -> None:
    for who, scope, status in (
        (STAFF_A, "upload", 201), (STAFF_A, "review", 403), (PLANNER, "review", 201), (PLANNER, "admin", 403),
    ):  # fmt: skip
        with logged_in(api, who) as person:
            answer = person.ask(
                "POST", "/api/tokens", json={"name": "x", "scopes": ["read", scope]}
            )
            assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["read"]}, {"name": "x" * 101, "scopes": ["read"]}, {"name": "a\u0000b", "scopes": ["read"]},
        {"name": "x", "scopes": []}, {"name": "x", "scopes": ["everything"]}, {"name": "x"},
        {"name": "x", "scopes": ["read"], "days": 0}, {"name": "x", "scopes": ["read"], "days": 367},
        {"name": "x", "scopes": ["read"], "days": 1.5}, {"name": "x", "scopes": ["read"], "account": "boss"},
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_is_told(admin: Person, body: dict[str, Any]) -> None:
    answer = admin.ask("POST", "/api/tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
