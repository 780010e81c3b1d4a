"""Reports and templates over HTTP: who gets which, and as what."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest

from geoplan.catalogue import City
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.upload_rows import return_rows
from geoplan.store.uploads import Upload, raise_version
from geoplan.uploads.files import Files
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.people import PLANNER, STAFF_A, STAFF_B, Person, browser, logged_in, put_people
from tests.conftest import TestDatabase
from tests.uploads import workbooks
from tests.uploads.held import found, put

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, home: Path) -> Iterator[Api]:
    put_people(database, city)
    with running(application(database, city, home=home)) as asked:
        yield asked


@pytest.fixture(scope="module")
def upload(database: TestDatabase, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Upload:
    """A checked ledger of 锦江区."""
    path = workbooks.ledger(tmp_path_factory.mktemp("ledger") / "九月 台账.xlsx")
    rows = {number: [number - 2, f"CD-{number - 2}", "示意", "锦江区"] for number in range(3, 11)}
    issues = {4: [found("unit_unknown", "区县")]}
    with database.connect() as connection:
        return put(
            connection, Files(home), path, workbooks.HEADER[:4], rows, issues, sheet=workbooks.SHEET
        )


@pytest.fixture
def clerk(api: Api) -> Iterator[Person]:
    with logged_in(api, STAFF_A) as person:
        yield person


def test_the_workbook_is_for_its_unit_and_for_planners(
    api: Api, upload: Upload, clerk: Person
) -> None:
    path = f"/api/uploads/{upload.id}/report.xlsx"
    with browser(api) as stranger:
        assert stranger.get(path).status_code == 401
    with logged_in(api, STAFF_B) as neighbour:
        assert neighbour.get(path).status_code == 404
    with logged_in(api, PLANNER) as planner:
        assert planner.get(path).status_code == 200
    answer = clerk.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["cache-control"] == "private, no-cache"
    name = quote("九月 台账-检查报告.xlsx")
    assert f"filename*=utf-8''{name}" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [workbooks.SHEET, "说明", "检查报告"]
    assert book[workbooks.SHEET]["D4"].comment is not None


def test_a_report_that_the_client_has_is_not_made_again_until_something_changes(
    clerk: Person, upload: Upload, database: TestDatabase
) -> None:
    for path in (f"/api/uploads/{upload.id}/report.{form}" for form in ("xlsx", "json")):
        etag = clerk.get(path).headers["etag"]
        assert clerk.get(path, headers={"if-none-match": etag}).status_code == 304
        with database.connect() as connection, connection.transaction():
            act_as(connection, OPERATOR, "")
            return_rows(connection, upload.id, {5: "请核实"})
            raise_version(connection, upload.id)
        answer = clerk.get(path, headers={"if-none-match": etag})
        assert answer.status_code == 200
    assert "请核实" in answer.text


def test_the_json_report_is_in_the_language_that_is_asked_for(
    clerk: Person, upload: Upload
) -> None:
    path = f"/api/uploads/{upload.id}/report.json"
    details = {
        lang: json.loads(clerk.get(f"{path}?lang={lang}").content)["rows"][0]["issues"][0]["detail"]
        for lang in ("zh", "en")
    }
    assert details == {"zh": "unit_unknown 的说明", "en": "what unit_unknown is"}
    assert clerk.get(f"{path}?nosuch=1").status_code == 400


def test_no_file_is_left_behind(
    clerk: Person, upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for form in ("xlsx", "json"):
        assert clerk.get(f"/api/uploads/{upload.id}/report.{form}").status_code == 200
    assert (
        clerk.get("/api/uploads/00000000-0000-4000-8000-000000000009/report.xlsx").status_code
        == 404
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "media_type", "start"),
    [
        ("xlsx", XLSX, b"PK"),
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"),
        ("gpkg", "application/geopackage+sqlite3", b"SQLite format 3\0"),
    ],
)
def test_a_template_is_there_for_everybody_who_is_logged_in(
    api: Api, clerk: Person, form: str, media_type: str, start: bytes
) -> None:
    path = f"/api/layers/school/template.{form}"
    with browser(api) as stranger:
        assert stranger.get(path).status_code == 401
    answer = clerk.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.content.startswith(start)
    assert (
        f"filename*=UTF-8''{quote('中小学、幼儿园-模板.' + form)}"
        in answer.headers["content-disposition"]
    )


def test_templates_of_hidden_layers_and_of_indicators_are_not_there(
    api: Api, clerk: Person
) -> None:
    assert clerk.get("/api/layers/micro_grid/template.csv").status_code == 200
    for layer in ("three_lines", "nev_new", "nosuch"):
        assert clerk.get(f"/api/layers/{layer}/template.xlsx").status_code == 404
    with logged_in(api, PLANNER) as planner:
        assert planner.get("/api/layers/three_lines/template.csv").status_code == 200
