"""Chromium for the figures of the page: a slow phone, frames while a finger moves the map."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

FLAGS = [
    *["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
    *["--disable-background-networking", "--disable-component-update", "--disable-sync"],
]
FAST_3G = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
"""1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back: what Chromium's tools call fast 3G."""

_FRAMES = """
window.frames_ms = [];
(() => {
  let last = 0;
  const look = (now) => {
    if (last) window.frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
_PAINTED = """
(pane) => [...document.querySelectorAll(`.leaflet-${pane}-pane canvas`)].some((canvas) => {
  if (canvas.width * canvas.height === 0) return false;
  // A small copy: to read all of it would itself take a slow phone's time.
  const copy = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0, 16, 16);
  const { data } = copy.getImageData(0, 0, 16, 16);
  return data.some((value, i) => i % 4 === 3 && value > 0);
})
"""


@dataclass(frozen=True, slots=True)
class Device:
    """width, height  of the view in CSS pixels; scale  of the screen; slowed  so many times."""

    width: int
    height: int
    scale: float
    touch: bool
    slowed: int


DESK = Device(1280, 800, 1, touch=False, slowed=1)
PHONE = Device(390, 844, 2, touch=True, slowed=4)
PHONE_NOT_SLOWED = Device(390, 844, 2, touch=True, slowed=1)


@dataclass
class Watched:
    """A page, its tools, and the bytes that came over the wire, heads included."""

    page: Page
    tools: CDPSession
    received: float = 0
    requests: int = 0

    def frames(self) -> list[float]:
        """Milliseconds between the frames since the last call."""
        found: list[float] = self.page.evaluate("window.frames_ms.splice(0)")
        return found

    def processor_ms(self) -> float:
        """What the page's thread has used of a processor: other work is not in it."""
        metrics = self.tools.send("Performance.getMetrics")["metrics"]
        found = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
        return 1000 * float(found)

    def painted(self, pane: str) -> bool:
        """Whether a level of the map shows anything."""
        return bool(self.page.evaluate(_PAINTED, pane))

    def idle(self) -> None:
        """Waits until everything that was asked for is drawn."""
        self.page.wait_for_selector('html[data-state="idle"]', timeout=60_000)

    def drag(self, x: int, y: int, speed: int = 800) -> None:
        """A finger moves the map by so many pixels, at pixels a second."""
        view = self.page.viewport_size
        assert view is not None
        self.tools.send(
            "Input.synthesizeScrollGesture",
            {
                "x": view["width"] * 0.65,
                "y": view["height"] * 0.6,
                "xDistance": x,
                "yDistance": y,
                "speed": speed,
                "gestureSourceType": "touch",
                "preventFling": False,
            },
        )

    def wheel(self, steps: int) -> None:
        """The wheel of a mouse zooms the map, in for positive steps."""
        view = self.page.viewport_size
        assert view is not None
        self.page.mouse.move(view["width"] * 0.65, view["height"] * 0.6)
        self.page.mouse.wheel(0, -120 * steps)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or Playwright's own; drawn by the processor."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(browser: Browser, device: Device, *, slow_net: bool = False) -> Iterator[Watched]:
    """A page with an empty cache."""
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height},
        device_scale_factor=device.scale,
        is_mobile=device.touch,
        has_touch=True,
        locale="zh-CN",
    )
    if not slow_net:
        context.add_init_script(_FRAMES)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    made = Watched(page, tools)
    tools.send("Network.enable")
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    tools.on("Network.loadingFinished", lambda event: _count(made, event["encodedDataLength"]))
    if slow_net:
        tools.send("Network.emulateNetworkConditions", {"offline": False, **FAST_3G})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": device.slowed})
    try:
        yield made
    finally:
        context.close()


def _count(made: Watched, size: float) -> None:
    made.received += size
    made.requests += 1


def within(frames: Sequence[float], limit_ms: float = 33.4) -> float:
    """The share of frames that came within a limit: two of a screen's 60 a second."""
    return sum(each <= limit_ms for each in frames) / len(frames) if frames else 0.0
