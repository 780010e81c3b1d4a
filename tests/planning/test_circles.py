"""Circles by area: against sets of categories, cell by cell."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.planning.areas import areas_of
from geoplan.planning.circles import circle_rows, mask, missing_count
from tests.planning.towns import CITY, CODES, Town, towns


@given(town=towns(40), categories=st.integers(0, 7), seed=st.integers(0, 10_000))
def test_rows_are_what_sets_of_categories_say(town: Town, categories: int, seed: int) -> None:
    cells = len(town.cell)
    random = np.random.default_rng(seed)
    present = [random.random(cells) < random.random() for _ in range(categories)]
    have = [{n for n in range(categories) if present[n][cell]} for cell in range(cells)]
    found = mask(present, cells)
    assert missing_count(found, categories).tolist() == [categories - len(own) for own in have]
    for row in circle_rows(town.areas(), town.people, found, categories):
        here = np.flatnonzero(town.of(row.area.code))
        histogram: Counter[int] = Counter()
        lacking: Counter[int] = Counter()
        for cell in here.tolist():
            people = int(town.people[cell])
            histogram[categories - len(have[cell])] += people
            for category in set(range(categories)) - have[cell]:
                lacking[category] += people
        assert row.missing == tuple(histogram[n] for n in range(categories + 1))
        assert row.lacking == tuple(lacking[n] for n in range(categories))
        assert row.people == sum(row.missing)
        assert row.complete == row.missing[0]
        if any(row.lacking):
            assert row.most_missing == row.lacking.index(max(row.lacking))
        else:
            assert row.most_missing is None


def test_a_category_more_never_makes_a_circle_less_complete() -> None:
    areas = areas_of(CITY.units, CODES, np.arange(3))
    people = np.array([10, 20, 40])
    first, second = np.array([True, True, False]), np.array([True, False, False])
    one = circle_rows(areas, people, mask([first], 3), 1)[0]
    both = circle_rows(areas, people, mask([first, second], 3), 2)[0]
    assert (one.complete, both.complete) == (30, 10)
    assert both.missing == (10, 20, 40)
    assert both.lacking == (40, 60)
    assert both.most_missing == 1


def test_the_63rd_category_has_a_bit_and_the_64th_is_refused() -> None:
    here = np.array([True, False])
    found = mask([here] * 63, 2)
    assert missing_count(found, 63).tolist() == [0, 63]
    with pytest.raises(ValueError, match="63"):
        mask([here] * 64, 2)
