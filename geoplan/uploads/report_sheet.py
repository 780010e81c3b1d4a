"""A sheet's cells coloured, and what is wrong with a row written beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geoplan.errors import Severity
from geoplan.uploads.ooxml import (
    RELATIONS,
    Edits,
    Element,
    letters,
    parse,
    parser_of,
    position,
    tag_end,
    text_cell,
    with_attributes,
    without_attribute,
)
from geoplan.uploads.report_styles import Own, Styles

_MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s+ref\s*=\s*[\"']([A-Z]+\d+:[A-Z]+\d+)[\"']")
_MOST_MERGED = 100_000
_WIDEST_MERGED = 500
_LAST_COLUMN = 16_383
_WIDTH = 60
# What may follow a sheet's drawing of comments, by the order that the format prescribes.
_AFTER_DRAWING = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst", "AlternateContent",
}  # fmt: skip
_AROUND = {"worksheet", "dimension", "cols", "col", "sheetData", *_AFTER_DRAWING}

Cell = tuple[int, int]
"""Row from 1, column from 0."""


@dataclass(slots=True)
class SheetMarks:
    """What is to be written into a sheet.

    cells   severity of each bad cell.
    rows    row → severity and words for the column that says what is wrong.
    header  row of the header, and the name of that column.
    column  where that column is already; None: it comes right of all others.
    """

    cells: dict[Cell, Severity]
    rows: dict[int, tuple[Severity, str]]
    header: tuple[int, str]
    column: int | None = None


def first_of_merged(data: bytes) -> Callable[[Cell], Cell]:
    """From a cell to the one that shows its value: the first of those it is merged with."""
    by_column: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for count, found in enumerate(_MERGED.finditer(data, max(data.rfind(b"sheetData"), 0))):
        if count >= _MOST_MERGED:
            break
        start, _, end = found[1].decode().partition(":")
        (top, left), (bottom, right) = position(start), position(end)
        for column in range(left, min(right, left + _WIDEST_MERGED) + 1):
            by_column[column].append((top, bottom, left))
    for ranges in by_column.values():
        ranges.sort()

    def first(cell: Cell) -> Cell:
        row, column = cell
        ranges = by_column.get(column, [])
        at = bisect_right(ranges, row, key=lambda merged: merged[0]) - 1
        if at >= 0 and row <= ranges[at][1]:
            return ranges[at][0], ranges[at][2]
        return cell

    return first


def mark_sheet(data: bytes, marks: SheetMarks, styles: Styles, drawing: str | None) -> bytes:
    """The sheet with its marks; those of an earlier report are taken off.

    drawing  id of the relation to a drawing of comments that is to be added; None: it has one.
    Raises GeoplanError `workbook_not_markable`.
    """
    marker = _Marker(data, marks, styles)
    marker.run()
    marker.set_around(drawing)
    return marker.edits.result()


class _Marker:
    """Follows the parser through the rows, and notes the edits of each at its end."""

    def __init__(self, data: bytes, marks: SheetMarks, styles: Styles) -> None:
        self.edits = Edits(data)
        self._data = data
        self._marks = marks
        self._styles = styles
        self._fills: dict[int, dict[int, Severity]] = defaultdict(dict)
        for (row, column), severity in marks.cells.items():
            self._fills[row][column] = severity
        self._parser = parser_of(data)
        self._around: list[Element] = []
        self._row = 0
        self._row_tag = (0, 0)
        self._row_style: int | None = None
        self._reads_row = False
        self._cells: list[tuple[int, int, int]] = []  # column, offset, format
        self._column = -1
        self._words_end = 0
        self._row_ends: list[tuple[int, int, str]] = []  # row, offset of its end, prefix
        self._widest = 0

    @property
    def column(self) -> int:
        """The column of the words: where it was, or right of all cells of the rows that get some,
        of each of which it is then the last cell."""
        return self._widest + 1 if self._marks.column is None else self._marks.column

    def run(self) -> None:
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        parse(self._parser, self._data)
        if self._marks.column is None and self.column <= _LAST_COLUMN:
            for row, at, prefix in self._row_ends:
                self.edits.insert(at, self._words(row, prefix))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            said = attributes.get("r")
            self._column = position(said)[1] if said else self._column + 1
            if self._reads_row:
                at = self._parser.CurrentByteIndex
                self._cells.append((self._column, at, int(attributes.get("s", "0"))))
        elif local == "row":
            self._start_row(attributes)
        elif local in _AROUND:
            prefix = name[: len(name) - len(local)]
            at = self._parser.CurrentByteIndex
            inside = tag_end(self._data, at)
            is_empty = self._data[inside - 2 : inside - 1] == b"/"
            self._around.append(Element(local, prefix, attributes, at, inside, inside, is_empty))

    def _start_row(self, attributes: dict[str, str]) -> None:
        marks = self._marks
        said = attributes.get("r")
        self._row = row = int(said) if said else self._row + 1
        self._column = -1
        self._cells = []
        at = self._parser.CurrentByteIndex
        self._row_tag = at, tag_end(self._data, at)
        has_own = attributes.get("customFormat") in {"1", "true"}
        self._row_style = int(attributes.get("s", "0")) if has_own else None
        has_words = row in marks.rows or row == marks.header[0]
        has_old_words = marks.column is not None and row > marks.header[0]
        restores = self._styles.has_marks
        self._reads_row = has_words or has_old_words or restores or row in self._fills

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "row" and self._reads_row:
            self._end_row(name.removesuffix("row"))
        elif local == "c" and self._column == self._marks.column:
            self._words_end = self._parser.CurrentByteIndex
        elif local in {"worksheet", "sheetData"}:
            element = next(each for each in self._around if each.name == local)
            if not element.is_empty_tag:
                element.end = self._parser.CurrentByteIndex

    def _end_row(self, prefix: str) -> None:
        row, marks, fills = self._row, self._marks, self._fills.get(self._row, {})
        end = self._parser.CurrentByteIndex
        if self._data[end : end + 2] != b"</":
            return  # written as an empty tag: there is nothing in it that could be wrong
        for column, at, style in self._cells:
            if column == marks.column and row > marks.header[0]:
                self._replace_words(at, row, prefix)
            else:
                self._set_style(at, style, fills.get(column))
        present = [column for column, _, _ in self._cells]
        missing = set(fills) - set(present)
        has_words = row in marks.rows or row == marks.header[0]
        if has_words and marks.column is not None and marks.column not in present:
            missing.add(marks.column)
        for column in sorted(missing):
            index = bisect_right(present, column)
            at = self._cells[index][1] if index < len(present) else end
            self.edits.insert(at, self._new_cell(row, column, fills, prefix))
        if has_words and marks.column is None:
            self._widest = max([self._widest, *present, *fills])
            self._row_ends.append((row, end, prefix))
        if missing or has_words:
            start, stop = self._row_tag
            tag = self._data[start:stop]
            if b"spans" in tag:
                self.edits.replace(start, stop, without_attribute(tag, "spans"))

    def _replace_words(self, at: int, row: int, prefix: str) -> None:
        stop = tag_end(self._data, at)
        if self._data[stop - 2 : stop - 1] != b"/":
            stop = self._data.index(b">", self._words_end) + 1
        new = self._words(row, prefix) if row in self._marks.rows else b""
        self.edits.replace(at, stop, new)

    def _set_style(self, at: int, style: int, severity: Severity | None) -> None:
        wanted = self._styles.restored(style)
        if severity is not None:
            wanted = self._styles.marked(style, severity)
        if wanted != style:
            stop = tag_end(self._data, at)
            tag = with_attributes(self._data[at:stop], s=str(wanted))
            self.edits.replace(at, stop, tag)

    def _new_cell(self, row: int, column: int, fills: dict[int, Severity], prefix: str) -> bytes:
        """A cell that the file does not have: the words, or an empty one with a ground."""
        if column == self._marks.column:
            return self._words(row, prefix)
        base = self._row_style
        if base is None:
            spans = (each.attributes for each in self._around if each.name == "col")
            base = next(
                (
                    int(span.get("style", "0"))
                    for span in spans
                    if int(span["min"]) <= column + 1 <= int(span["max"])
                ),
                0,
            )
        style = self._styles.marked(base, fills[column])
        return f'<{prefix}c r="{letters(column)}{row}" s="{style}"/>'.encode()

    def _words(self, row: int, prefix: str) -> bytes:
        marks = self._marks
        kind: Own = "head" if row == marks.header[0] else marks.rows[row][0]
        words = marks.header[1] if row == marks.header[0] else marks.rows[row][1]
        reference = f"{letters(self.column)}{row}"
        return text_cell(reference, words, self._styles.own(kind), prefix)

    def set_around(self, drawing: str | None) -> None:
        """What stands around the rows: the extent, the width of the column, the comments."""
        by_name = {each.name: each for each in reversed(self._around)}
        sheet, rows = by_name.get("worksheet"), by_name.get("sheetData")
        if sheet is None or rows is None:
            return
        if "dimension" in by_name:
            first = (by_name["dimension"].get("ref") or "A1").partition(":")[0]
            last = f"{letters(max(self.column, self._last_of(by_name['dimension'])))}{self._row}"
            self.edits.set(by_name["dimension"], ref=f"{first}:{last}")
        if self.column <= _LAST_COLUMN:
            self._set_width(by_name.get("cols"), rows)
        if drawing is not None:
            after = [each.at for each in self._around if each.name in _AFTER_DRAWING]
            at = min((offset for offset in after if offset > rows.end), default=sheet.end)
            tag = f'<{sheet.prefix}legacyDrawing xmlns:r="{RELATIONS}" r:id="{drawing}"/>'
            self.edits.insert(at, tag.encode())

    def _last_of(self, dimension: Element) -> int:
        last = (dimension.get("ref") or "A1").rpartition(":")[2]
        return position(last)[1]

    def _set_width(self, columns: Element | None, rows: Element) -> None:
        """Make the column of the words wide, in a list whose spans may not overlap."""
        number = self.column + 1
        p = rows.prefix
        wide = f'<{p}col min="{number}" max="{number}" width="{_WIDTH}" customWidth="1"/>'.encode()
        spans = [each for each in self._around if each.name == "col"]
        if columns is None or not spans:
            if columns is None:
                whole = f"<{p}cols>".encode() + wide + f"</{p}cols>".encode()
                self.edits.insert(rows.at, whole)
            return
        for span in spans:
            low, high = int(span.attributes["min"]), int(span.attributes["max"])
            if low <= number <= high:
                tag = self._data[span.at : span.inside]
                parts = [(low, number - 1, tag), (number, number, wide), (number + 1, high, tag)]
                self.edits.replace(span.at, span.inside, b"".join(_spans(parts)))
                return
        before = [span for span in spans if int(span.attributes["max"]) < number]
        self.edits.insert(before[-1].inside if before else spans[0].at, wide)


def _spans(parts: Sequence[tuple[int, int, bytes]]) -> list[bytes]:
    return [
        with_attributes(tag, min=str(low), max=str(high)) for low, high, tag in parts if low <= high
    ]
