"""What checking a file yields: its rows with their issues, and how its places were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from geoplan.errors import Issue
from geoplan.ingest.rows import HeaderUse, SkippedRow
from geoplan.text import Text

Verdict = Literal["ok", "warning", "error", "skipped"]
How = Literal["declared", "chosen", "size", "names", "districts", "undecided", "none"]


@dataclass(frozen=True, slots=True)
class CrsReading:
    """A file's places under one coordinate system.

    crs      "EPSG:n", "GCJ-02" or "BD-09".
    shift_m  metres from known features of the same names to the rows, by the median of both
             axes; None without any.
    matched  rows that have such a name.
    misfits  rows outside the district that they name.
    outside  rows outside the city.
    first    row, lon, lat (EPSG:4326) of the first 50 rows.
    """

    crs: str
    shift_m: float | None
    matched: int
    misfits: int
    outside: int
    first: list[tuple[int, float, float]]


@dataclass(frozen=True, slots=True)
class CrsDecision:
    """Which system a file is in, and how that was found.

    chosen      of most rows; None while a person must choose, or when no row has a place.
    how         `chosen`: by the uploader; `declared`: by the file; `size`, `names`, `districts`:
                by the evidence; `undecided`: to be asked; `none`: there is nothing to decide.
    candidates  the readings that were compared, for the map.
    """

    chosen: str | None
    how: How
    candidates: tuple[CrsReading, ...]
    detail: Text


@dataclass(frozen=True, slots=True)
class Match:
    """The held feature that a row is; not `sure`: a person confirms."""

    feature_id: str
    source_id: str
    key: str
    how: Literal["project_no", "name"]
    sure: bool


@dataclass(slots=True)
class CheckedRow:
    """One row of a file.

    row         its number as the person counts.
    raw         header → cell as it was read.
    values      field id → JSON value (days as ISO text); absent where empty or bad.
    wkb         its shape, EPSG:4326, 2D; None where it has none.
    original    of points that came in another system: `x`, `y`, `crs` as they stood in the file.
    source_crs  the system the place was read in; "" without a place.
    unit        code of the reporting unit that the row names.
    """

    row: int
    raw: dict[str, Any]
    values: dict[str, Any]
    wkb: bytes | None
    original: dict[str, Any] | None
    source_crs: str
    unit: str | None
    issues: list[Issue]
    verdict: Verdict
    match: Match | None


@dataclass(slots=True)
class Checked:
    """A whole file; `columns` names the headers of the columns that say where a row is, `sheets`
    all that the file has."""

    format: str
    sheet: str | None
    encoding: str | None
    header_row: int | None
    headers: list[HeaderUse]
    skipped: list[SkippedRow]
    crs: CrsDecision
    file_issues: list[Issue]
    rows: list[CheckedRow]
    columns: dict[str, str] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
