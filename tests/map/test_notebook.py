"""The same elements without the service: in a notebook, or saved to a file."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import folium
import geopandas
import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.map import Boundaries, CityMap, FeatureTiles, Hexagons, city_map
from geoplan.resources import resource
from tests.map.documents import read

CELLS = {"8840e36309fffff": 3.0, "8840e3ce85fffff": 12.5, "8840e3ce89fffff": 40.0}


@pytest.fixture
def alone(city: City) -> CityMap:
    made = CityMap(city.bbox, bundle=resource("web"))
    server = "http://127.0.0.1:8000/tiles"
    Boundaries(f"{server}/units/{{z}}/{{x}}/{{y}}.mvt", show=True).add_to(made)
    Hexagons(CELLS, show=True).add_to(made)
    layer = city.layers["park"]
    FeatureTiles(
        "park",
        f"{server}/park/{{z}}/{{x}}/{{y}}.mvt",
        color=layer.style.color,
        symbol=layer.style.symbol,
        width=layer.style.width,
        show=True,
    ).add_to(made)
    return made


def test_a_notebook_shows_a_whole_document_that_asks_for_nothing(alone: CityMap) -> None:
    (shown,) = re.findall(r'srcdoc="(.*?)" ', alone._repr_html_(), flags=re.DOTALL)
    document = read(unescape(shown))
    assert document.addresses == []
    policy = next(a["content"] for _, a in document.tags if a.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    (viewport,) = [a["content"] for _, a in document.tags if a.get("name") == "viewport"]
    assert "user-scalable" not in viewport
    *_, bundle, script = document.inline
    assert "window.geoplan" in bundle
    assert '"cells": ["8840e36309fffff", "8840e3ce85fffff", "8840e3ce89fffff"]' in script
    for name in ("boundaries_units", "hexagons_grid", "features_park"):
        assert f"{name}.addTo(map_city)" in script
    assert "map_city.fitBounds" in script


def test_a_saved_map_is_the_same_document_each_time(
    alone: CityMap, city: City, tmp_path: Path
) -> None:
    alone.save(str(tmp_path / "map.html"))
    once = (tmp_path / "map.html").read_text(encoding="utf-8")
    again = CityMap(city.bbox, bundle=resource("web"))
    Hexagons(CELLS, show=True).add_to(again)
    assert once.count("map_city") > 3
    assert "cdn" not in re.sub(r"<script>\(\(\) =>.*?</script>", "", once, flags=re.DOTALL)
    assert len(read(once).inline) == len(read(again.get_root().render()).inline)


def test_the_code_inside_a_document_can_not_end_its_element(alone: CityMap) -> None:
    html = alone.get_root().render()
    document = read(html)
    scripts = [tag for tag, _ in document.tags if tag == "script"]
    assert html.count("</script>") == len(scripts)
    assert html.count("</style>") == len([tag for tag, _ in document.tags if tag == "style"])


def test_values_are_given_in_the_order_of_their_cells() -> None:
    options = Hexagons(dict(reversed(CELLS.items()))).options
    assert options["cells"] == sorted(CELLS)
    assert options["values"] == [CELLS[cell] for cell in options["cells"]]


def test_without_a_build_a_map_alone_is_refused(city: City, tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as raised:
        CityMap(city.bbox, bundle=tmp_path)
    assert raised.value.code == "page_not_built"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_map_of_a_service_is_the_page_s_elements_with_its_addresses(
    city: City, lang: Any
) -> None:
    made = city_map(server="http://127.0.0.1:8000/", lang=lang)
    html = made.get_root().render()
    assert isinstance(made, folium.Map)
    assert "connect-src http://127.0.0.1:8000;" in html
    for source in ("units", "base", "greenway"):
        assert f"http://127.0.0.1:8000/tiles/{source}/{{z}}/{{x}}/{{y}}.mvt" in html
    assert '"url": "http://127.0.0.1:8000/api/grid/charger"' in html
    assert ("成都规划地图" if lang == "zh" else "Chengdu planning map") in html
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in html
    assert "GS(2024)0650" in html
    assert json.dumps("内部测试，未经审图，不得公开") in html


def test_a_map_of_a_service_shows_what_is_asked_for() -> None:
    made = city_map(server="http://127.0.0.1:8000", layers=["park"], theme="")
    names = list(made._children)
    assert "features_park" in names
    assert not [name for name in names if name.startswith("live_hexagons")]
    made = city_map(server="http://127.0.0.1:8000", layers=[], theme="charger.count")
    assert not [name for name in made._children if name.startswith("features")]
    assert "live_hexagons_grid_charger" in made._children


def test_a_map_with_a_review_number_shows_it_instead() -> None:
    html = city_map(approval_number="川S（2026）0001号").get_root().render()
    assert json.dumps("审图号：川S（2026）0001号") in html
    assert json.dumps("内部测试，未经审图，不得公开") not in html


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "{{ 7*7 }}", "<!--<script>"]
)
def test_hostile_titles_and_values_stay_words(title: str) -> None:
    frame = geopandas.GeoDataFrame(
        {title: [title]}, geometry=geopandas.points_from_xy([104.06], [30.66]), crs="EPSG:4326"
    )
    html = city_map(frame, column=title, title=title).get_root().render()
    document = read(html)
    clean = read(city_map(frame.rename(columns={title: "x"}), column="x").get_root().render())
    assert [tag for tag, _ in document.tags] == [tag for tag, _ in clean.tags]
    assert "49" not in re.findall(r"<title>(.*?)</title>", html)[0]
    *_, script = document.inline
    assert "<" not in script
