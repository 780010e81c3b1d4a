"""What anybody may say of a feature, who reads it and who settles it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx
import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.feedback.giving import LONGEST, clean, sender_of
from tests.api.asking import Api
from tests.api.people import (
    PLANNER,
    STAFF_A,
    STAFF_B,
    Person,
    logged_in,
    put_people,
)
from tests.conftest import TestDatabase

UNIT_A, UNIT_B = STAFF_A.units[0], STAFF_B.units[0]


@pytest.fixture(scope="module")
def accounts(database: TestDatabase, city: City) -> dict[str, str]:
    return put_people(database, city)


@pytest.fixture(scope="module")
def people(api: Api, accounts: dict[str, str]) -> Iterator[dict[str, Person]]:
    with ExitStack() as stack:
        yield {
            who.username: stack.enter_context(logged_in(api, who))
            for who in (STAFF_A, STAFF_B, PLANNER)
        }


@pytest.fixture
def clerk(people: dict[str, Person]) -> Person:
    return people[STAFF_A.username]


@pytest.fixture
def neighbour(people: dict[str, Person]) -> Person:
    return people[STAFF_B.username]


@pytest.fixture
def planner(people: dict[str, Person]) -> Person:
    return people[PLANNER.username]


@pytest.fixture(scope="module")
def station(api: Api, database: TestDatabase) -> str:
    """A public charging station that unit A reports and that lies in unit B."""
    chosen: str = api.items("charger")[0]["id"]
    with database.connect("geoplan_owner") as connection:
        connection.execute(
            "UPDATE feature SET unit = %s, district = %s WHERE layer_id = 'charger' AND id = %s",
            (UNIT_A, UNIT_B, chosen),
        )
    return chosen


@pytest.fixture(autouse=True)
def forgiven(database: TestDatabase) -> None:
    """Each test begins as an address that has sent nothing."""
    with database.connect("geoplan_owner") as connection:
        connection.execute("DELETE FROM feedback_sender")


def say(api: Api, station: str, **more: Any) -> httpx.Response:
    body = {
        "layer": "charger",
        "feature": station,
        "kind": "data",
        "text": "这里有六个桩，不是四个。",
    }
    return api.get("/api/feedback", "POST", json=body | more)


def said(api: Api, station: str, **more: Any) -> str:
    answer = say(api, station, **more)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def listed(person: Person, **query: Any) -> list[dict[str, Any]]:
    answer = person.get("/api/feedback", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["feedback"]
    return found


def settle(
    person: Person, which: str, state: str, version: int, note: str | None = None
) -> httpx.Response:
    return person.ask(
        "PATCH", f"/api/feedback/{which}", json={"state": state, "version": version, "note": note}
    )


def one(person: Person, which: str) -> dict[str, Any] | None:
    return next((each for each in listed(person, limit=100) if each["id"] == which), None)


def test_a_remark_waits_for_the_features_unit_and_is_nowhere_public(
    api: Api, station: str, clerk: Person, neighbour: Person, planner: Person
) -> None:
    words = "桩坏了：只有<两个>能用 😀"
    made = said(api, station, text=words, kind="other", lon=104.061, lat=30.662)
    for person, may in ((clerk, True), (neighbour, False), (planner, True)):
        seen = one(person, made)
        assert seen is not None
        assert (seen["text"], seen["state"], seen["version"], seen["may_settle"]) == (
            words,
            "pending",
            1,
            may,
        )
        assert seen["point"] == {"lon": 104.061, "lat": 30.662}
        assert [event["account"] for event in seen["events"]] == [None]
    assert api.problem("/api/feedback", 401)["code"] == "login_needed"
    for path in (
        f"/api/collections/charger/items/{station}",
        "/api/identify?lon=104.06&lat=30.66&z=9",
        "/api/progress",
    ):
        assert "桩坏了" not in api.get(path).text


def test_a_remark_is_settled_step_by_step_and_each_step_is_noted(
    api: Api, station: str, clerk: Person, planner: Person
) -> None:
    made = said(api, station)
    assert settle(clerk, made, "declined", 1).json()["code"] == "reason_needed"
    accepted = settle(clerk, made, "accepted", 1, "已转运营方").json()
    assert (accepted["state"], accepted["version"], accepted["note"], accepted["decided_by"]) == (
        "accepted",
        2,
        "已转运营方",
        STAFF_A.username,
    )
    assert settle(planner, made, "done", 1).json()["code"] == "feedback_changed"
    assert settle(planner, made, "done", 2, "已更正").status_code == 200
    refused = settle(planner, made, "accepted", 3)
    assert (refused.status_code, refused.json()["code"]) == (409, "feedback_state")
    seen = one(clerk, made)
    assert seen is not None
    assert [(e["account"], e["from"], e["to"], e["note"]) for e in seen["events"]] == [
        (None, None, "pending", None),
        (STAFF_A.username, "pending", "accepted", "已转运营方"),
        (PLANNER.username, "accepted", "done", "已更正"),
    ]


def test_who_only_reads_it_does_not_settle_it_and_others_do_not_see_it(
    api: Api, database: TestDatabase, station: str, neighbour: Person, clerk: Person
) -> None:
    made = said(api, station)
    refused = settle(neighbour, made, "done", 1)
    assert (refused.status_code, refused.json()["code"]) == (403, "unit_not_yours")
    with database.connect("geoplan_owner") as connection:
        connection.execute("ALTER TABLE feedback DISABLE TRIGGER feedback_step")
        connection.execute(
            "UPDATE feedback SET unit = NULL, district = '510105' WHERE id = %s", (made,)
        )
        connection.execute("ALTER TABLE feedback ENABLE TRIGGER feedback_step")
    for person in (neighbour, clerk):
        assert one(person, made) is None
        assert settle(person, made, "done", 1).json()["code"] == "unknown_feedback"


def test_the_list_goes_on_from_page_to_page_and_by_state(
    api: Api, station: str, planner: Person, clerk: Person
) -> None:
    made = [said(api, station, text=f"第{n}条") for n in range(4)]
    assert settle(clerk, made[0], "declined", 1, "重复").status_code == 200
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = planner.get("/api/feedback", params={"limit": 3, **after}).json()
        seen += [each["id"] for each in page["feedback"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen[:4] == made[::-1]
    assert len(seen) == len(set(seen)) == sum(page["counts"].values())
    assert made[0] in [each["id"] for each in listed(planner, state="declined,done", limit=100)]
    assert made[0] not in [each["id"] for each in listed(planner, state="pending", limit=100)]


def test_an_address_may_send_five_at_once_and_is_then_asked_to_wait(
    api: Api, station: str, database: TestDatabase
) -> None:
    async def at_once() -> Sequence[httpx.Response]:
        body = {"layer": "charger", "feature": station, "kind": "closed"}
        return await asyncio.gather(
            *(api.client.post("/api/feedback", json=body) for _ in range(8))
        )

    answers = api.portal.call(at_once)
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["retry-after"]) <= 120
    with database.connect("geoplan_owner") as connection:
        kept = connection.execute(
            "SELECT row_to_json(s)::text FROM feedback_sender AS s"
        ).fetchall()
        assert len(kept) == 1
        assert "127.0.0.1" not in str(kept)
        connection.execute("UPDATE feedback_sender SET sent = 30, paid_until = now()")
    assert int(say(api, station).headers["retry-after"]) > 120


def test_yesterdays_salt_and_senders_are_forgotten_with_the_next_remark(
    api: Api, station: str, database: TestDatabase
) -> None:
    said(api, station)
    with database.connect("geoplan_owner") as connection:
        connection.execute("UPDATE feedback_salt SET day = day - 1")
        connection.execute("UPDATE feedback_sender SET day = day - 1, sent = 30")
        old = connection.execute("SELECT salt FROM feedback_salt").fetchall()
        said(api, station)
        assert connection.execute("SELECT sent FROM feedback_sender").fetchall() == [(1,)]
        assert connection.execute("SELECT salt FROM feedback_salt").fetchall() != old


def test_what_fills_in_the_hidden_field_is_answered_and_forgotten(
    api: Api, station: str, planner: Person
) -> None:
    answer = say(api, station, website="https://spam.test")
    assert answer.status_code == 201
    assert one(planner, answer.json()["id"]) is None


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "spam"}, 400, "invalid_body"),
        ({"text": "长" * (LONGEST + 1)}, 400, "text_too_long"),
        ({"text": "长" * 10_000}, 413, "body_too_large"),
        ({"text": None}, 400, "nothing_said"),
        ({"text": " \n\u200b\u202e "}, 400, "nothing_said"),
        ({"text": "\x00\x07"}, 400, "nothing_said"),
        ({"feature": "x"}, 400, "invalid_body"),
        ({"feature": "00000000-0000-0000-0000-000000000000"}, 404, "unknown_feature"),
        ({"layer": "three_lines"}, 404, "unknown_collection"),
        ({"layer": "nosuch"}, 404, "unknown_collection"),
        ({"lon": 104.0}, 400, "invalid_parameter"),
        ({"lon": 181.0, "lat": 30.0}, 400, "invalid_body"),
        ({"name": "张三"}, 400, "invalid_body"),
    ],
)  # fmt: skip
def test_what_is_no_remark_is_refused(
    api: Api, station: str, change: dict[str, Any], status: int, code: str
) -> None:
    answer = say(api, station, **change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE feedback; --", "%_\\", "=1+1", "a\r\nb\tc", "<img src=x onerror=alert(1)>"],
)
def test_hostile_words_are_kept_as_words(
    api: Api, station: str, planner: Person, words: str
) -> None:
    seen = one(planner, said(api, station, text=words))
    assert seen is not None
    assert seen["text"] == words.replace("\r\n", "\n").replace("\t", "")


def test_a_page_of_another_origin_says_nothing_here_and_a_form_neither(
    api: Api, station: str
) -> None:
    body = {"layer": "charger", "feature": station, "kind": "closed"}
    for headers in ({"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}):
        answer = api.get("/api/feedback", "POST", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert api.get("/api/feedback", "POST", data=body).json()["code"] == "unsupported_type"
    assert api.get("/api/feedback", "POST", content=b"{").json()["code"] == "unsupported_type"


def test_the_database_holds_to_it_with_the_application_left_out(
    api: Api, database: TestDatabase, accounts: dict[str, str], station: str
) -> None:
    made = said(api, station)
    denied = psycopg.errors.InsufficientPrivilege

    def acting(who: str | None) -> psycopg.Connection:
        connection = database.connect()
        if who is not None:
            connection.execute("SELECT set_config('geoplan.account', %s, false)", (accounts[who],))
        return connection

    update = "UPDATE feedback SET state = 'done', version = version + 1 WHERE id = %s"
    with acting(None) as nobody:
        assert nobody.execute("SELECT count(*) FROM feedback").fetchone() == (0,)
        assert nobody.execute("SELECT count(*) FROM feedback_event").fetchone() == (0,)
        assert nobody.execute(update, (made,)).rowcount == 0
    with acting(STAFF_B.username) as neighbour:
        assert neighbour.execute(
            "SELECT id::text FROM feedback WHERE id = %s", (made,)
        ).fetchone() == (made,)
        assert neighbour.execute(update, (made,)).rowcount == 0
        with pytest.raises(denied):
            neighbour.execute(
                "INSERT INTO feedback_event (feedback_id, account_id, to_state) VALUES (%s, %s, 'done')",
                (made, accounts[PLANNER.username]),
            )
    with acting(PLANNER.username) as planner:
        for statement in (
            "INSERT INTO feedback (layer_id, feature_id, kind, lang) VALUES ('charger', gen_random_uuid(), 'closed', 'zh')",
            "UPDATE feedback SET words = 'x'", "UPDATE feedback SET unit = NULL", "DELETE FROM feedback",
            "UPDATE feedback_event SET note = 'x'", "DELETE FROM feedback_event", "SELECT * FROM feedback_salt", "SELECT * FROM feedback_sender",
        ):  # fmt: skip
            with pytest.raises(denied):
                planner.execute(statement)
        with pytest.raises(psycopg.errors.CheckViolation):
            planner.execute("UPDATE feedback SET state = 'done' WHERE id = %s", (made,))
        assert planner.execute(update, (made,)).rowcount == 1
        with pytest.raises(psycopg.errors.CheckViolation):
            planner.execute(
                "UPDATE feedback SET state = 'pending', version = version + 1 WHERE id = %s",
                (made,),
            )
    with database.connect("geoplan_tiles") as tiles:
        for statement in (
            "SELECT * FROM feedback",
            "SELECT give_feedback('', '', gen_random_uuid(), '', '', 0, 0, '')",
        ):
            with pytest.raises(denied):
                tiles.execute(statement)


def test_words_are_made_plain_and_addresses_of_one_household_are_one() -> None:
    assert clean("  一\u200b二 \r\n 三\x00 ") == "一二\n三"
    assert clean("e\u0301" * LONGEST) == "é" * LONGEST
    assert (
        sender_of("2001:db8:1:2:3:4:5:6")
        == sender_of("2001:db8:1:2::1")
        != sender_of("2001:db8:1:3::1")
    )
    assert sender_of("::ffff:203.0.113.7") == sender_of("203.0.113.7") != sender_of("203.0.113.8")
