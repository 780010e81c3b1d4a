"""The form of the staff page: keys, fingers, narrow screens, two languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.checks import overflowing, too_small
from tests.browser.conftest import Seat
from tests.browser.desk import Desk
from tests.browser.ledger import HEADERS, SHEET, STATIONS, Ledger
from tests.browser.test_keyboard import focus, tab_to
from tests.browser.test_language import CHINESE, ENGLISH, words_of
from tests.browser.test_staff import CLERK, PLANNER
from tests.browser.view import NARROW, PHONE, View

NAMES = (
    r"Excel|CSV|GeoPackage|GeoJSON|Shapefile|KML|TXT|XLSX|UTF-8|\bMB|\bKB|EPSG:\d+|WGS 84|CGCS2000"
    r"|GCJ-02|BD-09|UTM|Web|中文|English|GS\(2024\)0650"
)


def test_a_ledger_is_read_without_a_pointer(
    seat: Seat, passwords: dict[str, str], tmp_path: Path
) -> None:
    clerk = seat()
    page = clerk.shown.page
    keyboard = page.keyboard
    keyboard.press("Tab")
    assert focus(clerk.shown)["label"] == "跳到内容"
    keyboard.press("Enter")
    assert focus(clerk.shown)["id"] == "main"
    keyboard.press("Tab")
    keyboard.type(CLERK)
    keyboard.press("Tab")
    keyboard.type(passwords[CLERK])
    keyboard.press("Enter")
    page.wait_for_selector(".account")
    clerk.shown.idle()
    assert focus(clerk.shown)["tag"] == "H1"
    clerk.put(Ledger(16).write(tmp_path / "keys.xlsx"), "charger")
    tab_to(clerk.shown, "下载检查报告")
    tab_to(clerk.shown, "第3行")
    keyboard.press("Enter")
    assert focus(clerk.shown)["label"].startswith("第3行")
    assert "dates_reversed" in clerk.codes(page.locator("#row-3"))
    tab_to(clerk.shown, "不报此行")
    keyboard.press("Enter")
    page.wait_for_selector('#row-3[data-decision="left_out"]')
    tab_to(clerk.shown, "列的读法")
    keyboard.press("Enter")
    tab_to(clerk.shown, "“项目编号”读作")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_fits_a_narrow_screen_and_a_thumb(
    seat: Seat, accessible: Callable[[View], None], tmp_path: Path, lang: str
) -> None:
    clerk = seat(CLERK, lang, NARROW)
    page = clerk.shown.page
    for open_ in (None, 5, 13):
        if open_ is None:
            assert overflowing(clerk.shown) == []
            assert too_small(clerk.shown) == []
            clerk.put(Ledger(17).write(tmp_path / f"narrow-{lang}.xlsx"), "charger")
        else:
            clerk.row(open_)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        clerk.shown.idle()
        assert overflowing(clerk.shown) == []
        assert too_small(clerk.shown) == []
    accessible(clerk.shown)
    clerk.shown.keep(f"staff-narrow-{lang}")


def test_text_twice_as_large_still_fits(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK, "en", PHONE)
    clerk.put(Ledger(18).write(tmp_path / "large.xlsx"), "charger")
    clerk.row(5)
    # As a browser does it: half the pixels for the same page.
    clerk.shown.page.set_viewport_size({"width": 320, "height": 400})
    assert overflowing(clerk.shown) == []


def test_the_other_language_keeps_what_is_shown_and_leaves_no_word_behind(
    seat: Seat, tmp_path: Path
) -> None:
    """Words of the file, names of accounts, formats and systems are nobody's language."""
    ledger = Ledger(19)
    clerk, planner = seat(CLERK), seat(PLANNER)
    clerk.put(ledger.write(tmp_path / "words.xlsx"), "charger")
    own = [
        *HEADERS,
        SHEET,
        "words.xlsx",
        "锦江区",
        "约20",
        "差不多了",
        "投用",
        "合计",
        r"SY19-2023-\d+",
    ]
    own += [
        r"沙河堡示意路\d+号",
        *(f"{name}(@demo)?" for name in (CLERK, PLANNER)),
        *(ledger.name(n) for n in range(1, STATIONS + 1)),
    ]
    neutral = re.compile("|".join([*sorted(own, key=len, reverse=True), NAMES]))

    def said(desk: Desk) -> str:
        return neutral.sub("", words_of(desk.shown))

    for desk in (clerk, planner):
        desk.come(f"#upload={clerk.upload_id()}").checked()
        desk.row(5)
        assert ENGLISH.findall(said(desk)) == []
        before = desk.shown.fragment
        desk.shown.page.get_by_role("link", name="English").click()
        desk.shown.page.wait_for_selector('html[lang="en"][data-state="idle"]')
        assert desk.shown.fragment == before
        desk.shown.page.wait_for_selector('#row-5 [aria-expanded="true"]')
        assert CHINESE.findall(said(desk)) == []


@pytest.mark.parametrize(("lang", "foreign"), [("zh", ENGLISH), ("en", CHINESE)])
def test_login_and_list_speak_one_language(seat: Seat, lang: str, foreign: re.Pattern[str]) -> None:
    guest = seat(lang=lang)
    assert foreign.findall(re.sub(NAMES, "", words_of(guest.shown))) == []
    clerk = seat(CLERK, lang)
    for line in clerk.shown.page.locator(".upload-name a").all():
        line.evaluate("(link) => { link.textContent = ''; }")
    said = re.sub(f"{NAMES}|{CLERK}", "", words_of(clerk.shown))
    assert foreign.findall(said) == []
