"""The capacity split: against a queue of single people, and the sums that must hold."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geoplan.network import Pairs
from geoplan.planning.areas import areas_of
from geoplan.planning.capacity import UNKNOWN, capacity_rows, split
from tests.planning.towns import CITY, CODES

Case = tuple[np.ndarray, np.ndarray, Pairs]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cells, facilities (some of unknown capacity) and walks with many ties."""
    cells, facilities = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    people = draw(st.lists(st.integers(0, 9), min_size=cells, max_size=cells))
    capacity = draw(
        st.lists(st.sampled_from([UNKNOWN, 0, 1, 3, 20]), min_size=facilities, max_size=facilities)
    )
    walks = draw(
        st.dictionaries(
            st.tuples(st.integers(0, cells - 1), st.integers(0, facilities - 1)),
            st.integers(0, 3),
        )
    )
    rows = [(cell, facility, mm) for (cell, facility), mm in walks.items()]
    columns = np.array(rows, dtype=np.int32).reshape(-1, 3).T
    return np.array(people, dtype=np.int32), np.array(capacity), Pairs(*columns)


def one_by_one(
    people: np.ndarray, capacity: np.ndarray, pairs: Pairs
) -> tuple[list[int], list[int]]:
    """People by the plain rule: the shortest walk first, then cell, then facility; one at a time."""
    waiting, room = people.tolist(), [max(int(places), 0) for places in capacity]
    served = [0] * len(waiting)
    for _, cell, facility in sorted(zip(pairs.cost_mm, pairs.point, pairs.facility, strict=True)):
        while waiting[cell] and room[facility]:
            waiting[cell] -= 1
            room[facility] -= 1
            served[cell] += 1
    return served, room


@given(case=cases())
def test_the_split_is_what_a_queue_of_single_people_gives(case: Case) -> None:
    people, capacity, pairs = case
    served, room = one_by_one(*case)
    found = split(people, capacity, pairs)
    assert found.served.tolist() == served
    assert (np.maximum(capacity, 0) - found.load).tolist() == room
    near = {int(cell) for cell in pairs.point}
    for cell, everybody in enumerate(people.tolist()):
        left = everybody - served[cell]
        assert found.out_of_reach[cell] == (0 if cell in near else left)
        assert found.no_capacity[cell] == (left if cell in near else 0)


@given(case=cases())
def test_the_three_parts_are_all_people_in_every_cell_and_area(case: Case) -> None:
    people, capacity, pairs = case
    found = split(people, capacity, pairs)
    assert (found.served + found.no_capacity + found.out_of_reach == people).all()
    assert found.load.sum() == found.served.sum()
    assert (found.load <= np.maximum(capacity, 0)).all()
    assert (found.untold <= found.no_capacity).all()
    district = np.arange(len(people)) % len(CODES)
    rows = capacity_rows(areas_of(CITY.units, CODES, district), found)
    assert rows[0].area.kind == "city"
    assert rows[0].people == people.sum()
    for name in ("people", "served", "no_capacity", "out_of_reach", "untold"):
        parts = [getattr(row, name) for row in rows if row.area.kind == "district"]
        assert sum(parts) == getattr(rows[0], name)
        rings = [getattr(row, name) for row in rows if row.area.kind == "ring"]
        assert sum(rings) == getattr(rows[0], name)


@given(case=cases(), seed=st.integers(0, 1000))
def test_the_order_of_the_walks_does_not_matter(case: Case, seed: int) -> None:
    people, capacity, pairs = case
    order = np.random.default_rng(seed).permutation(len(pairs.cost_mm))
    one, other = (
        split(people, capacity, pairs),
        split(people, capacity, Pairs(*(c[order] for c in pairs))),
    )
    for name in one.__slots__:
        assert (getattr(one, name) == getattr(other, name)).all()


@given(case=cases())
def test_more_places_never_serve_fewer_people(case: Case) -> None:
    people, capacity, pairs = case
    more = np.where(capacity >= 0, capacity + 2, capacity)
    assert split(people, more, pairs).served.sum() >= split(people, capacity, pairs).served.sum()


@given(case=cases())
def test_nobody_is_left_who_could_still_be_served(case: Case) -> None:
    people, capacity, pairs = case
    found = split(people, capacity, pairs)
    free = np.maximum(capacity, 0) - found.load
    for cell, facility in zip(pairs.point, pairs.facility, strict=True):
        assert found.no_capacity[cell] == 0 or free[facility] == 0


def test_of_equal_walks_the_first_cell_and_then_the_first_facility_is_taken() -> None:
    pairs = Pairs(*np.array([[1, 0, 100], [0, 1, 100], [0, 0, 100], [2, 1, 50]], dtype=np.int32).T)
    found = split(np.array([3, 3, 1]), np.array([2, 2]), pairs)
    # The nearest walk first: cell 2 takes a place of 1; then cell 0 fills 0 and what is left of 1.
    assert found.served.tolist() == [3, 0, 1]
    assert found.no_capacity.tolist() == [0, 3, 0]
    assert found.load.tolist() == [2, 2]


def test_a_school_that_does_not_tell_its_places_serves_nobody_and_is_told() -> None:
    pairs = Pairs(*np.array([[0, 0, 5], [1, 0, 9], [1, 1, 9]], dtype=np.int32).T)
    found = split(np.array([10, 10, 10]), np.array([UNKNOWN, 4]), pairs)
    assert found.served.tolist() == [0, 4, 0]
    assert found.no_capacity.tolist() == [10, 6, 0]
    assert found.untold.tolist() == [10, 6, 0]
    assert found.out_of_reach.tolist() == [0, 0, 10]


def test_nobody_walks_anywhere_when_there_are_no_facilities() -> None:
    none = np.zeros(0, dtype=np.int32)
    found = split(np.array([5, 0]), none, Pairs(none, none, none))
    assert found.out_of_reach.tolist() == [5, 0]
    assert not found.served.any()
    assert not found.no_capacity.any()
