"""The staff page: its document, the script of its map, and what the catalogue tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geoplan.catalogue import City, Field, Layer, Service
from geoplan.map.bundle import STAFF, Bundle
from geoplan.map.config import STATUSES, target_title, title_of, words
from geoplan.map.page import Page, credit_lines, make_page
from geoplan.map.words import STAFF_WORDS, in_language
from geoplan.text import Lang, Text


def build_staff_page(
    city: City,
    *,
    bundle: Path,
    lang: Lang = "zh",
    layer_versions: Mapping[str, int] | None = None,
    approval_number: str = "",
    attributions: Sequence[Text] = (),
    raster_url: str = "",
    raster_attribution: str = "",
) -> Page:
    """The page where staff upload ledgers and planners review them; parameters as `build_page`.

    The document and its script hold the catalogue alone and are the same for everybody: what an
    account may see, it asks for after the login.
    Raises GeoplanError `page_not_built`.
    """
    lines = credit_lines(city, approval_number, attributions, raster_attribution)
    return make_page(
        city,
        "staff.html",
        bundle=Bundle.load(bundle, STAFF),
        lang=lang,
        words=in_language(lang, STAFF_WORDS),
        lines=lines,
        layers=city.layers.values(),
        versions=layer_versions or {},
        hexagons=None,
        raster_url=raster_url,
        config=staff_config(city, lines),
    )


def staff_config(city: City, lines: Sequence[Text]) -> dict[str, Any]:
    """The catalogue as the staff page reads it (web/src/staff/config.ts); plain JSON values.

    All layers and all fields but those about persons, which are never stored.
    """
    return {
        "title": words(title_of(city)),
        "bounds": list(city.bbox),
        "layers": [_layer(layer) for layer in city.layers.values()],
        "units": [
            {"code": unit.code, "name": words(unit.name), "kind": unit.kind} for unit in city.units
        ],
        "services": [_service(service) for service in city.services.values() if service.visible],
        "statuses": {key: words(text) for key, text in STATUSES.items()},
        "attributions": [words(text) for text in lines],
    }


def _layer(layer: Layer) -> dict[str, Any]:
    decimals = {measure.id: measure.decimals for measure in layer.measures}
    return {
        "id": layer.id,
        "title": words(layer.title),
        "summary": words(layer.summary),
        "group": layer.group,
        "geometry": layer.geometry,
        "visibility": layer.visibility,
        "color": layer.style.color,
        "symbol": layer.style.symbol,
        "width": layer.style.width,
        "fields": [_field(field, layer) for field in layer.all_fields() if not field.personal],
        "targets": [
            {
                "id": target.id,
                "title": words(target_title(layer, target)),
                "unit": words(target.unit),
                "decimals": decimals[target.measure],
            }
            for target in layer.targets
        ],
    }


def _field(field: Field, layer: Layer) -> dict[str, Any]:
    return {
        "id": field.id,
        "title": words(field.title),
        "unit": words(field.unit) if field.unit else None,
        "type": field.type,
        "required": field.required and field.id not in layer.optional,
        "values": {value.id: words(value.title) for value in field.values},
    }


def _service(service: Service) -> dict[str, Any]:
    return {"id": service.id, "title": words(service.title)}
