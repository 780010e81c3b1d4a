"""A map saved from a notebook, opened as a file."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from geoplan.catalogue import City
from geoplan.map import CityMap, Hexagons
from geoplan.resources import resource
from tests.browser.view import DESKTOP, view

CELLS = {"8840e36309fffff": 3.0, "8840e3ce85fffff": 12.5, "8840e3ce89fffff": 40.0}


def test_a_saved_map_draws_its_hexagons_without_any_service(
    browser: Browser, city: City, tmp_path: Path
) -> None:
    saved = CityMap(city.bbox, bundle=resource("web"))
    Hexagons(CELLS, show=True).add_to(saved)
    saved.save(str(tmp_path / "map.html"))
    with view(browser, tmp_path.as_uri(), DESKTOP) as shown:
        shown.page.goto(f"{tmp_path.as_uri()}/map.html")
        shown.page.wait_for_selector(".leaflet-hexagons-pane canvas")
        shown.page.wait_for_timeout(300)
        assert shown.painted("hexagons") > 0
        assert shown.asked == ["/map.html"]
        shown.assert_clean()
