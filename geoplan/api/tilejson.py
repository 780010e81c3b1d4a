"""TileJSON 3 of each tile source."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from geoplan.api import described, reading
from geoplan.api.answers import address, json_answer
from geoplan.api.caller import Asking
from geoplan.api.language import language_of
from geoplan.api.query import strict_router
from geoplan.api.service import service_of
from geoplan.resources import resource
from geoplan.store.tiles import Source, load_rules
from geoplan.text import Lang, Text

router = strict_router(tags=["tiles"], responses=described.SHARED)

_FEATURE = {
    "id": "String: the feature; of a sum: its cell or spot",
    "name": "String",
    "name_en": "String",
    "status": "String: planned, building, finished, open or stopped",
    "amount": "Number: the layer's main measure in its shown unit",
    "synthetic": "Boolean: sample data",
}
_SUMMED = {
    **_FEATURE,
    "agg": "Boolean: true when this stands for several features",
    "n": "Number: of how many",
    "copy": "Boolean: true when it lies in the neighbouring tile and is counted there",
}
_UNIT = {
    "code": "String",
    "name": "String",
    "name_en": "String",
    "kind": "String: district or zone",
    "ring": "String",
}
_CELL = {
    "id": "String: H3 index",
    "n": "Number: parts of features in it",
    "amount": "Number: the layer's main measure in its shown unit",
}
_REACH = {
    "id": "String: H3 index",
    "n": "Number: inhabited cells of resolution 10 in it",
    "minutes": "Number: mean of their minutes on foot at the planning speed; 60 stands for more",
    "minutes_planned": "Number: likewise after the plan",
    "estimated": "Boolean: some of it is a straight line times a detour factor",
}
_GROUND = {
    "kind": "String",
    "kind_detail": "String",
    "name": "String",
    "name:en": "String",
    "min_zoom": "Number",
    "sort_rank": "Number",
}
_THEMES = (
    "earth", "landuse", "water", "buildings", "boundaries", "transit", "roads", "places", "pois",
)  # fmt: skip
_TITLES = {
    "units": Text("区划边界", "Districts and zones"),
    "base": Text("底图", "Base map"),
    "circle": Text("生活圈缺项", "Missing in the life circle"),
}


@router.get(
    "/tiles/{source}.json",
    summary="TileJSON of a source: a layer, units, base, circle, or of grid, reach and facility",
    response_class=Response,
    responses=described.answer("application/json"),
    openapi_extra=described.parameters(described.LANG, **described.OR_SIGNED_IN),
)
async def tilejson(request: Request, source: str, caller: Asking) -> Response:
    service = service_of(request)
    found = service.source(source, caller.role)
    if found.layer is not None:
        facts = [await reading.facts(service, caller, found.layer)]
    else:
        facts = [await service.facts(name) for name in found.facts_of]
    version = service.versions.of(found.version_of)
    rules = load_rules(resource("tiles"))
    lang = language_of(request.scope)
    own = facts[0].bbox if len(facts) == 1 else None
    bounds = own or list(service.city.bbox)
    document: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": title_of(found, lang),
        "tiles": [address(request, f"/tiles/{source}/{{z}}/{{x}}/{{y}}.mvt?v={version}")],
        "vector_layers": [
            {"id": name, "fields": fields} for name, fields in vector_layers(found).items()
        ],
        "minzoom": 0,
        "maxzoom": rules.deepest[found.kind],
        "bounds": bounds,
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, 10],
        "attribution": "; ".join(
            dict.fromkeys(line for each in facts for line in each.attributions)
        ),
        "scheme": "xyz",
        "version": f"{version}.0.0",
        "data_version": version,
        "synthetic": any(each.synthetic for each in facts),
    }
    return json_answer(request, document)


def title_of(source: Source, lang: Lang) -> str:
    """What a source is called."""
    if source.service is not None:
        title = source.service.title.get(lang)
        if source.kind == "facilities":
            return title
        return f"步行到{title}" if lang == "zh" else f"On foot to: {title}"
    if source.layer is None:
        return _TITLES[source.id].get(lang)
    title = source.layer.title.get(lang)
    if source.kind != "cells":
        return title
    return f"{title}（网格）" if lang == "zh" else f"{title} (grid)"


def vector_layers(source: Source) -> dict[str, dict[str, str]]:
    """Layers inside the source's tiles, with their properties."""
    if source.kind == "units":
        return {"units": _UNIT, "unit_labels": _UNIT}
    if source.kind == "base":
        return dict.fromkeys(_THEMES, _GROUND)
    if source.kind == "cells":
        return {source.id: _CELL}
    if source.kind == "reach":
        return {source.id: _REACH}
    if source.kind == "circle":
        return {source.id: _circle(source)}
    return {source.id: _SUMMED if source.kind in {"points", "facilities"} else _FEATURE}


def _circle(source: Source) -> dict[str, str]:
    fields = {name: _REACH[name] for name in ("id", "n")}
    for circle, categories in source.circles:
        fields[circle] = f"Number: mean of how many of its {categories} categories are missing"
        fields[f"{circle}_planned"] = "Number: likewise after the plan"
    return fields


TILE_PATHS: dict[str, Any] = {
    "/tiles/{source}/{z}/{x}/{y}.mvt": {
        "get": {
            "tags": ["tiles"],
            "summary": "One vector tile",
            "operationId": "tile",
            **described.OR_SIGNED_IN,
            "parameters": [
                {"name": "source", "in": "path", "required": True, "schema": {"type": "string"}},
                *(
                    {
                        "name": name,
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 0},
                    }
                    for name in "zxy"
                ),
                described.query(
                    "v",
                    "Version from TileJSON: the answer may then be kept for ever",
                    type="integer",
                ),
            ],
            "responses": {
                "200": {
                    "description": "The tile",
                    "content": {
                        "application/vnd.mapbox-vector-tile": {
                            "schema": {"type": "string", "format": "binary"}
                        }
                    },
                },
                "204": {"description": "Nothing lies here"},
                "304": {"description": "As the client holds it"},
                **{str(code): answer for code, answer in described.PROBLEM.items()},
            },
        }
    }
}
