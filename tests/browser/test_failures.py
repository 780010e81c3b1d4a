"""What the page says when an answer fails, is empty, or is hostile."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Visit

HOSTILE = (
    '<img src="/x" onerror="window.ran = 1"><script>window.ran = 1</script>`${window.ran = 1}`'
)


def refuse(route: Route) -> None:
    route.fulfill(status=503, content_type="application/problem+json", body='{"detail": "down"}')


@pytest.mark.parametrize(
    ("path", "part", "words"),
    [
        ("**/api/progress*", "targets", "进展数据未能加载"),
        ("**/api/grid/**", "legend", "格网数据未能加载"),
    ],
)
def test_what_failed_is_said_and_can_be_tried_again(
    unwatched: Visit, path: str, part: str, words: str
) -> None:
    shown = unwatched("/#hex=charger.piles&on=greenway")
    shown.page.route(path, refuse)
    shown.page.reload()
    shown.idle()
    failed = shown.part(part)
    assert words in failed.inner_text()
    assert shown.painted("ground") > 0
    shown.page.unroute(path)
    failed.get_by_role("button", name="重试").click()
    failed.get_by_text(words).wait_for(state="detached")
    shown.idle()
    assert words not in failed.inner_text()


def test_missing_tiles_are_said_and_can_be_asked_for_again(unwatched: Visit) -> None:
    shown = unwatched("/#hex=charger.piles&on=greenway")
    shown.page.route("**/tiles/greenway/**", refuse)
    shown.page.reload()
    notice = shown.part("notice")
    notice.wait_for()
    shown.idle()
    assert shown.painted("features") == 0
    shown.page.unroute("**/tiles/greenway/**")
    notice.get_by_role("button").click()
    shown.page.wait_for_selector(".leaflet-features-pane canvas")
    shown.idle()
    shown.page.wait_for_timeout(500)
    assert shown.painted("features") > 0
    assert not notice.is_visible()


def test_a_place_that_can_not_be_looked_up_is_said(unwatched: Visit) -> None:
    shown = unwatched("/#hex=charger.piles")
    shown.page.route("**/api/identify*", refuse)
    shown.map.click()
    failed = shown.page.locator(".leaflet-popup").get_by_text("未能查询此处")
    failed.wait_for()
    shown.page.unroute("**/api/identify*")
    shown.page.locator(".leaflet-popup").get_by_role("button", name="重试").click()
    shown.popup.wait_for()


def test_a_theme_without_data_says_so(unwatched: Visit) -> None:
    shown = unwatched("/#map=9/30.66/104.06&hex=charger.piles&on=")

    def empty(route: Route) -> None:
        fields = json.dumps({"layer": "park", "measure": "count", "total": 0}).encode()
        header = b"GPG1\x07\0\0\0" + (0).to_bytes(4, "little") + len(fields).to_bytes(4, "little")
        route.fulfill(body=header + fields, content_type="application/vnd.geoplan.grid")

    shown.page.route("**/api/grid/park*", empty)
    shown.page.get_by_label("格网显示").select_option("park.count")
    shown.part("legend").get_by_text("此项尚无数据").wait_for()


def test_hostile_names_are_shown_and_never_run(unwatched: Visit) -> None:
    shown = unwatched("/#map=12/30.6600/104.0600&hex=&on=greenway,park")

    def hostile(route: Route) -> None:
        answer = route.fetch().json()
        for feature in answer["features"]:
            for facts in (feature, feature["properties"]):
                facts |= {"name": HOSTILE, "name_en": HOSTILE}
            feature["properties"] |= {"operator": HOSTILE, "level": HOSTILE}
            feature["source"] = {"title": HOSTILE, "attribution": HOSTILE}
        if answer.get("district"):
            answer["district"]["name"] = HOSTILE
        route.fulfill(json=answer)

    shown.page.route("**/api/identify*", hostile)
    shown.page.route("**/api/collections/*/items?*", hostile)
    shown.part("in-view").get_by_text("视野内的项目").click()
    listed = shown.part("in-view").get_by_role("button").first
    listed.wait_for()
    assert listed.inner_text() == HOSTILE
    listed.click()
    shown.popup.wait_for()
    assert HOSTILE in shown.popup.inner_text()
    assert shown.page.evaluate("window.ran") is None
    assert shown.page.locator(".found img, .found script, .in-view img").count() == 0
    assert "/x" not in shown.asked
