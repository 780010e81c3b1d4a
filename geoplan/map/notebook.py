"""`city_map`: the city's map in a notebook, with data of a running service or one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import geopandas
import numpy as np

from geoplan.addresses import server_url
from geoplan.catalogue import City, Layer, Measure, load_city
from geoplan.errors import GeoplanError
from geoplan.map.alone import Entry, Frame, GridHexagons, Legend, Shapes
from geoplan.map.config import page_config, public_layers, title_of
from geoplan.map.districts import district_shapes
from geoplan.map.document import Bounds, CityMap
from geoplan.map.elements import Boundaries, FeatureTiles, GroundTiles, Hexagons, PageLayer
from geoplan.map.frames import decimals_of, hexagons_of, located, shapes_of
from geoplan.map.page import credit_lines
from geoplan.resources import resource
from geoplan.text import Lang, Text

OWN = "own"
_COLOR = "#0e6b66"
_MOST_LIMITS = 5  # as many as there are colours


def city_map(
    data: geopandas.GeoDataFrame | None = None,
    *,
    column: str = "",
    res: int | None = None,
    limits: Sequence[float] = (),
    unit: str = "",
    details: Sequence[str] | None = None,
    server: str = "",
    layers: Sequence[str] | None = None,
    theme: str | None = None,
    title: str = "",
    lang: Lang = "zh",
    synthetic: bool | None = None,
    approval_number: str = "",
    height: int = 560,
    city: City | None = None,
) -> CityMap:
    """The city's map, a `folium.Map` of the elements that the page at `/` is made of.

    With a service, tiles, hexagons and boundaries come from it as the map is looked at; without
    one, the map is whole in itself and makes no request. Both show `data` when it is given.

    data       rows with points, lines or areas and a declared system of coordinates
    column     colours them: numbers by classes, all else by kinds; with `res`, what is summed
    res        H3 resolution 6 to 10: hexagons instead of shapes, each row shared exactly
    limits     lower limits of the classes, ascending; none: round ones near quantiles
    unit       of the column's values, for the legend
    details    columns told at a click; None: the first twelve
    server     address of a running service, such as http://127.0.0.1:8000
    layers     of the catalogue, drawn from the service; None: what its plan opens with
    theme      hexagons from the service, `layer.measure`; '' none; None: what its plan opens with
    title      shown on the map and as the document's title
    synthetic  sample data are in it; None: as `data.attrs` says
    approval_number  review number (审图号) of the map; empty: it says that it is an internal test
    city       catalogue; None: Chengdu's
    Raises GeoplanError with a remedy: `unknown_layer`, `bad_address`, `no_crs`, `unknown_column`,
    `too_many_shapes`, `not_a_sum`, `bad_limits`, `page_not_built`.
    """
    place = city or _chengdu()
    address = server_url(server) if server else ""
    heading = Text(title, title) if title else title_of(place)
    view = place.bbox if data is None else _bounds(located(data))
    made = CityMap(
        _around(place.bbox, view),
        bundle=resource("web"),
        lang=lang,
        title=heading.get(lang),
        height=height,
        server=address,
        view=view,
    )
    own = [] if data is None else [_own(data, column, res, limits, unit, details, title, synthetic)]
    entries = [*_served(place, address, layers, theme, alone=not own), *own]
    boundaries = (
        Boundaries(_tiles(address, "units"), show=True) if address else district_shapes(place)
    )
    ground = GroundTiles(_tiles(address, "base"), show=True) if address else None
    order = sorted(entries, key=lambda entry: not entry.hexagons)
    shown: list[PageLayer] = [entry.layer for entry in order]
    for element in (boundaries, ground, *shown):
        if element is not None:
            element.add_to(made)
    Frame(
        made,
        title=heading,
        bounds=view,
        credits_=credit_lines(place, approval_number, (), ""),
        boundaries=boundaries,
        ground=ground,
        layers=shown,
        server=address,
        credited=["base", *(name for name in _names(entries) if name != OWN)] if address else (),
    ).add_to(made)
    if entries:
        Legend(made, [*own, *(entry for entry in entries if entry not in own)]).add_to(made)
    return made


def _own(
    data: geopandas.GeoDataFrame,
    column: str,
    res: int | None,
    limits: Sequence[float],
    unit: str,
    details: Sequence[str] | None,
    title: str,
    synthetic: bool | None,
) -> Entry:
    """The caller's rows as a layer and its place in the legend."""
    if len(limits) > _MOST_LIMITS or list(limits) != sorted(set(limits)):
        raise GeoplanError(
            "bad_limits",
            Text("分级下限须递增且不超过 5 个", "limits ascend and are at most five"),
            Text("例如 limits=[0, 10, 100]", "for instance limits=[0, 10, 100]"),
        )
    rows = located(data)
    name = column or title
    label = Text(name, name) if name else Text("数据", "data")
    made_up = bool(data.attrs.get("synthetic")) if synthetic is None else synthetic
    words = Text(unit, unit)
    if res is not None:
        values = hexagons_of(rows, column, res)
        decimals = decimals_of(np.array([*values.values()]))
        hexagons = Hexagons(values, decimals=decimals, limits=limits, show=True)
        return Entry(hexagons, label, words, decimals, hexagons=True, synthetic=made_up)
    drawn = shapes_of(rows, column, details)
    shapes = Shapes(
        OWN,
        drawn.collection,
        color=_COLOR,
        decimals=drawn.decimals,
        kinds=drawn.kinds,
        limits=limits,
    )
    return Entry(shapes, label, words, drawn.decimals, color=_COLOR, synthetic=made_up)


