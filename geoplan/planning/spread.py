"""How many people walk how far: a histogram in which no group is small enough to be anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.planning.people import FEW_CELLS, is_small

EDGES_M = tuple(range(0, 3_900, 300))
"""Five minutes at the planning speed each, up to an hour; the last group holds all beyond."""


@dataclass(frozen=True, slots=True)
class Group:
    """People who are `from_m` to `to_m` away. to_m None: farther, or nothing can be reached."""

    from_m: int
    to_m: int | None
    people: int


def spread(
    people: NDArray[np.integer], far_m: NDArray[np.floating], edges_m: Sequence[int] = EDGES_M
) -> list[Group]:
    """Groups of people (n,) by distance in metres (n,), inf where there is none; they sum to all.

    edges_m  lower limits, rising from 0; group i holds edges_m[i] <= distance < edges_m[i + 1].
    A group of few people, or of one populated cell, is joined with the next ones, at the end with
    the one before: whoever subtracts finds no small group either. Empty groups stay as they are.
    """
    held = people > 0
    last = len(edges_m) - 1
    place = np.searchsorted(np.asarray(edges_m), far_m[held], side="right") - 1
    counted = np.bincount(place, weights=people[held], minlength=last + 1).astype(np.int64)
    cells = np.bincount(place, minlength=last + 1)
    groups: list[Group] = []
    start, living, populated = 0, 0, 0
    for number in range(last + 1):
        living, populated = living + int(counted[number]), populated + int(cells[number])
        few = is_small(living) or 0 < populated < FEW_CELLS
        if few and number < last:
            continue
        to_m = None if number == last else edges_m[number + 1]
        if few:  # at the end: with those before, down to the first who are not nobody
            while groups and groups[-1].people == 0:
                start -= 1
                groups.pop()
            if groups:
                before = groups.pop()
                groups.append(Group(before.from_m, to_m, before.people + living))
                break
        groups.append(Group(edges_m[start], to_m, living))
        start, living, populated = number + 1, 0, 0
    return groups
