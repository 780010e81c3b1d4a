"""The corpus over HTTP: what a clerk's file and a hostile file become on their way through uploads."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geoplan.catalogue import City
from tests.api.people import Who, put_people
from tests.conftest import TestDatabase
from tests.corpus import (
    coordinates,
    hostile_misleading,
    hostile_reaching,
    hostile_starving,
    hostile_swelling,
    ledgers,
    numbers,
    places,
    shapes,
    totals_and_merges,
    undeclared,
)
from tests.corpus.expected import Case, Want
from tests.corpus.hostile import CANARY, Bait, Hostile
from tests.corpus.test_corpus_hostile import bait  # noqa: F401  a fixture
from tests.corpus.writing import SCHOOL, csv_file, school_rows
from tests.uploads.office import Desk, Office, at_desk, opened

CLERK = Who("longquanyi", "staff", ("510112",))


@pytest.fixture(scope="module")
def office(
    database: TestDatabase, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    put_people(database, city, (CLERK,))
    with opened(database, city, tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="module")
def clerk(office: Office) -> Iterator[Desk]:
    with at_desk(office, CLERK) as desk:
        yield desk


def _options(case: Case) -> dict[str, Any]:
    options = case.options
    said = {
        "crs": options.crs,
        "sheet": options.sheet,
        "header_row": options.header_row,
        "encoding": options.encoding,
        "headers": dict(options.headers) or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _sent(desk: Desk, path: Path, layer: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The upload after its check; the answer to sending it is 202."""
    with path.open("rb") as stream:
        answer = desk.person.ask(
            "POST",
            "/api/uploads",
            data={"layer": layer, "unit": "510112", "options": json.dumps(dict(options))},
            files={"file": (path.name, stream)},
        )
    assert answer.status_code == 202, answer.text
    desk.office.work()
    return desk.one(answer.json()["id"])


# What staff send.

_CASES = [
    ledgers.MONTHLY,
    ledgers.HIDDEN_ROWS,
    ledgers.ADDRESS_ONLY,
    numbers.BAD_FORMS,
    places.BAD_PLACES,
    totals_and_merges.WRONG,
    coordinates.GCJ_CHOSEN,
    undeclared.ASKED,
    shapes.BOW_TIE,
    shapes.KMZ,
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in _CASES])
def test_what_is_found_in_a_staff_file_is_what_the_page_shows(
    case: Case, clerk: Desk, tmp_path: Path
) -> None:
    upload = _sent(clerk, case.make(tmp_path), case.layer, _options(case))
    assert upload["state"] == "checked"
    rows = clerk.rows(upload["id"], limit=1000)
    wanted = {(want.row, want.code, want.severity) for want in case.issues}
    found = {
        (row["row"], issue["code"], issue["severity"]) for row in rows for issue in row["issues"]
    }
    found |= {
        (None if one["code"] != "total_differs" else one["row"], one["code"], one["severity"])
        for one in upload["file_issues"]
    }
    # The file's own page knows what limits it: layers without data, the same file before.
    found = {one for one in found if one[1] not in {"constraint_not_checked", "same_file"}}
    assert found == wanted
    counts, skipped = upload["counts"], [row for row in rows if row["verdict"] == "skipped"]
    judged = counts["ok"] + counts["warning"] + counts["error"]
    assert judged == len(rows) - len(skipped)
    assert counts["skipped"] >= len(case.skipped)
    assert case.skipped.keys() <= {row["row"] for row in skipped}
    assert counts["error"] == len({want.row for want in case.issues if _blocks(want)})


def _blocks(want: Want) -> bool:
    return want.severity == "error" and want.row is not None


# What nobody should send.


def _named(*names: str) -> list[Hostile]:
    every = [
        *hostile_reaching.VIRTUAL,
        *hostile_reaching.REACHING,
        *hostile_swelling.SWELLING,
        *hostile_starving.STARVING,
        *hostile_misleading.MISLEADING,
    ]
    by_id = {one.id: one for one in every}
    return [by_id[name] for name in names]


_HOSTILE = _named(
    "a VRT called data.csv",
    "a GDALG that fetches",
    "a VRT in a zip",
    "a KML with external entities",
    "a workbook with an external entity in xl/worksheets/sheet1.xml",
    "a GeoJSON whose crs is a link",
    "a Shapefile of 1 GB of zeros, packed",
    "members that climb out by ..",
    "a member that is a link",
    "a cell in the last corner of a sheet",
    "a workbook with macros",
    "formulas as names",
    "half a character in a name",
    "JSON without bottom in a property",
    "a picture called .xlsx",
    "a Parquet whose footer says 2 GB",
    "a GeoPackage whose layer is a view that reads files",
)


