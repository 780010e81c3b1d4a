"""The private PostgreSQL cluster of one installation, and its stand-in, an existing server."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from geoplan.errors import GeoplanError
from geoplan.store.home import Home
from geoplan.store.tuning import configuration
from geoplan.text import Text

ADMINISTRATOR = "geoplan_admin"
DATABASE = "geoplan"
OLDEST_MAJOR = 15
_START_SECONDS = 300  # crash recovery after a long run may take minutes


class Database(Protocol):
    """How to reach a database as each role; "administrator" may create roles and extensions."""

    def url(self, role: str) -> str: ...

    def password(self, role: str) -> str: ...


@dataclass(frozen=True, slots=True)
class RunningCluster:
    """The private cluster while it runs, reached through its Unix socket."""

    home: Home
    socket_folder: Path
    port: int

    def url(self, role: str) -> str:
        user = ADMINISTRATOR if role == "administrator" else role
        return make_conninfo(
            host=str(self.socket_folder),
            port=self.port,
            dbname=DATABASE,
            user=user,
            password=self.password(user),
        )

    def password(self, role: str) -> str:
        return self.home.role_password(role)


@dataclass(frozen=True, slots=True)
class ExternalDatabase:
    """An existing server; the given URL is its administrator's."""

    administrator_url: str
    home: Home

    def url(self, role: str) -> str:
        if role == "administrator":
            return self.administrator_url
        return make_conninfo(self.administrator_url, user=role, password=self.password(role))

    def password(self, role: str) -> str:
        return self.home.role_password(role)


class Cluster:
    """Makes, starts, heals and stops the cluster under a home.

    When run by root the server runs as an unprivileged user. Where that user cannot reach the
    home, the data lie in /var/lib/geoplan; the user's folders are never opened up.
    """

    def __init__(self, home: Home, tell: Callable[[str], None] = lambda _: None) -> None:
        self._home = home
        self._tell = tell
        self._user = _unprivileged_user()
        self.folder = self._place()
        self._data = self.folder / "pg"
        self._socket_folder = self._short_socket_folder()

    def running(self) -> bool:
        """Whether a server of this data folder runs and answers its control program."""
        return self._data.is_dir() and self._control("status").returncode == 0

    def made(self) -> bool:
        """Whether the cluster's data are there."""
        return (self._data / "PG_VERSION").is_file()

    def start(self) -> RunningCluster:
        """Start the cluster, making it first if need be; a running one is taken as it is.

        Raises GeoplanError when no PostgreSQL with PostGIS is installed, when the data were made
        by another major version, or when the server does not start (with its last words).
        """
        if not self.running():
            if not self.made():
                self._make()
            self._check_version()
            self._drop_stale_pid_file()
            self._launch()
        running = RunningCluster(self._home, self._socket_folder, self._port())
        self._ensure_database(running)
        return running

    def stop(self) -> None:
        """Stop the server; open sessions are ended."""
        if not self.running():
            return
        if self._control("stop", "-m", "fast", "-w", "-t", "30").returncode != 0:
            self._control("stop", "-m", "immediate", "-w", "-t", "30")

    def remove(self) -> None:
        """End the server at once and delete all its data."""
        if self.running():
            self._control("stop", "-m", "immediate", "-w", "-t", "30")
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._socket_folder, ignore_errors=True)

    def pid(self) -> int | None:
        """Process number of the running server."""
        with suppress(OSError, ValueError, IndexError):
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _place(self) -> Path:
        if self._user is None or _reachable(self._home.path, self._user):
            return self._own_folder(self._home.path / "cluster")
        name = hashlib.sha256(str(self._home.path).encode()).hexdigest()[:16]
        folder = Path("/var/lib/geoplan") / name
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        (self._home.path / "cluster-lies-in").write_text(f"{folder}\n")
        return self._own_folder(folder)

    def _own_folder(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        return folder

    def _short_socket_folder(self) -> Path:
        # A Unix socket's path may have 107 bytes, the server's file name included.
        folder = self.folder / "run"
        if len(str(folder)) > 80:
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"geoplan-{name}"
        return self._own_folder(folder)

    def _run(self, *command: str | Path, **extra: object) -> subprocess.CompletedProcess[str]:
        identity: dict[str, object] = {}
        if self._user is not None:
            identity = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(word) for word in command],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **identity,
            **extra,
        )

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._run(programs() / "pg_ctl", "-D", self._data, *words)

    def _make(self) -> None:
        self._tell("making the private database cluster")
        partial = self.folder / "pg.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        password = self.folder / "password"
        password.write_text(self._home.role_password(ADMINISTRATOR))
        password.chmod(0o600)
        if self._user is not None:
            os.chown(password, self._user.pw_uid, self._user.pw_gid)
        made = self._run(
            programs() / "initdb", "-D", partial, "-U", ADMINISTRATOR, f"--pwfile={password}",
            "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
        )  # fmt: skip
        password.unlink()
        if made.returncode != 0:
            raise _failed("initdb", made.stderr or made.stdout)
        partial.rename(self._data)

    def _check_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        found = _major(programs())
        if made_by != str(found):
            raise GeoplanError(
                "cluster_of_other_version",
                Text(
                    f"数据由 PostgreSQL {made_by} 建立，本机为 {found}",
                    f"the data were made by PostgreSQL {made_by}, this machine has {found}",
                ),
                Text(
                    f"请安装 postgresql-{made_by}-postgis-3，或备份后删除 {self._data}",
                    f"install postgresql-{made_by}-postgis-3, or back up and delete {self._data}",
                ),
                status=500,
            )

    def _drop_stale_pid_file(self) -> None:
        # A killed server leaves its file; its number may by now belong to another program, which
        # PostgreSQL would take for itself and refuse to start.
        pid = self.pid()
        if pid is None:
            return
        try:
            same = str(self._data) in Path(f"/proc/{pid}/cmdline").read_bytes().decode(
                errors="replace"
            )
        except OSError:
            same = False
        if not same:
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self) -> None:
        log = self.folder / "postgresql.log"
        for attempt in range(5):
            port = _free_port()
            options = configuration(port, self._socket_folder)
            (self._data / "geoplan.conf").write_text(options)
            main = self._data / "postgresql.conf"
            if "include_if_exists = 'geoplan.conf'" not in main.read_text():
                with main.open("a") as stream:
                    stream.write("\ninclude_if_exists = 'geoplan.conf'\n")
            started = self._control("start", "-w", "-t", str(_START_SECONDS), "-l", str(log))
            if started.returncode == 0 or self.running():
                return
            words = log.read_text(errors="replace") if log.is_file() else started.stderr
            if "Address already in use" not in words[-2000:] or attempt == 4:
                raise _failed("the database server", words)

    def _port(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[3])

    def _ensure_database(self, running: RunningCluster) -> None:
        url = make_conninfo(running.url("administrator"), dbname="postgres")
        ends = time.monotonic() + _START_SECONDS
        while True:
            try:
                with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
                    query = "SELECT FROM pg_database WHERE datname = %s"
                    if not connection.execute(query, (DATABASE,)).rowcount:
                        with suppress(psycopg.errors.DuplicateDatabase):
                            connection.execute("CREATE DATABASE geoplan")
                return
            except psycopg.OperationalError:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.2)


