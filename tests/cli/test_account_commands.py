"""`geoplan account` as an administrator at a shell uses it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from geoplan.access.passwords import password_matches
from geoplan.store.cluster import Cluster
from geoplan.store.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with its private database, which the commands start and stop."""
    place = tmp_path_factory.mktemp("home")
    cluster = Cluster(Home(place))
    cluster.start()
    try:
        yield place
    finally:
        cluster.remove()


def run(home: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "geoplan", "account", *words],
        env=os.environ | {"LANG": "C.UTF-8", "GEOPLAN_HOME": str(home)},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(home: Path) -> dict[str, list[str]]:
    done = run(home, "list")
    assert done.returncode == 0, done.stderr
    rows = [line.split(None, 3) for line in done.stdout.splitlines() if not line.startswith("·")]
    return {row[0]: row[1:] for row in rows}


def matches(home: Path, username: str, password: str) -> bool:
    with psycopg.connect(Cluster(Home(home)).start().url("geoplan_owner")) as connection:
        row = connection.execute(
            "SELECT password_hash FROM account WHERE username = %s", [username]
        ).fetchone()
    if row is None:
        return False
    # A browser's test before this one leaves its event loop running in the main thread.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, password_matches(row[0], password)).result()


def test_an_account_is_added_listed_switched_off_and_given_passwords(home: Path) -> None:
    done = run(home, "add", "jinjiang", "--unit", "锦江区", "--unit", "zone_hitech")
    assert done.returncode == 0, done.stderr
    made = done.stdout.splitlines()[-1]
    assert "told only now" in done.stderr
    assert made not in done.stderr
    assert matches(home, "jinjiang", made)

    done = run(home, "add", "lin", "--role", "admin", "--stdin", given="a long enough secret\n")
    assert done.returncode == 0, done.stderr
    assert "a long enough secret" not in done.stdout + done.stderr
    assert matches(home, "lin", "a long enough secret")
    assert listed(home) == {
        "jinjiang": ["staff", "510104,zone_hitech"],
        "lin": ["admin", "-"],
        "operator": ["admin", "-"],
    }

    assert run(home, "disable", "jinjiang").returncode == 0
    assert listed(home)["jinjiang"][-1] == "off"
    assert run(home, "enable", "Jinjiang").returncode == 0
    assert run(home, "unlock", "jinjiang").returncode == 0
    assert listed(home)["jinjiang"] == ["staff", "510104,zone_hitech"]

    done = run(home, "password", "jinjiang")
    renewed = done.stdout.splitlines()[-1]
    assert renewed != made
    assert matches(home, "jinjiang", renewed)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "nobody", "--unit", "Atlantis"), "unit_unknown"),
        (("password", "nobody"), "unknown_account"),
        (("disable", "operator"), "operator_account"),
        (("add", "nobody", "--role", "planner", "--stdin"), "password_length"),
    ],
)
def test_what_cannot_be_is_told_in_words(home: Path, words: tuple[str, ...], code: str) -> None:
    done = run(home, *words)
    assert done.returncode == 1
    assert code in done.stderr
    assert "→" in done.stderr
    assert "Traceback" not in done.stderr
