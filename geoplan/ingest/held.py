"""Rows that are features which are held already: by project number, or by name and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoplan.ingest.checked import Match
from geoplan.ingest.duplicates import NEAR_M
from geoplan.ingest.findings import BadValue, shown
from geoplan.ingest.notes import Notes
from geoplan.ingest.projects import ProjectName, may_be_one, number_key, project_name
from geoplan.ingest.reference import Known
from geoplan.text import Text
from geoplan.units import geodesic_distance_m

FAR_M = 2_000.0
"""Within which a row of exactly the same name may be a held feature whose place was corrected."""
SAME_M = 1.0
"""Nearer than that is the same place, written in another way."""
LAST_MONTH = 0.9
"""Share of unchanged rows from which on a file is taken for last month's."""

_LEAST_ROWS = 3
_NEIGHBOURS = 8
_METRES_A_DEGREE = 111_195.0
_PLACE = {"lon", "lat", "lonlat"}


@dataclass(frozen=True, slots=True)
class Rows:
    """What identifies the rows (n) of a file.

    lonlat  (n, 2) centres, EPSG:4326; NaN for none.
    values  as JSON has them; `unit` is compared by its code in `units`.
    """

    names: Sequence[ProjectName | None]
    numbers: Sequence[str | None]
    units: Sequence[str | None]
    lonlat: NDArray[np.float64]
    values: Sequence[Mapping[str, Any]]


def check_held(
    rows: Rows,
    known: Known,
    prefixes: Sequence[str],
    notes: Notes,
    number_column: str | None,
    name_column: str | None,
) -> list[Match | None]:
    """The held feature that each row (n) is, or may be.

    Notes `matches_held`, `may_match_held`, `unchanged`, and of the file `last_months_file`.
    """
    matches: list[Match | None] = [None] * len(rows.names)
    if not known.feature_id:
        return matches
    by_number = {
        key: index
        for index, number in enumerate(known.project_no)
        if (key := number_key(number)) is not None
    }
    finder = _Finder(known, prefixes)
    found: list[_Hit] = []
    for row, number in enumerate(rows.numbers):
        key = number_key(number)
        if key is not None and key in by_number:
            found.append(_Hit(row, by_number[key], "project_no", 0.0, sure=True))
            continue
        near = finder.find(rows.names[row], key, rows.lonlat[row])
        if near is not None:
            held, metres = near
            sure = metres <= SAME_M and rows.names[row] == finder.names[held]
            found.append(_Hit(row, held, "name", metres, sure=sure))
    unchanged = 0
    for hit in _one_row_each(found):
        matches[hit.row] = Match(
            known.feature_id[hit.held],
            known.source_id[hit.held],
            known.key[hit.held],
            hit.how,
            hit.sure,
        )
        column = number_column if hit.how == "project_no" else name_column
        name = known.name[hit.held]
        if not hit.sure:
            said = rows.values[hit.row].get("name")
            notes.add(hit.row, _may_match(name, hit.metres), "warning", column=column, value=said)
            continue
        notes.add(hit.row, _matches(name), "info", column=column)
        if _is_unchanged(hit.row, hit.held, rows, known):
            unchanged += 1
            notes.add(hit.row, _UNCHANGED, "info", column=column)
    if len(matches) >= _LEAST_ROWS and unchanged >= LAST_MONTH * len(matches):
        notes.add_of_file("last_months_file", "warning", _last_month(unchanged), _NEW_FILE)
    return matches


@dataclass(frozen=True, slots=True)
class _Hit:
    """A row that is, or may be, a held feature."""

    row: int
    held: int
    how: Literal["project_no", "name"]
    metres: float
    sure: bool


def _one_row_each(found: Sequence[_Hit]) -> list[_Hit]:
    """Of several rows that by name may be one feature, the surest and nearest; in their order.

    Rows with one project number are told as duplicates already.
    """
    taken: set[int] = set()
    kept = []
    for hit in sorted(found, key=lambda hit: (hit.how == "name", not hit.sure, hit.metres)):
        if hit.how == "project_no" or hit.held not in taken:
            kept.append(hit)
        taken.add(hit.held)
    return sorted(kept, key=lambda hit: hit.row)


