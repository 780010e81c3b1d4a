"""The public page as citizens use it: by night, from where they are, shared, without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Route

from tests.browser.conftest import Visit
from tests.browser.view import DESKTOP, PHONE, View, view

SQUARE = {"latitude": 30.6598, "longitude": 104.0635}
TIMES = "document.documentElement.dataset.time"


def colour_of(shown: View, selector: str) -> list[int]:
    text = shown.page.locator(selector).evaluate("(e) => getComputedStyle(e).backgroundColor")
    return [int(part) for part in re.findall(r"\d+", text)[:3]]


def corner_of_map(shown: View) -> list[int]:
    """The colour of the land as it is drawn."""
    found: list[int] = shown.page.evaluate(
        """() => {
          const canvas = document.querySelector(".leaflet-ground-pane canvas");
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] === 255) return [...data.slice(i, i + 3)];
          return [];
        }"""
    )
    return found


def test_night_follows_the_system_and_the_reader_s_word_and_reads_as_well(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit()
    day = corner_of_map(shown)
    shown.page.emulate_media(color_scheme="dark")
    shown.idle()
    shown.page.wait_for_timeout(500)
    assert shown.page.evaluate(TIMES) == "night"
    assert max(colour_of(shown, ".panel")) < 60
    assert sum(corner_of_map(shown)) < sum(day) - 300
    shown.keep("night-desktop")
    accessible(shown)
    switch = shown.part("palette")
    assert switch.get_attribute("aria-pressed") == "true"
    switch.click()
    assert shown.page.evaluate(TIMES) == "day"
    assert min(colour_of(shown, ".panel")) > 240
    # The reader's word outlives the page, and stays out of the address.
    shown.page.reload()
    shown.idle()
    assert shown.page.evaluate(TIMES) == "day"
    assert corner_of_map(shown) == day
    assert not {"palette", "time"} & shown.fragment.keys()


def test_my_location_begins_a_walk_and_is_told_to_nobody_unasked(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/", PHONE)
    page = shown.page
    page.context.grant_permissions(
        ["geolocation", "clipboard-read", "clipboard-write"], origin=shown.url
    )
    page.context.set_geolocation(SQUARE)
    before = shown.fragment
    page.get_by_role("button", name="我的位置").tap()
    shown.part("reach").locator(".reach-score").wait_for()
    shown.idle()
    assert shown.part("reach").get_by_role("heading").first.inner_text() == "从我的位置步行可达"
    assert shown.fragment == before
    assert "30.65" not in (shown.page.locator(".language").get_attribute("href") or "")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        *(0, 0, ""),
    ]
    accessible(shown)

    def shared(choice: str) -> str:
        # A phone's own sheet can not be driven: without it the link is copied.
        page.evaluate("Object.defineProperty(navigator, 'share', { value: undefined })")
        shown.part("share").tap()
        page.get_by_role("dialog").get_by_role("button", name=choice).tap()
        shown.part("toast").get_by_text("链接已复制").wait_for()
        return str(page.evaluate("navigator.clipboard.readText()"))

    assert "from=" not in shared("不带位置")
    assert "from=30.65980/104.06350" in shared("带上我的位置")


def test_what_hinders_locating_is_told_plainly(visit: Visit) -> None:
    shown = visit()
    status = shown.part("locate-status")
    button = shown.page.get_by_role("button", name="我的位置")
    button.click()
    status.get_by_text("没有得到定位许可").wait_for()
    shown.page.context.grant_permissions(["geolocation"], origin=shown.url)
    shown.page.context.set_geolocation({"latitude": 39.9, "longitude": 116.4})
    button.click()
    status.get_by_text("您的位置不在市域内").wait_for()
    assert shown.part("reach").is_hidden()
    shown.page.context.set_geolocation({**SQUARE, "accuracy": 1800})
    button.click()
    status.get_by_text("定位误差约1800米").wait_for()


def test_a_shared_link_shows_what_its_sender_saw(visit: Visit) -> None:
    shown = visit(
        "/#map=13/30.6600/104.0600&hex=reach.market&on=park&off=districts&when=planned"
        "&from=30.65980/104.06350&walk=10.elderly"
    )
    page = shown.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=shown.url)
    shown.part("share").click()
    shown.part("toast").get_by_text("链接已复制").wait_for()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link == page.url

    def seen(each: View) -> dict[str, Any]:
        return {
            "fragment": each.fragment,
            "layers": each.page.locator(".layer input:checked").evaluate_all(
                "all => all.map((e) => e.id)"
            ),
            "legend": each.part("legend").inner_text(),
            "reach": each.part("reach").inner_text(),
        }

    other = visit(link.removeprefix(shown.url))
    assert seen(other) == seen(shown)
    assert seen(other)["layers"] == ["layer-park", "layer-ground"]
    assert "0.8米/秒" in seen(other)["reach"]


def test_without_a_network_the_page_says_so_and_goes_on_afterwards(unwatched: Visit) -> None:
    shown = unwatched("/#map=14/30.6600/104.0600")
    shown.page.context.set_offline(True)
    shown.part("offline").wait_for()
    shown.map.click(position={"x": 600, "y": 400})
    shown.part("reach").get_by_text("网络已断开，恢复后会自动计算").wait_for()
    shown.page.context.set_offline(False)
    shown.part("reach").locator(".reach-score").wait_for()
    assert shown.part("offline").is_hidden()
    assert shown.part("notice").is_hidden()


def test_a_slow_answer_shows_that_it_is_under_way_and_a_failed_one_can_be_asked_again(
    unwatched: Visit,
) -> None:
    shown = unwatched("/#map=14/30.6600/104.0600")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    shown.page.route("**/api/reach?*", hold)
    shown.map.click(position={"x": 600, "y": 400})
    panel = shown.part("reach")
    panel.get_by_role("progressbar").wait_for()
    assert panel.get_attribute("aria-busy") == "true"
    shown.keep("reach-waiting")
    held[0].fulfill(status=503, content_type="application/problem+json", body="{}")
    panel.get_by_text("未能计算步行范围").wait_for()
    shown.page.unroute("**/api/reach?*")
    panel.get_by_role("button", name="重试").click()
    panel.locator(".reach-score").wait_for()


def test_where_there_are_no_streets_the_walk_is_called_an_estimate(visit: Visit) -> None:
    shown = visit("/#map=13/30.9000/103.2000&from=30.90000/103.20000")
    text = shown.part("reach").inner_text()
    assert "估算" in text
    assert "此处没有步行路网" in text
    # What is missing is far: the nearest is told in a straight line, and shown.
    assert re.search(r"最近的直线[\d.]+公里", text)
    before = shown.fragment["map"]
    shown.part("reach").get_by_role("button", name=re.compile("在地图上看最近的")).first.click()
    shown.page.wait_for_url(lambda url: before not in url)


def test_a_place_outside_the_city_is_told_so_and_not_tried_again(unwatched: Visit) -> None:
    shown = unwatched("/#map=9/30.6600/104.0600&from=30.00000/104.00000")
    panel = shown.part("reach")
    panel.get_by_text("不在市域范围内").wait_for()
    assert panel.get_by_role("button", name="重试").count() == 0


def test_the_hexagons_in_view_are_a_table_too(
    visit: Visit, accessible: Callable[[View], None]
) -> None:
    shown = visit("/#map=13/30.6600/104.0600")
    part = shown.part("in-view")
    part.get_by_text("视野内的项目").click()
    part.locator("table").wait_for()
    labels = part.locator("tbody th").all_inner_texts()
    assert labels == shown.part("legend").locator(".classes li").all_inner_texts()
    counts = [int(text.replace(",", "")) for text in part.locator("tbody td").all_inner_texts()]
    assert sum(counts) > 100
    listed = part.locator("ol li")
    assert listed.count() == 10
    assert re.match(r"\S+区 30\.\d{3}，104\.\d{3}", listed.first.inner_text())
    figures = [
        float(re.findall(r"([\d.]+)类", text)[0])
        for text in listed.locator(".muted").all_inner_texts()
    ]
    assert figures == sorted(figures)
    accessible(shown)
    listed.first.get_by_role("button").click()
    shown.part("reach").locator(".reach-score").wait_for()


def test_without_scripts_the_page_says_so_and_leads_to_the_data(
    browser: Browser, server_url: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server_url}/?lang=zh")
    text = page.locator(".no-script").inner_text()
    assert "此页面需要启用脚本" in text
    assert "内部测试，未经审图，不得公开" in text
    with page.expect_navigation():
        page.locator(".no-script a").click()
    assert "/api/collections" in page.url
    context.close()


def test_a_raster_base_map_lies_under_the_data_and_can_be_turned_off(
    browser: Browser, server_url: str
) -> None:
    with view(browser, server_url, DESKTOP) as shown:
        _with_raster(shown)
        shown.open("/#map=12/30.6600/104.0600")
        tiles = shown.page.locator(".leaflet-raster-pane img")
        tiles.first.wait_for(state="attached")
        assert tiles.count() > 4
        shown.page.get_by_label("影像或电子底图").uncheck()
        shown.idle()
        assert tiles.count() == 0
        assert shown.fragment["off"] == "raster"


def _with_raster(shown: View) -> None:
    """Serves the page as one whose settings have a raster base map of the same origin."""
    tiles = f"{shown.url}/made/{{z}}/{{x}}/{{y}}.png"

    def script(route: Route) -> None:
        answer = route.fetch()
        text = answer.text().replace(
            "raster: null", f'raster: L.layerGroup([L.tileLayer("{tiles}", {{pane: "raster"}})])'
        )
        route.fulfill(response=answer, body=text)

    shown.page.route("**/map/*.js", script)
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
        "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
    )
    shown.page.route(
        "**/made/**", lambda route: route.fulfill(body=pixel, content_type="image/png")
    )
