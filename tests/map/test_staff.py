"""The document of the staff page and the script of its map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.map import Page, build_page, build_staff_page
from geoplan.map.bundle import PAGE, STAFF, Bundle
from geoplan.resources import resource
from tests.map.documents import read
from tests.map.test_page import HOSTILE, given_to_start, with_titles


@pytest.fixture(scope="module")
def desk(city: City) -> Page:
    return build_staff_page(city, bundle=resource("web"))


def test_document_holds_no_code_no_style_and_nothing_from_elsewhere(desk: Page) -> None:
    document = read(desk.html)
    assert document.inline == []
    for tag, attributes in document.tags:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    for address in document.addresses:
        assert re.match(r"/(?!/)|#", address), address
    assert not re.search(r"https?:|[\"']//", desk.script)


def test_script_is_the_same_for_everybody_and_knows_every_layer(city: City, desk: Page) -> None:
    english = build_staff_page(city, bundle=resource("web"), lang="en")
    assert english.script == desk.script
    assert english.html != desk.html
    start = given_to_start(desk.script)
    assert [layer["id"] for layer in start["layers"]] == list(city.layers)
    assert start["layers"][0]["fields"][0]["id"] == "project_no"
    assert 'features("' not in desk.script
    assert "hexagons: null" in desk.script


def test_fields_about_persons_are_no_choice(city: City, desk: Page) -> None:
    personal = {
        field.id for layer in city.layers.values() for field in layer.all_fields() if field.personal
    }
    assert personal
    shown = {
        field["id"] for layer in given_to_start(desk.script)["layers"] for field in layer["fields"]
    }
    assert personal.isdisjoint(shown)
    assert {"name", "status", "piles"} <= shown


def test_what_a_row_must_have_is_said_of_each_layer(city: City, desk: Page) -> None:
    for layer in given_to_start(desk.script)["layers"]:
        known = city.layers[layer["id"]]
        wanted = {field.id for field in known.all_fields() if field.required}
        said = {field["id"] for field in layer["fields"] if field["required"]}
        assert said == wanted - set(known.optional)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_document_names_its_language_and_the_way_to_the_other(city: City, lang: Any) -> None:
    document = read(build_staff_page(city, bundle=resource("web"), lang=lang).html)
    assert dict(document.tags)["html"]["lang"].startswith(lang)
    (link,) = [a for _, a in document.tags if "data-keeps-state" in a]
    assert link["href"] == f"/staff?lang={'en' if lang == 'zh' else 'zh'}"
    assert ("数据报送" if lang == "zh" else "Data desk") in document.text
    assert ("内部测试，未经审图" if lang == "zh" else "Internal test") in document.text


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_names_stay_names(city: City, title: str) -> None:
    desk = build_staff_page(with_titles(city, title), bundle=resource("web"))
    assert "<" not in desk.script
    assert {layer["title"]["zh"] for layer in given_to_start(desk.script)["layers"]} == {title}
    assert read(desk.html).inline == []


def test_each_page_brings_its_own_files_and_those_it_shares() -> None:
    public, desk = Bundle.load(resource("web"), PAGE), Bundle.load(resource("web"), STAFF)
    assert public.script != desk.script
    assert set(public.shared) & set(desk.shared)
    shared = set(public.styles) & set(desk.styles)
    # What both pages share comes first, so that each may say it otherwise.
    for page in (public, desk):
        assert set(page.styles[: len(shared)]) == shared
    for name in {public.script, desk.script, *public.shared, *public.styles, *desk.styles}:
        assert (resource("web") / name.removeprefix("/static/")).is_file(), name


@pytest.mark.parametrize("build", [build_page, build_staff_page])
def test_a_build_without_the_page_is_told(
    city: City, build: Callable[..., Page], tmp_path: Path
) -> None:
    (tmp_path / ".vite").mkdir()
    other = {"src/other.ts": {"file": "assets/other.js"}}
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(other))
    with pytest.raises(GeoplanError) as raised:
        build(city, bundle=tmp_path)
    assert raised.value.code == "page_not_built"
