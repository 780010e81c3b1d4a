"""People by distance: the groups sum to everybody, and none is small."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoplan.planning.spread import EDGES_M, Group, spread

CELLS = st.lists(
    st.tuples(st.integers(0, 120), st.one_of(st.floats(0, 6_000), st.just(float("inf")))),
    max_size=40,
)


def test_people_are_counted_by_distance_and_what_is_out_of_reach_is_last() -> None:
    people = np.array([60, 60, 70, 80, 90, 100, 0])
    far = np.array([0.0, 299.9, 300.0, 599.0, 4_000.0, np.inf, 10.0])
    told = [group for group in spread(people, far) if group.people]
    assert told == [Group(0, 300, 120), Group(300, 600, 150), Group(3600, None, 190)]


def test_a_group_that_would_be_one_cell_is_joined_with_the_next() -> None:
    people, far = np.array([900, 60, 60, 60, 60]), np.array([10.0, 320.0, 330.0, 700.0, 800.0])
    told = [group for group in spread(people, far) if group.people]
    assert told == [Group(0, 600, 1020), Group(600, 900, 120)]


@given(CELLS)
def test_groups_follow_each_other_sum_to_everybody_and_are_never_few(
    cells: list[tuple[int, float]],
) -> None:
    people = np.array([number for number, _ in cells], dtype=np.int32)
    far = np.array([metres for _, metres in cells], dtype=np.float64)
    groups = spread(people, far)
    assert sum(group.people for group in groups) == people.sum()
    assert groups[0].from_m == 0
    assert groups[-1].to_m is None
    assert all(one.to_m == other.from_m for one, other in itertools.pairwise(groups))
    assert {group.from_m for group in groups} <= set(EDGES_M)
    peopled = [group for group in groups if group.people]
    if len(peopled) > 1:  # one group alone is the total, which is told or not told elsewhere
        assert all(group.people >= 50 for group in peopled)
        for group in peopled:
            to_m = np.inf if group.to_m is None else group.to_m
            inside = (people > 0) & (far >= group.from_m)
            inside &= (far < to_m) if group.to_m is not None else True
            assert inside.sum() >= 2
