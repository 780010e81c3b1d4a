"""Pages of the running service in Chromium; what they do wrong fails the test that opened them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.view import DESKTOP, Device, View, chromium, view

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
Visit = Callable[..., View]


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
