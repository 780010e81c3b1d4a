"""What the staff page does when a session ends, an answer fails, or a file is hostile."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import Route, expect

from tests.browser.conftest import Seat
from tests.browser.ledger import Ledger
from tests.browser.test_staff import CLERK

HOSTILE = (
    '<img src="/x" onerror="window.ran = 1"><script>window.ran = 1</script>`${window.ran = 1}`'
)


def test_work_goes_on_after_the_session_has_ended(
    seat: Seat, passwords: dict[str, str], tmp_path: Path
) -> None:
    clerk = seat(CLERK)
    clerk.put(Ledger(10).write(tmp_path / "session.xlsx"), "charger")
    row = clerk.row(5)
    clerk.shown.page.context.clear_cookies()
    clerk.button("accept", row).click()
    again = clerk.shown.page.locator("dialog[open]")
    again.wait_for()
    again.get_by_label("用户名").fill(CLERK)
    again.get_by_label("密码", exact=True).fill(passwords[CLERK])
    again.get_by_role("button", name="登录", exact=True).click()
    again.wait_for(state="detached")
    expect(clerk.shown.page.locator("#row-5 .row-brief")).to_contain_text("已接受")


def test_who_does_not_log_in_again_is_told_and_loses_nothing(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK)
    clerk.put(Ledger(11).write(tmp_path / "left.xlsx"), "charger")
    row = clerk.row(5)
    clerk.shown.page.context.clear_cookies()
    clerk.button("accept", row).click()
    clerk.shown.page.locator("dialog[open]").get_by_role("button", name="取消").click()
    told = clerk.shown.page.locator(".toast")
    told.wait_for()
    assert "尚未登录" in told.inner_text()
    assert clerk.row(5).is_visible()


def test_a_check_is_followed_without_the_stream_of_events(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK)
    clerk.shown.page.route("**/api/uploads/*/events", lambda route: route.abort())
    clerk.send(Ledger(12).write(tmp_path / "stream.xlsx"), "charger")
    assert clerk.state() == "待提交"
    clerk.shown.complaints[:] = [c for c in clerk.shown.complaints if "ERR_FAILED" not in c]


def test_an_upload_that_breaks_off_is_sent_again_as_the_same_one(
    seat: Seat, tmp_path: Path
) -> None:
    clerk = seat(CLERK)
    keys: list[str] = []

    def first_fails(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.abort()
        else:
            route.continue_()

    page = clerk.shown.page
    page.route("**/api/uploads", first_fails)
    page.get_by_label(clerk.label("layer")).select_option("charger")
    page.set_input_files("#file", Ledger(13).write(tmp_path / "broken.xlsx"))
    clerk.button("send").click()
    failed = page.locator(".sending-failed")
    failed.wait_for()
    assert "连接不上服务" in failed.inner_text()
    failed.get_by_role("button", name="重试").click()
    clerk.checked()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    clerk.shown.complaints[:] = [c for c in clerk.shown.complaints if "ERR_FAILED" not in c]


def test_what_is_missing_is_said_before_anything_is_sent(seat: Seat, tmp_path: Path) -> None:
    clerk = seat(CLERK)
    page = clerk.shown.page
    missing = page.locator(".new-upload .field-missing")
    clerk.button("send").click()
    assert missing.inner_text() == "请先选择文件"
    page.set_input_files("#file", Ledger(14).write(tmp_path / "missing.xlsx"))
    clerk.button("send").click()
    assert missing.inner_text() == "请选择台账的类别"
    assert page.evaluate("document.activeElement.id") == "layer"


def test_a_list_that_fails_can_be_asked_for_again(seat: Seat) -> None:
    clerk = seat(CLERK)
    page = clerk.shown.page
    page.route("**/api/uploads?*", lambda route: route.fulfill(status=503, json={"detail": "稍候"}))
    page.locator(".chip", has_text="已发布").click()
    clerk.come()
    assert "稍候" in page.locator(".uploads").inner_text()
    page.unroute("**/api/uploads?*")
    page.locator(".uploads").get_by_role("button", name="重试").click()
    clerk.shown.idle()
    assert "稍候" not in page.locator(".uploads").inner_text()


def test_without_a_network_the_page_says_so(seat: Seat) -> None:
    clerk = seat(CLERK)
    notice = clerk.shown.part("offline")
    assert not notice.is_visible()
    clerk.shown.page.context.set_offline(True)
    expect(notice).to_be_visible()
    clerk.shown.page.context.set_offline(False)
    expect(notice).to_be_hidden()


def test_an_upload_that_is_not_ones_own_is_not_there(seat: Seat) -> None:
    clerk = seat(CLERK)
    clerk.come("#upload=00000000-0000-4000-8000-000000000000")
    shown = clerk.shown.page.locator(".nothing")
    shown.wait_for()
    assert "没有这个上传" in shown.inner_text()
    shown.get_by_role("button", name="返回列表").click()
    clerk.shown.page.locator(".upload-list").wait_for()


def test_too_many_wrong_passwords_are_told_how_long_to_wait(seat: Seat) -> None:
    guest = seat()
    wrong = guest.shown.page.locator(".login-wrong")
    for _ in range(8):
        guest.type_login("nobody.at.all", "wrong")
        guest.shown.page.wait_for_selector(".login-submit:not([aria-busy])")
        if "请等" in wrong.inner_text():
            break
    assert "次数过多" in wrong.inner_text()
    assert "秒再试" in wrong.inner_text()


def test_hostile_words_in_a_file_are_shown_and_never_run(seat: Seat, tmp_path: Path) -> None:
    ledger = Ledger(15)
    path = ledger.write(tmp_path / "hostile<img src=x onerror=alert(1)>.xlsx")
    ledger.change(path, 4, "项目名称", HOSTILE)
    ledger.change(path, 6, "状态", HOSTILE)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(2, 14).value = HOSTILE
    book.worksheets[0].cell(4, 14).value = HOSTILE
    book.save(path)
    clerk = seat(CLERK)
    clerk.put(path, "charger")
    page = clerk.shown.page
    assert HOSTILE in clerk.row(4).inner_text()
    clerk.row(6)
    page.get_by_text("列的读法").click()
    page.get_by_text("办理记录").click()
    clerk.come().shown.page.locator(".upload-list").wait_for()
    assert page.evaluate("window.ran") is None
    assert page.locator("main img, main script").count() == 0
    assert "/x" not in clerk.shown.asked
