"""Which OSM tags make the base map, in the terms of the Protomaps base-map schema, version 4.

Administrative boundaries are left to the districts, whose source has a map review number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geoplan.ingest.osm_objects import Shape, Tags

Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """`sort`: lines and areas are drawn from the lowest up; of labels the lowest wins its spot."""

    theme: str
    kind: str
    detail: str | None
    min_zoom: int
    sort: int


# highway=*: kind, the tile zoom from which it is drawn, drawing order.
_ROADS = {
    "motorway": ("highway", 6, 90),
    "motorway_link": ("highway", 11, 85),
    "trunk": ("major_road", 7, 80),
    "trunk_link": ("major_road", 11, 75),
    "primary": ("major_road", 8, 70),
    "primary_link": ("major_road", 12, 65),
    "secondary": ("major_road", 9, 60),
    "secondary_link": ("major_road", 12, 55),
    "tertiary": ("major_road", 11, 50),
    "tertiary_link": ("major_road", 12, 45),
    "unclassified": ("minor_road", 12, 40),
    "residential": ("minor_road", 12, 40),
    "living_street": ("minor_road", 12, 35),
    "road": ("minor_road", 12, 35),
    "service": ("minor_road", 13, 30),
    "busway": ("other", 13, 30),
    "pedestrian": ("path", 13, 20),
    "cycleway": ("path", 14, 15),
    "footway": ("path", 14, 15),
    "path": ("path", 14, 15),
    "steps": ("path", 14, 15),
    "bridleway": ("path", 14, 15),
    "track": ("path", 14, 10),
}
_RAILS = {
    "rail": 9,
    "light_rail": 10,
    "subway": 10,
    "monorail": 10,
    "tram": 11,
    "narrow_gauge": 11,
    "funicular": 12,
}
_RUNWAYS = {"runway": 10, "taxiway": 12}
_STREAMS = {"river": 8, "canal": 10, "stream": 12, "drain": 13, "ditch": 13}
_LAYER = 100  # one layer=* above another outweighs every class of road
_LAYERS = 5

# Areas by tag, with their kind; landuse is drawn in this order. They are what the page and the
# schema's own styles paint.
_WATER: dict[Tag, str] = {
    ("natural", "water"): "water",
    ("waterway", "riverbank"): "water",
    ("waterway", "dock"): "dock",
    ("landuse", "reservoir"): "water",
    ("landuse", "basin"): "basin",
    ("leisure", "swimming_pool"): "swimming_pool",
}
_LANDUSE: dict[Tag, str] = {
    ("landuse", "farmland"): "farmland",
    ("landuse", "orchard"): "farmland",
    ("natural", "bare_rock"): "bare_rock",
    ("natural", "sand"): "sand",
    ("natural", "grassland"): "grassland",
    ("natural", "scrub"): "scrub",
    ("natural", "wood"): "wood",
    ("landuse", "forest"): "forest",
    ("landuse", "meadow"): "meadow",
    ("landuse", "grass"): "grass",
    ("leisure", "nature_reserve"): "nature_reserve",
    ("aeroway", "aerodrome"): "aerodrome",
    ("landuse", "industrial"): "industrial",
    ("landuse", "railway"): "railway",
    ("landuse", "cemetery"): "cemetery",
    ("landuse", "allotments"): "allotments",
    ("landuse", "village_green"): "village_green",
    ("landuse", "recreation_ground"): "recreation_ground",
    ("amenity", "university"): "university",
    ("amenity", "college"): "college",
    ("amenity", "school"): "school",
    ("amenity", "kindergarten"): "kindergarten",
    ("amenity", "hospital"): "hospital",
    ("tourism", "zoo"): "zoo",
    ("leisure", "golf_course"): "golf_course",
    ("leisure", "park"): "park",
    ("leisure", "garden"): "garden",
    ("leisure", "stadium"): "stadium",
    ("leisure", "pitch"): "pitch",
    ("leisure", "playground"): "playground",
    ("highway", "pedestrian"): "pedestrian",
    ("man_made", "pier"): "pier",
}
_SQUARE = ("highway", "pedestrian")
_WATER_KINDS = ("lake", "river", "canal", "stream", "basin", "ditch", "drain")

# place=*: kind, zoom, rank.
_LABELS = {
    "city": ("locality", 6, 1),
    "town": ("locality", 9, 2),
    "village": ("locality", 11, 3),
    "suburb": ("neighbourhood", 11, 4),
    "quarter": ("macrohood", 12, 5),
    "neighbourhood": ("neighbourhood", 12, 6),
    "hamlet": ("locality", 12, 7),
    "locality": ("locality", 13, 8),
}
# Named landmarks only, as everyday places are a layer of their own: zoom; the first wins.
_LANDMARKS: dict[Tag, int] = {
    ("railway", "station"): 12,
    ("aeroway", "aerodrome"): 11,
    ("amenity", "university"): 12,
    ("amenity", "hospital"): 13,
    ("leisure", "park"): 13,
    ("tourism", "museum"): 13,
    ("tourism", "attraction"): 13,
    ("tourism", "zoo"): 13,
    ("amenity", "bus_station"): 13,
    ("leisure", "stadium"): 13,
    ("amenity", "townhall"): 14,
    ("amenity", "library"): 14,
    ("amenity", "theatre"): 14,
    ("amenity", "school"): 14,
    ("shop", "mall"): 14,
    ("amenity", "marketplace"): 15,
}

GROUND_KEYS = (
    "highway", "railway", "aeroway", "waterway", "natural", "landuse", "leisure", "amenity",
    "tourism", "man_made", "building", "place", "shop",
)  # fmt: skip


def ground(shape: Shape, tags: Tags) -> tuple[Ground, ...] | None:
    """What the base map shows of an object; None when nothing. POIs of areas are points there."""
    if shape == "line":
        found = [_line(tags)]
    elif shape == "area":
        found = [_area(tags), _landmark(tags)]
    else:
        found = [_label(tags), _landmark(tags)]
    return tuple(row for row in found if row is not None) or None


def _line(tags: Tags) -> Ground | None:
    if tags.get("area") == "yes":
        return None
    highway, railway = tags.get("highway", ""), tags.get("railway", "")
    if highway in _ROADS:
        kind, zoom, rank = _ROADS[highway]
        return Ground("roads", kind, highway, zoom, rank + _LAYER * _level(tags))
    if railway in _RAILS:
        yard = "service" in tags  # sidings and yards
        zoom = 13 if yard else _RAILS[railway]
        return Ground("roads", "rail", railway, zoom, 25 + _LAYER * _level(tags))
    if tags.get("aeroway") in _RUNWAYS:
        runway = tags["aeroway"]
        return Ground("roads", "aeroway", runway, _RUNWAYS[runway], 5)
    if tags.get("waterway") in _STREAMS and tags.get("tunnel") in {None, "no"}:
        waterway = tags["waterway"]
        return Ground("water", waterway, None, _STREAMS[waterway], 100)
    return None


def _level(tags: Tags) -> int:
    """The layer of a road: its layer=*, else 1 for a bridge and -1 for a tunnel."""
    try:
        level = int(tags.get("layer", ""))
    except ValueError:
        bridge, tunnel = (tags.get(key, "no") != "no" for key in ("bridge", "tunnel"))
        level = int(bridge) - int(tunnel)
    return max(-_LAYERS, min(_LAYERS, level))


def _area(tags: Tags) -> Ground | None:
    if tags.get("building", "no") != "no":
        return Ground("buildings", "building", None, 13, 0)
    water = _first(_WATER, tags)
    if water is not None:
        kind, detail = _WATER[water], tags.get("water")
        named = detail if kind == "water" and detail in _WATER_KINDS else kind
        return Ground("water", named, detail, 5, 0)
    use = _first(_LANDUSE, tags)
    # A closed street is no square unless it says so.
    if use is None or (use == _SQUARE and tags.get("area") != "yes"):
        return None
    return Ground("landuse", _LANDUSE[use], None, 5, _order(_LANDUSE, use))


def _label(tags: Tags) -> Ground | None:
    place = tags.get("place", "")
    if place not in _LABELS or "name" not in tags:
        return None
    kind, zoom, rank = _LABELS[place]
    return Ground("places", kind, place, zoom, rank)


def _landmark(tags: Tags) -> Ground | None:
    if "name" not in tags:
        return None
    landmark = _first(_LANDMARKS, tags)
    if landmark is None:
        return None
    zoom = _LANDMARKS[landmark]
    return Ground("pois", landmark[1], None, zoom, _order(_LANDMARKS, landmark))


def _first(rules: Mapping[Tag, object], tags: Tags) -> Tag | None:
    """The first of the rules' tags that an object has."""
    has = rules.keys() & tags.items()
    return next(tag for tag in rules if tag in has) if has else None


def _order(rules: Mapping[Tag, object], tag: Tag) -> int:
    return list(rules).index(tag)
