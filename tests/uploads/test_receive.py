"""Receiving a file: what is refused, what is kept, and how far it is told to be."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoplan.catalogue import City
from geoplan.uploads.files import MOST_BYTES, Files, safe_name
from tests.api.people import ADMIN, Who, put_people
from tests.conftest import TestDatabase
from tests.uploads.office import (
    CLERK,
    NEIGHBOUR,
    PLANNER,
    WGS84,
    Desk,
    Office,
    at_desk,
    ledger,
    many,
    opened,
    station,
)

BOTH = Who("both", "staff", ("510104", "510105"))


@pytest.fixture(scope="module")
def office(
    database: TestDatabase, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    put_people(database, city, (CLERK, NEIGHBOUR, PLANNER, BOTH, ADMIN))
    with opened(database, city, tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture
def clerk(office: Office) -> Iterator[Desk]:
    with at_desk(office, CLERK) as desk:
        yield desk


def held_files(office: Office) -> set[str]:
    return {place.name for place in (office.home / "uploads").glob("??/*")}


def test_the_bytes_are_there_under_their_hash_before_the_answer(
    office: Office, clerk: Desk
) -> None:
    content = ledger(*many(2, "存"))
    answer = clerk.send(content, options=WGS84)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/uploads/{answer.json()['id']}"
    sha256 = hashlib.sha256(content).hexdigest()
    place = office.home / "uploads" / sha256[:2] / sha256
    assert place.read_bytes() == content
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    assert list((office.home / "uploads" / "incoming").iterdir()) == []
    office.work()
    assert list((office.home / "uploads" / "reading").iterdir()) == []


GOOD = {"layer": "charger"}
REFUSED: dict[str, tuple[dict[str, str], int, str]] = {
    "no layer": ({}, 400, "field_missing"),
    "unknown layer": ({"layer": "nosuch"}, 404, "unknown_layer"),
    "a figure": ({"layer": "nev_new"}, 400, "layer_without_geometry"),
    "unknown unit": (GOOD | {"unit": "某某区"}, 400, "unit_unknown"),
    "unknown field": (GOOD | {"colour": "red"}, 400, "invalid_parameter"),
    "options that are no JSON": (GOOD | {"options": "{"}, 400, "invalid_parameter"),
    "options nested deep": (GOOD | {"options": "[" * 60_000}, 400, "invalid_parameter"),
    "options that are a list": (GOOD | {"options": "[]"}, 400, "option_invalid"),
    "an unknown option": (GOOD | {"options": '{"depth": 1}'}, 400, "option_invalid"),
    "a system that is none": (GOOD | {"options": '{"crs": "EPSG:99"}'}, 400, "crs_unknown"),
    "a local system": (GOOD | {"options": '{"crs": "成都地方坐标系"}'}, 400, "crs_local"),
    "a header's row that is none": (GOOD | {"options": '{"header_row": 0}'}, 400, "option_invalid"),
    "a field that is none": (GOOD | {"options": '{"headers": {"a": "b"}}'}, 400, "option_invalid"),
    "a correction of nothing": (GOOD | {"corrects": "00000000-0000-0000-0000-000000000009"}, 404, "unknown_upload"),
    "a field too long": (GOOD | {"unit": "x" * 70_000}, 400, "form_broken"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_said_with_a_file_is_judged_before_it_is_kept(
    office: Office, clerk: Desk, case: str
) -> None:
    fields, status, code = REFUSED[case]
    content = f"拒收 {case}".encode()
    answer = clerk.person.ask(
        "POST", "/api/uploads", data=fields, files={"file": ("a.csv", content)}
    )
    clerk.refused(answer, status, code)
    if status != 404 or "corrects" not in fields:
        assert hashlib.sha256(content).hexdigest() not in held_files(office)


def raw(clerk: Desk, body: bytes, kind: str = "multipart/form-data; boundary=x") -> httpx.Response:
    return clerk.person.ask("POST", "/api/uploads", content=body, headers={"content-type": kind})


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1\r\n'
LAYER = b'--x\r\nContent-Disposition: form-data; name="layer"\r\n\r\ncharger\r\n'
FORMS = {
    "not a form": (b"{}", "application/json", 415, "unsupported_type"),
    "a form without a boundary": (PART, "multipart/form-data", 415, "unsupported_type"),
    "cut off": (LAYER + PART[:-4], "multipart/form-data; boundary=x", 400, "form_broken"),
    "no end": (LAYER + PART, "multipart/form-data; boundary=x", 400, "form_broken"),
    "no beginning": (b"hello", "multipart/form-data; boundary=x", 400, "form_broken"),
    "two files": (LAYER + PART + PART + b"--x--\r\n", "multipart/form-data; boundary=x", 400, "repeated_field"),
    "two layers": (LAYER + LAYER + PART + b"--x--\r\n", "multipart/form-data; boundary=x", 400, "repeated_field"),
    "no file": (LAYER + b"--x--\r\n", "multipart/form-data; boundary=x", 400, "field_missing"),
    "an empty file": (LAYER + PART.replace(b"\r\n1\r\n", b"\r\n\r\n") + b"--x--\r\n", "multipart/form-data; boundary=x", 400, "file_empty"),
    "many fields": (b"".join(LAYER.replace(b"layer", b"f%d" % n) for n in range(30)) + PART + b"--x--\r\n", "multipart/form-data; boundary=x", 400, "form_broken"),
    "a long header": (b"--x\r\nX: " + b"y" * 9000 + b"\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x", 400, "form_broken"),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_is_not_whole_is_refused(office: Office, clerk: Desk, case: str) -> None:
    body, kind, status, code = FORMS[case]
    clerk.refused(raw(clerk, body, kind), status, code)
    assert list((office.home / "uploads" / "incoming").iterdir()) == []


def test_a_file_beyond_the_limit_is_refused_told_or_not(office: Office, clerk: Desk) -> None:
    announced = clerk.person.ask(
        "POST",
        "/api/uploads",
        content=b"",
        headers={
            "content-type": "multipart/form-data; boundary=x",
            "content-length": str(MOST_BYTES * 2),
        },
    )
    clerk.refused(announced, 413, "file_too_large")

    async def parts() -> Any:
        yield LAYER + PART[:-3]
        for _ in range(MOST_BYTES // 2**20 + 1):
            yield b"\x00" * 2**20

    silent = raw(clerk, parts())  # type: ignore[arg-type]
    clerk.refused(silent, 413, "file_too_large")
    assert list((office.home / "uploads" / "incoming").iterdir()) == []


def test_ten_files_of_an_account_may_wait_and_no_more(office: Office) -> None:
    with at_desk(office, NEIGHBOUR) as desk:
        for turn in range(10):
            row = station(f"W-{turn}", f"示意等待{turn}", lon=103.979, lat=30.682, unit="青羊区")
            assert desk.send(ledger(row), options=WGS84).status_code == 202
        over = desk.send(ledger(station("W-99", "示意等待")), options=WGS84)
        desk.refused(over, 429, "too_many_uploads")
        assert int(over.headers["retry-after"]) > 0
        office.work()
        assert desk.send(ledger(station("W-99", "示意等待")), options=WGS84).status_code == 202
    office.work()


def test_who_has_several_units_says_whose_file_it_is(office: Office) -> None:
    with at_desk(office, BOTH) as desk:
        said = desk.refused(desk.send(ledger(*many(1, "双"))), 400, "unit_needed")
        assert "锦江区" in said["remedy"]
        answer = desk.send(ledger(*many(1, "双")), unit="成都市青羊区", options=WGS84)
        assert desk.one(answer.json()["id"])["unit"] == "510105"
    office.work()


def test_a_planner_sends_for_the_whole_city_or_for_a_unit(office: Office) -> None:
    with at_desk(office, PLANNER) as desk:
        rows = [
            station("PC-1", "示意全市一"),
            station("PC-2", "示意全市二", lon=103.9791, lat=30.6821, unit="青羊区"),
        ]
        upload = desk.checked(ledger(*rows), "全市.csv")
        assert upload["unit"] is None
        assert [row["unit"] for row in desk.rows(upload["id"])] == ["510104", "510105"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("台账.xlsx", "台账.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\资料\\九月 台账.XLS", "九月 台账.XLS"),
        ("a\x00b\u202ec.csv", "abc.csv"),
        ("..", "file"),
        ("", "file"),
        ("x" * 400 + ".geojson", "x" * 172 + ".geojson"),
    ],
)
def test_a_file_s_name_is_data_and_no_path(said: str, kept: str) -> None:
    assert safe_name(said) == kept


def test_a_hostile_name_goes_through_as_words(office: Office, clerk: Desk) -> None:
    upload = clerk.checked(ledger(*many(1, "名")), '../"><script>alert(1)</script>.csv')
    assert upload["file_name"] == "script>.csv"
    assert upload["state"] == "checked"


def test_a_file_that_nothing_can_read_is_rejected_in_words_and_can_be_tried_otherwise(
    office: Office, clerk: Desk
) -> None:
    answer = clerk.send(b"\x00\x01\x02" * 1000, "坏.xlsx", options=WGS84)
    office.work()
    upload = clerk.one(answer.json()["id"])
    assert upload["state"] == "rejected"
    assert upload["file_issues"][0]["detail"]
    assert upload["file_issues"][0]["remedy"]
    clerk.refused(clerk.try_step(upload["id"], "submit"), 409, "upload_state")
    clerk.read_again(upload["id"])
    assert clerk.one(upload["id"])["state"] == "rejected"


def test_progress_is_told_as_it_goes_until_the_check_is_over(office: Office, clerk: Desk) -> None:
    upload = clerk.send(ledger(*many(400, "进")), options=WGS84).json()["id"]
    worker = threading.Thread(target=office.work)
    worker.start()
    answer = clerk.person.get(f"/api/uploads/{upload}/events", headers={"accept-encoding": "br"})
    worker.join()
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    told = [
        (block.split("\n")[0].removeprefix("event: "), json.loads(block.split("data: ")[1]))
        for block in answer.text.strip().split("\n\n")
        if not block.startswith(":")
    ]
    assert told[-1][1]["state"] == "checked"
    assert {name for name, _ in told} <= {"state", "progress"}
    versions = [data["version"] for name, data in told if name == "state"]
    assert versions == sorted(versions)


def test_what_receipts_left_behind_is_removed_after_a_day(tmp_path: Path) -> None:
    files = Files(tmp_path)
    kept = []
    for content in (b"named", b"not named", b"just come"):
        with files.receive() as incoming:
            incoming.write(content)
            kept.append(incoming.keep())
    left = files.receive()
    left.write(b"cut off")
    partial = tmp_path / "uploads" / "incoming"
    [partial_file] = list(partial.iterdir())
    for place in (files.path(kept[0]), files.path(kept[1]), partial_file):
        os.utime(place, (1_000_000, 1_000_000))
    assert files.tidy({kept[0]}) == 2
    assert files.path(kept[0]).exists()
    assert not files.path(kept[1]).exists()
    assert files.path(kept[2]).exists()
    assert not partial_file.exists()
