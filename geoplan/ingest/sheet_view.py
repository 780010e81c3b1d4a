"""What a workbook's sheet shows and hides, which the reader of its cells does not tell.

Hidden rows and columns, cells that hold an error, formulas that nobody has computed; inside the
sandbox.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from geoplan.ingest.archive import damaged_archive, open_archive
from geoplan.ingest.sniff import damaged_workbook

_CHUNK = 4 << 20
_LONGEST_ROW = 64 << 20
_TOLD = 1_000
_HEAD = 4_096

_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s([^>]*?\bt="e"[^>]*)>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)><(?:\w+:)?f[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<v>\s*</v>|<v\s*/>)?</"
)
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_RANGE = re.compile(rb'\b(min|max)="(\d{1,5})"')

# Records of a BIFF stream, and the errors of their cells.
_BOF, _EOF, _SHEET, _ROW_INFO, _COLUMN_INFO, _BOOL_OR_ERROR = 0x809, 0x0A, 0x85, 0x208, 0x7D, 0x205
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_COLUMNS = 16_384


@dataclass(slots=True)
class View:
    """Rows count from 1, columns from 0.

    errors    row → column → word of the error, such as #REF!.
    formulas  (row, column) of the first 1,000 formulas without a value.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    formulas: list[tuple[int, int]] = field(default_factory=list)


def view_of_xlsx(path: Path, sheet: str) -> View:
    """The view of a sheet of that name.

    Raises GeoplanError `workbook_damaged`, also for a DOCTYPE in any part, `archive_damaged`.
    """
    view = View()
    with open_archive(path) as archive:
        try:
            _refuse_doctypes(archive)
            member = _member(archive, sheet)
            if member is not None:
                with archive.open(member) as stream:
                    for part in _rows(stream):
                        _look(part, view)
        except (OSError, EOFError, NotImplementedError, ValueError) as error:
            raise damaged_archive() from error
    return view


def _refuse_doctypes(archive: Any) -> None:
    """No part of a workbook has a document type; with one come entities."""
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            with archive.open(name) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD).replace(b"\0", b""):
                    raise damaged_workbook()


def _member(archive: Any, sheet: str) -> str | None:
    """The part that holds a sheet; None for a sheet of another kind, such as a chart."""
    from defusedxml import ElementTree  # noqa: PLC0415  only workbooks need it
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415

    try:
        book, links = (
            ElementTree.fromstring(archive.read(name), forbid_dtd=True)
            for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    except (ElementTree.ParseError, DefusedXmlException, KeyError) as error:
        raise damaged_workbook() from error
    targets = {link.get("Id"): link.get("Target", "") for link in links.iter()}
    for element in book.iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return name if name in archive.namelist() else None
    return None


def _rows(stream: IO[bytes]) -> Iterator[bytes]:
    """A sheet's text in parts that end with a row."""
    held = b""
    while chunk := stream.read(_CHUNK):
        held += chunk
        end = held.rfind(b"row>") + 4
        if end > 4:
            yield held[:end]
            held = held[end:]
        elif len(held) > _LONGEST_ROW:
            raise damaged_workbook()
    yield held


def _look(part: bytes, view: View) -> None:
    for tag in _ROW.findall(part):
        if found := _NUMBER.search(tag):
            view.hidden_rows.add(int(found[1]))
    for tag in _COLUMN.findall(part):
        ends = {name: int(number) for name, number in _RANGE.findall(tag)}
        first, last = ends.get(b"min", 1), min(ends.get(b"max", 0), _COLUMNS)
        view.hidden_columns.update(range(first - 1, last))
    if b't="e"' in part:
        for attributes, word in _ERROR.findall(part):
            if place := _place(attributes):
                view.errors[place[0]][place[1]] = word.decode("utf-8", "replace")
    if b"<f" in part and len(view.formulas) < _TOLD:
        places = [
            _place(attributes)
            for attributes in _FORMULA.findall(part)
            if b't="str"' not in attributes  # a formula may well have the empty text as its value
        ]
        view.formulas += [place for place in places if place][: _TOLD - len(view.formulas)]


def _place(attributes: bytes) -> tuple[int, int] | None:
    found = _CELL.search(attributes)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]), column - 1


def view_of_xls(path: Path, sheet: str) -> View:
    """The view of a sheet of an old workbook. Raises GeoplanError `workbook_damaged`."""
    import olefile  # noqa: PLC0415  only old workbooks need it

    view = View()
    try:
        with olefile.OleFileIO(path) as content:
            name = "Workbook" if content.exists("Workbook") else "Book"
            stream = content.openstream(name).read()
        at = _start(stream, sheet)
        depth = 0
        for kind, body in _records(stream, at) if at is not None else ():
            depth += (kind == _BOF) - (kind == _EOF)
            if depth == 0:
                break
            _look_at_record(kind, body, view)
    except Exception as error:  # what damaged headers do to the library is not one kind of error
        raise damaged_workbook() from error
    return view


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _start(stream: bytes, sheet: str) -> int | None:
    """Where the records of a sheet begin."""
    for kind, body in _records(stream, 0):
        if kind == _EOF:
            return None
        if kind == _SHEET and len(body) > 8:
            start, count, wide = struct.unpack("<I", body[:4])[0], body[6], body[7] & 1
            name = body[8 : 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
            if name == sheet:
                return int(start)
    return None


def _look_at_record(kind: int, body: bytes, view: View) -> None:
    if kind == _ROW_INFO and len(body) >= 16 and body[12] & 0x20:
        view.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
    elif kind == _COLUMN_INFO and len(body) >= 10 and body[8] & 0x01:
        first, last = struct.unpack_from("<HH", body)
        view.hidden_columns.update(range(first, min(last, _COLUMNS) + 1))
    elif kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7]:
        row, column = struct.unpack_from("<HH", body)
        view.errors[row + 1][column] = _ERRORS.get(body[6], "#N/A")
