"""The Folium map of a city and the document that carries it when no page does."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import cast

import folium
from branca.element import Figure

from geoplan.map.bundle import inline_bundle
from geoplan.map.scripts import ScriptTemplate
from geoplan.text import Lang

Bounds = tuple[float, float, float, float]


class Document(Figure):
    """A whole page in one file: its code in itself, and a policy that lets nothing else in.

    code    the bundle as an element, '' for a map that a page serves
    server  origin that data may be asked from; '' for none: the document then makes no request
    """

    _template = ScriptTemplate(
        """<!doctype html>
<html lang="{{ 'zh-CN' if this.lang == 'zh' else 'en' }}" data-state="busy">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">
<meta name="referrer" content="no-referrer">
<title>{{ this.title|e }}</title>
{{ this.code }}
</head>
<body>
{{ this.html.render(**kwargs) }}
<script>
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
"""
    )

    def __init__(self, *, lang: Lang, title: str, code: str, server: str, height: int) -> None:
        super().__init__(title=title)
        self.lang = lang
        self.code = code
        self.height = f"{height}px"
        self.policy = "; ".join(
            [
                "default-src 'none'",
                "script-src 'unsafe-inline'",
                "style-src 'unsafe-inline'",
                "img-src data:",
                f"connect-src {server}" if server else "connect-src 'none'",
                "base-uri 'none'",
                "form-action 'none'",
            ]
        )

    def _repr_html_(self, **kwargs: object) -> str:
        """The document in a frame of a notebook."""
        shown, title = escape(self.render(**kwargs)), escape(self.title or "")
        style = f"display:block;width:100%;height:{self.height};border:0"
        return f'<iframe srcdoc="{shown}" title="{title}" style="{style}"></iframe>'


class CityMap(folium.Map):
    """A Folium map that loads nothing from elsewhere and whose names never change.

    bounds  west, south, east, north in degrees (EPSG:4326): the map cannot leave them far.
    bundle  folder of the built web/: for a map of its own, in a notebook or saved to a file, which
            then carries the page's code in itself. The served page links it instead.
    lang, title, height  of the document of such a map; height in pixels of a notebook
    server  origin of a running service that it may ask for data; '' for none
    view    what a map of its own opens on, as `bounds`; None: all of it
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
        self,
        bounds: Bounds,
        *,
        bundle: Path | None = None,
        lang: Lang = "zh",
        title: str = "",
        height: int = 560,
        server: str = "",
        view: Bounds | None = None,
    ) -> None:
        west, south, east, north = bounds
        super().__init__(location=((south + north) / 2, (west + east) / 2), tiles=None)
        self._id = "city"
        self.alone = bundle is not None
        first = view or bounds
        self.corners = [[first[1], first[0]], [first[3], first[2]]]
        code = "" if bundle is None else inline_bundle(bundle)
        document = Document(lang=lang, title=title, code=code, server=server, height=height)
        document.add_child(self)
        margin = (east - west) / 2
        self.page_options = {
            "minZoom": 7,
            "maxZoom": 18,
            "zoomControl": False,
            "attributionControl": False,
            "fadeAnimation": False,
            "maxBounds": [[south - margin, west - margin], [north + margin, east + margin]],
            "maxBoundsViscosity": 0.6,
        }


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
