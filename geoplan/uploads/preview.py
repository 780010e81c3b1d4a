"""Before and after: what publishing an upload would change for the targets and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg

from geoplan.catalogue import City, Layer, Service
from geoplan.errors import GeoplanError
from geoplan.imports.features import amounts_of, load_districts
from geoplan.planning.areas import CITY, Areas, areas_of, zones_of
from geoplan.planning.coverage import Distances, When, coverage
from geoplan.planning.facilities import Supplied, find_facilities
from geoplan.planning.ground import Ground, Grounds
from geoplan.planning.limits import limit_of
from geoplan.planning.measure import enter, measure
from geoplan.planning.progress import Progress, by_unit, countable, statement, wanted
from geoplan.store.features import OPERATOR, act_as
from geoplan.store.preview import WouldBe, look_ahead, looking
from geoplan.store.progress import held_sums
from geoplan.store.publications import Change
from geoplan.store.services import number_of, present_inputs, snapshot, supply_of
from geoplan.store.units import zones as held_zones
from geoplan.store.uploads import Upload, held_upload, preview_of, put_preview
from geoplan.uploads.actor import Actor
from geoplan.uploads.plan import Plan, make_plan
from geoplan.uploads.publish import changes_of, put_sources
from geoplan.uploads.receive import unknown_upload


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the ready rows of an upload would do.

    features    how many would be inserted, updated, unchanged.
    edited      features that somebody changed after the upload was checked, which it would change.
    before, after  progress of its layer's targets, of the city and of each unit concerned.
    """

    features: Counter[Change]
    edited: list[dict[str, Any]]
    before: list[Progress]
    after: list[Progress]


def look(
    connection: psycopg.Connection, city: City, actor: Actor, upload_id: UUID, today: date
) -> Ahead:
    """What publishing would change of the targets' progress; nothing is written.

    connection  as geoplan_app, outside a transaction.
    Raises GeoplanError 404 `unknown_upload`, 409 `rows_same_feature`.
    """
    with looking(connection):
        act_as(connection, actor.account, "")
        upload = held_upload(connection, upload_id)
        if upload is None:
            raise unknown_upload()
        layer = city.layer(upload.layer)
        plan = make_plan(connection, layer, upload, load_districts(connection))
        before = _progress(connection, city, layer, today)
        put_sources(connection, city, upload, plan)
        look_ahead(connection, _would_be(layer, plan))
        after = _progress(connection, city, layer, today)
    edited = [
        {"row": target.row.row, "feature_id": target.feature_id, "since": target.held.valid_from}
        for target in plan.targets
        if target.held is not None
        and not target.unchanged
        and upload.checked_at is not None
        and target.held.valid_from > upload.checked_at
    ]
    return Ahead(changes_of(plan), edited, before, after)


def compute_preview(
    connection: psycopg.Connection, city: City, grounds: Grounds, upload_id: UUID
) -> None:
    """Find out what publishing a submitted upload would change for people, and keep it with it.

    connection  as geoplan_app, outside a transaction.
    Services are measured as `planning.reach` does, on the features as they would be. What stands in
    the way of that is kept too (`error`), until the upload or what it is measured on changes.
    """
    with looking(connection):
        snapshot(connection)
        act_as(connection, OPERATOR, "")
        upload = held_upload(connection, upload_id)
        if upload is None or upload.state != "submitted":
            return
        preview: dict[str, Any] = {"of": preview_of(connection, upload_id)}
        try:
            preview["coverage"] = _all_coverage(connection, city, grounds, upload)
        except GeoplanError as error:
            preview |= {"coverage": [], "error": error.code}
    with connection.transaction():
        act_as(connection, OPERATOR, "")
        put_preview(connection, upload_id, preview)


def _all_coverage(
    connection: psycopg.Connection, city: City, grounds: Grounds, upload: Upload
) -> list[dict[str, Any]]:
    layer = city.layer(upload.layer)
    fed = [service for service in city.services.values() if _feeds(layer.id, service)]
    if not fed:
        return []
    version = present_inputs(connection, number_of(connection, fed[0].id))["cell"]
    ground = grounds.of(connection, version)
    zones = zones_of(ground.demand.cell, held_zones(connection))
    areas = areas_of(city.units, ground.demand.districts, ground.demand.district, zones)
    before = [_supplied(connection, service) for service in fed]
    plan = make_plan(connection, layer, upload, load_districts(connection))
    look_ahead(connection, _would_be(layer, plan))
    return [
        row
        for service, supplied in zip(fed, before, strict=True)
        for row in _coverage(city, service, ground, areas, supplied, _supplied(connection, service))
    ]


