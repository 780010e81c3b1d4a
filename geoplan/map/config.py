"""The public part of the catalogue as the page's script reads it (web/src/config.ts)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geoplan.catalogue import CircleStandard, City, Field, Filter, Layer, Measure, Service, Target
from geoplan.text import Text

FEATURED_LAYERS = 5

STATUSES = {
    "planned": Text("计划", "planned"),
    "building": Text("在建", "under construction"),
    "finished": Text("完工", "finished"),
    "open": Text("投用", "open"),
    "stopped": Text("停工", "stopped"),
}


def public_layers(city: City) -> list[Layer]:
    """Layers that anyone may see, in the catalogue's order; figures without a place included."""
    return [layer for layer in city.layers.values() if layer.visibility == "public"]


def page_config(
    city: City, attributions: Sequence[Text], *, circles: bool = True
) -> dict[str, Any]:
    """Everything that `geoplan.start` needs to know of the city; plain JSON values.

    circles  whether life circles have been computed: the page opens with one, else with the plan.
    Titles come in both languages: the document's language decides, so one script serves both.
    Fields that hold personal data or are not public are left out.
    """
    layers = public_layers(city)
    featured = list(city.layers)[:FEATURED_LAYERS]
    return {
        "title": words(title_of(city)),
        "bounds": list(city.bbox),
        "core": list(city.core or city.bbox),
        "layers": [_layer(layer) for layer in layers],
        "targets": [
            _target(layer, target, featured=layer.id in featured)
            for layer in city.layers.values()
            for target in layer.targets
        ],
        "units": [
            {"code": unit.code, "name": words(unit.name), "kind": unit.kind} for unit in city.units
        ],
        "services": [_service(service) for service in city.services.values() if service.visible],
        "circles": [_circle(circle) for circle in city.circles.values()],
        "statuses": {key: words(text) for key, text in STATUSES.items()},
        "attributions": [words(text) for text in attributions],
        "start": {**_start(layers, featured), "walk": _first_walk(city), "walks": circles},
    }


def title_of(city: City) -> Text:
    return Text(f"{city.title.zh.removesuffix('市')}规划地图", f"{city.title.en} planning map")


def words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _start(layers: Sequence[Layer], featured: Sequence[str]) -> dict[str, Any]:
    """What its plan opens with: the named lines and areas over the hexagons of a summed measure."""
    shown = [layer for layer in layers if layer.id in featured and layer.geometry != "none"]
    summed = [
        f"{layer.id}.{measure.id}"
        for layer in shown
        for measure in layer.measures
        if measure.kind == "sum" and layer.geometry == "point"
    ]
    return {
        "layers": [layer.id for layer in shown if layer.geometry == "line"],
        "theme": next(iter(summed), None),
    }


def _first_walk(city: City) -> str | None:
    """The life circle of fifteen minutes: what the page asks first, before any target."""
    first = next((name for name in city.circles if name.endswith("min15")), None)
    found = first or next(iter(city.circles), None)
    return None if found is None else f"circle.{found}"


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "title": words(layer.title),
        "summary": words(layer.summary),
        "group": layer.group,
        "geometry": layer.geometry,
        "color": layer.style.color,
        "symbol": layer.style.symbol,
        "width": layer.style.width,
        "measures": [_measure(measure) for measure in layer.measures],
        "fields": [_field(field) for field in layer.all_fields() if _shown(field)],
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "title": words(service.title),
        "standards": [
            {
                "standard": each.standard,
                "tier": each.tier,
                "radiusM": each.radius_m,
                "minutes": each.minutes,
                "verified": each.verified,
            }
            for each in service.standards
        ],
    }


def _circle(circle: CircleStandard) -> dict[str, Any]:
    return {
        "id": circle.id,
        "title": words(circle.title),
        "source": circle.source,
        "categories": [{"id": each.id, "title": words(each.title)} for each in circle.categories],
    }


COMMON_ELSEWHERE = frozenset(
    {"name", "name_en", "unit", "status", "lon", "lat", "started_on", "finished_on"}
)


def _shown(field: Field) -> bool:
    """Fields of the pop-up; those that features carry apart from their properties come by name."""
    return field.public and not field.personal and field.id not in COMMON_ELSEWHERE


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "title": words(measure.title),
        "unit": words(measure.unit),
        "decimals": measure.decimals,
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "id": field.id,
        "title": words(field.title),
        "unit": words(field.unit) if field.unit else None,
        "values": {value.id: words(value.title) for value in field.values},
    }


def _target(layer: Layer, target: Target, *, featured: bool) -> dict[str, Any]:
    measure = next(measure for measure in layer.measures if measure.id == target.measure)
    return {
        "layer": layer.id,
        "id": target.id,
        "title": words(target_title(layer, target)),
        "featured": featured,
        "measure": target.measure,
        "decimals": measure.decimals,
        "value": target.value,
        "unit": words(target.unit),
        "op": target.op,
        "period": target.period,
        "phrase": {"zh": target.phrase, "en": target.phrase_en},
        "perUnit": target.per_unit,
    }


def target_title(layer: Layer, target: Target) -> Text:
    """The layer's title; for a further target of the layer, what tells it from the first."""
    first = layer.targets[0]
    if target.id == first.id:
        return layer.title
    if target.filter is not None:
        return _part_of(layer, target.filter)
    return next(measure.title for measure in layer.measures if measure.id == target.measure)


def _part_of(layer: Layer, filter_: Filter) -> Text:
    """ "of these: public piles": the part of a layer that a filter picks."""
    field = next(field for field in layer.all_fields() if field.id == filter_.field)
    titles = {value.id: value.title for value in field.values}
    part = titles.get(filter_.text, Text(filter_.text, filter_.text))
    return Text(f"其中：{part.zh}", f"of these: {part.en}")
