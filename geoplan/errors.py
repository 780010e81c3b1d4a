"""The one kind of error that reaches a person.

Every room raises `GeoplanError`; the doors translate it (the API to RFC 9457
problem details, the command line to three lines and an exit status).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from geoplan.text import Text

Severity = Literal["error", "warning", "info"]
"""An error blocks a row, a warning needs a person's nod, an info is told."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file. Rows count from 1 as the person sees them, the header included."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [
            self.file,
            self.sheet and f"sheet {self.sheet}",
            self.row is not None and f"row {self.row}",
            self.column and f"column {self.column}",
        ]
        return ", ".join(str(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about one place of an input: stable code, what is wrong, what to do."""

    code: str
    detail: Text
    remedy: Text
    where: Where = field(default_factory=Where)
    value: str | None = None
    severity: Severity = "error"


class GeoplanError(Exception):
    """An error with a stable code, an HTTP status, words in both languages and a remedy.

    `issues` names every finding when there are several (an import reports its first 100).
    """

    def __init__(
        self,
        code: str,
        detail: Text,
        remedy: Text,
        *,
        status: int = 400,
        where: Where | None = None,
        issues: Sequence[Issue] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(detail.en)
        self.add_note(remedy.en)  # shown in tracebacks
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.status = status
        self.where = where
        self.issues = tuple(issues)
        self.retry_after_s = retry_after_s
