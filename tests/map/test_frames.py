"""A GeoDataFrame on the map: shapes, classes, kinds, hexagons, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan.errors import GeoplanError
from geoplan.map import city_map
from geoplan.map import frames as module
from geoplan.map.frames import decimals_of, hexagons_of, located, shapes_of


@pytest.fixture
def places() -> geopandas.GeoDataFrame:
    """Forty places around the centre, in the city's plane."""
    random = np.random.default_rng(3)
    lon, lat = random.normal(104.06, 0.03, 40), random.normal(30.66, 0.03, 40)
    frame = geopandas.GeoDataFrame(
        {"people": random.integers(1, 90, 40), "kind": ["a", "b", "b", "c"] * 10},
        geometry=geopandas.points_from_xy(lon, lat),
        crs="EPSG:4490",
    )
    return frame.to_crs("EPSG:4544")


def options_of(made: Any, name: str) -> dict[str, Any]:
    [found] = [child for key, child in made._children.items() if key.startswith(name)]
    options: dict[str, Any] = found.options
    return options


def test_any_declared_system_becomes_degrees(places: geopandas.GeoDataFrame) -> None:
    drawn = shapes_of(located(places), "people", None)
    first = drawn.collection["features"][0]
    lon, lat = first["geometry"]["coordinates"]
    assert 103.9 < lon < 104.2
    assert 30.5 < lat < 30.8
    assert first["properties"]["value"] == places["people"].iloc[0]
    told = dict(json.loads(first["properties"]["details"]))
    assert told == {"people": str(places["people"].iloc[0]), "kind": "a"}


def test_words_become_kinds_the_commonest_first(places: geopandas.GeoDataFrame) -> None:
    drawn = shapes_of(located(places), "kind", [])
    assert drawn.kinds[0] == "b"
    assert set(drawn.kinds) == {"a", "b", "c"}
    marks = [feature["properties"]["kind"] for feature in drawn.collection["features"]]
    assert [drawn.kinds[mark] for mark in marks] == places["kind"].tolist()


def test_beyond_seven_kinds_the_rest_are_others(places: geopandas.GeoDataFrame) -> None:
    places["kind"] = [f"kind {n % 9}" for n in range(40)]
    drawn = shapes_of(located(places), "kind", None)
    assert len(drawn.kinds) == 7
    marks = {feature["properties"]["kind"] for feature in drawn.collection["features"]}
    assert marks == set(range(8))


def test_missing_values_are_drawn_without_one(places: geopandas.GeoDataFrame) -> None:
    places["people"] = pd.array([None, *places["people"].iloc[1:]], dtype="Int64")
    places.loc[places.index[1], "kind"] = None
    values = shapes_of(located(places), "people", None).collection["features"]
    assert values[0]["properties"]["value"] is None
    assert dict(json.loads(values[0]["properties"]["details"])).keys() == {"kind"}
    assert (
        "kind"
        not in shapes_of(located(places), "kind", None).collection["features"][1]["properties"]
    )


def test_hexagons_hold_the_whole_sum_of_points_lines_and_areas(
    places: geopandas.GeoDataFrame,
) -> None:
    shapes = [
        *places.buffer(700).iloc[:20],
        *places.geometry.iloc[20:30],
        *(
            shapely.LineString([(p.x, p.y), (p.x + 3000, p.y + 500)])
            for p in places.geometry.iloc[30:]
        ),
    ]
    mixed = located(
        places.set_geometry(geopandas.GeoSeries(shapes, index=places.index, crs=places.crs))
    )
    for res in (7, 9):
        cells = hexagons_of(mixed, "people", res)
        assert sum(cells.values()) == pytest.approx(places["people"].sum())
        assert {int(cell, 16) >> 52 & 15 for cell in cells} == {res}
    assert sum(hexagons_of(mixed, "", 8).values()) == pytest.approx(40)


def test_the_map_opens_on_its_rows_and_says_that_they_are_made_up(
    places: geopandas.GeoDataFrame,
) -> None:
    places.attrs["synthetic"] = True
    made = city_map(places, column="people", res=8, title="People")
    (south, west), (north, east) = made.corners
    assert 0 < east - west < 0.5
    assert 0 < north - south < 0.5
    html = made.get_root().render()
    assert '"synthetic": true' in html
    assert "<title>People</title>" in html
    assert "connect-src 'none'" in html
    assert '"synthetic": false' in city_map(places, synthetic=False).get_root().render()


def test_given_limits_are_the_classes(places: geopandas.GeoDataFrame) -> None:
    made = city_map(places, column="people", limits=[0, 10, 50])
    assert options_of(made, "shapes")["limits"] == [0, 10, 50]
    made = city_map(places, column="people", res=8, limits=[0, 10, 50])
    assert options_of(made, "hexagons")["limits"] == [0, 10, 50]


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([1, 20], 0), ([0.5, 0.25], 3), ([150.5, 2], 1), ([], 0), ([float("nan")], 0)],
)
def test_decimals_tell_values_apart(values: list[float], decimals: int) -> None:
    assert decimals_of(np.array(values, dtype=float)) == decimals


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        (lambda frame: frame.set_crs(None, allow_override=True), {}, "no_crs"),
        (lambda frame: frame.iloc[:0], {}, "nothing_to_draw"),
        (lambda frame: frame.set_crs("EPSG:4326", allow_override=True), {}, "outside"),
        (lambda frame: frame, {"column": "nosuch"}, "unknown_column"),
        (lambda frame: frame, {"column": "nosuch", "res": 8}, "unknown_column"),
        (lambda frame: frame, {"details": ["nosuch"]}, "unknown_column"),
        (lambda frame: frame, {"column": "kind", "res": 8}, "not_a_sum"),
        (lambda frame: frame.assign(people=-1), {"column": "people", "res": 8}, "not_a_sum"),
        (lambda frame: frame, {"res": 12}, "unknown_resolution"),
        (lambda frame: frame, {"column": "people", "limits": [5, 1]}, "bad_limits"),
        (lambda frame: frame, {"layers": ["park"]}, "no_server"),
        (lambda frame: frame, {"layers": ["nosuch"], "server": "http://127.0.0.1:1"}, "unknown_layer"),
        (lambda frame: frame, {"theme": "park.x", "server": "http://127.0.0.1:1"}, "unknown_layer"),
        (lambda frame: frame, {"server": "http://x; script-src *"}, "bad_address"),
    ],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_with_a_remedy(
    places: geopandas.GeoDataFrame, change: Any, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(GeoplanError) as raised:
        city_map(change(places), **options)
    assert raised.value.code == code
    assert raised.value.remedy.en


def test_more_shapes_than_a_map_of_its_own_draws_are_refused(
    places: geopandas.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SHAPES", 30)
    with pytest.raises(GeoplanError) as raised:
        city_map(places)
    assert raised.value.code == "too_many_shapes"
    assert "res=8" in raised.value.remedy.en