@pytest.mark.parametrize("hostile", [pytest.param(one, id=one.id) for one in _HOSTILE])
def test_a_hostile_upload_is_refused_in_words_or_does_no_harm(
    hostile: Hostile,
    clerk: Desk,
    bait: Bait,  # noqa: F811
    tmp_path: Path,
) -> None:
    folder = tmp_path / "upload"
    folder.mkdir()
    path = hostile.make(folder, bait)
    upload = _sent(
        clerk, path, hostile.layer, {"crs": "EPSG:4326"} if path.suffix == ".csv" else {}
    )
    if hostile.codes:
        assert upload["state"] == "rejected"
        assert upload["file_issues"][0]["code"] in hostile.codes
        assert upload["file_issues"][0]["remedy"]
    else:
        assert upload["state"] == "checked"
    assert CANARY not in _answers(clerk, upload["id"])


def _answers(desk: Desk, upload: str) -> str:
    """Everything that can be read of an upload, the reports unpacked."""
    said = []
    for path in ("", "/rows", "/report.json", "/report.xlsx"):
        answer = desk.person.get(f"/api/uploads/{upload}{path}")
        assert answer.status_code < 500, answer.text
        if answer.content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                said += [archive.read(name).decode(errors="replace") for name in archive.namelist()]
        else:
            said.append(answer.text)
    return "".join(said)


def test_texts_that_a_spreadsheet_would_run_come_back_as_texts(
    clerk: Desk,
    bait: Bait,  # noqa: F811
    tmp_path: Path,
) -> None:
    [formulas] = _named("formulas as names")
    upload = _sent(clerk, formulas.make(tmp_path, bait), "school", {"crs": "EPSG:4326"})
    names = [row["values"]["name"] for row in clerk.rows(upload["id"])]
    assert names[0] == "=cmd|'/c calc'!A0"
    report = clerk.person.get(f"/api/uploads/{upload['id']}/report.xlsx")
    assert report.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(report.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert any("cmd|" in str(cell.value) for cell in cells)


_NAMES = [
    "../../../../tmp/geoplan-slip.csv",
    "/etc/geoplan-slip.csv",
    "..\\..\\geoplan-slip.csv",
    "<script>alert(1)</script>.csv",
    '台账".csv\r\nX-Slip: 1',
    "示" * 300 + ".csv",
    "\u202evsc.台账.csv",
    ".csv",
]


@pytest.mark.parametrize(("number", "name"), list(enumerate(_NAMES)))
def test_a_files_name_is_only_a_name(
    number: int, name: str, clerk: Desk, office: Office, tmp_path: Path
) -> None:
    content = csv_file([SCHOOL, *school_rows(2, first=number)])(tmp_path).read_bytes()
    answer = clerk.send(content, name, layer="school", options={"crs": "EPSG:4326"}, unit="510112")
    assert answer.status_code in {202, 400, 422}, answer.text
    if answer.status_code != 202:
        return
    office.work()
    upload = clerk.one(answer.json()["id"])
    # A name without .csv at its end says nothing of what its bytes are: refused in words.
    if upload["state"] == "rejected":
        assert upload["file_issues"][0]["code"] == "format_unknown"
    held = [path.name for path in office.home.rglob("*") if path.is_file()]
    assert not any("slip" in each or "示" in each for each in held)
    report = clerk.person.get(f"/api/uploads/{upload['id']}/report.xlsx")
    assert report.status_code == (200 if upload["state"] == "checked" else 409)
    assert "x-slip" not in report.headers
    assert "\n" not in report.headers.get("content-disposition", "")


def test_more_bytes_than_are_taken_end_the_request_and_leave_nothing(
    clerk: Desk, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "零.csv"
    with path.open("wb") as stream:
        stream.truncate(101 << 20)
    before = sorted(office.home.rglob("*"))
    with path.open("rb") as stream:
        answer = clerk.person.ask(
            "POST", "/api/uploads", data={"layer": "school"}, files={"file": ("零.csv", stream)}
        )
    assert answer.status_code == 413
    assert answer.json()["remedy"]
    assert sorted(office.home.rglob("*")) == before


def test_after_all_that_an_ordinary_file_is_read(clerk: Desk, tmp_path: Path) -> None:
    path = csv_file([SCHOOL, *school_rows(5, first=5)])(tmp_path)
    upload = _sent(clerk, path, "school", {"crs": "EPSG:4326"})
    assert upload["counts"]["ok"] == upload["counts"]["rows"] == 5
