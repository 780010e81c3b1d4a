"""Small PNG files: pictures of pages have few colours that matter."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_COLOURS = 256
_BITS = 5  # of each channel that tell two colours apart


def small_png(pixels: NDArray[np.uint8]) -> bytes:
    """A picture as PNG with a palette of at most 256 colours.

    pixels  (height, width, 3) red, green, blue.
    The palette holds the commonest colours of a 32 x 32 x 32 cube, each as the mean of its pixels;
    every other pixel takes the nearest.
    """
    height, width, _ = pixels.shape
    flat = pixels.reshape(-1, 3)
    part = flat.astype(np.int64) >> (8 - _BITS)
    cell = (part[:, 0] << 2 * _BITS) | (part[:, 1] << _BITS) | part[:, 2]
    _, inverse, count = np.unique(cell, return_inverse=True, return_counts=True)
    mean = np.stack([np.bincount(inverse, flat[:, k]) / count for k in range(3)], axis=1)
    kept = np.argsort(-count, kind="stable")[:_COLOURS]
    distance = ((mean[:, None, :] - mean[kept][None, :, :]) ** 2).sum(axis=2)
    index = distance.argmin(axis=1).astype(np.uint8)[inverse].reshape(height, width)
    rows = np.hstack([np.zeros((height, 1), np.uint8), index])  # 0: rows are not filtered
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", mean[kept].round().astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
