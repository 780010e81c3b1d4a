"""Coarser cells by arithmetic, against the h3 library."""

from __future__ import annotations

import h3.api.numpy_int as h3_int
import numpy as np
import pytest

from geoplan.grid import mean_by_parent, parents
from geoplan.grid.cells import locate_cells


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(103, 104.9, 3_000), rng.uniform(30.1, 31.4, 3_000)
    return np.unique(locate_cells(lon, lat, 10))


@pytest.mark.parametrize("res", [6, 7, 8, 9, 10])
def test_parents_are_those_of_the_library(cells: np.ndarray, res: int) -> None:
    expected = [h3_int.cell_to_parent(cell, res) for cell in cells.tolist()]
    assert parents(cells, res).tolist() == expected


@pytest.mark.parametrize("res", [6, 7, 8, 9, 10])
def test_the_children_of_a_cell_follow_each_other(cells: np.ndarray, res: int) -> None:
    """What the tiles' SQL relies on: one range of numbers holds them and nothing else."""
    above = parents(cells, res)
    assert (np.diff(above) >= 0).all()
    last = (above & ~(15 << 52)) | (10 << 52)
    first = last & ~(((1 << 3 * (10 - res)) - 1) << 15)
    assert ((first <= cells) & (cells <= last)).all()
    assert (first[1:] > last[:-1])[above[1:] != above[:-1]].all()


def test_a_mean_counts_each_cell_once(cells: np.ndarray) -> None:
    values = np.random.default_rng(6).uniform(0, 60, len(cells))
    found, means = mean_by_parent(cells, values, 7)
    above = np.array([h3_int.cell_to_parent(cell, 7) for cell in cells.tolist()])
    assert found.tolist() == sorted(set(above.tolist()))
    expected = [values[above == cell].mean() for cell in found.tolist()]
    assert means == pytest.approx(expected)


def test_no_cells_have_no_mean() -> None:
    found, means = mean_by_parent(np.zeros(0, dtype=np.int64), np.zeros(0), 8)
    assert len(found) == len(means) == 0
