"""What is found about the rows of one file, row by row."""

from __future__ import annotations

from typing import Any

from geoplan.errors import Issue, Severity, Where
from geoplan.ingest.findings import BadValue, shown
from geoplan.text import Text


class Notes:
    """Issues of rows by their index, and of the file itself.

    file, sheet  as an issue names them.
    row          (n,) numbers of the rows as a person counts.
    issues       (n,) what is known of each row already; further ones are added behind.
    """

    def __init__(
        self, file: str, sheet: str | None, row: list[int], issues: list[list[Issue]]
    ) -> None:
        self.file = file
        self.sheet = sheet
        self.row = row
        self.issues = issues
        self.of_file: list[Issue] = []

    def add(
        self,
        index: int,
        bad: BadValue,
        severity: Severity = "error",
        *,
        column: str | None = None,
        value: Any = None,
    ) -> None:
        """Note an issue of the row of that index; `column` as the file calls it."""
        where = Where(self.file, self.sheet, self.row[index], column and shown(column))
        said = None if value is None else shown(str(value))
        self.issues[index].append(Issue(bad.code, bad.detail, bad.remedy, where, said, severity))

    def add_of_file(
        self, code: str, severity: Severity, detail: Text, remedy: Text, column: str | None = None
    ) -> None:
        """Note an issue of the whole file."""
        where = Where(self.file, self.sheet, column=column and shown(column))
        self.of_file.append(Issue(code, detail, remedy, where, None, severity))
