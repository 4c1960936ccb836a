"""Exact numbers and their rounding, by hand."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaver.model.errors import InvalidOrder
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.money import decimal_of, decimals_of, divide_half_even, exact, plain, truncate
from weaver.model.numbers.scale import Scale

STOCK = Instrument.default("AAA", AssetClass.STOCK).scale()
CRYPTO = Instrument.default("BTC/USD", AssetClass.CRYPTO).scale()
ODD = Instrument(
    symbol="ODD", asset_class=AssetClass.STOCK, tick=Decimal("0.25"), lot=Decimal("0.5"), minimum=Decimal("1.5")
).scale()
ONE = 10**8


@pytest.mark.parametrize(
    ("value", "number"),
    [(0.1, "0.1"), (3, "3"), ("2.50", "2.50"), (Decimal("1e-9"), "1e-9"), (np.float64(0.3), "0.3"), (np.int64(7), "7")],
)
def test_number_is_read_as_it_is_written(value: Any, number: str) -> None:
    assert exact(value, name="x") == Decimal(number)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "-Infinity", "ten", True, None, [1], np.nan])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(InvalidOrder, match="x must be"):
        exact(value, name="x")


@pytest.mark.parametrize(
    ("numerator", "rounded"), [(5, 0), (15, 2), (25, 2), (14, 1), (16, 2), (-5, 0), (-15, -2), (-16, -2)]
)
def test_division_rounds_half_to_even(numerator: int, rounded: int) -> None:
    assert divide_half_even(numerator, 10) == rounded


def test_truncation_is_toward_zero() -> None:
    assert [truncate(value, 5) for value in (12, -12, 10, -10, 4, -4)] == [10, -10, 10, -10, 0, 0]


def test_decimals_of_units_are_exact_however_many_digits() -> None:
    assert decimal_of(123456789012345678901234567890123456789, 8) == Decimal("1234567890123456789012345678901.23456789")


def test_plain_text_has_no_exponent_and_no_trailing_zeros() -> None:
    assert [plain(Decimal(text)) for text in ("1E+3", "1.500", "-0.00", "1E-9", "0")] == [
        "1000",
        "1.5",
        "0",
        "0.000000001",
        "0",
    ]


def test_decimals_are_counted_without_trailing_zeros() -> None:
    assert [decimals_of(Decimal(text)) for text in ("1.500", "100", "1E-9", "NaN")] == [1, 0, 9, 0]


@pytest.mark.parametrize(("value", "units"), [(1, 1), ("7.9", 7), (3.0, 3)])
def test_quantity_is_cut_down_to_the_lot(value: Any, units: int) -> None:
    assert STOCK.quantity(value) == units


def test_quantity_counts_in_lots_of_the_instrument() -> None:
    assert ODD.quantity("2.74") == 25  # tenths: 2.5
    assert ODD.quantity_decimal(25) == Decimal("2.5")
    assert CRYPTO.quantity("0.123456789") == 12345678


@pytest.mark.parametrize(
    ("scale", "value", "says"),
    [
        (STOCK, 0, "must be above 0, not 0"),
        (STOCK, -1, "must be above 0, not -1"),
        (STOCK, float("nan"), "must be finite"),
        (STOCK, 0.5, r"less than one lot \(1\)"),
        (ODD, 1, r"less than the minimum \(1.5\)"),
    ],
)
def test_impossible_quantity_is_refused(scale: Scale, value: Any, says: str) -> None:
    with pytest.raises(InvalidOrder, match=says):
        scale.quantity(value)


def test_target_has_either_sign_and_is_cut_toward_zero() -> None:
    assert [STOCK.signed_quantity(value) for value in (2.9, -2.9, 0)] == [2, -2, 0]


def test_limit_is_rounded_away_from_filling() -> None:
    assert STOCK.limit_price("10.019", sign=1) == 1001 * ONE // 100
    assert STOCK.limit_price("10.011", sign=-1) == 1002 * ONE // 100
    assert STOCK.limit_price("10.01", sign=1) == STOCK.limit_price("10.01", sign=-1) == 1001 * ONE // 100
    assert STOCK.limit_price("10.01000000000000001", sign=-1) == 1002 * ONE // 100


@pytest.mark.parametrize(("value", "cents"), [("10.014", 1001), ("10.016", 1002), ("10.005", 1000), ("10.015", 1002)])
def test_stop_is_rounded_to_the_nearest_tick_half_to_even(value: str, cents: int) -> None:
    assert STOCK.stop_price(value) == cents * ONE // 100
    assert STOCK.nearest_tick(int(Decimal(value) * ONE)) == cents * ONE // 100


def test_tick_need_not_be_a_power_of_ten() -> None:
    assert ODD.stop_price("10.13") == 10.25 * ONE
    assert ODD.limit_price("10.99", sign=1) == 10.75 * ONE
    assert ODD.text(ODD.tick) == "0.25"


def test_price_that_rounds_to_nothing_is_refused_and_a_computed_one_is_a_tick() -> None:
    with pytest.raises(InvalidOrder, match=r"limit price of 0\.00004 is under one tick \(0\.0001\)"):
        STOCK.limit_price("0.00004", sign=1)
    with pytest.raises(InvalidOrder, match=r"stop price of 0\.00004 is under half a tick \(0\.0001\)"):
        STOCK.stop_price("0.00004")
    with pytest.raises(InvalidOrder, match="the stop price of an order must be above 0, not -3"):
        STOCK.stop_price(-3)
    assert STOCK.nearest_tick(-5) == STOCK.tick_under_one == ONE // 10_000


def test_cash_is_rounded_half_to_even_with_the_sign_of_the_quantity() -> None:
    assert STOCK.cash(12 * ONE, -3) == -36 * ONE
    # 0.00000001 × 0.5 is half of 1e-8; × 1.5 is one and a half.
    assert [CRYPTO.cash(1, quantity * ONE // 2) for quantity in (1, 3, -1, -3)] == [0, 2, 0, -2]


def test_fine_prices_make_the_units_finer() -> None:
    fine = Instrument.default("AAA", AssetClass.STOCK).scale(price_decimals=11)
    assert fine.price_decimal(1) == Decimal("1e-11")
    assert fine.cash(10**11, 5) == 5 * ONE


def test_whole_quantities_are_known_to_be_orderable_from_the_minimum_on() -> None:
    assert (STOCK.least_whole, ODD.least_whole) == (1, 2)
    tens = Instrument(symbol="TEN", asset_class=AssetClass.STOCK, tick=Decimal("0.01"), lot=Decimal(10))
    assert tens.scale().least_whole == 2**63


ANY_FLOAT = st.floats(1e-20, 1e20)
SHORT_FLOAT = st.builds(
    lambda units, places: float(Decimal(units).scaleb(-places)), st.integers(1, 10**17), st.integers(0, 24)
)


@given(st.one_of(SHORT_FLOAT, ANY_FLOAT), st.sampled_from([0, 8, 14, 20, 27]), st.sampled_from([1, -1]))
def test_a_price_given_as_a_float_is_the_decimal_that_it_is_written_as(price: float, decimals: int, sign: int) -> None:
    scale = Instrument.default("BTC/USD", AssetClass.CRYPTO).scale(price_decimals=decimals)

    def told(value: float | str) -> object:
        try:
            return scale.limit_price(value, sign=sign), scale.stop_price(value)
        except InvalidOrder as error:
            return str(error)

    assert told(price) == told(repr(price))
