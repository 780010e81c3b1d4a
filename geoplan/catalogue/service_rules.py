"""Rules of services that types cannot say; every finding is noted at its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geoplan.catalogue.models import CommonFields, Field, LayerFile
from geoplan.catalogue.services import CircleFile, ServiceFile, Services, Supply, wanted_by
from geoplan.catalogue.standards import Standards
from geoplan.catalogue.yaml_file import At, YamlFile
from geoplan.text import Text

_NUMBERS = ("integer", "number")
_MOST_CATEGORIES = 63  # bits of a mask


def check_services(
    file: YamlFile,
    services: Services,
    layers: Mapping[str, LayerFile],
    common: CommonFields,
    standards: Standards,
) -> None:
    """services.yaml against the layers, their fields and the figures of standards.yaml."""
    file.add_repeated(("services",), [entry.id for entry in services.services], key=("id",))
    file.add_repeated(("circles",), [entry.id for entry in services.circles], key=("id",))
    for index, entry in enumerate(services.services):
        at = ("services", index)
        for number, supply in enumerate(entry.supply):
            _check_supply(file, (*at, "supply", number), supply, layers, common)
        _check_limits(file, at, entry, standards)
        _check_capacity(file, at, entry, layers, common)
    for index, circle in enumerate(services.circles):
        _check_circle(file, ("circles", index), circle, services, standards, layers)


def _check_supply(
    file: YamlFile,
    at: At,
    supply: Supply,
    layers: Mapping[str, LayerFile],
    common: CommonFields,
) -> None:
    layer = layers.get(supply.layer)
    held = [name for name, one in layers.items() if one.geometry != "none"]
    if layer is None or layer.geometry == "none":
        detail = Text(
            f"没有空间图层 {supply.layer}", f"there is no layer {supply.layer} with features"
        )
        file.add_choice((*at, "layer"), "catalogue_service_layer", detail, held)
        return
    fields = {field.id: field for field in (*common.fields, *layer.fields)}
    for name, values in supply.where.items():
        field = fields.get(name)
        if field is None:
            detail = Text(f"没有字段 {name}", f"there is no field {name}")
            file.add_choice((*at, "where", name), "catalogue_service_field", detail, fields)
            continue
        known = [value.id for value in field.values]
        for value in values:
            if known and value not in known:
                detail = Text(f"{name} 没有值 {value}", f"{name} has no value {value}")
                file.add_choice((*at, "where", name), "catalogue_service_value", detail, known)
    low, high = supply.min_area_m2, supply.max_area_m2
    if low is not None and high is not None and low >= high:
        file.add(
            (*at, "min_area_m2"),
            "catalogue_service_area",
            Text("面积下限不小于上限", "the least area is not below the largest"),
            Text("请对调", "swap them"),
        )


def _check_limits(file: YamlFile, at: At, entry: ServiceFile, standards: Standards) -> None:
    if bool(entry.standards) == (entry.minutes is not None):
        file.add(
            at,
            "catalogue_service_limit",
            Text(f"{entry.id} 须有 standards 或 minutes 之一", f"{entry.id} needs one limit"),
            Text("写 standards；没有标准时写 minutes", "give standards, or minutes without any"),
        )
    circle = standards.convenience_circle
    known: dict[str, Sequence[object]] = {
        "facility": list(standards.facilities),
        "park_min_m2": [one.min_m2 for one in standards.parks.radius_by_area.value],
        "charging": list(standards.charging.radius_m.value),
        "convenience": [*circle.basic.value, *circle.quality.value],
    }
    for number, ref in enumerate(entry.standards):
        place = (*at, "standards", number)
        given = {key: value for key, value in dict(ref).items() if value is not None}
        if len(given) != 1:
            detail = Text("须恰有一个键", "exactly one key is needed")
            file.add_choice(place, "catalogue_service_standard", detail, known)
        for key, value in given.items():
            if value not in known[key]:
                detail = Text(f"没有标准 {value}", f"standards.yaml has no {key} {value}")
                names = [str(name) for name in known[key]]
                file.add_choice((*place, key), "catalogue_service_standard", detail, names)


def _check_capacity(
    file: YamlFile,
    at: At,
    entry: ServiceFile,
    layers: Mapping[str, LayerFile],
    common: CommonFields,
) -> None:
    if entry.capacity is None:
        return
    fields: list[Field] = [
        field
        for supply in entry.supply
        if supply.layer in layers
        for field in (*common.fields, *layers[supply.layer].fields)
    ]
    numbers = sorted({field.id for field in fields if field.type in _NUMBERS})
    if entry.capacity.field not in numbers:
        name = entry.capacity.field
        detail = Text(f"没有数字字段 {name}", f"there is no numeric field {name}")
        file.add_choice((*at, "capacity", "field"), "catalogue_service_capacity", detail, numbers)


def _check_circle(
    file: YamlFile,
    at: At,
    circle: CircleFile,
    services: Services,
    standards: Standards,
    layers: Mapping[str, LayerFile],
) -> None:
    if bool(circle.tiers) == (circle.businesses is not None):
        file.add(
            at,
            "catalogue_circle",
            Text("须有 tiers 或 businesses 之一", "give either tiers or businesses"),
            Text("补上一个，删除另一个", "add one, take out the other"),
        )
        return
    wanted = wanted_by(circle, standards)
    key = "convenience" if circle.businesses else "facility"
    for name in wanted:
        met_by = [
            entry
            for entry in services.services
            if name in [getattr(ref, key) for ref in entry.standards]
        ]
        if not met_by:
            file.add(
                at,
                "catalogue_circle_service",
                Text(f"没有服务满足 {name}", f"no service stands for {name}"),
                Text(
                    f"请为某个服务的 standards 加 {key}: {name}",
                    f"add `{key}: {name}` to the standards of a service",
                ),
            )
        for entry in met_by:
            hidden = [
                supply.layer
                for supply in entry.supply
                if supply.layer in layers and layers[supply.layer].visibility != "public"
            ]
            if hidden:
                file.add(
                    at,
                    "catalogue_circle_hidden",
                    Text(f"{hidden[0]} 不公开", f"{hidden[0]} is not public, but circles are"),
                    Text(f"请从 {entry.id} 中删除", f"take it out of {entry.id}"),
                )
    if len(wanted) > _MOST_CATEGORIES:
        file.add(
            at,
            "catalogue_circle_size",
            Text(f"超过 {_MOST_CATEGORIES} 类", f"more than {_MOST_CATEGORIES} categories"),
            Text("请减少", "take some out"),
        )
