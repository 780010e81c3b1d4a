"""The page worked without a pointer."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Visit
from tests.browser.view import View

_FOCUS = """
() => {
  const element = document.activeElement;
  const { width, height } = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  // A field within a frame: the frame is marked.
  const framed = element.matches("input") && getComputedStyle(element.parentElement).boxShadow !== "none";
  return {
    tag: element.tagName, id: element.id, label: element.getAttribute("aria-label") ?? element.textContent.trim(),
    part: element.dataset.part ?? "", seen: width > 0 && height > 0,
    marked: framed || (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2),
  };
}
"""


def focus(shown: View) -> dict[str, Any]:
    return dict(shown.page.evaluate(_FOCUS))


def tab_to(shown: View, wanted: str) -> dict[str, Any]:
    """Tabs until the focus is on what has this text, label or id; each stop must be visible."""
    for _ in range(60):
        shown.page.keyboard.press("Tab")
        found = focus(shown)
        if found["tag"] == "BODY":  # past the last stop the browser's own begin
            continue
        assert found["seen"], found
        assert found["marked"], found
        if wanted in {found["id"], found["label"]} or found["label"].startswith(wanted):
            return found
    raise AssertionError(f"Tab never comes to {wanted}")


def test_the_first_stop_leads_past_the_map(visit: Visit) -> None:
    shown = visit()
    before = shown.page.url
    shown.page.keyboard.press("Tab")
    assert focus(shown)["label"] == "跳到设施、目标与图层"
    shown.page.keyboard.press("Enter")
    assert focus(shown)["id"] == "panel"
    assert shown.page.url == before


def test_the_map_is_moved_zoomed_and_asked(visit: Visit) -> None:
    shown = visit("/#map=12/30.6600/104.0600&hex=charger.piles&on=greenway")
    tab_to(shown, "地图。")
    keyboard = shown.page.keyboard
    for key, changed in (("ArrowRight", 2), ("ArrowDown", 1), ("+", 0)):
        before = shown.fragment["map"].split("/")
        keyboard.press(key)
        shown.page.wait_for_url(lambda url, before=before: "/".join(before) not in url)
        assert shown.fragment["map"].split("/")[changed] != before[changed]
    shown.page.wait_for_selector(".leaflet-container.by-keyboard")
    keyboard.press("Enter")
    shown.popup.wait_for()
    assert focus(shown)["tag"] == "H2"
    assert "区" in focus(shown)["label"]
    keyboard.press("Escape")
    shown.popup.wait_for(state="detached")
    assert focus(shown)["label"].startswith("地图。")


def test_targets_theme_and_layers_are_worked_by_keys(visit: Visit) -> None:
    shown = visit()
    keyboard = shown.page.keyboard
    tab_to(shown, "规划进展")
    keyboard.press("Enter")
    shown.idle()
    tab_to(shown, "天府绿道")
    keyboard.press("Enter")
    shown.target("greenway.greenway").locator("table").wait_for()
    tab_to(shown, "theme")
    keyboard.press("ArrowDown")
    shown.idle()
    assert shown.fragment["hex"] == "greenway.count"
    tab_to(shown, "layer-greenway")
    keyboard.press("Space")
    shown.idle()
    assert "greenway" not in shown.fragment["on"]
    assert shown.painted("features") == 0


def test_buttons_of_the_map_are_reached_and_pressed(visit: Visit) -> None:
    shown = visit("/#map=12/30.6600/104.0600")
    tab_to(shown, "缩小")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url("**/#map=11/**")
    tab_to(shown, "全市")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_url("**/#map=9/**")
