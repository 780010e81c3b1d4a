"""Histories over HTTP: who, when, why, what; any moment; and back again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest

from geoplan.catalogue import City
from tests.api.asking import Api, running
from tests.api.conftest import application
from tests.api.people import Person
from tests.api.test_edits import (
    ITEMS,
    MERGE,
    at,
    change,
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

__all__ = ["clerk", "database", "neighbour", "people", "planner"]

CHINA = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def api(database: TestDatabase, city: City) -> Iterator[Api]:
    with running(application(database, city)) as asked:
        yield asked


def clock() -> str:
    return quote(datetime.now(UTC).isoformat())


def history(person: Person, feature: str, query: str = "") -> list[dict[str, Any]]:
    answer = person.get(f"{feature}/versions{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["versions"]
    return found


def test_a_history_says_who_when_why_and_what(clerk: Person, planner: Person) -> None:
    made = draw(clerk, piles=4, note="仅供内部")
    path = f"{at(made)}?reason={quote('现场核实')}"
    first = change(planner, path, made.headers["etag"], piles=6, note=None)
    moved = send(clerk, "PATCH", at(made), {"geometry": {"coordinates": [104.113, 30.604]}}, MERGE, if_match=first.headers["etag"])  # fmt: skip
    present, changed, created = history(clerk, at(made))
    assert [v["what"] for v in (present, changed, created)] == ["changed", "changed", "created"]
    assert [v["present"] for v in (present, changed, created)] == [True, False, False]
    assert [v["by"] for v in (present, changed, created)] == ["jinjiang", "planning", "jinjiang"]
    assert (changed["why"], created["why"]) == ("现场核实", None)
    assert changed["changed"] == [
        {"property": "note", "before": "仅供内部", "after": None},
        {"property": "piles", "before": 4, "after": 6},
    ]
    assert (present["changed"], present["geometry_changed"]) == ([], True)
    assert present["moved_m"] == pytest.approx(110.9, abs=0.3)
    assert (created["to"], changed["to"]) == (changed["from"], present["from"])
    assert moved.status_code == 200


def test_what_is_not_public_in_a_history_is_for_the_unit_that_had_it(
    clerk: Person, neighbour: Person
) -> None:
    made = draw(clerk, note="仅供内部")
    change(clerk, at(made), made.headers["etag"], note="改了", piles=9)
    [present, _] = history(neighbour, at(made))
    assert [one["property"] for one in present["changed"]] == ["piles"]
    assert "仅供内部" not in json.dumps(history(neighbour, at(made)), ensure_ascii=False)


def test_a_history_comes_in_pages(clerk: Person) -> None:
    made = draw(clerk)
    etag = made.headers["etag"]
    for count in range(1, 6):
        etag = change(clerk, at(made), etag, piles=count).headers["etag"]
    whole = history(clerk, at(made))
    assert len(whole) == 6
    path, found = f"{at(made)}/versions?limit=2", []
    while path:
        answer = clerk.get(path).json()
        found += answer["versions"]
        path = next((link["href"] for link in answer["links"] if link["rel"] == "next"), "")
    assert found == whole
    for odd in ("limit=0", "limit=1001", "limit=x", "before=yesterday", "before=2023-01-01", "x=1"):
        problem(clerk.get(f"{at(made)}/versions?{odd}"), 400)


def test_a_removed_feature_keeps_its_history_and_comes_back(
    api: Api, clerk: Person, neighbour: Person
) -> None:
    made = draw(clerk, piles=5)
    gone = send(
        clerk, "DELETE", f"{at(made)}?reason={quote('重复')}", if_match=made.headers["etag"]
    )
    assert gone.status_code == 204
    [only] = history(clerk, at(made))
    assert only["present"] is False
    assert only["removed"] == {"at": only["to"], "by": "jinjiang", "why": "重复"}
    back = f"{at(made)}/versions/{only['version']}/restore"
    api.problem(back, 401, method="POST")
    assert problem(send(neighbour, "POST", back), 403)["code"] == "unit_not_yours"
    assert problem(send(clerk, "POST", back, if_match=made.headers["etag"]), 412)
    restored = send(clerk, "POST", f"{back}?reason={quote('误删')}")
    assert restored.status_code == 200, restored.text
    assert restored.json()["properties"] == made.json()["properties"]
    assert clerk.get(at(made)).headers["etag"].startswith(restored.headers["etag"].rstrip('"'))
    assert [v["why"] for v in history(clerk, at(made))] == ["误删", None]


def test_a_version_is_restored_from_what_was_seen(clerk: Person) -> None:
    made = draw(clerk, piles=5)
    changed = change(clerk, at(made), made.headers["etag"], piles=50)
    number = history(clerk, at(made))[1]["version"]
    path = f"{at(made)}/versions/{number}/restore"
    assert problem(send(clerk, "POST", path), 428)
    assert problem(send(clerk, "POST", path, if_match=made.headers["etag"]), 412)
    back = send(clerk, "POST", path, if_match=changed.headers["etag"])
    assert back.json()["properties"]["piles"] == 5
    for odd in ("0", "x", "9" * 30, str(number + 10_000), "-1", "1e3"):
        path = f"{at(made)}/versions/{odd}/restore"
        found = problem(send(clerk, "POST", path, if_match=back.headers["etag"]), 404)
        assert found["code"] == "unknown_version"


def test_any_moment_can_be_asked_of_one_feature_and_of_all(clerk: Person, planner: Person) -> None:
    empty = clock()
    made = draw(clerk, piles=1)
    first = clock()
    changed = change(clerk, at(made), made.headers["etag"], piles=2, status="planned")
    second = clock()
    send(clerk, "DELETE", at(made), if_match=changed.headers["etag"])
    third = clock()
    fid = made.json()["id"]
    for moment, piles in ((first, 1), (second, 2)):
        one = clerk.get(f"{at(made)}?at={moment}")
        assert one.status_code == 200, one.text
        assert one.json()["properties"]["piles"] == piles
        found = {
            f["id"]: f for f in planner.get(f"{ITEMS}?at={moment}&limit=1000").json()["features"]
        }
        assert found[fid]["properties"]["piles"] == piles
    for moment in (empty, third):
        assert problem(clerk.get(f"{at(made)}?at={moment}"), 404)
        found = planner.get(f"{ITEMS}?at={moment}&limit=1000").json()
        assert fid not in {f["id"] for f in found["features"]}
        assert found["numberMatched"] == found["numberReturned"]
    planned = planner.get(f"{ITEMS}?at={second}&status=planned").json()
    assert [f["id"] for f in planned["features"]] == [fid]
    assert planner.get(f"{ITEMS}?at={first}&bbox=104.2,30.6,104.3,30.7").json()["features"] == []


def test_pages_of_an_earlier_moment_hold_together(clerk: Person) -> None:
    for number in range(5):
        draw(clerk, name=f"示意站页{number}", piles=number)
    moment = clock()
    path, found = f"{ITEMS}?at={moment}&limit=2", []
    while path:
        answer = clerk.get(path).json()
        found += [f["id"] for f in answer["features"]]
        path = next((link["href"] for link in answer["links"] if link["rel"] == "next"), "")
        draw(clerk)  # comes after the moment
    assert len(found) == len(set(found)) == answer["numberMatched"]


def test_a_day_means_its_end_in_china(clerk: Person) -> None:
    made = draw(clerk)
    today = datetime.now(CHINA).date()
    assert clerk.get(f"{at(made)}?at={today}").status_code == 200
    assert problem(clerk.get(f"{at(made)}?at={today - timedelta(days=1)}"), 404)


def test_what_is_still_to_come_and_what_is_no_moment_is_refused(clerk: Person) -> None:
    made = draw(clerk)
    tomorrow = datetime.now(CHINA).date() + timedelta(days=1)
    for odd in (str(tomorrow), "2999-01-01T00:00:00Z", "yesterday", "2023-02-30", "2023-07-01T00:00:00", "2023", "", "1' OR 1=1", "9999-12-31T23:59:59%2B99:99"):  # fmt: skip
        for path in (at(made), ITEMS):
            assert problem(clerk.get(f"{path}?at={quote(odd, safe='%')}"), 400)["code"] == "invalid_parameter"  # fmt: skip
    assert problem(clerk.get("/api/collections/units/items?at=2023-07-01"), 400)


def test_the_public_looks_at_the_present_only(api: Api, clerk: Person) -> None:
    made = draw(clerk)
    moment = clock()
    for path in (f"{at(made)}?at={moment}", f"{ITEMS}?at={moment}", f"{at(made)}/versions"):
        assert api.problem(path, 401)["code"] == "login_needed"
        assert api.problem(path, 401, headers={"if-none-match": "*"})["code"] == "login_needed"


def test_staff_look_back_on_their_own_of_a_hidden_layer(
    clerk: Person, neighbour: Person, planner: Person
) -> None:
    layer = "/api/collections/base_station_5g/items"
    body = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [104.113, 30.603]},
        "properties": {"name": "示意基站", "status": "open"},
    }
    made = send(clerk, "POST", layer, body)
    moment = clock()
    send(clerk, "DELETE", at(made), if_match=made.headers["etag"])
    for person in (clerk, planner):
        assert person.get(f"{at(made)}?at={moment}").status_code == 200
        assert len(history(person, at(made))) == 1
        assert person.get(f"{layer}?at={moment}").json()["numberMatched"] == 1
    assert problem(neighbour.get(f"{at(made)}?at={moment}"), 404)
    assert problem(neighbour.get(f"{at(made)}/versions"), 404)
    assert neighbour.get(f"{layer}?at={moment}").json()["numberMatched"] == 0
