"""Whether people may walk along a way of OpenStreetMap, and in which direction.

After OSM's own scheme: `foot` says more than `access`, and where neither is set the kind of
highway decides. Defaults for China are not written down anywhere binding: motorways and urban
expressways (`trunk`, 快速路) are closed unless a sidewalk or `foot` says otherwise, all other
streets and paths are open. Rules that hold at some hours only (`:conditional`) are not looked at.
"""

from __future__ import annotations

from typing import NamedTuple

_OPEN = {
    "footway", "path", "pedestrian", "steps", "corridor", "elevator", "platform", "living_street",
    "residential", "service", "unclassified", "road", "track", "cycleway",
    "tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link",
}  # fmt: skip
_CLOSED = {"trunk", "trunk_link", "motorway", "motorway_link", "bridleway", "busway"}
"""Open only where a tag says so; any other kind (construction, proposed, raceway) never is."""

_FOR_FEET = {"footway", "steps", "corridor"}
_ALLOWED = {"yes", "designated", "permissive", "official", "public", "destination", "customers"}
_REFUSED = {
    "no", "private", "permit", "use_sidepath", "agricultural", "forestry", "military", "delivery",
    "emergency",
}  # fmt: skip
_SIDES = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
_PRESENT = {"yes", "both", "left", "right"}
_NOT_TUNNELS = {"no", "building_passage", "covered"}
_FORWARD = {"yes", "1", "true", "forward"}
_BACKWARD = {"-1", "reverse", "backward"}
_DEEPEST = 100


class Walk(NamedTuple):
    """How a way may be walked. direction: 1 only as drawn, -1 only against it, 0 both ways."""

    direction: int
    bridge: bool
    tunnel: bool
    steps: bool
    crossing: bool
    layer: int


def walk(tags: dict[str, str]) -> Walk | None:
    """How a way with these tags may be walked; None where nobody may."""
    kind = tags.get("highway", "")
    if kind not in _OPEN | _CLOSED or not _is_open(kind, tags):
        return None
    forward, backward = _directions(kind, tags)
    if not forward and not backward:
        return None
    return Walk(
        direction=forward - backward,
        bridge=tags.get("bridge", "no") != "no",
        tunnel=tags.get("tunnel", "no") not in _NOT_TUNNELS,
        steps=kind == "steps",
        crossing="crossing" in (tags.get("footway"), tags.get("path"), tags.get("cycleway")),
        layer=_layer(tags.get("layer", "0")),
    )


def _is_open(kind: str, tags: dict[str, str]) -> bool:
    if tags.get("foot") in _ALLOWED:
        return True
    if tags.get("foot") in _REFUSED or tags.get("access") in _REFUSED:
        return False
    sides = {tags[key] for key in _SIDES if key in tags}
    if sides & _PRESENT:
        return True
    if kind in _CLOSED or tags.get("motorroad") == "yes":
        return False
    # Sidewalks that are drawn as ways of their own: people walk there, not on the roadway.
    return "separate" not in sides


def _directions(kind: str, tags: dict[str, str]) -> tuple[bool, bool]:
    """Whether people may walk along a way as drawn, and against it.

    `oneway` alone means vehicles. On a way for feet only there are none, unless bicycles are let
    in; `conveying` is the direction of an escalator.
    """
    said = tags.get("oneway:foot")
    if said is None and kind in _FOR_FEET:
        if tags.get("conveying") in {"forward", "backward"}:
            said = tags["conveying"]
        elif tags.get("bicycle") not in _ALLOWED:
            said = tags.get("oneway")
    return (
        said not in _BACKWARD and tags.get("foot:forward") not in _REFUSED,
        said not in _FORWARD and tags.get("foot:backward") not in _REFUSED,
    )


def _layer(text: str) -> int:
    try:
        layer = round(float(text))
    except (ValueError, OverflowError):
        return 0
    return max(-_DEEPEST, min(layer, _DEEPEST))
