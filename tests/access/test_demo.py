"""The accounts of a demonstration."""

from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from geoplan.access.demo import FILE, demo_examples, put_demo_accounts
from geoplan.access.passwords import password_matches
from geoplan.catalogue import City
from tests.conftest import TestDatabase


def told(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return found


def held(database: TestDatabase, username: str) -> tuple[str, list[str], str]:
    with database.connect("geoplan_owner") as connection:
        row: tuple[str, list[str], str] | None = connection.execute(
            "SELECT role, units, password_hash FROM account WHERE username = %s", [username]
        ).fetchone()
    assert row is not None
    return row


def is_right(database: TestDatabase, each: dict[str, Any]) -> bool:
    _, _, kept = held(database, each["username"])
    return asyncio.run(password_matches(kept, each["password"]))


@pytest.fixture(scope="module")
def town(city: City) -> City:
    """With three units: each account costs a hash."""
    kept = [unit for unit in city.units if unit.code in {"510104", "510116", "zone_hitech"}]
    return replace(city, units=tuple(kept))


@pytest.fixture(scope="module")
def folder(database: TestDatabase, town: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    put_demo_accounts(database.url("geoplan_app"), town, place)
    return place


def test_the_file_is_its_owners_alone_and_tells_of_every_role_and_unit(
    database: TestDatabase, town: City, folder: Path
) -> None:
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [FILE]
    accounts = told(folder)
    assert all(set(each) == {"username", "password", "role", "units"} for each in accounts)
    assert [each["username"] for each in accounts if each["role"] == "admin"] == ["admin"]
    assert [each["username"] for each in accounts if each["role"] == "planner"] == ["planner"]
    staff = [each["units"] for each in accounts if each["role"] == "staff"]
    assert staff == [[unit.code] for unit in town.units]
    assert len({each["password"] for each in accounts}) == len(accounts)
    for each in (accounts[0], accounts[-1]):
        assert held(database, each["username"])[:2] == (each["role"], each["units"])
        assert is_right(database, each)


def test_a_second_start_changes_nothing(database: TestDatabase, town: City, folder: Path) -> None:
    before, kept = told(folder), held(database, "planner")
    made = put_demo_accounts(database.url("geoplan_app"), town, folder)
    assert told(folder) == before
    assert held(database, "planner") == kept
    kinds = [(each.role, bool(each.units)) for each in demo_examples(made)]
    assert kinds == [("admin", False), ("planner", False), ("staff", True), ("staff", True)]


@pytest.mark.parametrize("text", [None, "", "[", "{}", '[{"username": 3}]'])
def test_without_the_file_passwords_are_made_anew(
    database: TestDatabase, town: City, folder: Path, text: str | None
) -> None:
    before = told(folder)
    (folder / FILE).unlink()
    if text is not None:
        (folder / FILE).write_text(text, encoding="utf-8")
    put_demo_accounts(database.url("geoplan_app"), town, folder)
    assert {each["password"] for each in before}.isdisjoint(
        each["password"] for each in told(folder)
    )
    assert is_right(database, told(folder)[0])
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_an_account_of_somebodys_own_is_left_alone(
    database: TestDatabase, town: City, folder: Path
) -> None:
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "UPDATE account SET display_name = 'Own', password_hash = 'own' WHERE username = 'admin'"
        )
    (folder / FILE).unlink()
    put_demo_accounts(database.url("geoplan_app"), town, folder)
    assert "admin" not in {each["username"] for each in told(folder)}
    assert held(database, "admin")[2] == "own"
    with psycopg.connect(database.url("geoplan_owner")) as connection:
        connection.execute("DELETE FROM session")
