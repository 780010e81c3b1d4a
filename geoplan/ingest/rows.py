"""A file's rows as values, each with what is wrong with it; no row makes the file be rejected."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geoplan.catalogue import City, Layer
from geoplan.errors import GeoplanError, Issue, Where
from geoplan.ingest import file_notes
from geoplan.ingest.cells import CellReader, Values
from geoplan.ingest.columns import NO_PLACE, Columns, Place, Understood, place_of, understand
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.headers import PLACE, Headers
from geoplan.ingest.layout import HeaderUse, SkippedRow
from geoplan.ingest.points import require_points
from geoplan.ingest.raw import MAX_CELL
from geoplan.ingest.sheet_choice import Opened, open_sheet
from geoplan.ingest.systems import system_of
from geoplan.ingest.tables import Rows
from geoplan.ingest.totals import Sums
from geoplan.ingest.wkt import holds_shapes, systems_in, with_shapes

__all__ = ["HeaderUse", "ReadOptions", "RowBatch", "RowReader", "SkippedRow", "open_features"]

_FIXED = {"CASS DAT", "parcel TXT", "DXF"}
"""Formats that give the headers themselves."""
_TYPED = {"XLSX", "XLS"}
"""Formats that know numbers from text, and whose people can tell the one from the other."""

# What no database keeps as text: zeros and half characters.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says about a file where the file does not, or says wrongly.

    crs         `EPSG:n`, `GCJ-02` or `BD-09`.
    sheet       sheet of a workbook, layer of a GeoPackage, file of an archive.
    header_row  number of the header's row, the first one of two, as a person counts.
    encoding    of text and of a .dbf: utf-8, gb18030, utf-16, …
    headers     header as it stands in the file → field id, or None to leave the column out.
    """

    crs: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    encoding: str | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class RowBatch:
    """Some thousand rows; every list has the length n of `row`.

    row           numbers as a person counts them: of the sheet, or of the feature, from 1.
    raw           header → cell as read (JSON values; text cut at 32,767 characters), without
                  empty cells, hidden columns and personal data.
    values        field id → str, int, float, bool or date; absent where empty or bad. Of `unit`
                  the code of the reporting unit.
    issues        what was found about the row's values.
    place         `lon`, `lat`, `lonlat`, `crs` → (n,) raw cells; empty where there is geometry.
    place_header  the same keys → header of that column.
    geometry      (n,) shapely, 2D, in the file's system, x = east; None for a table without WKT.
    faults        index → code of a geometry that could not be read.
    """

    row: list[int]
    raw: list[dict[str, Any]]
    values: list[dict[str, Any]]
    issues: list[list[Issue]]
    place: dict[str, list[Any]]
    place_header: dict[str, str]
    geometry: NDArray[np.object_] | None
    faults: dict[int, str]


