"""Days, numbers and words as ledgers write them."""

from __future__ import annotations

import calendar
import contextlib
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.catalogue import City
from geoplan.ingest.coordinates import to_coordinate
from geoplan.ingest.dates import to_date
from geoplan.ingest.findings import BadValue
from geoplan.ingest.quantities import scale, to_number
from geoplan.ingest.values import to_text, to_value

DAYS = st.dates(date(1970, 1, 1), date(2099, 12, 31))


def code(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(BadValue) as caught:
        call(*arguments, **options)
    assert all((caught.value.detail.zh, caught.value.detail.en, caught.value.remedy.zh))
    return caught.value.code


@given(DAYS, st.booleans())
def test_a_whole_day_is_the_same_in_every_form(day: date, first: bool) -> None:
    forms = [
        day.isoformat(),
        f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}T08:30:00+08:00",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"计划{day.year}年{day.month:02d}月{day.day:02d}日",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        (day - date(1899, 12, 30)).days,
        float((day - date(1899, 12, 30)).days) + 0.75,
        str((day - date(1899, 12, 30)).days),
        day.isoformat().translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]
    assert {to_date(form, first=first) for form in forms} == {day}


@given(DAYS)
def test_a_month_begins_a_start_and_ends_a_finish(day: date) -> None:
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    for form in (
        f"{day.year}年{day.month}月",
        f"{day.year}-{day.month:02d}",
        f"{day.year}.{day.month:02d}",
        f"{day:%Y%m}",
    ):
        assert to_date(form, first=True) == day.replace(day=1)
        assert to_date(form, first=False) == last
    assert to_date(f"{day.year}年{day.month}月底", first=True) == last
    assert to_date(f"{day.year}年{day.month}月底", first=False) == last
    assert to_date(day.year, first=True) == date(day.year, 1, 1)
    assert to_date(f"{day.year}年", first=False) == date(day.year, 12, 31)
    assert to_date(f"{day.year}年底", first=True) == date(day.year, 12, 31)


@pytest.mark.parametrize(
    ("raw", "start", "finish"),
    [
        ("2023年10月上旬", "2023-10-01", "2023-10-10"),
        ("2023年10月中旬", "2023-10-11", "2023-10-20"),
        ("2023年2月下旬", "2023-02-21", "2023-02-28"),
        ("2023年10月初", "2023-10-01", "2023-10-10"),
        (2023.11, "2023-11-01", "2023-11-30"),
        (2023.9, "2023-09-01", "2023-09-30"),
        ("2023.10", "2023-10-01", "2023-10-31"),
    ],
)
def test_parts_of_a_month(raw: Any, start: str, finish: str) -> None:
    assert str(to_date(raw, first=True)) == start
    assert str(to_date(raw, first=False)) == finish


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2023-02-30", "date_invalid"), ("2023-13-01", "date_invalid"), ("1023-01-01", "date_invalid"),
        ("2023.1", "date_ambiguous"), (2023.1, "date_ambiguous"),
        ("10月", "date_unreadable"), ("9/30/2023", "date_unreadable"), ("待定", "date_unreadable"),
        ("2023.3-2023.10", "date_unreadable"), (True, "date_unreadable"), (float("nan"), "date_unreadable"),
        (float("inf"), "date_unreadable"), (17.5, "date_unreadable"), (10**400, "date_unreadable"),
    ],
)  # fmt: skip
def test_days_that_are_none_are_refused(raw: Any, expected: str) -> None:
    assert code(to_date, raw, first=False) == expected


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats()))
def test_whatever_a_cell_holds_it_is_a_value_or_refused(raw: Any) -> None:
    for call in (
        lambda: to_date(raw, first=True),
        lambda: to_number(raw, "公里"),
        lambda: to_text(raw),
        lambda: to_coordinate(raw, "EPSG:4326"),
        lambda: to_coordinate(raw, "EPSG:4544"),
    ):
        with contextlib.suppress(BadValue):
            call()


@given(st.integers(0, 10**7), st.sampled_from(["公里", "千米", "km", "KM", "ｋｍ"]))
def test_kilometres_and_metres_are_one_length(metres: int, unit: str) -> None:
    assert to_number(f"{metres}米", "公里") == pytest.approx(metres / 1000)
    assert to_number(f"{metres / 1000:.3f}{unit}", "米") == pytest.approx(metres)
    assert to_number(f"{metres:,}", "公里", 0.001) == pytest.approx(metres / 1000)
    assert to_number(metres, "公里", 0.001) == pytest.approx(metres / 1000)


