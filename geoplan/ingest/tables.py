"""Rows of cells as a table: its header found, totals passed over, merged cells filled down."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.text import Text

SEARCHED = 30
"""Rows among which the header is looked for; above it stand titles."""

Cells = list[Any]
_TOTAL = re.compile(
    r"(?:全市|全区|本区|本页|总体)?(?:合计|小计|总计|共计|累计|汇总)|(?:grand|sub)?total|sum"
)

_LIKE_TOTAL = re.compile(r"[计汇]|total|sum", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of rows by columns.

    row       numbers as the person counts them.
    header    names of the columns; columns  a list of values each, as long as `row`.
    geometry  (n,) shapely, 2D, in the file's system; None for a table.
    faults    index → code of a geometry that could not be read.
    """

    row: list[int]
    header: list[str]
    columns: list[list[Any]]
    geometry: NDArray[Any] | None = None
    faults: dict[int, str] = field(default_factory=dict)


def rows_of(
    batches: Iterable[dict[str, Any]],
    find: Callable[[str], Any],
    fill_down: Callable[[str], bool] = lambda _: False,
) -> Iterator[Rows]:
    """The rows that `raw.read` yields, after its first batch, as columns under a header.

    find       what a header means, or None.
    fill_down  whether cells merged over rows are to be filled in the column of that header.
    Raises GeoplanError `header_missing`, `no_rows`.
    """
    content = iter(batches)
    first = next(content, None)
    if first is None:
        raise _no_rows()
    if "geometry" in first:
        yield from _features(chain([first], content))
        return
    merged: list[Sequence[int]] = []
    if "merged" in first:
        merged = first["merged"]
        first = next(content, None)
        if first is None:
            raise _no_rows()
    at, depth, header = _header(first, find)
    filled = {index for index, name in enumerate(header) if fill_down(name)}
    filler = _Filler([cells for cells in merged if cells[1] in filled])
    empty = True
    last_of_header = first["row"][at + depth - 1]
    for batch in chain([first], content):
        kept = [
            (number, filler.filled(number, _cut(cells, len(header))))
            for number, cells in zip(batch["row"], batch["cells"], strict=True)
            if number > last_of_header and not is_total(cells)
        ]
        if kept:
            empty = False
            columns = [list(column) for column in zip(*(cells for _, cells in kept), strict=True)]
            yield Rows([number for number, _ in kept], header, columns)
    if empty:
        raise _no_rows()


def is_total(cells: Sequence[Any]) -> bool:
    """Whether a row only sums the others: its first word is 合计, 小计, total or the like."""
    first = next((cell for cell in cells if cell is not None), None)
    if not isinstance(first, str) or not _LIKE_TOTAL.search(first):
        return False
    word = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", first.split("（")[0].split("(")[0]))
    return _TOTAL.fullmatch(word.lower()) is not None


def _features(batches: Iterable[dict[str, Any]]) -> Iterator[Rows]:
    for batch in batches:
        yield Rows(
            batch["row"],
            batch["header"],
            batch["columns"],
            shapely.from_wkb(batch["geometry"]),
            dict(batch["faults"]),
        )


def _header(first: dict[str, Any], find: Callable[[str], Any]) -> tuple[int, int, list[str]]:
    """Index of the header in the first batch, the rows it takes (1 or 2), and its names.

    It is the row, or the pair of rows, with the most columns that mean something. The second row
    of a pair holds nothing but such names: 位置 above 经度 and 纬度.
    """
    rows = [list(map(_name, cells)) for cells in first["cells"][:SEARCHED]]
    known = [[bool(name) and find(name) is not None for name in row] for row in rows]
    best = (0, 0, 0, list[str]())
    for index, row in enumerate(rows):
        if sum(known[index]) > best[0]:
            best = (sum(known[index]), index, 1, row)
        below = rows[index + 1] if index + 1 < len(rows) else []
        if any(below) and all(known[index + 1][at] for at, name in enumerate(below) if name):
            width = max(len(row), len(below))
            pair = [
                lower or upper
                for upper, lower in zip(_cut(row, width), _cut(below, width), strict=True)
            ]
            meant = sum(bool(name) and find(name) is not None for name in pair)
            if meant > best[0]:
                best = (meant, index, 2, [name or "" for name in pair])
    meant, index, depth, names = best
    if not meant:
        raise GeoplanError(
            "header_missing",
            Text(
                f"前 {SEARCHED} 行中没有可识别的表头",
                f"none of the first {SEARCHED} rows is a header that is understood",
            ),
            Text(
                "请加一行表头，如：名称、区县、状态、经度、纬度",
                "add a header row, such as name, unit, status, lon, lat",
            ),
        )
    return index, depth, names


def _name(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _cut(cells: Sequence[Any], width: int) -> Cells:
    return [*cells[:width], *[None] * (width - len(cells))]


class _Filler:
    """Gives rows inside a merged range the value of its first row."""

    def __init__(self, merged: Sequence[Sequence[int]]) -> None:
        self._starts = {(top, column): bottom for top, column, bottom, _ in merged}
        self._open: dict[int, tuple[int, Any]] = {}
        self._columns = {column for _, column in self._starts}

    def filled(self, number: int, cells: Cells) -> Cells:
        for column in self._columns:
            if (number, column) in self._starts:
                self._open[column] = self._starts[number, column], cells[column]
            bottom, value = self._open.get(column, (0, None))
            if cells[column] is None and number <= bottom:
                cells[column] = value
        return cells


def _no_rows() -> GeoplanError:
    return GeoplanError(
        "no_rows",
        Text("文件中没有数据行", "the file has no rows"),
        Text("请检查是否选对了文件或工作表", "check that this is the right file or sheet"),
    )
