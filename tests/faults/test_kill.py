"""Killed in the middle: nothing half-written, and the next start comes up by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest

from geoplan.errors import GeoplanError
from geoplan.store.cluster import Cluster, Database
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.home import Home
from tests.conftest import Service

ROWS = 30_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation with boundaries and no features; every test leaves it usable."""
    path = tmp_path_factory.mktemp("faults") / "home"
    service = Service(path)
    service.wait()
    service.stop()
    yield path
    Cluster(Home(path)).remove()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough charging stations that an import lasts some seconds."""
    random = np.random.default_rng(5)
    lon, lat = random.uniform(103.9, 104.2, ROWS), random.uniform(30.55, 30.75, ROWS)
    path = tmp_path_factory.mktemp("files") / "stations.csv"
    lines = ["项目编号,项目名称,状态,竣工时间,充电桩数量,经度,纬度"]
    lines += [
        f"C-{n},示意充电站{n},投用,2023-09-01,4,{x:.6f},{y:.6f}"
        for n, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def start_import(home: Path, ledger: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "geoplan", "import", "features", str(ledger), "--layer", "charger", "--crs", "EPSG:4326"],
        env=os.environ | {"GEOPLAN_HOME": str(home), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip


def look(database: Database) -> dict[str, int]:
    """Rows of the tables that an import writes."""
    with psycopg.connect(database.url("geoplan_app")) as connection:
        act_as(connection, OPERATOR, "look")
        return {
            table: count
            for table in ("feature", "feature_cell", "grid", "feature_version")
            for (count,) in connection.execute(f"SELECT count(*) FROM {table}")
        }


def wait_until_writing(database: Database) -> None:
    """Return once a transaction has written rows that are not yet to be seen."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'geoplan_app' AND backend_xid IS NOT NULL AND query ~ 'incoming|grid'"
    ends = time.monotonic() + 120
    with psycopg.connect(database.url("administrator"), autocommit=True) as connection:
        while time.monotonic() < ends:
            if connection.execute(query).fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("the import never began to write")


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool], seconds: float = 60) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_an_import_killed_in_the_middle_leaves_nothing_and_runs_again(
    home: Path, ledger: Path
) -> None:
    cluster = Cluster(Home(home))
    database = cluster.start()
    before = look(database)
    process = start_import(home, ledger)
    wait_until_writing(database)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert until(lambda: look(database) == before)
    again = start_import(home, ledger)
    words = again.communicate(timeout=300)[0].decode()
    assert again.returncode == 0, words
    assert f"{ROWS:,} new" in words
    assert look(database)["feature"] == before["feature"] + ROWS
    with psycopg.connect(database.url("geoplan_app")) as connection:
        act_as(connection, OPERATOR, "tidy")
        for table in ("feature_cell", "grid", "feature"):
            connection.execute(f"DELETE FROM {table}")
    cluster.stop()


def test_a_database_killed_in_the_middle_of_an_import_heals_at_the_next_start(
    home: Path, ledger: Path
) -> None:
    cluster = Cluster(Home(home))
    database = cluster.start()
    before = look(database)
    process = start_import(home, ledger)
    wait_until_writing(database)
    postmaster = cluster.pid()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    words = process.communicate(timeout=120)[0].decode()
    assert process.returncode == 1
    assert "database" in words
    assert "Traceback" not in words
    service = Service(home)
    try:
        service.wait()
        assert look(Cluster(Home(home)).start()) == before
    finally:
        assert service.stop() in {0, 130}


def test_a_killed_service_starts_again_by_itself(home: Path) -> None:
    service = Service(home)
    service.wait()
    service.process.kill()
    service.process.wait()
    again = Service(home)
    try:
        again.wait()
    finally:
        assert again.stop() in {0, 130}


def test_stopping_leaves_no_process_behind(home: Path) -> None:
    service = Service(home)
    service.wait()
    cluster = Cluster(Home(home))
    postmaster = cluster.pid()
    assert postmaster is not None
    assert service.stop() in {0, 130}
    assert not cluster.running()
    assert not alive(postmaster)
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


def test_a_second_service_on_the_same_home_is_told_the_address(home: Path) -> None:
    service = Service(home)
    try:
        url = service.wait()
        second = subprocess.run(
            [sys.executable, "-m", "geoplan", "up"],
            env=os.environ | {"GEOPLAN_HOME": str(home), "PORT": "0", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert url in second.stderr
    finally:
        service.stop()


def test_a_taken_port_is_told_with_another_to_use(home: Path) -> None:
    service = Service(home)
    try:
        port = service.wait().rsplit(":", 1)[1]
        second = subprocess.run(
            [sys.executable, "-m", "geoplan", "up"],
            env=os.environ | {"GEOPLAN_HOME": str(home), "PORT": port, "LANG": "zh_CN.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "port_taken" in second.stderr
        assert f"PORT={int(port) + 1}" in second.stderr
        assert "请换一个端口" in second.stderr
    finally:
        service.stop()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    cluster = Cluster(home)
    folder = cluster.folder
    (folder / "pg.partial").mkdir()
    (folder / "pg.partial" / "PG_VERSION").write_text("15\n")
    (folder / "pg").mkdir()
    try:
        database = cluster.start()
        with psycopg.connect(database.url("administrator")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not (folder / "pg.partial").exists()
    finally:
        cluster.remove()


def test_the_pid_file_of_a_dead_server_does_not_stop_the_next_start(tmp_path: Path) -> None:
    cluster = Cluster(Home(tmp_path / "home"))
    try:
        cluster.start()
        cluster.stop()
        # The number of the dead server belongs to another living program by now.
        lines = [
            str(os.getpid()),
            str(cluster.folder / "pg"),
            "0",
            "1",
            "/tmp",
            "127.0.0.1",
            "",
            "ready",
        ]
        (cluster.folder / "pg" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        cluster.start()
        assert cluster.running()
    finally:
        cluster.remove()


def test_data_of_another_major_version_are_refused_with_words(tmp_path: Path) -> None:
    cluster = Cluster(Home(tmp_path / "home"))
    try:
        cluster.start()
        cluster.stop()
        (cluster.folder / "pg" / "PG_VERSION").write_text("14\n")
        with pytest.raises(GeoplanError) as caught:
            cluster.start()
        assert caught.value.code == "cluster_of_other_version"
    finally:
        cluster.remove()


def test_the_secret_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    made = home.secret()
    assert Home(tmp_path / "home").secret() == made
    assert (tmp_path / "home" / "secret").stat().st_mode & 0o777 == 0o600
