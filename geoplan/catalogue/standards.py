"""Figures of planning standards, each with its source and whether it was checked against it.

The sections are those of standards.yaml. A figure with `verified: false` may be a default that a
planner changes; a page must show it as such, never as the standard's own word.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from geoplan.catalogue.base import Id, Model
from geoplan.text import Text

Tier = Literal["min5", "min10", "min15"]


class Figure(Model):
    """Where a figure is from."""

    source: str
    """The standard and clause, document or computation."""
    verified: bool
    """Whether it was found in a published source; false: general knowledge, a default to edit."""
    note: str | None = None


class Number(Figure):
    value: float


class Span(Figure):
    value: tuple[float, float]
    """From, to; both the same where the standard gives one number."""


class Numbers(Figure):
    value: dict[Id, float]


class Names(Figure):
    value: tuple[Id, ...]


class Groups(Figure):
    value: dict[Id, tuple[Id, ...]]


class Circle(Model):
    """A tier of the life circle (生活圈居住区)."""

    walk_m: Span
    people: Span
    dwellings: Span
    area_ha: Span


class Block(Model):
    """A residential block (居住街坊)."""

    people: Span


class LifeCircle(Model):
    min15: Circle
    min10: Circle
    min5: Circle
    block: Block
    levels: Groups
    """Levels of a community life circle in towns and villages."""


class Walking(Model):
    planning_m_per_min: Number
    adult_m_s: Number
    elderly_m_s: Number
    child_m_s: Number
    detour_factor: Number
    """Length of a walk by straight line where there is no path network; then an estimate."""


class Facility(Figure):
    """A facility that a tier must have."""

    title: Text
    tier: Tier
    radius_m: float | None
    """Service radius (服务半径不宜大于): a planning limit drawn as a circle, a walk is stricter.
    None: required, without a radius."""


class ConvenienceCircle(Model):
    """Businesses of the convenience circle (一刻钟便民生活圈)."""

    basic: Names
    quality: Names
    quality_unchecked: Names
    """The rest of the list of `quality`, which was not checked."""
    reach_min: Numbers
    forms: Names
    resident_satisfaction_pct: Number


class ParkClass(Model):
    """Parks of `min_m2` and more, and less than `max_m2`, serve this far."""

    min_m2: float
    max_m2: float | None = None
    radius_m: float


class ParkClasses(Figure):
    value: tuple[ParkClass, ...]


class CommunityPark(Figure):
    m2_per_person: float
    min_ha: float
    min_width_m: float


class Parks(Model):
    radius_by_area: ParkClasses
    coverage_min_pct: Number
    m2_per_person_min: Number
    coverage_500m_pct: Numbers
    community_park: dict[Tier, CommunityPark]


class Charging(Model):
    radius_m: Numbers
    new_housing_ready_pct: Number
    public_car_park_pct: Number


class Greenways(Model):
    levels: Names
    kinds: Names
    min_width_m: Numbers


class Standards(Model):
    """standards.yaml as a whole."""

    life_circle: LifeCircle
    walking: Walking
    facilities: Annotated[dict[Id, Facility], Field(min_length=1)]
    class_size: dict[Id, Number]
    """Pupils a class at most."""
    convenience_circle: ConvenienceCircle
    parks: Parks
    charging: Charging
    greenway: Greenways
