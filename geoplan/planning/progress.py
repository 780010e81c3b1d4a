"""Targets against what was done, for the city and for each reporting unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from geoplan.catalogue import City, Layer, Measure, Target, time_progress
from geoplan.store.progress import Sum, Wanted
from geoplan.text import Text

NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Progress:
    """One target of one unit ("city" or a unit's code), amounts in the shown unit.

    `share` is done / value, `time_progress` the part of the period's months that has passed
    (whole months; provincial bulletins), `ahead_pp` their difference in percentage points.
    All three are None where the plan gives no number. A target "so many in each unit" counts the
    units that have reached it: value is then the number of units.
    """

    layer: str
    target: str
    unit: str
    value: float | None
    op: str
    measure: str
    measure_unit: Text
    done: float | None
    share: float | None
    time_progress: float | None
    ahead_pp: float | None
    period: str
    starts_on: date | None
    ends_on: date | None
    phrase: str
    phrase_en: str
    by_status: dict[str, float]
    synthetic: bool
    as_of: date


def wanted(city: City) -> list[Wanted]:
    """What the database is asked to sum: each target of a public layer that features count for."""
    return [
        Wanted(
            layer=layer.id,
            target=target.id,
            position=1 + _position(layer, target),
            starts_on=target.starts_on,
            ends_on=target.ends_on,
            field=None if target.filter is None else target.filter.field,
            value=None if target.filter is None else target.filter.text,
        )
        for layer, target in _targets(city)
        if countable(layer, target)
    ]


def countable(layer: Layer, target: Target) -> bool:
    """Whether features of the layer add up to the target: a flow of something with a place."""
    return layer.geometry != "none" and target.kind == "flow" and layer.visibility == "public"


def statement(
    city: City, sums: Sequence[Sum], *, unit: str | None = None, as_of: date
) -> list[Progress]:
    """Progress of every target, in the catalogue's order.

    unit  None: the city; otherwise one reporting unit's code. The plan gives city totals only, so
          a unit's row holds what was done and no share.
    as_of the day for targets that no feature counts for yet.
    """
    grouped: dict[tuple[str, str], list[Sum]] = defaultdict(list)
    for row in sums:
        grouped[row.layer, row.target].append(row)
    return [
        _row(city, layer, target, grouped[layer.id, target.id], unit, as_of)
        for layer, target in _targets(city)
    ]


def by_unit(city: City, sums: Sequence[Sum], *, as_of: date) -> list[Progress]:
    """Progress of each countable target in each reporting unit that has features for it."""
    codes = {row.unit for row in sums if row.unit is not None}
    return [
        row
        for unit in city.units
        if unit.code in codes
        for row in statement(city, sums, unit=unit.code, as_of=as_of)
        if row.done is not None
    ]


def _targets(city: City) -> Iterable[tuple[Layer, Target]]:
    return ((layer, target) for layer in city.layers.values() for target in layer.targets)


def _position(layer: Layer, target: Target) -> int:
    return [measure.id for measure in layer.measures].index(target.measure)


def _measure(layer: Layer, target: Target) -> Measure:
    return layer.measures[_position(layer, target)]


def _row(
    city: City, layer: Layer, target: Target, sums: list[Sum], unit: str | None, as_of: date
) -> Progress:
    measure = _measure(layer, target)
    rows = [row for row in sums if unit is None or row.unit == unit]
    day = max((row.as_of for row in rows), default=as_of)
    factor = measure.factor / NANO
    value, done = target.value, None
    if countable(layer, target):
        done = sum(row.done for row in rows) * factor
        if target.per_unit and unit is None:
            done, value = _units_reached(city, target, sums, factor)
    by_status: dict[str, float] = defaultdict(float)
    for row in rows:
        by_status[row.status] += row.amount * factor
    share = done / value if unit is None and done is not None and value else None
    passed = time_progress(target, day)
    return Progress(
        layer=layer.id,
        target=target.id,
        unit=unit or "city",
        value=value if unit is None else None,
        op=target.op,
        measure=measure.id,
        measure_unit=target.unit,
        done=done,
        share=share,
        time_progress=passed,
        ahead_pp=None if share is None or passed is None else (share - passed) * 100,
        period=target.period,
        starts_on=target.starts_on,
        ends_on=target.ends_on,
        phrase=target.phrase,
        phrase_en=target.phrase_en,
        by_status=dict(by_status),
        synthetic=any(row.synthetic for row in rows),
        as_of=day,
    )


def _units_reached(
    city: City, target: Target, sums: list[Sum], factor: float
) -> tuple[float, float]:
    done: dict[str, float] = defaultdict(float)
    for row in sums:
        if row.unit is not None:
            done[row.unit] += row.done * factor
    need = target.value or 1
    return float(sum(amount >= need for amount in done.values())), float(len(city.units))
