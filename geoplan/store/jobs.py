"""The queue of jobs: procrastinate's tables in a schema of their own.

A job is a reminder. What there is to do can always be told from the data (a service is stale when
its inputs changed), so that a lost, doubled or orphaned job loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.schema import SchemaManager
from psycopg import sql

from geoplan.store.sql import queries

_SQL = queries("jobs")

# Its functions and triggers name their tables without a schema.
_SEARCH = "-c search_path=procrastinate"

Work = Callable[[str], Awaitable[None]]


def put_schema(connection: psycopg.Connection) -> bool:
    """Make the queue's schema as the installed procrastinate has it; whether it was made now.

    connection  as an administrator, in autocommit mode. Another version's schema is made anew,
    with the jobs in it: whoever works looks for what is to be done, not for jobs.
    """
    made_by = f"procrastinate {version('procrastinate')}"
    with connection.transaction():
        if connection.execute(_SQL["made_by"]).fetchone() == (made_by,):
            return False
        connection.execute(_SQL["drop_schema"])
        connection.execute(_SQL["make_schema"])
        connection.execute(
            sql.SQL("COMMENT ON SCHEMA procrastinate IS {}").format(sql.Literal(made_by))
        )
        connection.execute(_SQL["become_owner"])
        connection.execute(_SQL["search_there"])
        connection.execute(SchemaManager.get_schema())
        connection.execute(_SQL["grant"])
        return True


class Jobs:
    """The queue as one process uses it."""

    def __init__(self, conninfo: str, lanes: dict[str, dict[str, Work]]) -> None:
        """conninfo  as geoplan_app; lanes  tasks by lane and name, each is given the job's subject.

        Jobs of one lane are done one after another, and beside those of the other lanes: nobody
        waits for the check of a file because a city is computed.
        """
        self._lanes = list(lanes)
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=conninfo,
                min_size=1,
                max_size=4,
                kwargs={"options": _SEARCH},
            )
        )
        for lane, tasks in lanes.items():
            for name, work in tasks.items():
                self._app.task(name=name, queue=lane)(_task(work))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with self._app.open_async():
            yield

    async def ask(self, task: str, subject: str) -> None:
        """Put a job into the queue, unless one like it waits there already."""
        job = self._app.configure_task(task, queueing_lock=f"{task} {subject}")
        with suppress(AlreadyEnqueued):
            await job.defer_async(subject=subject)

    async def work(self) -> None:
        """Do jobs until this is cancelled. A finished job leaves the queue."""
        async with asyncio.TaskGroup() as lanes:
            for lane in self._lanes:
                lanes.create_task(self._work_on(lane))

    async def _work_on(self, lane: str) -> None:
        await self._app.run_worker_async(
            queues=[lane], name=lane, concurrency=1, delete_jobs="always",
            install_signal_handlers=False, shutdown_graceful_timeout=1,
        )  # fmt: skip


async def changes(conninfo: str, every_s: float) -> AsyncIterator[None]:
    """Yields at once, whenever a layer, a data set or an upload changes, and now and then.

    Jobs whose worker is dead are removed on the way. conninfo  as geoplan_app.
    """
    async with await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, application_name="geoplan worker", options=_SEARCH
    ) as connection:
        await connection.execute(_SQL["listen"])
        while True:
            await connection.execute(_SQL["drop_orphans"])
            yield
            async for _ in connection.notifies(timeout=every_s, stop_after=1):
                pass


def _task(work: Work) -> Callable[..., Awaitable[None]]:
    async def run(subject: str) -> None:
        await work(subject)

    return run
