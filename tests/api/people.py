"""People who log in: accounts of each role, and clients that hold their cookies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from geoplan.access.accounts import add
from geoplan.catalogue import City
from geoplan.store.accounts import AccountRole, act_as
from geoplan.store.features import OPERATOR
from tests.api.asking import Api
from tests.conftest import TestDatabase

PASSWORD = "a long enough secret"


@dataclass(frozen=True, slots=True)
class Who:
    """An account to be; all have the same password."""

    username: str
    role: AccountRole
    units: Sequence[str] = field(default_factory=tuple)


ADMIN = Who("boss", "admin")
PLANNER = Who("planning", "planner")
STAFF_A = Who("jinjiang", "staff", ("510104",))
STAFF_B = Who("shuangliu", "staff", ("510116",))
STAFF_ZONE = Who("hitech", "staff", ("zone_hitech",))
OWNER = Who("qingyang", "staff", ("510105",))
"""Of 青羊区, whose the one feature of each hidden layer is (`made.hidden`)."""
EVERYBODY = (ADMIN, PLANNER, STAFF_A, STAFF_B, STAFF_ZONE)


def put_people(
    database: TestDatabase, city: City, people: Sequence[Who] = EVERYBODY
) -> dict[str, str]:
    """Make the accounts; returns their ids by username."""

    async def work() -> dict[str, str]:
        async with await psycopg.AsyncConnection.connect(database.url("geoplan_app")) as connection:
            await act_as(connection, OPERATOR, "tests")
            made = {}
            for who in people:
                account = await add(
                    connection, city, who.username, who.role, units=who.units, password=PASSWORD
                )
                made[who.username] = str(account.id)
            return made

    return asyncio.run(work())


@dataclass(slots=True)
class Person:
    """A browser of their own: its cookies, and the token against cross-site requests."""

    api: Api
    csrf: str = ""

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """As the page asks: with the session's CSRF token."""
        headers = {"x-csrf-token": self.csrf, **options.pop("headers", {})}
        return self.api.get(path, method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.api.get(path, **options)

    @property
    def cookies(self) -> httpx.Cookies:
        return self.api.client.cookies

    def log_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        answer = self.ask("POST", "/api/login", json={"username": username, "password": password})
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer


@contextmanager
def browser(api: Api, base_url: str = "http://127.0.0.1") -> Iterator[Person]:
    """A browser of its own, not logged in."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(api.app), base_url=base_url, timeout=60
    )
    try:
        yield Person(Api(api.app, api.portal, client))
    finally:
        api.portal.call(client.aclose)


@contextmanager
def logged_in(api: Api, who: Who) -> Iterator[Person]:
    """A browser in which this account is logged in."""
    with browser(api) as person:
        assert person.log_in(who.username).status_code == 200
        yield person
