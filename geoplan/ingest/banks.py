"""Greenways drawn on both banks of a river: there and back, twice their length."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.text import Text

WIDTH_M = 120.0
"""How far apart two banks may be; the rivers of the city are 30 to 110 m wide (estimate)."""

_SHORTEST_M = 1_000.0  # drawn; below it a turn of a path looks like two banks
_STEP_M, _MOST = 25.0, 400
_ALONGSIDE = 0.7  # of the line must run beside the rest of it
_TWICE = 1.8  # drawn length against the widest extent: a line there and back has at least 2
_SLACK = 0.15
_HALF = 0.1  # how near the stated length must be to half of the drawn one
_BANK = re.compile(r"[(（]?[左右东西南北](?:侧|岸|线)[)）]?")

_METRES_A_DEGREE = 111_195.0


def check_banks(
    geometry: NDArray[np.object_],
    names: Sequence[str | None],
    length_m: NDArray[np.float64],
    stated_m: NDArray[np.float64],
    notes: Notes,
    column: str | None,
) -> set[int]:
    """Notes `both_banks`; returns the rows whose stated length is about half of the drawn one.

    geometry  (n,) EPSG:4326; only lines are looked at. names  (n) as the file has them.
    length_m, stated_m  (n,) drawn and stated; NaN where nothing is stated.
    """
    kind = shapely.get_type_id(geometry)
    lines = np.flatnonzero(np.isin(kind, (1, 5)) & (length_m >= _SHORTEST_M))
    double = [row for row in lines.tolist() if _is_double(_flat(geometry[row]))]
    halved = set()
    for row in double:
        if abs(stated_m[row] * 2 - length_m[row]) <= _HALF * length_m[row]:
            halved.add(row)
        notes.add(row, _of_one(length_m[row]), "warning", column=column, value=names[row])
    for row, other in _pairs(geometry, names, np.flatnonzero(np.isin(kind, (1, 5))).tolist()):
        notes.add(row, _of_two(notes.row[other]), "warning", column=column, value=names[row])
    return halved


def _is_double(line: Any) -> bool:
    """Whether a line, in metres, runs back beside itself, or has two parts side by side."""
    merged = shapely.line_merge(line) if line.geom_type == "MultiLineString" else line
    parts = sorted(shapely.get_parts(merged), key=shapely.length, reverse=True)
    if len(parts) > 1:
        longest, next_one = parts[:2]
        most = longest.length + next_one.length >= _ALONGSIDE * merged.length
        return bool(most and _runs_beside(next_one, longest))
    west, south, east, north = shapely.bounds(merged)
    if merged.length < _TWICE * np.hypot(east - west, north - south):
        return False
    count = int(np.clip(merged.length / _STEP_M, 40, _MOST))
    along = np.linspace(0, merged.length, count)
    places = shapely.get_coordinates(shapely.line_interpolate_point(merged, along))
    near = cKDTree(places).query_pairs(WIDTH_M, output_type="ndarray")
    first, second = along[near[:, 0]], along[near[:, 1]]
    # Going back, what lies beside a place is as far from the end as the place is from the start.
    back = np.abs(second - first) > 3 * WIDTH_M
    back &= np.abs(first + second - merged.length) <= _SLACK * merged.length
    beside = np.zeros(count, dtype=bool)
    beside[near[back].reshape(-1)] = True
    return bool(beside.mean() >= _ALONGSIDE)


def _runs_beside(one: Any, other: Any) -> bool:
    """Whether two lines, in metres, are of like length and one follows the other."""
    if one.length < 0.6 * other.length or other.length < 0.6 * one.length:
        return False
    count = int(np.clip(one.length / _STEP_M, 20, _MOST))
    places = shapely.line_interpolate_point(one, np.linspace(0, one.length, count))
    return bool((shapely.distance(places, other) <= WIDTH_M).mean() >= _ALONGSIDE)


def _pairs(
    geometry: NDArray[np.object_], names: Sequence[str | None], rows: Sequence[int]
) -> list[tuple[int, int]]:
    """Rows that are one bank each of the same stretch, by name and place; the later one first."""
    groups: dict[str, list[int]] = {}
    for row in rows:
        name = names[row] or ""
        if _BANK.search(name):
            groups.setdefault(_BANK.sub("", name), []).append(row)
    found = []
    for group in groups.values():
        for at, row in enumerate(group):
            before = next(
                (
                    one
                    for one in group[max(0, at - 10) : at]
                    if _BANK.findall(names[one] or "") != _BANK.findall(names[row] or "")
                    and _runs_beside(*_flat_pair(geometry[row], geometry[one]))
                ),
                None,
            )
            if before is not None:
                found.append((row, before))
    return found


def _flat(line: Any) -> Any:
    return _flat_pair(line, line)[0]


def _flat_pair(one: Any, other: Any) -> tuple[Any, Any]:
    """Two lines in metres of a plane that is true around the first."""
    shrink = np.cos(np.radians(shapely.get_coordinates(one)[:, 1].mean()))
    scale = np.array([shrink, 1.0]) * _METRES_A_DEGREE
    moved = shapely.transform(np.array([one, other], dtype=object), lambda xy: xy * scale)
    return moved[0], moved[1]


def _of_one(metres: float) -> BadValue:
    return BadValue(
        "both_banks",
        Text(
            f"线去而复返，可能沿河两岸各画一遍（图上 {metres / 1000:.2f} 公里，约为实际的两倍）",
            f"the line runs back beside itself, perhaps on both banks: the {metres / 1000:.2f} km "
            "drawn may be twice the route",
        ),
        _ONE_LINE,
    )


def _of_two(row: int) -> BadValue:
    return BadValue(
        "both_banks",
        Text(
            f"与第 {row} 行可能是同一河段的两岸，长度会重复计算",
            f"this and row {row} may be the two banks of one stretch; its length would count twice",
        ),
        _ONE_LINE,
    )


_ONE_LINE = Text(
    "同一路线两岸只计一次：请只保留一条线", "both banks of a route count once: keep one line"
)
