"""Where a file's rows say they are: columns, packed cells, degrees in every form, metres, shapes.

Nothing here knows a coordinate system; `triage` finds it, and moves what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.ingest.coordinate_text import Coordinate, read_coordinate, read_pair
from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.ingest.rows import RowBatch
from geoplan.ingest.values import is_blank
from geoplan.text import Text

COARSE_DEGREES = 0.001
"""Three decimals: 96 m of longitude, 111 m of latitude at Chengdu (domain: 3 or fewer, warn)."""
COARSE_METRES = 100.0
_HOPELESS = 1_000
"""A number that tells so many times less is coarse whatever the other one tells: 104, 30.612345.
Fewer decimals are not: a spreadsheet drops the zeros of one number in a thousand."""

_EAST = re.compile(r"东|经度|east|lon|lng", re.IGNORECASE)
_NORTH = re.compile(r"北|纬度|north|lat", re.IGNORECASE)
_NOTHING = {"无", "暂无", "待定", "未定", "待补充"}
"""Words of offices for a place that is not known yet."""
_LARGEST_DEGREES = 360.0
_METRES_A_DEGREE = 110_864  # of latitude at Chengdu


@dataclass(slots=True)
class Location:
    """The places of a file's rows as they stand in it, by columns of n.

    xy       (n, 2) numbers: the column of longitudes or the first of a cell, then the other; of
             shapes the centre of their bounds. NaN where a row has no readable place.
    step     (n, 2) the least difference that the digits of a number can tell; 0 of shapes.
    decimal  (n,) both numbers were plain: not degrees with minutes, not marked E or N.
    ordered  (n,) the row itself says which number is east, by letters.
    labelled the headers say so: a swap is a mistake, not a habit.
    shape    (n,) shapely in the file's system; None for a table.
    system   (n,) what a 坐标系 column says of a row, None where it says nothing.
    column   what issues about the place name: header by `lon`, `lat`, `lonlat`, `crs`.
    """

    xy: NDArray[np.float64]
    step: NDArray[np.float64]
    decimal: NDArray[np.bool_]
    ordered: NDArray[np.bool_]
    labelled: bool
    shape: NDArray[np.object_] | None
    system: list[str | None]
    column: dict[str, str]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """(n,) rows that have a readable place."""
        return np.asarray(np.isfinite(self.xy).all(axis=1))

    @property
    def where(self) -> str | None:
        """The column that issues about a place name."""
        return next(
            (self.column[key] for key in ("lon", "lonlat", "lat") if key in self.column), None
        )

    def said(self, index: int) -> str:
        """The numbers of a row as an issue shows them."""
        x, y = self.xy[index].tolist()
        return f"{x:.10g}, {y:.10g}"


def locate(
    batches: Sequence[RowBatch],
    has_address: NDArray[np.bool_],
    address: str | None,
    notes: Notes,
) -> Location:
    """The places of all rows.

    has_address  (n,) rows that name an address; address  header of that column.
    Notes `place_missing`, or `place_by_address` where there is an address,
    `coordinates_unreadable`, `coordinates_zero`, `number_not_finite`, `number_in_scientific`.
    """
    shapes = [batch.geometry for batch in batches if batch.geometry is not None]
    if shapes:
        return _of_shapes(batches, np.concatenate(shapes), has_address, address, notes)
    column = {key: header for batch in batches for key, header in batch.place_header.items()}
    count = sum(len(batch.row) for batch in batches)
    none: list[Any] = [None] * count
    cells = {
        key: [cell for batch in batches for cell in batch.place.get(key) or [None] * len(batch.row)]
        for key in ("lon", "lat", "lonlat", "crs")
        if key in column
    }
    reader = _Reader(count, column, has_address, address, notes)
    if "lon" in cells or "lat" in cells:
        reader.read_columns(cells.get("lon", none), cells.get("lat", none), cells.get("lonlat"))
    else:
        reader.read_pairs(cells.get("lonlat", none))
    names = column.get("lon", ""), column.get("lat", "")
    return Location(
        xy=reader.xy,
        step=reader.step,
        decimal=reader.decimal,
        ordered=reader.ordered,
        labelled=bool(_EAST.search(names[0]) and _NORTH.search(names[1])),
        shape=None,
        system=[_words(cell) for cell in cells.get("crs", none)],
        column=column,
    )


def note_coarse(location: Location, notes: Notes) -> None:
    """Notes `coordinates_coarse`: both numbers end at the third decimal of a degree or before (at
    whole hundreds of metres), or one of them has none."""
    largest = np.abs(location.xy).max(axis=1, initial=0)
    metres = largest > _LARGEST_DEGREES
    limit = np.where(metres, COARSE_METRES, COARSE_DEGREES) * 0.999
    step = location.step.copy()
    for digits in (10, 100):  # whole tens and hundreds of metres show in the number itself
        step[metres & (location.xy % digits == 0).all(axis=1)] = digits
    coarse = (step.min(axis=1) >= limit) | (~metres & (step.max(axis=1) >= limit * _HOPELESS))
    for index in np.flatnonzero(location.placed & coarse).tolist():
        notes.add(
            index,
            _coarse(metres=bool(metres[index]), step=step[index].max()),
            "warning",
            column=location.where,
            value=location.said(index),
        )


class _Reader:
    """Fills the arrays of a `Location` from cells."""

    def __init__(
        self,
        count: int,
        column: dict[str, str],
        has_address: NDArray[np.bool_],
        address: str | None,
        notes: Notes,
    ) -> None:
        self.xy = np.full((count, 2), np.nan)
        self.step = np.zeros((count, 2))
        self.decimal = np.zeros(count, dtype=bool)
        self.ordered = np.zeros(count, dtype=bool)
        self._column = column
        self._has_address = has_address
        self._address = address
        self._notes = notes

    def read_columns(
        self, east: Sequence[Any], north: Sequence[Any], packed: Sequence[Any] | None
    ) -> None:
        """A column for each axis; where both are empty, a column of pairs may help."""
        for index, (one, other) in enumerate(zip(east, north, strict=True)):
            if _is_empty(one) and _is_empty(other):
                self._pair(index, packed[index] if packed else None)
            elif _is_empty(other) and isinstance(one, str) and self._holds_pair(index, one):
                continue
            elif _is_empty(one) or _is_empty(other):
                key = "lon" if _is_empty(one) else "lat"
                self._notes.add(index, _half(key), column=self._column.get(key))
            else:
                self._two(index, one, other)

    def read_pairs(self, packed: Sequence[Any]) -> None:
        """A column whose cells hold both numbers."""
        for index, cell in enumerate(packed):
            self._pair(index, cell)

    def _two(self, index: int, east: Any, north: Any) -> None:
        read: list[Coordinate] = []
        for key, raw in (("lon", east), ("lat", north)):
            try:
                read.append(read_coordinate(raw))
            except BadValue as bad:
                self._notes.add(index, bad, column=self._column[key], value=raw)
                return
        self._keep(index, read[0], read[1], "lon", east)

    def _pair(self, index: int, cell: Any) -> None:
        if _is_empty(cell):
            if self._has_address[index]:
                self._notes.add(index, _BY_ADDRESS, column=self._address)
            else:
                self._notes.add(index, _MISSING, column=_any_column(self._column))
            return
        try:
            read = read_pair(cell)
        except BadValue as bad:
            self._notes.add(index, bad, column=self._column["lonlat"], value=cell)
            return
        self._keep(index, *read, "lonlat", cell)

    def _holds_pair(self, index: int, cell: str) -> bool:
        """Whether both numbers stand in the cell of one: 104.06,30.66 under 经度."""
        try:
            read = read_pair(cell)
        except BadValue:
            return False
        self._keep(index, *read, "lon", cell)
        return True

    def _keep(self, index: int, first: Coordinate, second: Coordinate, key: str, raw: Any) -> None:
        column = self._column[key]
        if first.value == 0 or second.value == 0:
            said = f"{first.value:g}, {second.value:g}"
            self._notes.add(index, _ZERO, column=column, value=said)
            return
        if "scientific" in {first.form, second.form}:
            self._notes.add(index, _SCIENTIFIC, "warning", column=column, value=raw)
        self.xy[index] = first.value, second.value
        self.step[index] = first.step, second.step
        self.ordered[index] = {first.axis, second.axis} == {"E", "N"}
        self.decimal[index] = first.form == second.form == "plain" and not self.ordered[index]
        if (first.axis, second.axis) == ("N", "E") and key == "lonlat":
            # Lat before lon, and it says so: nothing to repair, so nothing to tell.
            self.xy[index], self.step[index] = self.xy[index, ::-1], self.step[index, ::-1]


def _of_shapes(
    batches: Sequence[RowBatch],
    shape: NDArray[np.object_],
    has_address: NDArray[np.bool_],
    address: str | None,
    notes: Notes,
) -> Location:
    count = len(shape)
    with np.errstate(invalid="ignore"):  # NaN and infinity in a file are told by `shapecheck`
        bounds = shapely.bounds(shape).reshape(-1, 4)
        centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    faults = [fault for batch in batches for fault in _faults(batch)]
    empty = shapely.is_missing(shape) | shapely.is_empty(shape)
    for index in np.flatnonzero(empty).tolist():
        if faults[index] in {None, "missing"}:
            if has_address[index]:
                notes.add(index, _BY_ADDRESS, column=address)
            else:
                notes.add(index, _MISSING)
    centre[empty] = np.nan
    zero = (bounds == 0).all(axis=1)
    for index in np.flatnonzero(zero).tolist():
        notes.add(index, _ZERO, value="0, 0")
    centre[zero] = np.nan
    return Location(
        xy=centre,
        step=np.zeros((count, 2)),
        decimal=np.zeros(count, dtype=bool),
        ordered=np.zeros(count, dtype=bool),
        labelled=False,
        shape=shape,
        system=[None] * count,
        column={},
    )


def _faults(batch: RowBatch) -> list[str | None]:
    return [batch.faults.get(index) for index in range(len(batch.row))]


def _any_column(column: dict[str, str]) -> str | None:
    return next((column[key] for key in ("lon", "lonlat", "lat") if key in column), None)


def _is_empty(cell: Any) -> bool:
    return cell is None or is_blank(cell) or (isinstance(cell, str) and cell.strip() in _NOTHING)


def _words(cell: Any) -> str | None:
    return None if _is_empty(cell) else str(cell).strip()


def _half(key: str) -> BadValue:
    zh, en = ("经度", "longitude") if key == "lon" else ("纬度", "latitude")
    return BadValue(
        "place_missing",
        Text(f"没有位置：{zh}为空", f"there is no place: the {en} is empty"),
        Text(f"请填写{zh}", f"fill in the {en}"),
    )


def _coarse(*, metres: bool, step: float) -> BadValue:
    tells = step if metres else step * _METRES_A_DEGREE
    return BadValue(
        "coordinates_coarse",
        Text(
            f"坐标太粗，只精确到约 {tells:,.0f} 米",
            f"the coordinates tell no more than {tells:,.0f} m",
        ),
        Text("请填写到米的坐标", "give whole metres")
        if metres
        else Text(
            "请填写至少 5 位小数（约 1 米）", "give at least 5 decimals of a degree (about 1 m)"
        ),
    )


_MISSING = BadValue(
    "place_missing",
    Text("没有位置：坐标为空", "there is no place: the coordinates are empty"),
    Text(
        "请填写经度和纬度，或填写地址后在地图上点选",
        "fill in longitude and latitude, or an address",
    ),
)
_BY_ADDRESS = BadValue(
    "place_by_address",
    Text("只有地址，没有坐标", "there is an address, but no coordinates"),
    Text("请在地图上点选位置，或填写坐标", "place it on the map, or fill in the coordinates"),
)
_ZERO = BadValue(
    "coordinates_zero",
    Text("坐标为 0", "a coordinate is 0"),
    Text("请填写真实坐标；没有坐标请留空", "fill in the true coordinates, or leave them empty"),
)
_SCIENTIFIC = BadValue(
    "number_in_scientific",
    Text(
        "数字是科学计数法，可能丢失了尾数",
        "the number is in scientific notation; digits may be lost",
    ),
    Text("请把单元格格式改为数值后重新填写", "format the cell as a number and write it again"),
)
