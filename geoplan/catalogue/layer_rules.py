"""Rules of a layer that types cannot say; every finding is noted at its line."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.catalogue.field_rules import NUMBERS, check_fields
from geoplan.catalogue.models import CityFile, CommonFields, Field, LayerFile, Measure
from geoplan.catalogue.targets import Filter, TargetFile
from geoplan.catalogue.yaml_file import At, YamlFile
from geoplan.text import Text

_NEEDS = {"length": "line", "area": "polygon"}
_RESERVED = ("base", "units")  # tile sources and collections that are no layers


def check_layer(file: YamlFile, layer: LayerFile, common: CommonFields, city: CityFile) -> None:
    """A layer's file against itself, the common fields and the city's periods."""
    if f"{layer.id}.yaml" != file.name or layer.id in _RESERVED:
        file.add(
            ("id",),
            "catalogue_layer_id",
            Text(f"{layer.id} 须与文件名相同，且未被占用", f"{layer.id} is not the file's name"),
            Text("id 与文件名须一致，不用 base、units", "give both one name, not base or units"),
        )
    _check_geometry(file, layer)
    check_fields(file, layer.fields, common.fields)
    required = [field.id for field in common.fields if field.required]
    for index, name in enumerate(layer.optional):
        if name not in required:
            detail = Text(f"{name} 不是必填的通用字段", f"{name} is no required common field")
            file.add_choice(("optional", index), "catalogue_optional", detail, required)
    known = {field.id: field for field in (*common.fields, *layer.fields)}
    file.add_repeated(("measures",), [measure.id for measure in layer.measures], key=("id",))
    for index, measure in enumerate(layer.measures):
        _check_measure(file, ("measures", index), layer, measure, known)
    file.add_repeated(("targets",), [target.id for target in layer.targets], key=("id",))
    for index, target in enumerate(layer.targets):
        _check_target(file, ("targets", index), layer, target, city)
        if target.filter is not None:
            _check_filter(file, ("targets", index, "filter"), target.filter, known)


def _check_geometry(file: YamlFile, layer: LayerFile) -> None:
    if (layer.group == "indicator") != (layer.geometry == "none"):
        file.add(
            ("geometry",),
            "catalogue_geometry",
            Text("只有 indicator 没有几何", "indicators, and only they, have no geometry"),
            Text("indicator 对应 geometry: none", "indicator goes with geometry: none"),
        )
    if layer.also and (layer.geometry == "none" or layer.geometry in layer.also):
        file.add(
            ("also",),
            "catalogue_geometry",
            Text("also 只列其他几何类型", "also lists other geometries than the layer's own"),
            Text(f"请删除 {layer.geometry}", f"take out {layer.geometry}"),
        )


def _check_measure(
    file: YamlFile, at: At, layer: LayerFile, measure: Measure, known: Mapping[str, Field]
) -> None:
    needed = _NEEDS.get(measure.kind)
    if needed is not None and needed not in (layer.geometry, *layer.also):
        file.add(
            (*at, "kind"),
            "catalogue_measure_kind",
            Text(
                f"{layer.geometry} 图层没有 {measure.kind}",
                f"a layer of {layer.geometry} has no {measure.kind}",
            ),
            Text("请用 count 或 sum，或改几何类型", "use count or sum, or change the geometry"),
        )
    if (measure.kind == "sum") != (measure.field is not None):
        file.add(
            at,
            "catalogue_measure_field",
            Text("sum 须有 field，其他不得有", "a sum has a field, other measures have none"),
            Text("请补上或删除 field", "add field, or take it out"),
        )
    elif measure.field is not None:
        numeric = [field.id for field in known.values() if field.type in NUMBERS]
        if measure.field not in numeric:
            detail = Text(
                f"没有数字字段 {measure.field}", f"there is no numeric field {measure.field}"
            )
            file.add_choice((*at, "field"), "catalogue_measure_field", detail, numeric)


def _check_target(
    file: YamlFile, at: At, layer: LayerFile, target: TargetFile, city: CityFile
) -> None:
    measures = {measure.id: measure for measure in layer.measures}
    measure = measures.get(target.measure)
    if measure is None:
        detail = Text(f"没有度量 {target.measure}", f"there is no measure {target.measure}")
        file.add_choice((*at, "measure"), "catalogue_target_measure", detail, measures)
    elif target.kind != "coverage" and target.unit != measure.unit:
        # What is done is shown in the measure's unit: 453 km against metres would be no progress.
        file.add(
            (*at, "unit"),
            "catalogue_target_unit",
            Text(
                f"目标单位 {target.unit.zh} 与度量单位 {measure.unit.zh} 不同",
                f"the target is in {target.unit.en}, its measure in {measure.unit.en}",
            ),
            Text("请用同一单位，换算写在 factor", "use one unit; factor converts the measure"),
        )
    if target.period not in city.periods:
        detail = Text(
            f"city.yaml 没有时期 {target.period}", f"city.yaml has no period {target.period}"
        )
        file.add_choice((*at, "period"), "catalogue_target_period", detail, city.periods)


def _check_filter(file: YamlFile, at: At, filter_: Filter, known: Mapping[str, Field]) -> None:
    field = known.get(filter_.field)
    if field is None:
        detail = Text(f"没有字段 {filter_.field}", f"there is no field {filter_.field}")
        file.add_choice((*at, "field"), "catalogue_filter_field", detail, known)
        return
    values = {"enum": [value.id for value in field.values], "boolean": ["true", "false"]}
    if filter_.text not in values.get(field.type, [filter_.text]):
        detail = Text(
            f"{field.id} 没有值 {filter_.text}", f"{field.id} has no value {filter_.text}"
        )
        file.add_choice((*at, "text"), "catalogue_filter_text", detail, values[field.type])
