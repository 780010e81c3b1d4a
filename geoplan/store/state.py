"""What state a database is in, for whoever looks after it."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from geoplan.store.grid import drift
from geoplan.store.sql import queries

_SQL = queries("state")
PUBLIC_TABLES = (
    "layer",
    "unit",
    "source",
    "dataset_version",
    "cell_shape",
    "base_feature",
    "migration",
    "network_version",
    "circle",
    "circle_standard",
)
"""Tables without row-level security: they hold nothing that is not public."""

# CVE-2025-8713: before these releases planner statistics tell rows that row-level security hides in
# partitioned tables, which `feature` is.
SAFE_SERVERS = {15: 150014, 16: 160010, 17: 170006}


@dataclass(frozen=True, slots=True)
class ServerVersion:
    """The server's version; `safe` when it has the fix of CVE-2025-8713."""

    text: str
    number: int

    @property
    def safe(self) -> bool:
        major = self.number // 10_000
        return major > max(SAFE_SERVERS) or self.number >= SAFE_SERVERS.get(major, 2**31)


@dataclass(frozen=True, slots=True)
class State:
    """What an administrator should know; lists are empty when all is well.

    leakproof    the spatial index serves under row-level security (decision 0003).
    unprotected  tables without forced row-level security that are not public.
    strong_roles geoplan's roles that have a right beyond their work.
    drifted      cells whose kept sum differs from a recount.
    """

    server: ServerVersion
    postgis: str
    migrations: int
    leakproof: bool
    unprotected: list[str]
    strong_roles: list[str]
    features: int
    drifted: int


def server_version(connection: psycopg.Connection) -> ServerVersion:
    """The version of the server behind a connection."""
    number, text = _row(connection, "server")
    return ServerVersion(str(text), int(str(number)))


def read_state(connection: psycopg.Connection) -> State:
    """The state of a migrated database; `connection` as its administrator."""
    return State(
        server=server_version(connection),
        postgis=str(_row(connection, "postgis")[0]),
        migrations=int(str(_row(connection, "migrations")[0])),
        leakproof=bool(_row(connection, "leakproof")[0]),
        unprotected=_names(connection, "unprotected"),
        strong_roles=_names(connection, "strong_roles"),
        features=int(str(_row(connection, "features")[0])),
        drifted=len(drift(connection)),
    )


def is_migrated(connection: psycopg.Connection) -> bool:
    """Whether the database has geoplan's schema."""
    row = connection.execute("SELECT to_regclass('geoplan.migration') IS NOT NULL").fetchone()
    return row == (True,)


def _row(connection: psycopg.Connection, block: str) -> tuple[object, ...]:
    row: tuple[object, ...] | None = connection.execute(_SQL[block]).fetchone()
    if row is None:
        raise RuntimeError(f"{block} gave no row")
    return row


def _names(connection: psycopg.Connection, block: str) -> list[str]:
    rows = connection.execute(_SQL[block], {"public": list(PUBLIC_TABLES)})
    return [str(row[0]) for row in rows]
