"""Accounts of a demonstration, with passwords at random that one file tells."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from geoplan.access.accounts import Change, add, change
from geoplan.access.passwords import new_password
from geoplan.catalogue import City
from geoplan.store.accounts import AccountRole, accounts, act_as
from geoplan.store.features import OPERATOR

FILE = "accounts.json"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What one needs to log in. `units` are codes, of staff only."""

    username: str
    password: str
    role: AccountRole
    units: list[str]


def put_demo_accounts(conninfo: str, city: City, folder: Path) -> list[DemoAccount]:
    """An administrator, a planner, and staff of each unit; those there are stay as they are.

    conninfo  as the application's role.
    folder    of the installation: `accounts.json` is written there, its owner's alone (mode 600).
              An account whose password it does not tell, because the file is gone, gets a new one.
    """
    place = folder / FILE
    known = _passwords(place)
    wanted = list(_wanted(city, known))
    made = asyncio.run(_put(conninfo, city, wanted, known))
    _write(place, made)
    return made


def shown_name(username: str) -> str:
    """What a demo account is called where it has done something; an account of another name is
    somebody's own, whatever its username."""
    return f"{username}@demo"


def demo_examples(made: list[DemoAccount]) -> list[DemoAccount]:
    """One of each kind: an administrator, a planner, staff of a district and of a zone."""
    offices = [each for each in made if each.role != "staff"]
    staff = [each for each in made if each.role == "staff"]
    return [*offices, *staff[:1], *staff[-1:]]


def _wanted(city: City, known: Mapping[str, str]) -> Iterator[DemoAccount]:
    roles: tuple[AccountRole, ...] = ("admin", "planner")
    for role in roles:
        yield DemoAccount(role, known.get(role) or new_password(), role, [])
    for unit in city.units:
        name = re.sub("[^a-z0-9]+", "-", unit.name.en.lower()).strip("-")
        yield DemoAccount(name, known.get(name) or new_password(), "staff", [unit.code])


async def _put(
    conninfo: str, city: City, wanted: list[DemoAccount], known: Mapping[str, str]
) -> list[DemoAccount]:
    """Those of the file, and those made now; a name that is somebody else's is left alone."""
    made = []
    connection = await psycopg.AsyncConnection.connect(conninfo)
    async with connection:
        await act_as(connection, OPERATOR, "demo")
        held = {account.username: account for account in await accounts(connection)}
        for each in wanted:
            there = held.get(each.username)
            if there is None:
                await add(
                    connection, city, each.username, each.role,
                    units=each.units, password=each.password,
                    display_name=shown_name(each.username),
                )  # fmt: skip
            elif each.username not in known:
                if there.display_name != shown_name(each.username):
                    continue
                renewed = Change(password=each.password)
                await change(connection, city, there, renewed, by=OPERATOR)
            made.append(each)
    return made


def _passwords(place: Path) -> dict[str, str]:
    try:
        listed = json.loads(place.read_text(encoding="utf-8"))
        return {str(each["username"]): str(each["password"]) for each in listed}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _write(place: Path, made: list[DemoAccount]) -> None:
    """Whole or not at all, and never readable by others."""
    partial = place.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump([asdict(each) for each in made], stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(place)
