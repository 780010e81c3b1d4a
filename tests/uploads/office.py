"""The service as people use it: clerks and planners in their browsers, and a worker at their side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from geoplan.catalogue import City
from geoplan.uploads.checking import check_upload, waiting
from geoplan.uploads.files import Files
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.people import Person, Who, browser
from tests.conftest import TestDatabase

CLERK = Who("jinjiang", "staff", ("510104",))
NEIGHBOUR = Who("qingyang", "staff", ("510105",))
PLANNER = Who("planning", "planner")
HEADER = "项目编号,项目名称,区县,状态,竣工时间,充电桩数量,经度,纬度"
WGS84 = {"crs": "EPSG:4326"}


def ledger(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def station(number: str, name: str, *, lon: float = 104.1131, lat: float = 30.6031, piles: str = "4",
            status: str = "投用", day: str = "2023-09-01", unit: str = "锦江区") -> str:  # fmt: skip
    return f"{number},{name},{unit},{status},{day},{piles},{lon:.6f},{lat:.6f}"


def many(count: int, prefix: str) -> list[str]:
    return [
        station(f"{prefix}-{n}", f"示意{prefix}{n}", lon=104.10011 + 0.0011 * (n % 20), lat=30.59011 + 0.0011 * (n // 20))
        for n in range(count)
    ]  # fmt: skip


@dataclass(slots=True)
class Office:
    """`work` does what a worker beside the service would do now."""

    api: Api
    database: TestDatabase
    city: City
    home: Path

    def work(self) -> None:
        with self.database.connect() as connection:
            checks, _ = waiting(connection)
            for upload in checks:
                check_upload(connection, self.city, Files(self.home), upload)


@contextmanager
def opened(database: TestDatabase, city: City, home: Path) -> Iterator[Office]:
    with running(application(database, city, home=home)) as api:
        yield Office(api, database, city, home)


@contextmanager
def at_desk(office: Office, who: Who) -> Iterator[Desk]:
    """A browser in which this account is logged in."""
    with browser(office.api) as person:
        assert person.log_in(who.username).status_code == 200
        yield Desk(office, person)


@dataclass(slots=True)
class Desk:
    """What one person does with uploads."""

    office: Office
    person: Person

    def send(
        self,
        content: bytes,
        name: str = "台账.csv",
        *,
        layer: str = "charger",
        options: dict[str, Any] | None = None,
        key: str | None = None,
        **fields: str,
    ) -> httpx.Response:
        data = {"layer": layer, **fields}
        if options is not None:
            data["options"] = json.dumps(options)
        headers = {} if key is None else {"idempotency-key": key}
        return self.person.ask(
            "POST", "/api/uploads", data=data, files={"file": (name, content)}, headers=headers
        )

    def checked(self, content: bytes, name: str = "台账.csv", **more: Any) -> dict[str, Any]:
        """A file that was sent and checked."""
        answer = self.send(content, name, **{"options": WGS84, **more})
        assert answer.status_code == 202, answer.text
        self.office.work()
        return self.one(answer.json()["id"])

    def read_again(self, upload: str, **options: Any) -> None:
        """Have it checked once more, read as these options say."""
        answer = self.person.ask("PATCH", f"/api/uploads/{upload}", json={"options": options})
        assert answer.json()["state"] == "received", answer.text
        self.office.work()

    def one(self, upload: str | UUID, **parameters: str) -> dict[str, Any]:
        return self.read(f"/api/uploads/{upload}", **parameters)

    def rows(self, upload: str, **parameters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read(f"/api/uploads/{upload}/rows", **parameters)["rows"]
        return found

    def read(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = self.person.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def step(self, upload: str, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.try_step(upload, verb, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def try_step(self, upload: str, verb: str, **body: Any) -> httpx.Response:
        return self.person.ask("POST", f"/api/uploads/{upload}/{verb}", json=body)

    def edit(self, upload: str, row: int, **body: Any) -> dict[str, Any]:
        answer = self.person.ask("PATCH", f"/api/uploads/{upload}/rows/{row}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
        found: dict[str, Any] = answer.json()
        assert (answer.status_code, found["code"]) == (status, code), answer.text
        assert found["detail"]
        assert found["remedy"]
        return found
