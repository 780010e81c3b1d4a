"""How evenly walking time is spread over people: Lorenz curve, Gini, the worst-served tenth.

Time here is a burden. The curve begins with who walks least; a Gini of 0 means that everybody
walks as long, the nearer to 1 the more of all walking falls on few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoplan.planning.areas import Areas

TENTH = 10


@dataclass(frozen=True, slots=True)
class Equity:
    """Walking over the people of a place; times are millimetres of walking.

    people, unreached  all, and those of them who cannot walk to any facility at all: they have no
              time and stand outside curve, Gini and mean, but are the worst served.
    lorenz    (101, 2) from (0, 0) to (1, 1): share of the people who can, those who walk least
              first, and their share of all walking. Empty where nobody can.
    gini      0 to 1; None where nobody can.
    mean_mm   over those who can.
    worst_people  a tenth of all people, rounded up; of these worst_unreached cannot walk to any.
    worst_from_mm  the shortest walk among the worst-served tenth, None when none of them can.
    worst_mean_mm  the mean over those of the tenth who can, None likewise.
    """

    people: int
    unreached: int
    lorenz: NDArray[np.float64]
    gini: float | None
    mean_mm: float | None
    worst_people: int
    worst_unreached: int
    worst_from_mm: int | None
    worst_mean_mm: float | None


def equity(people: NDArray[np.integer], walk_mm: NDArray[np.integer]) -> Equity:
    """Equity over the people (n,) of cells with walks (n,), -1 where there is none.

    Gini by the trapezoids under the Lorenz curve of grouped data: G = 1 - sum over cells, by rising
    time, of f (L + L before), where f is the cell's share of people and L the share of all walking
    up to it (Gini 1912; Brown and Mazzarino 1984, "Drawing the Lorenz curve and calculating the
    Gini concentration index from grouped data by computer", Oxford Bulletin of Economics and
    Statistics 46(3), 273). Since the people of a cell have one time, it is half the relative mean
    difference of all people exactly.
    """
    can = (people > 0) & (walk_mm >= 0)
    order = np.argsort(walk_mm[can], kind="stable")
    weight = people[can][order].astype(np.int64)
    walk = walk_mm[can][order].astype(np.int64)
    total, able = int(people.sum(dtype=np.int64)), int(weight.sum())
    worst = -(-total // TENTH)
    inside = worst_of(people, walk_mm)
    worst_can = inside * (walk_mm >= 0)
    worst_able = int(worst_can.sum())
    return Equity(
        people=total,
        unreached=total - able,
        lorenz=_lorenz(weight, walk),
        gini=_gini(weight, walk) if able else None,
        mean_mm=_mean(weight, walk),
        worst_people=worst,
        worst_unreached=worst - worst_able,
        worst_from_mm=int(walk_mm[worst_can > 0].min()) if worst_able else None,
        worst_mean_mm=_mean(worst_can, walk_mm),
    )


def worst_of(people: NDArray[np.integer], walk_mm: NDArray[np.integer]) -> NDArray[np.int64]:
    """How many people (n,) of each cell are among the worst-served tenth of all, rounded up.

    Who cannot walk to any facility comes first, then the longest walk; of equal ones the cell that
    comes first.
    """
    rank = np.where(walk_mm < 0, np.iinfo(np.int64).max, walk_mm.astype(np.int64))
    order = np.lexsort((np.arange(len(people)), -rank))
    before = np.cumsum(people[order], dtype=np.int64) - people[order]
    worst = -(-int(people.sum(dtype=np.int64)) // TENTH)
    taken = np.zeros(len(people), dtype=np.int64)
    taken[order] = np.clip(worst - before, 0, people[order])
    return taken


def worst_by_area(areas: Areas, worst: NDArray[np.int64]) -> dict[str, int]:
    """Where the worst-served tenth of the city lives: people by area code."""
    found = areas.sums(worst).tolist()
    return {area.code: number for area, number in zip(areas.areas, found, strict=True)}


def _mean(weight: NDArray[np.int64], walk: NDArray[np.integer]) -> float | None:
    people = int(weight.sum())
    return int((weight * walk.astype(np.int64)).sum()) / people if people else None


def _lorenz(weight: NDArray[np.int64], walk: NDArray[np.int64]) -> NDArray[np.float64]:
    """The curve at every hundredth of the people: it is straight between cells, so nothing is lost
    but the corners."""
    if not len(weight):
        return np.zeros((0, 2))
    people = np.r_[0, np.cumsum(weight)]
    walked = np.r_[0, np.cumsum(weight * walk)]
    if walked[-1] == 0:  # nobody walks at all: all alike
        walked = people
    share = np.linspace(0, 1, 101)
    curve = np.interp(share, people / people[-1], walked / walked[-1])
    return np.column_stack([share, curve])


def _gini(weight: NDArray[np.int64], walk: NDArray[np.int64]) -> float:
    walked = np.cumsum(weight * walk)
    if walked[-1] == 0:
        return 0.0
    before = np.r_[0, walked[:-1]]
    trapezoids = (weight / weight.sum()) @ ((walked + before) / walked[-1])
    return float(max(0.0, 1.0 - trapezoids))
