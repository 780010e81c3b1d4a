"""Examining the machine and the installation, without changing either."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from geoplan.catalogue import check
from geoplan.errors import GeoplanError
from geoplan.ingest import confinement
from geoplan.map.bundle import Bundle
from geoplan.resources import resource
from geoplan.settings import Settings
from geoplan.store.cluster import Cluster, Database, ExternalDatabase, programs
from geoplan.store.home import Home
from geoplan.store.migrate import read_migrations
from geoplan.store.state import State, is_migrated, read_state
from geoplan.text import Text

_LEAST_FREE = 2 * 2**30  # the sample city and its database take about half of it


NOTHING_TO_DO = Text("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined; `remedy` says what to do when it is not well."""

    name: str
    ok: bool
    detail: Text
    remedy: Text = NOTHING_TO_DO


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn; a private database that does not run is started for the look.

    Nothing is made: an installation that was never started has no database findings.
    """
    yield _python()
    yield _catalogue(settings)
    yield _page()
    yield _sandbox()
    home = Home(settings.home, secret=settings.secret)
    yield _disk(home)
    if not settings.database_url:
        yield _programs()
    try:
        with _database(settings, home) as running:
            if running is None:
                yield Finding(
                    "database", True,
                    Text("尚未建立；首次启动时建立", "not made yet; the first start makes it"),
                )  # fmt: skip
                return
            with psycopg.connect(running.url("administrator"), autocommit=True) as connection:
                yield from _database_findings(connection)
    except GeoplanError as error:
        yield Finding("database", False, error.detail, error.remedy)
    except psycopg.OperationalError as error:
        words = str(error).splitlines()[0]
        yield Finding(
            "database", False,
            Text(f"无法连接：{words}", f"cannot be reached: {words}"),
            Text("请检查数据库地址和服务器", "check GEOPLAN_DATABASE_URL and the server"),
        )  # fmt: skip


@contextmanager
def _database(settings: Settings, home: Home) -> Iterator[Database | None]:
    if settings.database_url:
        yield ExternalDatabase(settings.database_url, home)
        return
    cluster = Cluster(home)
    if not cluster.made():
        yield None
        return
    ours = not cluster.running()
    running = cluster.start()
    try:
        yield running
    finally:
        if ours:
            cluster.stop()


def _python() -> Finding:
    version = platform.python_version()
    return Finding(
        "python", sys.version_info >= (3, 11), Text(version, version),
        Text("请安装 Python 3.11 或更新版本", "install Python 3.11 or later"),
    )  # fmt: skip


def _catalogue(settings: Settings) -> Finding:
    problems = check(resource("layers") / settings.city)
    return Finding(
        "catalogue", not problems,
        Text(f"{len(problems)} 个问题", f"{len(problems)} problems in {settings.city}"),
        Text("请运行 geoplan layers check", "run geoplan layers check"),
    )  # fmt: skip


def _page() -> Finding:
    try:
        files = Bundle.load(resource("web"))
    except GeoplanError as error:
        return Finding("page", False, error.detail, error.remedy)
    return Finding("page", True, Text(files.script, files.script))


def _sandbox() -> Finding:
    found = confinement()
    detail = {
        "bubblewrap": Text("由 bubblewrap 隔离", "confined by bubblewrap"),
        "kernel": Text("由内核过滤器隔离", "confined by the kernel's filters"),
        "none": Text("无法隔离，不能读取文件", "cannot be confined: no file is read"),
    }[found.kind]
    return Finding(
        "file reader", found.kind != "none" and found.files, detail,
        Text("请安装 bubblewrap", "install bubblewrap (apt-get install bubblewrap)"),
    )  # fmt: skip


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    gb = f"{free / 2**30:,.1f} GB"
    return Finding(
        "disk", free >= _LEAST_FREE, Text(f"剩余 {gb}", f"{gb} free"),
        Text("请腾出空间，或把 GEOPLAN_HOME 设到别处", "make room, or set GEOPLAN_HOME elsewhere"),
    )  # fmt: skip


def _programs() -> Finding:
    try:
        folder = str(programs())
    except GeoplanError as error:
        return Finding("postgresql", False, error.detail, error.remedy)
    return Finding("postgresql", True, Text(folder, folder))


def _database_findings(connection: psycopg.Connection) -> Iterator[Finding]:
    if not is_migrated(connection):
        yield Finding(
            "migrations", False, Text("数据库中没有 geoplan", "the database holds no geoplan"),
            Text("请运行 geoplan migrate", "run geoplan migrate"),
        )  # fmt: skip
        return
    state = read_state(connection)
    yield Finding(
        "server", state.server.safe, Text(state.server.text, state.server.text),
        Text(
            "请升级 PostgreSQL 到 15.14、16.10、17.6 或更新（CVE-2025-8713）",
            "upgrade PostgreSQL to 15.14, 16.10, 17.6 or later (CVE-2025-8713)",
        ),
    )  # fmt: skip
    yield Finding(
        "postgis", int(state.postgis.split(".")[0]) >= 3, Text(state.postgis, state.postgis),
        Text("请安装 PostGIS 3", "install PostGIS 3"),
    )  # fmt: skip
    wanted = len(read_migrations(resource("migrations")))
    yield Finding(
        "migrations", state.migrations == wanted,
        Text(f"已应用 {state.migrations}/{wanted}", f"{state.migrations} of {wanted} applied"),
        Text("请运行 geoplan migrate", "run geoplan migrate"),
    )  # fmt: skip
    yield from _access_findings(state)
    yield Finding(
        "grid", not state.drifted,
        Text(
            f"{state.features:,} 个要素，{state.drifted} 个格网与重算不符",
            f"{state.features:,} features, {state.drifted} cells differ from a recount",
        ),
        Text("请报告此问题，并重新导入该图层", "report this, and import the layer again"),
    )  # fmt: skip


def _access_findings(state: State) -> Iterator[Finding]:
    yield Finding(
        "spatial index", state.leakproof,
        Text("空间索引在行级安全下可用", "serves under row-level security")
        if state.leakproof
        else Text("行级安全会关闭空间索引", "is switched off by row-level security"),
        Text(
            "请以超级用户运行 ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF",
            "as a superuser: ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF",
        ),
    )  # fmt: skip
    wrong = [*state.unprotected, *state.strong_roles]
    yield Finding(
        "access", not wrong,
        Text("、".join(wrong) or "均受限", ", ".join(wrong) or "tables and roles are restricted"),
        Text(
            "这些表没有行级安全，或这些角色权限过大：请恢复迁移的设置",
            "these tables lack row-level security, or these roles have too many rights: "
            "restore what the migrations set",
        ),
    )  # fmt: skip
