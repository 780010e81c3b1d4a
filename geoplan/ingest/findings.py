"""What is wrong with a file, row by row: all of it is counted, the first of it named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geoplan.errors import GeoplanError, Issue, Severity, Where
from geoplan.text import Text

NAMED = 100
_SHOWN = 80


class BadValue(Exception):  # noqa: N818  one value, not the whole reading
    """What is wrong with a value; whoever reads the table adds where it stands.

    An error is raised, for such a value cannot be taken; a warning or info comes with the value.
    """

    def __init__(self, code: str, detail: Text, remedy: Text, severity: Severity = "error") -> None:
        super().__init__(detail.en)
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.severity = severity

    def issue(self, where: Where, value: Any = None) -> Issue:
        """The finding at its place, the value as it can be printed."""
        said = None if value is None else shown(str(value))
        return Issue(self.code, self.detail, self.remedy, where, said, self.severity)


def take_or_raise(bad: BadValue, notes: list[BadValue] | None) -> None:
    """Note what is doubtful about a value that is taken; without notes it is refused."""
    if notes is None:
        raise BadValue(bad.code, bad.detail, bad.remedy)
    notes.append(bad)


class Findings:
    """Collects the issues of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheet: str | None = None
        self.total = 0
        self._named: list[Issue] = []
        self._batch: list[Issue] = []

    def add(
        self,
        bad: BadValue,
        *,
        row: int | None = None,
        column: str | None = None,
        value: Any = None,
    ) -> None:
        """Note one issue; `row` as the person counts, `column` as the file calls it."""
        where = Where(self.file, self.sheet, row, None if column is None else shown(column))
        self._batch.append(bad.issue(where, value))

    def add_issues(self, issues: Iterable[Issue]) -> None:
        """Note what was found about the file elsewhere."""
        self._batch += issues

    def settle(self) -> bool:
        """Put what was noted of a batch of rows in their order; True while nothing is wrong."""
        self._batch.sort(key=lambda issue: issue.where.row or 0)
        self.total += len(self._batch)
        self._named += self._batch[: NAMED - len(self._named)]
        self._batch.clear()
        return self.total == 0

    def raise_if_any(self) -> None:
        """Raises GeoplanError `import_rejected` with the first issues and the number of all."""
        self.settle()
        if not self.total:
            return
        first = self._named[0]
        more = Text("", "")
        if self.total > len(self._named):
            more = Text(f"，列出前 {NAMED} 处", f"; the first {NAMED} are listed")
        raise GeoplanError(
            "import_rejected",
            Text(
                f"{self.file} 有 {self.total:,} 处错误{more.zh}：{first.detail.zh}",
                f"{self.file} has {self.total:,} errors{more.en}: {first.detail.en}",
            ),
            first.remedy,
            where=first.where,
            issues=self._named,
        )


def shown(text: str) -> str:
    """A value as it can be printed: short, on one line, without control characters."""
    plain = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
