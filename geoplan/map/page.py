"""The HTML document of the page and the script that Folium writes for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from geoplan.catalogue import City, Layer
from geoplan.map.bundle import Bundle
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
from geoplan.map.words import in_language, review
from geoplan.text import Lang, Text

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A document and its script; the script is the same for both languages."""

    html: str
    script: str
    script_path: str


def build_page(
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
    """The public page of a city.

    bundle           folder of the built web/ (`resource("web")`)
    layer_versions   data version of each tile source (layer ids, `units`, `base`): it becomes `?v=`
                     of the tile addresses, so that browsers may keep tiles for ever; the first
                     version of `circle` is that of none
    approval_number  review number (审图号) of the map; empty: the page says that it is a test
    attributions     further lines, such as those of the loaded sources; plain words
    raster_url       XYZ template of a raster base map, WGS 84 / CGCS2000; empty: none
    Raises GeoplanError `page_not_built`.
    """
    lines = credit_lines(city, approval_number, attributions, raster_attribution)
    return make_page(
        city,
        "page.html",
        bundle=Bundle.load(bundle),
        lang=lang,
        words=in_language(lang),
        lines=lines,
        layers=public_layers(city),
        versions=layer_versions or {},
        hexagons=Hexagons(),
        raster_url=raster_url,
        config=page_config(city, lines, circles=(layer_versions or {}).get("circle") != 1),
    )


def make_page(
    city: City,
    template: str,
    *,
    bundle: Bundle,
    lang: Lang,
    words: Mapping[str, str],
    lines: Sequence[Text],
    layers: Iterable[Layer],
    versions: Mapping[str, int],
    hexagons: Hexagons | None,
    raster_url: str,
    config: Mapping[str, Any],
) -> Page:
    """A document around the map of a city: what the public, planners and staff see differs in
    template, bundle, layers and in what its script is told (config, JSON values)."""
    city_map = CityMap(city.bbox)
    features = {
        layer.id: FeatureTiles(
            layer.id,
            tiles_url(layer.id, versions),
            color=layer.style.color,
            symbol=layer.style.symbol,
            width=layer.style.width,
        )
        for layer in layers
        if layer.geometry != "none"
    }
    start = Start(
        city_map,
        boundaries=Boundaries(tiles_url("units", versions)),
        ground=GroundTiles(tiles_url("base", versions)),
        hexagons=hexagons,
        features=features,
        raster=RasterTiles(raster_url) if raster_url else None,
        page=config,
    )
    add_all(city_map, start)
    script = script_of(city_map)
    path = f"/map/{hashlib.sha256(script.encode()).hexdigest()[:12]}.js"
    html = TEMPLATES.get_template(template).render(
        lang=lang,
        other="en" if lang == "zh" else "zh",
        title=title_of(city).get(lang),
        words=words,
        bundle=bundle,
        script_path=path,
        container=container_of(city_map),
        lines=[text.get(lang) for text in lines],
    )
    return Page(html, script, path)


def tiles_url(source: str, versions: Mapping[str, int]) -> str:
    """Template of a source's tiles, with its data version when it is known."""
    version = versions.get(source)
    return f"/tiles/{source}/{{z}}/{{x}}/{{y}}.mvt" + ("" if version is None else f"?v={version}")


def credit_lines(
    city: City, approval_number: str, attributions: Sequence[Text], raster: str
) -> list[Text]:
    """What a map must say of itself, each line once: its own review first, then the boundaries'
    source and review number.

    What a source says of itself comes in one language only, so a line that has been said in
    either language is not said again.
    """
    said: set[str] = set()
    lines = [review(approval_number)]
    for text in [city.attribution, *attributions, Text(raster, raster)]:
        words = {text.zh, text.en} - {""}
        if words and said.isdisjoint(words):
            lines.append(text)
            said |= words
    return lines
