"""The map's own Folium elements: layers that the page's bundle draws, and the page's start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from branca.element import MacroElement
from folium.map import Layer as FoliumLayer

from geoplan.map.document import CityMap
from geoplan.map.raster import RasterSource, raster_sources
from geoplan.map.scripts import ScriptTemplate

TILE_MAX_ZOOM = 15


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
    decimals  of the limits of classes; None: found from the values
    limits    lower limits of the classes, ascending; none: found from the values
    """

    maker = "hexagons"

    def __init__(
        self,
        values: Mapping[str, float] | None = None,
        *,
        opacity: float = 0.86,
        decimals: int | None = None,
        limits: Sequence[float] = (),
        show: bool = False,
    ) -> None:
        options: dict[str, Any] = {"opacity": opacity}
        if values is not None:
            cells = sorted(values)
            options |= {"cells": cells, "values": [values[cell] for cell in cells]}
        if decimals is not None:
            options["decimals"] = decimals
        if limits:
            options["limits"] = list(limits)
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
    """A configured raster base map over the vector one: where a tile fails, that shows through.

    url  as `geoplan.map.raster.raster_sources` reads it.
    """

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.layerGroup([
            {%- for source in this.sources %}
            L.tileLayer({{ source.template|script }}, {{ this.options_of(source)|script }}),
            {%- endfor %}
        ]);
        {% endmacro %}
        """
    )

    def __init__(self, url: str, *, show: bool = False) -> None:
        super().__init__(name="raster", overlay=False, control=False, show=show)
        self._name = "raster"
        self._id = "0"
        self.sources = raster_sources(url)

    def options_of(self, source: RasterSource) -> dict[str, Any]:
        """Leaflet's options of one kind of tiles."""
        return {"maxZoom": 18, "subdomains": source.subdomains, "pane": "raster"}


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
