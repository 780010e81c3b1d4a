"""The planners' page: its document, the script of its map, and what the catalogue tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geoplan.catalogue import City, Service
from geoplan.catalogue.services import Supply
from geoplan.map.bundle import PLAN, Bundle
from geoplan.map.config import page_config, public_layers
from geoplan.map.elements import Hexagons
from geoplan.map.page import Page, credit_lines, make_page
from geoplan.map.words import PLAN_WORDS, in_language
from geoplan.text import Lang, Text


def build_plan_page(
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
    """The page where planners measure coverage, compare and follow targets; parameters as
    `build_page`. What it shows is public.

    Raises GeoplanError `page_not_built`.
    """
    lines = credit_lines(city, approval_number, attributions, raster_attribution)
    return make_page(
        city,
        "plan.html",
        bundle=Bundle.load(bundle, PLAN),
        lang=lang,
        words=in_language(lang, PLAN_WORDS),
        lines=lines,
        layers=public_layers(city),
        versions=layer_versions or {},
        hexagons=Hexagons(),
        raster_url=raster_url,
        config=plan_config(city, lines),
    )


def _facilities(city: City, service: Service) -> dict[str, Any]:
    """The tiles that show a service's facilities, and their look: where they are walked to; lines
    that are facilities all along are shown as their layer."""
    layer = city.layers[service.supply[0].layer]
    lines = layer.geometry == "line" and list(service.supply) == [Supply(layer=layer.id)]
    return {
        "source": layer.id if lines else f"facility.{service.id}",
        "color": layer.style.color,
        "symbol": layer.style.symbol,
        "width": layer.style.width,
    }


def plan_config(city: City, lines: Sequence[Text]) -> dict[str, Any]:
    """What the page's script reads (web/src/plan/config.ts): the public page's catalogue, the
    tiles of each service's facilities, and how fast people walk in metres a second."""
    config = page_config(city, lines)
    walking = city.standards.walking
    for service in config["services"]:
        service["facilities"] = _facilities(city, city.services[service["id"]])
    config["walking"] = {
        "planning": walking.planning_m_per_min.value / 60,
        "adult": walking.adult_m_s.value,
        "elderly": walking.elderly_m_s.value,
        "child": walking.child_m_s.value,
    }
    return config
