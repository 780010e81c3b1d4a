"""Formats of a workbook with the colours of a report beside them.

A coloured cell keeps its format and gets another ground. The ground that it had stands in the
second colour of the new one, which a plain ground does not show: so a corrected workbook that comes
back gets its own ground again where nothing is wrong any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from geoplan.errors import Severity
from geoplan.uploads.ooxml import (
    MAIN,
    Edits,
    Element,
    elements,
    not_markable,
    with_attributes,
)

Own = Literal["title", "head", "plain", "text", "link", "safe", "error", "warning", "info"]
"""Formats of what the report itself writes; `safe` is a text that stays one when it is edited."""

COLORS: dict[str, str] = {"error": "FFFFB7B9", "warning": "FFFFE699", "info": "FFD3E4F6"}
"""Grounds by severity; beside each stands a sign and a word."""

_HEAD = "FFE8ECEF"
_NO_COLOR = 'indexed="64"'
_SEVERITY = {color: severity for severity, color in COLORS.items()}
_FONTS = {
    "title": '<{p}b/><{p}sz val="14"/><{p}name val="Calibri"/>',
    "head": '<{p}b/><{p}sz val="11"/><{p}name val="Calibri"/>',
    "link": '<{p}u/><{p}sz val="11"/><{p}color rgb="FF0B5394"/><{p}name val="Calibri"/>',
}
_NONE = Element("", "", {}, 0, 0, 0, is_empty_tag=True)
_WRAPPED = {"text"}

MINIMAL = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()
"""Of a workbook without any format."""


class Styles:
    """The part `styles.xml`, which grows while cells are marked."""

    def __init__(self, data: bytes) -> None:
        """Raises GeoplanError `workbook_not_markable`."""
        self._edits = Edits(data)
        found = elements(data, {"fonts", "font", "fills", "fill", "cellXfs", "xf"})
        self._lists = {each.name: each for each in found if each.name.endswith("s")}
        if any(self._lists.get(name, _NONE).is_empty_tag for name in ("fonts", "fills", "cellXfs")):
            raise not_markable()
        self._prefix = self._lists["cellXfs"].prefix
        self._fonts = [b""] * len(self._inside(found, "font", "fonts"))
        self._fills = [each.raw(data) for each in self._inside(found, "fill", "fills")]
        self._formats = [each.raw(data) for each in self._inside(found, "xf", "cellXfs")]
        self._held = {"fonts": len(self._fonts), "fills": len(self._fills)}
        self._held["cellXfs"] = len(self._formats)
        self._made: dict[tuple[object, ...], int] = {}
        ours = {index for index, fill in enumerate(self._fills) if _severity(fill) is not None}
        self.has_marks = any(_fill_id(each) in ours for each in self._formats)
        """Whether a report has coloured cells of this workbook before."""

    def marked(self, style: int, severity: Severity) -> int:
        """The format of a cell with the ground of a severity; an earlier mark's is forgotten."""
        return self._once(("marked", style, severity), lambda: self._mark(style, severity))

    def restored(self, style: int) -> int:
        """The format that a cell had before a report coloured it; itself if none did."""
        fill = self._fill_of(style)
        if _severity(fill) is None:
            return style
        return self._once(("restored", style), lambda: self._restore(style, fill))

    def own(self, kind: Own) -> int:
        """A format of what the report writes itself."""
        return self._once(("own", kind), lambda: self._make(kind))

    def result(self) -> bytes:
        """The part with what was added; not to be asked before everything is marked."""
        for name, items in (
            ("fonts", self._fonts),
            ("fills", self._fills),
            ("cellXfs", self._formats),
        ):
            added = items[self._held[name] :]
            if added:
                whole = self._lists[name]
                self._edits.set(whole, count=str(len(items)))
                self._edits.insert(whole.end, b"".join(added))
        return self._edits.result()

    def _inside(self, found: list[Element], name: str, within: str) -> list[Element]:
        whole = self._lists[within]
        return [each for each in found if each.name == name and whole.at < each.at < whole.end]

    def _once(self, key: tuple[object, ...], make: Callable[[], int]) -> int:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _mark(self, style: int, severity: Severity) -> int:
        style = self.restored(style)
        before = _ground(self._fill_of(style)) or _NO_COLOR
        return self._with_fill(style, f'rgb="{COLORS[severity]}"', before)

    def _restore(self, style: int, fill: bytes) -> int:
        before = _attributes(fill, "bgColor")
        if before and before != _NO_COLOR:
            return self._with_fill(style, before, _NO_COLOR)
        return self._append(self._formats, _of_fill(self._format(style), 0))

    def _with_fill(self, style: int, front: str, back: str) -> int:
        p = self._prefix
        number = self._append(self._fills, _plain_fill(p, front, back))
        return self._append(self._formats, _of_fill(self._format(style), number))

    def _make(self, kind: Own) -> int:
        p = self._prefix
        font = 0
        if kind in _FONTS:
            made = f"<{p}font>{_FONTS[kind].format(p=p)}</{p}font>"
            font = self._append(self._fonts, made.encode())
        fill = 0
        color = COLORS.get(kind) or (_HEAD if kind == "head" else None)
        if color:
            fill = self._append(self._fills, _plain_fill(p, f'rgb="{color}"', _NO_COLOR))
        wrap = f'<{p}alignment vertical="top" wrapText="1"/>' if kind in _WRAPPED else ""
        safe = ' quotePrefix="1"' if kind == "safe" else ""
        made = (
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{safe} '
            f'applyFont="1" applyFill="1" applyAlignment="1">{wrap}</{p}xf>'
        )
        return self._append(self._formats, made.encode())

    def _append(self, items: list[bytes], item: bytes) -> int:
        items.append(item)
        return len(items) - 1

    def _format(self, style: int) -> bytes:
        if not 0 <= style < len(self._formats):
            raise not_markable()
        return self._formats[style]

    def _fill_of(self, style: int) -> bytes:
        number = _fill_id(self._format(style))
        return self._fills[number] if number < len(self._fills) else b""


def _plain_fill(prefix: str, front: str, back: str) -> bytes:
    """A plain ground; front, back  its colours as attributes, of which only the first shows."""
    p = prefix
    colors = f"<{p}fgColor {front}/><{p}bgColor {back}/>"
    pattern = f'<{p}patternFill patternType="solid">{colors}</{p}patternFill>'
    return f"<{p}fill>{pattern}</{p}fill>".encode()


def _fill_id(raw: bytes) -> int:
    found = re.search(rb"\sfillId\s*=\s*[\"'](\d{1,6})[\"']", raw)
    return int(found[1]) if found else 0


def _of_fill(raw: bytes, number: int) -> bytes:
    """A format with another fill."""
    end = raw.index(b">") + 1
    return with_attributes(raw[:end], fillId=str(number), applyFill="1") + raw[end:]


def _severity(fill: bytes) -> str | None:
    """The severity whose colour a fill is."""
    found = re.search(r'rgb="([0-9A-F]{8})"', _attributes(fill, "fgColor") or "")
    return _SEVERITY.get(found[1]) if found else None


def _ground(fill: bytes) -> str | None:
    """The colour of a plain fill, as attributes."""
    return _attributes(fill, "fgColor") if b'"solid"' in fill or b"'solid'" in fill else None


def _attributes(fill: bytes, name: str) -> str | None:
    found = re.search(rb"<(?:[\w.-]+:)?" + name.encode() + rb"\s+([^<>]*?)\s*/?>", fill)
    return found[1].decode() if found else None
