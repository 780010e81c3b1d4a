"""Time progress counts whole months, as provincial bulletins do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.catalogue import City, Target, time_progress
from geoplan.text import Text
from tests.catalogue.test_plan import target_of


def made(starts_on: date | None, ends_on: date) -> Target:
    return Target(
        id="made",
        measure="count",
        unit=Text("个", "pieces"),
        period="made",
        kind="flow",
        phrase="",
        phrase_en="",
        starts_on=starts_on,
        ends_on=ends_on,
    )


@pytest.mark.parametrize(
    ("target", "day", "share"),
    [
        ("greenway", date(2023, 10, 31), 4 / 6),
        ("greenway", date(2023, 10, 30), 3 / 6),
        ("greenway", date(2023, 10, 1), 3 / 6),
        ("greenway", date(2023, 7, 1), 0),
        ("greenway", date(2023, 7, 30), 0),
        ("greenway", date(2023, 7, 31), 1 / 6),
        ("greenway", date(2023, 6, 30), 0),
        ("greenway", date(2022, 12, 31), 0),
        ("greenway", date(2023, 12, 30), 5 / 6),
        ("greenway", date(2023, 12, 31), 1),
        ("greenway", date(2024, 2, 29), 1),
        ("charger", date(2023, 10, 31), 10 / 12),
        ("charger", date(2023, 5, 31), 5 / 12),
        ("charger", date(2023, 2, 28), 2 / 12),
        ("charger", date(2023, 2, 27), 1 / 12),
    ],
)
def test_months_count_from_their_last_day_on(
    city: City, target: str, day: date, share: float
) -> None:
    assert time_progress(target_of(city, target, target), day) == pytest.approx(share)


def test_a_period_without_a_start_has_no_time_progress(city: City) -> None:
    for target in ("school", "nev_stock"):
        assert time_progress(target_of(city, target, target), date(2023, 10, 31)) is None


def ends_of_months(first: date, last: date) -> list[date]:
    """Last days of months by walking day by day: the oracle knows no calendar arithmetic."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [day for day in days if (day + timedelta(1)).day == 1]


@given(
    year=st.integers(2020, 2030),
    month=st.integers(1, 12),
    months=st.integers(1, 30),
    offset=st.integers(-100, 1200),
)
def test_any_day_of_any_period_equals_a_count_by_hand(
    year: int, month: int, months: int, offset: int
) -> None:
    starts_on = date(year, month, 1)
    ends = ends_of_months(starts_on, starts_on + timedelta(31 * months))[:months]
    day = starts_on + timedelta(offset)
    share = time_progress(made(starts_on, ends[-1]), day)
    assert share == pytest.approx(sum(end <= day for end in ends) / months)
