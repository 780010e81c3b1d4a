"""Which earlier upload a file is the correction of, and what it changed there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psycopg

from geoplan.errors import GeoplanError
from geoplan.ingest import sandbox
from geoplan.ingest.marks import is_check_column
from geoplan.store.corrections import cells_of, likely_corrected, outlines
from geoplan.store.uploads import Upload, held_upload
from geoplan.uploads.changes import Changes, what_changed

_LIKE_ENOUGH = 0.6
"""Share of the fewer rows that two files must have in common, to be taken for one ledger."""
_LIKE_HEADERS = 0.7
"""Share of all their columns that both have."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a workbook says of itself: that it is the report of an upload, and of which bytes."""

    upload: UUID
    sha256: str


@dataclass(frozen=True, slots=True)
class Correction:
    """An upload that a file corrects.

    how  `said`: by who sent it; `report`: it is that upload's own report; `likeness`: by its rows.
    """

    upload: UUID
    how: Literal["said", "report", "likeness"]
    changes: Changes

    def as_json(self) -> dict[str, Any]:
        """As `upload.changes` keeps it."""
        return {"how": self.how, **self.changes.as_json()}


def origin_of(path: Path) -> Origin | None:
    """The upload whose report a file says it is; None of any other. Read in the sandbox.

    It is what the file says: `corrects` looks whether that upload is there and of the same unit.
    """
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return None
    try:
        [said] = sandbox.run("geoplan.uploads.report_workbook:identity", path)
    except GeoplanError:  # an archive of another kind, or built oddly: it says nothing
        return None
    return None if said is None else Origin(UUID(said["upload"]), str(said["sha256"]))


def corrects(
    connection: psycopg.Connection, upload: Upload, headers: Sequence[str], origin: Origin | None
) -> Correction | None:
    """The upload that a new one corrects, and what changed; None when it is a file of its own.

    connection  in a transaction that sees the unit's uploads; the new one's rows have been put.
    headers     the columns of the new file; origin  what it says of itself (`origin_of`).
    """
    found = _found(connection, upload, headers, origin)
    if found is None:
        return None
    before, how = found
    changes = what_changed(
        outlines(connection, before),
        outlines(connection, upload.id),
        partial(cells_of, connection, before),
        partial(cells_of, connection, upload.id),
    )
    return Correction(before, how, changes)


def likeness(
    headers: tuple[Collection[str], Collection[str]], common: int, rows: tuple[int, int]
) -> float:
    """How much two files are one and the same ledger, 0 to 1; 0 where they are too unlike.

    headers  the columns of both.
    common   rows of the one whose project number or name the other has.
    rows     how many rows either has.
    """
    columns = [{name for name in names if not is_check_column(name)} for names in headers]
    together = len(columns[0] | columns[1])
    if not together or len(columns[0] & columns[1]) < _LIKE_HEADERS * together:
        return 0.0
    share = common / max(min(rows), 1)
    return min(share, 1.0) if share >= _LIKE_ENOUGH else 0.0


def _found(
    connection: psycopg.Connection, upload: Upload, headers: Sequence[str], origin: Origin | None
) -> tuple[UUID, Literal["said", "report", "likeness"]] | None:
    if upload.corrects is not None:
        return upload.corrects, "said"
    held = None if origin is None else held_upload(connection, origin.upload)
    if (
        held is not None
        and origin is not None
        and held.id != upload.id
        and (held.layer, held.unit, held.sha256) == (upload.layer, upload.unit, origin.sha256)
    ):
        return held.id, "report"
    rows = len(outlines(connection, upload.id))
    rated = [
        (likeness((headers, each.headers), each.common, (rows, each.rows)), each.id)
        for each in likely_corrected(connection, upload.id)
    ]
    best = max(rated, key=lambda pair: pair[0], default=None)
    return (best[1], "likeness") if best is not None and best[0] else None
