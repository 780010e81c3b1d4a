"""Parts of a workbook changed where they lie: what is not touched stays as it is, byte for byte.

A workbook that a library loads and saves again loses what the library does not know: the results
of its formulas, charts, shapes, the newer kinds of rules. So the few places that a report changes
are found by a parser that tells their offsets, and only they are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from xml.parsers import expat

from geoplan.errors import GeoplanError
from geoplan.text import Text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

_START_TAG = re.compile(rb"<[^\s/>]+(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_NOT_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(slots=True)
class Element:
    """An element of a part; offsets in bytes.

    name        without its prefix, which has the colon.
    at, inside  where its start tag begins and ends.
    end         where its end tag begins; `inside` of one without content.
    """

    name: str
    prefix: str
    attributes: Mapping[str, str]
    at: int
    inside: int
    end: int
    is_empty_tag: bool

    def get(self, name: str) -> str | None:
        """An attribute by its name without prefix."""
        for key, value in self.attributes.items():
            if key == name or key.endswith(f":{name}"):
                return value
        return None

    def after(self, data: bytes) -> int:
        """Where what follows the element begins."""
        return self.inside if self.is_empty_tag else data.index(b">", self.end) + 1

    def raw(self, data: bytes) -> bytes:
        return data[self.at : self.after(data)]


class Edits:
    """Changes of one part, applied together; of two at one place the first comes first."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._edits: list[tuple[int, int, bytes]] = []

    def insert(self, at: int, text: bytes) -> None:
        self._edits.append((at, at, text))

    def replace(self, start: int, stop: int, text: bytes) -> None:
        self._edits.append((start, stop, text))

    def append_to(self, element: Element, text: bytes) -> None:
        """Put content at the end of an element, also of one written `<a/>`."""
        if element.is_empty_tag:
            name = f"{element.prefix}{element.name}".encode()
            start = self.data[element.at : element.inside - 2].rstrip()
            self.replace(element.at, element.inside, start + b">" + text + b"</" + name + b">")
        else:
            self.insert(element.end, text)

    def set(self, element: Element, **values: str) -> None:
        """Set attributes of an element that is not otherwise edited at its start tag."""
        tag = self.data[element.at : element.inside]
        self.replace(element.at, element.inside, with_attributes(tag, **values))

    def result(self) -> bytes:
        pieces = []
        done = 0
        for start, stop, text in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < done:
                raise not_markable()
            pieces += [self.data[done:start], text]
            done = stop
        pieces.append(self.data[done:])
        return b"".join(pieces)


def parser_of(data: bytes) -> Any:
    """A parser that refuses declarations of a document type, and any encoding but UTF-8.

    Raises GeoplanError `workbook_not_markable`.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    said = re.match(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", data.removeprefix(b"\xef\xbb\xbf"))
    if data[:1] not in {b"<", b"\xef", b" ", b"\r", b"\n"} or (
        said and said[1].lower() not in {b"utf-8", b"us-ascii"}
    ):
        raise not_markable()
    return parser


def elements(data: bytes, wanted: Collection[str]) -> list[Element]:
    """The elements of these names (without prefix), in the order of the part.

    Raises GeoplanError `workbook_not_markable` where the part is not XML.
    """
    parser = parser_of(data)
    found: list[Element] = []
    opened: list[Element | None] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        prefix, colon, local = name.rpartition(":")
        element = None
        if local in wanted:
            at = parser.CurrentByteIndex
            inside = tag_end(data, at)
            is_empty = data[inside - 2 : inside - 1] == b"/"
            element = Element(local, prefix + colon, attributes, at, inside, inside, is_empty)
            found.append(element)
        opened.append(element)

    def end(_: str) -> None:
        element = opened.pop()
        if element is not None and not element.is_empty_tag:
            element.end = parser.CurrentByteIndex

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parse(parser, data)
    return found


def parse(parser: Any, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise not_markable() from error


def tag_end(data: bytes, at: int) -> int:
    """Where the start tag at an offset ends."""
    found = _START_TAG.match(data, at)
    if found is None:
        raise not_markable()
    return found.end()


def with_attributes(tag: bytes, **values: str) -> bytes:
    """A start tag with these attributes set."""
    for name, value in values.items():
        setting = f' {name}="{value}"'.encode()
        held = _attribute(name).search(tag)
        named = re.match(rb"<[^\s/>]+", tag)
        if held is not None:
            tag = tag[: held.start()] + setting + tag[held.end() :]
        elif named is not None:
            tag = tag[: named.end()] + setting + tag[named.end() :]
    return tag


def without_attribute(tag: bytes, name: str) -> bytes:
    """A start tag without an attribute."""
    return _attribute(name).sub(b"", tag, count=1)


def text(value: str) -> str:
    """A text as it may stand in XML; what XML cannot hold becomes a mark of replacement."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value), quote=True)


def text_cell(reference: str, value: str, style: int, prefix: str = "") -> bytes:
    """A cell that holds a text, and is a text whatever it begins with: never a formula."""
    p = prefix
    return (
        f'<{p}c r="{reference}" s="{style}" t="inlineStr"><{p}is>'
        f'<{p}t xml:space="preserve">{text(value)}</{p}t></{p}is></{p}c>'
    ).encode()


def letters(column: int) -> str:
    """The letters of a column from 0 on."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def position(reference: str) -> tuple[int, int]:
    """Row from 1 and column from 0 of a reference such as D5."""
    found = _CELL.fullmatch(reference.replace("$", ""))
    if found is None:
        raise not_markable()
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def not_markable() -> GeoplanError:
    """The workbook is made in a way that a report cannot be written into."""
    return GeoplanError(
        "workbook_not_markable",
        Text("无法在原工作簿中标注", "the workbook cannot be marked"),
        Text("请另存为 .xlsx 后重新上传", "save it as .xlsx again and upload that"),
    )


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _refuse(*_: object) -> None:
    raise not_markable()
