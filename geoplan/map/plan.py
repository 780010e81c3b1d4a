"""The planners' page: its document, the script of its map, and what the catalogue tells it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geoplan.catalogue import City, Service
from geoplan.catalogue.services import Supply
from geoplan.map.bundle import PLAN, Bundle
from geoplan.map.config import page_config, public_layers, title_of
from geoplan.map.document import CityMap, container_of, script_of
from geoplan.map.elements import (
    Boundaries,
    FeatureTiles,
    GroundTiles,
    Hexagons,
    RasterTiles,
    Start,
    add_all,
)
from geoplan.map.page import TEMPLATES, Page, credit_lines, tiles_url
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
    city_map = CityMap(city.bbox)
    versions = dict(layer_versions or {})
    start = Start(
        city_map,
        boundaries=Boundaries(tiles_url("units", versions)),
        ground=GroundTiles(tiles_url("base", versions)),
        hexagons=Hexagons(),
        features={
            layer.id: FeatureTiles(
                layer.id,
                tiles_url(layer.id, versions),
                color=layer.style.color,
                symbol=layer.style.symbol,
                width=layer.style.width,
            )
            for layer in public_layers(city)
            if layer.geometry != "none"
        },
        raster=RasterTiles(raster_url) if raster_url else None,
        page=plan_config(city, lines),
    )
    add_all(city_map, start)
    script = script_of(city_map)
    path = f"/map/{hashlib.sha256(script.encode()).hexdigest()[:12]}.js"
    html = TEMPLATES.get_template("plan.html").render(
        lang=lang,
        other="en" if lang == "zh" else "zh",
        title=title_of(city).get(lang),
        words=in_language(lang, PLAN_WORDS),
        bundle=Bundle.load(bundle, PLAN),
        script_path=path,
        container=container_of(city_map),
        lines=[text.get(lang) for text in lines],
    )
    return Page(html, script, path)


def _suppliers(service: Service) -> list[str]:
    """The layers that are all of a service's facilities and nothing else; else none: tiles hold
    whole layers, and what is no facility must not look like one."""
    whole = all(supply == Supply(layer=supply.layer) for supply in service.supply)
    return sorted({supply.layer for supply in service.supply}) if whole else []


def plan_config(city: City, lines: Sequence[Text]) -> dict[str, Any]:
    """What the page's script reads (web/src/plan/config.ts): the public page's catalogue, the
    layers that supply each service, and how fast people walk in metres a second."""
    config = page_config(city, lines)
    walking = city.standards.walking
    for service in config["services"]:
        service["layers"] = _suppliers(city.services[service["id"]])
    config["walking"] = {
        "planning": walking.planning_m_per_min.value / 60,
        "adult": walking.adult_m_s.value,
        "elderly": walking.elderly_m_s.value,
        "child": walking.child_m_s.value,
    }
    return config
