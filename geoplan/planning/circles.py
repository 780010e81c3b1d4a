"""Life circles: which categories of a standard each cell's people have within reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.planning.areas import Area, Areas

MOST_CATEGORIES = 63


@dataclass(frozen=True, slots=True)
class CircleRow:
    """How complete the circles of an area's people are.

    people    all of them; complete  those who lack nothing.
    missing   people by how many categories they lack, from 0 to all of them; sums to `people`.
    lacking   people who lack each category, in the standard's order.
    most_missing  number of the category that most people lack, the earlier one of two that are
              lacked alike; None where nobody lacks any.
    """

    area: Area
    people: int
    complete: int
    missing: tuple[int, ...]
    lacking: tuple[int, ...]
    most_missing: int | None

    @property
    def share(self) -> float | None:
        return self.complete / self.people if self.people else None


def mask(present: Sequence[NDArray[np.bool_]], cells: int) -> NDArray[np.int64]:
    """Bit i of a cell is set when category i is within reach of it: (cells,).

    present  for each category, in the standard's order, the cells (cells,) that have it.
    Raises ValueError for more categories than bits.
    """
    if len(present) > MOST_CATEGORIES:
        raise ValueError(f"a circle has at most {MOST_CATEGORIES} categories")
    found = np.zeros(cells, dtype=np.int64)
    for number, here in enumerate(present):
        found |= here.astype(np.int64) << number
    return found


def missing_count(present: NDArray[np.int64], categories: int) -> NDArray[np.int64]:
    """How many of the categories each cell lacks."""
    return categories - np.bitwise_count(present).astype(np.int64)


def circle_rows(
    areas: Areas, people: NDArray[np.integer], present: NDArray[np.int64], categories: int
) -> list[CircleRow]:
    """One row an area.

    people   (n,) whole people of the cells; present  (n,) as `mask` makes it of `categories`.
    """
    count = missing_count(present, categories)
    columns = [people * (count == lacked) for lacked in range(categories + 1)]
    columns += [people * ((present >> number & 1) == 0) for number in range(categories)]
    rows = []
    for area, row in zip(areas.areas, areas.sums(np.column_stack(columns)).tolist(), strict=True):
        missing, lacking = row[: categories + 1], row[categories + 1 :]
        most = max(range(categories), key=lacking.__getitem__) if any(lacking) else None
        rows.append(CircleRow(area, sum(missing), missing[0], tuple(missing), tuple(lacking), most))
    return rows
