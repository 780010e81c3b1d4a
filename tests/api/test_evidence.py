"""Evidence over HTTP: what is attached, by whom it is seen, and how it is given back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from geoplan.catalogue import City
from geoplan.editing.evidence import MOST_BYTES
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.people import Person
from tests.api.test_edits import (
    at,
    clerk,
    database,
    draw,
    neighbour,
    people,
    planner,
    problem,
    send,
)
from tests.conftest import TestDatabase
from tests.editing import pictures

__all__ = ["clerk", "database", "neighbour", "people", "planner"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City, home: Path) -> Iterator[Api]:
    with running(application(database, city, home=home)) as asked:
        yield asked


def attach(
    person: Person, feature: str, data: bytes, name: str = "照片.jpg", kind: str = "image/jpeg", **fields: str
) -> httpx.Response:  # fmt: skip
    return person.ask(
        "POST", f"{feature}/evidence", files={"file": (name, data, kind)}, data=fields
    )


def listed(person: Person, feature: str) -> list[dict[str, Any]]:
    answer = person.get(f"{feature}/evidence")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["evidence"]
    return found


def test_a_photo_is_attached_listed_given_back_and_taken_off(
    api: Api, clerk: Person, home: Path
) -> None:
    made = draw(clerk)
    answer = attach(clerk, at(made), pictures.photo(1), "竣工 照片.JPG", note="竣工验收")
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["media_type"], said["width"], said["height"]) == ("image/jpeg", 48, 32)
    assert (said["file_name"], said["note"], said["by"]) == (
        "竣工 照片.jpg",
        "竣工验收",
        "jinjiang",
    )
    assert answer.headers["location"] == said["href"]
    assert listed(clerk, at(made)) == [said]
    file = clerk.get(at(answer))
    assert file.status_code == 200
    assert len(file.content) == said["bytes"]
    headers = file.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["content-disposition"].startswith("attachment;")
    assert "filename*=utf-8''%E7%AB%A3%E5%B7%A5" in headers["content-disposition"].lower().replace("%e7%ab%a3%e5%b7%a5", "%E7%AB%A3%E5%B7%A5")  # fmt: skip
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"  # fmt: skip
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "private" in headers["cache-control"]
    assert "access-control-allow-origin" not in headers
    with Image.open(io.BytesIO(file.content)) as left:
        assert not left.getexif()
    assert pictures.SECRET not in file.content
    assert clerk.get(at(answer), headers={"if-none-match": headers["etag"]}).status_code == 304
    kept = home / "evidence" / said["sha256"][:2] / said["sha256"]
    assert kept.read_bytes() == file.content
    assert send(clerk, "DELETE", at(answer)).status_code == 204
    assert not kept.exists()
    assert listed(clerk, at(made)) == []
    assert problem(clerk.get(at(answer)), 404)["code"] == "unknown_evidence"
    assert problem(send(clerk, "DELETE", at(answer)), 404)
    assert clerk.get(at(made)).headers["etag"].split("-")[0] + '"' == made.headers["etag"]


def test_the_same_file_again_is_the_one_that_is_there(clerk: Person) -> None:
    made = draw(clerk)
    first = attach(clerk, at(made), pictures.photo(2))
    again = attach(clerk, at(made), pictures.photo(2), "other.jpg")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]


def test_evidence_is_for_its_unit_and_planners_alone(
    api: Api, clerk: Person, neighbour: Person, planner: Person
) -> None:
    made = draw(clerk)
    answer = attach(clerk, at(made), pictures.photo(3))
    listing = f"{at(made)}/evidence"
    etag = clerk.get(at(answer)).headers["etag"]
    for path in (listing, at(answer)):
        api.problem(path, 401)
        api.problem(path, 401, headers={"if-none-match": etag})
        assert problem(neighbour.get(path), 403)["code"] == "unit_not_yours"
        assert problem(neighbour.get(path, headers={"if-none-match": etag}), 403)
        assert planner.get(path).status_code == 200
    assert problem(attach(neighbour, at(made), pictures.photo(4)), 403)
    assert problem(send(neighbour, "DELETE", at(answer)), 403)
    assert problem(send(clerk, "DELETE", f"{listing}/nosuch"), 404)
    api.problem(at(answer), 401, method="DELETE")
    assert listed(clerk, at(made)) == [answer.json()]
    other = draw(clerk)
    assert problem(clerk.get(at(answer).replace(made.json()["id"], other.json()["id"])), 404)
    nothing = at(made).replace(made.json()["id"], "00000000-0000-0000-0000-000000000007")
    assert problem(clerk.get(f"{nothing}/evidence"), 404)["code"] == "unknown_feature"
    assert problem(attach(clerk, nothing, pictures.photo(4)), 404)


def test_evidence_of_a_hidden_feature_is_nowhere(clerk: Person, neighbour: Person) -> None:
    body = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [104.113, 30.603]},
        "properties": {"name": "示意基站", "status": "open"},
    }
    made = send(clerk, "POST", "/api/collections/base_station_5g/items", body)
    answer = attach(clerk, at(made), pictures.photo(5))
    assert answer.status_code == 201
    for path in (f"{at(made)}/evidence", at(answer)):
        assert problem(neighbour.get(path), 404)["code"] == "unknown_feature"


@pytest.mark.parametrize(
    ("data", "name", "kind", "status", "code"),
    [
        (b"<svg onload='alert(1)'/>", "a.jpg", "image/jpeg", 422, "evidence_type"),
        (pictures.photo()[:300], "a.jpg", "image/jpeg", 422, "evidence_unreadable"),
        (pictures.bomb(60_000, 60_000), "a.png", "image/png", 422, "evidence_too_many_pixels"),
        (pictures.with_file(), "a.pdf", "application/pdf", 422, "evidence_active"),
        (b"", "a.jpg", "image/jpeg", 400, "file_empty"),
        (b"\xff\xd8\xff" + b"\0" * MOST_BYTES, "a.jpg", "image/jpeg", 413, "file_too_large"),
    ],
    ids=range(6),
)
def test_what_is_no_evidence_is_refused_with_words(
    clerk: Person, data: bytes, name: str, kind: str, status: int, code: str
) -> None:
    made = draw(clerk)
    found = problem(attach(clerk, at(made), data, name, kind), status)
    assert found["code"] == code
    assert "/" not in found.get("where", {}).get("file", "")
    assert listed(clerk, at(made)) == []


def test_content_decides_and_not_the_name(clerk: Person) -> None:
    made = draw(clerk)
    answer = attach(clerk, at(made), pictures.document(), "photo.jpg", "image/jpeg")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["media_type"], answer.json()["file_name"]) == ("application/pdf", "photo.pdf")  # fmt: skip
    assert clerk.get(at(answer)).headers["content-type"] == "application/pdf"


def test_a_form_with_anything_else_is_refused(clerk: Person) -> None:
    made = draw(clerk)
    path = f"{at(made)}/evidence"
    file = ("a.jpg", pictures.photo(6), "image/jpeg")
    forms: list[tuple[str, dict[str, Any]]] = [
        ("invalid_form", {"files": {"other": file}}),
        ("repeated_field", {"files": [("file", file), ("file", file)]}),
        ("invalid_form", {"files": {"file": file}, "data": {"unit": "510104"}}),
        ("invalid_form", {"files": {"note": file}}),
    ]
    for code, form in forms:
        answer = problem(clerk.ask("POST", path, **form), 400)
        assert answer["code"] in {code, "form_broken"}, form
    assert problem(clerk.ask("POST", path, files={"file": file}, data={"note": "x" * 501}), 400)
    assert problem(clerk.ask("POST", path, content=file[1], headers={"content-type": "image/jpeg"}), 415)  # fmt: skip
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert problem(clerk.ask("POST", path, content=b"--x", headers=broken), 400)
    assert listed(clerk, at(made)) == []


def test_a_feature_has_twenty_files(clerk: Person) -> None:
    made = draw(clerk)
    for number in range(20):
        assert attach(clerk, at(made), pictures.document(Lang=str(number).encode())).status_code == 201  # fmt: skip
    assert problem(attach(clerk, at(made), pictures.photo(7)), 409)["code"] == "too_much_evidence"


def test_lost_bytes_are_told_and_nothing_else_is(clerk: Person, home: Path) -> None:
    made = draw(clerk)
    answer = attach(clerk, at(made), pictures.photo(8))
    sha256 = answer.json()["sha256"]
    (home / "evidence" / sha256[:2] / sha256).unlink()
    found = problem(clerk.get(at(answer)), 500)
    assert found["code"] == "file_lost"
    assert str(home) not in str(found)
