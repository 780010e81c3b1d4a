"""Who may walk where, told from the tags of a way."""

from __future__ import annotations

import pytest

from geoplan.ingest.osm_access import walk


def tags(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


@pytest.mark.parametrize(
    "text",
    [
        "highway=footway",
        "highway=steps",
        "highway=pedestrian area=yes",
        "highway=residential oneway=yes",
        "highway=primary",
        "highway=secondary sidewalk=no",
        "highway=cycleway",
        "highway=service access=destination",
        "highway=service access=private foot=yes",
        "highway=path access=no foot=designated",
        "highway=trunk sidewalk=both",
        "highway=trunk foot=yes",
        "highway=motorway sidewalk:right=yes",
        "highway=primary motorroad=yes foot=yes",
        "highway=tertiary sidewalk:left=separate sidewalk:right=yes",
        "highway=tertiary sidewalk=separate foot=yes",
        "highway=residential foot=unheard_of",
        "highway=residential motor_vehicle=private",
    ],
)
def test_people_may_walk_here(text: str) -> None:
    assert walk(tags(text)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "railway=rail",
        "highway=motorway",
        "highway=trunk",
        "highway=trunk_link sidewalk=no",
        "highway=primary foot=no",
        "highway=primary motorroad=yes",
        "highway=residential foot=use_sidepath",
        "highway=service access=private",
        "highway=footway access=no",
        "highway=service access=military",
        "highway=trunk sidewalk=both access=no",
        "highway=construction",
        "highway=proposed foot=yes",
        "highway=raceway",
        "highway=secondary sidewalk=separate",
        "highway=secondary sidewalk:both=separate",
        "highway=footway foot:forward=no foot:backward=no",
    ],
)
def test_nobody_may_walk_here(text: str) -> None:
    assert walk(tags(text)) is None


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("highway=residential oneway=yes", 0),
        ("highway=pedestrian oneway=yes", 0),
        ("highway=footway", 0),
        ("highway=footway oneway:foot=yes", 1),
        ("highway=residential oneway:foot=-1", -1),
        ("highway=footway oneway=yes", 1),
        ("highway=footway oneway=-1", -1),
        ("highway=footway oneway=yes oneway:foot=no", 0),
        ("highway=footway oneway=yes bicycle=yes", 0),
        ("highway=path oneway=yes", 0),
        ("highway=steps conveying=forward", 1),
        ("highway=steps conveying=backward", -1),
        ("highway=steps conveying=reversible", 0),
        ("highway=path foot:backward=no", 1),
        ("highway=path foot:forward=no", -1),
    ],
)
def test_direction_on_foot(text: str, direction: int) -> None:
    found = walk(tags(text))
    assert found is not None
    assert found.direction == direction


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("highway=footway", set()),
        ("highway=footway bridge=yes layer=1", {"bridge"}),
        ("highway=primary bridge=viaduct", {"bridge"}),
        ("highway=footway tunnel=yes layer=-1", {"tunnel"}),
        ("highway=footway tunnel=building_passage", set()),
        ("highway=footway bridge=no tunnel=no", set()),
        ("highway=steps", {"steps"}),
        ("highway=footway footway=crossing", {"crossing"}),
        ("highway=cycleway cycleway=crossing", {"crossing"}),
    ],
)
def test_kinds_of_way(text: str, kinds: set[str]) -> None:
    found = walk(tags(text))
    assert found is not None
    assert {
        name for name in ("bridge", "tunnel", "steps", "crossing") if getattr(found, name)
    } == kinds


@pytest.mark.parametrize(
    ("layer", "number"),
    [("1", 1), ("-2", -2), ("+1", 1), ("0.5", 0), ("1;2", 0), ("nan", 0), ("inf", 0), ("1e9", 100)],
)
def test_a_layer_is_a_number_or_the_ground(layer: str, number: int) -> None:
    found = walk({"highway": "footway", "layer": layer})
    assert found is not None
    assert found.layer == number
