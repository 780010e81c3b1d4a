"""Gaps: groups against a flood fill over the h3 library, shapes against unions by Shapely."""

from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geoplan.grid import cell_centers, cell_shapes
from geoplan.planning.gaps import (
    centre_cell,
    group_gaps,
    lacked_by_most,
    nearest_label,
    outline,
    spread,
)
from geoplan.units import geodesic_distance_m
from tests.planning.towns import CENTRE, disk

Case = tuple[np.ndarray, np.ndarray, np.ndarray]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cells of a disk, some without people, some not there at all, some covered."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    around = disk(draw(st.integers(1, 9)))
    cell = around[random.random(len(around)) < draw(st.sampled_from([0.3, 0.6, 1.0]))]
    people = np.where(random.random(len(cell)) < 0.7, random.integers(1, 5, len(cell)), 0)
    return (
        cell,
        people.astype(np.int32),
        random.random(len(cell)) < draw(st.sampled_from([0.2, 0.5, 0.9])),
    )


def flood(cell: np.ndarray, people: np.ndarray, uncovered: np.ndarray) -> set[frozenset[int]]:
    """Groups the plain way: from cell to cell, over at most one cell without people."""
    populated = {int(c) for c, p in zip(cell, people, strict=True) if p > 0}
    left = {int(c) for c, p, u in zip(cell, people, uncovered, strict=True) if p > 0 and u}
    groups = set()
    while left:
        ready, group = [left.pop()], set()
        while ready:
            here = ready.pop()
            group.add(here)
            near = set(h3.grid_disk(here, 1))
            for empty in near - populated:
                near |= set(h3.grid_disk(empty, 1))
            ready += near & left
            left -= near
        groups.add(frozenset(group))
    return groups


@given(case=cases())
def test_groups_are_what_a_flood_fill_finds(case: Case) -> None:
    cell, people, uncovered = case
    found = group_gaps(cell, people, uncovered)
    groups = {frozenset(cell[found.members(n)].tolist()) for n in range(len(found.people))}
    assert groups == flood(cell, people, uncovered)


@given(case=cases())
def test_groups_hold_every_uncovered_person_once_and_fall_by_people(case: Case) -> None:
    cell, people, uncovered = case
    found = group_gaps(cell, people, uncovered)
    assert found.people.sum() == people[uncovered].sum()
    assert found.people.tolist() == sorted(found.people.tolist(), reverse=True)
    for number, total in enumerate(found.people.tolist()):
        assert people[found.members(number)].sum() == total
    first = [cell[found.members(n)].min() for n in range(len(found.people))]
    ties = [
        first[n] < first[n + 1]
        for n in range(len(first) - 1)
        if found.people[n] == found.people[n + 1]
    ]
    assert all(ties)


def test_a_street_without_people_joins_and_a_covered_house_divides() -> None:
    """Three cells in a row; then a wider street, which divides."""
    row = np.array(h3.grid_path_cells(CENTRE, h3.grid_disk(CENTRE, 3)[-1]), dtype=np.int64)
    assert len(row) == 4
    ends = np.sort(row[[0, 2]])
    assert group_gaps(ends, np.array([5, 5]), np.array([True, True])).people.tolist() == [10]
    order = np.argsort(row[:3])
    between = np.array([5, 1, 5])[order]
    covered = group_gaps(row[:3][order], between, between == 5)
    assert covered.people.tolist() == [5, 5]
    wall = np.sort(np.array(list(h3.grid_disk(CENTRE, 4)), dtype=np.int64))
    distance = np.array([h3.grid_distance(CENTRE, int(c)) for c in wall])
    people = np.where(distance == 0, 7, np.where(distance == 1, 1, 3))
    ringed = group_gaps(wall, people, distance != 1)
    assert ringed.people.tolist() == [int(people[distance > 1].sum()), 7]
    far = np.sort(row[[0, 3]])
    assert len(group_gaps(far, np.array([5, 5]), np.array([True, True])).people) == 2


