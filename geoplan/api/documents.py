"""Collections and their schemas as OGC API Features describes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geoplan.api.answers import GEOJSON, SCHEMA_JSON
from geoplan.api.crs import CRS84, KNOWN
from geoplan.api.filters import queryables
from geoplan.catalogue import City, Field, Layer
from geoplan.store.collections import UNITS, Facts, property_names
from geoplan.text import Lang, Text

Link = Callable[..., dict[str, str]]
_TITLES = {
    "district": Text("所在区（市）县", "District"),
    "synthetic": Text("示意数据", "Sample data"),
    "source_title": Text("数据来源", "Source"),
    "source_attribution": Text("署名", "Attribution"),
    "code": Text("代码", "Code"),
    "name": Text("名称", "Name"),
    "name_en": Text("英文名称", "Name in English"),
    "kind": Text("类别", "Kind"),
    "ring": Text("圈层", "Ring"),
    "population": Text("人口", "Population"),
    "area_km2": Text("面积（平方公里）", "Area (km²)"),
    "parents": Text("所属区（市）县", "Parents"),
}
_UNIT_TYPES = {
    "population": "integer",
    "area_km2": "number",
    "parents": "array",
    "synthetic": "boolean",
}
_TYPES = {
    "text": "string",
    "enum": "string",
    "date": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
_GEOMETRIES = {
    "point": "geometry-point-or-multipoint",
    "line": "geometry-linestring-or-multilinestring",
    "polygon": "geometry-polygon-or-multipolygon",
}
UNITS_TITLE = Text("区划边界", "Districts and zones")
UNITS_SUMMARY = Text(
    "区（市）县与功能区的边界", "Boundaries of the districts and zones that report"
)


def collection_document(
    layer: Layer | None, facts: Facts, city: City, lang: Lang, *, version: int, link: Link
) -> dict[str, Any]:
    """One collection; layer None: the units."""
    name = UNITS if layer is None else layer.id
    title, summary = (UNITS_TITLE, UNITS_SUMMARY) if layer is None else (layer.title, layer.summary)
    path = f"/api/collections/{name}"
    starts = facts.starts_on and f"{facts.starts_on}T00:00:00+08:00"
    ends = facts.ends_on and f"{facts.ends_on}T23:59:59+08:00"
    return {
        "id": name,
        "title": title.get(lang),
        "description": summary.get(lang),
        "attribution": "；".join(facts.attributions)
        if lang == "zh"
        else "; ".join(facts.attributions),
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [facts.bbox or list(city.bbox)], "crs": CRS84},
            "temporal": {"interval": [[starts, ends]]},
        },
        "crs": list(KNOWN),
        "storageCrs": CRS84,
        "numberOfFeatures": facts.features,
        "data_version": version,
        "synthetic": facts.synthetic,
        "links": [
            link(path, "self", "application/json", f="json"),
            link(path, "alternate", "text/html", f="html"),
            link(f"{path}/items", "items", GEOJSON, f="json"),
            link(f"{path}/items", "items", "text/html", f="html"),
            link(
                f"{path}/queryables",
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                SCHEMA_JSON,
            ),
            link(f"{path}/schema", "describedby", SCHEMA_JSON),
            link(
                f"/tiles/{name}.json",
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                "application/json",
            ),
        ],
    }


def schema_document(layer: Layer | None, lang: Lang, what: str, address: str) -> dict[str, Any]:
    """JSON Schema of what items have (`schema`) or can be asked by (`queryables`)."""
    title = UNITS_TITLE if layer is None else layer.title
    properties: dict[str, Any] = {}
    if what == "schema":
        kind = "polygon" if layer is None else layer.geometry
        form = "geometry-any" if layer is not None and layer.also else _GEOMETRIES[kind]
        properties["geometry"] = {"x-ogc-role": "primary-geometry", "format": form}
    names = list(queryables(layer)) if what == "queryables" else shown_names(layer)
    fields = {} if layer is None else {field.id: field for field in layer.all_fields()}
    for name in names:
        properties[name] = _property(name, layer, fields.get(name), lang)
        if what == "schema" and (layer is None or name not in fields):
            properties[name]["readOnly"] = True  # computed, whatever a change says
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": title.get(lang),
        "properties": properties,
        "additionalProperties": False,
    }


def shown_names(layer: Layer | None) -> list[str]:
    """Properties of an item, in their order."""
    last = ["synthetic", "source_title", "source_attribution"]
    if layer is None:
        return [
            "code",
            "name",
            "name_en",
            "kind",
            "ring",
            "population",
            "area_km2",
            "parents",
            *last,
        ]
    return [*property_names(layer), *(f"amount_{m.id}" for m in layer.measures), *last]


def property_title(name: str, layer: Layer | None, field: Field | None, lang: Lang) -> str:
    """What a property is called, with its unit."""
    if field is not None:
        return _with_unit(field.title.get(lang), field.unit, lang)
    for measure in layer.measures if layer is not None else ():
        if name == f"amount_{measure.id}":
            return _with_unit(measure.title.get(lang), measure.unit, lang)
    return _TITLES[name].get(lang) if name in _TITLES else name


def _with_unit(title: str, unit: object, lang: Lang) -> str:
    shown = unit.get(lang) if isinstance(unit, Text) else unit
    if not shown:
        return title
    return f"{title}（{shown}）" if lang == "zh" else f"{title} ({shown})"


def _property(name: str, layer: Layer | None, field: Field | None, lang: Lang) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": property_title(name, layer, field, lang)}
    if name.startswith("amount_"):
        schema["type"] = "number"
    elif field is not None:
        schema["type"] = _TYPES[field.type]
        if field.type == "date":
            schema["format"] = "date"
        if field.values:
            schema["enum"] = [value.id for value in field.values]
    else:
        schema["type"] = _UNIT_TYPES.get(name, "string")
    return schema
