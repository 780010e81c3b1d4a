"""Migrations: numbered SQL files, forward only, each in a transaction of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from geoplan.errors import GeoplanError, Where
from geoplan.store.jobs import put_schema
from geoplan.text import Text

_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_LOCK = 0x67656F706C616E  # "geoplan": one migration run at a time in a database
# Roles belong to the whole server: two databases migrated at once would update the same rows of its
# catalogue. Advisory locks end at the database, so a shared catalogue row is locked instead.
_LOCK_ROLES = "LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE"

ROLES = ("geoplan_owner", "geoplan_app", "geoplan_tiles")


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def as_administrator(self) -> bool:
        return "-- runs as: administrator" in self.text


def read_migrations(folder: Path) -> list[Migration]:
    """The folder's migrations in order. Raises GeoplanError when a number is missing or twice."""
    found = [
        Migration(int(match[1]), path.name, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if (match := _FILE.match(path.name))
    ]
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise GeoplanError(
            "migrations_incomplete",
            Text(
                f"{folder} 中的迁移编号不连续",
                f"the migrations in {folder} are not numbered 1, 2, 3, …",
            ),
            Text("请重新安装 geoplan", "install geoplan again"),
            status=500,
        )
    return found


def migrate(
    connection: psycopg.Connection,
    folder: Path,
    password: Callable[[str], str],
    tell: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Bring the database to the newest state; safe when several start at once.

    connection  as a role that may create roles and extensions (the private cluster's
                administrator, or a superuser of an existing server), in autocommit mode.
    password    gives the login password of a role.
    Returns the names of the migrations applied now. Raises GeoplanError when an applied file was
    changed afterwards, or when the database is newer than this program.
    """
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        applied = _applied(connection)
        wanted = read_migrations(folder)
        _check_history(applied, wanted)
        done = []
        for migration in wanted[len(applied) :]:
            tell(migration.name)
            _apply(connection, migration)
            done.append(migration.name)
        if put_schema(connection):
            tell("the queue of jobs")
        _let_roles_log_in(connection, password)
        return done
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


async def applied_names(connection: psycopg.AsyncConnection) -> set[str]:
    """File names of the migrations that the database has; none where it is not geoplan's yet."""
    try:
        rows = await connection.execute("SELECT name FROM geoplan.migration")
        return {name for (name,) in await rows.fetchall()}
    except psycopg.errors.UndefinedTable:
        return set()


def _applied(connection: psycopg.Connection) -> list[tuple[int, str, str]]:
    if connection.execute("SELECT to_regclass('geoplan.migration')").fetchone() == (None,):
        return []
    rows = connection.execute(
        "SELECT number, name, checksum FROM geoplan.migration ORDER BY number"
    )
    return [(number, name, checksum) for number, name, checksum in rows]


def _check_history(applied: list[tuple[int, str, str]], wanted: list[Migration]) -> None:
    if len(applied) > len(wanted):
        raise GeoplanError(
            "database_newer",
            Text(
                f"数据库已有 {len(applied)} 个迁移，本程序只认识 {len(wanted)} 个",
                f"the database has {len(applied)} migrations, this program knows {len(wanted)}",
            ),
            Text("请使用更新版本的 geoplan", "run a newer version of geoplan"),
            status=500,
        )
    for (_, name, checksum), migration in zip(applied, wanted, strict=False):
        if checksum != migration.checksum:
            raise GeoplanError(
                "migration_changed",
                Text(
                    f"迁移 {name} 在应用之后被修改",
                    f"migration {name} was changed after it was applied",
                ),
                Text(
                    "请恢复该文件，把修改写成新的迁移",
                    "restore the file and write the change as a new migration",
                ),
                status=500,
                where=Where(file=migration.name),
            )


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        if migration.as_administrator:
            connection.execute(_LOCK_ROLES)
        else:
            connection.execute("SET LOCAL ROLE geoplan_owner")
        connection.execute("SET LOCAL search_path = geoplan, public")
        connection.execute(migration.text)
        connection.execute("SET LOCAL ROLE geoplan_owner")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS geoplan.migration (number integer PRIMARY KEY, "
            "name text NOT NULL, checksum text NOT NULL, "
            "applied_at timestamptz NOT NULL DEFAULT now())"
        )
        connection.execute(
            "INSERT INTO geoplan.migration (number, name, checksum) VALUES (%s, %s, %s)",
            (migration.number, migration.name, migration.checksum),
        )


def _let_roles_log_in(connection: psycopg.Connection, password: Callable[[str], str]) -> None:
    with connection.transaction():
        connection.execute(_LOCK_ROLES)
        for role in ROLES:
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password(role))
                )
            )
