"""The sheet, the thumb and what must not be covered."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Visit
from tests.browser.view import PHONE, View

_SMALL = """
() => [...document.querySelectorAll("a, button, select, summary, label.layer")]
  .filter((element) => element.checkVisibility() && !element.matches(".skip"))
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([, { height, width }]) => height < 43.5 || width < 43.5)
  .map(([element, { height, width }]) => `${element.outerHTML.slice(0, 80)} ${width} x ${height}`)
"""

_COVERED = """
(selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
  const found = document.elementFromPoint(left + width / 2, top + height / 2);
  return found.closest(selector) === null ? found.outerHTML.slice(0, 80) : "";
}
"""

CONTROLS = (
    ".leaflet-control-zoom-in",
    ".leaflet-control-zoom-out",
    '[aria-label="全市"]',
    ".leaflet-control-attribution",
    ".leaflet-control-scale",
    ".legend",
    ".language",
    ".handle",
)


def assert_all_in_sight(shown: View) -> None:
    for selector in CONTROLS:
        assert shown.page.evaluate(_COVERED, selector) == "", selector


def test_the_sheet_opens_and_closes_and_hides_no_control(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/", PHONE)
    assert_all_in_sight(shown)
    height = (shown.map.bounding_box() or {})["height"]
    handle = shown.part("handle")
    handle.tap()
    shown.page.wait_for_selector('[data-part="panel"][data-open="false"]')
    shown.page.wait_for_timeout(300)
    shown.idle()
    shown.keep("sheet-closed")
    assert (shown.map.bounding_box() or {})["height"] > height + 250
    assert handle.get_attribute("aria-expanded") == "false"
    assert_all_in_sight(shown)
    accessible(shown)
    handle.tap()
    shown.page.wait_for_selector('[data-part="panel"][data-open="true"]')


def test_everything_can_be_hit_by_a_thumb(visit: Visit) -> None:
    shown = visit("/#map=12/30.6600/104.0600&on=greenway&target=greenway.greenway", PHONE)
    shown.target("greenway.greenway").locator("table").wait_for()
    shown.part("in-view").get_by_text("视野内的项目").tap()
    shown.part("in-view").get_by_role("button").first.wait_for()
    shown.part("legend").evaluate(
        "(e) => e.ownerDocument.querySelectorAll('.more').forEach((d) => { d.open = true; })"
    )
    assert shown.page.evaluate(_SMALL) == []
