"""The pictures of the README: python -m tests.browser.screenshots [address of a running service]."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

from geoplan.store.cluster import Cluster
from geoplan.store.home import Home
from tests.browser.png import small_png
from tests.browser.view import Device, chromium, view
from tests.conftest import Service

DOCS = Path(__file__).parents[2] / "docs"
PICTURES = {
    "page.png": Device("page", 1280, 800),
    "phone.png": Device("phone", 390, 844, 1.5, touch=True),
}

_PIXELS = """
async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const reader = new FileReader();
  const read = new Promise((done) => { reader.onload = () => done(reader.result.split(",")[1]); });
  reader.readAsDataURL(new Blob([data]));
  return [image.height, image.width, await read];
}
"""


@contextmanager
def served() -> Iterator[str]:
    """A service of its own with the sample city."""
    folder = Path(tempfile.mkdtemp(prefix="geoplan-pictures-"))
    service = Service(folder / "home", "--sample")
    try:
        yield service.wait()
    finally:
        service.stop()
        Cluster(Home(service.home)).remove()
        shutil.rmtree(folder, ignore_errors=True)


def pixels_of(browser: Browser, png: bytes) -> NDArray[np.uint8]:
    """(height, width, 3) of a PNG, decoded by the browser."""
    page = browser.new_page()
    height, width, data = page.evaluate(_PIXELS, base64.b64encode(png).decode())
    page.close()
    flat = np.frombuffer(base64.b64decode(data), np.uint8)
    return flat.reshape(height, width, 4)[:, :, :3]


def take(url: str) -> None:
    with chromium() as browser:
        for name, device in PICTURES.items():
            with view(browser, url, device) as shown:
                shown.open("/?lang=zh")
                shown.page.wait_for_timeout(500)
                taken = shown.page.screenshot()
            data = small_png(pixels_of(browser, taken))
            (DOCS / name).write_bytes(data)
            sys.stdout.write(f"docs/{name}: {len(data) / 1000:.0f} kB\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1].rstrip("/"))
    else:
        with served() as address:
            take(address)
