"""Single pieces of work at the staff page: coordinates, places, columns, reviews."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Seat
from tests.browser.ledger import Ledger
from tests.browser.test_staff import CLERK, PLANNER
from tests.browser.view import View


def write_undeclared(path: Path) -> Path:
    """Stations of names that nothing held has, in degrees that do not say their system."""
    ledger = Ledger(3)
    lines = ["项目编号,项目名称,区（市）县,状态,竣工时间,桩数,枪数,经度,纬度"]
    for station in range(1, 9):
        lon, lat = ledger.lonlat(station)
        lines.append(
            f"WS-{station:03d},示意采点{station}号站,锦江区,投用,2023-09-20,12,24,{lon},{lat}"
        )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_coordinate_system_is_chosen_by_comparing_readings_on_the_map(
    seat: Seat, accessible: Callable[[View], None], tmp_path: Path
) -> None:
    clerk = seat(CLERK)
    clerk.put(write_undeclared(tmp_path / "undeclared.csv"), "charger")
    page = clerk.shown.page
    assert "请选定坐标系" in clerk.task.inner_text()
    readings = page.locator(".crs-reading")
    assert readings.count() == 3
    # Every row stands on the map once for each reading.
    assert page.locator(".leaflet-marks-pane .mark").count() == 24
    assert "偏" in readings.nth(1).inner_text()
    accessible(clerk.shown)
    clerk.shown.keep("staff-crs")
    # By keys: the group is one stop, arrows choose in it.
    readings.nth(0).locator("input").focus()
    while not page.locator('input[value="GCJ-02"]').is_checked():
        page.keyboard.press("ArrowDown")
    clerk.act("use_crs")
    clerk.checked()
    assert "全部通过" in clerk.task.inner_text()
    assert page.locator(".leaflet-marks-pane .mark").count() == 8
    # The shift of that system has been taken out of the places.
    place = page.request.get(f"{clerk.shown.url}/api/uploads/{clerk.upload_id()}/rows").json()
    lon, lat = Ledger(3).lonlat(1)
    moved = place["rows"][0]["geometry"]["coordinates"]
    assert 0.001 < lon - moved[0] < 0.004
    assert 0.001 < moved[1] - lat < 0.004


def test_a_row_without_a_place_is_put_on_the_map_by_hand(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK)
    clerk.put(Ledger(4).write(tmp_path / "place.xlsx"), "charger")
    page = clerk.shown.page
    row = clerk.row(13)
    assert "place_by_address" in clerk.codes(row)
    # By a click, and again by keys: Enter takes the middle of the map.
    clerk.act("place", row)
    page.locator(".leaflet-container").click(position={"x": 240, "y": 300})
    told = page.locator(".placing [role=status]").inner_text()
    assert "已选" in told
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)  # the map glides
    page.keyboard.press("Enter")
    expect(page.locator(".placing [role=status]")).not_to_have_text(told)
    clerk.act("here", page.locator(".placing"))
    assert "place_by_address" not in clerk.codes(clerk.row(13))
    assert page.locator(".mark.is-chosen").count() == 1
    # What can not be mended is left out, and taken in again.
    clerk.act("leave_out", clerk.row(9))
    expect(page.locator("#row-9")).to_have_attribute("data-decision", "left_out")
    assert page.locator('.chip[data-filter="left_out"]').count() == 1
    clerk.act("take_in", clerk.row(9))
    assert page.locator('.chip[data-filter="left_out"]').count() == 0


def test_warnings_are_accepted_one_by_one_and_all_of_a_kind(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK)
    clerk.put(Ledger(5).write(tmp_path / "warnings.xlsx"), "charger")
    page = clerk.shown.page
    before = len(clerk.rows())
    clerk.act("accept", clerk.row(5))
    assert "已接受" in page.locator("#row-5 .row-brief").inner_text()
    page.get_by_label("按问题筛选").select_option("piles_exceed_connectors")
    clerk.shown.idle()
    assert clerk.rows() == [12]
    clerk.row(12).get_by_role("button", name="接受全部").click()
    expect(page.locator("#row-12 .row-brief")).to_contain_text("已接受")
    clerk.only("open")
    assert len(clerk.rows()) == before - 2


def test_the_valid_rows_are_published_and_the_rest_stays_as_a_work_list(
    seat: Seat, tmp_path: Path
) -> None:
    clerk, planner = seat(CLERK), seat(PLANNER)
    clerk.put(Ledger(6).write(tmp_path / "part.xlsx"), "charger")
    clerk.ask("submit_valid", clerk.task).confirm("submit_valid")
    planner.come(f"#upload={clerk.upload_id()}").checked()
    planner.only("ok")
    planner.ask("return_row", planner.row(14)).confirm("return_row", "位置请核实")
    planner.ask("approve_rest", planner.task).confirm("approve")
    assert "已发布 5 行" in planner.task.inner_text()
    clerk.come(f"#upload={clerk.upload_id()}").checked()
    assert "还有" in clerk.task.inner_text()
    assert {14, 13, 9} <= set(clerk.rows())
    clerk.only("published")
    assert clerk.rows() == [15, 16, 17, 18, 19]
    planner.ask("rollback", planner.task).confirm("rollback", "演示结束")
    assert planner.state() == "已撤回"


def test_a_column_that_was_not_understood_is_named_and_remembered(
    seat: Seat, tmp_path: Path
) -> None:
    def write(name: str, number: int) -> Path:
        path = tmp_path / name
        ledger = Ledger(number)
        lines = ["编号,名称,区（市）县,状态,竣工时间,快慢桩合计,经度,纬度,坐标系"]
        for station in range(14, 17):
            lon, lat = ledger.lonlat(station)
            lines.append(
                f"{ledger.project(station)},{ledger.name(station)},锦江区,投用,2023-09-20,12,{lon},{lat},CGCS2000"
            )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    clerk = seat(CLERK)
    clerk.put(write("columns.csv", 7), "charger")
    page = clerk.shown.page
    page.get_by_text("列的读法").click()
    choice = page.get_by_label("“快慢桩合计”读作")
    assert choice.input_value() == ""
    choice.select_option("piles")
    clerk.act("read_again")
    clerk.checked()
    assert "全部通过" in clerk.task.inner_text()
    clerk.act("submit", clerk.task)
    clerk.put(write("columns-next.csv", 8), "charger")
    assert "全部通过" in clerk.task.inner_text()


def test_of_two_reviewers_one_is_told_that_the_other_was_first(seat: Seat, tmp_path: Path) -> None:
    clerk, first, second = seat(CLERK), seat(PLANNER), seat("admin")
    clerk.put(Ledger(9).write(tmp_path / "two.xlsx"), "charger")
    clerk.ask("submit_valid", clerk.task).confirm("submit_valid")
    for reviewer in (first, second):
        reviewer.come(f"#upload={clerk.upload_id()}").checked()
    first.ask("return", first.task).confirm("return", "请补充")
    second.ask("approve", second.task).confirm("approve")
    told = second.shown.page.locator(".toast")
    told.wait_for()
    assert "改动过" in told.inner_text()
    # What the other did is shown beside it.
    expect(second.shown.page.locator(".upload-title .state")).to_have_text("已退回")
    assert "请补充" in second.task.inner_text()
