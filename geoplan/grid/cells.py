"""H3 cells: where a point falls, what shape a cell has, how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import h3
import h3.api.numpy_int as h3_int
import numpy as np
import polars as pl
import polars_h3
import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.text import Text

RESOLUTIONS = (6, 7, 8, 9, 10)
"""The H3 resolutions that the map shows."""


@dataclass(frozen=True, slots=True)
class CellShapes:
    """Cells (n,) int64, their resolutions (n,) int8, centres and boundaries (n,) in EPSG:4326."""

    cell: NDArray[np.int64]
    res: NDArray[np.int8]
    center: NDArray[np.object_]
    boundary: NDArray[np.object_]


_FEW = 500  # below this many, h3-py's loop beats the fixed cost of a polars call (bench/grid.py)
_MOST_CELLS = 5_000_000


def locate_cells(lon: NDArray[np.float64], lat: NDArray[np.float64], res: int) -> NDArray[np.int64]:
    """The H3 cell that holds each point.

    lon, lat  (n,) degrees, EPSG:4326; res  0 to 15.
    Returns cell indices (n,) int64.
    """
    if len(lon) < _FEW:
        pairs = zip(lat.tolist(), lon.tolist(), strict=True)
        return np.array([h3_int.latlng_to_cell(y, x, res) for y, x in pairs], dtype=np.int64)
    cells = pl.DataFrame({"lon": lon, "lat": lat}).select(
        polars_h3.latlng_to_cell("lat", "lon", res).alias("cell")
    )["cell"]
    return cells.to_numpy().astype(np.int64)


def cell_boundaries(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Vertices of each cell, in order and not closed.

    cells  (n,) indices.
    Returns (n, v, 2) lon, lat in degrees; v is 6, or more where a cell of the batch is bent
    by an edge of the icosahedron; shorter rows repeat their last vertex. Cells on the
    antimeridian continue past ±180.
    Raises GeoplanError `invalid_cell`.
    """
    if len(cells) == 0:
        return np.zeros((0, 6, 2))
    if len(cells) < _FEW:
        rings = [_boundary(cell) for cell in cells.tolist()]
        count = np.array([len(ring) for ring in rings])
        flat = np.array([vertex for ring in rings for vertex in ring])
    else:
        series = pl.DataFrame({"cell": cells.astype(np.uint64)}).select(
            polars_h3.cell_to_boundary("cell").alias("ring")
        )["ring"]
        if series.null_count():
            raise _invalid_cell(str(cells[series.is_null().arg_true()[0]]))
        count = series.list.len().to_numpy().astype(np.int64)
        flat = series.explode().explode().to_numpy().reshape(-1, 2)
    width = int(count.max())
    first = np.cumsum(count) - count
    column = np.minimum(np.arange(width)[None, :], count[:, None] - 1)
    lonlat: NDArray[np.float64] = flat[first[:, None] + column][:, :, ::-1].copy()
    anchor = lonlat[:, :1, 0]
    lonlat[:, :, 0] -= 360 * np.rint((lonlat[:, :, 0] - anchor) / 360)
    return lonlat


def cell_polygons(cells: NDArray[np.int64]) -> NDArray[np.object_]:
    """Shapely polygons of the cells, EPSG:4326. Raises GeoplanError `invalid_cell`."""
    lonlat = cell_boundaries(cells)
    n, width, _ = lonlat.shape
    if n == 0:
        return np.empty(0, dtype=object)
    closed = np.concatenate([lonlat, lonlat[:, :1]], axis=1)
    rings = shapely.linearrings(closed.reshape(-1, 2), indices=np.repeat(np.arange(n), width + 1))
    return np.asarray(shapely.polygons(rings), dtype=object)


