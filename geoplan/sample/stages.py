"""How far projects have come: statuses and days, so that sums by a date are what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geoplan.catalogue import Status
from geoplan.sample.plane import Floats

_DONE = ("finished", "open")


@dataclass(frozen=True, slots=True)
class Band:
    """Projects of one stage.

    amount    how much of the layer's measure (km, piles, pieces) they make up together.
    statuses  what they may be; of several each is as likely.
    first, last  the days between which they were finished, or begun if they are not done yet;
              None for what has not begun.
    """

    amount: float
    statuses: tuple[Status, ...]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Stages:
    """One entry a project."""

    status: list[str]
    started_on: list[date | None]
    finished_on: list[date | None]


def stage(
    rng: np.random.Generator,
    score: Floats,
    amounts: Floats,
    bands: Sequence[Band],
    works_days: tuple[int, int],
) -> Stages:
    """Deal projects into bands by ascending score until each band holds its amount.

    score       (n,) who comes first. amounts (n,) in the bands' unit.
    works_days  shortest and longest time from start to finish.
    The last band takes what is left over.
    """
    band = _deal(score, amounts, bands)
    days = rng.uniform(0, 1, len(score))
    works = rng.integers(*works_days, len(score), endpoint=True).tolist()
    choice = rng.uniform(0, 1, len(score))
    status: list[str] = []
    started: list[date | None] = []
    finished: list[date | None] = []
    for row, of in enumerate(band.tolist()):
        kind = bands[of].statuses[int(choice[row] * len(bands[of].statuses))]
        day = _day(bands[of], days[row])
        done = day if kind in _DONE else None
        status.append(kind)
        finished.append(done)
        started.append(day if done is None else done - timedelta(days=works[row]))
    return Stages(status, started, finished)


def _deal(score: Floats, amounts: Floats, bands: Sequence[Band]) -> NDArray[np.int64]:
    order = np.argsort(score, kind="stable")
    middle = np.cumsum(amounts[order]) - amounts[order] / 2
    edges = np.cumsum([band.amount for band in bands[:-1]])
    band = np.empty(len(score), np.int64)
    band[order] = np.searchsorted(edges, middle, side="right")
    return band


def _day(band: Band, share: float) -> date | None:
    if band.first is None or band.last is None:
        return None
    # More is handed over late in a period than early.
    return band.first + timedelta(days=round((band.last - band.first).days * share**0.8))
