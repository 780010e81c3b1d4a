"""Lines through cells: nothing left out, no corner missed, anywhere on earth."""

from __future__ import annotations

from itertools import pairwise

import h3
import h3.api.numpy_int as h3_int
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geoplan.grid import RESOLUTIONS, cell_shapes
from geoplan.grid.trace import trace_cells

CITY = (104.06, 30.66)
PENTAGONS = [h3.cell_to_latlng(cell)[::-1] for cell in h3.get_pentagons(6)]
BENT = [
    h3.cell_to_latlng(cell)[::-1]
    for cell in h3.uncompact_cells(h3.get_res0_cells(), 3)
    if len(h3.cell_to_boundary(cell)) > 6 and not h3.is_pentagon(cell)
]
"""Places where cells are bent by an edge of the icosahedron, and may not be convex."""

PLACES = [
    place for place in [CITY, *PENTAGONS, *BENT[::40]] if abs(place[0]) < 178 and abs(place[1]) < 70
]


def check(start: NDArray[np.float64], end: NDArray[np.float64], res: int) -> int:
    """Trace, and look whether stretches make up the segments and lie in their cells."""
    traced = trace_cells(start, end, res)
    first = np.r_[True, traced.segment[1:] != traced.segment[:-1]]
    last = np.r_[first[1:], True]
    assert (traced.segment[first] == np.arange(len(start))).all()
    assert (traced.begin[first] == 0).all()
    assert (traced.finish[last] == 1).all()
    assert (traced.begin[~first] == traced.finish[~last]).all()
    assert (traced.place[1:] != traced.place[:-1])[~first[1:]].all()
    cells = cell_shapes(traced.place).boundary
    begin, finish = traced.ends(start, end)
    for share in (0.001, 0.3, 0.5, 0.7, 0.999):
        inside = shapely.points(begin + share * (finish - begin))
        assert shapely.distance(cells, inside).max() < 1e-11
    return len(traced.place)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(
    st.sampled_from(PLACES),
    st.sampled_from(RESOLUTIONS),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.05, 1.0, 20.0]),
)
def test_stretches_lie_in_their_cells_and_make_up_the_line(place, res, seed, edges) -> None:
    random = np.random.default_rng(seed)
    edge = h3.average_hexagon_edge_length(res, unit="m") / 111_000
    start = place + random.normal(0, 20 * edge, (20, 2))
    end = start + random.normal(0, edges * edge, (20, 2))
    check(start, end, res)


def test_a_short_cut_over_the_notch_of_a_bent_cell_leaves_it() -> None:
    bent = np.array([h3.str_to_int(h3.latlng_to_cell(lat, lon, 7)) for lon, lat in PLACES])
    near = np.unique([cell for one in bent.tolist() for cell in h3_int.grid_disk(one, 20)])
    cuts = []
    for shape in cell_shapes(near.astype(np.int64)).boundary:
        ring = shapely.get_coordinates(shapely.remove_repeated_points(shape))[:-1]
        to_last, to_next = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
        turn = to_next[:, 0] * to_last[:, 1] - to_next[:, 1] * to_last[:, 0]
        for n in np.flatnonzero(turn < -1e-9):
            inward = (shapely.get_coordinates(shape.centroid)[0] - ring[n]) * 1e-6
            cuts.append([ring[n] + to_last[n] / 9 + inward, ring[n] + to_next[n] / 9 + inward])
    assert len(cuts) > 10
    start, end = np.array(cuts).transpose(1, 0, 2)
    assert check(start, end, 7) == 3 * len(cuts)


def test_the_sliver_between_a_straight_edge_and_the_great_circle_is_the_straight_cells() -> None:
    ring = np.array(h3.cell_to_boundary(h3.latlng_to_cell(30.66, 104.06, 6)))[:, ::-1]
    edge = np.roll(ring, -1, axis=0) - ring
    middle = ring + edge / 2
    across = np.stack([-edge[:, 1], edge[:, 0]], axis=1)
    across /= np.hypot(*across.T)[:, None] * 111_000  # one metre, inwards
    for metres in (-0.1, -0.03, 0.03, 0.1):  # the great circle is up to 0.18 m away
        assert check(middle + across, middle + across * metres, 6) == (12 if metres < 0 else 6)


@pytest.mark.parametrize("res", RESOLUTIONS)
def test_a_line_through_corners_of_cells_is_whole(res: int) -> None:
    ring = h3.cell_to_boundary(h3.latlng_to_cell(30.66, 104.06, res))
    corner = np.array([(lon, lat) for lat, lon in ring])
    across = np.roll(corner, 3, axis=0)
    way = across - corner
    assert check(corner, across, res) >= 6
    assert check(corner - way, across + way, res) >= 18


def test_cells_follow_each_other_as_neighbours() -> None:
    start, end = np.array([[103.9, 30.5]]), np.array([[104.3, 30.8]])
    for res in RESOLUTIONS:
        cells = [h3.int_to_str(cell) for cell in trace_cells(start, end, res).place.tolist()]
        assert all(h3.are_neighbor_cells(a, b) for a, b in pairwise(cells))
        assert len(set(cells)) == len(cells)
