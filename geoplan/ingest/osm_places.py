"""Which OSM tags make an everyday place, and of which category; which make a green space."""

from __future__ import annotations

from typing import NamedTuple

from geoplan.ingest.osm_objects import Shape, Tags


class Place(NamedTuple):
    """`category` is one of the catalogue's layer `place`; `kind` the OSM value behind it."""

    category: str | None
    kind: str


# Categories by key and value; the first key that has one decides, "*" is any other value.
_PLACES: dict[str, dict[str, str]] = {
    "amenity": {
        **dict.fromkeys(("school", "kindergarten", "college", "university"), "school"),
        **dict.fromkeys(
            ("hospital", "clinic", "doctors", "dentist", "pharmacy"), "health"
        ),
        **dict.fromkeys(("social_facility", "nursing_home"), "care"),
        **dict.fromkeys(
            ("restaurant", "cafe", "fast_food", "food_court", "bar", "pub", "ice_cream"),
            "food",
        ),
        **dict.fromkeys(
            ("toilets", "bank", "atm", "post_office", "police", "fire_station", "townhall",
             "community_centre"),
            "service",
        ),
        **dict.fromkeys(("cinema", "theatre", "library", "arts_centre"), "culture"),
        **dict.fromkeys(("parking", "fuel"), "parking"),
        **dict.fromkeys(("bus_station", "ferry_terminal"), "transit"),
        "marketplace": "market",
        "charging_station": "charging",
        "*": "amenity_other",
    },
    "shop": {
        **dict.fromkeys(
            ("supermarket", "convenience", "greengrocer", "general", "mall", "department_store"),
            "market",
        ),
        "*": "shop_other",
    },
    "leisure": {
        **dict.fromkeys(("park", "garden", "playground"), "park"),
        **dict.fromkeys(
            ("pitch", "track", "swimming_pool", "stadium", "sports_centre", "sports_hall",
             "fitness_centre", "fitness_station", "ice_rink"),
            "sport",
        ),
    },
    "tourism": {**dict.fromkeys(("museum", "gallery"), "culture"), "*": "tourism"},
    "railway": dict.fromkeys(("station", "halt", "tram_stop", "subway_entrance"), "transit"),
    "highway": {"bus_stop": "transit"},
    "public_transport": {"station": "transit"},
    "healthcare": {"*": "health"},
}  # fmt: skip
_GREEN = ("park", "garden")  # leisure=*
_NOTHING = ("no", "vacant", "disused")

PLACE_KEYS = tuple(_PLACES)
GREEN_KEYS = ("leisure",)


def place(shape: Shape, tags: Tags) -> Place | None:
    """The everyday place on a node or an area; None for what is none."""
    if shape == "line":
        return None
    for key, categories in _PLACES.items():
        kind = tags.get(key)
        if kind is not None and kind not in _NOTHING:
            category = categories.get(kind, categories.get("*"))
            if category is not None:
                return Place(category, kind)
    return None


def green_space(shape: Shape, tags: Tags) -> Place | None:
    """The park or garden of an area; None for what is none."""
    kind = tags.get("leisure", "")
    return Place(None, kind) if shape == "area" and kind in _GREEN else None


def names(tags: Tags) -> tuple[str | None, str | None]:
    """Chinese and English name: name:zh before name, which in Chengdu is Chinese."""
    zh = tags.get("name:zh") or tags.get("name:zh-Hans") or tags.get("name")
    return zh, tags.get("name:en")
