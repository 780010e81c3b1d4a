"""Where a table's header stands, and what its columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from geoplan.errors import GeoplanError
from geoplan.ingest.quantities import is_unit
from geoplan.text import Text

SEARCHED = 30
"""Rows among which the header is looked for; above it stand titles."""

Cells = Sequence[Any]
IsKnown = Callable[[str], Any]

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A header: the row it begins in, the rows it takes (1 or 2), and the name of each column.

    Names are unique; a column without one is called ''.
    """

    first: int
    depth: int
    names: list[str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A possible header; `sure`: merged cells or units show that it takes two rows."""

    known: int
    heading: Heading
    sure: bool = False

    @property
    def order(self) -> tuple[int, int]:
        return self.known + self.sure, -self.heading.depth


def find_heading(
    rows: Sequence[int],
    cells: Sequence[Cells],
    is_known: IsKnown,
    *,
    merged: Sequence[Sequence[int]] = (),
    chosen: int | None = None,
) -> Heading:
    """The header among a table's first rows.

    rows      numbers of the rows, as a person counts; cells  their cells.
    is_known  whether a header means something.
    merged    ranges: first row, first column, last row, last column.
    chosen    number of its row, where a person says it; then nothing need be known in it.
    It is the row, or the pair of rows, with the most columns that mean something. The second row
    of a pair holds nothing but such names (位置 above 经度 and 纬度), or stands beside cells that
    are merged over both, or holds units.
    Raises GeoplanError `header_missing`.
    """
    named = [list(map(_name, one)) for one in cells[: None if chosen else SEARCHED]]
    best: _Candidate | None = None
    for index, names in enumerate(named):
        if chosen is not None and rows[index] != chosen:
            continue
        below = named[index + 1] if index + 1 < len(named) else []
        is_next = index + 1 < len(rows) and rows[index + 1] == rows[index] + 1
        for candidate in (
            _single(rows[index], names, is_known),
            _pair(rows[index], names, below, is_known, merged) if is_next else None,
        ):
            if candidate and (best is None or candidate.order > best.order):
                best = candidate
    if best is None or (best.known == 0 and chosen is None):
        raise _missing(chosen)
    return best.heading


def _single(row: int, names: list[str], is_known: IsKnown) -> _Candidate:
    known = sum(bool(name and is_known(name)) for name in names)
    return _Candidate(known, Heading(row, 1, _unique(names)))


def _pair(
    row: int, upper: list[str], lower: list[str], is_known: IsKnown, merged: Sequence[Sequence[int]]
) -> _Candidate | None:
    """The header of two rows, None where the second one is none."""
    width = max(len(upper), len(lower))
    above = _spread(row, [*upper, *[""] * (width - len(upper))], lower, merged)
    below = [*lower, *[""] * (width - len(lower))]
    filled = [name for name in below if name]
    if not filled:
        return None
    is_merged = any(top == row and bottom == row + 1 for top, _, bottom, _ in merged)
    has_units = all(is_unit(name.strip("()（）")) for name in filled)
    if has_units:
        names = [
            f"{one}（{unit.strip('()（）')}）" if unit else one
            for one, unit in zip(above, below, strict=True)
        ]
    elif all(map(is_known, filled)) or is_merged:
        names = [_joined(one, other, is_known) for one, other in zip(above, below, strict=True)]
    else:
        return None
    known = sum(bool(name and is_known(name)) for name in names)
    return _Candidate(known, Heading(row, 2, _unique(names)), sure=has_units or is_merged)


def _spread(
    row: int, upper: list[str], lower: list[str], merged: Sequence[Sequence[int]]
) -> list[str]:
    """The upper names, one that is merged over columns (or seems so) over each name below."""
    right = {left: last for top, left, _, last in merged if top == row}
    names, current, until = [], "", -1
    for column, name in enumerate(upper):
        if name:
            current, until = name, right.get(column, -1 if merged else len(upper))
        has_below = column < len(lower) and bool(lower[column])
        names.append(name or (current if has_below and column <= until else ""))
    return names


def _joined(upper: str, lower: str, is_known: IsKnown) -> str:
    """The name of a column under a header of two rows: the lower one, if it says enough alone."""
    if not upper or not lower or is_known(lower):
        return lower or upper
    return next((name for name in (upper + lower, lower + upper) if is_known(name)), upper + lower)


def _unique(names: list[str]) -> list[str]:
    """Names of which none comes twice: a second 备注 is 备注 (2)."""
    held: dict[str, int] = {}
    unique = []
    for name in names:
        held[name] = held.get(name, 0) + 1
        unique.append(f"{name} ({held[name]})" if name and held[name] > 1 else name)
    while unique and not unique[-1]:
        unique.pop()
    return unique


def _name(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def is_repeated(cells: Cells, names: Sequence[str]) -> bool:
    """Whether a row is the header again, as at the top of a printed page."""
    same = 0
    for cell, name in zip(cells, names, strict=False):
        if cell is None:
            continue
        if cell != name and not (
            isinstance(cell, str) and cell.strip()[:1] == name[:1] and _flat(cell) == _flat(name)
        ):
            return False
        same += 1
    return same > 1


def _flat(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def _missing(chosen: int | None) -> GeoplanError:
    remedy = Text(
        "请加一行表头，如：名称、区县、状态、经度、纬度",
        "add a header row, such as name, unit, status, lon, lat",
    )
    if chosen is not None:
        what = Text(f"第 {chosen} 行没有内容，不是表头", f"row {chosen} is empty: no header")
    else:
        what = Text(
            f"前 {SEARCHED} 行中没有可识别的表头",
            f"none of the first {SEARCHED} rows is a header that is understood",
        )
    return GeoplanError("header_missing", what, remedy)