@pytest.mark.parametrize(
    ("raw", "unit", "expected"),
    [
        ("3.2公里", "公里", 3.2), ("3200米", "公里", 3.2), ("1.2万个", "桩", 12_000), ("６００", "桩", 600),
        ("3,200", "公里", 3200), ("3，200", "公里", 3200), (" 12 ", "桩", 12), ("12台", "桩", 12),
        ("1.5亿元", "万元", 15_000), ("300万元", "万元", 300), ("300万", "万元", 300), ("300", "万元", 300),
        ("15亩", "公顷", 1), ("1.2平方公里", "公顷", 120), ("2.5公顷", "平方米", 25_000), ("100㎡", "公顷", 0.01),
        ("1820万千瓦", "兆瓦", 18_200), (".5", "公里", 0.5), ("90%", "%", 90), (0, "桩", 0), (7.5, None, 7.5),
    ],
)  # fmt: skip
def test_numbers_with_units(raw: Any, unit: str | None, expected: float) -> None:
    assert to_number(raw, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("raw", "unit", "expected"),
    [
        ("约3.2", "公里", "number_approximate"), ("3.2公里左右", "公里", "number_approximate"), ("600+", "桩", "number_approximate"),
        ("十二", "桩", "number_unreadable"), ("1.2.3", "公里", "number_unreadable"), ("1e5", "公里", "number_in_scientific"), (10**400, "公里", "number_not_finite"),
        ("3,20", "公里", "number_unreadable"), (True, "桩", "number_unreadable"), ("无", "桩", "number_unreadable"),
        ("12枪", "桩", "unit_mismatch"), ("3亩", "公里", "unit_mismatch"), ("3公里", None, "unit_mismatch"),
        (-1, "桩", "number_negative"), ("-3", "公里", "number_negative"), (float("nan"), "桩", "number_not_finite"),
        (float("inf"), "桩", "number_not_finite"), ("9" * 400, "桩", "number_not_finite"), (1e10, "桩", "number_too_large"),
        ("2亿公里", "米", "number_too_large"),
    ],
)  # fmt: skip
def test_numbers_that_are_none_are_refused(raw: Any, unit: str | None, expected: str) -> None:
    assert code(to_number, raw, unit) == expected


@pytest.mark.parametrize(
    ("raw", "unit", "value", "said"),
    [
        ("约3.2", "公里", 3.2, "number_approximate"), ("约1.2万", "桩", 12_000, "number_approximate"), ("600+", "桩", 600, "number_approximate"),
        ("３２００米左右", "公里", 3.2, "number_approximate"), ("60余个", "桩", 60, "number_approximate"), ("≥60", "桩", 60, "number_approximate"),
        ("1.2E+03", "桩", 1_200, "number_in_scientific"), ("6e2", "桩", 600, "number_in_scientific"), ("600", "桩", 600, None),
    ],
)  # fmt: skip
def test_doubtful_numbers_are_taken_with_a_note(
    raw: str, unit: str, value: float, said: str | None
) -> None:
    notes: list[BadValue] = []
    assert to_number(raw, unit, notes=notes) == pytest.approx(value)
    assert [(note.code, note.severity) for note in notes] == ([(said, "warning")] if said else [])


@given(DAYS)
def test_a_form_without_a_day_is_noted_as_vague_and_a_whole_day_never(day: date) -> None:
    for form in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        (day - date(1899, 12, 30)).days,
    ):
        notes: list[BadValue] = []
        assert to_date(form, first=True, notes=notes) == day
        assert notes == []
    for form in (
        f"{day.year}年{day.month}月",
        f"{day.year}年",
        f"{day:%Y-%m}",
        f"{day.year}年{day.month}月{day.day}日前",
    ):
        to_date(form, first=False, notes=notes)
    assert [(note.code, note.severity) for note in notes] == [("date_vague", "warning")] * 4


@pytest.mark.parametrize(
    ("raw", "start", "finish"),
    [
        ("2023年第三季度", "2023-07-01", "2023-09-30"), ("2023Q4", "2023-10-01", "2023-12-31"), ("2023年上半年", "2023-01-01", "2023-06-30"),
        ("2023年下半年", "2023-07-01", "2023-12-31"), ("2023年内", "2023-01-01", "2023-12-31"), ("预计2024年6月底前建成", "2024-06-30", "2024-06-30"),
    ],
)  # fmt: skip
def test_quarters_and_halves(raw: str, start: str, finish: str) -> None:
    notes: list[BadValue] = []
    assert str(to_date(raw, first=True, notes=notes)) == start
    assert str(to_date(raw, first=False, notes=notes)) == finish
    assert [note.code for note in notes] == ["date_vague"] * 2


