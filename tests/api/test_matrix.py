"""Who may ask what: every operation of the OpenAPI document by everybody who may ask.

The operations are taken from the document; what is expected of each is written here. An operation
without a line fails the test, so that none is added unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from geoplan.access.roles import Role, reaches
from geoplan.catalogue import City
from tests.api.asking import Api
from tests.api.people import (
    ADMIN,
    PLANNER,
    STAFF_A,
    STAFF_B,
    Person,
    Who,
    browser,
    logged_in,
    put_people,
)
from tests.conftest import TestDatabase

NOBODY = "00000000-0000-0000-0000-000000000001"
FILLED = {
    "collection": "park", "layer": "park", "source": "park", "fid": NOBODY, "eid": NOBODY, "id": NOBODY,
    "session": NOBODY, "token": NOBODY, "account": NOBODY, "row": "1", "version": "1", "name": "none",
    "path": "none", "z": "10", "x": "807", "y": "420",
}  # fmt: skip
LAYER_FILLED = {**FILLED, "id": "park"}
QUERIES = {
    "/api/identify": "?lon=104&lat=30.6",
    "/api/search": "?q=a",
    "/api/reach": "?lon=104&lat=30.6",
}

Needs = Literal["public", "staff", "planner", "admin"]
Caller = Literal["public", "staff A", "staff B", "planner", "admin"]
ROLE_OF: dict[Caller, Role] = {
    "public": "public", "staff A": "staff", "staff B": "staff", "planner": "planner", "admin": "admin",
}  # fmt: skip
WHO: dict[Caller, Who] = {
    "staff A": STAFF_A, "staff B": STAFF_B, "planner": PLANNER, "admin": ADMIN,
}  # fmt: skip

# What each operation needs. Where it says public, an account may be told more.
LINES: dict[str, Needs] = {
    "GET /": "public",
    "GET /plan": "public",
    "GET /staff": "public",  # the page; what it shows it asks for itself
    "GET /map/{name}.js": "public",
    "GET /static/{path}": "public",
    "GET /healthz": "public",
    "GET /readyz": "public",
    "GET /api": "public",
    "GET /api/conformance": "public",
    "GET /api/openapi": "public",
    "GET /api/collections": "public",
    "GET /api/collections/{collection}": "public",
    "GET /api/collections/{collection}/queryables": "public",
    "GET /api/collections/{collection}/schema": "public",
    "GET /api/collections/{collection}/items": "public",
    "GET /api/collections/{collection}/items/{fid}": "public",
    "GET /api/grid/{layer}": "public",
    "GET /api/identify": "public",
    "GET /api/search": "public",
    "GET /api/progress": "public",
    "GET /api/reach": "public",
    "POST /api/reach": "public",
    "GET /api/reach/cells": "public",
    "GET /api/services": "public",
    "GET /api/coverage": "public",
    "GET /api/circles": "public",
    "GET /api/gaps": "public",
    "GET /api/equity": "public",
    "GET /api/spread": "public",
    "GET /api/export": "public",
    "GET /tiles/{source}.json": "public",
    "GET /tiles/{source}/{z}/{x}/{y}.mvt": "public",
    "POST /api/login": "public",
    "GET /api/me": "public",
    "GET /api/sign-on": "public",
    "GET /api/sign-on/callback": "public",
    "POST /api/logout": "staff",
    "POST /api/password": "staff",
    "GET /api/sessions": "staff",
    "DELETE /api/sessions/{session}": "staff",
    "GET /api/tokens": "staff",
    "POST /api/tokens": "staff",
    "DELETE /api/tokens/{token}": "staff",
    "GET /api/accounts": "admin",
    "POST /api/accounts": "admin",
    "PATCH /api/accounts/{account}": "admin",
    "GET /api/audit": "admin",
    "POST /api/collections/{collection}/items": "staff",
    "OPTIONS /api/collections/{collection}/items": "public",
    "PUT /api/collections/{collection}/items/{fid}": "staff",
    "PATCH /api/collections/{collection}/items/{fid}": "staff",
    "DELETE /api/collections/{collection}/items/{fid}": "staff",
    "OPTIONS /api/collections/{collection}/items/{fid}": "public",
    "GET /api/collections/{collection}/items/{fid}/evidence": "staff",
    "POST /api/collections/{collection}/items/{fid}/evidence": "staff",
    "GET /api/collections/{collection}/items/{fid}/evidence/{eid}": "staff",
    "DELETE /api/collections/{collection}/items/{fid}/evidence/{eid}": "staff",
    "GET /api/collections/{collection}/items/{fid}/versions": "staff",
    "POST /api/collections/{collection}/items/{fid}/versions/{version}/restore": "staff",
    "POST /api/feedback": "public",
    "GET /api/feedback": "staff",
    "PATCH /api/feedback/{id}": "staff",
    "GET /api/uploads": "staff",
    "POST /api/uploads": "staff",
    "GET /api/uploads/{id}": "staff",
    "PATCH /api/uploads/{id}": "staff",
    "GET /api/uploads/{id}/rows": "staff",
    "PATCH /api/uploads/{id}/rows/{row}": "staff",
    "GET /api/uploads/{id}/events": "staff",
    "GET /api/uploads/{id}/report.xlsx": "staff",
    "GET /api/uploads/{id}/report.json": "staff",
    "GET /api/uploads/{id}/preview": "staff",
    "POST /api/uploads/{id}/accept": "staff",
    "POST /api/uploads/{id}/submit": "staff",
    "POST /api/uploads/{id}/return": "planner",
    "POST /api/uploads/{id}/approve": "planner",
    "POST /api/uploads/{id}/publish": "planner",
    "POST /api/uploads/{id}/rollback": "planner",
    "GET /api/layers/{id}/template.xlsx": "staff",
    "GET /api/layers/{id}/template.csv": "staff",
    "GET /api/layers/{id}/template.gpkg": "staff",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation, with an address that anybody could guess and nothing else."""

    method: str
    path: str
    address: str
    security: Any

    @property
    def knows_accounts(self) -> bool:
        return self.security is not None


