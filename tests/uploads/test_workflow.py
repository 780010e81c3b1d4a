"""The steps of an upload: who may take which, when, and that of two at once one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.grid import drift
from geoplan.store.uploads import STATES, Upload, header_memory, held_upload
from geoplan.uploads.actor import Actor
from geoplan.uploads.rows import RowChange, edit_row, edit_rows
from geoplan.uploads.workflow import (
    approve_upload,
    read_anew,
    return_upload,
    roll_back_upload,
    submit_upload,
)
from tests.conftest import TestDatabase
from tests.uploads.desk import (
    JINJIANG,
    People,
    Station,
    checked,
    features,
    published,
    stations,
    submitted,
)

ROUNDS = 50
Press = Callable[[psycopg.Connection], Upload]
Crossing = Callable[..., list[str]]
WARNED = (("date_vague", "warning"),)
BROKEN = (("outside_city", "error"),)


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(GeoplanError) as caught:
        work()
    assert caught.value.detail.zh
    assert caught.value.remedy.zh
    return caught.value.code


def events_of(connection: psycopg.Connection, upload: UUID) -> list[tuple[str | None, str, str]]:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return connection.execute(
            "SELECT from_state, to_state, account_name(account_id) FROM upload_event WHERE upload_id = %s ORDER BY id",
            (upload,),
        ).fetchall()


def test_every_step_is_in_the_record_with_who_took_it(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = checked(connection, stations(3, prefix="EV"), account=people.clerk.account)
    submit_upload(connection, people.clerk, upload.id, version=None, valid_only=False)
    return_upload(connection, people.planner, upload.id, version=None, reason="缺附件", rows={})
    submit_upload(connection, people.clerk, upload.id, version=None, valid_only=False)
    approve_upload(connection, city, people.other_planner, upload.id, version=None, rows={})
    roll_back_upload(connection, city, people.planner, upload.id, version=None, reason="误报")
    assert events_of(connection, upload.id) == [
        (None, "received", "clerk"),
        ("received", "checking", "operator"),
        ("checking", "checked", "operator"),
        ("checked", "submitted", "clerk"),
        ("submitted", "returned", "planner"),
        ("returned", "submitted", "clerk"),
        ("submitted", "approved", "other.planner"),
        ("approved", "published", "other.planner"),
        ("published", "rolled_back", "planner"),
    ]


def test_errors_block_a_row_and_warnings_need_a_nod(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    rows = [
        Station("K-1", "示意好行"),
        Station("K-2", "示意警告行", at=1, issues=WARNED),
        Station("K-3", "示意错误行", at=2, issues=BROKEN),
    ]
    upload = checked(connection, rows)
    assert upload.counts is not None
    assert (upload.counts["ready"], upload.counts["open"]) == (1, 2)

    def send(**more: Any) -> Upload:
        return submit_upload(
            connection, people.clerk, upload.id, version=None, **{"valid_only": False, **more}
        )

    assert code_of(send) == "rows_open"
    nodded, _ = edit_row(
        connection, city, people.clerk, upload.id, 3, RowChange(accepted=True), None
    )
    assert (nodded.ready, nodded.accepted) == (True, ["date_vague"])
    assert code_of(send) == "rows_open"
    sent = send(valid_only=True)
    assert sent.valid_only
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    held = features(connection)
    assert {"示意好行", "示意警告行"} <= held.keys()
    assert "示意错误行" not in held


def test_the_rest_of_a_file_is_a_work_list_that_is_published_later(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    address = (("place_by_address", "error"),)
    rows = [
        Station("J-1", "示意先发"),
        Station("J-2", "示意只有地址", placed=False, issues=address, at=5),
    ]
    upload = checked(connection, rows)
    submit_upload(connection, people.clerk, upload.id, version=None, valid_only=True)
    approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    far = RowChange(lonlat=(100.0, 30.0))
    assert (
        code_of(lambda: edit_row(connection, city, people.clerk, upload.id, 3, far, None))
        == "outside_city"
    )
    place = RowChange(lonlat=rows[1].lonlat)
    placed, _ = edit_row(connection, city, people.clerk, upload.id, 3, place, None)
    assert (placed.verdict, placed.ready, placed.issues) == ("ok", True, [])
    assert (
        code_of(lambda: edit_row(connection, city, people.clerk, upload.id, 2, place, None))
        == "row_published"
    )
    submit_upload(connection, people.clerk, upload.id, version=None, valid_only=True)
    done = approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    assert done.counts is not None
    assert (done.counts["published"], done.counts["open"]) == (2, 0)
    assert "示意只有地址" in features(connection)
    roll_back_upload(connection, city, people.planner, upload.id, version=None, reason=None)
    assert not {"示意先发", "示意只有地址"} & features(connection).keys()


def test_a_row_that_is_returned_stays_behind_with_its_reason_until_something_is_done(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = submitted(connection, people, stations(3, prefix="B"))
    back = RowChange(decision="returned", reason="位置不对")
    assert (
        code_of(lambda: edit_row(connection, city, people.clerk, upload.id, 3, back, None))
        == "not_allowed"
    )
    edit_row(connection, city, people.planner, upload.id, 3, back, None)
    done = approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    assert done.counts is not None
    assert (done.counts["published"], done.counts["returned"]) == (2, 1)
    touched, _ = edit_row(
        connection,
        city,
        people.clerk,
        upload.id,
        3,
        RowChange(lonlat=Station("x", "x", at=9).lonlat),
        None,
    )
    assert (touched.decision, touched.reason, touched.ready) == ("pending", "位置不对", True)


def test_a_returned_upload_goes_on_once_it_is_worked_on(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = submitted(connection, people, stations(3, prefix="V"))
    returned = return_upload(
        connection, people.planner, upload.id, version=upload.version, reason=None, rows={3: "重复"}
    )
    assert returned.state == "returned"
    again: Callable[[], object] = lambda: submit_upload(  # noqa: E731
        connection, people.clerk, upload.id, version=None, valid_only=False
    )
    assert code_of(again) == "rows_open"
    edit_row(connection, city, people.clerk, upload.id, 3, RowChange(decision="left_out"), None)
    again()
    done = approve_upload(connection, city, people.planner, upload.id, version=None, rows={})
    assert done.counts is not None
    assert (done.counts["published"], done.counts["left_out"]) == (2, 1)


def test_returning_needs_a_reason_and_rows_that_are_there(
    connection: psycopg.Connection, people: People
) -> None:
    upload = submitted(connection, people, stations(2, prefix="Z"))

    def give_back(reason: str | None, rows: dict[int, str]) -> Upload:
        return return_upload(
            connection, people.planner, upload.id, version=None, reason=reason, rows=rows
        )

    assert code_of(lambda: give_back(None, {})) == "reason_needed"
    assert code_of(lambda: give_back(None, {99: "没有"})) == "unknown_row"
    assert held(connection, upload.id).state == "submitted"


def held(connection: psycopg.Connection, upload: UUID) -> Upload:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        found = held_upload(connection, upload)
    assert found is not None
    return found


def test_a_file_whose_system_nobody_chose_is_not_submitted(
    connection: psycopg.Connection, people: People
) -> None:
    undecided = {
        "code": "crs_undecided", "severity": "error", "row": None, "column": None, "value": None,
        "detail": {"zh": "请选择坐标系", "en": "choose"}, "remedy": {"zh": "选择", "en": "choose"},
    }  # fmt: skip
    upload = checked(connection, stations(2, prefix="X"), file_issues=[undecided])
    assert (
        code_of(
            lambda: submit_upload(
                connection, people.clerk, upload.id, version=None, valid_only=True
            )
        )
        == "file_not_ready"
    )


def test_one_nod_goes_for_all_rows_but_not_for_the_question_who_they_are(
    connection: psycopg.Connection, people: People
) -> None:
    asked = {
        "feature_id": str(UUID(int=1)),
        "source_id": "s",
        "key": "k",
        "how": "name",
        "sure": False,
        "name": "?",
    }
    rows = [
        Station("Y-1", "示意甲", issues=WARNED),
        Station("Y-2", "示意乙", at=1, issues=(*WARNED, ("outside_district", "warning"))),
        Station(None, "示意丙", at=2, issues=(*WARNED, ("may_match_held", "warning")), match=asked),
    ]
    upload = checked(connection, rows)
    count, _ = edit_rows(
        connection, people.clerk, upload.id, accepted=["date_vague"], match=None, version=None
    )
    assert count == 3
    _, present = edit_rows(
        connection, people.clerk, upload.id, accepted=True, match=None, version=None
    )
    assert present.counts is not None
    assert (present.counts["ready"], present.counts["open"]) == (2, 1)
    _, present = edit_rows(
        connection, people.clerk, upload.id, accepted=None, match=False, version=None
    )
    assert present.counts is not None
    assert present.counts["ready"] == 3


def test_what_a_person_said_of_headers_is_remembered_for_the_unit_and_the_layer(
    connection: psycopg.Connection, people: People
) -> None:
    said = {"headers": {"桩": "piles", "经办": None}}
    upload = checked(connection, stations(1, prefix="HM"), options=said)
    submit_upload(connection, people.clerk, upload.id, version=None, valid_only=False)
    with connection.transaction():
        act_as(connection, people.clerk.account, "")
        assert header_memory(connection, JINJIANG, "charger") == said["headers"]
        assert header_memory(connection, JINJIANG, "park") == {}
    with connection.transaction():
        act_as(connection, people.neighbour.account, "")
        assert header_memory(connection, JINJIANG, "charger") == {}


def test_a_file_is_read_anew_only_before_it_is_handed_in(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = checked(
        connection, stations(1, prefix="O"), options={"sheet": "一", "headers": {"a": "name"}}
    )
    again = read_anew(
        connection, people.clerk, upload.id, {"sheet": None, "headers": {"b": None}}, upload.version
    )
    assert again.state == "received"
    assert again.options == {"headers": {"a": "name", "b": None}}
    sent = submitted(connection, people, stations(1, prefix="OO"))
    assert code_of(lambda: read_anew(connection, people.clerk, sent.id, {}, None)) == "upload_state"
    out = published(connection, city, people, stations(1, prefix="OP"))
    assert code_of(lambda: read_anew(connection, people.clerk, out.id, {}, None)) == "upload_state"


def test_who_acts_on_an_older_version_is_refused(
    connection: psycopg.Connection, city: City, people: People
) -> None:
    upload = submitted(connection, people, stations(2, prefix="OV"))
    row = RowChange(decision="returned", reason="再核实")
    edit_row(connection, city, people.planner, upload.id, 2, row, upload.version)
    late: Callable[[], object] = lambda: approve_upload(  # noqa: E731
        connection, city, people.other_planner, upload.id, version=upload.version, rows={}
    )
    assert code_of(late) == "upload_changed"


# Every pair of states that is no step, tried in the database with the application left out.
STEPS = {
    ("received", "checking"), ("checking", "checked"), ("checking", "rejected"), ("checking", "received"),
    ("checked", "received"), ("returned", "received"), ("rejected", "received"), ("checked", "submitted"),
    ("returned", "submitted"), ("published", "submitted"), ("submitted", "returned"), ("submitted", "approved"),
    ("approved", "returned"), ("approved", "published"), ("published", "rolled_back"),
}  # fmt: skip


def test_the_database_itself_refuses_what_is_no_step(
    connection: psycopg.Connection, database: TestDatabase, people: People
) -> None:
    upload = checked(connection, stations(1, prefix="ST"))
    with database.connect("geoplan_owner") as owner:
        for before in STATES:
            for after in STATES:
                if before == after:
                    continue
                with owner.transaction(force_rollback=True):
                    act_as(owner, OPERATOR, "")
                    owner.execute("ALTER TABLE upload DISABLE TRIGGER upload_step")
                    owner.execute("UPDATE upload SET state = %s WHERE id = %s", (before, upload.id))
                    owner.execute("ALTER TABLE upload ENABLE TRIGGER upload_step")
                    step = ("UPDATE upload SET state = %s WHERE id = %s", (after, upload.id))
                    if (before, after) in STEPS:
                        owner.execute(*step)
                    else:
                        with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
                            owner.execute(*step)


@pytest.fixture
def crossing(database: TestDatabase) -> Iterator[Crossing]:
    """Two people who press their buttons at the same moment; what each was answered."""
    with database.connect() as one, database.connect() as other:

        def at_once(*works: Press) -> list[str]:
            barrier = threading.Barrier(2)
            said: list[str] = ["", ""]

            def press(place: int, mine: psycopg.Connection) -> None:
                barrier.wait()
                try:
                    said[place] = works[place](mine).state
                except GeoplanError as error:
                    said[place] = error.code if error.status == 409 else f"{error.status}"

            threads = [
                threading.Thread(target=press, args=(place, mine))
                for place, mine in enumerate((one, other))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return said

        yield at_once


def approval(city: City, who: Actor, upload: Upload, version: int | None = None) -> Press:
    return lambda mine: approve_upload(mine, city, who, upload.id, version=version, rows={})


def give_back(who: Actor, upload: Upload) -> Press:
    return lambda mine: return_upload(mine, who, upload.id, version=None, reason="否", rows={})


def rollback(city: City, who: Actor, upload: Upload) -> Press:
    return lambda mine: roll_back_upload(mine, city, who, upload.id, version=None, reason=None)


def grid_is_whole(connection: psycopg.Connection) -> bool:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return drift(connection) == []


def test_of_two_approvals_at_once_exactly_one_wins(
    connection: psycopg.Connection, city: City, people: People, crossing: Crossing
) -> None:
    row = Station("2A", "示意双审站")
    for turn in range(ROUNDS):
        upload = submitted(connection, people, [replace(row, piles=1 + turn)])
        said = crossing(
            approval(city, people.planner, upload, upload.version),
            approval(city, people.other_planner, upload, upload.version),
        )
        assert sorted(said) == ["published", "upload_changed"]
        approvals = [step for step in events_of(connection, upload.id) if step[1] == "approved"]
        assert len(approvals) == 1
    assert features(connection)["示意双审站"]["properties"]["piles"] == ROUNDS


def test_of_an_approval_and_a_return_at_once_exactly_one_wins(
    connection: psycopg.Connection, city: City, people: People, crossing: Crossing
) -> None:
    for turn in range(ROUNDS):
        name = f"示意争议站{turn}"
        upload = submitted(connection, people, [Station(f"AR-{turn}", name, at=turn)])
        said = crossing(
            approval(city, people.planner, upload), give_back(people.other_planner, upload)
        )
        assert said in (["published", "upload_state"], ["upload_state", "returned"])
        assert (name in features(connection)) == (said[0] == "published")
    assert grid_is_whole(connection)


def test_of_a_new_publication_and_a_rollback_at_once_each_is_whole(
    connection: psycopg.Connection, city: City, people: People, crossing: Crossing
) -> None:
    for turn in range(ROUNDS):
        name = f"示意进退站{turn}"
        before = Station(f"PR-{turn}", name, at=turn, piles=1)
        first = published(connection, city, people, [before])
        second = submitted(connection, people, [replace(before, piles=2)], file_name="次.xlsx")
        forward, back = crossing(
            approval(city, people.planner, second), rollback(city, people.other_planner, first)
        )
        assert forward == "published"
        assert back in {"rolled_back", "later_edits"}
        assert features(connection)[name]["properties"]["piles"] == 2
    assert grid_is_whole(connection)


def test_of_two_rollbacks_at_once_exactly_one_wins(
    connection: psycopg.Connection, city: City, people: People, crossing: Crossing
) -> None:
    for turn in range(10):
        row = Station(f"RR-{turn}", f"示意双撤站{turn}")
        upload = published(connection, city, people, [row])
        said = crossing(
            rollback(city, people.planner, upload), rollback(city, people.other_planner, upload)
        )
        assert sorted(said) == ["rolled_back", "upload_state"]
