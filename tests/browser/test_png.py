"""The pictures of the README."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Browser

from tests.browser.png import small_png
from tests.browser.screenshots import pixels_of


def test_a_picture_of_few_colours_keeps_them_exactly(browser: Browser) -> None:
    colours = np.array([[14, 74, 71], [255, 255, 255], [243, 210, 122], [0, 0, 0]], np.uint8)
    pixels = colours[np.random.default_rng(3).integers(0, 4, (37, 53))]
    assert (pixels_of(browser, small_png(pixels)) == pixels).all()
