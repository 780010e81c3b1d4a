"""The planners' page: choose, brush, compare under the curtain, read the board, take the view away."""

from __future__ import annotations

import csv
import re
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pikepdf
from playwright.sync_api import Page, Route

from tests.browser.conftest import Visit
from tests.browser.view import DESKTOP, NARROW, PHONE, View

SCHOOL = "#map=10/30.6600/104.0600&of=reach.primary_school"


def figures(shown: View) -> str:
    return shown.part("headline").inner_text()


def exported(page: Page, kind: str, folder: Path) -> Path:
    item = page.locator(f'[data-export="{kind}"]')
    if not item.is_visible():
        page.locator(".menu summary").click()
    with page.expect_download() as coming:
        item.click()
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def _newer(route: Route) -> None:
    answer = route.fetch()
    told = answer.json()
    told["services"][0]["data_version"] += 1
    route.fulfill(response=answer, json=told)


def test_a_planner_brushes_compares_and_exports_in_chinese(
    visit: Visit, accessible: Callable[[View], None], tmp_path: Path
) -> None:
    shown = visit("/plan?lang=zh", DESKTOP)
    page = shown.page
    page.get_by_label("分析对象").select_option("reach.primary_school")
    shown.idle()
    assert "GB 50180-2018" in figures(shown)
    assert "步行路网" in figures(shown)
    assert re.search(r"[\d,]{5,} / [\d,]{5,}", figures(shown))
    assert shown.painted("hexagons") > 10_000

    # A bar chooses its district: its row, its outline, its gaps and its spread.
    city = figures(shown)
    row = page.locator('.bar-row[data-unit="510106"]')
    row.click()
    shown.idle()
    assert shown.fragment["unit"] == "510106"
    assert row.get_attribute("aria-pressed") == "true"
    assert figures(shown) != city
    assert shown.painted("highlight") > 0
    assert any("unit=510106" in path for path in shown.asked if path.startswith("/api/gaps"))
    page.get_by_role("button", name="表", exact=True).click()
    assert page.locator('tr[data-unit="510106"]').get_attribute("data-chosen") == "true"
    page.get_by_role("button", name="变化").click()
    assert page.locator('th[aria-sort="descending"]').inner_text().startswith("变化")

    # A bar of minutes leaves only its hexagons; by keyboard with Shift it grows.
    whole = shown.page.evaluate("document.querySelectorAll('.histogram-bar').length")
    assert whole > 5
    bars = page.locator(".histogram-bar")
    bars.nth(1).focus()
    page.keyboard.press("Enter")
    bars.nth(2).focus()
    page.keyboard.press("Shift+Enter")
    assert shown.fragment["band"] == "5-15"
    assert "5–15分钟" in shown.part("legend").inner_text()
    assert page.locator(".tip").inner_text() != ""
    page.keyboard.press("Escape")
    assert page.locator(".tip").is_hidden()
    shown.part("histogram").get_by_role("button", name="取消选择").click()

    # The curtain moves by keyboard; both sides are told; the difference has its own key.
    page.get_by_label("对比").select_option("speed")
    shown.idle()
    assert "老人" in page.locator(".swipe").inner_text()
    curtain = page.get_by_label("卷帘位置")
    curtain.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert shown.fragment["at"] == "45"
    assert shown.painted("compared") > 10_000
    assert "45%" in (curtain.get_attribute("aria-valuetext") or "")
    picture = exported(page, "png", tmp_path)
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert width >= 700
    assert height > 600
    page.get_by_role("button", name="差值").click()
    shown.idle()
    assert "增加" in shown.part("legend").inner_text()
    assert page.locator(".swipe").is_hidden()
    accessible(shown)

    # The facilities that it is about, those of another service with it.
    assert shown.painted("features") == 0
    page.get_by_label("显示设施").check()
    shown.idle()
    assert shown.painted("features") > 100
    page.get_by_label("分析对象").select_option("reach.kindergarten")
    shown.idle()
    assert {path.split("/")[2] for path in shown.asked if path.startswith("/tiles/facility.")} == {
        "facility.primary_school",
        "facility.kindergarten",
    }
    page.get_by_label("分析对象").select_option("reach.primary_school")
    page.get_by_label("显示设施").uncheck()

    # What is taken away are the rows of the view.
    page.get_by_label("对比").select_option("none")
    shown.idle()
    with exported(page, "csv", tmp_path).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {"minutes_now", "minutes_planned", "change"} <= rows[0].keys()
    with sqlite3.connect(exported(page, "gpkg", tmp_path)) as package:
        [count] = package.execute("SELECT count(*) FROM cells").fetchone()
    assert count == len(rows)
    page.keyboard.press("Escape")

    # The printed page is one of A4, across.
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheet = tmp_path / "page.pdf"
    page.pdf(path=sheet, prefer_css_page_size=True, print_background=True)
    with pikepdf.open(sheet) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [842, 595]
        assert "/Font" in pdf.pages[0].resources
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")

    # On the map the keys move, and the hexagon at the centre is read out.
    shown.map.focus()
    page.keyboard.press("ArrowRight")
    page.locator('[data-part="status"]:not(:empty)').wait_for(state="attached")
    assert re.search(r"分钟", shown.part("status").inner_text())