def _served(
    city: City,
    server: str,
    layers: Sequence[str] | None,
    theme: str | None,
    *,
    alone: bool,
) -> list[Entry]:
    """Layers and hexagons of the service; beside the caller's own rows, only those asked for.

    Raises GeoplanError `unknown_layer`, `no_server`.
    """
    if not server:
        if layers or theme:
            raise GeoplanError(
                "no_server",
                Text("图层和格网来自服务", "layers and themes come from a service"),
                Text(
                    "请给出 server，例如 server='http://127.0.0.1:8000'",
                    "give server, for instance server='http://127.0.0.1:8000'",
                ),
            )
        return []
    first = page_config(city, ())["start"] if alone else {"layers": [], "theme": None}
    names = first["layers"] if layers is None else layers
    chosen = (first["theme"] if theme is None else theme) or ""
    known = {each.id: each for each in public_layers(city) if each.geometry != "none"}
    found = [_tiled(_layer(known, name), server) for name in names]
    if chosen:
        layer, _, measure = chosen.partition(".")
        found.insert(0, _grid(_layer(known, layer), measure, server))
    return found


def _tiled(layer: Layer, server: str) -> Entry:
    style = layer.style
    tiles = FeatureTiles(
        layer.id,
        _tiles(server, layer.id),
        color=style.color,
        symbol=style.symbol,
        width=style.width,
        show=True,
    )
    return Entry(tiles, layer.title, color=style.color)


def _grid(layer: Layer, name: str, server: str) -> Entry:
    measures = {each.id: each for each in layer.measures}
    measure: Measure | None = measures.get(name) if name else next(iter(layer.measures), None)
    if measure is None:
        raise _unknown(f"{layer.id}.{name}", [f"{layer.id}.{each}" for each in measures])
    hexagons = GridHexagons(
        layer.id,
        f"{server}/api/grid/{layer.id}",
        measure=measure.id,
        decimals=measure.decimals,
    )
    title, what = layer.title, measure.title
    if title != what:
        title = Text(f"{title.zh}：{what.zh}", f"{title.en}: {what.en}")
    return Entry(hexagons, title, measure.unit, measure.decimals, hexagons=True)


def _layer(known: dict[str, Layer], name: str) -> Layer:
    if name not in known:
        raise _unknown(name, list(known))
    return known[name]


def _unknown(name: str, known: Sequence[str]) -> GeoplanError:
    listed = ", ".join(known)
    return GeoplanError(
        "unknown_layer",
        Text(f"没有图层 {name}", f"there is no layer {name}"),
        Text(f"可用：{listed}", f"known here: {listed}"),
    )


def _names(entries: Sequence[Entry]) -> list[str]:
    """Sources of tiles that the entries stand for."""
    kept = [entry.layer for entry in entries if isinstance(entry.layer, FeatureTiles)]
    return [str(layer.options["source"]) for layer in kept]


def _tiles(server: str, source: str) -> str:
    return f"{server}/tiles/{source}/{{z}}/{{x}}/{{y}}.mvt"


def _bounds(rows: geopandas.GeoDataFrame) -> Bounds:
    """The rows, with a little room."""
    west, south, east, north = rows.total_bounds.tolist()
    room = max(0.002, 0.06 * max(east - west, north - south))
    return (west - room, south - room, east + room, north + room)


def _around(one: Bounds, other: Bounds) -> Bounds:
    """The box of two boxes."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


@lru_cache(maxsize=1)
def _chengdu() -> City:
    return load_city(resource("layers") / "chengdu")
