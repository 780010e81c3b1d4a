"""People by H3 cell from a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import polars_h3
from numpy.typing import NDArray

from geoplan.ingest.findings import BadValue, Findings
from geoplan.ingest.quantities import to_number
from geoplan.ingest.reading import open_rows
from geoplan.ingest.sandbox import Limits
from geoplan.ingest.tables import Rows
from geoplan.text import Text

RESOLUTION = 10
_KINDS = ("text", "workbook", "parquet")

# A city of 14,335 km² has 0.99 million cells of resolution 10.
_MAX_ROWS = 3_000_000
_LIMITS = Limits(input_bytes=200 << 20, data_bytes=1536 << 20)

_HEADERS = {
    "cell": ("cell", "h3", "h3_index", "格网", "网格", "格网编号"),
    "people": ("people", "population", "人口", "常住人口", "人数"),
    "aged_0_14": ("aged_0_14", "0-14岁", "0—14岁", "0~14岁"),
    "aged_15_59": ("aged_15_59", "15-59岁", "15—59岁", "15~59岁"),
    "aged_60_up": ("aged_60_up", "60岁及以上", "60岁以上", "60+"),
}
_AGES = ("aged_0_14", "aged_15_59", "aged_60_up")
_FIELDS = {
    unicodedata.normalize("NFKC", name): field
    for field, names in _HEADERS.items()
    for name in names
}


@dataclass(frozen=True, slots=True)
class PopulationBatch:
    """People by cell.

    row     (n,) int64, row numbers as the person counts them.
    cell    (n,) int64, H3 cells of resolution 10, none twice in a file.
    people  (n,) int64; ages (n,) int64 that sum to it, or None where the file has none.
    """

    row: NDArray[np.int64]
    cell: NDArray[np.int64]
    people: NDArray[np.int64]
    aged_0_14: NDArray[np.int64] | None
    aged_15_59: NDArray[np.int64] | None
    aged_60_up: NDArray[np.int64] | None


def read_population(path: Path) -> Iterator[PopulationBatch]:
    """Read people by cell from CSV, XLSX or Parquet, in the sandbox.

    Columns cell (hexadecimal, or a whole number), people, and either none or all three of
    aged_0_14, aged_15_59, aged_60_up.
    Nothing is yielded after the first unsound row; the file is read to its end, then GeoplanError
    `import_rejected` names the first 100 rows: a cell that is none of resolution 10, a cell that
    comes twice, people who are no whole number, ages that do not sum to them.
    """
    findings = Findings(path.name)
    source = open_rows(path, _KINDS, _field, max_rows=_MAX_ROWS, limits=_LIMITS)
    findings.sheet = source.sheet
    row_by_cell: dict[int, int] = {}
    with closing(source.rows):
        for rows in source.rows:
            batch = _batch(rows, row_by_cell, findings)
            if findings.settle():
                yield batch
    findings.raise_if_any()


def _field(header: str) -> str | None:
    return _FIELDS.get(unicodedata.normalize("NFKC", header).strip().lower())


def _batch(rows: Rows, row_by_cell: dict[int, int], findings: Findings) -> PopulationBatch:
    at = _columns(rows, findings)
    cell = _cells(rows, at["cell"], row_by_cell, findings)
    people = _counts(rows, at["people"], findings)
    ages = [_counts(rows, at[name], findings) for name in _AGES if name in at]
    if ages:
        differs = (people >= 0) & (np.min(ages, axis=0) >= 0) & (np.sum(ages, axis=0) != people)
        for index in np.flatnonzero(differs).tolist():
            findings.add(
                _AGES_DIFFER, row=rows.row[index], value=str([int(age[index]) for age in ages])
            )
    youngest, middle, oldest = ages or (None, None, None)
    return PopulationBatch(
        np.array(rows.row, dtype=np.int64), cell, people, youngest, middle, oldest
    )


def _columns(rows: Rows, findings: Findings) -> dict[str, int]:
    """Index of each field's column. Raises GeoplanError when one is missing."""
    at: dict[str, int] = {}
    for index, name in enumerate(rows.header):
        field = _field(name)
        if field is not None:
            at.setdefault(field, index)
    wanted = {"cell", "people"} | (set(_AGES) if at.keys() & set(_AGES) else set())
    for field in sorted(wanted - at.keys()):
        findings.add(
            BadValue(
                "column_missing",
                Text(f"缺少 {field} 列", f"there is no column {field}"),
                Text(
                    "需要列 cell、people，可另加 aged_0_14、aged_15_59、aged_60_up 三列",
                    "columns: cell, people, and perhaps aged_0_14, aged_15_59 and aged_60_up",
                ),
            ),
            column=field,
        )
    findings.raise_if_any()
    return at


