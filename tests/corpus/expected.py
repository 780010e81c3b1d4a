"""A staff file with the whole of what must be found in it, and the comparison with what was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely

from geoplan.catalogue import City
from geoplan.errors import GeoplanError, Issue, Severity, Where
from geoplan.ingest.check import check_file
from geoplan.ingest.checked import Checked, CheckedRow
from geoplan.ingest.reference import Constraint, Known, Reference
from geoplan.ingest.rows import ReadOptions
from tests.corpus.ground import Spot

TODAY = date(2023, 11, 24)
"""The day of the corpus: the eve of the monthly report."""

WGS84 = ReadOptions(crs="EPSG:4326")
"""The uploader says so of a table."""
SILENT = ReadOptions()
"""The uploader says nothing."""
_GEOD = pyproj.Geod(ellps="WGS84")
_WORST = {"error": "error", "warning": "warning", "info": "ok"}


class _Place:
    """Stands for whichever column holds the place: either of the pair, or none beside geometry."""

    def __repr__(self) -> str:
        return "PLACE"


PLACE = _Place()


@dataclass(frozen=True, slots=True)
class Want:
    """One issue that must be found.

    row     as a person counts it; None for the file as a whole.
    column  header as the file has it; several: one of them; PLACE; None: no column.
    says    patterns that the Chinese detail must hold.
    """

    row: int | None
    column: str | tuple[str | None, ...] | _Place | None
    code: str
    severity: Severity
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.code} ({self.severity})"


Column = str | tuple[str | None, ...] | _Place | None


def error(row: int | None, column: Column, code: str, *says: str) -> Want:
    return Want(row, column, code, "error", says)


def warning(row: int | None, column: Column, code: str, *says: str) -> Want:
    return Want(row, column, code, "warning", says)


def info(row: int | None, column: Column, code: str, *says: str) -> Want:
    return Want(row, column, code, "info", says)


@dataclass(frozen=True, slots=True)
class Good:
    """What a chosen row must have become.

    values  field id → JSON value (numbers to 1e-9); None: the field must be absent.
    place   lon, lat of the point, or of one vertex of the shape.
    unit    code of its reporting unit; match  feature id that it updates.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    place: Spot | None = None
    unit: str | None = None
    match: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A feature that is held already."""

    name: str
    at: Spot
    project_no: str | None = None
    unit: str | None = None
    layer: str = "place"
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A file and everything that must be found in it, and nothing more.

    id        a sentence in a few words.
    make      writes the file into a folder and returns its path.
    issues    all issues, in any order.
    rows      numbers of the rows that are read, where that matters.
    skipped   row → reason of those passed over (titles and blank rows are not compared).
    good      row → what it must have become.
    crs, how  the decision; None: not compared.
    held      features of the layer; places  named points of other layers; limits  constraints.
    near_m    tolerance of `Good.place`.
    """

    id: str
    layer: str
    make: Callable[[Path], Path]
    issues: tuple[Want, ...] = ()
    options: ReadOptions = WGS84
    rows: tuple[int, ...] | None = None
    skipped: Mapping[int, str] = field(default_factory=dict)
    good: Mapping[int, Good] = field(default_factory=dict)
    crs: str | None = None
    how: tuple[str, ...] | None = None
    held: tuple[Held, ...] = ()
    places: tuple[Held, ...] = ()
    limits: tuple[Constraint, ...] = ()
    near_m: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """What `check_file` said of a case: the checked file, or the error that refused it."""

    checked: Checked | None
    refused: GeoplanError | None

    def issues(self) -> list[Issue]:
        if self.refused is not None:
            refused = self.refused
            where = refused.where or Where()
            return list(refused.issues) or [
                Issue(refused.code, refused.detail, refused.remedy, where)
            ]
        assert self.checked is not None
        return [
            *self.checked.file_issues,
            *(issue for row in self.checked.rows for issue in row.issues),
        ]


def check(case: Case, folder: Path, city: City, units: Mapping[str, Any]) -> Found:
    """Make the file of a case and check it as an upload is checked."""
    reference = Reference(
        features=_known(case.held),
        places=_known((*case.held, *case.places)),
        units=dict(units),
        constraints=case.limits,
        today=TODAY,
    )
    path = case.make(folder)
    try:
        return Found(
            check_file(
                path, city.layer(case.layer), city, case.options, reference, lambda *_: None
            ),
            None,
        )
    except GeoplanError as refused:
        return Found(None, refused)


def _known(held: Sequence[Held]) -> Known:
    return Known(
        feature_id=[f"held-{number}" for number in range(len(held))],
        source_id=["upload-510104"] * len(held),
        key=[one.project_no or f"#{number}" for number, one in enumerate(held)],
        layer=[one.layer for one in held],
        project_no=[one.project_no for one in held],
        name=[one.name for one in held],
        unit=[one.unit for one in held],
        lonlat=np.array([one.at for one in held], dtype=float).reshape(-1, 2),
        properties=[dict(one.properties) for one in held],
    )


