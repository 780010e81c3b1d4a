"""How a table is laid out: what became of its columns, and of rows that hold no feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["chosen", "exact", "synonym", "cut", "none"]
"""How a header came to its field: a person said so, it is its name, a synonym, a cut name."""

SkipReason = Literal["title", "total", "blank", "hidden"]


@dataclass(frozen=True, slots=True)
class HeaderUse:
    """What became of a column.

    column  0-based in the sheet, or among the attributes of a feature.
    field   id of the layer's field; `lonlat`, `crs`, `id`, `osm_id`, `osm_type` of further
            columns; of a personal field too, though its cells are nowhere kept.
    unit    as it stands in the header.
    """

    header: str
    column: int
    field: str | None
    how: How
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that holds no feature; of blank rows the first thousand are named."""

    row: int
    reason: SkipReason
