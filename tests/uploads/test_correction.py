"""Which upload a file corrects, and what it changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from geoplan.ingest.marks import CHECK_COLUMN
from geoplan.store.corrections import Outline
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.uploads import Upload
from geoplan.uploads.changes import Changes, what_changed
from geoplan.uploads.correction import Correction, Origin, corrects, likeness
from geoplan.uploads.files import Files
from tests.uploads.held import found, put

HEADER = ["项目编号", "项目名称", "区县", "新增学位"]

File = Mapping[int, tuple[dict[str, Any], list[str]]]
"""Row → its cells, and code and column of its issues."""


def _outlines(rows: File) -> list[Outline]:
    return [
        Outline(number, raw.get("项目编号"), raw.get("项目名称"), repr(sorted(raw.items())), issues)
        for number, (raw, issues) in sorted(rows.items())
    ]


def _changes(before: File, after: File) -> Changes:
    def cells(rows: File) -> Any:
        return lambda wanted: {number: rows[number][0] for number in wanted}

    return what_changed(_outlines(before), _outlines(after), cells(before), cells(after))


def _row(number: int, *issues: str, **cells: Any) -> tuple[dict[str, Any], list[str]]:
    raw = {
        "项目编号": f"CD-{number}",
        "项目名称": f"示意{number}",
        "区县": "锦江区",
        "新增学位": number,
    }
    return {key: value for key, value in (raw | cells).items() if value is not None}, list(issues)


def _plain(rows: Mapping[int, int]) -> dict[int, tuple[dict[str, Any], list[str]]]:
    return {at: _row(number) for at, number in rows.items()}


def test_a_corrected_cell_is_named_with_what_stood_there_before() -> None:
    before = {**_plain({2: 1, 3: 2}), 4: _row(3, "unit_unknown 区县", 区县="锦江县")}
    changes = _changes(before, {**_plain({2: 1, 3: 2}), 4: _row(3)})
    [row] = changes.rows
    assert (row.row, row.before, row.solved, row.new) == (4, 4, ["unit_unknown"], [])
    assert [(cell.column, cell.before, cell.after) for cell in row.cells] == [
        ("区县", "锦江县", "锦江区")
    ]
    assert changes.as_json()["counts"] == {"changed": 1, "added": 0, "gone": 0, "same": 2}


def test_rows_are_found_again_wherever_they_have_moved() -> None:
    before = _plain({number + 1: number for number in range(1, 6)})
    after = _plain({2: 5, 3: 9, 4: 1, 5: 3, 6: 4})
    changes = _changes(before, after)
    assert (changes.added, changes.gone, changes.counts["same"], changes.rows) == ([3], [3], 4, [])


def test_a_row_whose_number_and_name_were_corrected_is_the_row_after_its_neighbour() -> None:
    before = _plain({2: 1, 3: 2, 4: 3, 5: 4})
    renamed = _row(3, 项目编号="CD-03", 项目名称="示意三")
    changes = _changes(before, {**_plain({2: 1, 3: 2, 5: 4}), 4: renamed})
    assert (changes.added, changes.gone) == ([], [])
    assert [cell.column for cell in changes.rows[0].cells] == ["项目编号", "项目名称"]
    other = _row(30, 区县="新都区", 新增学位=7)
    changes = _changes(before, {**_plain({2: 1, 3: 2, 5: 4}), 4: other})
    assert (changes.added, changes.gone) == ([4], [4])


def test_of_two_rows_with_one_number_the_one_that_was_taken_out_is_gone() -> None:
    twice = {
        2: _row(1, "duplicate_in_file "),
        3: _row(1, "duplicate_in_file ", 新增学位=8),
        4: _row(2),
    }
    changes = _changes(twice, {2: _row(1, 新增学位=8), 3: _row(2)})
    assert (changes.added, changes.gone, changes.counts["same"]) == ([], [2], 1)
    assert changes.solved == {"duplicate_in_file": 2}
    [row] = changes.rows
    assert (row.row, row.before, row.cells) == (2, 3, [])


def test_what_is_newly_wrong_is_told_too() -> None:
    changes = _changes(
        {2: _row(1)}, {2: _row(1, "number_unreadable 新增学位", 新增学位="?"), 3: _row(2, "x ")}
    )
    assert changes.new == {"number_unreadable": 1, "x": 1}
    assert changes.rows[0].new == ["number_unreadable"]


@pytest.mark.parametrize(
    ("before", "after"),
    [(3, 3.0), ("3", 3), ("3 ", "3"), (None, "")],
    ids=["3.0", "text", "space", "empty"],
)
def test_one_value_in_another_kind_of_file_is_no_change(before: Any, after: Any) -> None:
    changes = _changes({2: _row(1, 新增学位=before)}, {2: _row(1, 新增学位=after)})
    assert (changes.rows, changes.counts["same"]) == ([], 1)


def test_the_column_that_a_report_adds_is_no_change() -> None:
    words = {CHECK_COLUMN: "✗ 错误"}
    changes = _changes({2: _row(1)}, {2: _row(1, **words)})
    assert changes.counts == {"same": 1}


def test_only_the_first_thousand_rows_are_named_and_all_are_counted() -> None:
    before = _plain({number + 1: number for number in range(1, 1_501)})
    after = {at: _row(at - 1, 新增学位=-1) for at in before}
    changes = _changes(before, after)
    assert (changes.counts["changed"], len(changes.rows)) == (1_500, 1_000)
    assert [row.row for row in changes.rows[:3]] == [2, 3, 4]


def test_two_ledgers_are_one_when_they_share_columns_and_most_rows() -> None:
    assert likeness((HEADER, [*HEADER, CHECK_COLUMN]), 9, (10, 10)) == pytest.approx(0.9)
    assert likeness((HEADER, HEADER), 5, (10, 10)) == 0
    assert likeness((HEADER, ["名称", "经度", "纬度", "状态"]), 10, (10, 10)) == 0
    assert likeness(([], []), 0, (0, 0)) == 0
    assert likeness((HEADER, HEADER), 3, (3, 300)) == 1


def _file(
    connection: psycopg.Connection,
    files: Files,
    folder: Path,
    names: Sequence[str],
    wrong: Sequence[int] = (),
    **options: Any,
) -> Upload:
    """An upload of these names; `wrong`  rows with an error."""
    path = folder / f"{'-'.join(names)}{wrong}.xlsx"
    path.write_bytes(repr((names, wrong, options)).encode())
    rows = {
        number: [f"CD-{name}", f"示意{name}", "锦江县" if number in wrong else "锦江区", 90]
        for number, name in enumerate(names, start=3)
    }
    issues = {number: [found("unit_unknown", "区县")] for number in wrong}
    return put(connection, files, path, HEADER, rows, issues, **options)


def _asked(
    connection: psycopg.Connection, upload: Upload, origin: Origin | None = None
) -> Correction | None:
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        return corrects(connection, upload, HEADER, origin)


def test_the_report_of_an_upload_is_known_as_its_correction_whatever_is_in_it(
    connection: psycopg.Connection, files: Files, tmp_path: Path
) -> None:
    first = _file(connection, files, tmp_path, ["a", "b", "c"], [4])
    again = _file(connection, files, tmp_path, ["d", "e", "c"])
    known = _asked(connection, again, Origin(first.id, first.sha256))
    assert known is not None
    assert (known.upload, known.how) == (first.id, "report")
    assert known.as_json()["solved"] == {"unit_unknown": 1}


def test_a_report_of_another_unit_or_of_other_bytes_proves_nothing(
    connection: psycopg.Connection, files: Files, tmp_path: Path
) -> None:
    strange = _file(connection, files, tmp_path, ["f", "g"], unit="510105")
    mine = _file(connection, files, tmp_path, ["h", "i"])
    assert _asked(connection, mine, Origin(strange.id, strange.sha256)) is None
    own = _file(connection, files, tmp_path, ["j"])
    assert _asked(connection, mine, Origin(own.id, "0" * 64)) is None
    assert _asked(connection, mine, Origin(mine.id, mine.sha256)) is None


def test_a_ledger_with_most_of_the_rows_of_the_last_one_corrects_it(
    connection: psycopg.Connection, files: Files, tmp_path: Path
) -> None:
    first = _file(connection, files, tmp_path, ["k", "l", "m", "n"], [3], unit="510106")
    again = _file(connection, files, tmp_path, ["k", "l", "m", "o"], unit="510106")
    known = _asked(connection, again)
    assert known is not None
    assert (known.upload, known.how) == (first.id, "likeness")
    [row] = known.changes.rows[:1]
    assert (row.row, row.solved, row.cells[0].before) == (3, ["unit_unknown"], "锦江县")
    other = _file(connection, files, tmp_path, ["p", "q", "m", "n"], unit="510106", layer="mall")
    assert _asked(connection, other) is None


def test_who_sends_a_file_may_say_what_it_corrects(
    connection: psycopg.Connection, files: Files, tmp_path: Path
) -> None:
    first = _file(connection, files, tmp_path, ["r", "s"], [3], unit="510107")
    again = _file(connection, files, tmp_path, ["t"], unit="510107", corrects=first.id)
    known = _asked(connection, again)
    assert known is not None
    assert (known.upload, known.how, known.changes.gone) == (first.id, "said", [3, 4])