class _Finder:
    """Held features by name and place."""

    def __init__(self, known: Known, prefixes: Sequence[str]) -> None:
        self.names = [project_name(name, prefixes) for name in known.name]
        self._known = known
        self._by_base: dict[str, list[int]] = {}
        for index, name in enumerate(self.names):
            if name is not None:
                self._by_base.setdefault(name.base, []).append(index)
        middle = np.radians(known.lonlat[:, 1].mean())
        self._scale = np.array([np.cos(middle), 1.0]) * _METRES_A_DEGREE
        self._tree = cKDTree(known.lonlat * self._scale)

    def find(
        self, name: ProjectName | None, number: str | None, lonlat: NDArray[np.float64]
    ) -> tuple[int, float] | None:
        """The nearest held feature of the same name within FAR_M, or a like one within NEAR_M,
        with its distance; features that have another project number are not it."""
        if name is None or not np.isfinite(lonlat).all():
            return None
        same = self._nearest(name, number, self._by_base.get(name.base, []), lonlat, FAR_M)
        if same is not None:
            return same
        _, near = self._tree.query(
            lonlat * self._scale,
            k=min(_NEIGHBOURS, len(self.names)),
            distance_upper_bound=NEAR_M * 1.01,
        )
        around = [one for one in np.atleast_1d(near).tolist() if one < len(self.names)]
        return self._nearest(name, number, around, lonlat, NEAR_M)

    def _nearest(
        self,
        name: ProjectName,
        number: str | None,
        among: Sequence[int],
        lonlat: NDArray[np.float64],
        within_m: float,
    ) -> tuple[int, float] | None:
        fitting = [
            index
            for index in among
            if (other := self.names[index]) is not None
            and may_be_one(name, other)
            and (number is None or number_key(self._known.project_no[index]) is None)
        ]
        if not fitting:
            return None
        metres = geodesic_distance_m(
            np.tile(lonlat, (len(fitting), 1)), self._known.lonlat[fitting]
        )
        best = int(np.argmin(metres))
        return (fitting[best], float(metres[best])) if metres[best] <= within_m else None


def _is_unchanged(row: int, held: int, rows: Rows, known: Known) -> bool:
    """Whether a row says nothing that is not held: each of its values, and its place."""
    if known.properties is None:
        return False
    properties = known.properties[held]
    metres = geodesic_distance_m(rows.lonlat[[row]], known.lonlat[[held]])
    if not metres[0] <= SAME_M:  # NaN too
        return False
    if rows.units[row] is not None and rows.units[row] != known.unit[held]:
        return False
    return all(
        _equal(value, properties.get(field))
        for field, value in rows.values[row].items()
        if field not in _PLACE and field != "unit"
    )


def _equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, int | float):
        return bool(np.isclose(value, other, rtol=1e-9, atol=0))
    return bool(value == other)


def _matches(name: str) -> BadValue:
    return BadValue(
        "matches_held",
        Text(f"将更新已有要素“{shown(name)}”", f"updates the held feature {shown(name)}"),
        Text("无需处理", "nothing to do"),
    )


def _may_match(name: str, metres: float) -> BadValue:
    return BadValue(
        "may_match_held",
        Text(
            f"可能是已有要素“{shown(name)}”，相距 {metres:,.0f} 米",
            f"may be the held feature {shown(name)}, {metres:,.0f} m away",
        ),
        Text(
            "请确认是否同一项目；填写项目编号后可自动识别",
            "confirm whether it is; with a project number it is recognised by itself",
        ),
    )


_UNCHANGED = BadValue(
    "unchanged",
    Text("与已有要素完全一致，没有变化", "nothing differs from what is held"),
    Text("无需处理", "nothing to do"),
)
_NEW_FILE = Text("请确认是否上传了上月的文件", "check whether this is last month's file")


def _last_month(count: int) -> Text:
    return Text(
        f"{count:,} 行与已有数据完全一致，可能是上月的文件",
        f"{count:,} rows are what is held already: last month's file again?",
    )
