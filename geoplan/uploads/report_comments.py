"""Comments on cells: a part of texts, and a drawing with a box for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from geoplan.uploads.ooxml import (
    MAIN,
    Edits,
    elements,
    letters,
    not_markable,
    position,
    text,
)

AUTHOR = "geoplan"
"""By whom our comments are, so that a later report finds and removes them."""

# Boxes as any program writes them: the names of namespaces differ.
_SHAPE = re.compile(rb"<((?:[\w.-]+:)?)shape\b.*?</\1shape>", re.DOTALL)
_ROW = re.compile(rb"<(?:[\w.-]+:)?Row>\s*(\d+)\s*</")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?Column>\s*(\d+)\s*</")
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_IN_A_BLOCK = 1_024  # ids of shapes come in blocks of so many
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_DRAWING = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    "</o:shapelayout></xml>"
).encode()
_BOX_TYPE = (
    f'<v:shapetype {_NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
).encode()

Cell = tuple[int, int]
"""Row from 1, column from 0."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Both parts."""

    texts: bytes
    drawing: bytes


def commented(said: Mapping[Cell, str], texts: bytes | None, drawing: bytes | None) -> Comments:
    """The parts with our comments; those of an earlier report go, those of others stay.

    said            words on cells. A cell that somebody else has commented keeps that comment.
    texts, drawing  the parts as they are, None where the sheet has none.
    Raises GeoplanError `workbook_not_markable`.
    """
    data = (
        texts
        or (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}">'
            "<authors></authors><commentList></commentList></comments>"
        ).encode()
    )
    edits = Edits(data)
    found = elements(data, {"authors", "author", "commentList", "comment"})
    lists = {each.name: each for each in found if each.name in {"authors", "commentList"}}
    if len(lists) < 2:
        raise not_markable()
    authors = [data[each.inside : each.end].decode() for each in found if each.name == "author"]
    p = lists["commentList"].prefix
    if AUTHOR not in authors:
        authors.append(AUTHOR)
        edits.append_to(lists["authors"], f"<{p}author>{AUTHOR}</{p}author>".encode())
    ours = {str(index) for index, name in enumerate(authors) if name == AUTHOR}
    removed: set[Cell] = set()
    taken: set[Cell] = set()
    for comment in (each for each in found if each.name == "comment"):
        cell = position(comment.get("ref") or "")
        if comment.get("authorId") in ours:
            edits.replace(comment.at, comment.after(data), b"")
            removed.add(cell)
        else:
            taken.add(cell)
    new = {cell: words for cell, words in sorted(said.items()) if cell not in taken}
    author = authors.index(AUTHOR)
    written = "".join(_comment(cell, words, author, p) for cell, words in new.items())
    edits.append_to(lists["commentList"], written.encode())
    return Comments(edits.result(), _drawn(drawing or _DRAWING, removed, new))


def _comment(cell: Cell, words: str, author: int, p: str) -> str:
    reference = f"{letters(cell[1])}{cell[0]}"
    run = f'<{p}r><{p}t xml:space="preserve">{text(words)}</{p}t></{p}r>'
    return (
        f'<{p}comment ref="{reference}" authorId="{author}"><{p}text>{run}</{p}text></{p}comment>'
    )


def _drawn(drawing: bytes, removed: set[Cell], new: Mapping[Cell, str]) -> bytes:
    """The drawing without the boxes of the one and with boxes of the other comments."""
    end = drawing.rfind(b"</")
    if end < 0:
        raise not_markable()

    def kept_shape(shape: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(shape[0]), _COLUMN.search(shape[0])
        is_note = b"Note" in shape[0]
        if is_note and row and column and (int(row[1]) + 1, int(column[1])) in removed:
            return b""
        return shape[0]

    kept = _SHAPE.sub(kept_shape, drawing[:end])
    ids = [int(number) for number in _SHAPE_ID.findall(kept)]
    first = (max(ids, default=0) // _IN_A_BLOCK + 1) * _IN_A_BLOCK + 1
    boxes = "".join(
        _box(cell, words, first + index) for index, (cell, words) in enumerate(new.items())
    )
    box_type = b"" if not new or re.search(rb"id=[\"']_x0000_t202[\"']", kept) else _BOX_TYPE
    return kept + box_type + boxes.encode() + drawing[end:]


def _box(cell: Cell, words: str, number: int) -> str:
    """A hidden box right of the cell, as high as its words need."""
    row, column = cell[0] - 1, cell[1]
    lines = sum(1 + len(line) // 30 for line in words.splitlines())
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 5}, 15, {row + lines + 1}, 4"
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>"
    )
