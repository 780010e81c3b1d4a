"""Targets of the plan and the calendar they are measured against."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Literal

from geoplan.catalogue.base import Id, Model
from geoplan.text import Text

Op = Literal["=", ">=", ">", "<=", "<"]
TargetKind = Literal["flow", "stock", "coverage", "progress", "constraint"]


class Period(Model):
    """A span of whole months that targets are measured in, under its name in city.yaml."""

    title: Text
    starts_on: date | None = None
    """None: the plan names no start, so there is no time progress either."""
    ends_on: date


class Filter(Model):
    """Counts only features whose field holds this text (true or false for a boolean)."""

    field: Id
    text: str


class TargetFile(Model):
    """One sentence of the plan: how much of a measure, by when."""

    id: Id
    measure: Id
    """Id of the layer's measure that counts towards it."""
    value: float | None = None
    """In `unit`; none where the plan gives no number."""
    op: Op = "="
    unit: Text
    period: str
    """One of the periods of city.yaml."""
    kind: TargetKind
    """flow: newly finished in the period; stock: a level; coverage: a share; progress: work that
    is to go on; constraint: limits other layers."""
    phrase: str
    """The plan's own words."""
    phrase_en: str
    per_unit: bool = False
    """The value is asked of each reporting unit; what counts is how many units reach it."""
    filter: Filter | None = None


class Target(TargetFile):
    """A target with the dates of its period."""

    starts_on: date | None
    ends_on: date


def time_progress(target: Target, day: date) -> float | None:
    """Share of the target's period that has passed on `day`, counted in whole months.

    A month counts once its last day is over or is `day` itself: of the second half of a year 3/6
    have passed on 30 October and 4/6 on 31 October. Provincial bulletins count so (January to May
    is 5/12 = 41.7 %), because what was done is reported by months too.
    Returns 0.0 before the period and 1.0 after it; None when the plan names no start.
    """
    if target.starts_on is None:
        return None
    whole = _month(target.ends_on) - _month(target.starts_on) + 1
    passed = _month(day) - _month(target.starts_on) + (1 if is_month_end(day) else 0)
    return min(max(passed, 0), whole) / whole


def is_month_end(day: date) -> bool:
    """Whether a day is the last of its month."""
    return day.day == monthrange(day.year, day.month)[1]


def _month(day: date) -> int:
    return day.year * 12 + day.month
