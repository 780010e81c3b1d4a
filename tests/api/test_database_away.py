"""The database goes and comes back while the service runs."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.imports.sample import load_boundaries
from geoplan.resources import resource
from geoplan.store import catalogue
from geoplan.store.cluster import Cluster, RunningCluster, programs
from geoplan.store.home import Home
from geoplan.store.migrate import migrate
from tests.api import made
from tests.api.asking import Api, running, wait_until
from tests.api.conftest import application
from tests.conftest import TestDatabase

ASKING = [
    "/api/collections/greenway/items?limit=3",
    "/api/collections/greenway/items?name=x",
    "/api/grid/greenway?res=7&status=open",
    "/api/identify?lon=104.06&lat=30.66",
    "/api/progress?as_of=2023-08-01",
    "/tiles/greenway/13/6463/3363.mvt",
    "/readyz",
]


class Server:
    """A cluster of the test's own that is killed and started again at the same place."""

    def __init__(self, cluster: Cluster, started: RunningCluster) -> None:
        self.database = TestDatabase(started, "geoplan")
        self._cluster = cluster

    def kill(self) -> None:
        """SIGKILL to the postmaster; its children notice and end."""
        pid = self._cluster.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not Path(f"/proc/{pid}").exists())

    def start(self) -> None:
        user = {"user": pwd.getpwnam("postgres").pw_uid} if os.geteuid() == 0 else {}
        command = [programs() / "pg_ctl", "-D", self._cluster.folder / "pg", "-w", "start"]
        wait_until(
            lambda: (
                subprocess.run(
                    command,
                    cwd="/",
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                    **user,
                ).returncode
                == 0
            ),
            seconds=60,
        )


@pytest.fixture(scope="module")
def server(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("away")
    private = Cluster(Home(folder / "home"))
    started = private.start()
    try:
        with psycopg.connect(started.url("administrator"), autocommit=True) as connection:
            migrate(connection, resource("migrations"), started.password)
        with psycopg.connect(started.url("geoplan_owner"), autocommit=True) as connection:
            catalogue.sync(connection, city)
        with psycopg.connect(started.url("geoplan_app"), autocommit=True) as connection:
            load_boundaries(connection, city, lambda _: None)
            made.put(connection, city, folder, "greenway", made.greenways())
        yield Server(private, started)
    finally:
        private.remove()


def statuses(api: Api) -> dict[str, int]:
    return {path: answer.status_code for path, answer in api.together(ASKING).items()}


def test_while_it_is_away_there_is_a_503_and_afterwards_all_is_well(
    server: Server, city: City
) -> None:
    with running(application(server.database, city)) as api:
        kept = api.get("/tiles/greenway/10/807/420.mvt")
        assert kept.status_code == 200
        server.kill()
        for path, answer in api.together(ASKING).items():
            assert answer.status_code == 503, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["code"] == "database_unavailable"
            assert "psycopg" not in answer.text
        assert api.get("/healthz").status_code == 200
        assert api.get("/tiles/greenway/10/807/420.mvt").content == kept.content
        server.start()
        wait_until(lambda: set(statuses(api).values()) == {200}, seconds=60)
        known = api.json("/api/collections/greenway")["data_version"]
        with server.database.connect("geoplan_owner") as connection:
            connection.execute("SELECT raise_layer_version('greenway')")
        wait_until(lambda: api.json("/api/collections/greenway")["data_version"] == known + 1)


def test_a_service_that_starts_before_its_database_comes_up_by_itself(
    server: Server, city: City
) -> None:
    server.kill()
    with running(application(server.database, city)) as api:
        for path, answer in api.together([*ASKING, "/api/collections", "/"]).items():
            assert answer.status_code == 503, path
            assert answer.headers["content-type"] == "application/problem+json"
        assert api.get("/healthz").status_code == 200
        server.start()
        wait_until(lambda: set(statuses(api).values()) == {200}, seconds=60)


def test_a_lock_on_the_table_costs_a_503_and_then_all_is_well(server: Server, city: City) -> None:
    with running(application(server.database, city)) as api:
        assert set(statuses(api).values()) == {200}
        with server.database.connect("geoplan_owner") as connection, connection.transaction():
            connection.execute("LOCK TABLE feature IN ACCESS EXCLUSIVE MODE")
            answer = api.get("/api/collections/greenway/items?limit=2")
            assert answer.status_code == 503
            assert answer.json()["code"] == "too_slow"
            assert "retry-after" in answer.headers
            assert api.get("/healthz").status_code == 200
            assert api.get("/readyz").status_code == 200
        assert api.get("/api/collections/greenway/items?limit=2").status_code == 200


def test_a_listener_that_is_cut_off_hears_of_changes_again(server: Server, city: City) -> None:
    with running(application(server.database, city)) as api:
        known = api.json("/api/collections/greenway")["data_version"]
        with server.database.connect("administrator") as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'geoplan versions'"
            ).fetchone()
        assert ended == (1,)
        with server.database.connect("geoplan_owner") as connection:
            connection.execute("SELECT raise_layer_version('greenway')")
        wait_until(lambda: api.json("/api/collections/greenway")["data_version"] == known + 1)
