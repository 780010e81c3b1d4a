"""From a clerk's ledger to the public map and back: the staff page as three people use it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import ledger
from tests.browser.desk import Desk, Lang
from tests.browser.view import DESKTOP, PHONE, Device, View, view
from tests.conftest import Service

CLERK, PLANNER = "jinjiang", "planner"
Seat = Callable[..., Desk]


@pytest.fixture(scope="module")
def passwords(served: Service) -> dict[str, str]:
    found: list[dict[str, Any]] = json.loads((served.home / "accounts.json").read_text())
    return {each["username"]: each["password"] for each in found}


@pytest.fixture
def seat(browser: Browser, server_url: str) -> Iterator[Seat]:
    """A page of somebody's own; what it does wrong fails the test."""
    with ExitStack() as stack:
        views: list[View] = []

        def taken(lang: Lang, device: Device = DESKTOP) -> Desk:
            views.append(stack.enter_context(view(browser, server_url, device)))
            return Desk(views[-1], lang)

        yield taken
        for each in views:
            # Refusals that a test provokes are no faults of the page.
            each.complaints = [
                text for text in each.complaints if "the server responded" not in text
            ]
            each.assert_clean()


@pytest.mark.parametrize(
    ("lang", "device"), [("zh", DESKTOP), ("en", PHONE)], ids=["zh-1280", "en-390"]
)
def test_a_ledger_with_twelve_faults_becomes_features_and_is_taken_back(
    seat: Seat,
    passwords: dict[str, str],
    accessible: Callable[[View], None],
    tmp_path: Path,
    lang: Lang,
    device: Device,
) -> None:
    number = 1 if lang == "zh" else 2
    book = ledger.Ledger(number)

    # The clerk is refused once, comes in, and sends the ledger.
    clerk = seat(lang, device).come()
    accessible(clerk.shown)
    clerk.shown.page.get_by_label(clerk.label("username")).fill(CLERK)
    clerk.shown.page.get_by_label(clerk.label("password"), exact=True).fill("not the password")
    clerk.button("login").click()
    clerk.shown.page.locator(".login-wrong strong").wait_for()
    clerk.log_in(CLERK, passwords[CLERK])
    accessible(clerk.shown)
    clerk.send(book.write(tmp_path / f"ledger-{lang}.xlsx"), "charger")

    # Every fault is named where it is.
    assert clerk.state() == {"zh": "待提交", "en": "To hand in"}[lang]
    file_codes = clerk.codes(clerk.shown.page.locator(".findings"))
    assert "total_differs" in file_codes
    faulty = {row: code for row, (_, _, code, _) in book.faults.items() if code != "total_differs"}
    # Of two rows with one number either may be the wrong one.
    assert set(clerk.rows()) == {*faulty, 20}
    for row, code in faulty.items():
        assert code in clerk.codes(clerk.row(row)), (row, code)
    accessible(clerk.shown)
    clerk.shown.keep(f"staff-checked-{lang}")

    # The workbook that comes back is corrected and sent again: nothing is left but to hand it in.
    returned = clerk.download(tmp_path)
    clerk.send_corrected(book.correct(returned))
    solved = clerk.shown.page.locator(".change-solved")
    assert str(len(book.faults)) in solved.inner_text()
    accessible(clerk.shown)
    clerk.shown.keep(f"staff-corrected-{lang}")
    clerk.act("submit", clerk.task)
    assert clerk.state() == {"zh": "待审核", "en": "In review"}[lang]
    handed_in = returned.name

    # The planner sees before and after, and gives one row back.
    planner = seat(lang, device).come().log_in(PLANNER, passwords[PLANNER])
    accessible(planner.shown)
    planner.open(handed_in)
    more = planner.shown.page.locator(".preview-table .is-more").first
    assert more.inner_text().startswith("+")
    planner.ask("return_row", planner.row(5))
    planner.confirm("return_row", "核对桩数")
    accessible(planner.shown)
    planner.shown.keep(f"staff-review-{lang}")
    planner.ask("return", planner.task)
    planner.confirm("return", "请更正一行后再报")
    assert planner.state() == {"zh": "已退回", "en": "Returned"}[lang]

    # The clerk finds the reason, corrects the row, and hands it in again.
    clerk.come().open(handed_in)
    assert "请更正一行后再报" in clerk.task.inner_text()
    assert clerk.rows() == [5]
    assert "核对桩数" in clerk.row(5).inner_text()
    accessible(clerk.shown)
    again = book.change(clerk.download(tmp_path), 5, "桩数", 18)
    clerk.send_corrected(again)
    clerk.act("submit", clerk.task)

    # The planner approves; everybody sees it; it is taken back, and nobody sees it any more.
    planner.come().open(again.name)
    planner.ask("approve", planner.task)
    planner.confirm("approve")
    assert planner.state() == {"zh": "已发布", "en": "Published"}[lang]
    accessible(planner.shown)
    planner.shown.keep(f"staff-published-{lang}")
    public = seat(lang, device)
    assert book.name(1) in found_at(public, book.lonlat(1))
    planner.ask("rollback", planner.task)
    planner.confirm("rollback", "演示结束")
    assert planner.state() == {"zh": "已撤回", "en": "Taken back"}[lang]
    assert book.name(1) not in found_at(public, book.lonlat(1))


def found_at(public: Desk, lonlat: tuple[float, float]) -> str:
    """What the public map says lies at a place."""
    lon, lat = lonlat
    shown = public.shown
    shown.page.goto("about:blank")
    shown.open(f"/?lang={public.lang}#map=17/{lat:.5f}/{lon:.5f}&hex=&on=charger")
    box = shown.map.bounding_box()
    assert box is not None
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.popup.wait_for()
    return shown.popup.inner_text()
