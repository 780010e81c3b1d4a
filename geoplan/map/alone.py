"""Folium elements of a map without the page: in a notebook, or saved to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from branca.element import MacroElement

from geoplan.map.config import words
from geoplan.map.document import Bounds, CityMap
from geoplan.map.elements import Boundaries, GroundTiles, PageLayer
from geoplan.map.scripts import ScriptTemplate
from geoplan.text import Text


class Shapes(PageLayer):
    """Points, lines and areas of one's own, coloured by class, by kind, or all alike.

    collection  GeoJSON in EPSG:4326; features carry `value` (a number or null) or `kind` (index
                into `kinds`; their number: another), and `details`, JSON of pairs of words
    limits      lower limits of the classes of `value`, ascending; none: found from the values
    """

    maker = "shapes"

    def __init__(
        self,
        key: str,
        collection: Mapping[str, Any],
        *,
        color: str,
        decimals: int = 0,
        kinds: Sequence[str] = (),
        limits: Sequence[float] = (),
        show: bool = True,
    ) -> None:
        options = {
            "key": key,
            "collection": dict(collection),
            "color": color,
            "decimals": decimals,
            "kinds": list(kinds),
            "limits": list(limits),
        }
        super().__init__(key, options, show=show)


class GridHexagons(PageLayer):
    """A layer's measure as hexagons from a running service, finer as the map comes nearer."""

    maker = "liveHexagons"

    def __init__(
        self,
        layer: str,
        url: str,
        *,
        measure: str,
        decimals: int,
        opacity: float = 0.86,
        show: bool = True,
    ) -> None:
        options = {"url": url, "measure": measure, "decimals": decimals, "opacity": opacity}
        super().__init__(f"grid_{layer}", options, show=show)


class DistrictShapes(PageLayer):
    """The districts' land, boundaries and names without a service.

    areas, labels  GeoJSON in EPSG:4326: polygons, and a point for each name; both with `name`,
                   `name_en`, `ring`
    """

    maker = "localBoundaries"

    def __init__(self, areas: Mapping[str, Any], labels: Mapping[str, Any]) -> None:
        super().__init__("units", {"areas": dict(areas), "labels": dict(labels)}, show=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer in the legend.

    unit       of its values, '' for none
    color      of layers without classes and kinds
    hexagons   values are of hexagons
    synthetic  sample data are in it
    """

    layer: PageLayer
    title: Text
    unit: Text = field(default_factory=lambda: Text("", ""))
    decimals: int = 0
    color: str = ""
    hexagons: bool = False
    synthetic: bool = False


class Legend(MacroElement):
    """Titles, classes, kinds and colours of layers; with more than one, each can be taken off."""

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        geoplan.legend({
          map: {{ this.map.get_name() }},
          entries: [
            {%- for layer, options in this.entries %}
            { layer: {{ layer.get_name() }}, ...{{ options|script }} },
            {%- endfor %}
          ],
        });
        {% endmacro %}
        """
    )

    def __init__(self, city_map: CityMap, entries: Sequence[Entry]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "legend"
        self._id = "0"
        self.map = city_map
        self.entries = [
            (
                entry.layer,
                {
                    "title": words(entry.title),
                    "unit": words(entry.unit),
                    "decimals": entry.decimals,
                    "color": entry.color,
                    "hexagons": entry.hexagons,
                    "synthetic": entry.synthetic,
                },
            )
            for entry in entries
        ]


class Frame(MacroElement):
    """All that is around the layers: title, controls, scale, names, credits, what a click tells.

    credits   the map's review first
    server    whose TileJSON tells further credits, of the sources `credited`
    """

    _template = ScriptTemplate(
        """
        {% macro script(this, kwargs) %}
        geoplan.frame({
          map: {{ this.map.get_name() }},
          boundaries: {{ this.boundaries.get_name() if this.boundaries else "null" }},
          ground: {{ this.ground.get_name() if this.ground else "null" }},
          layers: [{% for each in this.layers %}{{ each.get_name() }}, {% endfor %}],
          ...{{ this.options|script }},
        });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        city_map: CityMap,
        *,
        title: Text,
        bounds: Bounds,
        credits_: Sequence[Text],
        boundaries: Boundaries | DistrictShapes | None,
        ground: GroundTiles | None,
        layers: Sequence[PageLayer],
        server: str = "",
        credited: Sequence[str] = (),
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "frame"
        self._id = "0"
        self.map = city_map
        self.boundaries = boundaries
        self.ground = ground
        self.layers = list(layers)
        self.options = {
            "title": words(title),
            "bounds": list(bounds),
            "credits": [words(line) for line in credits_],
            "server": server,
            "credited": list(credited),
        }
