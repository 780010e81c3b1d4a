"""Pages of the running service in Chromium; what they do wrong fails the test that opened them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState

from tests.browser.desk import Desk, Lang
from tests.browser.view import DESKTOP, Device, View, chromium, view
from tests.conftest import Service

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
Visit = Callable[..., View]
Seat = Callable[..., Desk]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def unwatched(browser: Browser, server_url: str) -> Iterator[Visit]:
    """As `visit`, for tests of failures: complaints are for the test to judge."""
    with ExitStack() as stack:

        def opened(path: str = "/", device: Device = DESKTOP) -> View:
            return stack.enter_context(view(browser, server_url, device)).open(path)

        yield opened


@pytest.fixture
def visit(browser: Browser, server_url: str) -> Iterator[Visit]:
    """Opens a path of the service on a device and waits until the page is whole."""
    with ExitStack() as stack:
        views: list[View] = []

        def opened(path: str = "/", device: Device = DESKTOP) -> View:
            views.append(stack.enter_context(view(browser, server_url, device)))
            return views[-1].open(path)

        yield opened
        for each in views:
            each.assert_clean()


@pytest.fixture(scope="session")
def accessible() -> Callable[[View], None]:
    """Fails on what axe-core calls serious or critical."""
    source = AXE.read_text(encoding="utf-8")

    def check(shown: View) -> None:
        shown.page.evaluate(source)
        result = shown.page.evaluate("axe.run({ resultTypes: ['violations'] })")
        found = [
            f"{rule['id']} ({rule['impact']}): {node['html']} {node['failureSummary']}"
            for rule in result["violations"]
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]
        assert found == []

    return check


@pytest.fixture(scope="session")
def passwords(served: Service) -> dict[str, str]:
    """Of the demonstration's accounts, by username."""
    found: list[dict[str, str]] = json.loads((served.home / "accounts.json").read_text())
    return {each["username"]: each["password"] for each in found}


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """By username, the cookies of who has logged in by the form once: they need not again."""
    return {}


@pytest.fixture
def seat(
    browser: Browser,
    server_url: str,
    passwords: dict[str, str],
    sessions: dict[str, StorageState],
) -> Iterator[Seat]:
    """A staff page of somebody's own, logged in when a username is given; what the page does wrong
    fails the test. Refusals by the service are what tests are about, and no fault of the page."""
    with ExitStack() as stack:
        views: list[View] = []

        def taken(username: str = "", lang: Lang = "zh", device: Device = DESKTOP) -> Desk:
            known = sessions.get(username)
            views.append(stack.enter_context(view(browser, server_url, device, known)))
            desk = Desk(views[-1], lang).come()
            if username and known is None:
                desk.log_in(username, passwords[username])
                sessions[username] = views[-1].page.context.storage_state()
            return desk

        yield taken
        for each in views:
            told = [text for text in each.complaints if "the server responded" not in text]
            each.complaints[:] = told
            each.assert_clean()
