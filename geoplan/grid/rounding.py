"""Whole amounts shared by weights so that every sum is exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LIMB = 9  # bits of the amount divided at a time: 54-bit weights leave 10 of 64
_WEIGHT_SCALE = 2.0**53


def apportion(
    amounts: NDArray[np.int64], group: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Share each group's amounts among its rows by weight, largest remainders first.

    amounts  (g, k) whole units, any sign; exact up to the whole range of int64.
    group    (m,) which group a row is of; ascending, every group present.
    weights  (m,) finite, >= 0; a group whose weights are all 0 is shared equally.
    Returns (m, k) int64; the rows of a group sum exactly to its amounts.

    Weights become integers of 53 bits, so all arithmetic is whole: amount × weight ÷ sum is a
    long division in limbs of 9 bits that never leaves 64 bits. Hamilton's method (largest
    remainder); equal remainders go to earlier rows.
    """
    result = np.zeros((len(group), amounts.shape[1]), dtype=np.int64)
    if len(group) == 0:
        return result
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    largest = np.maximum.reduceat(weights, first)
    weights = np.where(largest[group] > 0, weights, 1.0)
    largest = np.where(largest > 0, largest, 1.0)
    # Two steps, so that sums of subnormal or huge weights neither vanish nor overflow.
    scaled = weights / largest[group]
    scaled /= np.add.reduceat(scaled, first)[group]
    whole = np.rint(scaled * _WEIGHT_SCALE).astype(np.uint64)
    divisor = np.add.reduceat(whole, first)[group]
    position = np.arange(len(group)) - first[group]
    for column in range(amounts.shape[1]):
        amount = amounts[:, column]
        size = np.where(amount < 0, -amount, amount).astype(np.uint64)
        quotient, remainder = _divide(size[group], whole, divisor)
        left = size - np.add.reduceat(quotient, first)
        order = np.lexsort((position, np.iinfo(np.uint64).max - remainder, group))
        rank = np.empty_like(position)
        rank[order] = position
        quotient += rank.astype(np.uint64) < left[group]
        signed = quotient.astype(np.int64)
        result[:, column] = np.where(amount[group] < 0, -signed, signed)
    return result


def _divide(
    amount: NDArray[np.uint64], weight: NDArray[np.uint64], divisor: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """amount × weight ÷ divisor as quotient and remainder, exact; weight <= divisor < 2^54."""
    bits = int(amount.max(initial=0)).bit_length()
    quotient = np.zeros_like(amount)
    remainder = np.zeros_like(amount)
    mask = np.uint64((1 << _LIMB) - 1)
    for shift in reversed(range(0, bits, _LIMB)):
        limb = (amount >> np.uint64(shift)) & mask
        remainder = (remainder << np.uint64(_LIMB)) + limb * weight
        digit = remainder // divisor
        remainder -= digit * divisor
        quotient = (quotient << np.uint64(_LIMB)) + digit
    return quotient, remainder
