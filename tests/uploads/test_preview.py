"""Before and after for people: the preview says what publishing and computing then give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import pytest
import shapely

from geoplan.catalogue import City
from geoplan.planning.ground import Grounds
from geoplan.planning.reach import compute
from geoplan.store.demand import held_demand
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.reach import held_reach
from geoplan.store.upload_rows import NewRow
from geoplan.store.uploads import Upload, held_upload, to_preview
from geoplan.uploads.preview import compute_preview
from geoplan.uploads.rows import RowChange, edit_row
from geoplan.uploads.workflow import approve_upload
from tests.conftest import TestDatabase
from tests.planning.streets import SCHOOL, Made, at, cells_around, put, settle, write_grid
from tests.uploads.desk import JINJIANG, People, Station, features, state_hash, submitted


@dataclass(frozen=True)
class School(Station):
    """A row of a ledger of schools, `east_m` of the square."""

    east_m: float = 0.0

    def as_row(self, row: int) -> NewRow:
        values = {
            "project_no": self.number,
            "name": self.name,
            "status": self.status,
            "stage": "primary",
        }
        return NewRow(
            row, "ok", {}, values, shapely.to_wkb(shapely.Point(at(self.east_m, 0))), None,
            "EPSG:4326", JINJIANG, [], [], [], self.match,
        )  # fmt: skip


FIELDS = ("project_no", "name", "status", "stage")


@pytest.fixture(scope="module")
def grounds(
    database: TestDatabase, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Grounds:
    """A town with one school at its edge, its services computed."""
    folder = tmp_path_factory.mktemp("town")
    found = Grounds(folder / "networks")
    with database.connect() as connection:
        settle(connection, city, folder, write_grid(folder / "grid.osm"), cells_around(8))
        school = Made("edge", shapely.Point(at(-500, 0)), "open", (("stage", "primary"),))
        put(connection, city, folder, "school", [school])
        compute(connection, city, SCHOOL, found)
    return found


def people_within(connection: psycopg.Connection, city: City) -> tuple[int, int]:
    """People within reach of the service as it is held, now and after the plan."""
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        reach, demand = held_reach(connection, SCHOOL), held_demand(connection)
    assert np.array_equal(reach.cell, demand.cell)
    limit = city.service(SCHOOL).limit_mm

    def within(mm: np.ndarray) -> int:
        return int(demand.people[(mm >= 0) & (mm <= limit)].sum())

    return within(reach.now_mm), within(reach.plan_mm)


def held(connection: psycopg.Connection, upload: Upload) -> Upload:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        found = held_upload(connection, upload.id)
    assert found is not None
    return found


def waiting(connection: psycopg.Connection) -> list[object]:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return list(to_preview(connection))


def test_the_preview_is_what_then_comes_and_nothing_is_written_by_looking(
    connection: psycopg.Connection, city: City, people: People, grounds: Grounds
) -> None:
    rows = [
        School("P-1", "示意东校", east_m=400),
        School("P-2", "示意规划校", status="planned", east_m=100),
    ]
    upload = submitted(connection, people, rows, layer="school", fields=FIELDS)
    before, was = state_hash(connection), people_within(connection, city)
    assert waiting(connection) == [upload.id]
    compute_preview(connection, city, grounds, upload.id)
    assert state_hash(connection) == before
    assert waiting(connection) == []
    preview = held(connection, upload).preview
    assert preview is not None
    told = {row["when"]: row for row in preview["coverage"] if row["service"] == SCHOOL}
    assert (told["now"]["people_before"], told["planned"]["people_before"]) == was
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    compute(connection, city, SCHOOL, grounds)
    after = people_within(connection, city)
    assert (told["now"]["people_after"], told["planned"]["people_after"]) == after
    assert was[0] < after[0] < after[1]
    assert told["now"]["after"] == pytest.approx(after[0] / told["now"]["people"])
    gained = sum(
        unit["people_after"] - unit["people_before"]
        for unit in told["now"]["units"]
        if unit["unit"].isdecimal()
    )
    assert gained == after[0] - was[0]


def test_a_school_that_is_closed_is_previewed_as_a_loss(
    connection: psycopg.Connection, city: City, people: People, grounds: Grounds
) -> None:
    first = submitted(
        connection, people, [School("C-1", "示意将停校", east_m=300)], layer="school", fields=FIELDS
    )
    approve_upload(connection, city, people.planner, first.id, version=None, rows={})
    assert "示意将停校" in features(connection, "school")
    stopped = School("C-1", "示意将停校", status="stopped", east_m=300)
    upload = submitted(
        connection, people, [stopped], layer="school", fields=FIELDS, file_name="停.xlsx"
    )
    compute_preview(connection, city, grounds, upload.id)
    preview = held(connection, upload).preview
    assert preview is not None
    [now] = [
        row for row in preview["coverage"] if row["when"] == "now" and row["service"] == SCHOOL
    ]
    assert now["people_after"] < now["people_before"]


def test_a_preview_is_made_anew_when_the_upload_or_the_services_change(
    connection: psycopg.Connection, city: City, people: People, grounds: Grounds
) -> None:
    rows = [School("N-1", "示意甲校", east_m=200), School("N-2", "示意乙校", east_m=-200)]
    upload = submitted(connection, people, rows, layer="school", fields=FIELDS)
    compute_preview(connection, city, grounds, upload.id)
    assert upload.id not in waiting(connection)
    back = RowChange(decision="returned", reason="再核实")
    edit_row(connection, city, people.planner, upload.id, 2, back, None)
    assert upload.id in waiting(connection)
    compute_preview(connection, city, grounds, upload.id)
    assert upload.id not in waiting(connection)
    other = submitted(
        connection,
        people,
        [School("N-9", "示意丙校", east_m=50)],
        layer="school",
        fields=FIELDS,
        file_name="丙.xlsx",
    )
    approve_upload(connection, city, people.planner, other.id, version=None, rows={})
    assert upload.id in waiting(connection)


def test_what_stands_in_the_way_of_a_preview_is_kept_and_not_tried_for_ever(
    connection: psycopg.Connection, city: City, people: People, grounds: Grounds, tmp_path: Path
) -> None:
    upload = submitted(
        connection, people, [School("E-1", "示意丁校")], layer="school", fields=FIELDS
    )
    compute_preview(connection, city, Grounds(tmp_path), upload.id)
    preview = held(connection, upload).preview
    assert preview is not None
    assert (preview["error"], preview["coverage"]) == ("network_missing", [])
    assert upload.id not in waiting(connection)
