"""From a clerk's ledger to the public map and back, as three people go through it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.checks import overflowing
from tests.browser.conftest import Seat, Visit
from tests.browser.desk import Lang
from tests.browser.ledger import Ledger
from tests.browser.view import DESKTOP, PHONE, Device, View

CLERK, PLANNER = "jinjiang", "planner"


@pytest.mark.parametrize(
    ("lang", "device"), [("zh", DESKTOP), ("en", PHONE)], ids=["zh-1280", "en-390"]
)
def test_a_ledger_with_twelve_faults_becomes_features_and_is_taken_back(
    seat: Seat,
    visit: Visit,
    passwords: dict[str, str],
    accessible: Callable[[View], None],
    tmp_path: Path,
    lang: Lang,
    device: Device,
) -> None:
    ledger = Ledger(1 if lang == "zh" else 2)

    # The clerk is refused once, comes in, and sends the ledger.
    clerk = seat(lang=lang, device=device)
    accessible(clerk.shown)
    clerk.type_login(CLERK, "not the password")
    clerk.shown.page.locator(".login-wrong strong").wait_for()
    clerk.log_in(CLERK, passwords[CLERK])
    accessible(clerk.shown)
    clerk.send(ledger.write(tmp_path / f"ledger-{lang}.xlsx"), "charger")

    # Every fault is named where it is.
    assert clerk.state() == {"zh": "待提交", "en": "To hand in"}[lang]
    assert "total_differs" in clerk.codes(clerk.shown.page.locator(".findings"))
    faulty = {row: code for row, (_, _, code, _) in ledger.faults.items() if row != 21}
    # Of two rows with one number either may be the wrong one.
    assert set(clerk.rows()) == {*faulty, 20}
    for row, code in faulty.items():
        assert code in clerk.codes(clerk.row(row)), (row, code)
    accessible(clerk.shown)
    clerk.shown.keep(f"staff-checked-{lang}")

    # The workbook that comes back is corrected and sent again: it only has to be handed in.
    report = clerk.download(tmp_path)
    clerk.send_corrected(ledger.correct(report))
    assert "12" in clerk.shown.page.locator(".change-solved").inner_text()
    accessible(clerk.shown)
    clerk.shown.keep(f"staff-corrected-{lang}")
    clerk.act("submit", clerk.task)
    assert clerk.state() == {"zh": "待审核", "en": "In review"}[lang]

    # The planner sees before and after, and gives one row back.
    planner = seat(PLANNER, lang, device)
    accessible(planner.shown)
    planner.open(report.name)
    more = planner.shown.page.locator(".preview-table .is-more").first
    assert more.inner_text().startswith("+")
    assert overflowing(planner.shown) == []
    planner.ask("return_row", planner.row(5)).confirm("return_row", "核对桩数")
    accessible(planner.shown)
    planner.shown.keep(f"staff-review-{lang}")
    planner.ask("return", planner.task).confirm("return", "请更正一行后再报")
    assert planner.state() == {"zh": "已退回", "en": "Returned"}[lang]

    # The clerk finds the reason, corrects the row, and hands it in again.
    clerk.come().open(report.name)
    assert "请更正一行后再报" in clerk.task.inner_text()
    assert clerk.rows() == [5]
    assert "核对桩数" in clerk.row(5).inner_text()
    accessible(clerk.shown)
    again = ledger.change(clerk.download(tmp_path), 5, "桩数", 18)
    clerk.send_corrected(again)
    clerk.act("submit", clerk.task)

    # The planner approves; everybody sees it; it is taken back, and nobody sees it any more.
    planner.come().open(again.name)
    planner.ask("approve", planner.task).confirm("approve")
    assert planner.state() == {"zh": "已发布", "en": "Published"}[lang]
    accessible(planner.shown)
    planner.shown.keep(f"staff-published-{lang}")
    assert ledger.name(1) in found_at(visit, ledger.lonlat(1), lang, device)
    planner.ask("rollback", planner.task).confirm("rollback", "演示结束")
    assert planner.state() == {"zh": "已撤回", "en": "Taken back"}[lang]
    assert ledger.name(1) not in found_at(visit, ledger.lonlat(1), lang, device)


def found_at(visit: Visit, lonlat: tuple[float, float], lang: Lang, device: Device) -> str:
    """What the public map says lies at a place."""
    lon, lat = lonlat
    shown = visit(f"/?lang={lang}#map=17/{lat:.5f}/{lon:.5f}&hex=&on=charger", device)
    box = shown.map.bounding_box()
    assert box is not None
    shown.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.popup.wait_for()
    return shown.popup.inner_text()
