"""One project twice, projects that are held, figures and days: against brute force."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyproj
import pytest
from rapidfuzz import fuzz

from geoplan.catalogue import City
from geoplan.ingest import arithmetic
from geoplan.ingest.duplicates import check_names, check_numbers
from geoplan.ingest.held import Rows, check_held
from geoplan.ingest.notes import Notes
from geoplan.ingest.projects import may_be_one, prefixes_of, project_name
from tests.ingest.batches import TODAY, codes, file_codes, known, notes_of, shapes

GEOD = pyproj.Geod(ellps="WGS84")
METRES = np.array([95_841.0, 110_864.0])
HERE = np.array([104.31, 30.61])


def blank(count: int) -> Notes:
    return notes_of(shapes([None] * count))


# Names and duplicates.


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("示意银杏小学", "示意银杏小学", True), ("示意银杏小学", "成都市锦江区示意银杏小学", True), ("示意银杏小学", "示意银杏小学新建工程", True),
        ("示意银杏小学（天府校区）", "示意银杏小学(天府校区)", True), ("示意银杏小学", "示意银杏小学一期", True), ("示意银杏小学一期", "示意银杏小学（第1期）", True),
        ("示意银杏小学十二期", "示意银杏小学第12期工程", True), ("示意湖滨湿地公园配套小学", "成都东部新区示意湖滨湿地公园配套小学校", True),
        ("示意银杏小学一期", "示意银杏小学二期", False), ("示意第一小学", "示意第二小学", False), ("示意3号站", "示意13号站", False),
        ("示意春熙路东段停车场充电站", "示意春熙路西段停车场充电站", False), ("示意绿道A段", "示意绿道B段", False), ("示意银杏小学", "示意银杏中学", False),
        ("示意银杏小学", "示意芙蓉小学", False),
    ],
)  # fmt: skip
def test_names_of_one_project_and_of_two(one: str, other: str, same: bool, city: City) -> None:
    prefixes = prefixes_of(city)
    names = project_name(one, prefixes), project_name(other, prefixes)
    assert names[0] is not None
    assert names[1] is not None
    assert may_be_one(names[0], names[1]) is same
    assert may_be_one(names[1], names[0]) is same


def test_one_number_in_several_rows_is_an_error_of_each() -> None:
    notes = blank(6)
    check_numbers(["CD-1", "CD-2", "ＣＤ-1", None, "cd-1 ", None], notes, "项目编号")
    assert codes(notes) == [(row, "duplicate_in_file", "error") for row in (1, 3, 5)]
    assert "3、5" in notes.issues[0][0].detail.zh


def test_rows_without_numbers_that_are_equal_altogether_are_an_error() -> None:
    names = [
        project_name(name)
        for name in ("示意银杏小学", "示意银杏小学", "示意芙蓉小学", "示意芙蓉小学")
    ]
    notes = blank(4)
    lonlat = np.array([HERE, HERE, HERE + 1e-2, HERE + 1e-2])
    check_names(names, [None, None, "A-1", "A-2"], lonlat, notes, "名称")
    assert codes(notes) == [
        (1, "duplicate_in_file", "error"), (2, "duplicate_in_file", "error"),
        (3, "same_name_near", "warning"), (4, "same_name_near", "warning"),
    ]  # fmt: skip


def test_names_near_one_another_are_those_that_brute_force_finds() -> None:
    made = np.random.default_rng(3)
    words = ["银杏", "芙蓉", "梧桐", "海棠", "玉兰", "紫薇"]
    texts = [
        f"示意{words[made.integers(6)]}{words[made.integers(6)]}{'小学' if made.random() < 0.7 else '小学校'}"
        for _ in range(400)
    ]
    names = [project_name(text) for text in texts]
    lonlat = HERE + made.uniform(0, 1_500, (400, 2)) / METRES
    notes = blank(400)
    check_names(names, [None] * 400, lonlat, notes, "名称")
    found = {row - 1 for row, code, _ in codes(notes) if code == "same_name_near"}
    expected = set()
    for row in range(400):
        count = len(lonlat)
        away = GEOD.inv(*lonlat.T, np.full(count, lonlat[row, 0]), np.full(count, lonlat[row, 1]))[
            2
        ]
        near = [other for other in np.flatnonzero(away <= 100).tolist() if other != row]
        if any(fuzz.ratio(texts[row], texts[other]) >= 85 for other in near):
            expected.add(row)
    assert found == expected
    assert len(expected) > 40


def test_a_file_of_one_place_and_many_names_is_compared_in_time() -> None:
    count = 20_000
    names = [project_name(f"示意{n}号站") for n in range(count)]
    notes = blank(count)
    check_names(names, [None] * count, np.tile(HERE, (count, 1)), notes, "名称")
    assert codes(notes) == []


# What is held.


def rows_of(
    names: list[str], lonlat: Any, numbers: list[str | None] | None = None, **values: Any
) -> Rows:
    return Rows(
        [project_name(name) for name in names],
        numbers or [None] * len(names),
        [None] * len(names),
        np.asarray(lonlat, dtype=float),
        [{"name": name, **values} for name in names],
    )


def test_a_row_updates_the_feature_of_its_number_wherever_it_lies() -> None:
    held = known(["示意旧名小学", "示意银杏小学"], [HERE, HERE + 0.1], ["CD-7", None])
    notes = blank(2)
    matches = check_held(
        rows_of(["示意新名小学", "示意芙蓉小学"], [HERE + 0.2, HERE], ["cd-7", "CD-8"]),
        held, (), notes, "项目编号", "名称",
    )  # fmt: skip
    assert matches[0] is not None
    assert (matches[0].feature_id, matches[0].key, matches[0].sure) == ("id-0", "CD-7", True)
    assert matches[1] is None
    assert codes(notes) == [(1, "matches_held", "info")]


@pytest.mark.parametrize(
    ("name", "metres", "number", "match"),
    [
        ("示意银杏小学", 60, None, "asked"), ("示意银杏小学", 1_900, None, "asked"), ("示意银杏小学", 2_100, None, None),
        ("成都市示意银杏小学", 60, None, "asked"), ("示意银杏小学", 0.3, None, "sure"), ("示意银杏小学一期", 0.3, None, "asked"),
        ("示意湖滨湿地公园配套小学校", 60, None, "asked"), ("示意湖滨湿地公园配套小学校", 150, None, None),
        ("示意银杏小学", 60, "CD-9", None), ("示意银杏中学", 10, None, None), ("示意荷塘小学二期", 10, None, None),
    ],
)  # fmt: skip
def test_a_held_name_near_by_is_asked_about(
    name: str, metres: float, number: str | None, match: str | None, city: City
) -> None:
    held = known(
        ["示意银杏小学", "示意湖滨湿地公园配套小学", "示意荷塘小学一期"],
        [HERE, HERE + 0.3, HERE + 0.6],
        ["CD-7" if number else None, None, None],
    )
    at = held.lonlat[1 if "湖滨" in name else 2 if "荷塘" in name else 0]
    place = GEOD.fwd(*at, 90, metres)[:2]
    notes = blank(1)
    rows = rows_of([name], [place], [number])
    rows = Rows(
        [project_name(name, prefixes_of(city))], rows.numbers, rows.units, rows.lonlat, rows.values
    )
    (found,) = check_held(rows, held, prefixes_of(city), notes, "项目编号", "名称")
    assert (found is None) == (match is None)
    if found is not None:
        assert (found.how, found.sure) == ("name", match == "sure")
        code = ("matches_held", "info") if found.sure else ("may_match_held", "warning")
        assert codes(notes)[0][1:] == code


def test_of_two_rows_the_nearer_one_is_the_held_feature() -> None:
    held = known(["示意银杏小学"], [HERE])
    notes = blank(2)
    matches = check_held(
        rows_of(["示意银杏小学", "示意银杏小学"], [HERE + 500 / METRES, HERE + 90 / METRES]),
        held, (), notes, None, "名称",
    )  # fmt: skip
    assert [match is not None for match in matches] == [False, True]


def test_last_months_file_is_recognised_and_this_months_is_not() -> None:
    names = [f"示意第{n}小学" for n in range(10)]
    numbers: list[str | None] = [f"CD-{n}" for n in range(10)]
    lonlat = HERE + np.arange(10)[:, None] * 0.01
    held = known(
        names, lonlat, numbers, [{"name": name, "places": 450.0, "note": "旧"} for name in names]
    )
    for places, moved, unchanged, told in (
        (450, 0.0, 10, [("last_months_file", "warning")]),
        (451, 0.0, 0, []),
        (450, 0.01, 0, []),
    ):
        notes = blank(10)
        check_held(
            rows_of(names, lonlat + moved, numbers, places=places), held, (), notes, "编号", "名称"
        )
        found = [code for _, code, _ in codes(notes)]
        assert found.count("unchanged") == unchanged
        assert file_codes(notes) == told


def test_without_held_values_no_row_is_called_unchanged() -> None:
    held = known(["示意银杏小学"], [HERE], ["CD-1"], None)
    notes = blank(1)
    check_held(rows_of(["示意银杏小学"], [HERE], ["CD-1"]), held, (), notes, "编号", "名称")
    assert codes(notes) == [(1, "matches_held", "info")]


# Figures and days.


def test_figures_that_cannot_be_are_named() -> None:
    values = [
        {"piles": 10, "connectors": 20}, {"piles": 10, "connectors": 9}, {"piles": 10}, {"places": 90},
        {"places": 5_400}, {"places": 89}, {"places": 5_401}, {},
    ]  # fmt: skip
    notes = blank(8)
    arithmetic.check_figures(values, {"connectors": "枪数", "places": "新增学位"}, notes)
    assert codes(notes) == [
        (2, "piles_exceed_connectors", "warning"),
        (6, "places_out_of_range", "warning"),
        (7, "places_out_of_range", "warning"),
    ]
    assert notes.issues[1][0].where.column == "枪数"


@pytest.mark.parametrize(
    ("status", "finished", "header", "code"),
    [
        ("finished", date(2023, 12, 25), "竣工时间", "date_in_future"), ("open", date(2024, 1, 1), "竣工时间", "date_in_future"),
        ("finished", TODAY, "竣工时间", None), ("building", date(2024, 3, 1), "竣工时间", None), ("building", date(2023, 3, 1), "竣工时间", None),
        ("planned", date(2023, 3, 15), "实际竣工时间", "status_date_conflict"), ("planned", date(2023, 3, 15), "计划竣工", None),
        ("planned", date(2024, 3, 15), "竣工时间", None), ("open", None, "竣工时间", None), (None, date(2024, 3, 15), "竣工时间", None),
    ],
)  # fmt: skip
def test_days_that_contradict_the_status_are_named(
    status: str | None, finished: date | None, header: str, code: str | None
) -> None:
    values = {"status": status, "finished_on": finished}
    notes = blank(1)
    arithmetic.check_days(
        [{key: value for key, value in values.items() if value is not None}],
        {"finished_on": header},
        TODAY,
        notes,
    )
    assert [found for _, found, _ in codes(notes)] == ([code] if code else [])
