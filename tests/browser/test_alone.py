"""Maps of their own, saved to files and opened from the disk: nothing is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser

from geoplan.map import city_map
from tests.browser.view import DESKTOP, NARROW, Device, View, view

CENTRE = (104.06, 30.66)


def frame(kind: str) -> geopandas.GeoDataFrame:
    """One place, line or area at the centre, and others around it."""
    random = np.random.default_rng(5)
    lonlat = np.vstack([CENTRE, random.normal(CENTRE, 0.03, (60, 2))])
    shapes = {
        "points": shapely.points(lonlat),
        "lines": [shapely.LineString([at - 0.01, at, at + 0.01]) for at in lonlat],
        "areas": shapely.buffer(shapely.points(lonlat), 0.004),
    }[kind]
    values = {"people": range(10, 71), "kind": ["park", "school", "clinic"] * 20 + ["park"]}
    return geopandas.GeoDataFrame(values, geometry=shapes, crs="EPSG:4326")


def opened(shown: View, folder: Path, **options: Any) -> View:
    city_map(lang="en", **options).save(str(folder / "map.html"))
    shown.page.goto(f"{folder.as_uri()}/map.html")
    return shown.idle()


@pytest.mark.parametrize("device", [DESKTOP, NARROW], ids=lambda device: device.name)
def test_a_saved_map_of_hexagons_is_whole_without_any_service(
    browser: Browser, tmp_path: Path, accessible: Any, device: Device
) -> None:
    with view(browser, tmp_path.as_uri(), device) as shown:
        rows = frame("points")
        opened(shown, tmp_path, data=rows, column="people", res=8, unit="people", title="People")
        for pane in ("ground", "hexagons", "boundaries", "names"):
            assert shown.painted(pane) > 100, pane
        legend = shown.page.locator(".alone-legend")
        ends = [text.split("–") for text in legend.locator(".classes li").all_inner_texts()]
        assert float(ends[-1][-1].replace(",", "")) <= rows["people"].sum()
        assert "people · in each hexagon" in legend.inner_text()
        assert shown.page.title() == shown.page.locator("h1").inner_text() == "People"
        assert shown.page.evaluate("document.documentElement.lang") == "en"
        assert shown.page.evaluate("document.scrollingElement.scrollWidth") <= device.width
        accessible(shown)
        shown.keep(f"alone-{device.name}")
        assert shown.asked == ["/map.html"]
        shown.assert_clean()


def test_points_lines_and_areas_of_a_frame_are_drawn_and_told(
    browser: Browser, tmp_path: Path
) -> None:
    with view(browser, tmp_path.as_uri(), DESKTOP) as shown:
        for kind in ("points", "lines", "areas"):
            rows = frame(kind).iloc[:1]
            opened(shown, tmp_path, data=rows, column="kind", details=["people", "kind"])
            assert shown.painted("features") > 10, kind
            assert shown.page.locator(".alone-legend .classes li").all_inner_texts() == ["park"]
            box = shown.map.bounding_box()
            assert box is not None
            middle = (box["width"] / 2, box["height"] / 2)
            shown.page.mouse.click(*middle)
            told = shown.page.locator(".alone-details").inner_text().split()
            assert told == ["people", "10", "kind", "park"], kind
        opened(shown, tmp_path, data=frame("areas"), column="people", limits=[0, 20, 40])
        assert shown.page.locator(".alone-legend .classes li").count() == 3
        assert {*shown.asked} == {"/map.html"}
        shown.assert_clean()


def test_a_map_of_a_service_that_is_away_says_so(browser: Browser, tmp_path: Path) -> None:
    with view(browser, tmp_path.as_uri(), DESKTOP) as shown:
        city_map(server="http://127.0.0.1:9", lang="en").save(str(tmp_path / "map.html"))
        shown.page.goto(f"{tmp_path.as_uri()}/map.html")
        notice = shown.page.get_by_role("alert")
        notice.wait_for()
        assert "http://127.0.0.1:9" in notice.inner_text()
