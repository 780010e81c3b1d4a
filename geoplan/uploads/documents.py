"""What is kept of a check as JSON: issues in both languages, headers, the coordinate system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from geoplan.errors import GeoplanError, Issue, Where
from geoplan.ingest.checked import Checked, CrsDecision, Match
from geoplan.text import Lang, Text

_SKIPPED_NAMED = 1_000

Document = dict[str, Any]


def issue(found: Issue) -> Document:
    """An issue in both languages."""
    where = found.where
    return {
        "code": found.code,
        "severity": found.severity,
        "row": where.row,
        "column": where.column,
        "value": found.value,
        "detail": _both(found.detail),
        "remedy": _both(found.remedy),
    }


def issues_of(error: GeoplanError) -> list[Document]:
    """What a refused file is told: each finding, or the refusal itself."""
    refusal = Issue(error.code, error.detail, error.remedy, error.where or Where())
    found = error.issues or (refusal,)
    return [issue(each) for each in found]


def told(document: Document, lang: Lang) -> Document:
    """A kept issue in one language."""
    return {
        name: value[lang] if name in {"detail", "remedy"} else value
        for name, value in document.items()
        if value is not None or name in {"column", "value"}
    }


def codes(documents: Iterable[Document]) -> list[str]:
    """The codes of issues, each once."""
    return list(dict.fromkeys(each["code"] for each in documents))


def warnings(documents: Iterable[Document]) -> list[str]:
    """The codes of those that need a nod."""
    return codes(each for each in documents if each["severity"] == "warning")


def match(found: Match, names: Mapping[str, str]) -> Document:
    """The held feature that a row is, and what it is called; `names`  by feature id."""
    return asdict(found) | {"name": names.get(found.feature_id)}


def crs(decision: CrsDecision) -> Document:
    """Which coordinate system, how that was found, and the readings beside each other."""
    return {
        "chosen": decision.chosen,
        "how": decision.how,
        "detail": _both(decision.detail),
        "candidates": [
            asdict(reading) | {"first": [list(spot) for spot in reading.first]}
            for reading in decision.candidates
        ],
    }


def reading(checked: Checked, personal: Collection[str]) -> Document:
    """How a file was read. Columns of personal data are named, their cells are kept nowhere."""
    skipped = checked.skipped
    return {
        "sheet": checked.sheet,
        "sheets": checked.sheets,
        "encoding": checked.encoding,
        "header_row": checked.header_row,
        "headers": [
            asdict(header) | {"personal": header.header in personal} for header in checked.headers
        ],
        "columns": checked.columns,
        "skipped": {
            "count": len(skipped),
            "reasons": dict(Counter(row.reason for row in skipped)),
            "rows": [asdict(row) for row in skipped if row.reason != "blank"][:_SKIPPED_NAMED],
        },
    }


def _both(text: Text) -> Document:
    return {"zh": text.zh, "en": text.en}