def faults(case: Case, found: Found) -> list[str]:
    """Everything in which the finding differs from the expectation; empty when it is right."""
    faults = _issue_faults(case, found)
    if found.checked is None:
        said = found.refused and f"{found.refused.code}: {found.refused.detail.zh}"
        return faults + [f"refused: {said}" for _ in [0] if case.good or case.rows]
    checked = found.checked
    rows = {row.row: row for row in checked.rows}
    faults += [
        f"row {row.row}: verdict {row.verdict}, its issues say {_verdict(row)}"
        for row in checked.rows
        if row.verdict != _verdict(row)
    ]
    if case.rows is not None and tuple(sorted(rows)) != case.rows:
        faults.append(f"rows {sorted(rows)}, expected {case.rows}")
    skipped = {skip.row: skip.reason for skip in checked.skipped}
    told = {row: reason for row, reason in skipped.items() if reason in {"total", "hidden"}}
    if told != dict(case.skipped):
        faults.append(f"skipped {told}, expected {dict(case.skipped)}")
    faults += [f"row {row} is both read and skipped" for row in skipped if row in rows]
    if case.crs is not None and checked.crs.chosen != case.crs:
        faults.append(f"crs {checked.crs.chosen} ({checked.crs.how}), expected {case.crs}")
    if case.how is not None and checked.crs.how not in case.how:
        faults.append(f"crs found by {checked.crs.how}, expected {case.how}")
    for number, good in case.good.items():
        if number not in rows:
            faults.append(f"row {number} was not read")
        else:
            faults += _row_faults(rows[number], good, case.near_m)
    return faults


def _verdict(row: CheckedRow) -> str:
    severities = {issue.severity for issue in row.issues}
    return next((_WORST[one] for one in ("error", "warning", "info") if one in severities), "ok")


def _issue_faults(case: Case, found: Found) -> list[str]:
    left = list(found.issues())
    faults: list[str] = []
    place = set(found.checked.columns.values()) if found.checked else set()
    for want in case.issues:
        hit = next((issue for issue in left if _is(issue, want, place)), None)
        if hit is None:
            faults.append(f"not found: {want}")
        else:
            left.remove(hit)
    faults += [f"unexpected: {_shown(issue)}" for issue in left]
    faults += [
        f"without words: {_shown(issue)}"
        for issue in found.issues()
        if not all((issue.detail.zh, issue.detail.en, issue.remedy.zh, issue.remedy.en))
    ]
    return faults


def _is(issue: Issue, want: Want, place: Collection[str]) -> bool:
    if (issue.code, issue.severity, issue.where.row) != (want.code, want.severity, want.row):
        return False
    if not all(re.search(pattern, issue.detail.zh) for pattern in want.says):
        return False
    column = issue.where.column
    if isinstance(want.column, _Place):
        return column in place or (column is None and not place)
    if isinstance(want.column, tuple):
        return column in want.column
    return column == want.column


def _shown(issue: Issue) -> str:
    where = issue.where
    return (
        f"row {where.row}, {where.column}: {issue.code} ({issue.severity}) "
        f"value {issue.value!r}: {issue.detail.zh}"
    )


def _row_faults(row: CheckedRow, good: Good, near_m: float) -> list[str]:
    faults = [
        f"row {row.row}: {name} is {row.values.get(name)!r}, expected {value!r}"
        for name, value in good.values.items()
        if not _equal(row.values.get(name), value)
    ]
    if good.unit is not None and row.unit != good.unit:
        faults.append(f"row {row.row}: unit {row.unit}, expected {good.unit}")
    if good.match is not None and (row.match is None or row.match.feature_id != good.match):
        faults.append(f"row {row.row}: match {row.match}, expected {good.match}")
    if good.place is not None:
        if row.wkb is None:
            faults.append(f"row {row.row}: has no place")
        else:
            away = _metres(shapely.from_wkb(row.wkb), good.place)
            if away > near_m:
                faults.append(f"row {row.row}: {away:.2f} m from where it should be")
    return faults


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(expected, float) and isinstance(value, int | float):
        return bool(abs(value - expected) <= 1e-9 * max(1.0, abs(expected)))
    return bool(value == expected and isinstance(value, bool) == isinstance(expected, bool))


def _metres(shape: Any, at: Spot) -> float:
    """From a place to the nearest vertex of a shape."""
    xy = shapely.get_coordinates(shape)
    _, _, away = _GEOD.inv(xy[:, 0], xy[:, 1], [at[0]] * len(xy), [at[1]] * len(xy))
    return float(np.min(away))
