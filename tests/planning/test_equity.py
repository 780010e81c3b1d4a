"""Equity: against single people, one after the other."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.planning.areas import areas_of
from geoplan.planning.equity import equity, worst_by_area, worst_of
from tests.planning.towns import CITY, CODES

PEOPLE = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([-1, 0, 1, 60_000, 300_000, 2**31 - 2])),
    max_size=12,
)


def arrays(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)


@given(rows=PEOPLE)
def test_gini_is_half_the_mean_difference_of_all_pairs_of_people(
    rows: list[tuple[int, int]],
) -> None:
    walks = [mm for people, mm in rows for _ in range(people) if mm >= 0]
    found = equity(*arrays(rows))
    assert found.people == sum(people for people, _ in rows)
    assert found.unreached == found.people - len(walks)
    if not walks:
        assert found.gini is None
        assert found.mean_mm is None
        assert len(found.lorenz) == 0
        return
    mean = sum(walks) / len(walks)
    assert found.mean_mm == pytest.approx(mean)
    differences = sum(abs(one - other) for one, other in product(walks, walks)) / len(walks) ** 2
    assert found.gini == pytest.approx(differences / (2 * mean) if mean else 0, abs=1e-12)


@given(rows=PEOPLE)
def test_the_curve_is_the_walking_of_those_who_walk_least(rows: list[tuple[int, int]]) -> None:
    walks = sorted(mm for people, mm in rows for _ in range(people) if mm >= 0)
    curve = equity(*arrays(rows)).lorenz
    if not sum(walks):
        assert not walks or np.allclose(curve[:, 0], curve[:, 1])
        return
    assert curve[0].tolist() == [0, 0]
    assert curve[-1] == pytest.approx([1, 1])
    assert (np.diff(curve[:, 1]) >= -1e-12).all()
    assert (np.diff(curve[:, 1], 2) >= -1e-9).all()  # convex
    for share, walked in curve:
        whole = int(share * len(walks) + 1e-9)
        part = share * len(walks) - whole
        expected = sum(walks[:whole]) + (part * walks[whole] if whole < len(walks) else 0)
        assert walked == pytest.approx(expected / sum(walks), abs=1e-9)


@given(rows=PEOPLE)
def test_the_worst_served_tenth_are_the_last_of_the_line(rows: list[tuple[int, int]]) -> None:
    line = [(mm < 0, mm, -cell) for cell, (people, mm) in enumerate(rows) for _ in range(people)]
    worst = sorted(line)[len(line) - -(-len(line) // 10) :]
    found = equity(*arrays(rows))
    assert found.worst_people == len(worst)
    assert found.worst_unreached == sum(unreached for unreached, _, _ in worst)
    able = [mm for unreached, mm, _ in worst if not unreached]
    assert found.worst_from_mm == (min(able) if able else None)
    assert found.worst_mean_mm == (pytest.approx(sum(able) / len(able)) if able else None)
    taken = worst_of(*arrays(rows))
    assert taken.tolist() == [sum(-c == cell for _, _, c in worst) for cell in range(len(rows))]


def test_the_worst_tenth_of_the_districts_is_that_of_the_city() -> None:
    random = np.random.default_rng(3)
    people, walk = random.integers(0, 90, 500), random.integers(-1, 40, 500) * 1000
    areas = areas_of(CITY.units, CODES, random.integers(0, 4, 500))
    by_area = worst_by_area(areas, worst_of(people, walk))
    assert by_area["city"] == -(-int(people.sum()) // 10)
    assert sum(by_area[code] for code in CODES) == by_area["city"]


def test_who_walks_alike_is_equal_and_one_who_walks_alone_is_not() -> None:
    assert equity(np.array([10, 30]), np.array([500, 500])).gini == 0
    assert equity(np.array([99, 1]), np.array([0, 700])).gini == pytest.approx(0.99)
    assert equity(np.array([5, 5]), np.array([0, 0])).gini == 0


def test_a_city_of_people_far_away_does_not_overflow() -> None:
    found = equity(np.full(40_000, 1000), np.full(40_000, 2**31 - 2))
    assert found.mean_mm == pytest.approx(2**31 - 2)
    assert found.gini == pytest.approx(0, abs=1e-9)
