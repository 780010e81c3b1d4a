"""Services that people walk to: what supplies them, how far is near enough, what a circle needs.

services.yaml says which features are facilities of a service; how far they serve is never written
there a second time but taken from the figures of standards.yaml, with their source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from geoplan.catalogue.base import Id, Model
from geoplan.catalogue.standards import Figure, Standards
from geoplan.text import Text

Access = Literal["point", "boundary", "line"]
People = Literal["people", "aged_0_14", "aged_15_59", "aged_60_up"]
List = Literal["basic", "quality"]

PLANNING_MM_PER_MIN = 60_000
"""Walking at the planning speed of 1.0 m/s (standards.yaml: walking.planning_m_per_min)."""

_TIER_MINUTES = {"min5": 5.0, "min10": 10.0, "min15": 15.0}
_WHOLE_CIRCLE_MIN = 15.0  # 一刻钟: businesses without a figure of their own
_GB = "GB 50180-2018"
_DEFAULT = "working default"  # not checked against a standard: never named as one
_GUIDE = "城市一刻钟便民生活圈建设指南"


class Supply(Model):
    """Features of one layer that are facilities of a service; all conditions hold together."""

    layer: Id
    where: dict[Id, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """Fields that must hold one of some values."""
    named: tuple[str, ...] = ()
    """The Chinese or English name holds one of these words."""
    not_named: tuple[str, ...] = ()
    """The name holds none of these words."""
    min_area_m2: float | None = Field(default=None, ge=0)
    """Geodesic area at least; a feature without an outline has none and does not match."""
    max_area_m2: float | None = Field(default=None, gt=0)
    """Geodesic area less than."""


class StandardRef(Model):
    """Names one figure of standards.yaml; exactly one key is given."""

    facility: Id | None = None
    """Of `facilities`."""
    park_min_m2: float | None = None
    """The class of `parks.radius_by_area` that starts there."""
    charging: Id | None = None
    """Of `charging.radius_m`."""
    convenience: Id | None = None
    """Of `convenience_circle.basic` or `quality`."""


class Capacity(Model):
    """How many people a facility can serve."""

    field: Id
    """The number that a feature has of it, such as school places."""
    demand: People
    """Who asks for it."""
    per_person: float = Field(gt=0)
    """How much of it one of these people needs."""
    source: str
    verified: bool


class ServiceFile(Model):
    """One entry of services.yaml."""

    id: Id
    title: Text
    supply: Annotated[tuple[Supply, ...], Field(min_length=1)]
    standards: tuple[StandardRef, ...] = ()
    minutes: float | None = Field(default=None, gt=0, le=60)
    """How far is near enough where no standard says it; a working default."""
    access: Access = "point"
    """point: facilities stand at a point, outlines at one inside them; boundary: parks are entered
    all along their outline; line: greenways all along their length."""
    capacity: Capacity | None = None


class CircleFile(Model):
    """One circle of services.yaml: either tiers of GB 50180 or a list of businesses."""

    id: Id
    title: Text
    tiers: tuple[Literal["min5", "min10", "min15"], ...] = ()
    """Every facility of these tiers is a category."""
    businesses: List | None = None
    """Every business of this list of `convenience_circle` is a category."""


class Services(Model):
    """services.yaml as a whole."""

    services: Annotated[tuple[ServiceFile, ...], Field(min_length=1, max_length=200)]
    circles: tuple[CircleFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceStandard:
    """How far a standard lets a service be: as a radius or as minutes, one of the two.

    tier      min5, min10, min15; park sizes and rings of charging have their own words.
    verified  whether the figure was found in the standard; false: a default to edit.
    """

    standard: str
    tier: str
    radius_m: float | None
    minutes: float | None
    verified: bool
    source: str

    @property
    def limit_mm(self) -> int:
        """The limit as millimetres of walking at the planning speed, inclusive."""
        if self.radius_m is not None:
            return round(self.radius_m * 1000)
        return round(float(self.minutes or 0) * PLANNING_MM_PER_MIN)


@dataclass(frozen=True, slots=True)
class Service:
    """Something people walk to.

    standards  at least one; the first is the usual one, and its limit is what `count` counts by.
    visible    whether the public may see it: all its layers are public.
    """

    id: str
    title: Text
    standards: tuple[ServiceStandard, ...]
    supply: tuple[Supply, ...]
    access: Access
    capacity: Capacity | None
    visible: bool

    @property
    def limit_mm(self) -> int:
        return self.standards[0].limit_mm


@dataclass(frozen=True, slots=True)
class Category:
    """Something a circle must have: met by any of its services within that service's limit.

    services   ids; limits_mm  millimetres of walking at the planning speed, one a service.
    """

    id: str
    title: Text
    services: tuple[str, ...]
    limits_mm: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CircleStandard:
    """What must be near a home; bit n of a mask is category n."""

    id: str
    title: Text
    source: str
    categories: tuple[Category, ...]


def make_services(
    file: Services, standards: Standards, public: Mapping[str, bool]
) -> dict[str, Service]:
    """Services with their limits. The file has been checked against both.

    public  whether each layer is.
    """
    return {
        entry.id: Service(
            entry.id,
            entry.title,
            tuple(_standard(ref, standards) for ref in entry.standards) or (_default(entry),),
            entry.supply,
            entry.access,
            entry.capacity,
            all(public[supply.layer] for supply in entry.supply),
        )
        for entry in file.services
    }


def make_circles(
    file: Services, services: Mapping[str, Service], standards: Standards
) -> dict[str, CircleStandard]:
    """Circles with their categories, each with the services that name it."""
    circles = {}
    for entry in file.circles:
        wanted = wanted_by(entry, standards)
        categories = []
        for name in wanted:
            met_by = [
                (service.id, service_standard.limit_mm)
                for service, own in zip(services.values(), file.services, strict=True)
                for ref, service_standard in zip(own.standards, service.standards, strict=False)
                if name == (ref.convenience if entry.businesses else ref.facility)
            ]
            first = services[met_by[0][0]]
            named = None if entry.businesses else standards.facilities[name].title
            categories.append(
                Category(
                    name,
                    named or first.title,
                    tuple(service for service, _ in met_by),
                    tuple(limit for _, limit in met_by),
                )
            )
        source = _GUIDE if entry.businesses else _GB
        circles[entry.id] = CircleStandard(entry.id, entry.title, source, tuple(categories))
    return circles


def wanted_by(circle: CircleFile, standards: Standards) -> list[str]:
    """Ids of the facilities or businesses that a circle must have."""
    if circle.businesses is not None:
        names: tuple[str, ...] = getattr(standards.convenience_circle, circle.businesses).value
        return list(names)
    return [name for name, held in standards.facilities.items() if held.tier in circle.tiers]


def _standard(ref: StandardRef, standards: Standards) -> ServiceStandard:
    if ref.facility is not None:
        held = standards.facilities[ref.facility]
        minutes = _TIER_MINUTES[held.tier] if held.radius_m is None else None
        return ServiceStandard(_GB, held.tier, held.radius_m, minutes, held.verified, held.source)
    if ref.park_min_m2 is not None:
        classes = standards.parks.radius_by_area
        found = next(one for one in classes.value if one.min_m2 == ref.park_min_m2)
        return _radius(classes, f"from_{found.min_m2:g}_m2", found.radius_m)
    if ref.charging is not None:
        radii = standards.charging.radius_m
        return _radius(radii, ref.charging, radii.value[ref.charging])
    circle = standards.convenience_circle
    name = str(ref.convenience)
    tier = "basic" if name in circle.basic.value else "quality"
    reach = circle.reach_min
    own = reach.value.get(name, _WHOLE_CIRCLE_MIN)
    return ServiceStandard(_GUIDE, tier, None, own, reach.verified, reach.source)


def _radius(figure: Figure, tier: str, radius_m: float) -> ServiceStandard:
    name = figure.source if figure.verified else _DEFAULT
    return ServiceStandard(name, tier, radius_m, None, figure.verified, figure.source)


def _default(entry: ServiceFile) -> ServiceStandard:
    return ServiceStandard(_DEFAULT, "default", None, entry.minutes, False, _DEFAULT)
