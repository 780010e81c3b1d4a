"""Costs are whole millimetres of walking: at 1 m/s one is a millisecond; sums of them are exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLOSED = -1
"""The cost of an edge in a direction in which it may not be walked."""

UNREACHED = -1
"""The cost of a walk that does not exist, in results."""

MOST_MM = 2**31 - 2
"""The longest walk that is told apart, 2,147 km: sums end here. One more means unreached."""


def to_mm(metres: NDArray[np.float64]) -> NDArray[np.int32]:
    """Metres (n,), finite, as whole millimetres, at most `MOST_MM`."""
    return np.minimum(np.rint(metres * 1000), MOST_MM).astype(np.int32)
