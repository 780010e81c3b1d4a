"""Finding a place by what one types, and saying that it is wrong: on a phone, to the desk that settles it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Seat, Visit
from tests.browser.view import NARROW, PHONE, View

_OUTSIDE = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility())
  .filter((element) => { const { left, right } = element.getBoundingClientRect(); return left < 0 || right > innerWidth; })
  .map((element) => element.outerHTML.slice(0, 80))
"""
_LOW = """
(selector) => [...document.querySelectorAll(selector)]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5)
  .map((element) => element.outerHTML.slice(0, 80))
"""


PATIENCE_MS = 20_000  # the map is drawn by the processor, beside whatever else it does


def says(place: Locator, text: str) -> None:
    expect(place).to_contain_text(text, timeout=PATIENCE_MS)


def box(shown: View) -> Locator:
    return shown.page.locator(".search-input")


def options(shown: View) -> Locator:
    return shown.page.locator(".search-option")


def test_a_place_is_found_by_characters_pinyin_and_initials_and_shown(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/")
    page, found = shown.page, options(shown)
    page.keyboard.press("/")
    expect(box(shown)).to_be_focused()
    for typed in ("锦江区", "jinjiangqu", "jjq", "jinjang"):
        box(shown).fill(typed)
        says(found.first, "锦江区")
    says(found.first, "区（市）县")
    accessible(shown)
    page.keyboard.press("ArrowDown")
    assert box(shown).get_attribute("aria-activedescendant") == found.first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(found.first).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"#map=\d+/30\.6\d+/104\.11"))
    box(shown).fill("示意小学 锦江")
    says(found.first, "中小学、幼儿园 · 锦江区")
    page.keyboard.press("Enter")
    says(shown.popup, "示意小学 锦江")
    assert "school" in shown.fragment["on"]
    page.keyboard.press("Escape")
    expect(box(shown)).to_be_focused()
    box(shown).fill("天府大道")
    found.filter(has_text="道路").first.click()
    says(shown.popup, "天府大道")
    shown.idle()
    box(shown).fill("qqqwx")
    says(page.locator(".search-message"), "没有找到“qqqwx”")
    accessible(shown)
    planning = visit("/plan")
    box(planning).fill("qyq")
    says(options(planning).first, "青羊区")
    planning.page.keyboard.press("Enter")
    says(planning.page.locator('[data-part="headline"]'), "青羊区")


def test_the_search_says_when_it_cannot_answer_and_goes_on(unwatched: Visit) -> None:
    shown = unwatched("/?lang=en", NARROW)
    page, message = shown.page, shown.page.locator(".search-message")
    page.route("**/api/search*", lambda route: route.fulfill(status=503, body="{}"))
    box(shown).fill("jinjiang")
    says(message, "The search does not answer")
    page.unroute("**/api/search*")
    message.get_by_role("button", name="Try again").tap()
    says(options(shown).first, "Jinjiang")
    assert page.evaluate(_OUTSIDE, ".search *, .search-option *") == []
    page.context.set_offline(True)
    box(shown).fill("tianfu")
    says(message, "You are offline")
    page.context.set_offline(False)
    says(options(shown).first, "Tianfu")


def test_a_remark_from_a_phone_reaches_the_desk_and_is_settled(
    visit: Visit, seat: Seat, accessible: Callable[[View], None]
) -> None:
    shown = visit("/", PHONE)
    page = shown.page
    box(shown).fill("shiyi xiaoxue jinjiang")
    assert page.evaluate(_LOW, ".search-option, .search-clear, .search-input") == []
    options(shown).first.tap()
    name = shown.popup.locator("summary strong").first.inner_text()
    shown.popup.get_by_role("button", name="报错或反馈").first.tap()
    form = page.get_by_role("dialog", name="报错或反馈")
    form.get_by_role("button", name="发送").tap()
    expect(form.get_by_role("alert")).to_have_text("请选择一项")
    form.get_by_text("位置不对").tap()
    form.get_by_role("button", name="发送").tap()
    says(form.get_by_role("alert"), "请写明哪里不对")
    words = "校门在东边 <b>不在这里</b>"
    form.get_by_label("说明", exact=True).fill(words)
    assert page.evaluate(_LOW, "dialog button, .feedback-kind") == []
    accessible(shown)
    form.get_by_role("button", name="在地图上标出正确位置").tap()
    shown.idle().keep("feedback-place")
    page.get_by_role("button", name="就是这里").tap()
    says(form, "已标出位置")
    form.get_by_role("button", name="发送").tap()
    expect(form.get_by_role("status")).to_have_text("谢谢，已收到")
    number = form.locator("p.muted").inner_text().removeprefix("编号 ")[:8]
    form.get_by_role("button", name="关闭").last.tap()

    desk = seat("jinjiang", device=PHONE)
    page = desk.shown.page
    page.get_by_role("link", name="市民反馈").tap()
    remark = page.locator(".remark", has_text=number)
    says(remark.locator(".remark-words"), words)
    says(remark, name)
    accessible(desk.shown)
    desk.shown.keep("feedback-desk")
    remark.get_by_role("button", name="不采纳").tap()
    page.get_by_role("dialog").get_by_role("button", name="不采纳").tap()
    expect(page.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()
    page.get_by_role("dialog").get_by_role("button", name="取消").tap()
    remark.get_by_role("button", name="采纳", exact=True).tap()
    page.get_by_role("dialog").get_by_role("textbox").fill("已转学校核实")
    page.get_by_role("dialog").get_by_role("button", name="采纳").tap()
    expect(remark.locator(".state")).to_have_text("已采纳")
    remark.get_by_text("办理经过").tap()
    says(remark.locator("ol"), "已转学校核实")
