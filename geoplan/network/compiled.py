"""How kernels become machine code."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

_LOG = logging.getLogger(__name__)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile a function of arrays and numbers; it runs without the interpreter's lock.

    Machine code is kept for the next process: in the folder that NUMBA_CACHE_DIR names, or else
    beside the source (`__pycache__`), or else in the user's cache folder, the first of them that
    can be written. Who can write there can run code in this process, so it must not be shared
    with others. Where none can be written every process compiles anew, some seconds at its first
    use of each kernel, and says so once.
    """
    try:
        return _compiled(function, cache=True)
    except RuntimeError as error:  # numba's only sign that no folder can be written
        _say_uncached(str(error))
        return _compiled(function, cache=False)


def _compiled(function: Callable[_P, _R], *, cache: bool) -> Callable[_P, _R]:
    # No fastmath: it breaks comparisons with infinity without a word.
    done: Callable[_P, _R] = njit(cache=cache, nogil=True)(function)
    return done


_said: list[bool] = []


def _say_uncached(error: str) -> None:
    if not _said:
        _said.append(True)
        _LOG.warning("kernels are compiled in every process (set NUMBA_CACHE_DIR): %s", error)
