"""Sharing whole amounts: exact, fair, and the same as fractions would do it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.grid.rounding import apportion

AMOUNTS = st.integers(-(2**63), 2**63 - 1)
WEIGHTS = st.one_of(
    st.just(0.0),
    st.floats(0, 1e300, allow_subnormal=True),
    st.floats(0, 1e-300, allow_subnormal=True),
    st.floats(0.001, 1000),
)
GROUPS = st.lists(st.lists(WEIGHTS, min_size=1, max_size=12), min_size=1, max_size=6)
CAREFUL = settings(max_examples=150, derandomize=True, deadline=None)


def share(amounts: list[int], weights: list[list[float]]) -> list[list[int]]:
    group = np.repeat(np.arange(len(weights)), [len(row) for row in weights])
    flat = np.array([weight for row in weights for weight in row])
    result = apportion(np.array(amounts, dtype=np.int64)[:, None], group, flat)[:, 0].tolist()
    ends = np.cumsum([len(row) for row in weights]).tolist()
    return [result[end - len(row) : end] for end, row in zip(ends, weights, strict=True)]


@CAREFUL
@given(GROUPS, st.data())
def test_every_group_sums_to_its_amount(weights, data) -> None:
    amounts = [data.draw(AMOUNTS) for _ in weights]
    assert [sum(row) for row in share(amounts, weights)] == amounts


@CAREFUL
@given(GROUPS, st.data())
def test_shares_are_the_quota_rounded_up_or_down(weights, data) -> None:
    amounts = [data.draw(AMOUNTS) for _ in weights]
    for amount, row, found in zip(amounts, weights, share(amounts, weights), strict=True):
        exact = [Fraction(weight) for weight in row]
        if not any(exact):
            exact = [Fraction(1)] * len(row)
        # Weights are kept to 53 bits of the group's sum.
        slack = 1 + Fraction(abs(amount) * len(row), 2**52)
        for weight, got in zip(exact, found, strict=True):
            assert abs(got - amount * weight / sum(exact)) <= slack


@CAREFUL
@given(st.integers(0, 2**30), st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_whole_weights_are_shared_by_largest_remainder(amount, row) -> None:
    quota = [Fraction(amount * weight, sum(row)) for weight in row]
    (found,) = share([amount], [[float(weight) for weight in row]])
    raised = [got - int(exact) for got, exact in zip(found, quota, strict=True)]
    assert set(raised) <= {0, 1}
    rest = [exact - int(exact) for exact in quota]
    up = [rest[n] for n, by in enumerate(raised) if by]
    down = [rest[n] for n, by in enumerate(raised) if not by]
    assert min(up, default=1) >= max(down, default=0)


@CAREFUL
@given(AMOUNTS, st.integers(1, 50), st.sampled_from([0.0, 1.0, 0.1, 5e-324, 1e308]))
def test_equal_weights_differ_by_one_at_most_and_earlier_rows_have_more(
    amount, count, weight
) -> None:
    (found,) = share([amount], [[weight] * count])
    sizes = [abs(part) for part in found]
    assert max(sizes) - min(sizes) <= 1
    assert sizes == sorted(sizes, reverse=True)


@CAREFUL
@given(st.integers(0, 2**63 - 1), st.lists(WEIGHTS, min_size=1, max_size=10))
def test_a_debt_is_shared_as_a_credit_is(amount, row) -> None:
    assert share([-amount], [row]) == [[-part for part in share([amount], [row])[0]]]


@CAREFUL
@given(AMOUNTS, st.lists(WEIGHTS, min_size=2, max_size=10))
def test_no_weight_no_share(amount, row) -> None:
    (found,) = share([amount], [row])
    if any(row):
        assert all(part == 0 for part, weight in zip(found, row, strict=True) if weight == 0)


def test_columns_are_shared_each_for_itself() -> None:
    amounts = np.array([[10, 7], [1, -3]], dtype=np.int64)
    group = np.array([0, 0, 0, 1, 1])
    weights = np.array([1.0, 1.0, 2.0, 3.0, 1.0])
    both = apportion(amounts, group, weights)
    for column in (0, 1):
        one = apportion(amounts[:, [column]], group, weights)
        assert (both[:, [column]] == one).all()
    assert apportion(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0)).shape == (0, 2)
