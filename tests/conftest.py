"""A throw-away cluster for the run, a prepared template database, and a database a module."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import shapely
from psycopg import sql
from psycopg.conninfo import make_conninfo

from geoplan.catalogue import City, load_city
from geoplan.imports.sample import listing_of, load_boundaries
from geoplan.ingest import default_boundaries, read_units
from geoplan.resources import resource
from geoplan.sample import SampleFile, make_sample
from geoplan.store import catalogue
from geoplan.store.cluster import Cluster, Database
from geoplan.store.home import Home
from geoplan.store.migrate import migrate

SEED = 20230703
WHOLE = {"browser", "faults", "test_database_away.py", "test_same_city.py"}
# Minutes each: begun first, so that the other process does not wait for them at the end.
LONGEST = ("tests/uploads/test_kill.py", "tests/planning/test_reach.py")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole service share it: one after the other, beside the others."""
    for item in items:
        parts = item.path.relative_to(Path(__file__).parent).parts
        if not WHOLE.isdisjoint(parts):
            item.add_marker(pytest.mark.whole)
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """One database of the run's cluster; `url` gives the connection string of a role."""

    __test__ = False

    server: Database
    name: str

    def url(self, role: str) -> str:
        return make_conninfo(self.server.url(role), dbname=self.name)

    def connect(self, role: str = "geoplan_app") -> psycopg.Connection:
        return psycopg.connect(self.url(role), autocommit=True)

    def migrate(self, folder: Path | None = None) -> list[str]:
        with self.connect("administrator") as connection:
            return migrate(connection, folder or resource("migrations"), self.server.password)


@pytest.fixture(scope="session")
def city() -> City:
    return load_city(resource("layers") / "chengdu")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="geoplan-test-") as folder:
        private = Cluster(Home(Path(folder) / "home"))
        running = private.start()
        _forget_durability(running)
        try:
            yield running
        finally:
            private.remove()


def _forget_durability(server: Database) -> None:
    """Nothing of this cluster outlives the run: waiting for the disk would be most of its time."""
    with psycopg.connect(server.url("administrator"), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")


def _create(server: Database, name: str, template: str | None = None) -> TestDatabase:
    with psycopg.connect(server.url("administrator"), autocommit=True) as connection:
        suffix = f" TEMPLATE {template}" if template else ""
        connection.execute(f"CREATE DATABASE {name}{suffix}")
    return TestDatabase(server, name)


@pytest.fixture(scope="session")
def template(cluster: Database, city: City) -> TestDatabase:
    """Migrated, with the catalogue and the district boundaries, without features."""
    made = _create(cluster, "geoplan_template")
    made.migrate()
    with made.connect("geoplan_owner") as connection:
        catalogue.sync(connection, city)
    with made.connect() as connection:
        load_boundaries(connection, city, lambda _: None)
    return made


@pytest.fixture(scope="module")
def database(template: TestDatabase) -> TestDatabase:
    """A database of the module's own, made from the template."""
    return _create(template.server, f"test_{uuid4().hex[:12]}", template.name)


@pytest.fixture
def empty_database(cluster: Database) -> TestDatabase:
    """A database without anything, not even the schema."""
    return _create(cluster, f"empty_{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real data (../shared/data) is not here")
    return SHARED_DATA


@dataclass(frozen=True, slots=True)
class Sample:
    """The made files by source, and the boundaries they were made on (EPSG:4326)."""

    folder: Path
    files: list[SampleFile]
    boundaries: dict[str, shapely.Geometry]

    def file_of(self, layer: str) -> SampleFile:
        [found] = [file for file in self.files if file.layer == layer]
        return found


@pytest.fixture(scope="session")
def sample(city: City, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample city's files, made once a run: the first process makes them for all.

    `make test` names a folder for its two jobs; one of pytest's own serves a run by hand.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    base = Path(os.environ.get("GEOPLAN_TEST_RUN", base))
    folder, listed = base / "sample-city", base / "sample-city.made"
    boundaries = read_units(default_boundaries(), city)
    with (base / "sample-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not listed.exists():
            files = make_sample(folder, city, boundaries, seed=SEED, progress=lambda _: None)
            (folder / "files.json").write_text(listing_of(files), encoding="utf-8")
            listed.write_bytes(pickle.dumps(files))
    return Sample(folder, pickle.loads(listed.read_bytes()), boundaries)


class Service:
    """`geoplan up` as a user starts it, in a home of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self.url = ""
        self.log = home.parent / f"{home.name}.log"
        environment = os.environ | {"GEOPLAN_HOME": str(home), "PORT": "0", "LANG": "C.UTF-8"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "geoplan", "up", *arguments],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self, seconds: float = 400) -> str:
        """The address, once the service answers."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            text = self.log.read_text(encoding="utf-8")
            found = re.findall(r"geoplan is at (http://[\w.:]+)", text)
            if found and self._answers(found[-1]):
                self.url = str(found[-1])
                return self.url
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise AssertionError(f"geoplan up did not come up:\n{self.log.read_text(encoding='utf-8')}")

    def _answers(self, url: str) -> bool:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> int:
        """Stop as Ctrl-C does; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def until_computed(url: str, seconds: float = 900) -> None:
    """Return once the worker has computed every service and circle: the page is then at rest."""

    def ask(path: str) -> Any:
        with urllib.request.urlopen(url + path, timeout=30) as answer:
            return json.load(answer)

    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        states = {service["state"] for service in ask("/api/services")["services"]}
        if states == {"fresh"}:
            with contextlib.suppress(urllib.error.HTTPError):  # 503 as long as there is none
                circle = ask("/api/circles")["circle"]
                if ask(f"/api/reach/cells?circle={circle}&res=6")["cells"]:
                    return
        time.sleep(1)
    raise AssertionError(f"services and circles were not computed: {states}")


@pytest.fixture(scope="session")
def served() -> Iterator[Service]:
    """A whole service that has made and loaded the sample city and computed its services."""
    folder = Path(tempfile.mkdtemp(prefix="geoplan-up-"))
    service = Service(folder / "home", "--sample")
    try:
        until_computed(service.wait())
        yield service
    finally:
        service.stop()
        Cluster(Home(service.home)).remove()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server_url(served: Service) -> str:
    """The address of that service."""
    return served.url