def cell_centers(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Centres (n, 2) lon, lat in degrees. Raises GeoplanError `invalid_cell`."""
    if len(cells) == 0:
        return np.zeros((0, 2))
    if len(cells) < _FEW:
        return np.array([_center(cell) for cell in cells.tolist()])
    frame = pl.DataFrame({"cell": cells.astype(np.uint64)}).select(
        polars_h3.cell_to_lng("cell").alias("lon"), polars_h3.cell_to_lat("cell").alias("lat")
    )
    if sum(frame.null_count().row(0)):
        raise _invalid_cell(str(cells[frame["lon"].is_null().arg_true()[0]]))
    return frame.to_numpy()


def cell_shapes(cells: NDArray[np.int64]) -> CellShapes:
    """Points and polygons of cells of any resolutions. Raises GeoplanError `invalid_cell`."""
    res = (cells >> 52 & 15).astype(np.int8)
    center = np.asarray(shapely.points(cell_centers(cells)), dtype=object)
    return CellShapes(cells, res, center, cell_polygons(cells))


def neighbours(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each cell and the six around it, (n, 7); a pentagon, which has five, is there twice."""
    if len(cells) < _FEW:
        disks = [h3_int.grid_disk(cell, 1) for cell in cells.tolist()]
    else:
        frame = pl.DataFrame({"cell": cells.astype(np.uint64)})
        disks = frame.select(polars_h3.grid_disk("cell", 1).alias("disk"))["disk"].to_list()
    padded = [disk if len(disk) == 7 else [disk[0], *disk] for disk in disks]
    return np.array(padded, dtype=np.uint64).astype(np.int64).reshape(-1, 7)


def cells_in_bbox(
    west: float,
    south: float,
    east: float,
    north: float,
    res: int,
    *,
    contain: Literal["overlap", "center"] = "overlap",
) -> NDArray[np.int64]:
    """Cells that touch a box, or whose centre lies in it; sorted.

    west..north  degrees, EPSG:4326, west < east; res  0 to 15.
    Returns cell indices int64.
    Raises GeoplanError `too_many_cells` for a box of more than five million cells.
    """
    bounds = (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))
    if bounds[0] >= bounds[2] or bounds[1] >= bounds[3]:
        return np.zeros(0, dtype=np.int64)
    band = np.sin(np.radians(bounds[3])) - np.sin(np.radians(bounds[1]))
    part_of_globe = (bounds[2] - bounds[0]) / 360 * band / 2
    if part_of_globe * h3.get_num_cells(res) > _MOST_CELLS:
        raise GeoplanError(
            "too_many_cells",
            Text("该范围在此分辨率下网格过多", "The box holds too many cells at this resolution"),
            Text("请缩小范围或降低分辨率", "Ask for a smaller box or a coarser resolution"),
        )
    return np.sort(fill_polygon(shapely.box(*bounds), res, contain=contain))


def fill_polygon(
    polygon: shapely.Polygon, res: int, *, contain: Literal["overlap", "center"]
) -> NDArray[np.int64]:
    """Cells of a polygon with holes, EPSG:4326: those it overlaps, or whose centre it holds."""
    rings = [shapely.get_coordinates(ring)[:, ::-1].tolist() for ring in shapely.get_rings(polygon)]
    shape = h3.LatLngPoly(*rings)
    cells = h3_int.polygon_to_cells_experimental(shape, res, contain=contain)
    return np.asarray(cells).astype(np.int64)


def to_hex(cells: NDArray[np.int64]) -> list[str]:
    """Cell indices as the usual 15-digit lower-case strings."""
    return [f"{cell:x}" for cell in cells.tolist()]


def _boundary(cell: int) -> tuple[tuple[float, float], ...]:
    if not h3_int.is_valid_cell(cell):
        raise _invalid_cell(str(cell))
    ring: tuple[tuple[float, float], ...] = h3_int.cell_to_boundary(cell)
    return ring


def _center(cell: int) -> tuple[float, float]:
    if not h3_int.is_valid_cell(cell):
        raise _invalid_cell(str(cell))
    lat, lon = h3_int.cell_to_latlng(cell)
    return lon, lat


def _invalid_cell(text: str) -> GeoplanError:
    return GeoplanError(
        "invalid_cell",
        Text(f"“{text}”不是 H3 网格编号", f"{text!r} is not an H3 cell"),
        Text("请给出 15 位十六进制的 H3 编号", "Give a 15-digit hexadecimal H3 index"),
    )
