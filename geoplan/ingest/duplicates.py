"""One project in several rows of a file: by its number, or by its name and place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoplan.ingest.findings import BadValue
from geoplan.ingest.notes import Notes
from geoplan.ingest.projects import ProjectName, are_variants, number_key
from geoplan.text import Text
from geoplan.units import geodesic_distance_m

NEAR_M = 100.0
"""Within which two rows of one name are one project (domain)."""

_NEIGHBOURS = 16  # sites around one that are compared
_NAMES_A_SITE = 20  # names of a site that are compared by their letters; equal ones always are
_METRES_A_DEGREE = 111_195.0


def check_numbers(numbers: Sequence[str | None], notes: Notes, column: str | None) -> None:
    """Notes `duplicate_in_file` of every row (n) whose project number another row has."""
    rows: dict[str, list[int]] = {}
    for row, number in enumerate(numbers):
        key = number_key(number)
        if key is not None:
            rows.setdefault(key, []).append(row)
    for same in rows.values():
        for row in same if len(same) > 1 else ():
            others = [notes.row[other] for other in same if other != row]
            notes.add(row, _same_number(others), column=column, value=numbers[row])


def check_names(
    names: Sequence[ProjectName | None],
    numbers: Sequence[str | None],
    lonlat: NDArray[np.float64],
    notes: Notes,
    column: str | None,
) -> None:
    """Notes of rows (n) that have one name, or variants of it, within NEAR_M of one another.

    It is `same_name_near`; `duplicate_in_file` where even the place is the same and no number
    tells them apart: such rows would be one feature.
    numbers  project numbers; rows that have the same one are told already.
    lonlat   (n, 2) centres, EPSG:4326; NaN for none.
    """
    rows = np.flatnonzero(
        np.isfinite(lonlat).all(axis=1) & np.array([name is not None for name in names], dtype=bool)
    )
    if len(rows) < 2:
        return
    partner: dict[int, tuple[int, float]] = {}
    for row, other in _namesakes(rows, names, lonlat):
        if number_key(numbers[row]) is not None and number_key(numbers[row]) == number_key(
            numbers[other]
        ):
            continue
        metres = float(geodesic_distance_m(lonlat[[row]], lonlat[[other]])[0])
        if metres > NEAR_M:
            continue
        for one, two in ((row, other), (other, row)):
            if one not in partner or metres < partner[one][1]:
                partner[one] = two, metres
    for row, (other, metres) in sorted(partner.items()):
        one_feature = (
            metres < 0.01
            and names[row] == names[other]
            and numbers[row] is None
            and numbers[other] is None
        )
        if one_feature:
            notes.add(row, _same_all(notes.row[other]), column=column)
        else:
            notes.add(row, _same_name(notes.row[other], metres), "warning", column=column)


def _namesakes(
    rows: NDArray[np.int64],
    names: Sequence[ProjectName | None],
    lonlat: NDArray[np.float64],
) -> list[tuple[int, int]]:
    """Pairs of rows, the later one first, with alike names at most about NEAR_M apart."""
    middle = np.radians(lonlat[rows, 1].mean())
    plane = lonlat[rows] * (np.cos(middle) * _METRES_A_DEGREE, _METRES_A_DEGREE)
    sites, site = np.unique(np.rint(plane * 10) / 10, axis=0, return_inverse=True)
    _, near = cKDTree(sites).query(
        sites, k=min(_NEIGHBOURS, len(sites)), distance_upper_bound=NEAR_M * 1.01
    )
    around = near.reshape(len(sites), -1).tolist()
    first: list[dict[str, int]] = [{} for _ in range(len(sites))]
    pairs = []
    for row, at in zip(rows.tolist(), site.reshape(-1).tolist(), strict=True):
        name = names[row]
        if name is None:
            continue
        for neighbour in around[at]:
            if neighbour == len(sites):  # fewer neighbours than asked for
                break
            held = first[neighbour]
            other = held.get(name.base)
            if other is None:
                other = _alike(name, names, held)
            if other is not None:
                pairs.append((row, other))
        first[at].setdefault(name.base, row)
    return pairs


def _alike(
    name: ProjectName, names: Sequence[ProjectName | None], held: dict[str, int]
) -> int | None:
    """The first row of a site, by its names, whose name is a variant of this one."""
    for row in islice(held.values(), _NAMES_A_SITE):
        other = names[row]
        if other is not None and are_variants(name, other):
            return row
    return None


def _same_number(rows: Sequence[int]) -> BadValue:
    listed = [str(row) for row in rows[:5]]
    return BadValue(
        "duplicate_in_file",
        Text(
            f"项目编号与第 {'、'.join(listed)} 行相同",
            f"row {', '.join(listed)} has this number too",
        ),
        Text(
            "请删除重复的行，或改正编号",
            "delete what is there twice, or correct the project number",
        ),
    )


def _same_all(row: int) -> BadValue:
    return BadValue(
        "duplicate_in_file",
        Text(f"名称和位置与第 {row} 行完全相同", f"name and place are those of row {row}"),
        Text(
            "请删除重复的行，或给每行不同的项目编号",
            "delete one of them, or give each row a project number of its own",
        ),
    )


def _same_name(row: int, metres: float) -> BadValue:
    return BadValue(
        "same_name_near",
        Text(
            f"与第 {row} 行名称相同或相近，相距 {metres:,.0f} 米，可能是同一项目",
            f"row {row} has the same or a like name, {metres:,.0f} m away: perhaps one project",
        ),
        Text(
            "是同一项目请只留一行；是不同项目（如一期、二期）请确认",
            "keep one row if they are one project; confirm if they are two, such as two phases",
        ),
    )
