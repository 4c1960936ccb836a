"""How many decimals prices have, against counting them one by one."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naive.ticks import decimals
from weaver.model.numbers.price_decimals import _CHUNK, price_decimals


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([100.0, 7.0], 0), ([100.25, 7.1], 2), ([0.038], 3), ([4e-9, 4.1e-9], 10), ([1.23e-6], 8), ([1e-18], 18),
        ([4.123456789e-10], 19),
        # over 15 significant digits: 17 of them, as a float can have
        ([50.123456789012345], 15), ([0.1 + 0.2], 17), ([100.25, 1 / 3], 17), ([1e-10 / 3], 27), ([1e6 / 3], 11),
        ([999999.999999999], 9), ([9.99999999999999], 14), ([123456789012345.0], 0), ([1e15], 0), ([1e15 + 1], 1),
        ([1e19], 0),
    ],
)  # fmt: skip
def test_most_decimals_count(prices: list[float], expected: int) -> None:
    assert price_decimals([np.array(prices)]) == expected
    assert price_decimals([np.array([1.0, 2.0]), np.array(prices[::-1])]) == expected


PRICES = st.one_of(
    st.floats(1e-18, 1e9, allow_subnormal=False),
    st.builds(lambda units, places: float(Decimal(units).scaleb(-places)), st.integers(1, 10**16), st.integers(0, 24)),
).filter(lambda price: price >= 1e-18)


@given(st.lists(PRICES, min_size=1, max_size=30), st.integers(0, 9))
def test_they_are_those_of_the_numbers_as_they_are_written(prices: list[float], at: int) -> None:
    expected = max(decimals(Decimal(repr(price))) for price in prices)
    assert price_decimals([np.array(prices[at:] + prices[:at])]) == expected


def test_the_last_price_of_a_long_column_counts() -> None:
    column = np.full(3 * _CHUNK + 5, 10.25)
    column[-1] = 10.12345
    assert price_decimals([column]) == 5
