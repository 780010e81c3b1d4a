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

ALWAYS = (".leaflet-control-attribution", ".language", ".handle", ".larger", '[data-part="share"]')
CONTROLS = (
    *ALWAYS,
    ".leaflet-control-zoom-in",
    ".leaflet-control-zoom-out",
    '[aria-label="全市"]',
    ".leaflet-control-scale",
    ".legend",
)


def assert_in_sight(shown: View, controls: tuple[str, ...] = CONTROLS) -> None:
    for selector in controls:
        assert shown.page.evaluate(_COVERED, selector) == "", selector


def test_the_sheet_has_three_heights_by_button_and_by_drag_and_hides_no_control(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/", PHONE)
    page, handle = shown.page, shown.part("handle")

    def at(height: str) -> float:
        page.wait_for_selector(f'html[data-sheet="{height}"]')
        shown.idle()
        page.wait_for_timeout(300)
        return float((shown.map.bounding_box() or {})["height"])

    def drag(pixels: int) -> None:
        box = handle.bounding_box()
        assert box
        x, y = box["x"] + 120, box["y"] + 20
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + pixels, steps=4)
        page.mouse.up()

    half = at("half")
    assert_in_sight(shown)
    handle.tap()
    assert at("low") > half + 200
    assert handle.get_attribute("aria-expanded") == "false"
    assert_in_sight(shown)
    assert shown.part("hint").is_visible()
    shown.keep("sheet-low")
    accessible(shown)
    drag(-80)
    assert at("half") == half
    shown.part("larger").tap()
    assert at("full") < half
    assert_in_sight(shown, ALWAYS)
    shown.keep("sheet-full")
    accessible(shown)
    drag(300)
    at("low")
    # What is asked for on the map brings the answer into sight.
    page.touchscreen.tap(200, 400)
    at("half")
    assert shown.part("reach").get_by_role("heading").first.is_visible()


def test_everything_can_be_hit_by_a_thumb(visit: Visit) -> None:
    for address in ("", "#map=12/30.6600/104.0600&from=30.66000/104.06000"):
        walked = visit(f"/{address}", PHONE)
        assert walked.page.evaluate(_SMALL) == []
    shown = visit(
        "/#map=12/30.6600/104.0600&hex=greenway.length&on=greenway&target=greenway.greenway", PHONE
    )
    shown.target("greenway.greenway").locator("table").wait_for()
    shown.part("in-view").get_by_text("视野内的项目").tap()
    shown.part("in-view").get_by_role("button").first.wait_for()
    shown.part("legend").evaluate(
        "(e) => e.ownerDocument.querySelectorAll('.more').forEach((d) => { d.open = true; })"
    )
    assert shown.page.evaluate(_SMALL) == []