def test_the_board_is_filtered_opened_and_leads_to_a_district(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/plan?lang=zh#tab=progress", DESKTOP)
    page = shown.page
    rows = page.locator(".board-button")
    assert rows.count() == 28
    assert rows.nth(0).get_attribute("data-target") == "greenway.greenway"
    rows.nth(0).click()
    shown.idle()
    page.locator(".month-chart").wait_for()
    body = page.locator(".board-body").inner_text()
    assert "全市累计完成天府绿道" in body
    assert "2023年7月31日" in body
    before = shown.fragment["map"]
    page.locator(".board-units button").first.click()
    page.wait_for_url(lambda url: before not in url)
    shown.idle()
    assert "unit" in shown.fragment
    accessible(shown)
    page.get_by_label("筛选").select_option("open")
    assert 0 < rows.count() < 28
    assert (
        "规划未定数量" in shown.part("board").inner_text()
        or "暂无数据" in shown.part("board").inner_text()
    )
    page.get_by_label("筛选").select_option("all")
    page.get_by_label("按名称查找").fill("绿道")
    assert rows.count() == 1


def test_a_planner_on_a_phone_in_english(visit: Visit, accessible: Callable[[View], None]) -> None:
    shown = visit(f"/plan?lang=en{SCHOOL}&vs=when&at=30", PHONE)
    page = shown.page
    assert page.get_by_label("Position of the curtain").input_value() == "30"
    page.get_by_text("More choices").click()
    page.get_by_label("Classes").select_option("jenks")
    page.get_by_label("Compare").select_option("measure")
    shown.idle()
    assert "straight line" in page.locator(".swipe").inner_text().lower()
    page.get_by_label("Subject").select_option("circle.gb50180_min10")
    shown.idle()
    assert page.get_by_label("Position of the curtain").is_hidden()
    assert "categories" in shown.part("legend").inner_text() or shown.painted("hexagons") > 0
    assert not re.search("[一-鿿]", shown.part("panel").inner_text().split("Boundaries")[0])
    accessible(shown)
    small = page.evaluate(
        """[...document.querySelectorAll('.plan button, .plan select, .plan summary')]
        .filter((it) => it.checkVisibility() && !it.closest('.histogram, .leaflet-container'))
        .filter((it) => it.getBoundingClientRect().height < 43.5)
        .map((it) => it.outerHTML.slice(0, 90))"""
    )
    assert small == []
    for path in (f"{SCHOOL}&vs=when", "#tab=progress&target=greenway.greenway"):
        narrow = visit(f"/plan?lang=en{path}", NARROW)
        assert narrow.page.evaluate("document.documentElement.scrollWidth") <= NARROW.width


def test_what_fails_is_said_and_asked_for_again(unwatched: Visit) -> None:
    shown = unwatched("/plan?lang=zh", DESKTOP)
    page = shown.page
    page.route("**/api/coverage*", lambda route: route.abort())
    page.get_by_label("分析对象").select_option("reach.market")
    shown.part("districts").get_by_text("覆盖率未能加载").wait_for()
    assert figures(shown) == ""
    page.unroute("**/api/coverage*")
    shown.part("districts").get_by_role("button", name="重试").click()
    shown.idle()
    assert "菜市场" in shown.part("legend").inner_text()
    assert re.search(r"[\d,]{5,} / [\d,]{5,}", figures(shown))
    # Data that change while the page stands are asked for again, and that is said.
    page.route("**/api/services?service=market", _newer)
    with page.expect_request("**/api/coverage*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    shown.idle()
    assert shown.part("status").inner_text() == "数据已更新，页面已重新加载数据"
    page.context.set_offline(True)
    shown.part("offline").wait_for()
    page.context.set_offline(False)
    shown.part("offline").wait_for(state="hidden")
