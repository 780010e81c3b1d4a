"""Transactions that write, each in a thread of its own beside the event loop.

Computation (cutting shapes by cells) and the statements of one change belong into one transaction,
which no reader's connection should wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import psycopg
import structlog
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from geoplan.errors import GeoplanError
from geoplan.text import Text

T = TypeVar("T")
Work = Callable[[psycopg.Connection], T]

_LOG = structlog.get_logger("geoplan.store")
_WAIT_S = 3.0
_ATTEMPTS = 4
_CROSSED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_TOO_LONG = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed)


class Writes:
    """Connections of the application's role for short changes.

    lock_timeout_ms  how long a change waits for another one of the same layer.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        max_size: int = 4,
        statement_timeout_ms: int = 20_000,
        lock_timeout_ms: int = 5_000,
    ) -> None:
        def configure(connection: psycopg.Connection) -> None:
            connection.execute(
                "SELECT set_config('statement_timeout', %s, false),"
                " set_config('lock_timeout', %s, false),"
                " set_config('idle_in_transaction_session_timeout', '30s', false)",
                (str(statement_timeout_ms), str(lock_timeout_ms)),
            )

        self._pool = ConnectionPool(
            conninfo,
            min_size=1,
            max_size=max_size,
            max_waiting=50,
            open=False,
            name="writes",
            timeout=_WAIT_S,
            reconnect_timeout=10.0,
            check=ConnectionPool.check_connection,
            configure=configure,
            kwargs={
                "autocommit": True,
                "application_name": "geoplan writes",
                "connect_timeout": 3,
            },
        )

    def open(self) -> None:
        """Start filling the pool, without waiting."""
        self._pool.open(wait=False)

    def close(self) -> None:
        self._pool.close(timeout=2)

    async def run(self, work: Work[T]) -> T:
        """The result of `work`, which opens its own transaction and is done whole or not at all.

        Where two changes cross (deadlock), one is done again. A connection that breaks is not: only
        the caller can know whether the change was made. Raises GeoplanError 503 `layer_busy` or
        `database_unavailable`, and what `work` raises.
        """
        return await asyncio.to_thread(self._run, work)

    def _run(self, work: Work[T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._pool.connection() as connection:
                    return work(connection)
            except _CROSSED as error:
                _LOG.info("writes_crossed", attempt=attempt, error=type(error).__name__)
                if attempt == _ATTEMPTS:
                    raise _busy() from error
            except _TOO_LONG as error:
                raise _busy() from error
            except (PoolTimeout, TooManyRequests, *_GONE) as error:
                raise _unavailable() from error
        raise AssertionError("the last attempt returns or raises")


def _busy() -> GeoplanError:
    return GeoplanError(
        "layer_busy",
        Text("该图层正在被其他人更改", "This layer is being changed by somebody else"),
        Text("请几秒后再试", "Try again in a few seconds"),
        status=503,
    )


def _unavailable() -> GeoplanError:
    return GeoplanError(
        "database_unavailable",
        Text("数据库暂时无法连接", "The database cannot be reached at the moment"),
        Text(
            "请几秒后再试；先查看更改是否已保存",
            "Try again in a few seconds; look first whether the change was saved",
        ),
        status=503,
    )