def test_pieces_of_one_kind_are_not_of_another() -> None:
    assert scale("个", "桩") == 1
    assert scale("枪", "桩") is None
    assert scale("站", "桩") is None
    assert (scale("万人", "人"), scale("万平方米", "公顷"), scale("万人", "桩")) == (
        10_000,
        1,
        None,
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("104.0633", 104.0633), (104.0633, 104.0633), ("104.06E", 104.06), ("东经104.06", 104.06),
        ("104°03′47.9″", 104 + 3 / 60 + 47.9 / 3600), ("104度3分47.9秒", 104 + 3 / 60 + 47.9 / 3600),
        ("30°39'36\"N", 30.66), ("１０４．０６", 104.06), ("104°", 104),
    ],
)  # fmt: skip
def test_degrees_in_every_form(raw: Any, expected: float) -> None:
    assert to_coordinate(raw, "EPSG:4326") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("raw", ["", "x", "104,06", "104.06W", "-104", True, "1e2", float("nan")])
def test_degrees_that_are_none_are_refused(raw: Any) -> None:
    assert code(to_coordinate, raw, "EPSG:4326") in {
        "coordinates_unreadable",
        "number_not_finite",
    }


WORDS = {
    "planned": "谋划 储备 前期 未开工 拟建 计划 规划 planned",
    "building": "在建 开工 续建 施工 主体施工 已开工 在建（主体施工） building",
    "finished": "完工 竣工 建成 已完成 验收 已竣工 FINISHED",
    "open": "投用 投运 运营 开放 开学 建成投用 已投入使用 open",
    "stopped": "停工 缓建 取消 stopped",
}


@pytest.mark.parametrize("status", WORDS)
def test_status_words(status: str, city: City) -> None:
    field = next(field for field in city.layer("park").all_fields() if field.id == "status")
    for word in WORDS[status].split():
        assert to_value(field, word) == status
        assert to_value(field, f" {word}\n") == status
    assert code(to_value, field, "飞快") == "value_unknown"


def test_values_by_the_type_of_their_field(city: City) -> None:
    fields = {field.id: field for field in city.layer("charger").all_fields()}
    assert to_value(fields["piles"], "1.2万个") == 12_000
    assert isinstance(to_value(fields["piles"], 600.0), int)
    assert code(to_value, fields["piles"], 3.5) == "number_not_whole"
    assert to_value(fields["access"], "公共") == "public"
    assert to_value(fields["project_no"], 510104001.0) == "510104001"
    assert to_value(fields["name"], " 示意\u200b充电站\n一期 ") == "示意充电站 一期"
    assert to_value(fields["name"], "  ") is None
    assert to_value(fields["finished_on"], "2023.10") == date(2023, 10, 31)
    assert to_value(fields["started_on"], "2023.10") == date(2023, 10, 1)
    connecting = next(f for f in city.layer("greenway").all_fields() if f.id == "connecting")
    assert [to_value(connecting, raw) for raw in ("是", "否", True, 0, "√", None)] == [
        True,
        False,
        True,
        False,
        True,
        None,
    ]
    assert code(to_value, connecting, "也许") == "value_unknown"


def test_the_excel_calendar_agrees_with_its_published_anchor() -> None:
    """45,199 is 2023-09-30 in Excel's 1900 system."""
    assert to_date(45_199, first=False) == date(2023, 9, 30)
    assert to_date(45_199, first=False) + timedelta(days=1) == to_date(45_200, first=False)


def test_strokes_and_spaces_hold_nothing_and_errors_of_formulas_are_named(city: City) -> None:
    fields = {field.id: field for field in city.layer("charger").all_fields()}
    for raw in ("/", "—", "——", "-", " － ", "\u3000", ""):
        for name in ("piles", "finished_on", "name", "access"):
            assert to_value(fields[name], raw) is None
    assert to_value(fields["note"], "/ 见附件") == "/ 见附件"
    for raw in ("#REF!", "#N/A", " #DIV/0!"):
        assert code(to_value, fields["name"], raw) == "cell_error"


def test_a_number_as_text_is_told_where_the_file_knows_the_one_from_the_other(city: City) -> None:
    piles = next(field for field in city.layer("charger").all_fields() if field.id == "piles")
    told = []
    for raw in ("１２", "1,200", "12台", 12):
        notes: list[BadValue] = []
        to_value(piles, raw, 1.0, notes, typed=True)
        told.append([(note.code, note.severity) for note in notes])
    assert told == [[("number_as_text", "info")]] * 2 + [[]] * 2


def test_a_project_number_that_a_spreadsheet_shortened_is_noted(city: City) -> None:
    number = next(f for f in city.layer("charger").all_fields() if f.id == "project_no")
    notes: list[BadValue] = []
    assert to_value(number, "5.10104E+11", 1.0, notes) == "5.10104E+11"
    assert [note.code for note in notes] == ["number_in_scientific"]
