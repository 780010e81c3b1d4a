"""Layers, hexagons, zoom and pop-ups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.view import PHONE, View, fetch

PLAN = "/#hex=charger.piles&on=greenway"


def corner_of(geometry: dict[str, Any]) -> tuple[float, float]:
    """A place on a feature."""
    found = geometry["coordinates"]
    while isinstance(found[0], list):
        found = found[len(found) // 2]
    lon, lat = found
    return lon, lat


@pytest.fixture(scope="module")
def park(server_url: str) -> dict[str, Any]:
    """A finished park of the service."""
    url = f"{server_url}/api/collections/park/items?status=finished&limit=1&f=json"
    (found,) = fetch(url)["features"]
    return dict(found)


def at(feature: dict[str, Any], zoom: int = 15, query: str = "") -> str:
    lon, lat = corner_of(feature["geometry"])
    return f"/{query}#map={zoom}/{lat:.6f}/{lon:.6f}&hex=charger.piles&on=park"


def test_a_layer_turned_off_leaves_map_legend_and_address(visit: Visit) -> None:
    shown = visit(PLAN)
    legend = shown.part("legend")
    assert shown.painted("features") > 0
    shown.page.get_by_label("天府绿道", exact=True).uncheck()
    legend.locator(".legend-layer").wait_for(state="detached")
    shown.idle()
    assert shown.painted("features") == 0
    assert shown.fragment["on"] == ""
    shown.page.get_by_label("公园", exact=True).check()
    shown.idle()
    assert legend.locator(".legend-layer").all_inner_texts() == ["公园"]
    assert shown.painted("features") > 0
    assert shown.fragment["on"] == "park"


def test_boundaries_and_ground_can_be_turned_off(visit: Visit) -> None:
    shown = visit(PLAN)
    shown.page.get_by_label("区（市）县界").uncheck()
    shown.page.get_by_label("道路、水系与绿地").uncheck()
    shown.idle()
    assert shown.page.locator(".leaflet-boundaries-pane canvas").count() == 0
    assert shown.painted("names") > 0


def test_another_theme_changes_hexagons_and_legend(visit: Visit) -> None:
    shown = visit(PLAN)
    before = shown.part("legend").inner_text()
    shown.page.get_by_label("格网显示").select_option("greenway.length")
    shown.part("legend").get_by_text("公里").first.wait_for()
    shown.idle()
    assert shown.part("legend").inner_text() != before
    assert shown.painted("hexagons") > 0
    assert any(re.match(r"/api/grid/greenway\?.*measure=length", path) for path in shown.asked)
    shown.page.get_by_role("button", name="已建成").click()
    shown.idle()
    assert any("status=finished%2Copen" in path for path in shown.asked)
    shown.page.get_by_label("格网显示").select_option("")
    shown.part("legend").locator(".classes").wait_for(state="detached")
    assert shown.painted("hexagons") == 0


def test_hexagons_get_finer_as_the_map_comes_nearer(visit: Visit) -> None:
    shown = visit("/#map=9/30.66/104.06&hex=charger.piles")
    note = shown.part("legend").locator(".legend-note")
    sizes = [note.inner_text()]
    for zoom in (11, 13):
        while int(shown.fragment["map"].split("/")[0]) < zoom:
            here = shown.fragment["map"]
            shown.page.get_by_role("button", name="放大").click()
            shown.page.wait_for_url(lambda url, here=here: f"map={here}" not in url)
        shown.idle()
        sizes.append(note.inner_text())
        assert shown.painted("hexagons") > 1000
    assert [re.findall(r"[\d.]+", size)[0] for size in sizes] == ["5.2", "0.74", "0.11"]
    asked = [re.search(r"res=(\d)", path) for path in shown.asked if path.startswith("/api/grid/")]
    assert [found[1] for found in asked if found] == ["7", "8", "9"]


def test_a_click_says_what_lies_there(
    visit: Visit, park: dict[str, Any], accessible: Callable[[View], None]
) -> None:
    shown = visit(at(park))
    shown.map.click()
    shown.popup.wait_for()
    text = shown.popup.inner_text()
    assert park["properties"]["name"] in text
    assert "状态" in text
    assert "完工" in text
    assert "示意数据" in text
    shown.page.wait_for_selector(".leaflet-highlight-pane path")
    shown.keep("popup")
    accessible(shown)
    shown.page.get_by_label("关闭").click()
    shown.popup.wait_for(state="detached")
    assert shown.page.locator(".leaflet-highlight-pane path").count() == 0


def test_a_click_where_nothing_lies_names_the_district(visit: Visit) -> None:
    shown = visit("/#map=16/30.60/104.113&hex=&on=")
    shown.map.click()
    shown.popup.wait_for()
    assert "锦江区" in shown.popup.inner_text()
    assert "此处没有所选图层的设施" in shown.popup.inner_text()


def test_a_tap_s_pop_up_lies_clear_of_legend_and_buttons(
    visit: Visit, park: dict[str, Any]
) -> None:
    shown = visit(at(park), PHONE)
    box = shown.map.bounding_box()
    assert box
    shown.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.popup.wait_for()
    shown.page.wait_for_timeout(600)  # the map slides until the pop-up has room
    shown.keep("popup-phone")
    popup = shown.page.locator(".leaflet-popup-content-wrapper").bounding_box()
    legend = shown.part("legend").bounding_box()
    zoom = shown.page.locator(".leaflet-control-zoom").bounding_box()
    credits_ = shown.page.locator(".leaflet-control-attribution").bounding_box()
    assert popup
    assert legend
    assert zoom
    assert credits_
    assert popup["y"] + popup["height"] < credits_["y"]
    assert popup["y"] >= legend["y"] + legend["height"]
    assert popup["x"] >= 0
    assert popup["x"] + popup["width"] <= zoom["x"]


def test_what_is_in_view_is_listed_and_leads_to_its_place(
    visit: Visit, park: dict[str, Any], accessible: Callable[[View], None]
) -> None:
    shown = visit(at(park))
    part = shown.part("in-view")
    part.get_by_text("视野内的项目").click()
    name = park["properties"]["name"]
    button = part.get_by_role("button", name=name, exact=True).first
    button.wait_for()
    accessible(shown)
    button.focus()
    shown.page.keyboard.press("Enter")
    shown.popup.wait_for()
    assert name in shown.popup.inner_text()
    shown.page.keyboard.press("Escape")
    shown.popup.wait_for(state="detached")
    assert shown.page.evaluate("document.activeElement.textContent") == name
