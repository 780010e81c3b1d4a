"""Where people live: H3 cells of resolution 10 that sum to the census."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import h3.api.numpy_int as h3
import numpy as np
import polars as pl
import polars_h3
import shapely
from numpy.typing import NDArray

from geoplan.sample.land import Land
from geoplan.sample.plane import Floats, Noise, stream, to_plane
from geoplan.sample.towns import density, newness

RESOLUTION = 10
CELL_KM2 = 0.0150
_FEWEST = 3.0  # a cell expected to hold fewer people is left empty


@dataclass(frozen=True, slots=True)
class Population:
    """Cells with people only, sorted by district and cell.

    cells int64 H3; xy (n, 2) metres, the cell's centre; district index into `Land.codes`;
    people and ages (n, 3: 0-14, 15-59, 60 and older) int64; urban: built-up people per km².
    """

    cells: NDArray[np.int64]
    xy: Floats
    district: NDArray[np.int16]
    people: NDArray[np.int64]
    ages: NDArray[np.int64]
    urban: Floats


def settle(land: Land, census: Mapping[str, int]) -> Population:
    """People on cells; each district's sum equals `census[code]` exactly (largest remainder)."""
    cells, xy, district = _cells(land)
    urban = density(xy)
    weights = _weights(land, xy, urban)
    people = np.zeros(len(cells), np.int64)
    for index, code in enumerate(land.codes):
        mine = np.flatnonzero(district == index)
        people[mine] = apportion(weights[mine], census[code])
    lived = people > 0
    xy, urban, people = xy[lived], urban[lived], people[lived]
    ages = _ages(land, xy, urban, people)
    return Population(cells[lived], xy, district[lived], people, ages, urban)


def apportion(weights: Floats, total: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to `weights` that sum to `total` (Hamilton's method).

    Cells that would get fewer than three people get none, as houses stand together.
    """
    quota = weights * (total / weights.sum())
    for _ in range(3):
        quota[quota < _FEWEST] = 0.0
        quota *= total / quota.sum()
    whole: NDArray[np.int64] = np.floor(quota).astype(np.int64)
    short = total - int(whole.sum())
    order = np.lexsort((np.arange(len(quota)), -(quota - whole)))
    whole[order[:short]] += 1
    return whole


def _cells(land: Land) -> tuple[NDArray[np.int64], Floats, NDArray[np.int16]]:
    """Every cell whose centre lies in a district: id, centre in metres, district.

    Asked of the boundaries in degrees, as the import asks: a district's edge that is straight in
    degrees bends by up to a metre on the drawing board, which would move people across it.
    """
    found = [
        np.sort(h3.geo_to_cells(boundary, RESOLUTION)).astype(np.int64)
        for boundary in land.boundaries.tolist()
    ]
    district = np.repeat(np.arange(len(found), dtype=np.int16), [len(cells) for cells in found])
    cells = np.concatenate(found)
    frame = pl.DataFrame({"cell": cells}).select(
        polars_h3.cell_to_lng("cell").alias("lon"), polars_h3.cell_to_lat("cell").alias("lat")
    )
    return cells, to_plane(frame.to_numpy()), district


def _weights(land: Land, xy: Floats, urban: Floats) -> Floats:
    """Relative people per cell: built-up land, villages and scattered farmsteads."""
    rng = stream(land.seed, "population")
    block, patch, hamlet, grove = (
        Noise(rng, size, octaves) for size, octaves in ((420, 2), (2600, 2), (5200, 2), (330, 2))
    )
    mountain = land.mountain(xy)
    # Quarters differ, and inside them some blocks hold offices, works or campuses.
    built = urban * np.exp(0.55 * block(xy) + 0.35 * patch(xy))
    built[(block(xy) < -0.62) | (urban < 900)] = 0.0
    # Farmsteads in groves (林盘) all over the plain, thinner in the hills.
    clumps = grove(xy) + 0.45 * hamlet(xy) - 0.30 - 1.1 * mountain
    rural = np.where(clumps > 0, 700 + 2400 * clumps, 0.0) * (1 - 0.8 * mountain)
    weights: Floats = np.where(built > 0, built * (1 - 0.9 * mountain), 0.0) + np.where(
        urban < 2500, rural, 0.0
    )
    banks = shapely.buffer(land.water.shape, 40)
    shapely.prepare(banks)
    weights[shapely.contains_xy(banks, xy[:, 0], xy[:, 1])] = 0.0
    return weights


def _ages(land: Land, xy: Floats, urban: Floats, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Age groups: old villages, young new quarters. City shares near 13 %, 69 % and 18 %."""
    wobble = Noise(stream(land.seed, "ages"), 1800, 2)(xy)
    city = np.clip(urban / 6000, 0, 1)
    fresh = newness(xy)
    young = 0.128 + 0.012 * city + 0.045 * fresh + 0.012 * wobble
    old = 0.245 - 0.088 * city - 0.065 * fresh + 0.018 * wobble
    children = np.rint(people * young).astype(np.int64)
    elders = np.minimum(np.rint(people * old).astype(np.int64), people - children)
    return np.column_stack([children, people - children - elders, elders])
