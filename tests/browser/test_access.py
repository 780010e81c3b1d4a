"""Every page in every state: for the keyboard, the reader, the narrow screen, the large type, one language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.checks import foreign_words, overflowing
from tests.browser.conftest import Visit
from tests.browser.desk import Lang
from tests.browser.test_keyboard import focus, tab_to
from tests.browser.view import NARROW, Device, View

TWICE = Device("twice", 640, 400, 2)
"""A desktop of 1280 by 800 whose reader has the page twice as large."""
SQUARE = "from=30.65980/104.06350"
# Names in the sample city's data; names are nobody's language.
PLACES = ("GB 50180-2018", "PM2.5", r"\w+站\s?[A-Z]?口")

Look = Callable[[View], None]


@pytest.fixture
def look(accessible: Callable[[View], None]) -> Look:
    """Judges a page as it is now."""

    def judge(shown: View) -> None:
        shown.idle()
        accessible(shown)
        assert overflowing(shown) == []
        assert foreign_words(shown, PLACES) == []

    return judge


@pytest.mark.parametrize(
    ("lang", "device"),
    [("en", NARROW), ("zh", TWICE)],
    ids=["en-320", "zh-200%"],
)
def test_the_public_page_holds_in_every_state(
    unwatched: Visit, look: Look, lang: Lang, device: Device
) -> None:
    shown = unwatched(f"/?lang={lang}", device)
    page = shown.page
    look(shown)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    look(shown)
    # A walk from a place, its facilities, what is missing; then the plan with a target open.
    page.goto("about:blank")  # another fragment alone is no other page
    shown.open(f"/?lang={lang}#map=14/30.6598/104.0635&{SQUARE}")
    shown.part("reach").locator(".reach-score").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    look(shown)
    shown.keep(f"public-walk-{lang}-{device.name}")
    page.goto("about:blank")
    shown.open(
        f"/?lang={lang}#map=12/30.6600/104.0600&hex=greenway.length&on=greenway&target=greenway.greenway"
    )
    shown.target("greenway.greenway").locator("table").wait_for()
    look(shown)
    # An answer that fails.
    page.route("**/api/progress*", lambda route: route.fulfill(status=503, json={}))
    page.reload()
    page.locator(".failure").first.wait_for()
    look(shown)


@pytest.mark.parametrize(
    ("lang", "device"),
    [("en", NARROW), ("zh", TWICE)],
    ids=["en-320", "zh-200%"],
)
def test_the_planners_page_holds_in_every_state(
    unwatched: Visit, look: Look, lang: Lang, device: Device
) -> None:
    shown = unwatched(f"/plan?lang={lang}#map=10/30.6600/104.0600&of=reach.primary_school", device)
    look(shown)
    shown.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    look(shown)
    shown.keep(f"plan-{lang}-{device.name}")
    shown.part("tabs").get_by_role("button").nth(1).click()
    look(shown)

    def fail(route: Route) -> None:
        route.fulfill(status=503, json={})

    shown.page.route("**/api/**", fail)
    shown.page.reload()
    shown.page.get_by_role("button", name={"zh": "重试", "en": "Try again"}[lang]).first.wait_for()
    shown.page.wait_for_timeout(300)
    assert overflowing(shown) == []
    assert foreign_words(shown, PLACES) == []


def test_a_citizen_asks_without_a_pointer(visit: Visit) -> None:
    """Search, go there, ask what a walk reaches, read what is missing, share."""
    shown = visit("/?lang=zh")
    page, keyboard = shown.page, shown.page.keyboard
    box = shown.part("search").get_by_role("combobox")
    for _ in range(10):
        keyboard.press("Tab")
        if box.evaluate("(e) => e === document.activeElement"):
            break
    assert focus(shown)["marked"]
    keyboard.type("chunxilu")
    page.get_by_role("option").first.wait_for()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    # What was found is told in a pop-up, which takes the focus when it has come.
    page.locator(".leaflet-popup :focus").wait_for()
    shown.idle()
    tab_to(shown, "地图。")
    keyboard.press("Enter")
    shown.idle()
    shown.part("reach").locator(".reach-score").wait_for()
    expect(shown.part("reach")).to_contain_text("分钟")
    assert shown.fragment["from"]
