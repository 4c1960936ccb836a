"""Splits, dividends, delistings: only values that can be."""

from datetime import date
from decimal import Decimal

import pytest

from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Delisting, Dividend, Split

DAY = date(2020, 8, 31)


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_impossible_values_are_refused(value: str) -> None:
    with pytest.raises(InputError, match=r"the split on 2020-08-31: .* ratio"):
        Split(ex_date=DAY, ratio=Decimal(value))
    with pytest.raises(InputError, match="amount of a dividend on 2020-08-31"):
        Dividend(ex_date=DAY, amount=Decimal(value))


def test_a_worthless_delisting_is_possible_and_a_negative_one_not() -> None:
    assert Delisting(ex_date=DAY, value=Decimal(0)).value == 0
    with pytest.raises(InputError, match="must not be negative"):
        Delisting(ex_date=DAY, value=Decimal("-0.01"))


def test_amounts_are_taken_as_numbers_of_any_kind_and_words_are_refused() -> None:
    assert Dividend(ex_date=DAY, amount=0.82).amount == Decimal("0.82")  # type: ignore[arg-type]
    assert Delisting(ex_date=DAY, value=0).value == Decimal(0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="the amount of a dividend on 2020-08-31 must be a number, not 'much'"):
        Dividend(ex_date=DAY, amount="much")  # type: ignore[arg-type]
