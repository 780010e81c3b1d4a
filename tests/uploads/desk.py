"""Uploads that stand where a test needs them: rows as a check leaves them, and the people at work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import shapely

from geoplan.catalogue import City
from geoplan.errors import Issue, Severity, Where
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import NewRow, put_rows
from geoplan.store.uploads import (
    NewUpload,
    Upload,
    add_upload,
    begin_check,
    held_upload,
    put_checked,
)
from geoplan.text import Text
from geoplan.uploads import documents
from geoplan.uploads.actor import Actor
from geoplan.uploads.workflow import approve_upload, submit_upload
from tests.conftest import TestDatabase

JINJIANG, QINGYANG, WUHOU = "510104", "510105", "510107"
CENTRE = {JINJIANG: (104.113, 30.603), QINGYANG: (103.979, 30.682), WUHOU: (104.023, 30.607)}
FIELDS = ("project_no", "name", "status", "finished_on", "piles")


@dataclass(frozen=True, slots=True)
class People:
    """Clerks of two districts, and two planners."""

    clerk: Actor
    neighbour: Actor
    planner: Actor
    other_planner: Actor


def put_people(database: TestDatabase) -> People:
    def put(username: str, role: Any, units: Sequence[str]) -> Actor:
        row = connection.execute(
            "INSERT INTO account (username, role, units) VALUES (%s, %s, %s) RETURNING id",
            (username, role, list(units)),
        ).fetchone()
        assert row is not None
        return Actor(row[0], role, tuple(units))

    with database.connect("geoplan_owner") as connection:
        return People(
            put("clerk", "staff", [JINJIANG]),
            put("neighbour", "staff", [QINGYANG]),
            put("planner", "planner", []),
            put("other.planner", "planner", []),
        )


@dataclass(frozen=True, slots=True)
class Station:
    """A row of a ledger of charging stations, as it comes out of a check; `at` counts 20 m steps
    from the middle of its unit."""

    number: str | None
    name: str
    at: int = 0
    piles: int = 4
    status: str = "open"
    finished_on: date | None = date(2023, 9, 1)
    unit: str | None = JINJIANG
    issues: tuple[tuple[str, Severity], ...] = ()
    match: dict[str, Any] | None = None
    placed: bool = True
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def lonlat(self) -> tuple[float, float]:
        lon, lat = CENTRE[self.unit or JINJIANG]
        return round(lon + 0.0002 * (self.at % 50), 6), round(lat + 0.0002 * (self.at // 50), 6)

    def as_row(self, row: int) -> NewRow:
        issues = [
            documents.issue(
                Issue(code, Text(code, code), Text("?", "?"), Where(row=row), None, severity)
            )
            for code, severity in self.issues
        ]
        worst = {each["severity"] for each in issues}
        values = {
            "project_no": self.number,
            "name": self.name,
            "status": self.status,
            "finished_on": self.finished_on and self.finished_on.isoformat(),
            "piles": self.piles,
            **self.more,
        }
        return NewRow(
            row=row,
            verdict="error" if "error" in worst else "warning" if "warning" in worst else "ok",
            raw={"名称": self.name},
            values={name: value for name, value in values.items() if value is not None},
            wkb=shapely.to_wkb(shapely.Point(self.lonlat)) if self.placed else None,
            original=None,
            source_crs="EPSG:4326" if self.placed else "",
            unit=self.unit,
            issues=issues,
            codes=documents.codes(issues),
            warnings=documents.warnings(issues),
            match=self.match,
        )


def stations(count: int, *, prefix: str = "C", first: int = 0, **more: Any) -> list[Station]:
    return [
        Station(f"{prefix}-{n}", f"示意充电站{prefix}{n}", at=n, **more)
        for n in range(first, first + count)
    ]


def may_be(feature_id: str, *, sure: bool = False) -> dict[str, Any]:
    """What a check says of a row that has the name of a held feature near it."""
    return {
        "feature_id": feature_id, "source_id": "?", "key": "?", "how": "name", "sure": sure, "name": "?"
    }  # fmt: skip


def checked(
    connection: psycopg.Connection,
    rows: Sequence[Station],
    *,
    layer: str = "charger",
    unit: str | None = JINJIANG,
    account: UUID = OPERATOR,
    file_name: str = "台账.xlsx",
    file_issues: Sequence[dict[str, Any]] = (),
    fields: Sequence[str] = FIELDS,
    options: dict[str, Any] | None = None,
) -> Upload:
    """An upload whose check is done; its rows are numbered from 2."""
    sha256 = hashlib.sha256(repr((layer, unit, rows, file_name)).encode()).hexdigest()
    with connection.transaction():
        act_as(connection, account, "")
        upload = add_upload(
            connection,
            NewUpload(layer, unit, account, file_name, 1, sha256, options or {}, None, None),
        )
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        begin_check(connection, upload.id)
        put_rows(connection, upload.id, [row.as_row(n) for n, row in enumerate(rows, start=2)])
        put_checked(
            connection,
            upload.id,
            format="XLSX",
            reading={
                "sheet": "Sheet1",
                "headers": [{"header": name, "field": name, "how": "exact"} for name in fields],
                "columns": {"lon": "经度", "lat": "纬度"},
                "skipped": {"count": 0, "reasons": {}, "rows": []},
            },
            crs={
                "chosen": "EPSG:4326",
                "how": "declared",
                "detail": {"zh": "", "en": ""},
                "candidates": [],
            },
            file_issues=file_issues,
            corrects=None,
            changes=None,
        )
        done = held_upload(connection, upload.id)
    assert done is not None
    return done


def submitted(
    connection: psycopg.Connection, people: People, rows: Sequence[Station], **more: Any
) -> Upload:
    """An upload that waits for its review."""
    upload = checked(connection, rows, **more)
    return submit_upload(connection, people.clerk, upload.id, version=None, valid_only=False)


def published(
    connection: psycopg.Connection, city: City, people: People, rows: Sequence[Station], **more: Any
) -> Upload:
    upload = submitted(connection, people, rows, **more)
    return approve_upload(connection, city, people.planner, upload.id, version=None, rows={})


def features(connection: psycopg.Connection, layer: str = "charger") -> dict[str, dict[str, Any]]:
    """The layer's features by name: id, unit, status, piles, source."""
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        rows = connection.execute(
            "SELECT name_zh, id::text, unit, status, properties, source_id, key FROM feature WHERE layer_id = %s",
            (layer,),
        ).fetchall()
    names = ("id", "unit", "status", "properties", "source", "key")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


STATE = {
    "feature": "SELECT to_jsonb(f) - 'valid_from' - 'account_id' - 'reason' FROM feature AS f",
    "feature_cell": "SELECT to_jsonb(s) FROM feature_cell AS s",
    "grid": "SELECT to_jsonb(g) FROM grid AS g",
}


def state_hash(connection: psycopg.Connection) -> dict[str, tuple[int, str]]:
    """Rows and a hash of all that they say, of features, shares and sums; not of who wrote when."""
    found = {}
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        for table, query in STATE.items():
            row = connection.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM ({query}) AS x (t)"
            ).fetchone()
            assert row is not None
            found[table] = row
    return found
