"""Drawing and editing on the map of the staff page: by pointer, by keys alone, by two at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from playwright.sync_api import Locator, expect
from shapely.geometry import shape

from tests.browser.checks import foreign_words, overflowing, too_small
from tests.browser.conftest import Seat
from tests.browser.desk import Desk
from tests.browser.png import small_png
from tests.browser.test_keyboard import focus, tab_to
from tests.browser.test_staff import CLERK, PLANNER
from tests.browser.view import NARROW, View, fetch

HERE = "map=15/30.60300/104.11300"
STREET = "map=14/30.60300/104.11300"
DEGREE_M = 111_000


def field(desk: Desk, name: str) -> Locator:
    return desk.shown.page.locator(f"#field-{name}")


def press(desk: Desk, part: str) -> None:
    """Presses a button of the editor, and waits until what it does is done."""
    desk.shown.page.locator(f'[data-part="{part}"]').click()
    desk.shown.page.wait_for_selector(".act[aria-busy=true]", state="detached")
    desk.shown.idle()


def click_map(desk: Desk, *places: tuple[float, float]) -> None:
    """Presses the map at places in pixels from its corner, as a hand does: moving there first."""
    box = desk.shown.map.bounding_box()
    assert box is not None
    for x, y in places:
        desk.shown.page.mouse.move(box["x"] + x, box["y"] + y, steps=2)
        desk.shown.page.mouse.click(box["x"] + x, box["y"] + y)


def told(desk: Desk) -> Locator:
    return desk.shown.page.locator(".edit-told")


def test_a_station_is_drawn_mended_changed_restored_and_removed(
    seat: Seat, accessible: Callable[[View], None], tmp_path: Path
) -> None:
    clerk = seat(CLERK)
    page = clerk.shown.page
    page.get_by_role("link", name="地图编辑").click()
    page.get_by_label("图层").select_option("charger")
    clerk.come(f"#edit=charger&{HERE}")
    expect(page.locator(".edit-list li").first).to_be_visible()
    assert (
        page.locator(".edit-list li").count() == page.locator(".leaflet-marks-pane .mark").count()
    )
    accessible(clerk.shown)

    # What is missing is said at its field, and the focus goes there.
    press(clerk, "fresh")
    click_map(clerk, (300, 300))
    expect(page.locator(".edit-place-told")).to_have_text(re.compile("东经 104.1"))
    press(clerk, "save")
    expect(page.locator(".edit-faults")).to_contain_text("名称、状态、桩数")
    assert focus(clerk.shown)["id"] == "field-status"
    assert "必填" in (page.locator("#field-piles-fault").inner_text())
    accessible(clerk.shown)
    field(clerk, "status").select_option("building")
    field(clerk, "name").fill("示意充电站 手绘1号")
    field(clerk, "piles").fill("0.12万")  # read as a file's values are
    page.get_by_label("更改的原因").fill("现场核实")
    press(clerk, "save")
    expect(told(clerk)).to_contain_text("已保存")
    expect(field(clerk, "piles")).to_have_value("1200")
    feature = clerk.shown.fragment["feature"]

    # Its status changes; the change is taken back; the history tells both.
    field(clerk, "status").select_option("open")
    press(clerk, "save")
    page.get_by_role("button", name="撤销这次更改").click()
    expect(told(clerk)).to_contain_text("已撤销")
    expect(field(clerk, "status")).to_have_value("building")
    page.locator('[data-part="history"] summary').click()
    expect(page.locator(".edit-history > li")).to_have_count(3)
    assert "状态：在建 → 投用" in page.locator(".edit-history").inner_text()
    assert "现场核实" in page.locator(".edit-history").inner_text()

    # A photo is attached, and seen by who may see it.
    photo = tmp_path / "现场.png"
    photo.write_bytes(small_png(np.full((40, 60, 3), 90, np.uint8)))
    page.locator('[data-part="evidence"] summary').click()
    page.set_input_files("#evidence-file", photo)
    page.get_by_role("button", name="上传附件").click()
    expect(page.locator(".evidence-line")).to_contain_text("现场.png")
    accessible(clerk.shown)
    assert foreign_words(clerk.shown, [CLERK, "png", "image"]) == []
    clerk.shown.keep("staff-edit")

    # It is dragged to another place, removed, brought back, and removed.
    before = page.locator(".edit-place-told").inner_text()
    pin = page.locator(".edit-place").bounding_box()
    assert pin is not None
    page.mouse.move(pin["x"] + 15, pin["y"] + 20)
    page.mouse.down()
    page.mouse.move(pin["x"] + 75, pin["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.locator(".edit-place-told")).not_to_have_text(before)
    page.get_by_role("button", name="返回列表").click()
    clerk_dialog = page.locator("dialog[open]")
    assert "未保存" in clerk_dialog.inner_text()
    clerk_dialog.get_by_role("button", name="取消").click()
    press(clerk, "save")
    for _ in range(2):
        page.get_by_role("button", name="删除", exact=True).click()
        page.locator("dialog[open]").get_by_label("更改的原因").fill("演示结束")
        page.locator("dialog[open]").get_by_role("button", name="删除").click()
        page.locator(".edit-chooser").wait_for()
        if page.get_by_role("button", name="撤销删除").is_visible() and _ == 0:
            page.get_by_role("button", name="撤销删除").click()
            expect(told(clerk)).to_contain_text("已恢复")
            clerk.shown.idle()
            page.locator(f'.edit-line[data-id="{feature}"]').click()
            page.locator(".edit-feature").wait_for()


def test_an_outline_is_caught_at_the_border_and_a_crossed_one_is_refused(
    seat: Seat, server_url: str
) -> None:
    planner = seat(PLANNER).come(f"#edit=park&{STREET}")
    page = planner.shown.page
    units = fetch(f"{server_url}/api/collections/units/items?limit=100")["features"]
    borders = shapely.union_all([shape(each["geometry"]).boundary for each in units])
    # A place of the map near a border, found in the map's own figures.
    box = planner.shown.map.bounding_box()
    assert box is not None
    scale = 360 / (256 * 2**14)
    west = 104.113 - box["width"] / 2 * scale
    lat_scale = scale * float(np.cos(np.radians(30.603)))
    north = 30.603 + box["height"] / 2 * lat_scale
    line = shapely.LineString(
        [
            (west + 10 * scale, north - 250 * lat_scale),
            (west + 500 * scale, north - 250 * lat_scale),
        ]
    )
    crossing = shapely.get_coordinates(line.intersection(borders))[0]
    x = float((crossing[0] - west) / scale)
    press(planner, "fresh")
    click_map(planner, (x + 7, 250), (x + 160, 260), (x + 40, 420), (x + 190, 400))
    page.get_by_role("button", name="完成").click()
    expect(page.locator(".edit-place-told")).to_have_text(re.compile("4 个点，面积约"))
    page.get_by_text("用键盘：坐标与微移").click()
    places = page.locator(".edit-coordinates").input_value().split("\n")
    drawn = shapely.Point([float(part) for part in places[0].split(",")])
    assert borders.distance(drawn) * DEGREE_M < 2
    # Its second and third corner change places: the outline crosses itself.
    field(planner, "name").fill("示意公园 手绘")
    field(planner, "status").select_option("planned")
    press(planner, "save")
    expect(page.locator("#place-fault")).to_contain_text("自相交")
    page.get_by_label("坐标（经度，纬度）").fill(
        "\n".join([places[0], places[1], places[3], places[2]])
    )
    page.get_by_role("button", name="采用坐标").click()
    press(planner, "save")
    expect(told(planner)).to_contain_text("已保存")


def test_a_line_is_drawn_and_moved_by_keys_alone(
    seat: Seat, accessible: Callable[[View], None]
) -> None:
    planner = seat(PLANNER, "en", NARROW).come(f"#edit=greenway&{STREET}")
    page, keyboard = planner.shown.page, planner.shown.page.keyboard
    expect(page.locator(".edit-list li").first).to_be_visible()
    assert too_small(planner.shown) == []
    assert overflowing(planner.shown) == []
    tab_to(planner.shown, "Add")
    keyboard.press("Enter")
    page.locator(".edit-feature").wait_for()
    planner.shown.idle()
    keyboard.press("Escape")  # nothing is drawn on the map
    assert focus(planner.shown)["label"] == "Draw the line on the map"
    tab_to(planner.shown, "By keyboard")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.type("30.601, 104.111")
    tab_to(planner.shown, "Use the coordinates")
    keyboard.press("Enter")
    expect(page.locator("#coordinates-fault")).to_have_text(re.compile("latitude first"))
    keyboard.press("ControlOrMeta+A")
    keyboard.type("104.111, 30.601\n104.115, 30.604")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(page.locator(".edit-place-told")).to_have_text("2 points, about 508 m")
    tab_to(planner.shown, "North")
    keyboard.press("Shift+ArrowRight")
    expect(page.locator(".edit-coordinates")).to_have_value(
        "104.112045, 30.601000\n104.116045, 30.604000"
    )
    tab_to(planner.shown, "field-status")
    keyboard.type("being")
    keyboard.press("Tab")
    keyboard.type("示意绿道 键盘")
    assert overflowing(planner.shown) == []
    assert too_small(planner.shown) == []
    accessible(planner.shown)
    planner.shown.keep("staff-edit-narrow")
    tab_to(planner.shown, "Save")
    keyboard.press("Enter")
    expect(told(planner)).to_contain_text("Saved")


def test_of_two_who_change_one_feature_the_second_sees_what_the_first_did(
    seat: Seat, accessible: Callable[[View], None], server_url: str
) -> None:
    planner = seat(PLANNER)
    page = planner.shown.page
    items = f"{server_url}/api/collections/charger/items"
    csrf = {"x-csrf-token": page.request.get(f"{server_url}/api/me").json()["csrf"]}
    made = page.request.post(
        items,
        headers={**csrf, "content-type": "application/geo+json"},
        data={
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [104.1131, 30.6031]},
            "properties": {"name": "示意充电站 两人", "status": "building", "piles": 8},
        },
    )
    feature = made.json()["id"]
    planner.come(f"#edit=charger&feature={feature}&{HERE}")
    field(planner, "piles").fill("9")
    other = page.request.patch(
        f"{items}/{feature}?reason=核对",
        headers={
            **csrf,
            "content-type": "application/merge-patch+json",
            "if-match": made.headers["etag"],
        },
        data={"properties": {"status": "open", "finished_on": "2023-09-20"}},
    )
    assert other.ok, other.text()
    press(planner, "save")
    conflict = page.locator(".edit-conflict")
    conflict.wait_for()
    assert focus(planner.shown)["tag"] == "H2"
    said = conflict.inner_text()
    for word in ("planner@demo", "核对", "在建", "投用", "8", "9", "2023-09-20"):
        assert word in said
    accessible(planner.shown)
    planner.shown.keep("staff-edit-conflict")
    conflict.get_by_role("button", name="在对方的基础上保留我的更改").click()
    expect(field(planner, "status")).to_have_value("open")
    expect(field(planner, "piles")).to_have_value("9")
    press(planner, "save")
    expect(told(planner)).to_contain_text("已保存")
    # Another unit's feature is read, not changed.
    clerk = seat(CLERK).come("#edit=charger&map=15/30.68600/104.06100")
    clerk.shown.page.locator(".edit-line").first.click()
    expect(clerk.shown.page.locator(".edit-feature .note")).to_contain_text("只能查看")
    assert clerk.shown.page.locator('[data-part="save"]').count() == 0
