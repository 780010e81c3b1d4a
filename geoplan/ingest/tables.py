"""Rows of cells as a table: its header found, totals passed over, merged cells filled down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import shapely
from numpy.typing import NDArray

from geoplan.errors import GeoplanError
from geoplan.ingest.heading import Heading, find_heading, is_repeated
from geoplan.ingest.layout import SkippedRow, SkipReason
from geoplan.ingest.marks import is_example
from geoplan.ingest.passed_over import NOTE_CELLS, divides_rows, is_numbering, is_total
from geoplan.text import Text

_BLANK_NAMED = 1_000

Cells = list[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """A batch of rows by columns.

    row       numbers as the person counts them.
    header    names of the columns, '' where one has none; columns  a list of values each, as long
              as `row`.
    geometry  (n,) shapely, 2D, in the file's system; None for a table.
    faults    index → code of a geometry that could not be read.
    """

    row: list[int]
    header: list[str]
    columns: list[list[Any]]
    geometry: NDArray[Any] | None = None
    faults: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A row that sums others, with its cells under the header."""

    row: int
    cells: Cells


@dataclass(slots=True)
class Table:
    """What a table holds besides its rows; complete when they have all been taken.

    header_row      number of the header's first row.
    skipped         rows without a feature, in their order.
    hidden_columns  columns that the sheet hides, from 0.
    formulas        (row, column) of formulas without a value; the first thousand.
    unnamed         columns with cells but without a header.
    """

    header_row: int | None = None
    skipped: list[SkippedRow] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    hidden_columns: frozenset[int] = frozenset()
    formulas: list[tuple[int, int]] = field(default_factory=list)
    unnamed: set[int] = field(default_factory=set)


def rows_of(
    batches: Iterable[dict[str, Any]],
    is_known: Callable[[str], Any],
    is_filled_down: Callable[[str], bool] = lambda _: False,
    *,
    table: Table | None = None,
    header_row: int | None = None,
) -> Iterator[Rows]:
    """The rows that `raw.read` yields, after its first batch, as columns under a header.

    is_known        whether a header means something.
    is_filled_down  whether cells merged over rows are to be filled in the column of that header.
    table           filled with what there is besides rows.
    header_row      number of the header's first row, where a person says it.
    Raises GeoplanError `header_missing`, `no_rows`.
    """
    content = iter(batches)
    first = next(content, None)
    if first is None:
        raise _no_rows()
    if "geometry" in first:
        yield from _features(chain([first], content))
        return
    reader = _Reader(is_known, is_filled_down, table or Table(), header_row)
    if "merged" in first:
        reader.see(first)
        first = next(content, None)
        if first is None:
            raise _no_rows()
    reader.find_header(first)
    empty = True
    for batch in chain([first], content):
        rows = reader.read(batch)
        if rows is not None:
            empty = False
            yield rows
    if empty:
        raise _no_rows()


def _features(batches: Iterable[dict[str, Any]]) -> Iterator[Rows]:
    for batch in batches:
        yield Rows(
            batch["row"],
            batch["header"],
            batch["columns"],
            shapely.from_wkb(batch["geometry"]),
            dict(batch["faults"]),
        )


