"""Two languages, one state, and links that keep it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.view import View

STATE = "#map=12/30.6600/104.0600&hex=greenway.length&on=greenway,park&status=done&target=park.park"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# Names of licences, review numbers and the way to the other language.
FOREIGN_BUT_RIGHT = re.compile(
    r"中文|English|GB(?:/T)? [\d.]+-\d+|GS\(2024\)0650|© OpenStreetMap contributors, ODbL 1\.0|ODbL|OpenStreetMap"
)

_WORDS = """
() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const said = [document.title, document.body.innerText];
  for (const element of document.querySelectorAll("[aria-label], [title], [alt]"))
    for (const name of ["aria-label", "title", "alt"]) said.push(element.getAttribute(name) ?? "");
  return said.join("\\n");
}
"""


def words_of(shown: View) -> str:
    return FOREIGN_BUT_RIGHT.sub("", shown.page.evaluate(_WORDS))


def state_of(shown: View) -> dict[str, Any]:
    page = shown.page
    return {
        "fragment": shown.fragment,
        "layers": page.locator(".layer input:checked").evaluate_all("all => all.map((e) => e.id)"),
        "theme": page.locator("#theme").input_value(),
        "stage": page.locator('.chip[data-stage][aria-pressed="true"]').get_attribute("data-stage"),
        "open": page.locator('.target-button[aria-expanded="true"]').count(),
    }


def test_a_link_restores_what_its_sender_saw(visit: Visit) -> None:
    shown = visit(f"/{STATE}")
    assert state_of(shown) == {
        "fragment": dict(part.split("=", 1) for part in STATE[1:].split("&")),
        "layers": ["layer-greenway", "layer-park", "layer-districts", "layer-ground"],
        "theme": "greenway.length",
        "stage": "done",
        "open": 1,
    }


def test_a_link_followed_within_the_page_is_obeyed(visit: Visit) -> None:
    shown = visit()
    shown.page.evaluate("(hash) => { location.hash = hash; }", STATE)
    shown.page.wait_for_selector('[data-target="park.park"] [aria-expanded="true"]')
    shown.idle()
    assert shown.fragment["map"] == "12/30.6600/104.0600"
    assert state_of(shown)["theme"] == "greenway.length"


def test_the_other_language_keeps_the_state(visit: Visit) -> None:
    shown = visit(f"/?lang=zh{STATE}")
    before = state_of(shown)
    shown.page.locator(".language").click()
    shown.page.wait_for_selector('html[lang="en"][data-state="idle"]')
    assert state_of(shown) == before
    shown.page.locator(".language").click()
    shown.page.wait_for_selector('html[lang="zh-CN"][data-state="idle"]')
    assert state_of(shown) == before


@pytest.mark.parametrize("fragment", ["", STATE], ids=["first", "opened"])
def test_the_english_page_has_no_chinese_word(visit: Visit, fragment: str) -> None:
    shown = visit(f"/?lang=en{fragment}")
    shown.page.wait_for_timeout(300)
    assert CHINESE.findall(words_of(shown)) == []


@pytest.mark.parametrize("fragment", ["", STATE], ids=["first", "opened"])
def test_the_chinese_page_has_no_english_word(visit: Visit, fragment: str) -> None:
    shown = visit(f"/?lang=zh{fragment}")
    shown.page.wait_for_timeout(300)
    assert ENGLISH.findall(words_of(shown)) == []


def test_a_broken_link_opens_the_page_as_it_is_at_first(visit: Visit) -> None:
    first = visit()
    broken = visit("/#map=99/abc&hex=nothing.none&on=<b>,nothing&status=x&target=y")
    assert broken.fragment["map"] == first.fragment["map"]
    assert broken.painted("ground") > 0
