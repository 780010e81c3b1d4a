"""The document of the planners' page and what its script knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from geoplan.catalogue import City
from geoplan.errors import GeoplanError
from geoplan.map import Page, build_plan_page
from geoplan.resources import resource
from tests.map.documents import read
from tests.map.test_page import HOSTILE, given_to_start, with_titles


@pytest.fixture(scope="module")
def plan(city: City) -> Page:
    return build_plan_page(city, bundle=resource("web"))


def test_document_holds_no_code_no_style_and_nothing_from_elsewhere(plan: Page) -> None:
    document = read(plan.html)
    assert document.inline == []
    for tag, attributes in document.tags:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    for address in document.addresses:
        assert re.match(r"/(?!/)|#", address), address
    assert not re.search(r"https?:|[\"']//", plan.script)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_document_names_its_language_and_the_way_to_the_other(
    city: City, plan: Page, lang: Any
) -> None:
    page = build_plan_page(city, bundle=resource("web"), lang=lang)
    assert page.script == plan.script
    document = read(page.html)
    assert dict(document.tags)["html"]["lang"].startswith(lang)
    (link,) = [a for _, a in document.tags if "data-keeps-state" in a]
    assert link["href"] == f"/plan?lang={'en' if lang == 'zh' else 'zh'}"
    assert ("规划分析" if lang == "zh" else "Planning analysis") in document.text
    assert ("内部测试，未经审图" if lang == "zh" else "Internal test") in document.text


def test_script_knows_the_speeds_and_the_tiles_of_each_service_s_facilities(
    city: City, plan: Page
) -> None:
    start = given_to_start(plan.script)
    assert start["walking"]["planning"] == 1.0
    assert start["walking"]["elderly"] == city.standards.walking.elderly_m_s.value
    shown = {service["id"]: service["facilities"] for service in start["services"]}
    assert shown["greenway"]["source"] == "greenway"
    assert shown["park_large"]["source"] == "facility.park_large"
    assert shown["market"]["source"] == "facility.market"
    assert shown["primary_school"]["color"] == city.layers["school"].style.color
    hidden = {layer.id for layer in city.layers.values() if layer.visibility != "public"}
    assert hidden.isdisjoint(layer["id"] for layer in start["layers"])


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_names_stay_names(city: City, title: str) -> None:
    plan = build_plan_page(with_titles(city, title), bundle=resource("web"))
    assert "<" not in plan.script
    assert read(plan.html).inline == []


def test_a_build_without_the_page_is_told(city: City, tmp_path: Path) -> None:
    with pytest.raises(GeoplanError) as raised:
        build_plan_page(city, bundle=tmp_path)
    assert raised.value.code == "page_not_built"
