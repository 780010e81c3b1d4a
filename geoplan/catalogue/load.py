"""From a city's folder of YAML files to its catalogue, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoplan.catalogue.city_rules import check_city, check_units
from geoplan.catalogue.field_rules import check_common
from geoplan.catalogue.layer_rules import check_layer
from geoplan.catalogue.models import City, CityFile, CommonFields, Field, Layer, LayerFile, Units
from geoplan.catalogue.service_rules import check_services
from geoplan.catalogue.services import Services, make_circles, make_services
from geoplan.catalogue.standards import Standards
from geoplan.catalogue.targets import Period, Target
from geoplan.catalogue.yaml_file import YamlFile
from geoplan.errors import GeoplanError, Issue
from geoplan.text import Text

_OTHERS = ("city.yaml", "units.yaml", "fields.yaml", "standards.yaml", "services.yaml")


def load_city(folder: Path) -> City:
    """A city's catalogue.

    folder  holds city.yaml, units.yaml, fields.yaml, standards.yaml, services.yaml and one file a
            layer.
    Raises GeoplanError `catalogue_invalid`; its issues name file, line and remedy.
    """
    city, issues = _read(folder)
    if city is None or issues:
        raise GeoplanError(
            "catalogue_invalid",
            Text(
                f"{folder.name} 的图层目录有 {len(issues)} 处错误",
                f"the catalogue of {folder.name} has {len(issues)} errors",
            ),
            Text(
                "请按所列文件和行号改正，再运行 geoplan layers check",
                "mend the listed files and lines, then run `geoplan layers check`",
            ),
            where=issues[0].where,
            issues=issues,
        )
    return city


def check(folder: Path) -> list[Issue]:
    """Everything that is wrong with a city's folder, by file and line; empty when it is sound."""
    return _read(folder)[1]


def schema() -> dict[str, Any]:
    """JSON Schema of a layer file; published as layers/schema.json."""
    made = LayerFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Layer"}


@dataclass(slots=True)
class _Parts:
    """The files of a folder as far as they could be read."""

    city: CityFile | None
    units: Units | None
    common: CommonFields | None
    standards: Standards | None
    services: Services | None
    layers: list[LayerFile]
    files: list[YamlFile]

    def issues(self) -> list[Issue]:
        found = [issue for file in self.files for issue in file.issues]
        return sorted(found, key=lambda issue: (issue.where.file or "", issue.where.row or 0))


def _read(folder: Path) -> tuple[City | None, list[Issue]]:
    parts = _parts(folder)
    issues = parts.issues()
    if issues or not (
        parts.city and parts.units and parts.common and parts.standards and parts.services
    ):
        return None, issues
    layers = {
        layer.id: _layer(layer, parts.common.fields, parts.city.periods) for layer in parts.layers
    }
    public = {layer_id: layer.visibility == "public" for layer_id, layer in layers.items()}
    services = make_services(parts.services, parts.standards, public)
    ordered = [*parts.city.order, *sorted(layers.keys() - set(parts.city.order))]
    return City(
        id=parts.city.id,
        title=parts.city.title,
        bbox=parts.city.bbox,
        core=parts.city.core,
        attribution=parts.city.attribution,
        boundary=parts.city.boundary,
        prefixes=parts.city.prefixes,
        periods=parts.city.periods,
        units=parts.units.units,
        layers={layer_id: layers[layer_id] for layer_id in ordered},
        standards=parts.standards,
        services=services,
        circles=make_circles(parts.services, services, parts.standards),
    ), []


def _parts(folder: Path) -> _Parts:
    """Reads and checks each file, then those rules that two files share."""
    city_file, units_file, fields_file, standards_file, services_file = (
        YamlFile.read(folder / name) for name in _OTHERS
    )
    paths = sorted(path for path in folder.glob("*.yaml") if path.name not in _OTHERS)
    layer_files = [YamlFile.read(path) for path in paths]
    city = city_file.load(CityFile)
    units = units_file.load(Units)
    common = fields_file.load(CommonFields)
    layers = [(file, file.load(LayerFile)) for file in layer_files]
    standards = standards_file.load(Standards)
    services = services_file.load(Services)
    if units is not None:
        check_units(units_file, units)
    if common is not None:
        check_common(fields_file, common)
    if city is not None:
        check_city(city_file, city, {path.stem for path in paths})
    for file, layer in layers:
        # Without these two, every layer would be said to lack what only they lack.
        if layer is not None and common is not None and city is not None:
            check_layer(file, layer, common, city)
    sound = {layer.id: layer for _, layer in layers if layer is not None}
    # A layer whose file is broken is no reason to say that services name none.
    if services and common and standards and len(sound) == len(layers):
        check_services(services_file, services, sound, common, standards)
    return _Parts(
        city=city,
        units=units,
        common=common,
        standards=standards,
        services=services,
        layers=[layer for _, layer in layers if layer is not None],
        files=[city_file, units_file, fields_file, standards_file, services_file, *layer_files],
    )


def _layer(file: LayerFile, common: tuple[Field, ...], periods: Mapping[str, Period]) -> Layer:
    targets = tuple(
        Target(
            **dict(target),
            starts_on=periods[target.period].starts_on,
            ends_on=periods[target.period].ends_on,
        )
        for target in file.targets
    )
    fields = tuple(
        field.model_copy(update={"required": False}) if field.id in file.optional else field
        for field in common
    )
    return Layer(**{**dict(file), "targets": targets, "common": fields})