def test_a_gap_wider_than_a_walk_is_cut_into_parts_that_a_facility_can_serve() -> None:
    cells = np.sort(np.array(list(h3.grid_disk(CENTRE, 30)), dtype=np.int64))
    people = np.arange(1, len(cells) + 1)
    found = group_gaps(cells, people, np.ones(len(cells), dtype=np.bool_))
    parts = [set(cells[found.members(n)].tolist()) for n in range(len(found.people))]
    assert sum(len(part) for part in parts) == len(cells)
    assert set().union(*parts) == set(cells.tolist())
    for part in parts:
        assert len({h3.cell_to_parent(cell, 7) for cell in part}) == 1
        assert len(part) <= 343
    small = np.sort(np.array(list(h3.grid_disk(CENTRE, 10)), dtype=np.int64))
    whole = group_gaps(small, np.ones(len(small), dtype=np.int64), np.ones(len(small), np.bool_))
    assert len(small) == 331
    assert len(whole.people) == 1


@given(case=cases())
def test_the_outline_is_the_union_of_the_cells(case: Case) -> None:
    cell, people, uncovered = case
    for number in range(min(len(group_gaps(*case).people), 3)):
        own = cell[group_gaps(cell, people, uncovered).members(number)]
        shape = outline(own)
        assert shape.is_valid
        union = shapely.union_all(cell_shapes(own).boundary, grid_size=1e-9)
        assert shape.symmetric_difference(union).area < 1e-3 * union.area
        inside = shapely.contains_xy(shape, *cell_centers(own).T)
        assert inside.all()


def test_the_outline_keeps_the_hole_in_a_ring() -> None:
    ring = np.array(h3.grid_ring(CENTRE, 2), dtype=np.int64)
    shape = outline(ring)
    assert len(shape.geoms) == 1
    assert len(shape.geoms[0].interiors) == 1
    assert not shapely.contains_xy(shape, *h3.cell_to_latlng(CENTRE)[::-1])


def test_the_centre_is_a_cell_of_the_group_even_of_a_ring() -> None:
    ring = np.sort(np.array(h3.grid_ring(CENTRE, 4), dtype=np.int64))
    assert 0 <= centre_cell(ring, np.ones(len(ring))) < len(ring)
    cells = disk(3)
    heavy = np.where(cells == cells[5], 10_000, 1)
    assert centre_cell(cells, heavy) == 5


@given(seed=st.integers(0, 1000), count=st.integers(1, 30))
def test_the_name_is_that_of_the_nearest_place(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(103, 104.9, count), random.uniform(30.1, 31.4, count)
    places = np.column_stack([lon, lat])
    points = np.column_stack([random.uniform(103, 104.9, 5), random.uniform(30.1, 31.4, 5)])
    which, away_m = nearest_label(places, points)
    for point, chosen, away in zip(points, which, away_m, strict=True):
        every = geodesic_distance_m(np.repeat(point[None], count, 0), places)
        assert away == pytest.approx(every[chosen])
        assert away <= every.min() * 1.005  # nearness is judged in a plane


def test_without_any_label_there_is_no_name() -> None:
    with pytest.raises(ValueError, match="no places"):
        nearest_label(np.zeros((0, 2)), np.zeros((1, 2)))


@given(rows=st.lists(st.tuples(st.integers(1, 4), st.integers(-1, 6)), min_size=1, max_size=9))
def test_the_median_is_that_of_single_people(rows: list[tuple[int, int]]) -> None:
    people, value = np.array(rows).T
    line = sorted((mm if mm >= 0 else float("inf")) for count, mm in rows for _ in range(count))
    middle = line[(len(line) - 1) // 2]
    found = spread(value, people)
    assert found.median == (None if middle == float("inf") else middle)
    able = [mm for _, mm in rows if mm >= 0]
    assert found.most == (max(able) if able else None)


def test_missing_is_what_half_of_the_people_lack_the_rarest_first() -> None:
    people = np.array([10, 20, 30])
    lacks = [
        np.array([True, False, False]),
        np.array([False, False, True]),
        np.array([True, True, True]),
    ]
    assert lacked_by_most(lacks, people) == [2, 1]
    assert lacked_by_most(
        [np.array([True, False, False]), np.array([False, True, False])], people
    ) == [1]
