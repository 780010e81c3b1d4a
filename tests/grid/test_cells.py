"""Cells: the same answers as the h3 library, for few and for many."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely

from geoplan.errors import GeoplanError
from geoplan.grid import RESOLUTIONS, cell_centers, cell_shapes, cells_in_bbox, to_hex
from geoplan.grid.cells import cell_boundaries, fill_polygon, locate_cells, neighbours

FEW, MANY = 30, 2_000
"""Below and above the count at which another way is taken."""


def spots(count: int) -> np.ndarray:
    """Points all over the earth, and as many in the city."""
    random = np.random.default_rng(3)
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    globe = np.stack([random.uniform(-180, 180, count), lat], axis=1)
    return np.concatenate([globe, random.normal((104.06, 30.66), 0.3, (count, 2))])


def some_cells(count: int, res: int) -> np.ndarray:
    lonlat = spots(count)
    pentagons = [h3.str_to_int(cell) for cell in h3.get_pentagons(res)]
    return np.array([*locate_cells(lonlat[:, 0], lonlat[:, 1], res).tolist(), *pentagons])


@pytest.mark.parametrize("count", [0, 1, FEW, MANY])
@pytest.mark.parametrize("res", [0, 6, 7, 10, 15])
def test_points_are_located_as_h3_does(count: int, res: int) -> None:
    lonlat = spots(count)
    found = locate_cells(lonlat[:, 0], lonlat[:, 1], res)
    assert found.dtype == np.int64
    assert to_hex(found) == [h3.latlng_to_cell(lat, lon, res) for lon, lat in lonlat.tolist()]


@pytest.mark.parametrize("count", [FEW, MANY])
@pytest.mark.parametrize("res", RESOLUTIONS)
def test_shapes_are_those_of_h3(count: int, res: int) -> None:
    cells = some_cells(count, res)
    rings = cell_boundaries(cells)
    shapes = cell_shapes(cells)
    assert (shapes.res == res).all()
    assert shapely.get_coordinates(shapes.center) == pytest.approx(cell_centers(cells))
    for cell, ring, center in zip(to_hex(cells), rings, cell_centers(cells), strict=True):
        truth = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
        apart = (ring[: len(truth)] - truth) / [360, 1]
        assert np.abs(apart - np.rint(apart)).max() < 1e-12  # past the antimeridian, or equal
        assert (ring[len(truth) :] == ring[len(truth) - 1]).all()
        assert np.ptp(ring[:, 0]) < 180 or abs(center[1]) > 85
        assert tuple(center[::-1]) == pytest.approx(h3.cell_to_latlng(cell), abs=1e-12)


@pytest.mark.parametrize("count", [FEW, MANY])
def test_neighbours_are_those_of_h3(count: int) -> None:
    cells = some_cells(count, 7)
    for cell, around in zip(to_hex(cells), neighbours(cells), strict=True):
        assert around.shape == (7,)
        assert set(to_hex(around)) == set(h3.grid_disk(cell, 1))


def test_cells_of_different_resolutions_keep_their_own() -> None:
    cells = np.array([h3.str_to_int(h3.latlng_to_cell(30.66, 104.06, res)) for res in range(16)])
    assert cell_shapes(cells).res.tolist() == list(range(16))


def test_no_cells_have_no_shapes() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(cell_shapes(none).boundary) == 0
    assert cell_boundaries(none).shape == (0, 6, 2)
    assert neighbours(none).shape == (0, 7)
    assert to_hex(none) == []


@pytest.mark.parametrize("count", [1, MANY])
def test_what_is_no_cell_is_named(count: int) -> None:
    cells = some_cells(count, 8)
    cells[-1] = 12345
    for ask in (cell_boundaries, cell_centers, cell_shapes):
        with pytest.raises(GeoplanError, match="12345") as caught:
            ask(cells)
        assert caught.value.code == "invalid_cell"


def test_cells_of_a_box_are_those_that_touch_it_or_have_their_centre_in_it() -> None:
    box = (104.0, 30.6, 104.03, 30.62)
    for res in (6, 8, 10):
        near = cells_in_bbox(103.9, 30.5, 104.13, 30.72, res)
        shapes, centers = cell_shapes(near).boundary, cell_centers(near)
        touching = near[shapely.intersects(shapes, shapely.box(*box))]
        west, south, east, north = box
        inside = near[(centers > [west, south]).all(axis=1) & (centers < [east, north]).all(axis=1)]
        assert cells_in_bbox(*box, res).tolist() == touching.tolist()
        assert cells_in_bbox(*box, res, contain="center").tolist() == inside.tolist()


def test_a_box_beyond_the_map_has_no_cells_and_one_too_large_is_refused() -> None:
    assert len(cells_in_bbox(190, 0, 200, 10, 8)) == 0
    with pytest.raises(GeoplanError) as caught:
        cells_in_bbox(-180, -90, 180, 90, 9)
    assert caught.value.code == "too_many_cells"


def test_a_hole_is_left_empty() -> None:
    box = shapely.box(104, 30.6, 104.1, 30.7)
    hole = shapely.box(104.03, 30.63, 104.07, 30.67)
    filled = set(fill_polygon(box, 9, contain="center").tolist())
    hollow = set(fill_polygon(box - hole, 9, contain="center").tolist())
    assert hollow == filled - set(fill_polygon(hole, 9, contain="center").tolist())
    assert 0 < len(hollow) < len(filled)
