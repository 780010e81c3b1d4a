"""Migrations: once each, safe at the same time, all or nothing."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from geoplan.errors import GeoplanError
from geoplan.resources import resource
from tests.conftest import TestDatabase


def applied(database: TestDatabase) -> list[int]:
    with database.connect("geoplan_owner") as connection:
        rows = connection.execute("SELECT number FROM geoplan.migration ORDER BY number")
        return [row[0] for row in rows]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource("migrations"), tmp_path / "migrations"))


def test_a_second_run_applies_nothing(empty_database: TestDatabase) -> None:
    assert len(empty_database.migrate()) == len(list(resource("migrations").glob("*.sql")))
    assert empty_database.migrate() == []


def test_four_runs_at_once_apply_each_migration_once(empty_database: TestDatabase) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(empty_database.migrate) for _ in range(4)]
        done = [name for run in runs for name in run.result()]
    assert sorted(done) == sorted(path.name for path in resource("migrations").glob("*.sql"))


def test_a_failing_migration_leaves_the_state_before_it(
    empty_database: TestDatabase, folder: Path
) -> None:
    number = len(list(folder.glob("*.sql"))) + 1
    broken = folder / f"{number:04d}_broken.sql"
    broken.write_text("CREATE TABLE half (id integer); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        empty_database.migrate(folder)
    assert applied(empty_database) == list(range(1, number))
    with empty_database.connect("geoplan_owner") as connection:
        assert connection.execute("SELECT to_regclass('geoplan.half')").fetchone() == (None,)
    broken.write_text("CREATE TABLE half (id integer);")
    assert empty_database.migrate(folder) == [broken.name]


def test_a_changed_file_is_refused_with_its_name(
    empty_database: TestDatabase, folder: Path
) -> None:
    empty_database.migrate(folder)
    changed = sorted(folder.glob("*.sql"))[1]
    changed.write_text(changed.read_text() + "\n-- a later thought\n")
    with pytest.raises(GeoplanError) as caught:
        empty_database.migrate(folder)
    assert caught.value.code == "migration_changed"
    assert changed.name in caught.value.detail.en


def test_a_newer_database_is_refused(empty_database: TestDatabase, folder: Path) -> None:
    empty_database.migrate(folder)
    sorted(folder.glob("*.sql"))[-1].unlink()
    with pytest.raises(GeoplanError) as caught:
        empty_database.migrate(folder)
    assert caught.value.code == "database_newer"


def test_a_gap_in_the_numbers_is_refused(empty_database: TestDatabase, folder: Path) -> None:
    sorted(folder.glob("*.sql"))[1].unlink()
    with pytest.raises(GeoplanError) as caught:
        empty_database.migrate(folder)
    assert caught.value.code == "migrations_incomplete"
