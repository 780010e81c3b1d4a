"""What a report says where: on cells, beside rows, and in the sheet of the whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from geoplan.errors import Severity
from geoplan.ingest.findings import shown
from geoplan.store.upload_report import FoundRow
from geoplan.text import Text
from geoplan.uploads.documents import Document
from geoplan.uploads.ooxml import letters
from geoplan.uploads.report_workbook import MOST_COMMENTS, RANK

SIGNS: dict[Severity, Text] = {
    "error": Text("✗ 错误", "Error"),
    "warning": Text("▲ 警告", "Warning"),
    "info": Text("○ 提示", "Note"),
}
"""Beside each colour stands a sign and a word."""

LISTED = 5_000
"""Findings that the sheet of the whole report lists; the others stand beside their rows."""

_MOST_WORDS = 2_000  # beside one row, in characters
_NO_REASON = Text("审核退回", "given back by the reviewer")
_REVISE = Text("请按审核意见修改", "change it as the reviewer says")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding; `row` and `cell` are those of the sheet."""

    row: int
    cell: str
    issue: Document


@dataclass(slots=True)
class Tally:
    """How often a code was found with this severity; `issue` is the first."""

    issue: Document
    count: int = 0


@dataclass(slots=True)
class Marks:
    """Writes down what goes into a workbook, a line a row, and counts.

    stream      of lines `[row, severity, words, [[column, severity, [words on the cell]]]]`.
    columns     header as issues name it → column from 0.
    anchor      column of the rows' names, for what concerns a row as a whole.
    header_row  of the sheet; shift  from a row's number in the file to that in the sheet.
    """

    stream: TextIO
    columns: Mapping[str, int]
    anchor: int
    header_row: int
    shift: int = 0
    tallies: dict[tuple[Severity, str], Tally] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    total: int = 0
    _worded: Counter[Severity] = field(default_factory=Counter)

    def add_row(self, found: FoundRow) -> None:
        """A row's issues, and what a reviewer said of it."""
        returned = [] if found.returned is None else [_given_back(found.returned)]
        self._add(found.row + self.shift, [*found.issues, *returned])

    def add_file_issues(self, issues: Iterable[Document]) -> None:
        """Of the whole file those that name a row, or a column by its header."""
        by_row: dict[int, list[Document]] = {}
        for issue in issues:
            if issue.get("row") is not None:
                by_row.setdefault(int(issue["row"]) + self.shift, []).append(issue)
            elif issue.get("column") in self.columns:
                by_row.setdefault(self.header_row, []).append(issue)
        for row, found in by_row.items():
            self._add(row, found)

    def _add(self, row: int, issues: Sequence[Document]) -> None:
        cells: dict[int, tuple[Severity, list[str]]] = {}
        for issue in issues:
            severity: Severity = issue["severity"]
            column = self.columns.get(issue.get("column") or "", self.anchor)
            worst, words = cells.get(column, (severity, []))
            if self._worded[severity] < MOST_COMMENTS:
                self._worded[severity] += 1
                words.append(_comment(issue))
            cells[column] = min(worst, severity, key=RANK.__getitem__), words
            self.tallies.setdefault((severity, issue["code"]), Tally(issue)).count += 1
            self.total += 1
            if len(self.lines) < LISTED:
                self.lines.append(Line(row, f"{letters(column)}{row}", issue))
        ranked = sorted(issues, key=lambda issue: RANK[issue["severity"]])
        beside = "；".join(map(_beside, ranked))[:_MOST_WORDS]
        marked = [(column, *cell) for column, cell in cells.items()]
        line = [row, ranked[0]["severity"], beside, marked]
        self.stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def columns_of(headers: Iterable[Document]) -> dict[str, int]:
    """Header as issues name it → its column in the file; of two with one name the first."""
    found: dict[str, int] = {}
    for header in headers:
        found.setdefault(shown(header["header"]), header["column"])
    return found


def sign(severity: Severity) -> str:
    """A severity in a sign and both languages."""
    return f"{SIGNS[severity].zh} {SIGNS[severity].en}"


def _comment(issue: Document) -> str:
    detail, remedy = issue["detail"], issue["remedy"]
    value = f"：{issue['value']}" if issue.get("value") is not None else ""
    return (
        f"{sign(issue['severity'])}  {issue['code']}{value}\n{detail['zh']}\n改法：{remedy['zh']}\n"
        f"{detail['en']}\nRemedy: {remedy['en']}"
    )


def _beside(issue: Document) -> str:
    where = f"{issue['column']}：" if issue.get("column") else ""
    detail, remedy = issue["detail"], issue["remedy"]
    return (
        f"{sign(issue['severity'])} {where}{detail['zh']}，{remedy['zh']} "
        f"({issue['code']}: {detail['en']}; {remedy['en']})"
    )


def _given_back(reason: str) -> Document:
    return {
        "code": "returned",
        "severity": "error",
        "column": None,
        "value": None,
        "detail": {"zh": reason or _NO_REASON.zh, "en": reason or _NO_REASON.en},
        "remedy": {"zh": _REVISE.zh, "en": _REVISE.en},
    }
