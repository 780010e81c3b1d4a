"""What differs between the rows of two files, of which one is the other corrected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoplan.ingest.marks import is_check_column
from geoplan.store.corrections import Outline

LISTED = 1_000
"""Rows of a kind that are named one by one; the counts are of all."""

_AT_ONCE = 1_000

Cells = Mapping[str, Any]
"""A row as it stood in its file: header → cell."""

CellsOf = Callable[[Sequence[int]], Mapping[int, Cells]]
"""The cells of rows, by the rows' numbers."""


@dataclass(frozen=True, slots=True)
class CellChange:
    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of both files whose cells or findings differ; `before` is its number in the earlier."""

    row: int
    before: int
    cells: list[CellChange]
    solved: list[str]
    new: list[str]


@dataclass(slots=True)
class Changes:
    """What differs between two files.

    counts       changed, added, gone, same.
    rows         the first of the changed ones.
    added, gone  numbers of the first rows that only the later, or only the earlier file has.
    solved, new  how often each code was found only in the earlier, or only in the later file.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rows: list[RowChange] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    solved: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """As `upload.changes` keeps it and the API shows it."""
        return {
            "counts": {name: self.counts[name] for name in ("changed", "added", "gone", "same")},
            "solved": dict(self.solved.most_common()),
            "new": dict(self.new.most_common()),
            "rows": [
                {
                    "row": change.row,
                    "before": change.before,
                    "cells": [
                        {"column": cell.column, "before": cell.before, "after": cell.after}
                        for cell in change.cells
                    ],
                    "solved": change.solved,
                    "new": change.new,
                }
                for change in self.rows
            ],
            "added": self.added,
            "gone": self.gone,
        }


def what_changed(
    before: Sequence[Outline],
    after: Sequence[Outline],
    cells_before: CellsOf,
    cells_after: CellsOf,
) -> Changes:
    """Pair the rows of two files and say what differs.

    A row is found again by its project number, else by its name, else by having the same cells,
    else as the row after the same neighbour with at least half of its cells alike.
    """
    pairs = _pairs(before, after, cells_before, cells_after)
    changes = Changes()
    for index, cells in _cells_of_changed(before, after, pairs, cells_before, cells_after):
        _count(changes, _compared(before[pairs[index]], after[index], *cells))
    changes.rows.sort(key=lambda change: change.row)
    for index, row in enumerate(after):
        if index not in pairs:
            _list(changes.added, row.row)
            changes.counts["added"] += 1
            changes.new.update(_codes(row.issues))
    found = set(pairs.values())
    for index, row in enumerate(before):
        if index not in found:
            _list(changes.gone, row.row)
            changes.counts["gone"] += 1
            changes.solved.update(_codes(row.issues))
    return changes


def _cells_of_changed(
    before: Sequence[Outline],
    after: Sequence[Outline],
    pairs: Mapping[int, int],
    cells_before: CellsOf,
    cells_after: CellsOf,
) -> Iterator[tuple[int, tuple[Cells, Cells]]]:
    """The cells of paired rows, some at a time; of rows that are equal none need be read."""
    differing = []
    for index, old in pairs.items():
        if before[old].digest == after[index].digest:
            yield index, ({}, {})
        else:
            differing.append(index)
    for start in range(0, len(differing), _AT_ONCE):
        part = differing[start : start + _AT_ONCE]
        old_cells = cells_before([before[pairs[index]].row for index in part])
        new_cells = cells_after([after[index].row for index in part])
        for index in part:
            yield index, (old_cells[before[pairs[index]].row], new_cells[after[index].row])


def _compared(before: Outline, after: Outline, old: Cells, new: Cells) -> RowChange:
    solved = Counter(before.issues) - Counter(after.issues)
    arisen = Counter(after.issues) - Counter(before.issues)
    return RowChange(
        after.row,
        before.row,
        [
            CellChange(column, old.get(column), new.get(column))
            for column in dict.fromkeys((*old, *new))
            if not is_check_column(column) and _plain(old.get(column)) != _plain(new.get(column))
        ],
        _codes(solved.elements()),
        _codes(arisen.elements()),
    )


def _count(changes: Changes, change: RowChange) -> None:
    if not (change.cells or change.solved or change.new):
        changes.counts["same"] += 1
        return
    changes.counts["changed"] += 1
    changes.solved.update(change.solved)
    changes.new.update(change.new)
    if len(changes.rows) < LISTED:
        changes.rows.append(change)


def _pairs(
    before: Sequence[Outline],
    after: Sequence[Outline],
    cells_before: CellsOf,
    cells_after: CellsOf,
) -> dict[int, int]:
    """Index in `after` → index in `before`."""
    pairs: dict[int, int] = {}
    found: set[int] = set()
    # Two rows of one project number are an error, which the correction may be about: they go on
    # to the next way. Rows with the same cells are interchangeable, so they go in their order.
    ways: list[tuple[Callable[[Outline], Hashable], bool]] = [
        (lambda row: row.project_no, True),
        (lambda row: row.name, True),
        (lambda row: row.digest, False),
    ]
    for key_of, once in ways:
        old = _by_key(before, found, key_of)
        for key, indices in _by_key(after, pairs, key_of).items():
            held = old.get(key, [])
            if once and not len(indices) == len(held) == 1:
                continue
            for one, other in zip(indices, held, strict=False):
                pairs[one] = other
                found.add(other)
    for index, old_index in _neighbours(len(after), len(before), pairs, found):
        old_cells = cells_before([before[old_index].row])[before[old_index].row]
        if _half_alike(old_cells, cells_after([after[index].row])[after[index].row]):
            pairs[index] = old_index
            found.add(old_index)
    return pairs


def _neighbours(
    rows: int, rows_before: int, pairs: Mapping[int, int], found: Collection[int]
) -> Iterator[tuple[int, int]]:
    """Rows without a pair whose neighbours above are one: such as one whose name was corrected.

    What is yielded may be made a pair before the next one is asked for.
    """
    for index in range(rows):
        if index in pairs:
            continue
        above = pairs.get(index - 1) if index else -1
        if above is not None and above + 1 < rows_before and above + 1 not in found:
            yield index, above + 1


def _by_key(
    rows: Sequence[Outline], without: Collection[int], key_of: Callable[[Outline], Hashable]
) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if index not in without and (key := key_of(row)) is not None:
            found[key].append(index)
    return found


def _half_alike(before: Cells, after: Cells) -> bool:
    columns = dict.fromkeys((*before, *after))
    pairs = [(_plain(before.get(name)), _plain(after.get(name))) for name in columns]
    filled = [pair for pair in pairs if any(pair)]
    return bool(filled) and 2 * sum(old == new for old, new in filled) >= len(filled)


def _codes(issues: Iterable[str]) -> list[str]:
    return sorted(issue.partition(" ")[0] for issue in issues)


def _list(numbers: list[int], number: int) -> None:
    if len(numbers) < LISTED:
        numbers.append(number)


def _plain(cell: Any) -> str:
    """A cell as it is compared: 3, 3.0 and "3" are one value, whatever file holds them."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return str(cell).strip()