def programs() -> Path:
    """The folder of the newest PostgreSQL (15 or later) that has PostGIS.

    Raises GeoplanError when there is none.
    """
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if found := shutil.which("pg_config"):
        folders.append(Path(found).resolve().parent)
    usable = [
        (_major(folder), folder)
        for folder in folders
        if (folder / "initdb").is_file() and _has_postgis(folder) and _major(folder) >= OLDEST_MAJOR
    ]
    if not usable:
        raise GeoplanError(
            "postgresql_missing",
            Text(
                "没有找到 PostgreSQL 15 以上及 PostGIS 3",
                "no PostgreSQL 15 or later with PostGIS 3 was found",
            ),
            Text(
                "请运行 make demo，或 apt-get install postgresql-15-postgis-3",
                "run make demo, or apt-get install postgresql-15-postgis-3",
            ),
            status=500,
        )
    return max(usable)[1]


def _major(folder: Path) -> int:
    words = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+)", words.stdout)
    return int(found[1]) if found else 0


def _has_postgis(folder: Path) -> bool:
    places = (
        Path("/usr/share/postgresql") / folder.parent.name,
        folder.parent / "share",
        folder.parent / "share/postgresql",
    )
    return any((place / "extension/postgis.control").is_file() for place in places)


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _reachable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Whether the user may pass through every folder above; the home itself is root's, mode 700."""
    tried = subprocess.run(
        ["/usr/bin/test", "-x", str(folder)],
        user=user.pw_uid, group=user.pw_gid, extra_groups=[], check=False,
    )  # fmt: skip
    return tried.returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _failed(what: str, words: str) -> GeoplanError:
    last = "\n".join(line for line in words.strip().splitlines()[-6:])
    full = "No space left on device" in words
    return GeoplanError(
        "database_start_failed",
        Text(f"{what} 启动失败：\n{last}", f"{what} failed:\n{last}"),
        Text("请腾出磁盘空间后重试", "make room on the disk and start again")
        if full
        else Text(
            "请运行 geoplan doctor；日志在 GEOPLAN_HOME 中",
            "run geoplan doctor; the log lies in GEOPLAN_HOME",
        ),
        status=500,
    )


def server_of(url: str) -> str:
    """Host and port of a connection string, for messages; never its password."""
    words = conninfo_to_dict(url)
    return f"{words.get('host', 'localhost')}:{words.get('port', 5432)}"
