"""Connections of one database role, shared by the requests of one process.

Each pool holds one role for good: cached plans and settings never cross roles. A restart of the
database costs a request one retry or a 503 with Retry-After, never a 500.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from geoplan.errors import GeoplanError
from geoplan.text import Text

T = TypeVar("T")
Connection = psycopg.AsyncConnection

_WAIT_S = 3.0
_GIVE_UP_S = 10.0  # a waiting pool starts a new round of attempts with the next request
_TOO_SLOW = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolClosed)


class Pool:
    """Autocommit connections of one role with a limit on each statement.

    plans  "generic" for few statements that run very often with like parameters (tiles);
           "custom" for statements whose parameters switch conditions on and off (searches).
    """

    def __init__(
        self,
        conninfo: str,
        *,
        name: str,
        max_size: int,
        statement_timeout_ms: int,
        plans: Literal["generic", "custom"] = "custom",
    ) -> None:
        async def configure(connection: Connection) -> None:
            # set_config takes parameters, SET does not
            await connection.execute(
                "SELECT set_config('statement_timeout', %s, false),"
                " set_config('lock_timeout', '2s', false),"
                " set_config('plan_cache_mode', %s, false)",
                (str(statement_timeout_ms), f"force_{plans}_plan"),
            )

        self._pool = AsyncConnectionPool(
            conninfo,
            min_size=1,
            max_size=max_size,
            max_waiting=200,
            open=False,
            name=name,
            timeout=_WAIT_S,
            reconnect_timeout=_GIVE_UP_S,
            check=AsyncConnectionPool.check_connection,
            configure=configure,
            kwargs={
                "autocommit": True,
                "application_name": f"geoplan {name}",
                "connect_timeout": 3,
            },
        )

    async def open(self) -> None:
        """Start filling the pool, without waiting: a service starts before its database."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close(timeout=2)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for one piece of work. Raises GeoplanError 503 when there is none."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except _TOO_SLOW as error:
            raise _too_slow() from error
        except (PoolTimeout, TooManyRequests, *_GONE) as error:
            raise _unavailable() from error

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """The result of `work`, which only reads; done again once when the connection breaks.

        Raises GeoplanError `too_slow` or `database_unavailable`, both 503.
        """
        try:
            async with self._pool.connection() as connection:
                return await work(connection)
        except (PoolTimeout, TooManyRequests) as error:
            raise _unavailable() from error
        except _TOO_SLOW as error:
            raise _too_slow() from error
        except _GONE:
            async with self.connection() as connection:
                return await work(connection)


def _too_slow() -> GeoplanError:
    return GeoplanError(
        "too_slow",
        Text("数据库未能在时限内完成此请求", "The database did not finish this request in time"),
        Text(
            "请稍后再试，或缩小范围、减少条数",
            "Try again shortly, or ask for a smaller area or fewer features",
        ),
        status=503,
    )


def _unavailable() -> GeoplanError:
    return GeoplanError(
        "database_unavailable",
        Text("数据库暂时无法连接", "The database cannot be reached at the moment"),
        Text("请几秒后再试", "Try again in a few seconds"),
        status=503,
    )
