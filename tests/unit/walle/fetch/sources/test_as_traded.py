"""Splits are taken out again exactly: what was traded comes back from what Yahoo makes of it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stand_ins.yahoo import single
from weaver.model.market.corporate_actions import Dividend, Split, ex_day
from weaver.walle.fetch.sources.as_traded import as_traded, dividend_as_paid, factors, shortest


def one(value: float, factor: float) -> float:
    return float(shortest(np.array([value]), np.array([factor]))[0])


@pytest.mark.parametrize(
    ("sent", "factor", "traded"),
    [
        (0.12834799289703369, 224.0, 28.75),  # AAPL on 1980-12-12, as published datasets have it
        (0.1289059966802597, 224.0, 28.875),
        (19.799999237060547, 0.1, 1.98),  # LCID before its reverse split of 2025
        (236.88999938964844, 1.0, 236.89),
        (43.064998626708984, 1.0, 43.065),
        (8.4e-06, 1.0, 8.4e-06),
        (407000.0, 1.0, 407000.0),
    ],
)
def test_price_that_yahoo_sends_becomes_the_one_that_was_traded(sent: float, factor: float, traded: float) -> None:
    assert one(sent, factor) == traded


@given(
    cents=st.integers(100, 10_000_00),
    ratio=st.sampled_from(["2", "3/2", "4", "7", "20", "1/10", "1/8"]).map(Fraction),
)
def test_cents_come_back_from_six_decimals_in_single_precision(cents: int, ratio: Fraction) -> None:
    sent = single(Fraction(cents, 100) / ratio)
    assert abs(one(sent, float(ratio)) - cents / 100) <= 1e-6 * float(ratio) + cents / 100 * 2**-23


@given(cents=st.lists(st.integers(100, 50_000), min_size=4, max_size=4), ratio=st.sampled_from([1, 2, 7, 28]))
def test_high_and_low_stay_the_highest_and_the_lowest(cents: list[int], ratio: int) -> None:
    low, open_, close, high = (np.array([single(Fraction(one, 100 * ratio))]) for one in sorted(cents))
    sent = {"open": open_, "high": high, "low": low, "close": close, "volume": np.array([700.0 * ratio])}
    found = as_traded(sent, np.array([float(ratio)]))
    assert found["low"][0] == min(found[name][0] for name in ("open", "high", "low", "close"))
    assert found["high"][0] == max(found[name][0] for name in ("open", "high", "low", "close"))
    assert found["volume"][0] == 700


def test_only_splits_after_a_day_count_and_they_multiply() -> None:
    splits = [Split(ex_date=date(2014, 6, 9), ratio=7), Split(ex_date=date(2020, 8, 31), ratio=4)]
    days = [date(2014, 6, 6), date(2014, 6, 9), date(2020, 8, 28), date(2020, 8, 31)]
    found = factors(np.array([ex_day(Dividend(ex_date=day, amount=Decimal(1))) for day in days]), splits)
    assert found.tolist() == [28, 4, 4, 1]


def test_dividend_is_what_was_paid_then() -> None:
    splits = [Split(ex_date=date(2014, 6, 9), ratio=7), Split(ex_date=date(2020, 8, 31), ratio=4)]
    sent = Dividend(ex_date=date(2014, 2, 6), amount=Decimal("0.108929"))  # AAPL's of 3.05
    assert dividend_as_paid(sent, splits).amount == Decimal("3.05")
