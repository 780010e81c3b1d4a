"""What a visitor sees first: whole, in both languages, on a desk and on a phone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit
from tests.browser.view import DESKTOP, NARROW, PHONE, Device, View, fetch

WORDS = {
    "zh": {
        "title": "成都规划地图",
        "review": "内部测试，未经审图，不得公开",
        "synthetic": "示意数据",
        "circle": "十五分钟生活圈：走得到几类设施",
        "method": "固定分级",
        "day": "计算于",
        "begin": "步行15分钟，能到哪些设施？",
        "call": "点地图",
    },
    "en": {
        "title": "Chengdu planning map",
        "review": "Internal test: not reviewed, not for publication",
        "synthetic": "Synthetic data",
        "circle": "15-minute circle: kinds of facility within a walk",
        "method": "Fixed classes",
        "day": "computed on",
        "begin": "What is within 15 minutes on foot?",
        "call": "Tap a place on the map",
    },
}

PLAN = "/#hex=charger.piles&on=greenway"


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_first_view_is_whole_and_accessible(
    visit: Visit, accessible: Callable[[View], None], lang: str, device: Device
) -> None:
    shown = visit(f"/?lang={lang}", device)
    words = WORDS[lang]
    shown.keep(f"first-{device.name}-{lang}")
    page = shown.page
    assert page.title() == page.inner_text("h1") == words["title"]
    assert words["review"] in page.inner_text(".leaflet-control-attribution")
    assert "GS(2024)0650" in page.inner_text(".leaflet-control-attribution")
    assert shown.part("synthetic").is_visible()
    legend = shown.part("legend")
    for said in ("circle", "synthetic"):
        assert words[said] in legend.inner_text()
    if device is PHONE:
        legend.get_by_role("button").tap()
    for said in ("method", "day"):
        assert words[said] in legend.inner_text()
    assert legend.locator(".classes li").all_inner_texts() == [
        *("0–1", "1–3", "3–6", "6–10", "10–19"),
    ]
    for pane in ("ground", "hexagons", "boundaries", "names"):
        assert shown.painted(pane) > 1000, pane
    begin = page.locator(".begin").inner_text()
    assert words["begin"] in begin
    assert words["call"] in begin
    assert shown.part("targets").is_hidden()
    accessible(shown)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_plan_is_the_second_question(
    visit: Visit, accessible: Callable[[View], None], lang: str
) -> None:
    shown = visit(f"/?lang={lang}")
    button = shown.part("modes").get_by_role("button").nth(1)
    button.click()
    shown.part("targets").locator("> ul > .target").first.wait_for()
    shown.idle()
    assert button.get_attribute("aria-pressed") == "true"
    assert shown.fragment["hex"] == "charger.piles"
    assert shown.fragment["on"] == "greenway"
    greenway = {"zh": "天府绿道", "en": "Tianfu greenway"}[lang]
    assert shown.part("legend").locator(".legend-layer").all_inner_texts() == [greenway]
    assert shown.part("targets").locator("> ul > .target").count() >= 5
    assert shown.painted("features") > 1000
    method = {"zh": "分位数分级", "en": "classes by quantile"}[lang]
    assert method in shown.part("legend").locator(".legend-note").inner_text()
    shown.keep(f"plan-desktop-{lang}")
    accessible(shown)
    # Back at the first question the map is as it was.
    shown.part("modes").get_by_role("button").first.click()
    shown.idle()
    assert shown.fragment["hex"] == "circle.gb50180_min15"
    assert shown.fragment["on"] == ""


def test_targets_say_what_the_service_says(visit: Visit, server_url: str) -> None:
    shown = visit(PLAN)
    rows = {row["target"]: row for row in fetch(f"{server_url}/api/progress")["rows"]}
    row, card = rows["greenway"], shown.target("greenway.greenway").inner_text()
    assert f"{round(row['done'], 1):,g}公里" in card
    assert "目标 453公里" in card
    assert f"{row['share'] * 100:.1f}%" in card
    assert f"时序进度{row['time_progress'] * 100:.1f}%" in card
    ahead = row["ahead_pp"]
    assert f"{'超' if ahead > 0 else '低于'}时序进度{abs(ahead):.1f}个百分点" in card
    assert "目标 6万桩" in shown.target("charger.charger").inner_text()


def test_an_opened_target_shows_its_sentence_its_stages_and_its_districts(
    visit: Visit, server_url: str, accessible: Callable[[View], None]
) -> None:
    shown = visit(PLAN)
    card = shown.target("park.park")
    card.get_by_role("button").first.click()
    card.locator("table tbody tr").first.wait_for()
    text = card.inner_text()
    assert re.search(
        r"截至2\d{3}年\d+月\d+日，全市累计完成公园\d+个，完成下半年目标60个的[\d.]+%", text
    )
    assert "规划原文：各类公园60个" in text
    rows = fetch(f"{server_url}/api/progress?unit=all")["rows"]
    expected = {row["unit"]: row["done"] for row in rows if row["target"] == "park"}
    assert card.locator("tbody tr").count() == len(expected)
    figures = [float(cell) for cell in card.locator("td").all_inner_texts()]
    assert sorted(figures) == sorted(expected.values())
    # Its layer comes onto the map with it, and the hexagons are its own.
    shown.idle()
    assert shown.fragment["hex"] == "park.count"
    assert "公园" in shown.part("legend").inner_text()
    accessible(shown)
    shown.keep("target-open")


def test_a_district_of_a_target_s_table_is_shown_on_the_map(visit: Visit) -> None:
    shown = visit(PLAN)
    card = shown.target("charger.charger")
    card.get_by_role("button").first.click()
    card.get_by_role("button", name="锦江区").click()
    shown.page.wait_for_selector(".leaflet-highlight-pane path")
    shown.page.wait_for_url(re.compile(r"#map=1[1-4]/30\.[56]\d+/104\.[01]\d+"))


def test_the_legend_s_classes_hold_the_service_s_cells(visit: Visit, server_url: str) -> None:
    shown = visit(PLAN)
    grid = fetch(f"{server_url}/api/grid/charger?res=7&measure=piles&f=json")
    legend = shown.part("legend")
    ends = [
        [int(end.replace(",", "")) for end in text.split("–")]
        for text in legend.locator(".classes li").all_inner_texts()
    ]
    assert ends[0][0] == min(grid["values"])
    assert ends[-1][1] == max(grid["values"])
    for (_, high), (low, _) in itertools.pairwise(ends):
        assert low == high + 1
    held = [sum(low <= value <= high for value in grid["values"]) for low, high in ends]
    assert sum(held) == len(grid["cells"])
    assert min(held) > 0
    assert held[-1] < 0.1 * len(grid["cells"])
    assert f"{grid['total']:,.0f}桩" in legend.locator(".legend-total").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_narrow_phone_scrolls_in_one_direction_only(visit: Visit, lang: str) -> None:
    shown = visit(f"/?lang={lang}", NARROW)
    shown.keep(f"first-narrow-{lang}")
    wide = shown.page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= NARROW.width
    for part in (".panel-scroll", ".legend", ".header"):
        assert shown.page.locator(part).evaluate("(e) => e.scrollWidth <= e.clientWidth"), part
