"""A GeoDataFrame as what the map draws: shapes coloured by a column, or sums in hexagons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.grid import RESOLUTIONS, Districts, split, to_hex
from geoplan.text import Text
from geoplan.units import NANO

MOST_SHAPES, MOST_VERTICES = 50_000, 1_000_000
MOST_KINDS = 7
_DECIMALS = 6  # of a degree: a decimetre
_MOST_DETAILS = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """What `Shapes` takes."""

    collection: dict[str, Any]
    kinds: list[str] = field(default_factory=list)
    decimals: int = 0


def located(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """The rows that have a place, in EPSG:4326.

    Raises GeoplanError `no_crs` where the system of coordinates is not declared, `nothing_to_draw`
    without a row that has a place, `outside` for coordinates that are not on the Earth there.
    """
    if frame.crs is None:
        raise GeoplanError(
            "no_crs",
            Text("数据没有声明坐标系", "the frame does not say its system of coordinates"),
            Text(
                "请用 set_crs 声明，例如 frame.set_crs('EPSG:4490')",
                "declare it, for instance frame.set_crs('EPSG:4490')",
            ),
        )
    placed = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].to_crs("EPSG:4326")
    if placed.empty:
        raise GeoplanError(
            "nothing_to_draw",
            Text("没有一行有几何", "no row has a geometry"),
            Text("请检查数据", "look at the frame"),
        )
    west, south, east, north = placed.total_bounds
    box = f"{west:.1f}, {south:.1f}, {east:.1f}, {north:.1f}"
    if not (-180 <= west <= east <= 180 and -85 <= south <= north <= 85):
        raise GeoplanError(
            "outside",
            Text(f"按所声明的坐标系，数据位于 {box}", f"by its system the frame lies at {box}"),
            Text("声明的坐标系可能有误", "the declared system may be wrong"),
        )
    return placed


def shapes_of(frame: geopandas.GeoDataFrame, column: str, details: Sequence[str] | None) -> Drawn:
    """Rows as GeoJSON, told apart by a column: numbers as values, all else as kinds.

    frame    as `located` gives it
    column   '' for none
    details  columns told at a click; None: the first twelve
    Raises GeoplanError `unknown_column`, `too_many_shapes`.
    """
    names = list(details) if details is not None else _told(frame)[:_MOST_DETAILS]
    for name in [*names, *([column] if column else [])]:
        if name not in frame.columns:
            raise _unknown(name, frame)
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if len(frame) > MOST_SHAPES or vertices > MOST_VERTICES:
        raise GeoplanError(
            "too_many_shapes",
            Text(
                f"{len(frame):,} 个要素、{vertices:,} 个顶点，超过上限",
                f"{len(frame):,} features of {vertices:,} vertices are more than a map of its own "
                f"draws ({MOST_SHAPES:,}, {MOST_VERTICES:,})",
            ),
            Text("请用 res=8 画成六边形，或先简化、筛选", "draw hexagons with res=8, or simplify"),
        )
    geometry = shapely.set_precision(frame.geometry.to_numpy(), 10.0**-_DECIMALS, mode="pointwise")
    told = [json.loads(text) for text in shapely.to_geojson(geometry)]
    values, kinds, decimals = _marks(frame, column)
    features = [
        {"type": "Feature", "geometry": shape, "properties": {**mark, "details": detail}}
        for shape, mark, detail in zip(told, values, _details(frame, names), strict=True)
    ]
    return Drawn({"type": "FeatureCollection", "features": features}, kinds, decimals)


def hexagons_of(frame: geopandas.GeoDataFrame, column: str, res: int) -> dict[str, float]:
    """A column's sum by H3 cell: each row's share is what lies there of its points, its length or
    its area (geoplan.grid). Without a column rows are counted.

    frame   as `located` gives it
    column  numbers from 0 to 9 thousand millions, '' for none; missing ones add nothing
    res     6 to 10
    Raises GeoplanError `unknown_column`, `not_a_sum`, `unknown_resolution`.
    """
    if res not in RESOLUTIONS:
        raise GeoplanError(
            "unknown_resolution",
            Text(f"没有分辨率 {res}", f"there is no resolution {res}"),
            Text("可用 6 至 10", "use 6 to 10"),
        )
    amounts = np.ones(len(frame))
    if column:
        if column not in frame.columns:
            raise _unknown(column, frame)
        amounts = _sums(frame[column])
    nano = np.rint(amounts * NANO).astype(np.int64)[:, None]
    nowhere = Districts([], np.array([], dtype=object))
    shares = split(frame.geometry.to_numpy(), nano, nowhere)
    chosen = shares.res == res
    cells, place = np.unique(shares.cell[chosen], return_inverse=True)
    summed = np.zeros(len(cells), dtype=np.int64)
    np.add.at(summed, place, shares.amounts[chosen, 0])
    return dict(zip(to_hex(cells), (summed / NANO).tolist(), strict=True))


def decimals_of(values: NDArray[np.float64]) -> int:
    """How many decimals tell values apart: none for whole numbers, more for small ones."""
    found = values[np.isfinite(values)]
    if len(found) == 0 or np.all(found == np.rint(found)):
        return 0
    largest = float(np.abs(found).max())
    return int(np.clip(2 - np.floor(np.log10(largest)), 1, 6)) if largest > 0 else 0


def _marks(
    frame: geopandas.GeoDataFrame, column: str
) -> tuple[list[dict[str, Any]], list[str], int]:
    """What tells each row apart, the names of kinds, the decimals of values."""
    if not column:
        return [{} for _ in range(len(frame))], [], 0
    series = frame[column]
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        values = series.to_numpy(dtype=float, na_value=np.nan)
        marks = [{"value": value if np.isfinite(value) else None} for value in values.tolist()]
        return marks, [], decimals_of(values)
    words = series.astype("string")
    kinds = [str(kind) for kind in words.value_counts().index[:MOST_KINDS]]
    known = {kind: number for number, kind in enumerate(kinds)}
    marks = [
        {} if word is None or word is pd.NA else {"kind": known.get(str(word), len(kinds))}
        for word in words
    ]
    return marks, kinds, 0


def _details(frame: geopandas.GeoDataFrame, names: Sequence[str]) -> list[str]:
    """Pairs of words for each row, as JSON."""
    columns = [(str(name), frame[name].tolist()) for name in names]
    rows = []
    for row in range(len(frame)):
        pairs = [(name, values[row]) for name, values in columns]
        told = [[name, _word(value)] for name, value in pairs if not _is_missing(value)]
        rows.append(json.dumps(told, ensure_ascii=False))
    return rows


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _told(frame: geopandas.GeoDataFrame) -> list[str]:
    return [name for name in frame.columns if name != frame.geometry.name]


def _sums(series: Any) -> NDArray[np.float64]:
    amounts = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    amounts = np.where(np.isnan(amounts), 0.0, amounts)
    numeric = pd.api.types.is_numeric_dtype(series)
    if not numeric or amounts.min() < 0 or amounts.max() * NANO > np.iinfo(np.int64).max / 2:
        raise GeoplanError(
            "not_a_sum",
            Text(f"“{series.name}”不能按网格求和", f"{series.name!r} can not be summed by cell"),
            Text(
                "请给出非负的数量列；比率、均值请不用 res 直接着色",
                "give a column of amounts from 0; rates and means are coloured without res",
            ),
        )
    return amounts


def _unknown(name: str, frame: geopandas.GeoDataFrame) -> GeoplanError:
    known = ", ".join(map(str, _told(frame)))
    return GeoplanError(
        "unknown_column",
        Text(f"没有列 {name}", f"there is no column {name}"),
        Text(f"可用：{known}", f"known here: {known}"),
    )
