"""Coarser cells by the digits of their index alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FINEST = 15
_RES_SHIFT = 52


def parents(cells: NDArray[np.int64], res: int) -> NDArray[np.int64]:
    """The cell of a coarser resolution that each cell (n,) is indexed under; itself at its own.

    It holds the cell's centre, not all of its ground: hexagons do not nest.
    """
    below = (np.int64(1) << 3 * (_FINEST - res)) - 1
    return np.asarray((cells & ~(np.int64(15) << _RES_SHIFT)) | np.int64(res) << _RES_SHIFT | below)


def mean_by_parent(
    cells: NDArray[np.int64], values: NDArray[np.float64], res: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Means of values over the cells (n,), ascending, of each coarser cell; those ascend too."""
    above = parents(cells, res)
    found, first, count = np.unique(above, return_index=True, return_counts=True)
    if not len(found):
        return found, np.zeros(0)
    return found, np.add.reduceat(values, first) / count
