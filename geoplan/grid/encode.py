"""The compact binary of a grid, version 1; docs/grid.md has the table of its bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<4sB3xII")
_MAGIC = b"GPG1"
_GROUP_BITS = 7


def encode(
    res: int,
    document: Mapping[str, object],
    cells: NDArray[np.int64],
    values: NDArray[np.float64],
) -> bytes:
    """Cells of one resolution and their values as bytes.

    document  the answer's other fields; written as JSON in UTF-8.
    cells     (n,) of resolution `res`, ascending.
    values    (n,) in the shown unit; kept to the 24 bits of a float32.
    Raises ValueError for cells that do not ascend or are of another resolution.
    """
    if (cells >> 52 & 15 != res).any():
        raise ValueError(f"the cells are not of resolution {res}")
    difference = np.diff(cells >> 3 * (15 - res), prepend=0)
    if (difference <= 0).any():
        raise ValueError("the cells do not ascend")
    words = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    header = _HEADER.pack(_MAGIC, res, len(cells), len(words))
    return b"".join([header, words, _varints(difference), values.astype("<f4").tobytes()])


def _varints(numbers: NDArray[np.int64]) -> bytes:
    """Positive integers as LEB128: seven bits a byte, low ones first, the top bit says more."""
    shifts = np.arange(0, 64, _GROUP_BITS)
    rest = numbers[:, None] >> shifts
    groups = (rest & 0x7F) | np.where(rest >> _GROUP_BITS, 0x80, 0)
    data: bytes = groups[rest > 0].astype(np.uint8).tobytes()
    return data
