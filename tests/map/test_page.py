"""The document and the script that Folium writes for it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.map import Page, build_page
from geoplan.resources import resource
from geoplan.text import Text
from tests.map.documents import read

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "`${alert(1)}`",
    "\"'\\');alert(1)//",
    "{{ 7*7 }}{% raw %}",
    "line\u2028separator\u2029and\x00null",
    "<!--<script>",
]


def given_to_start(script: str) -> dict[str, Any]:
    """The catalogue as the script hands it to the page."""
    (line,) = re.findall(r"^page: (.*),$", script, flags=re.MULTILINE)
    found: dict[str, Any] = json.loads(line)
    return found


def with_titles(city: City, title: str) -> City:
    """The city with this title on everything that has one."""
    text = Text(title, title)
    layers = {
        key: layer.model_copy(
            update={
                "title": text,
                "summary": text,
                "fields": tuple(f.model_copy(update={"title": text}) for f in layer.fields),
                "targets": tuple(
                    t.model_copy(update={"phrase": title, "phrase_en": title})
                    for t in layer.targets
                ),
            }
        )
        for key, layer in city.layers.items()
    }
    return dataclasses.replace(city, title=text, attribution=text, layers=layers)


def test_script_is_the_same_in_every_rendering_and_both_languages(city: City, page: Page) -> None:
    english = build_page(city, bundle=resource("web"), lang="en")
    assert english.script == page.script == build_page(city, bundle=resource("web")).script
    assert page.script_path == f"/map/{hashlib.sha256(page.script.encode()).hexdigest()[:12]}.js"
    assert english.html != page.html


def test_script_changes_with_the_data_and_keeps_tiles_by_version(city: City, page: Page) -> None:
    newer = build_page(city, bundle=resource("web"), layer_versions={"park": 7, "units": 3})
    assert newer.script_path != page.script_path
    assert "/tiles/park/{z}/{x}/{y}.mvt?v=7" in newer.script
    assert "/tiles/units/{z}/{x}/{y}.mvt?v=3" in newer.script
    assert '/tiles/greenway/{z}/{x}/{y}.mvt"' in newer.script


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_document_asks_for_nothing_from_elsewhere(city: City, lang: Any) -> None:
    page = build_page(city, bundle=resource("web"), lang=lang)
    document = read(page.html)
    assert document.addresses
    for address in document.addresses:
        assert re.match(r"/(?!/)|#", address), address
    assert not re.search(r"https?:|[\"']//", page.script)


def test_document_holds_no_code_and_no_style_of_its_own(page: Page) -> None:
    document = read(page.html)
    assert document.inline == []
    for tag, attributes in document.tags:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    assert [a["src"] for tag, a in document.tags if tag == "script"][1] == page.script_path


def test_files_of_the_document_are_in_the_bundle(page: Page) -> None:
    asked = [
        a.removeprefix("/static/") for a in read(page.html).addresses if a.startswith("/static/")
    ]
    assert len(asked) >= 3
    for name in asked:
        assert (resource("web") / name).is_file(), name


def test_a_reader_may_enlarge_the_page(page: Page) -> None:
    (viewport,) = [a["content"] for tag, a in read(page.html).tags if a.get("name") == "viewport"]
    assert "maximum-scale" not in viewport
    assert "user-scalable" not in viewport


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_document_names_its_language_and_the_way_to_the_other(city: City, lang: Any) -> None:
    document = read(build_page(city, bundle=resource("web"), lang=lang).html)
    tags = document.tags
    assert dict(tags)["html"]["lang"].startswith(lang)
    (link,) = [a for tag, a in tags if "data-keeps-state" in a]
    assert link["href"] == f"/?lang={'en' if lang == 'zh' else 'zh'}"
    assert ("成都规划地图" if lang == "zh" else "Chengdu planning map") in document.text


def test_map_without_a_review_number_says_that_it_is_a_test(page: Page) -> None:
    assert "内部测试，未经审图，不得公开" in read(page.html).text


def test_map_with_a_review_number_shows_it_instead(city: City) -> None:
    page = build_page(city, bundle=resource("web"), approval_number="川S（2026）0001号")
    assert "审图号：川S（2026）0001号" in read(page.html).text
    assert "内部测试" not in page.html + page.script
    assert given_to_start(page.script)["attributions"][0]["zh"] == "审图号：川S（2026）0001号"


def test_each_credit_is_said_once_whatever_language_its_source_has(city: City) -> None:
    osm = Text("© OpenStreetMap contributors, ODbL 1.0", "© OpenStreetMap contributors, ODbL 1.0")
    boundaries = Text(city.attribution.zh, city.attribution.zh)
    for lang in ("zh", "en"):
        html = build_page(
            city, bundle=resource("web"), lang=lang, attributions=[boundaries, osm, osm]
        ).html
        assert html.count(osm.zh) == 1
        assert html.count(city.attribution.get(lang)) == 1
        assert html.count("GS(2024)0650") == 1


@pytest.mark.parametrize(
    ("versions", "walks"), [({}, True), ({"circle": 1}, False), ({"circle": 2}, True)]
)
def test_the_page_opens_with_the_plan_until_life_circles_are_computed(
    city: City, versions: dict[str, int], walks: bool
) -> None:
    page = build_page(city, bundle=resource("web"), layer_versions=versions)
    assert given_to_start(page.script)["start"]["walks"] is walks


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_names_stay_names(city: City, title: str) -> None:
    page = build_page(
        with_titles(city, title),
        bundle=resource("web"),
        attributions=[Text(title + "?", title + "!")],
    )
    # The script is a file of its own, yet even inside a document it could not end its element.
    assert "<" not in page.script
    start = given_to_start(page.script)
    assert {layer["title"]["zh"] for layer in start["layers"]} == {title}
    assert {target["phrase"]["en"] for target in start["targets"]} == {title}
    document = read(page.html)
    clean = read(build_page(city, bundle=resource("web"), attributions=[Text("x", "y")]).html)
    assert [tag for tag, _ in document.tags] == [tag for tag, _ in clean.tags]
    assert document.inline == []


@pytest.mark.parametrize(
    "name", ["{{ 7*7 }}", "{% for x in 'ab' %}49{% endfor %}", "{#", "{{{7*7}}}"]
)
def test_names_are_never_read_as_templates(city: City, name: str) -> None:
    # Folium reads rendered scripts as templates once more; a credit comes with a user's file.
    page = build_page(
        with_titles(city, name), bundle=resource("web"), attributions=[Text(name, "x")]
    )
    assert f"{name}规划地图" in read(page.html).text
    assert given_to_start(page.script)["title"]["zh"] == f"{name}规划地图"


def test_without_a_build_the_error_names_the_remedy(city: City, tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as raised:
        build_page(city, bundle=tmp_path)
    assert raised.value.code == "page_not_built"
    assert "npm run build" in raised.value.remedy.en


def test_raster_base_map_is_in_the_script_only_where_configured(city: City, page: Page) -> None:
    assert "raster: null" in page.script
    raster = build_page(
        city,
        bundle=resource("web"),
        raster_url="https://t0.example.cn/{z}/{x}/{y}",
        raster_attribution="天地图",
    )
    assert 'L.tileLayer("https://t0.example.cn/{z}/{x}/{y}"' in raster.script
    assert "天地图" in read(raster.html).text
