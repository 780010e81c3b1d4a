"""Coverage: how many people have a service within a standard's limit, by walk and by circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from geoplan.planning.areas import Area, Areas
from geoplan.planning.limits import Limit

When = Literal["now", "planned"]
WHEN: tuple[When, ...] = get_args(When)
Measure = Literal["network", "straight", "estimated"]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One share. `measured` of the area's people (the denominator) are seen by this measure.

    network    walks over the network; straight  the standard's radius drawn as a circle;
    estimated  circle times detour factor, only where there is no network. Network and estimated
    together see everybody, and nobody twice: their numerators may be added.
    """

    area: Area
    when: When
    measure: Measure
    numerator: int
    denominator: int
    measured: int

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Populated cells, and their people, on which circle and walk do not agree.

    circle_only  inside the circle but farther on foot: what a plan drawn with circles overlooks.
    walk_only    the reverse, which only the leg from a cell's centre to its path can bring about.
    """

    area: Area
    when: When
    circle_only_people: int
    circle_only_cells: int
    walk_only_people: int
    walk_only_cells: int


@dataclass(frozen=True, slots=True)
class Distances:
    """Of one service, at one time, from n cells: millimetres on foot and metres in a beeline, -1
    where there is none, and whether the walk is only an estimate."""

    walk_mm: NDArray[np.int32]
    straight_m: NDArray[np.int32]
    estimated: NDArray[np.bool_]


def within(value: NDArray[np.integer], limit: int) -> NDArray[np.bool_]:
    """Which distances exist and are at most the limit."""
    return np.asarray((value >= 0) & (value <= limit))


def coverage(
    areas: Areas, people: NDArray[np.integer], far: Mapping[When, Distances], limit: Limit
) -> list[CoverageRow]:
    """Rows of every area and time: network, straight, and estimated where there is any.

    people  (n,) whole people of the cells that `far` is about, at each time.
    """
    return [row for when in far for row in _rows(areas, people, far[when], when, limit)]


def _rows(
    areas: Areas, people: NDArray[np.integer], far: Distances, when: When, limit: Limit
) -> Iterator[CoverageRow]:
    walked = within(far.walk_mm, limit.walk_mm)
    circled = within(far.straight_m, limit.straight_m)
    sums = areas.sums(
        np.column_stack([people, people * far.estimated, people * circled,
                         people * (walked & ~far.estimated), people * (walked & far.estimated)])
    ).tolist()  # fmt: skip
    for area, (all_, estimated, circle, network, guess) in zip(areas.areas, sums, strict=True):
        yield CoverageRow(area, when, "network", network, all_, all_ - estimated)
        yield CoverageRow(area, when, "straight", circle, all_, all_)
        if estimated:
            yield CoverageRow(area, when, "estimated", guess, all_, estimated)


def disagreements(
    areas: Areas, people: NDArray[np.integer], far: Mapping[When, Distances], limit: Limit
) -> list[Disagreement]:
    """Where circle and walk differ, for every area and time. Arguments as `coverage`."""
    found = []
    for when in far:
        circle_only, walk_only = differing(people, far[when], limit)
        sums = areas.sums(
            np.column_stack([people * circle_only, circle_only, people * walk_only, walk_only])
        ).tolist()
        found += [
            Disagreement(area, when, *row) for area, row in zip(areas.areas, sums, strict=True)
        ]
    return found


def differing(
    people: NDArray[np.integer], far: Distances, limit: Limit
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Populated cells (n,) that only the circle covers, and those that only the walk covers.

    Where the walk is an estimate made from the circle they have nothing to say to each other.
    """
    seen = (people > 0) & ~far.estimated
    walked = within(far.walk_mm, limit.walk_mm)
    circled = within(far.straight_m, limit.straight_m)
    return seen & circled & ~walked, seen & walked & ~circled
