"""Named things for these tests."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from geoplan.names import Index, prepare
from geoplan.names.index import COLUMNS
from geoplan.text import Text

JINJIANG, QINGYANG = "510104", "510105"
KINDS = {
    ("place", "school"): Text("教育", "education"),
    ("place", None): Text("日常设施", "Everyday places"),
}


def row(name: str | None, name_en: str | None = None, **more: object) -> dict[str, object]:
    """A named thing in the centre of 锦江区, unless it is told otherwise."""
    made: dict[str, object] = dict.fromkeys(COLUMNS)
    made |= {
        "kind": "feature",
        "layer": "place",
        "id": f"{name}",
        "unit": JINJIANG,
        "category": "school",
    }
    return (
        made
        | {"synthetic": False, "lon": 104.08, "lat": 30.65, "name": name, "name_en": name_en}
        | more
    )


def index_of(*rows: dict[str, object] | str) -> Index:
    made = [row(each) if isinstance(each, str) else each for each in rows]
    return Index(prepare(pl.DataFrame(made, schema=COLUMNS)), KINDS)


def names(index: Index, query: str, limit: int = 10) -> list[str | None]:
    return [hit.name for hit in index.find(query, limit)]


def matches(index: Index, query: str) -> Sequence[tuple[str | None, str]]:
    return [(hit.name, hit.match) for hit in index.find(query, 10)]
