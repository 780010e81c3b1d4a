"""The worker killed at any moment: nothing is lost, and the next one takes it up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.planning.circle_masks import stale_circles
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute, stale_services
from geoplan.store.cluster import RunningCluster
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.reach import held_reach
from tests.conftest import TestDatabase
from tests.planning.streets import Made, at, cells_around, put, settle, write_grid

SCHOOL = "primary_school"


@pytest.fixture
def town(database: TestDatabase, city: City, tmp_path: Path) -> Iterator[psycopg.Connection]:
    with database.connect() as connection:
        settle(connection, city, tmp_path, write_grid(tmp_path / "grid.osm"), cells_around(5))
        put(connection, city, tmp_path, "school", [school("one", 100)])
        yield connection


def school(key: str, east_m: float) -> Made:
    return Made(key, shapely.Point(at(east_m, 0)), "open", (("stage", "primary"),))


def start_worker(database: TestDatabase, home: Path) -> subprocess.Popen[bytes]:
    assert isinstance(database.server, RunningCluster)
    environment = os.environ | {
        "GEOPLAN_HOME": str(home),
        "GEOPLAN_DATABASE_URL": database.url("administrator"),
        "GEOPLAN_SECRET": database.server.home.secret().decode(),
    }
    with (home / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "geoplan", "worker"], env=environment, stdout=log, stderr=log
        )


def wait(what: Callable[[], bool], home: Path, seconds: float = 180) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, (home / "worker.log").read_text(encoding="utf-8")
        time.sleep(0.05)


def test_a_killed_worker_leaves_whole_services_and_the_next_does_the_rest(
    town: psycopg.Connection, database: TestDatabase, city: City, tmp_path: Path
) -> None:
    worker = start_worker(database, tmp_path)
    wait(lambda: len(stale_services(town)) < len(city.services), tmp_path)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    left = stale_services(town)
    assert left, "killed too late to tell"
    again = start_worker(database, tmp_path)
    try:
        wait(lambda: not stale_services(town) and not stale_circles(town), tmp_path)
        grounds = Grounds(tmp_path / "networks")
        for service in (SCHOOL, left[0]):
            assert not compute(town, city, service, grounds, full=True)
        put(town, city, tmp_path, "school", [school("one", 100), school("two", -200)])
        wait(lambda: not stale_services(town), tmp_path)
        with town.transaction():
            act_as(town, OPERATOR, "look")
            assert 2 in held_reach(town, SCHOOL).now_count
    finally:
        again.terminate()
        again.wait(30)


def test_jobs_of_a_dead_worker_are_removed_and_do_not_hold_up_others(
    town: psycopg.Connection, database: TestDatabase, city: City, tmp_path: Path
) -> None:
    with database.connect() as connection:
        connection.execute("SET search_path = procrastinate")
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status) "
            "SELECT 'default', 'compute_reach', NULL, 'compute_reach ' || %(service)s, "
            "jsonb_build_object('subject', %(service)s::text), 'todo'",
            {"service": SCHOOL},
        )
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE args ->> 'subject' = %s",
            (SCHOOL,),
        )
    worker = start_worker(database, tmp_path)
    try:
        wait(lambda: not stale_services(town), tmp_path)
        count = "SELECT count(*) FROM procrastinate.procrastinate_jobs"
        wait(lambda: town.execute(count).fetchone() == (0,), tmp_path)
    finally:
        worker.terminate()
        worker.wait(30)
