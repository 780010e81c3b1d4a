"""Somebody at work on the staff page, as they would say what they do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, expect

from tests.browser.view import View

Lang = Literal["zh", "en"]
PATIENCE_MS = 60_000  # a check waits for its turn and for the reader's process

LABELS: dict[Lang, dict[str, str]] = {
    "zh": {
        "username": "用户名",
        "password": "密码",
        "login": "登录",
        "layer": "这份台账是什么",
        "send": "上传并检查",
        "back": "返回列表",
        "report": "下载检查报告",
        "corrected": "上传更正的文件",
        "submit": "提交审核",
        "submit_valid": "只提交有效的",
        "accept": "已核对，接受",
        "new": "不是，新增",
        "place": "在地图上定位",
        "here": "就在这里",
        "leave_out": "不报此行",
        "take_in": "恢复此行",
        "return_row": "退回此行",
        "return": "整份退回",
        "approve": "批准并发布",
        "approve_rest": "批准其余",
        "rollback": "撤回发布",
        "reason": "理由",
        "use_crs": "采用并重新检查",
        "read_again": "重新检查",
    },
    "en": {
        "username": "User name",
        "password": "Password",
        "login": "Log in",
        "layer": "What is in the ledger",
        "send": "Upload and check",
        "back": "Back to the list",
        "report": "Download the report",
        "corrected": "Upload the corrected file",
        "submit": "Hand in",
        "submit_valid": "Hand in only",
        "accept": "Checked: accept",
        "new": "No, it is new",
        "place": "Place it on the map",
        "here": "It is here",
        "leave_out": "Leave this row out",
        "take_in": "Take this row in",
        "return_row": "Return this row",
        "return": "Return it all",
        "approve": "Approve and publish",
        "approve_rest": "Approve the other",
        "rollback": "Take back",
        "reason": "Reason",
        "use_crs": "Use it and check again",
        "read_again": "Check again",
    },
}


@dataclass
class Desk:
    """One person's page."""

    shown: View
    lang: Lang

    def label(self, name: str) -> str:
        return LABELS[self.lang][name]

    def button(self, name: str, within: Locator | None = None) -> Locator:
        place = within or self.shown.page.locator("body")
        return place.get_by_role("button", name=self.label(name)).first

    def come(self, fragment: str = "") -> Desk:
        self.shown.open(f"/staff?lang={self.lang}{fragment}")
        return self

    def type_login(self, username: str, password: str) -> None:
        page = self.shown.page
        page.get_by_label(self.label("username")).fill(username)
        page.get_by_label(self.label("password"), exact=True).fill(password)
        self.button("login").click()

    def log_in(self, username: str, password: str) -> Desk:
        self.type_login(username, password)
        self.shown.page.wait_for_selector(".account")
        self.shown.idle()
        return self

    @property
    def task(self) -> Locator:
        """What the page says is to be done now."""
        return self.shown.page.locator(".next")

    def send(self, path: Path, layer: str) -> Desk:
        page = self.shown.page
        page.get_by_label(self.label("layer")).select_option(layer)
        page.set_input_files("#file", path)
        self.button("send").click()
        return self.checked()

    def send_corrected(self, path: Path) -> Desk:
        before = self.shown.page.url
        self.button("corrected", self.task).click()
        self.shown.page.set_input_files("#corrected", path)
        self.shown.page.wait_for_url(lambda url: url != before)
        return self.checked()

    def checked(self) -> Desk:
        """Waits until the check has ended and everything is drawn."""
        self.shown.page.wait_for_selector(".next:not(.next-busy)", timeout=PATIENCE_MS)
        self.shown.idle()
        return self

    def open(self, file_name: str) -> Desk:
        """Goes from the list to the latest upload of that name."""
        self.shown.page.get_by_role("link", name=file_name, exact=True).first.click()
        return self.checked()

    def upload_id(self) -> str:
        return self.shown.fragment["upload"]

    def state(self) -> str:
        return self.shown.page.locator(".upload-title .state").inner_text()

    def only(self, rows: str) -> None:
        self.shown.page.locator(f'.chip[data-filter="{rows}"]').click()
        self.shown.idle()

    def rows(self) -> list[int]:
        heads = self.shown.page.locator(".row-head")
        return [int(each.get_attribute("data-row") or 0) for each in heads.all()]

    def row(self, number: int) -> Locator:
        """One row, opened."""
        found = self.shown.page.locator(f"#row-{number}")
        head = found.locator(".row-head")
        if head.get_attribute("aria-expanded") != "true":
            head.click()
        expect(head).to_have_attribute("aria-expanded", "true")
        return found

    def codes(self, within: Locator) -> set[str]:
        """Codes of the findings that are in sight there."""
        found = within.locator(".issue").all()
        return {each.get_attribute("data-code") or "" for each in found}

    def act(self, name: str, within: Locator | None = None) -> Desk:
        """Presses a button, and waits until what it does is done."""
        button = self.button(name, within)
        button.click()
        self.shown.page.wait_for_selector(".act[aria-busy=true]", state="detached")
        self.shown.idle()
        return self

    def ask(self, name: str, within: Locator) -> Desk:
        """Presses a button that asks before it does something."""
        self.button(name, within).click()
        self.shown.page.wait_for_selector("dialog[open]")
        return self

    def confirm(self, name: str, reason: str = "") -> Desk:
        """Answers the dialog that a button has opened."""
        dialog = self.shown.page.locator("dialog[open]")
        dialog.wait_for()
        if reason:
            dialog.get_by_label(self.label("reason")).fill(reason)
        dialog.get_by_role("button", name=self.label(name)).click()
        dialog.wait_for(state="detached")
        self.shown.page.wait_for_selector(".act[aria-busy=true]", state="detached")
        self.shown.idle()
        return self

    def download(self, folder: Path) -> Path:
        """The report as the browser saves it."""
        with self.shown.page.expect_download() as waited:
            self.task.get_by_role("link", name=self.label("report")).click()
        path = folder / waited.value.suggested_filename
        waited.value.save_as(path)
        return path

    def put(self, path: Path, layer: str) -> Desk:
        """Sends a file without the form, and opens it once it is checked."""
        request = self.shown.page.request
        csrf = request.get(f"{self.shown.url}/api/me").json()["csrf"]
        answer = request.post(
            f"{self.shown.url}/api/uploads",
            headers={"x-csrf-token": csrf},
            multipart={
                "layer": layer,
                "file": {
                    "name": path.name,
                    "mimeType": "application/octet-stream",
                    "buffer": path.read_bytes(),
                },
            },
        )
        assert answer.ok, answer.text()
        self.come(f"#upload={answer.json()['id']}")
        return self.checked()
