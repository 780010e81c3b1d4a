"""The worker: brings up to date whatever became stale, beside the service and without its loop."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
import structlog

from geoplan.catalogue import City
from geoplan.editing.evidence import forget_orphans
from geoplan.errors import GeoplanError
from geoplan.logs import configure_logs
from geoplan.planning.circle_masks import stale_circles, update_circles
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute, stale_services, warm
from geoplan.running import Tell, city_of, database, home_of
from geoplan.settings import Settings
from geoplan.store.cluster import Database
from geoplan.store.jobs import Jobs, changes
from geoplan.store.kept_files import KeptFiles
from geoplan.store.network import forget_retired
from geoplan.uploads.checking import check_upload, forget_bytes, waiting
from geoplan.uploads.files import Files
from geoplan.uploads.preview import compute_preview

_LOG = structlog.get_logger("geoplan.worker")
_SWEEP_S = 20.0  # a lost notice costs no more than this
_PAUSE_S = 2.0
_STOP_S = 5.0
_PASSED_ON = ("home", "city", "database_url", "secret", "log_level")


def run_worker(settings: Settings, tell: Tell, *, parent: int | None = None) -> None:
    """Work until SIGINT or SIGTERM on a database that is prepared already.

    parent  process whose end is the worker's end too.
    """
    configure_logs(settings.log_level)
    city = city_of(settings)
    with database(settings, tell) as running:
        tell("working (Ctrl-C stops it)")
        try:
            asyncio.run(_Worker(settings, city, running).run(parent))
        except* asyncio.CancelledError:
            pass
        except* psycopg.OperationalError as lost:
            raise lost.exceptions[0] from lost


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """A worker in a process of its own; one that dies is replaced, the last one is stopped."""
    given = {name: getattr(settings, name) for name in _PASSED_ON}
    told = {f"GEOPLAN_{name.upper()}": str(value) for name, value in given.items() if value}
    command = [sys.executable, "-m", "geoplan", "worker", "--parent", str(os.getpid())]
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            # In a session of its own: Ctrl-C is for the service, which then stops its worker.
            process = subprocess.Popen(command, env=os.environ | told, start_new_session=True)
            running[:] = [process]
            if stopping.is_set():
                process.terminate()
            status = process.wait()
            if not stopping.is_set():
                _LOG.warning("worker_died", status=status)
                stopping.wait(_PAUSE_S)

    keeper = threading.Thread(target=keep, name="worker keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for process in running:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()  # its transaction is undone, and done again by the next worker
        keeper.join(_STOP_S)


@dataclass(frozen=True, slots=True)
class _ToDo:
    """What there is to do, as the data tell it."""

    services: list[str]
    circles: list[str]
    checks: list[UUID]
    previews: list[UUID]


class _Worker:
    def __init__(self, settings: Settings, city: City, running: Database) -> None:
        self._city = city
        self._conninfo = running.url("geoplan_app")
        home = home_of(settings)
        self._networks = home.networks
        self._files = Files(home.path)
        self._evidence = KeptFiles(home.path / "evidence")
        self._grounds = Grounds(self._networks)
        self._jobs = Jobs(
            self._conninfo,
            {
                "reach": {
                    "compute_reach": self._compute,
                    "update_circles": self._circles,
                    "preview_upload": self._preview,
                },
                "uploads": {"check_upload": self._check},
            },
        )

    async def run(self, parent: int | None) -> None:
        this = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, this.cancel)  # type: ignore[union-attr]
        os.nice(5)  # who looks at the map goes first
        await asyncio.to_thread(self._tidy)
        async with self._jobs.open(), asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(self._warm))
            tasks.create_task(self._watch())
            tasks.create_task(self._jobs.work())
            if parent is not None:
                tasks.create_task(_end_with(parent))

    async def _watch(self) -> None:
        """Ask for what is to be done at the start, after every change, and now and then."""
        async for _ in changes(self._conninfo, _SWEEP_S):
            await self._ask()

    async def _ask(self) -> None:
        found = await asyncio.to_thread(self._to_do)
        for upload in found.checks:
            await self._jobs.ask("check_upload", str(upload))
        for service in found.services:
            await self._jobs.ask("compute_reach", service)
        # Circles wait for the last of their services, or each would write them once.
        if found.circles and not found.services:
            await self._jobs.ask("update_circles", "all")
        for upload in found.previews:
            await self._jobs.ask("preview_upload", str(upload))

    def _to_do(self) -> _ToDo:
        with self._connection() as connection:
            services, circles = stale_services(connection), stale_circles(connection)
            checks, previews = waiting(connection)
            return _ToDo(services, circles, checks, previews)

    async def _check(self, upload: str) -> None:
        await asyncio.to_thread(self._check_now, UUID(upload))

    def _check_now(self, upload: UUID) -> None:
        with self._connection() as connection:
            checked = check_upload(connection, self._city, self._files, upload)
        if checked is not None:
            _LOG.info("upload_checked", upload=str(upload), state=checked.state)

    async def _preview(self, upload: str) -> None:
        await asyncio.to_thread(self._preview_now, UUID(upload))

    def _preview_now(self, upload: UUID) -> None:
        with self._connection() as connection:
            compute_preview(connection, self._city, self._grounds, upload)

    async def _compute(self, service: str) -> None:
        await asyncio.to_thread(self._compute_now, service)
        await self._ask()

    def _compute_now(self, service: str) -> None:
        try:
            with self._connection() as connection:
                changed = compute(connection, self._city, service, self._grounds)
        except GeoplanError as error:
            _LOG.warning("reach_failed", service=service, code=error.code)
        else:
            _LOG.info("reach_computed", service=service, changed=changed)

    async def _circles(self, _: str) -> None:
        changed = await asyncio.to_thread(self._circles_now)
        _LOG.info("circles_updated", changed=changed)

    def _circles_now(self) -> list[str]:
        with self._connection() as connection:
            return update_circles(connection, self._city)

    def _tidy(self) -> None:
        with self._connection() as connection:
            forget_retired(connection, self._networks)
            forget_bytes(connection, self._files)
            forget_orphans(connection, self._evidence)

    def _warm(self) -> None:
        """Have the ground ready before the first change comes."""
        with self._connection() as connection:
            try:
                warm(connection, self._grounds)
            except GeoplanError as error:
                _LOG.warning("ground_missing", code=error.code)

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self._conninfo, autocommit=True, application_name="geoplan worker")


async def _end_with(parent: int) -> None:
    while os.getppid() == parent:  # noqa: ASYNC110  the kernel tells of it in no other way
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
