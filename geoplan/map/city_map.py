"""The Folium map of a city and its own elements, drawn by the page's bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Element, Figure, MacroElement
from folium.map import Layer as FoliumLayer

from geoplan.map.bundle import inline_bundle
from geoplan.map.scripts import ScriptTemplate

TILE_MAX_ZOOM = 15


class CityMap(folium.Map):
    """A Folium map that loads nothing from elsewhere and whose names never change.

    bounds  west, south, east, north in degrees (EPSG:4326): the map cannot leave them far.
    bundle  folder of the built web/: for a map of its own, in a notebook or saved to a file, which
            then carries the page's code in itself. The served page links it instead.
    The element is `map_city` in every rendering, so the script's hash is stable.
    Raises GeoplanError `page_not_built` when the bundle is not there.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (Folium's own class attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    _template = ScriptTemplate(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map(
            {{ this.get_name()|script }}, {{ this.page_options|script }}
        );
        geoplan.panes({{ this.get_name() }});
        {%- if this.alone %}
        {{ this.get_name() }}.fitBounds({{ this.corners|script }});
        {%- endif %}
        {% endmacro %}
        """
    )

    def __init__(
        self, bounds: tuple[float, float, float, float], *, bundle: Path | None = None
    ) -> None:
        west, south, east, north = bounds
        super().__init__(location=((south + north) / 2, (west + east) / 2), tiles=None)
        self._id = "city"
        self.alone = bundle is not None
        self.corners = [[south, west], [north, east]]
        if bundle is not None:
            figure_of(self).header.add_child(Code(inline_bundle(bundle)), name="geoplan")
        margin = (east - west) / 2
        self.page_options = {
            "minZoom": 7,
            "maxZoom": 18,
            "zoomControl": False,
            "attributionControl": False,
            "maxBounds": [[south - margin, west - margin], [north + margin, east + margin]],
            "maxBoundsViscosity": 0.6,
        }


class Code(Element):
    """Markup for the document's head, as it is: Folium must not read it as a template."""

    def __init__(self, code: str) -> None:
        super().__init__("{{ this.code }}")
        self.code = code


class PageLayer(FoliumLayer):
    """A layer that the bundle's `geoplan.{maker}(options)` makes.

    key      stable part of its name in the script
    options  JSON values, passed as they are
    show     added to the map at once; the page decides by its own state and leaves it out
    """

    maker = ""

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = geoplan.{{ this.maker }}({{ this.options|script }});
        {% endmacro %}
        """
    )

    def __init__(self, key: str, options: Mapping[str, Any], *, show: bool = False) -> None:
        super().__init__(name=key, overlay=True, control=False, show=show)
        self._name = self.maker
        self._id = key
        self.options = dict(options)


class FeatureTiles(PageLayer):
    """Points, lines or areas of one layer as vector tiles, in the layer's colour and symbol."""

    maker = "features"

    def __init__(
        self,
        layer: str,
        url: str,
        *,
        color: str,
        symbol: str,
        width: float,
        show: bool = False,
    ) -> None:
        options = {
            "source": layer,
            "url": url,
            "maxDataZoom": TILE_MAX_ZOOM,
            "color": color,
            "symbol": symbol,
            "width": width,
        }
        super().__init__(layer, options, show=show)


class Hexagons(PageLayer):
    """The H3 choropleth.

    values  H3 index (as its usual text) → value, of one resolution. None on the served page, where
            the cells come as a compact binary from `/api/grid/{layer}` in step with the zoom.
    """

    maker = "hexagons"

    def __init__(
        self,
        values: Mapping[str, float] | None = None,
        *,
        opacity: float = 0.86,
        show: bool = False,
    ) -> None:
        options: dict[str, Any] = {"opacity": opacity}
        if values is not None:
            cells = sorted(values)
            options |= {"cells": cells, "values": [values[cell] for cell in cells]}
        super().__init__("grid", options, show=show)


class Boundaries(PageLayer):
    """The city's land and the lines and names of its districts, from the tiles `units`."""

    maker = "boundaries"

    def __init__(self, url: str, *, show: bool = False) -> None:
        super().__init__("units", {"url": url, "maxDataZoom": TILE_MAX_ZOOM}, show=show)


class GroundTiles(PageLayer):
    """The base map in the Protomaps schema, from the tiles `base`; may be empty."""

    maker = "ground"

    def __init__(self, url: str, *, show: bool = False) -> None:
        super().__init__("base", {"url": url, "maxDataZoom": TILE_MAX_ZOOM}, show=show)


class RasterTiles(FoliumLayer):
    """A configured raster base map under everything."""

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.tileLayer({{ this.url|script }}, {{ this.options|script }});
        {% endmacro %}
        """
    )

    def __init__(self, url: str, *, subdomains: str = "abc", show: bool = False) -> None:
        super().__init__(name="raster", overlay=False, control=False, show=show)
        self._name = "raster"
        self._id = "0"
        self.url = url
        self.options = {"maxZoom": 18, "subdomains": subdomains}


class Start(MacroElement):
    """The last line of the script: hands the elements and the catalogue to the page.

    hexagons  None on pages that show none.
    """

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        geoplan.start({
          map: {{ this.map.get_name() }},
          boundaries: {{ this.boundaries.get_name() }},
          ground: {{ this.ground.get_name() }},
          hexagons: {{ this.hexagons.get_name() if this.hexagons else "null" }},
          features: {
            {%- for key, layer in this.features.items() %}
            {{ key|script }}: {{ layer.get_name() }},
            {%- endfor %}
          },
          raster: {{ this.raster.get_name() if this.raster else "null" }},
          page: {{ this.page|script }},
        });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        city_map: CityMap,
        *,
        boundaries: Boundaries,
        ground: GroundTiles,
        hexagons: Hexagons | None,
        features: Mapping[str, FeatureTiles],
        raster: RasterTiles | None,
        page: Mapping[str, Any],
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "start"
        self._id = "0"
        self.map = city_map
        self.boundaries = boundaries
        self.ground = ground
        self.hexagons = hexagons
        self.features = dict(features)
        self.raster = raster
        self.page = page


def add_all(city_map: CityMap, start: Start) -> None:
    """Adds the elements in the order of the script, the start last."""
    for element in [
        start.raster,
        start.boundaries,
        start.ground,
        start.hexagons,
        *start.features.values(),
        start,
    ]:
        if element is not None:
            city_map.add_child(element)


def script_of(city_map: CityMap) -> str:
    """The script that Folium writes for the map and its elements, without its document.

    Call once per map: every rendering adds to Folium's figure.
    """
    figure = figure_of(city_map)
    figure.render()
    lines = (line.strip() for line in figure.script.render().splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def container_of(city_map: CityMap) -> str:
    """The element that the map is drawn into; after `script_of`."""
    return str(figure_of(city_map).html.render()).strip()


def figure_of(city_map: CityMap) -> Figure:
    """The document that Folium keeps a map in."""
    return cast("Figure", city_map.get_root())
