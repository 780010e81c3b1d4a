"""A page in Chromium that is watched: what it asks for, what it complains of, what it paints."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Request, StorageState, sync_playwright

FLAGS = [
    *["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
RESULTS = Path(__file__).parents[2] / "test-results"


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    width: int
    height: int
    scale: float = 1
    touch: bool = False


DESKTOP = Device("desktop", 1280, 800)
PHONE = Device("phone", 390, 844, 2, touch=True)
NARROW = Device("narrow", 320, 640, 2, touch=True)

_WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""

_PAINTED = """
(pane) => {
  let painted = 0;
  for (const canvas of document.querySelectorAll(`.leaflet-${pane}-pane canvas`)) {
    if (canvas.width * canvas.height === 0) continue;
    // A copy: the page's own canvases are not made to be read.
    const options = { willReadFrequently: true };
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", options);
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
  }
  return painted;
}
"""


@dataclass
class View:
    """One page of the service.

    asked       addresses that it asked the service for, in their order.
    foreign     addresses of other origins; their names are not resolved.
    complaints  errors of the console and of scripts.
    """

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> View:
        self.page.goto(self.url + path)
        return self.idle()

    def idle(self) -> View:
        """Waits until everything that was asked for is drawn."""
        self.page.wait_for_selector('html[data-state="idle"]', timeout=60_000)
        return self

    def part(self, name: str) -> Locator:
        return self.page.locator(f'[data-part="{name}"]')

    def target(self, name: str) -> Locator:
        return self.page.locator(f'[data-target="{name}"]')

    @property
    def map(self) -> Locator:
        return self.page.locator(".leaflet-container")

    @property
    def popup(self) -> Locator:
        return self.page.locator(".leaflet-popup .found")

    @property
    def fragment(self) -> dict[str, str]:
        parts = urlsplit(self.page.url).fragment.split("&")
        return dict(part.split("=", 1) for part in parts if "=" in part)

    def painted(self, pane: str) -> int:
        """How many pixels of a level of the map are not empty."""
        return int(self.page.evaluate(_PAINTED, pane))

    def keep(self, name: str) -> None:
        """Saves a picture under test-results/."""
        RESULTS.mkdir(exist_ok=True)
        self.page.screenshot(path=RESULTS / f"{name}.png")

    def assert_clean(self) -> None:
        """Nothing from elsewhere, nothing against the policy, nothing in the console."""
        assert self.foreign == []
        assert self.page.evaluate("window.violations") == []
        assert self.complaints == []


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def view(
    browser: Browser,
    url: str,
    device: Device = DESKTOP,
    session: StorageState | None = None,
) -> Iterator[View]:
    """A page of its own. session  cookies of an account that has logged in before."""
    context = browser.new_context(
        storage_state=session,
        viewport={"width": device.width, "height": device.height},
        device_scale_factor=device.scale,
        is_mobile=device.touch,
        has_touch=device.touch,
        locale="zh-CN",
    )
    context.add_init_script(_WATCH)
    made = View(context.new_page(), url)

    def asked(request: Request) -> None:
        own = request.url.startswith((f"{url}/", "data:"))
        (made.asked if own else made.foreign).append(request.url.removeprefix(url))

    def heard(kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            made.complaints.append(text)

    context.on("request", asked)
    made.page.on("console", lambda message: heard(message.type, message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    try:
        yield made
    finally:
        context.close()


def fetch(url: str) -> Any:
    """A JSON answer of the service, asked for apart from the page."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)