def feeds_services(city: City, layer: str) -> bool:
    """Whether features of the layer are facilities that people walk to."""
    return any(_feeds(layer, service) for service in city.services.values())


def _feeds(layer: str, service: Service) -> bool:
    return any(supply.layer == layer for supply in service.supply)


def _supplied(connection: psycopg.Connection, service: Service) -> Supplied:
    return find_facilities(service, lambda rule: supply_of(connection, rule.layer, rule.where))


def _coverage(
    city: City,
    service: Service,
    ground: Ground,
    areas: Areas,
    before: Supplied,
    after: Supplied,
) -> Iterator[dict[str, Any]]:
    """What changes of a service, now and after the plan; nothing where its facilities stay."""
    if before.digest() == after.digest():
        return
    held, ahead = (_people(city, service, ground, areas, each) for each in (before, after))
    standard = service.standards[0]
    for when in ("now", "planned"):
        units = [
            {"unit": area.code, **_pair(held[when, area.code], ahead[when, area.code])}
            for area in areas.areas
            if held[when, area.code] != ahead[when, area.code] and area.code != CITY
        ]
        whole = held[when, CITY], ahead[when, CITY]
        if units or whole[0] != whole[1]:
            yield {
                "service": service.id,
                "standard": standard.standard,
                "tier": standard.tier,
                "limit_m": service.limit_mm / 1000,
                "when": when,
                **_pair(*whole),
                "units": units,
            }


def _pair(before: tuple[int, int], after: tuple[int, int]) -> dict[str, Any]:
    (within, people), (then, _) = before, after
    return {
        "people": people,
        "people_before": within,
        "people_after": then,
        "before": within / people if people else None,
        "after": then / people if people else None,
    }


def _people(
    city: City, service: Service, ground: Ground, areas: Areas, supplied: Supplied
) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each time and area the people within reach on foot, and all of them."""
    entered = enter(ground, supplied.geometry)
    reach = measure(
        service.id,
        ground,
        supplied.geometry,
        supplied.open,
        entered.positions,
        limit_mm=service.limit_mm,
        detour_factor=city.standards.walking.detour_factor.value,
    )
    far: dict[When, Distances] = {
        "now": Distances(reach.now_mm, reach.now_straight_m, reach.estimated),
        "planned": Distances(reach.plan_mm, reach.plan_straight_m, reach.estimated),
    }
    limit = limit_of(service.standards[0], city.standards.walking)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in coverage(areas, ground.demand.people, far, limit):
        if row.measure != "straight":
            within, _ = found.get((row.when, row.area.code), (0, 0))
            found[row.when, row.area.code] = (within + row.numerator, row.denominator)
    return found


def _progress(
    connection: psycopg.Connection, city: City, layer: Layer, today: date
) -> list[Progress]:
    targets = [each for each in wanted(city) if each.layer == layer.id]
    sums = held_sums(connection, targets, None)
    day = max((row.as_of for row in sums), default=today)
    rows = [*statement(city, sums, as_of=day), *by_unit(city, sums, as_of=day)]
    own = {target.id for target in layer.targets if countable(layer, target)}
    return [row for row in rows if row.layer == layer.id and row.target in own]


def _would_be(layer: Layer, plan: Plan) -> Iterator[WouldBe]:
    changed = [index for index, target in enumerate(plan.targets) if not target.unchanged]
    targets: Sequence[Any] = [plan.targets[index] for index in changed]
    amounts = amounts_of(layer, plan.geometry[changed], [target.properties for target in targets])
    for target, own in zip(targets, amounts.tolist(), strict=True):
        yield (
            layer.id,
            target.feature_id,
            target.source_id,
            target.unit,
            target.name_zh,
            target.name_en,
            target.status,
            target.finished_on,
            target.properties,
            own,
            target.row.wkb,
            target.synthetic,
        )