class _Reader:
    """Turns batches of cells into rows; remembers the header, merged ranges, what is hidden."""

    def __init__(
        self,
        is_known: Callable[[str], Any],
        is_filled_down: Callable[[str], bool],
        table: Table,
        header_row: int | None,
    ) -> None:
        self._is_known = is_known
        self._is_filled_down = is_filled_down
        self._table = table
        self._chosen = header_row
        self._merged: list[Sequence[int]] = []
        self._widths: dict[int, int] = {}
        self._hidden: frozenset[int] = frozenset()
        self._heading = Heading(0, 1, [])
        self._filler = _Filler([])
        self._last = 0
        self._blank = 0

    def see(self, view: dict[str, Any]) -> None:
        """Take what a sheet shows besides its cells."""
        self._merged = view["merged"]
        self._widths = {top: right - left + 1 for top, left, _, right in self._merged}
        self._hidden = frozenset(view["hidden_rows"])
        self._table.hidden_columns = frozenset(view["hidden_columns"])
        self._table.formulas = [(row, column) for row, column in view["formulas"]]

    def find_header(self, first: dict[str, Any]) -> None:
        """Find the header in the first batch, among the rows that are shown."""
        shown = [
            (row, cells)
            for row, cells in zip(first["row"], first["cells"], strict=True)
            if row not in self._hidden or row == self._chosen
        ]
        self._heading = find_heading(
            [row for row, _ in shown],
            [cells for _, cells in shown],
            self._is_known,
            merged=self._merged,
            chosen=self._chosen,
        )
        self._table.header_row = self._heading.first
        filled = {
            index
            for index, name in enumerate(self._heading.names)
            if name and self._is_filled_down(name)
        }
        self._filler = _Filler([cells for cells in self._merged if cells[1] in filled])

    def read(self, batch: dict[str, Any]) -> Rows | None:
        """The rows of a batch that hold features; None when none does."""
        kept: list[tuple[int, Cells]] = []
        names = self._heading.names
        body = self._heading.first + self._heading.depth
        for number, cells in zip(batch["row"], batch["cells"], strict=True):
            if number > self._last + 1:
                self._note_blank(number)
            self._last = number
            if self._heading.first <= number < body:
                continue
            reason = "title" if number < body else self._reason(number, cells, body)
            if number in self._hidden:
                reason = "hidden"
            if reason is None:
                kept.append((number, self._filler.filled(number, cells, len(names))))
            else:
                self._skip(number, cells, reason)
        return self._by_columns(kept) if kept else None

    def _reason(self, number: int, cells: Cells, body: int) -> SkipReason | None:
        """Why a row below the header holds no feature; None for one that does."""
        if is_total(cells):
            return "total"
        few = len(cells) - cells.count(None) <= NOTE_CELLS
        is_title = (
            (few and divides_rows(cells, self._widths.get(number, 1)))
            or is_example(cells)
            or (number == body and is_numbering(cells))
            or is_repeated(cells, self._heading.names)
        )
        return "title" if is_title else None

    def _skip(self, number: int, cells: Cells, reason: SkipReason) -> None:
        self._table.skipped.append(SkippedRow(number, reason))
        if reason == "total":
            self._table.totals.append(TotalRow(number, cells))

    def _note_blank(self, number: int) -> None:
        """Rows between the last one and this one are blank."""
        for blank in range(self._last + 1, number)[: _BLANK_NAMED - self._blank]:
            self._table.skipped.append(SkippedRow(blank, "blank"))
            self._blank += 1

    def _by_columns(self, kept: list[tuple[int, Cells]]) -> Rows:
        names = self._heading.names
        width = max(len(names), *(len(cells) for _, cells in kept))
        padded = [
            cells if len(cells) == width else [*cells, *[None] * (width - len(cells))]
            for _, cells in kept
        ]
        columns = [list(column) for column in zip(*padded, strict=True)]
        header = [*names, *[""] * (width - len(names))]
        self._table.unnamed |= {
            index
            for index, name in enumerate(header)
            if not name and any(cell is not None for cell in columns[index])
        }
        return Rows([number for number, _ in kept], header, columns)


class _Filler:
    """Gives rows inside a merged range the value of its first row."""

    def __init__(self, merged: Sequence[Sequence[int]]) -> None:
        self._starts = {(top, column): bottom for top, column, bottom, _ in merged}
        self._open: dict[int, tuple[int, Any]] = {}
        self._columns = {column for _, column in self._starts}

    def filled(self, number: int, cells: Cells, width: int) -> Cells:
        """The cells of a row, as many as the header has at least."""
        if len(cells) < width:
            cells = [*cells, *[None] * (width - len(cells))]
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
