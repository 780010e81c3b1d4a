"""A service that is killed again and again while files go through it.

`python -m tests.uploads.killing 50 [seed]` is the long version of `test_kill.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import httpx
import numpy as np
import psycopg

from geoplan.access.accounts import add
from geoplan.catalogue import load_city
from geoplan.resources import resource
from geoplan.store.accounts import act_as
from geoplan.store.cluster import Cluster
from geoplan.store.features import OPERATOR
from geoplan.store.features import act_as as act_as_plainly
from geoplan.store.grid import drift
from geoplan.store.home import Home
from tests.conftest import Service
from tests.uploads.office import HEADER, station

Victim = Literal["server", "worker", "database"]
Phase = Literal["upload", "check", "publish"]
VICTIMS: tuple[Victim, ...] = get_args(Victim)
PHASES: tuple[Phase, ...] = get_args(Phase)

ROWS = 300
_PASSWORD = "a long enough secret"
_HEALS_S = 180.0
_LOOK_EVERY_S = 0.2
_AWAY = (httpx.TransportError, httpx.HTTPStatusError)


@dataclass(frozen=True, slots=True)
class Round:
    """Whom to kill in which phase, and how many seconds after it began."""

    victim: Victim
    phase: Phase
    after_s: float


def rounds(count: int, seed: int) -> list[Round]:
    """Every victim in every phase in turn, at random moments."""
    random = np.random.default_rng(seed)
    pairs = [(victim, phase) for phase in PHASES for victim in VICTIMS]
    longest = {"upload": 0.4, "check": 2.5, "publish": 1.5}
    return [
        Round(victim, phase, float(random.uniform(0, longest[phase])))
        for victim, phase in (pairs[turn % len(pairs)] for turn in range(count))
    ]


class Killed:
    """One installation and its service."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._service = Service(home)
        self._url = self._service.wait()
        self._put_admin()
        self._client = httpx.Client(timeout=60)
        self._headers = {"authorization": f"Bearer {self._token()}"}

    def run(self, number: int, turn: Round) -> None:
        """One file from its receipt to the map, with a death on the way.

        Raises AssertionError when anything was lost, doubled or halved.
        """
        name = f"K{number}"
        content = self._ledger(name)
        acknowledged: list[str] = []

        def send() -> str:
            found = self._send(content, name)
            acknowledged.append(found)
            return found

        upload = self._through("upload", turn, send)
        assert set(acknowledged) == {upload}, "an acknowledged upload is another one now"
        self._through("check", turn, lambda: self._when(upload, "checked"))
        self._look_at(upload, content)
        self._submit(upload)
        self._through("publish", turn, lambda: self._approve(upload))
        self._look_at_map(upload, name)

    def stop(self) -> None:
        self._client.close()
        self._service.stop()
        Cluster(Home(self._home)).remove()

    def _through(self, phase: Phase, turn: Round, work: Callable[[], str]) -> str:
        """The work's outcome, done again until it succeeds; in the round's phase somebody dies."""
        if phase != turn.phase:
            return self._until(work)
        first = threading.Thread(target=self._once, args=(work,))
        first.start()
        time.sleep(turn.after_s)
        self._kill(turn.victim)
        first.join()
        return self._until(work)

    def _once(self, work: Callable[[], str]) -> None:
        with suppress(*_AWAY):
            work()

    def _until(self, work: Callable[[], str]) -> str:
        ends = time.monotonic() + _HEALS_S
        while True:
            try:
                return work()
            except _AWAY:
                assert time.monotonic() < ends, self._service.log.read_text(encoding="utf-8")[
                    -4000:
                ]
                time.sleep(_LOOK_EVERY_S)

    def _kill(self, victim: Victim) -> None:
        if victim == "worker":
            for pid in _children(self._service.process.pid):
                if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
            return  # the service starts another one
        if victim == "server":
            self._service.process.kill()
            self._service.process.wait()
        else:
            pid = Cluster(Home(self._home)).pid()
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            self._service.stop()
        self._service = Service(self._home)
        self._url = self._service.wait()

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self._client.request(method, self._url + path, headers=self._headers, **options)
        if answer.status_code not in {404, 409, 422}:  # what a second try would not mend
            answer.raise_for_status()
        return answer.json()

    def _send(self, content: bytes, name: str) -> str:
        headers = self._headers | {"idempotency-key": name}
        answer = self._client.post(
            f"{self._url}/api/uploads",
            headers=headers,
            data={"layer": "charger", "unit": "510104", "options": '{"crs": "EPSG:4326"}'},
            files={"file": (f"{name}.csv", content)},
        )
        answer.raise_for_status()
        return str(answer.json()["id"])

    def _when(self, upload: str, state: str) -> str:
        ends = time.monotonic() + _HEALS_S
        while True:
            found = self._ask("GET", f"/api/uploads/{upload}")
            if found["state"] == state:
                return upload
            assert found["state"] in {"received", "checking"}, found
            assert time.monotonic() < ends, self._service.log.read_text(encoding="utf-8")[-4000:]
            time.sleep(_LOOK_EVERY_S)

    def _submit(self, upload: str) -> None:
        found = self._ask("POST", f"/api/uploads/{upload}/submit", json={})
        assert found["state"] == "submitted", found

    def _approve(self, upload: str) -> str:
        """Approve it, unless an earlier attempt did, whose answer was lost."""
        if self._ask("GET", f"/api/uploads/{upload}")["state"] != "published":
            self._ask("POST", f"/api/uploads/{upload}/approve", json={})
        return self._when_published(upload)

    def _when_published(self, upload: str) -> str:
        found = self._ask("GET", f"/api/uploads/{upload}")
        assert found["state"] == "published", found
        return upload

    def _look_at(self, upload: str, content: bytes) -> None:
        found = self._ask("GET", f"/api/uploads/{upload}")
        sha256 = hashlib.sha256(content).hexdigest()
        assert (found["sha256"], found["counts"]["rows"], found["counts"]["ready"]) == (
            sha256,
            ROWS,
            ROWS,
        )
        assert (self._home / "uploads" / sha256[:2] / sha256).read_bytes() == content

    def _look_at_map(self, upload: str, name: str) -> None:
        with self._database() as connection, connection.transaction():
            act_as_plainly(connection, OPERATOR, "look")
            features = connection.execute(
                "SELECT count(*) FROM feature WHERE key LIKE %s", (f"{name}-%",)
            ).fetchone()
            published = connection.execute(
                "SELECT count(*), count(DISTINCT feature_id) FROM published_feature WHERE upload_id = %s",
                (upload,),
            ).fetchone()
            steps = connection.execute(
                "SELECT count(*) FROM upload_event WHERE upload_id = %s AND to_state = 'published'",
                (upload,),
            ).fetchone()
            of_key = connection.execute(
                "SELECT count(*) FROM upload WHERE idempotency_key = %s", (name,)
            ).fetchone()
            assert (features, published, steps, of_key) == ((ROWS,), (ROWS, ROWS), (1,), (1,))
            assert drift(connection) == []

    def _ledger(self, name: str) -> bytes:
        lines = [
            station(f"{name}-{n}", f"示意{name}站{n}", lon=104.09011 + 0.0011 * (n % 25), lat=30.58011 + 0.0011 * (n // 25))
            for n in range(ROWS)
        ]  # fmt: skip
        return "\n".join([HEADER, *lines, ""]).encode()

    def _database(self) -> psycopg.Connection:
        return psycopg.connect(
            Cluster(Home(self._home)).start().url("geoplan_app"), autocommit=True
        )

    def _put_admin(self) -> None:
        async def put() -> None:
            url = Cluster(Home(self._home)).start().url("geoplan_app")
            async with await psycopg.AsyncConnection.connect(url) as connection:
                await act_as(connection, OPERATOR, "tests")
                city = load_city(resource("layers") / "chengdu")
                await add(connection, city, "chief", "admin", units=(), password=_PASSWORD)

        asyncio.run(put())

    def _token(self) -> str:
        with httpx.Client(base_url=self._url, timeout=60) as client:
            said = client.post("/api/login", json={"username": "chief", "password": _PASSWORD})
            said.raise_for_status()
            made = client.post(
                "/api/tokens",
                json={"name": "kills", "scopes": ["read", "upload", "review", "admin"]},
                headers={"x-csrf-token": said.json()["csrf"]},
            )
            made.raise_for_status()
            return str(made.json()["token"])


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20231101
    with tempfile.TemporaryDirectory(prefix="geoplan-kill-") as folder:
        killed = Killed(Path(folder) / "home")
        try:
            for number, turn in enumerate(rounds(count, seed)):
                start = time.monotonic()
                killed.run(number, turn)
                took = time.monotonic() - start
                told = f"{number:3} {turn.phase:8} {turn.victim:9} after {turn.after_s:4.2f} s"
                sys.stdout.write(f"{told}: whole, {took:5.1f} s\n")
                sys.stdout.flush()
        finally:
            killed.stop()


if __name__ == "__main__":
    main()