@pytest.fixture(scope="module")
def operations(api: Api) -> dict[str, Asked]:
    found = {}
    for written, methods in api.json("/openapi.json")["paths"].items():
        path = written.replace(":path", "")
        filled = LAYER_FILLED if path.startswith("/api/layers/") else FILLED
        address = path.format(**filled) + QUERIES.get(path, "")
        for method, operation in methods.items():
            name = method.upper()
            found[f"{name} {path}"] = Asked(name, path, address, operation.get("security"))
    return found


@pytest.fixture(scope="module")
def callers(api: Api, database: TestDatabase, city: City) -> Iterator[dict[Caller, Person]]:
    put_people(database, city)
    with ExitStack() as stack:
        found: dict[Caller, Person] = {"public": stack.enter_context(browser(api))}
        for caller, who in WHO.items():
            found[caller] = stack.enter_context(logged_in(api, who))
        yield found


@pytest.fixture(scope="module")
def tokens(callers: dict[Caller, Person], database: TestDatabase) -> dict[str, str]:
    """Tokens of a planner and of an administrator: one that reads, one that is over, one revoked."""
    made = {}
    for name, caller in (("reading", "admin"), ("expired", "admin"), ("revoked", "planner")):
        answer = callers[caller].ask("POST", "/api/tokens", json={"name": name, "scopes": ["read"]})  # type: ignore[index]
        made[name] = answer.json()["token"]
    with database.connect("geoplan_owner") as connection:
        connection.execute("UPDATE api_token SET expires_at = now() WHERE name = 'expired'")
        connection.execute("UPDATE api_token SET revoked_at = now() WHERE name = 'revoked'")
    return made


def test_every_operation_has_a_line(operations: dict[str, Asked]) -> None:
    assert operations.keys() == LINES.keys()


@pytest.mark.parametrize("line", LINES)
def test_the_document_says_who_may_ask(operations: dict[str, Asked], line: str) -> None:
    security = operations[line].security
    if LINES[line] == "public":
        assert security is None or {} in security or operations[line].method == "OPTIONS"
    else:
        assert security == [{"session": []}, {"token": []}]


@pytest.mark.parametrize("caller", ROLE_OF)
@pytest.mark.parametrize("line", [line for line in LINES if line != "POST /api/logout"])
def test_an_operation_answers_those_who_may_ask_and_nobody_else(
    operations: dict[str, Asked], callers: dict[Caller, Person], line: str, caller: Caller
) -> None:
    asked, needs, role = operations[line], LINES[line], ROLE_OF[caller]
    answer = callers[caller].ask(asked.method, asked.address)
    if reaches(role, needs):
        assert answer.status_code not in {401, 403, 500}, answer.text
    elif role == "public":
        assert (answer.status_code, answer.json()["code"]) == (401, "login_needed")
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    if needs != "public" and answer.status_code < 400:
        assert "private" in answer.headers["cache-control"]
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("token", ["expired", "revoked"])
@pytest.mark.parametrize("line", LINES)
def test_a_token_that_is_over_opens_nothing(
    api: Api, operations: dict[str, Asked], tokens: dict[str, str], line: str, token: str
) -> None:
    asked = operations[line]
    headers = {"authorization": f"Bearer {tokens[token]}"}
    status = api.get(asked.address, asked.method, headers=headers).status_code
    if LINES[line] != "public":
        assert status == 401
    else:  # what everybody is told anyway, or the word that the token is not valid
        assert status == 401 or status == api.get(asked.address, asked.method).status_code


@pytest.mark.parametrize("line", LINES)
def test_a_token_that_reads_changes_nothing_and_administers_nothing(
    api: Api, operations: dict[str, Asked], tokens: dict[str, str], line: str
) -> None:
    asked = operations[line]
    headers = {"authorization": f"Bearer {tokens['reading']}"}
    answer = api.get(asked.address, asked.method, headers=headers)
    reads = asked.method in {"GET", "OPTIONS"} and LINES[line] != "admin"
    if LINES[line] == "public" or reads:
        assert answer.status_code not in {401, 403, 500}, answer.text
    elif line == "POST /api/logout":
        assert answer.status_code == 204  # it has no session: nothing happens
    else:
        assert answer.status_code == 403, answer.text


@pytest.mark.parametrize(
    "line", [line for line in LINES if not line.startswith(("GET", "OPTIONS"))]
)
def test_a_change_without_the_sessions_token_is_refused(
    callers: dict[Caller, Person], operations: dict[str, Asked], line: str
) -> None:
    asked = operations[line]
    if LINES[line] == "public":
        return  # nothing of an account is changed
    for headers, code in (
        ({}, "csrf_token_wrong"),
        ({"x-csrf-token": callers["admin"].csrf, "origin": "https://evil.test"}, "foreign_origin"),
    ):
        answer = callers["admin"].get(asked.address, method=asked.method, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
