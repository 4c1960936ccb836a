"""Excursions of drawn trades, against each bar's prices divided by hand, as exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.account.excursions import Excursions

RATIOS = (Fraction(2), Fraction(3, 2), Fraction(1, 5), Fraction(7))


def test_a_split_is_no_excursion() -> None:
    low, high = np.array([90.0, 45.0, 30.0]), np.array([110.0, 55.0, 60.0])
    moves = Excursions(low, high, [(1, Fraction(2))])
    found = moves.of(sign=1, entry=(0, 50.0), exit_=(2, 55.0), entered_at_close=False, left_at_open=False)
    assert found == (pytest.approx(-0.4), pytest.approx(0.2))


@st.composite
def trades(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[int, Fraction]], int, int]:
    ranges = draw(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=12))
    places = draw(st.lists(st.integers(1, len(ranges)), max_size=3))
    first = draw(st.integers(0, len(ranges) - 1))
    splits = [(at, draw(st.sampled_from(RATIOS))) for at in sorted(places)]
    return ranges, splits, first, draw(st.integers(first, len(ranges) - 1))


@given(
    drawn=trades(),
    sign=st.sampled_from([1, -1]),
    paid=st.integers(1, 900),
    left=st.integers(1, 900),
    at_close=st.booleans(),
    at_open=st.booleans(),
)
def test_excursions_are_those_of_each_bar(
    drawn: tuple[list[tuple[int, int]], list[tuple[int, Fraction]], int, int],
    sign: int,
    paid: int,
    left: int,
    *,
    at_close: bool,
    at_open: bool,
) -> None:
    ranges, splits, first, last = drawn
    low, high = np.array([a for a, _ in ranges], dtype=float), np.array([a + b for a, b in ranges], dtype=float)
    seen = [Fraction(paid), Fraction(left)]
    for bar in range(first + at_close, last + (not at_open)):
        factor = Fraction(1)
        for at, ratio in splits:
            factor *= ratio if bar < at <= last else 1
        seen += [ranges[bar][0] / factor, sum(ranges[bar]) / factor]
    moves = [sign * (one / paid - 1) for one in seen]
    found = Excursions(low, high, splits).of(
        sign=sign, entry=(first, paid), exit_=(last, left), entered_at_close=at_close, left_at_open=at_open
    )
    assert found == (pytest.approx(float(min(moves)), abs=1e-12), pytest.approx(float(max(moves)), abs=1e-12))
