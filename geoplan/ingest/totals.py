"""Whether the total rows of a table agree with the rows that they sum."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.ingest.columns import Column, Columns
from geoplan.ingest.findings import BadValue
from geoplan.ingest.headers import PLACE
from geoplan.ingest.quantities import to_number
from geoplan.ingest.tables import TotalRow
from geoplan.text import Text

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """A total that is not the sum of its rows: where it stands, the cell, the finding."""

    row: int
    column: str
    value: Any
    bad: BadValue


class Sums:
    """Keeps the numbers of a table's rows, to compare its total rows with.

    columns  the columns of the table; those of numbers are kept.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = [
            found[0]
            for name, found in columns.items()
            if found[0].field.type in {"integer", "number"} and name not in PLACE
        ]
        self._rows: list[NDArray[np.int64]] = []
        self._numbers: dict[str, list[NDArray[np.float64]]] = {}

    def add(
        self,
        rows: Sequence[int],
        values: Mapping[str, Sequence[Any]],
        bad: Collection[tuple[str | None, int]],
    ) -> None:
        """Keep a batch: numbers of its rows, values by field id.

        bad  (header, index) of cells that hold something unreadable.
        """
        self._rows.append(np.array(rows, dtype=np.int64))
        for column in self._columns:
            numbers = np.array(
                [value or 0.0 for value in values[column.field.id]], dtype=np.float64
            )
            numbers[[index for header, index in bad if header == column.header]] = np.nan
            self._numbers.setdefault(column.field.id, []).append(numbers)

    def differences(self, totals: Sequence[TotalRow]) -> Iterator[Difference]:
        """Totals (in the order of their rows) that are not the sum of any rows they may stand for.

        Those are the rows since another total or the beginning, up to it; or after it, up to
        another or the end. Where a cell in between could not be read, nothing is said.
        """
        if not totals or not self._rows:
            return
        rows = np.concatenate(self._rows)
        at = np.searchsorted(rows, [total.row for total in totals])
        bounds = np.unique([0, *at, len(rows)])
        for column in self._columns:
            numbers = np.concatenate(self._numbers[column.field.id])
            if np.isnan(numbers).any():
                continue
            sums = np.concatenate([[0.0], np.cumsum(numbers)])
            for index, total in enumerate(totals):
                said = _said(total, column)
                if said is None:
                    continue
                own = int(at[index])
                possible = np.abs(sums[own] - sums[bounds])
                possible = np.append(possible, sums[-1])
                if (np.abs(possible - said) <= _tolerance(said)).any():
                    continue
                before = int(at[index - 1]) if index and _is_part(total) else 0
                sum_of_rows = sums[own] - sums[before] if own else sums[-1]
                yield _difference(total, column, said, float(sum_of_rows))


def _said(total: TotalRow, column: Column) -> float | None:
    """The number that a total row gives for a column, None where it gives none."""
    raw = total.cells[column.index] if column.index < len(total.cells) else None
    if raw is None:
        return None
    unit = column.field.unit
    try:
        return to_number(raw, None if unit is None else unit.zh, column.factor, [])
    except BadValue:
        return None


def _tolerance(said: float) -> float:
    """Half a unit of the last decimal that is given."""
    decimals = f"{said:.9f}".rstrip("0").partition(".")[2]
    return 0.5 * 10.0 ** -len(decimals) * (1 if decimals else 0) + _ROUNDING * max(1.0, abs(said))


def _is_part(total: TotalRow) -> bool:
    return any(isinstance(cell, str) and "小" in cell for cell in total.cells)


def _difference(total: TotalRow, column: Column, said: float, held: float) -> Difference:
    unit = column.field.unit
    zh, en = (f" {unit.zh}", f" {unit.en}") if unit else ("", "")
    return Difference(
        total.row,
        column.header,
        total.cells[column.index],
        BadValue(
            "total_differs",
            Text(
                f"合计为 {said:g}{zh}，而各行之和为 {held:g}{zh}",
                f"the total says {said:g}{en}; the rows sum to {held:g}{en}",
            ),
            Text(
                "请核对：是否漏行、隐藏了行，或合计有误",
                "check for rows that are missing or hidden, or correct the total",
            ),
            "warning",
        ),
    )
