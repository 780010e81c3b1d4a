"""Minutes on foot, life circles, their gaps, and what can be reached from a place."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visit
from tests.browser.view import DESKTOP, PHONE, Device, View

MARKET = "#map=12/30.6600/104.0600&hex=reach.market&on="
CIRCLE = "#map=11/30.6600/104.0600&hex=circle.gb50180_min15&on="
SQUARE = "&from=30.65980/104.06350"


def areas(shown: View) -> int:
    """Shapes drawn over the map: the start, the area within reach, what was chosen."""
    return shown.page.locator(".leaflet-highlight-pane path").count()


def test_the_first_view_does_not_load_what_it_does_not_show(visit: Visit) -> None:
    shown = visit()
    later = ("/api/gaps", "/api/circles", "/api/coverage", "/api/progress", "/api/grid")
    assert not any(path.startswith(later) for path in shown.asked)
    shown.page.get_by_label("地图显示").select_option("reach.market")
    shown.part("walk-legend").get_by_text("步行到菜市场").wait_for()
    shown.idle()
    assert not any(path.startswith(later) for path in shown.asked)
    assert shown.fragment["hex"] == "reach.market"
    assert shown.painted("hexagons") > 10_000


def test_the_legend_says_measure_standard_and_day(visit: Visit) -> None:
    shown = visit("/" + MARKET)
    legend = shown.part("legend").inner_text()
    for words in (
        "步行分钟",
        "0–5",
        "20–30",
        "≥30或不可达",
        "按步行路网计算",
        "GB 50180-2018",
        "计算于",
    ):
        assert words in legend
    assert "示意数据" in legend


def test_after_the_plan_is_another_map_and_another_address(visit: Visit) -> None:
    shown = visit("/" + CIRCLE)
    shown.page.get_by_role("button", name="规划后").click()
    shown.page.wait_for_url("**when=planned**")
    shown.idle()
    assert any("circle=gb50180_min15&when=planned" in path for path in shown.asked)
    assert shown.part("legend").get_by_text("规划后").count() == 1
    assert shown.part("legend").get_by_text("共19类").count() == 1


def test_back_to_sums_the_walk_is_gone(visit: Visit) -> None:
    shown = visit("/" + MARKET)
    shown.page.get_by_role("button", name="规划进展").click()
    shown.idle()
    assert shown.fragment["hex"] == "charger.piles"
    assert shown.part("gaps").is_hidden()
    assert shown.part("shares").is_hidden()
    assert shown.part("walk-legend").inner_text() == ""
    assert shown.painted("hexagons") > 0
    shown.page.get_by_label("格网显示").select_option("")
    shown.idle()
    assert shown.painted("hexagons") == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_reach_from_a_place_is_drawn_and_told(
    visit: Visit, accessible: Callable[[View], None], device: Device, lang: str
) -> None:
    shown = visit(f"/?lang={lang}{MARKET}{SQUARE}", device)
    panel = shown.part("reach")
    text = panel.inner_text()
    title, circle, missing = {
        "zh": ("从这里步行可达", "十五分钟生活圈：19类设施，走得到", "标准为"),
        "en": ("On foot from here", "15-minute circle: ", "the standard asks for"),
    }[lang]
    for words in (title, circle, missing):
        assert words in text
    assert areas(shown) == 2
    shown.keep(f"reach-{device.name}-{lang}")
    panel.locator("summary").first.click()
    facility = panel.locator("details[open] li .link").first
    facility.click()
    shown.page.locator(".leaflet-highlight-pane path").nth(2).wait_for(state="attached")
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= device.width
    accessible(shown)


def test_a_click_asks_and_leads_to_the_pop_up_of_what_lies_there(visit: Visit) -> None:
    shown = visit("/" + MARKET)
    shown.map.click(position={"x": 600, "y": 400})
    shown.part("reach").locator(".reach-score").wait_for()
    assert "from" in shown.fragment
    assert shown.popup.count() == 0
    shown.part("reach").get_by_role("button", name="此处有哪些设施与项目").click()
    shown.popup.wait_for()


def test_from_the_pop_up_one_comes_to_the_walk(visit: Visit) -> None:
    shown = visit("/#map=14/30.6600/104.0600&hex=charger.piles&on=")
    shown.map.click()
    shown.popup.get_by_role("button", name="从这里步行可达").click()
    shown.part("reach").locator(".reach-score").wait_for()
    assert areas(shown) == 2
    assert shown.fragment["hex"] == "charger.piles"


def test_time_and_speed_change_the_area_and_the_address(visit: Visit) -> None:
    shown = visit(f"/{MARKET}{SQUARE}")
    shown.part("reach").get_by_label("时间", exact=True).select_option("5")
    shown.part("reach").locator("p", has_text=re.compile("^五分钟生活圈")).wait_for()
    shown.part("reach").get_by_label("速度", exact=True).select_option("elderly")
    shown.part("reach").locator("p", has_text="0.8米/秒").wait_for()
    assert shown.fragment["walk"] == "5.elderly"


def test_by_keys_alone_from_the_map_and_back(visit: Visit) -> None:
    shown = visit("/" + MARKET)
    shown.map.focus()
    shown.page.keyboard.press("Enter")
    shown.part("reach").locator(".reach-score").wait_for()
    assert shown.page.evaluate("document.activeElement.id") == "reach-title"
    told = shown.part("reach").get_by_role("status").text_content() or ""
    assert "步行范围已画在地图上" in told
    assert "生活圈" in told
    shown.page.keyboard.press("Escape")
    assert shown.part("reach").is_hidden()
    assert shown.page.evaluate("document.activeElement.classList.contains('leaflet-container')")
    assert areas(shown) == 0


@pytest.mark.parametrize("address", [MARKET, CIRCLE])
def test_gaps_are_ranked_and_a_click_flies_there(visit: Visit, address: str) -> None:
    shown = visit("/" + address)
    shown.part("gaps").locator("summary").click()
    items = shown.part("gaps").locator("li")
    items.nth(9).wait_for()
    assert items.count() == 10
    people = [
        int(text.replace(",", "").removesuffix("人"))
        for text in shown.part("gaps").locator(".gap-people").all_inner_texts()
    ]
    assert people == sorted(people, reverse=True)
    before = shown.fragment["map"]
    items.nth(4).get_by_role("button").click()
    shown.page.wait_for_url(lambda url: before not in url)
    shown.idle()
    assert areas(shown) == 1
    shown.part("gaps").get_by_role("button", name="再列10处").click()
    items.nth(19).wait_for()
    assert items.count() == 20


def test_the_table_of_districts_is_sorted_and_every_share_has_its_people(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/" + MARKET)
    part = shown.part("shares")
    part.get_by_text("各区（市）县覆盖率").first.click()
    part.locator("table").wait_for()
    assert "GB 50180-2018" in part.inner_text()
    assert "计算于" in part.inner_text()
    districts = part.locator("tbody").first.locator("tr:not(.whole)")
    assert districts.count() == 20
    for row in districts.all()[:5]:
        walked, _, covered, total = [cell.inner_text() for cell in row.locator("td").all()]
        share = int(covered.replace(",", "")) / int(total.replace(",", ""))
        assert float(re.findall(r"[\d.]+", walked)[0]) == pytest.approx(100 * share, abs=0.06)
    for order in ("descending", "ascending"):
        part.get_by_role("button", name="比例 步行").click()
        assert part.locator(f'th[aria-sort="{order}"]').count() == 1
        texts = districts.locator("td:nth-of-type(1)").all_inner_texts()
        shares = [float(re.findall(r"[\d.]+", text)[0]) for text in texts]
        assert shares == sorted(shares, reverse=order == "descending")
    accessible(shown)


def test_a_phone_has_room_for_list_and_table(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/" + CIRCLE, PHONE)
    shown.part("shares").get_by_text("各区（市）县覆盖率").first.click()
    shown.part("shares").locator("table").wait_for()
    shown.keep("circle-phone")
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= PHONE.width
    accessible(shown)