class RowReader:
    """An opened file of features; a context manager that ends the reader's process.

    format      name of its format.
    sheet       the sheet or layer that is read; sheets  all that there are.
    encoding    of text, where it has one.
    header_row  number of the header's first row; None for a file of features.
    crs         `EPSG:n`; `unknown` for a system without an EPSG code, or the file's words for one
                that cannot be used; None where the file is silent.
    headers     what became of each column; of features, of those so far.
    place       what says where a row is.
    skipped, file_issues  complete when the rows have been taken.
    """

    def __init__(
        self, name: str, layer: Layer, city: City, headers: Headers, opened: Opened
    ) -> None:
        source, first = opened.source, opened.first
        self.format = source.format
        self.sheet = source.sheet
        self.sheets = list(source.sheets)
        self.encoding = source.encoding
        self.header_row = source.table.header_row
        self.crs = _settled(source.crs)
        self.headers: list[HeaderUse] = []
        self.skipped: list[SkippedRow] = source.table.skipped
        self.file_issues: list[Issue] = []
        self._name = name
        self._layer = layer
        self._headers = headers
        self._source = source
        self._rows: Iterator[Rows] = chain([first], source.rows)
        self._cells = CellReader(layer, city, typed=source.format in _TYPED)
        self._understood: dict[tuple[str, ...], Understood] = {}
        self._other_systems: set[str] = set()
        if source.guessed and source.encoding is not None:
            self._note(file_notes.encoding_guessed(source.encoding))
        if source.hidden_sheets:
            self._note(file_notes.hidden_sheets(source.hidden_sheets))
        if opened.unread and source.sheet is not None:
            self._note(file_notes.sheets_unread(source.sheet, opened.unread))
        known = self._understand(first.header)
        self.place: Place = "shapes"
        if first.geometry is None:
            if holds_shapes(known.columns, layer):
                self._take_system(first, known.columns)
            else:
                self.place = place_of(known.columns)
                if layer.geometry != "none":
                    require_points(layer)
                    if self.place == "none":
                        self._note(NO_PLACE)
        self._sums = Sums(known.columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.rows.close()

    def batches(self) -> Iterator[RowBatch]:
        """The rows in their order, once."""
        for rows, values, columns in self.by_columns():
            place = {} if rows.geometry is not None else columns
            yield RowBatch(
                row=rows.row,
                raw=self._raw(rows),
                values=_by_rows(values.columns, len(rows.row)),
                issues=self._issues(rows, values),
                place={key: rows.columns[place[key][0].index] for key in PLACE if key in place},
                place_header={key: place[key][0].header for key in PLACE if key in place},
                geometry=rows.geometry,
                faults=rows.faults,
            )

    def by_columns(self) -> Iterator[tuple[Rows, Values, Columns]]:
        """The same rows with their values by columns, for those who need no more of them."""
        for rows in self._rows:
            columns = self._understand(rows.header).columns
            values = self._cells.read(rows, columns)
            if rows.geometry is None:
                bad = {(note.column, note.index) for note in values.notes}
                self._sums.add(rows.row, values.columns, bad)
                if self.place == "shapes":
                    self._take_system(rows, columns)
                    rows = with_shapes(rows, columns)  # noqa: PLW2901
            elif self.format == "DXF":
                _close_outlines(rows.geometry, self._layer)
            yield rows, values, columns
        self._note_end()

    def _take_system(self, rows: Rows, columns: Columns) -> None:
        """Beside shapes a column 坐标系 speaks for the whole file; two systems are an error."""
        for index, word in systems_in(rows, columns):
            system = _settled(word)
            if self.crs is None:
                self.crs = system
            elif system != self.crs and word not in self._other_systems:
                self._other_systems.add(word)
                bad = file_notes.systems_differ(self.crs, word)
                self._note(bad, columns["crs"][0].header, rows.row[index], word)

    def _understand(self, header: Sequence[str]) -> Understood:
        """What the columns of a header mean; findings about them are noted once."""
        key = tuple(header)
        if key not in self._understood:
            known = understand(
                header,
                self._layer,
                self._headers,
                form=self.format,
                hidden=self._source.table.hidden_columns,
            )
            self._understood[key] = known
            told = {(issue.code, issue.where.column) for issue in self.file_issues}
            for bad, column in known.notes:
                if (bad.code, None if column is None else shown(column)) not in told:
                    self._note(bad, column)
            held = {use.header for use in self.headers}
            self.headers += [use for use in known.uses if use.header not in held]
        return self._understood[key]

    def _note(
        self, bad: BadValue, column: str | None = None, row: int | None = None, value: Any = None
    ) -> None:
        where = Where(self._name, self.sheet, row, None if column is None else shown(column))
        self.file_issues.append(bad.issue(where, value))

    def _note_end(self) -> None:
        """What only the whole table tells."""
        table = self._source.table
        if hidden := [skip.row for skip in self.skipped if skip.reason == "hidden"]:
            self._note(file_notes.hidden_rows(hidden))
        if table.formulas:
            self._note(file_notes.formulas_not_computed(table.formulas))
        if unnamed := table.unnamed - table.hidden_columns:
            self._note(file_notes.columns_unnamed(sorted(unnamed)))
        for found in self._sums.differences(table.totals):
            self._note(found.bad, found.column, found.row, found.value)

    def _raw(self, rows: Rows) -> list[dict[str, Any]]:
        raw: list[dict[str, Any]] = [{} for _ in rows.row]
        for use in self._understand(rows.header).uses:
            field = self._headers.means(use.header).field
            if field is not None and field.personal:
                continue
            for cells, cell in zip(raw, rows.columns[use.column], strict=True):
                if cell is not None:
                    cells[use.header] = _kept(cell)
        return raw

    def _issues(self, rows: Rows, values: Values) -> list[list[Issue]]:
        issues: list[list[Issue]] = [[] for _ in rows.row]
        for note in values.notes:
            column = None if note.column is None else shown(note.column)
            where = Where(self._name, self.sheet, rows.row[note.index], column)
            issues[note.index].append(note.bad.issue(where, note.value))
        return issues


def open_features(
    path: Path, layer: Layer, city: City, options: ReadOptions | None = None
) -> RowReader:
    """Open a file of a layer's features in the sandbox.

    Of a workbook's visible sheets, unless one is chosen, the first one is read whose header has
    what the layer requires.
    Raises GeoplanError for what makes the whole file unreadable (docs/reading.md), and
    `table_without_shapes` for a table where the layer holds lines or polygons.
    """
    options = options or ReadOptions()
    opened = open_sheet(
        path,
        layer,
        Headers(layer, options.headers),
        sheet=options.sheet,
        encoding=options.encoding,
        header_row=options.header_row,
    )
    form = opened.source.format
    headers = Headers(layer, options.headers, cut=form == "Shapefile", fixed=form in _FIXED)
    try:
        return RowReader(path.name, layer, city, headers, opened)
    except GeoplanError:
        opened.source.rows.close()
        raise


def _settled(said: str | None) -> str | None:
    """A file's words for its system as a code; kept as they are where they are of no use."""
    if said in {None, "unknown"}:
        return said
    try:
        return system_of(str(said))
    except GeoplanError:
        return said


def _by_rows(columns: Mapping[str, Sequence[Any]], count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, column in columns.items():
        for row, value in zip(rows, column, strict=True):
            if value is not None:
                row[name] = value
    return rows


def _kept(cell: Any) -> Any:
    """A cell as JSON and a database can hold it."""
    if isinstance(cell, str):
        text = cell[:MAX_CELL]
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text) if _UNKEPT.search(text) else text
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, int) and abs(cell) > 1 << 53:
        return str(cell) if cell.bit_length() < 1_000 else "…"
    return cell


def _close_outlines(geometry: NDArray[np.object_], layer: Layer) -> None:
    """In a layer of polygons a drawing's closed lines are their outlines."""
    if layer.geometry != "polygon" or "line" in layer.also:
        return
    closed = shapely.is_closed(geometry) & (shapely.get_type_id(geometry) == 1)
    for index in np.flatnonzero(closed).tolist():
        if shapely.get_num_points(geometry[index]) >= 4:
            geometry[index] = shapely.Polygon(geometry[index].coords)
