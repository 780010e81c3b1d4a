"""Rows as a reader hands them over, made for a test of what comes after reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoplan.errors import Issue
from geoplan.ingest.notes import Notes
from geoplan.ingest.reference import Constraint, Known, Reference
from geoplan.ingest.rows import RowBatch

HEADERS = {"lon": "经度", "lat": "纬度", "lonlat": "坐标", "crs": "坐标系"}
TODAY = date(2023, 11, 24)


def table(place: Mapping[str, Sequence[Any]], **headers: str) -> RowBatch:
    """A batch of a table's rows from 2 on; `place` as `RowBatch` has it."""
    count = len(next(iter(place.values())))
    return RowBatch(
        row=list(range(2, 2 + count)),
        raw=[{} for _ in range(count)],
        values=[{} for _ in range(count)],
        issues=[[] for _ in range(count)],
        place={key: list(cells) for key, cells in place.items()},
        place_header={key: headers.get(key, HEADERS[key]) for key in place},
        geometry=None,
        faults={},
    )


def pairs(places: Any, **headers: str) -> RowBatch:
    """A batch of rows with these numbers (n, 2) under 经度 and 纬度."""
    cells = np.asarray(places).tolist()
    return table({"lon": [x for x, _ in cells], "lat": [y for _, y in cells]}, **headers)


def shapes(geometry: Sequence[Any], faults: Mapping[int, str] | None = None) -> RowBatch:
    """A batch of features."""
    count = len(geometry)
    held: NDArray[np.object_] = np.empty(count, dtype=object)
    held[:] = geometry
    return RowBatch(
        row=list(range(1, 1 + count)),
        raw=[{} for _ in range(count)],
        values=[{} for _ in range(count)],
        issues=[[] for _ in range(count)],
        place={},
        place_header={},
        geometry=held,
        faults=dict(faults or {}),
    )


def notes_of(*batches: RowBatch) -> Notes:
    return Notes(
        "台账.xlsx",
        "Sheet1",
        [row for batch in batches for row in batch.row],
        [issues for batch in batches for issues in batch.issues],
    )


def codes(notes: Notes) -> list[tuple[int, str, str]]:
    """Row, code and severity of every issue of a row; both languages have words, and a remedy."""
    found = [issue for issues in notes.issues for issue in issues]
    assert all(_has_words(issue) for issue in (*found, *notes.of_file))
    return [(issue.where.row or 0, issue.code, issue.severity) for issue in found]


def file_codes(notes: Notes) -> list[tuple[str, str]]:
    """Code and severity of every issue of the file."""
    assert all(_has_words(issue) for issue in notes.of_file)
    return [(issue.code, issue.severity) for issue in notes.of_file]


def _has_words(issue: Issue) -> bool:
    return all((issue.detail.zh, issue.detail.en, issue.remedy.zh, issue.remedy.en))


def known(
    names: Sequence[str],
    lonlat: Any,
    numbers: Sequence[str | None] | None = None,
    properties: list[dict[str, Any]] | None = None,
    unit: str | None = None,
) -> Known:
    """Held features of the layer `school`."""
    count = len(names)
    numbers = numbers or [None] * count
    return Known(
        feature_id=[f"id-{n}" for n in range(count)],
        source_id=["upload-510104"] * count,
        key=[number or f"#{n}" for n, number in enumerate(numbers)],
        layer=["school"] * count,
        project_no=list(numbers),
        name=list(names),
        unit=[unit] * count,
        lonlat=np.asarray(lonlat, dtype=float).reshape(-1, 2),
        properties=properties,
    )


def reference(
    features: Known | None = None,
    places: Known | None = None,
    units: Mapping[str, Any] | None = None,
    constraints: Sequence[Constraint] = (),
) -> Reference:
    return Reference(
        features or Known.nothing(),
        places or Known.nothing(),
        units or {},
        tuple(constraints),
        TODAY,
    )
