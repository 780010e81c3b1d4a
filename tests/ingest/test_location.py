"""Coordinates as cells write them, and where rows say they are."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.ingest.coordinate_text import read_coordinate, read_pair
from geoplan.ingest.findings import BadValue
from geoplan.ingest.location import Location, locate, note_coarse
from geoplan.ingest.rows import RowBatch
from tests.ingest.batches import codes, notes_of, pairs, shapes, table

LON = 104 + 3 / 60 + 47.9 / 3600
LAT = 30 + 39 / 60 + 34.9 / 3600


@pytest.mark.parametrize(
    ("raw", "value", "axis"),
    [
        (104.0633, 104.0633, None), ("104.0633", 104.0633, None), ("１０４．０６３３", 104.0633, None), (" '104.0633 ", 104.0633, None),
        ("104.06E", 104.06, "E"), ("E104.06", 104.06, "E"), ("东经104.06°", 104.06, "E"), ("东经：104.06", 104.06, "E"), ("lng=104.06", 104.06, "E"),
        ("30.66N", 30.66, "N"), ("北纬30.66度", 30.66, "N"), ("104.0633度", 104.0633, None),
        ("104°03′47.9″", LON, None), ("104°03'47.9\"E", LON, "E"), ("E104° 03′ 47.9″", LON, "E"), ("104度3分47.9秒", LON, None),
        ("东经104度3分47.9秒", LON, "E"), ("104 03 47.9", LON, None), ("104:03:47.9", LON, None), ("104-03-47.9", LON, None),
        ("104º03’47.9”", LON, None), ("104°03.798′", 104.0633, None), ("104°03′", 104.05, None), ("30°39′34.9″N", LAT, "N"),
        ("410223.123", 410223.123, None), ("410,223.123", 410223.123, None), ("35410223.123米", 35410223.123, None), (3393620, 3393620, None),
        ("1.040633E+02", 104.0633, None), ("4.10223E+05", 410223, None), ("X:3393620.681", 3393620.681, None),
    ],
)  # fmt: skip
def test_a_coordinate_in_every_form(raw: Any, value: float, axis: str | None) -> None:
    read = read_coordinate(raw)
    assert read.value == pytest.approx(value, abs=1e-9)
    assert read.axis == axis


@pytest.mark.parametrize(
    "raw",
    ["", "x", "东经", "104,06", "104.06W", "-104", True, "104°63′00″", "104°03′61″", "104.06.3", "约104.06", "104.06/30.66", float("nan"), float("inf"), 10**400],
)  # fmt: skip
def test_what_is_no_coordinate_is_refused(raw: Any) -> None:
    with pytest.raises(BadValue) as refused:
        read_coordinate(raw)
    assert refused.value.code in {"coordinates_unreadable", "number_not_finite"}


@pytest.mark.parametrize(
    "raw",
    [
        "104.0633,30.6597", "104.0633，30.6597", "（104.0633, 30.6597）", "[104.0633,30.6597]", "104.0633 30.6597", "104.0633;30.6597",
        "104.0633、30.6597", "104.0633/30.6597", "104.0633\n30.6597", "POINT(104.0633 30.6597)", "104.0633,30.6597,505.2",
        "东经104.0633北纬30.6597", "东经：104.0633°，北纬：30.6597°", "104.0633E30.6597N", "E104.0633 N30.6597", "E104.0633N30.6597",
        "经度104.0633 纬度30.6597", "lng:104.0633,lat:30.6597",
    ],
)  # fmt: skip
def test_two_coordinates_in_one_cell(raw: str) -> None:
    first, second = read_pair(raw)
    assert (first.value, second.value) == (104.0633, 30.6597)


@pytest.mark.parametrize(
    "raw",
    [
        "104°03′47.9″,30°39′34.9″", "104° 03′ 47.9″， 30° 39′ 34.9″", "104°03′47.9″E30°39′34.9″N", "104°03′47.9″ 30°39′34.9″",
        "东经104度3分47.9秒，北纬30度39分34.9秒", "东经104度3分47.9秒北纬30度39分34.9秒", "104 03 47.9 30 39 34.9", "104 03 47.9, 30 39 34.9",
    ],
)  # fmt: skip
def test_two_coordinates_with_minutes_in_one_cell(raw: str) -> None:
    assert [one.value for one in read_pair(raw)] == pytest.approx([LON, LAT], abs=1e-12)


@pytest.mark.parametrize(
    "raw",
    ["104.0633", "示意路口", "104.06,30.66;104.07,30.67", "104,06,30,66", "104.06,", ",,", "", None, 104.0633],
)  # fmt: skip
def test_a_cell_without_exactly_two_coordinates_is_refused(raw: Any) -> None:
    with pytest.raises(BadValue, match="no coordinate"):
        read_pair(raw)


@given(
    st.integers(0, 179 * 360_000),
    st.sampled_from(["°′″", "°'\"", "度分秒", ("-", "-", ""), (":", ":", "")]),
    st.booleans(),
)
def test_every_second_of_the_globe_survives_being_written(
    hundredths: int, marks: Any, named: bool
) -> None:
    minutes, rest = divmod(hundredths, 6_000)
    degrees, minutes = divmod(minutes, 60)
    text = f"{degrees}{marks[0]}{minutes:02d}{marks[1]}{rest / 100:05.2f}{marks[2]}"
    read = read_coordinate(f"东经{text}" if named else text)
    assert read.value == pytest.approx(hundredths / 360_000, abs=1e-10)
    assert read.step == pytest.approx(0.01 / 3600)


@given(st.text(max_size=40))
def test_whatever_a_cell_holds_it_is_a_coordinate_or_refused(text: str) -> None:
    for read in (read_coordinate, read_pair):
        with contextlib.suppress(BadValue):
            read(text)


def where(batch: RowBatch, address: list[bool] | None = None) -> tuple[Location, Any]:
    notes = notes_of(batch)
    has = np.array(address or [False] * len(batch.row))
    location = locate([batch], has, "地址", notes)
    note_coarse(location, notes)
    return location, notes


def test_columns_cells_and_a_column_of_pairs_are_read_together() -> None:
    location, notes = where(
        table(
            {
                "lon": [104.0633, "104.0633,30.6597", None, "北纬30.6597"],
                "lat": ["30.6597", None, " ", "东经104.0633"],
                "lonlat": [None, None, "104.0633，30.6597", None],
            }
        )
    )
    assert codes(notes) == []
    assert location.xy[:3].tolist() == [[104.0633, 30.6597]] * 3
    assert location.xy[3].tolist() == [30.6597, 104.0633]  # the columns' order; triage turns it
    assert location.ordered.tolist() == [False, False, False, True]
    assert location.labelled


def test_a_cell_that_says_north_first_is_no_mistake() -> None:
    location, _ = where(table({"lonlat": ["N30.6597,E104.0633", "30.6597,104.0633"]}))
    assert location.xy.tolist() == [[104.0633, 30.6597], [30.6597, 104.0633]]
    assert location.ordered.tolist() == [True, False]


def test_rows_without_a_place_say_what_is_missing() -> None:
    batch = table(
        {
            "lon": [None, None, "", 104.06331, 0, 0.0, "东边", "1E400", 104.06331],
            "lat": [None, "", 30.65971, None, 0, 30.65971, 30.65971, 30.65971, 30.65971],
        }
    )
    location, notes = where(batch, [False, True, False, False, False, False, False, False, False])
    assert codes(notes) == [
        (2, "place_missing", "error"),
        (3, "place_by_address", "error"),
        (4, "place_missing", "error"),
        (5, "place_missing", "error"),
        (6, "coordinates_zero", "error"),
        (7, "coordinates_zero", "error"),
        (8, "coordinates_unreadable", "error"),
        (9, "coordinates_unreadable", "error"),
    ]
    columns = [issues[0].where.column for issues in notes.issues[:4]]
    assert columns == ["经度", "地址", "经度", "纬度"]
    assert location.placed.tolist() == [False] * 8 + [True]


@pytest.mark.parametrize(
    ("place", "coarse"),
    [
        (("104.063", "30.660"), True), ((104.063, 30.66), True), ((104.0633, 30.66), False), (("104.0630", "30.6600"), False),
        (("104°03′", "30°39′"), True), (("104°03′47″", "30°39′34″"), False), (("1.04E+02", "30.659712"), True),
        ((410200, 3393600), True), ((410220, 3393620), False), (("410223.1", "3393620.6"), False), ((410000.0, 3394000.0), True),
    ],
)  # fmt: skip
def test_coordinates_that_tell_too_little_are_named(place: Any, coarse: bool) -> None:
    _, notes = where(table({"lon": [place[0]], "lat": [place[1]]}))
    assert ((2, "coordinates_coarse", "warning") in codes(notes)) is coarse


def test_six_decimals_that_end_in_zeros_are_not_taken_for_coarse() -> None:
    made = np.random.default_rng(5)
    lonlat = made.uniform((103, 30.1), (104.8, 31.4), (20_000, 2)).round(6)
    _, notes = where(pairs(lonlat))
    assert codes(notes) == []


def test_numbers_in_scientific_notation_are_read_and_told() -> None:
    location, notes = where(table({"lon": ["1.040633E+02"], "lat": ["30.6597"]}))
    assert location.xy.tolist() == [[104.0633, 30.6597]]
    assert codes(notes) == [(2, "number_in_scientific", "warning")]


def test_shapes_lie_where_their_middle_is_and_empty_ones_nowhere() -> None:
    batch = shapes([shapely.box(104, 30, 104.2, 30.4), None, shapely.Point(), shapely.Point(0, 0)])
    location, notes = where(batch, [False, True, False, False])
    assert location.xy[0].tolist() == pytest.approx([104.1, 30.2])
    assert codes(notes) == [
        (2, "place_by_address", "error"),
        (3, "place_missing", "error"),
        (4, "coordinates_zero", "error"),
    ]
    assert location.placed.tolist() == [True, False, False, False]
