"""Amounts shared out as columns, against one part after the other in fractions."""

from fractions import Fraction
from math import floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weaver.greta.ledger.exact_shares import FEW, share_out
from weaver.greta.ledger.exact_sums import whole

Whole = tuple[int, list[int], int]
"""An amount, the parts, and what is left over of the units."""
amounts = st.one_of(st.integers(-1_000, 1_000), st.integers(0, 10**14), st.integers(2**59, 2**61), st.just(10**30))
units = st.one_of(st.integers(1, 5), st.integers(1, 10**11), st.integers(2**57, 2**58), st.just(10**25))
wholes = st.tuples(amounts, st.lists(units, max_size=4), st.one_of(st.just(0), units))


def half_even(number: Fraction) -> int:
    below = floor(number)
    above_half = number - below - Fraction(1, 2)
    return below + (above_half > 0 or (above_half == 0 and below % 2 == 1))


def naive(drawn: list[Whole]) -> list[int]:
    shares = []
    for amount, parts, rest in drawn:
        left = sum(parts) + rest
        for part in parts:
            shares.append(half_even(Fraction(amount * part, left)))
            amount, left = amount - shares[-1], left - part
    return shares


def shared(drawn: list[Whole]) -> list[int]:
    kept = [(amount, parts, sum(parts) + rest) for amount, parts, rest in drawn if parts or rest]
    of = np.array([k for k, (_, parts, _) in enumerate(kept) for _ in parts], dtype=np.int64)
    parts = whole([part for _, parts, _ in kept for part in parts])
    found: list[int] = share_out(
        whole([a for a, _, _ in kept]), whole([size for _, _, size in kept]), parts, of
    ).tolist()
    return found


@given(st.lists(wholes, max_size=6))
def test_a_few_wholes_are_shared_out_as_one_after_the_other(drawn: list[Whole]) -> None:
    assert shared(drawn) == naive(drawn)


@given(st.lists(wholes, min_size=1, max_size=4), st.integers(0, 2**32))
def test_many_wholes_are_shared_out_as_one_after_the_other(drawn: list[Whole], seed: int) -> None:
    random = np.random.default_rng(seed)
    many = [drawn[k] for k in random.integers(len(drawn), size=4 * FEW)]
    assert shared(many) == naive(many)


def test_many_wholes_of_random_size_are_shared_out_as_one_after_the_other() -> None:
    random = np.random.default_rng(7)
    for largest, dearest in ((4, 50), (10**3, 10**5), (10**10, 10**14), (10**7, 2**59), (2**55, 2**52), (2**58, 2**59)):
        many = [
            (int(random.integers(-dearest, dearest)), random.integers(1, largest, size=count).tolist(), int(rest))
            for count, rest in zip(random.integers(1, 7, size=300), random.integers(0, 3, size=300), strict=True)
        ]
        assert shared(many) == naive(many)


def test_all_of_a_whole_goes_to_its_parts() -> None:
    assert share_out(np.array([10, 7]), np.array([3, 2]), np.array([1, 1, 1, 2]), np.array([0, 0, 0, 1])).tolist() == [
        3, 4, 3, 7,
    ]  # fmt: skip


def test_many_wholes_past_int64_are_shared_out_as_one_after_the_other() -> None:
    many = [(k, [10**25, 3 * 10**25 + k], 0) for k in range(4 * FEW)]
    assert shared(many) == naive(many)


def test_parts_may_be_counted_otherwise_than_their_wholes() -> None:
    many = [(100 + k, [1, 2], 6 + k) for k in range(4 * FEW)]
    of = np.repeat(np.arange(len(many)), 2)
    parts = np.array([1, 2] * len(many), dtype=object)
    amounts, wholes = np.array([a for a, _, _ in many]), np.array([9 + k for k in range(len(many))])
    assert share_out(amounts, wholes, parts, of).tolist() == naive(many)
