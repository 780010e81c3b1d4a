"""Whole journeys over the API: from a clerk's file to the public map, and off it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from geoplan.catalogue import City
from tests.api.people import put_people
from tests.conftest import TestDatabase
from tests.uploads.office import (
    CLERK,
    HEADER,
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

ITEMS = "/api/collections/charger/items"


@pytest.fixture(scope="module")
def office(
    database: TestDatabase, city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    put_people(database, city, (CLERK, NEIGHBOUR, PLANNER))
    with opened(database, city, tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture(scope="module")
def clerk(office: Office) -> Iterator[Desk]:
    with at_desk(office, CLERK) as desk:
        yield desk


@pytest.fixture(scope="module")
def planner(office: Office) -> Iterator[Desk]:
    with at_desk(office, PLANNER) as desk:
        yield desk


@pytest.fixture(scope="module")
def neighbour(office: Office) -> Iterator[Desk]:
    with at_desk(office, NEIGHBOUR) as desk:
        yield desk


def on_the_map(office: Office, name: str) -> list[dict[str, object]]:
    """Features of that name as the public finds them."""
    found: list[dict[str, object]] = office.api.json(ITEMS, name=name)["features"]
    return found


def test_a_file_goes_from_the_clerk_to_the_public_map_and_off_it(
    office: Office, clerk: Desk, planner: Desk
) -> None:
    rows = [
        station("J-1", "示意一号站"),
        station("J-2", "示意二号站", lon=104.1151, piles="约6"),
        station("J-3", "示意三号站", lon=104.1171, piles="很多"),
        station("J-4", "示意四号站", lon=104.1191),
    ]
    upload = clerk.checked(ledger(*rows), "九月.csv")
    assert upload["state"] == "checked"
    assert upload["counts"] == {
        "rows": 4, "ok": 2, "warning": 1, "error": 1, "skipped": 0,
        "ready": 2, "open": 2, "published": 0, "returned": 0, "left_out": 0,
        "codes": {"number_approximate": 1, "number_unreadable": 1},
    }  # fmt: skip
    bad = clerk.rows(upload["id"], verdict="error")
    assert [(row["row"], row["issues"][0]["code"], row["issues"][0]["column"]) for row in bad] == [
        (4, "number_unreadable", "充电桩数量")
    ]
    clerk.edit(upload["id"], 3, accept=["number_approximate"])
    clerk.refused(clerk.try_step(upload["id"], "submit"), 409, "rows_open")
    clerk.step(upload["id"], "submit", valid_only=True)
    clerk.refused(clerk.try_step(upload["id"], "approve"), 403, "not_allowed")
    assert on_the_map(office, "示意一号站") == []
    [waiting] = planner.read("/api/uploads", state="submitted")["uploads"]
    assert (waiting["id"], waiting["account"], waiting["unit"]) == (
        upload["id"],
        "jinjiang",
        "510104",
    )
    planner.edit(upload["id"], 5, returned="与上月重复")
    done = planner.step(upload["id"], "approve", version=planner.one(upload["id"])["version"])
    assert done["state"] == "published"
    assert [len(on_the_map(office, f"示意{n}号站")) for n in "一二三四"] == [1, 1, 0, 0]
    [fourth] = clerk.rows(upload["id"], only="returned")
    assert (fourth["row"], fourth["reason"]) == (5, "与上月重复")
    published = [row for row in clerk.rows(upload["id"]) if row["decision"] == "approved"]
    assert {row["feature_id"] for row in published} == {
        on_the_map(office, name)[0]["id"] for name in ("示意一号站", "示意二号站")
    }
    planner.step(upload["id"], "rollback", reason="误报")
    assert [on_the_map(office, f"示意{n}号站") for n in "一二三四"] == [[], [], [], []]
    steps = [
        (event["from_state"], event["to_state"]) for event in clerk.one(upload["id"])["events"]
    ]
    assert steps[-3:] == [
        ("submitted", "approved"),
        ("approved", "published"),
        ("published", "rolled_back"),
    ]


def test_the_corrected_file_is_known_and_its_changes_are_told(clerk: Desk) -> None:
    wrong = many(12, "改")
    wrong[4] = wrong[4].replace(",投用,", ",飞快,")
    first = clerk.checked(ledger(*wrong), "十月.csv")
    second = clerk.checked(ledger(*many(12, "改")), "十月改.csv")
    assert second["corrects"] == first["id"]
    assert second["changes"]["counts"] == {"changed": 1, "added": 0, "gone": 0, "same": 11}
    assert second["counts"]["error"] == 0


def test_the_same_bytes_are_recognised(clerk: Desk, neighbour: Desk) -> None:
    content = ledger(*many(3, "同"))
    first = clerk.checked(content, "同.csv")
    again = clerk.send(content, "另一个名字.csv", options=WGS84)
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["same_file"]) == (first["id"], True)
    otherwise = clerk.send(content, "同.csv", options={"crs": "GCJ-02"})
    assert otherwise.status_code == 202
    assert otherwise.json()["earlier"]["id"] == first["id"]
    clerk.office.work()
    told = [issue["code"] for issue in clerk.one(otherwise.json()["id"])["file_issues"]]
    assert "same_file" in told
    others = neighbour.send(content, "同.csv", options=WGS84)
    assert others.status_code == 202
    assert others.json()["earlier"] is None


def test_the_same_request_is_one_upload_and_its_key_is_for_nothing_else(clerk: Desk) -> None:
    content = ledger(*many(2, "键"))
    first = clerk.send(content, options=WGS84, key="a-key")
    again = clerk.send(content, options=WGS84, key="a-key")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = clerk.send(ledger(*many(3, "键")), options=WGS84, key="a-key")
    clerk.refused(other, 422, "idempotency_key_reused")
    clerk.office.work()


def test_rows_of_another_unit_are_errors(clerk: Desk) -> None:
    rows = [
        station("O-1", "示意本区"),
        station("O-2", "示意邻区", lon=103.9791, lat=30.6821, unit="青羊区"),
    ]
    upload = clerk.checked(ledger(*rows), "两区.csv")
    [strange] = clerk.rows(upload["id"], code="unit_not_yours")
    assert (strange["row"], strange["verdict"]) == (3, "error")
    [issue] = [each for each in strange["issues"] if each["code"] == "unit_not_yours"]
    assert (issue["column"], issue["value"]) == ("区县", "青羊区")


def test_undeclared_coordinates_are_asked_about_and_then_read_as_chosen(clerk: Desk) -> None:
    upload = clerk.checked(ledger(*many(5, "问")), "未声明.csv", options={})
    assert upload["crs"]["how"] == "undecided"
    assert {reading["crs"] for reading in upload["crs"]["candidates"]} >= {
        "EPSG:4326",
        "GCJ-02",
        "BD-09",
    }
    clerk.refused(clerk.try_step(upload["id"], "submit", valid_only=True), 409, "file_not_ready")
    clerk.read_again(upload["id"], crs="gcj02")
    again = clerk.one(upload["id"])
    assert (again["crs"]["chosen"], again["crs"]["how"]) == ("GCJ-02", "chosen")
    [row] = clerk.rows(upload["id"], limit=1)
    assert row["original"]["crs"] == "GCJ-02"
    assert row["lon"] == pytest.approx(104.0976, abs=1e-3)


def test_a_header_that_was_explained_once_is_understood_the_next_time(
    clerk: Desk, planner: Desk
) -> None:
    header = HEADER.replace("充电桩数量", "根")
    upload = clerk.checked(ledger(*many(2, "头"), header=header), "头.csv")
    assert "column_missing" in [issue["code"] for issue in upload["file_issues"]]
    clerk.refused(clerk.try_step(upload["id"], "submit", valid_only=True), 409, "file_not_ready")
    clerk.read_again(upload["id"], headers={"根": "piles"})
    again = clerk.one(upload["id"])
    assert (again["counts"]["ready"], again["options"]["crs"]) == (2, "EPSG:4326")
    clerk.step(again["id"], "submit")
    planner.step(again["id"], "approve")
    later = clerk.checked(ledger(*many(3, "头"), header=header), "头二.csv")
    assert [(use["field"], use["how"]) for use in later["headers"] if use["header"] == "根"] == [
        ("piles", "chosen")
    ]


def test_personal_columns_are_kept_nowhere_but_in_the_file(clerk: Desk) -> None:
    rows = [f"{line},张某某,13800000000" for line in many(2, "人")]
    upload = clerk.checked(ledger(*rows, header=f"{HEADER},联系人,联系电话"), "联系人.csv")
    shown = clerk.person.get(f"/api/uploads/{upload['id']}").text
    shown += clerk.person.get(f"/api/uploads/{upload['id']}/rows").text
    assert "张某某" not in shown
    assert "13800000000" not in shown
    with clerk.office.database.connect("administrator") as connection:
        held = connection.execute(
            "SELECT string_agg(r::text, '') FROM geoplan.upload_row AS r"
        ).fetchone()
    assert held is not None
    assert "13800000000" not in held[0]


def test_a_neighbour_finds_nothing_of_it(clerk: Desk, neighbour: Desk) -> None:
    upload = clerk.checked(ledger(*many(2, "邻")), "邻.csv")["id"]
    assert upload not in neighbour.person.get("/api/uploads?limit=200").text
    for path in ("", "/rows", "/events", "/preview", "/report.json"):
        answer = neighbour.person.get(f"/api/uploads/{upload}{path}")
        neighbour.refused(answer, 404, "unknown_upload")
    for verb in ("submit", "accept"):
        neighbour.refused(neighbour.try_step(upload, verb), 404, "unknown_upload")
    answer = neighbour.person.ask("PATCH", f"/api/uploads/{upload}/rows/2", json={"left_out": True})
    neighbour.refused(answer, 404, "unknown_upload")
    neighbour.refused(neighbour.send(ledger(*many(2, "邻2")), unit="锦江区"), 403, "unit_not_yours")


def test_the_public_is_asked_to_log_in(office: Office, clerk: Desk) -> None:
    upload = clerk.checked(ledger(*many(2, "公")), "公.csv")["id"]
    for path in ("/api/uploads", f"/api/uploads/{upload}", f"/api/uploads/{upload}/rows"):
        assert office.api.get(path).status_code == 401
    assert (
        office.api.get("/api/uploads", "POST", files={"file": ("a.csv", b"x")}).status_code == 401
    )


def test_a_change_from_another_page_is_refused(clerk: Desk) -> None:
    upload = clerk.checked(ledger(*many(2, "源")), "源.csv")["id"]
    path = f"/api/uploads/{upload}/submit"
    for headers in (
        {"x-csrf-token": "wrong"},
        {"x-csrf-token": clerk.person.csrf, "origin": "http://elsewhere.test"},
    ):
        answer = clerk.person.api.get(path, "POST", json={}, headers=headers)
        assert answer.status_code == 403
    assert clerk.one(upload)["state"] == "checked"


def test_what_is_told_is_told_in_both_languages(clerk: Desk) -> None:
    upload = clerk.checked(ledger(station("L-1", "示意语言", piles="很多")), "语言.csv")["id"]
    zh = clerk.rows(upload, lang="zh")[0]["issues"][0]
    en = clerk.rows(upload, lang="en")[0]["issues"][0]
    assert zh["code"] == en["code"]
    assert zh["detail"] != en["detail"]
    assert en["detail"].isascii() or "很多" in en["detail"]


def test_rows_are_read_page_by_page(clerk: Desk) -> None:
    upload = clerk.checked(ledger(*many(25, "页")), "页.csv")["id"]
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = clerk.read(f"/api/uploads/{upload}/rows", limit=7, after=after)
        seen += [row["row"] for row in page["rows"]]
        after = page["next"]
    assert seen == list(range(2, 27))


def test_the_preview_says_what_publishing_then_does(
    office: Office, clerk: Desk, planner: Desk
) -> None:
    def progress() -> dict[str, float]:
        rows = office.api.json("/api/progress")["rows"]
        return {row["target"]: row["done"] for row in rows if row["layer"] == "charger"}

    upload = clerk.checked(ledger(*many(8, "预")), "预.csv")["id"]
    clerk.step(upload, "submit")
    before = progress()
    ahead = planner.read(f"/api/uploads/{upload}/preview")
    assert ahead["features"] == {"added": 8, "updated": 0, "unchanged": 0}
    told = {row["target"]: (row["before"], row["after"]) for row in ahead["progress"]}
    assert progress() == before
    planner.step(upload, "approve")
    after = progress()
    assert told["charger"] == (before["charger"], after["charger"])
    assert after["charger"] == before["charger"] + 32


def test_the_map_of_any_moment_is_what_was_published_then(clerk: Desk, planner: Desk) -> None:
    def published(piles: str) -> str:
        row = station("AT-1", "示意时光站", piles=piles)
        upload: str = clerk.checked(ledger(row), f"{piles}.csv")["id"]
        clerk.step(upload, "submit")
        planner.step(upload, "approve")
        return upload

    def piles_at(moment: str) -> list[int]:
        found = planner.read(ITEMS, name="示意时光站", at=moment)
        return [feature["properties"]["piles"] for feature in found["features"]]

    moments = [now()]
    published("4")
    moments.append(now())
    second = published("9")
    moments.append(now())
    planner.step(second, "rollback", reason="误报")
    moments.append(now())
    assert [piles_at(moment) for moment in moments] == [[], [4], [9], [4]]


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def test_a_row_with_an_address_only_is_placed_on_the_map_and_judged_there(
    clerk: Desk, planner: Desk
) -> None:
    header = f"{HEADER},地址"
    lines = [
        f"{station('PL-1', '示意有位置站')},",
        "PL-2,示意只有地址站,锦江区,投用,2023-09-01,3,,,某路 1 号",
    ]
    upload = clerk.checked(ledger(*lines, header=header), "地址.csv")["id"]
    [unplaced] = clerk.rows(upload, code="place_by_address")
    assert (unplaced["row"], unplaced["verdict"], unplaced["geometry"]) == (3, "error", None)
    away = clerk.edit(upload, 3, place={"lon": 103.98, "lat": 30.68})
    assert [issue["code"] for issue in away["issues"]] == ["outside_district"]
    clerk.edit(upload, 3, accept=True)
    home = clerk.edit(upload, 3, place={"lon": 104.1132, "lat": 30.6033})
    assert (home["verdict"], home["issues"], home["ready"]) == ("ok", [], True)
    assert home["geometry"] == {"type": "Point", "coordinates": [104.1132, 30.6033]}
    back = clerk.edit(upload, 3, place={"lon": 103.98, "lat": 30.68})
    assert (back["accepted"], back["ready"]) == ([], False), (
        "a nod is for the place it was given for"
    )
    clerk.edit(upload, 3, place={"lon": 104.1132, "lat": 30.6033})
    clerk.step(upload, "submit")
    planner.step(upload, "approve")
    # The same project, without a number, from another file: placed there it may be the held one.
    nameless = [
        f"{station('PL-9', '示意别站', lon=104.12)},",
        ",示意只有地址站,锦江区,投用,2023-09-01,3,,,某路 1 号",
    ]
    other = clerk.checked(ledger(*nameless, header=header), "地址二.csv")["id"]
    placed = clerk.edit(other, 3, place={"lon": 104.1134, "lat": 30.6033})
    assert [issue["code"] for issue in placed["issues"]] == ["may_match_held"]
    assert (placed["match"]["name"], placed["match"]["confirmed"]) == ("示意只有地址站", None)
    assert clerk.edit(other, 3, match=True)["ready"]


def test_a_sum_that_does_not_fit_and_hidden_things_are_told_of_the_file(clerk: Desk) -> None:
    lines = [
        station("SU-1", "示意合计一", piles="3"),
        station("SU-2", "示意合计二", lon=104.12, piles="4"),
    ]
    upload = clerk.checked(ledger(*lines, "合计,,,,,9,,"), "合计.csv")
    assert "total_differs" in [issue["code"] for issue in upload["file_issues"]]
    assert upload["counts"]["skipped"] == 1
    [total] = clerk.rows(upload["id"], verdict="skipped")
    assert (total["row"], total["reason"]) == (4, "total")