def _cells(
    rows: Rows, at: int, row_by_cell: dict[int, int], findings: Findings
) -> NDArray[np.int64]:
    """Cells of a column, 0 where it holds none; notes `cell_invalid` and `cell_duplicate`."""
    raw = rows.columns[at]
    found = _hexadecimal(raw)
    for index in np.flatnonzero(found <= 0).tolist():
        found[index] = _index(raw[index])
    frame = pl.DataFrame({"cell": found.astype(np.uint64)}).select(
        valid=polars_h3.is_valid_cell("cell"), res=polars_h3.get_resolution("cell")
    )
    valid = frame["valid"].fill_null(False).to_numpy()
    sound = valid & (frame["res"].fill_null(-1).to_numpy() == RESOLUTION)
    for index in np.flatnonzero(~sound).tolist():
        findings.add(_NO_CELL, row=rows.row[index], column=rows.header[at], value=raw[index])
    pairs = zip(rows.row, found.tolist(), sound.tolist(), raw, strict=True)
    for row, cell, is_sound, said in pairs:
        first = row_by_cell.setdefault(cell, row)
        if first != row and is_sound:
            findings.add(_cell_twice(first, row), row=row, column=rows.header[at], value=said)
    return found


def _hexadecimal(values: list[Any]) -> NDArray[np.int64]:
    """The common form, read at once; 0 where a value is of another."""
    if set(map(type, values)) != {str}:
        return np.zeros(len(values), dtype=np.int64)
    read = pl.Series(values).str.to_integer(base=16, dtype=pl.Int64, strict=False)
    return read.fill_null(0).to_numpy().copy()


def _index(value: Any) -> int:
    """A cell's index; 0, which is no cell, for what cannot be one."""
    if isinstance(value, int):
        return value if 0 <= value < 1 << 63 else 0
    try:
        text = str(value).strip()
        index = int(text) if text.isascii() and text.isdigit() and len(text) > 15 else int(text, 16)
    except ValueError:
        return 0
    return index if 0 <= index < 1 << 63 else 0


def _counts(rows: Rows, at: int, findings: Findings) -> NDArray[np.int64]:
    """Whole numbers of a column, -1 where it holds none, which is noted."""
    counts = _plain_counts(rows.columns[at])
    for index in np.flatnonzero(counts < 0).tolist():
        raw = rows.columns[at][index]
        try:
            number = _ABSENT if raw is None else to_number(raw, "人")
        except BadValue as bad:
            findings.add(bad, row=rows.row[index], column=rows.header[at], value=raw)
            continue
        if number.is_integer():
            counts[index] = int(number)
        else:
            findings.add(_NOT_WHOLE, row=rows.row[index], column=rows.header[at], value=raw)
    return counts


def _plain_counts(values: list[Any]) -> NDArray[np.int64]:
    """The values that are plain whole numbers, read at once; -1 for all others."""
    kinds = set(map(type, values))
    if kinds == {int} and max(values) < 1 << 63 and min(values) >= 0:
        return np.array(values, dtype=np.int64)
    if kinds == {str}:
        return pl.Series(values).cast(pl.Int64, strict=False).fill_null(-1).to_numpy().copy()
    return np.full(len(values), -1, dtype=np.int64)


_ABSENT = float("nan")


def _cell_twice(first: int, row: int) -> BadValue:
    return BadValue(
        "cell_duplicate",
        Text(f"第 {first} 行与第 {row} 行是同一格网", f"rows {first} and {row} are the same cell"),
        Text("请合并或删除重复的一行", "add them up, or delete one of them"),
    )


_NO_CELL = BadValue(
    "cell_invalid",
    Text("不是 10 级 H3 格网编号", "this is no H3 cell of resolution 10"),
    Text(
        "请用十六进制编号，如 8a41a2d4c57ffff；表格软件可能截断了长数字",
        "write the hexadecimal index; a spreadsheet may have cut off the long number",
    ),
)
_NOT_WHOLE = BadValue(
    "number_not_whole",
    Text("人数应为整数", "people must be a whole number"),
    Text("请填写整数", "write a whole number"),
)
_AGES_DIFFER = BadValue(
    "ages_differ",
    Text("三个年龄段之和不等于总人数", "the three age groups do not sum to the people"),
    Text("请核对人数", "check the numbers"),
)
