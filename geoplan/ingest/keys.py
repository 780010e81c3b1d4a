"""What identifies a row of a source from one month's file to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from numpy.typing import NDArray

from geoplan.ingest.findings import BadValue, Findings
from geoplan.text import Text

_HASHED = "#"


class Keys:
    """Gives rows their keys and notes those that come twice in a file."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._rows: dict[str, int] = {}

    def of(
        self, rows: Sequence[int], values: Mapping[str, Sequence[Any]], lonlat: NDArray[Any]
    ) -> list[str]:
        """The bureau's own number, else an OSM id or `id`, else a hash of name and place.

        rows    (n,) numbers; values  columns by field id; lonlat  (n,) shapely, EPSG:4326 or None.
        Notes `key_duplicate`, also for rows that are equal altogether: counted twice they would
        be wrong, and to drop one without a word would be a guess.
        """
        none: list[Any] = [None] * len(rows)
        named = [
            values.get(name, none) for name in ("project_no", "osm_type", "osm_id", "id", "name")
        ]
        # 7 decimals are a centimetre: the same place out of another system has the same key.
        places = shapely.to_wkt(lonlat, rounding_precision=7)
        keys = []
        for row, number, kind, osm, own, name, place in zip(rows, *named, places, strict=True):
            if number or osm or own:
                key = str(number or (f"{kind}/{osm}" if kind and osm else osm) or own)
            elif place is None:  # noted as such
                keys.append("")
                continue
            else:
                digest = hashlib.sha256(f"{name or ''}|{place}".encode(errors="replace"))
                key = _HASHED + digest.hexdigest()[:20]
            first = self._rows.setdefault(key, row)
            if first != row:
                hashed = key.startswith(_HASHED)
                self._findings.add(
                    _duplicate(first, row, hashed=hashed), row=row, value=name if hashed else key
                )
            keys.append(key)
        return keys


def _duplicate(first: int, row: int, *, hashed: bool) -> BadValue:
    same = Text("名称和位置", "name and place") if hashed else Text("编号", "number")
    return BadValue(
        "key_duplicate",
        Text(
            f"第 {first} 行与第 {row} 行的{same.zh}相同",
            f"rows {first} and {row} have the same {same.en}",
        ),
        Text(
            "请删除重复的一行，或给每行不同的项目编号",
            "delete one of them, or give each row a project number of its own",
        ),
    )
