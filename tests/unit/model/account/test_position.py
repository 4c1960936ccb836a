"""The one position arithmetic, by hand: amounts in cents where the text says so, in cash units (1e-8) inside."""

from decimal import Decimal
from fractions import Fraction

import pytest

from weaver.model.account.position import Position
from weaver.model.market.instrument import AssetClass, Instrument

ONE = 10**8
SCALE = Instrument.default("AAA", AssetClass.STOCK).scale()
FLAT = Position(scale=SCALE)


def price(value: float) -> int:
    return round(value * ONE)


def shape(position: Position) -> tuple[int, float, float, float]:
    """Units, cost, realised, fees."""
    return position.units, position.cost / ONE, position.realised / ONE, position.fees / ONE


def test_long_is_built_and_closed_in_parts() -> None:
    held = FLAT.filled(10, price(100), price(1)).filled(10, price(110), price(1))
    assert shape(held) == (20, 2100, 0, 2)
    assert held.average_price == 105
    assert held.quantity == 20
    held = held.filled(-5, price(120), price(1))
    assert shape(held) == (15, 1575, 75, 3)  # 5 × (120 − 105)
    held = held.filled(-15, price(100))
    assert shape(held) == (0, 0, 0, 3)  # 75 + 15 × (100 − 105)
    assert held.average_price is None
    assert held.realised_pnl == 0


def test_short_earns_when_it_is_bought_back_lower() -> None:
    held = FLAT.filled(-10, price(50))
    assert shape(held) == (-10, -500, 0, 0)
    assert held.average_price == 50
    assert held.market_value(price(45)) == -450 * ONE
    assert held.unrealised(price(45)) == 50 * ONE
    held = held.filled(4, price(45))
    assert shape(held) == (-6, -300, 20, 0)
    assert shape(held.filled(6, price(60))) == (0, 0, -40, 0)


@pytest.mark.parametrize(("side", "sign"), [("long to short", 1), ("short to long", -1)])
def test_reversal_through_zero_closes_the_old_and_opens_the_new(side: str, sign: int) -> None:
    del side
    held = FLAT.filled(sign * 10, price(100)).filled(-sign * 25, price(104))
    assert shape(held) == (-sign * 15, -sign * 1560, sign * 40, 0)
    assert held.average_price == 104


def test_cost_of_an_uneven_part_is_rounded_and_nothing_is_lost() -> None:
    held = FLAT.filled(3, 1)  # three units at 1e-8
    parts = held.filled(-1, 1).filled(-1, 1).filled(-1, 1)
    assert (parts.units, parts.cost, parts.realised) == (0, 0, 0)


def test_split_keeps_the_cost_and_pays_the_fraction() -> None:
    held = FLAT.filled(5, price(30))
    after, paid = held.split(numerator=3, denominator=2, previous_close=Fraction(price(30)))
    # 7.5 shares: 7 stay, half a share is paid at 30 ÷ 1.5 = 20; it takes 1/15 of the cost along.
    assert after.units == 7
    assert paid == price(10)
    assert (after.cost, after.realised) == (price(140), 0)
    assert after.market_value(price(20)) + paid == price(150)


def test_split_of_a_short_takes_the_fraction_from_it() -> None:
    after, paid = FLAT.filled(-5, price(30)).split(numerator=3, denominator=2, previous_close=Fraction(price(33)))
    assert (after.units, paid) == (-7, price(-11))
    assert (after.cost, after.realised) == (price(-140), price(-1))  # half a share sold at 20, taken back at 22


def test_even_split_pays_nothing() -> None:
    after, paid = FLAT.filled(5, price(30)).split(numerator=4, denominator=1, previous_close=Fraction(price(30)))
    assert (after.units, after.cost, paid) == (20, price(150), 0)


def test_reverse_split_can_leave_nothing_but_cash() -> None:
    after, paid = FLAT.filled(5, price(30)).split(numerator=1, denominator=10, previous_close=Fraction(price(31)))
    assert (after.units, after.cost, paid, after.realised) == (0, 0, price(155), price(5))


def test_dividends_are_income_apart() -> None:
    held = FLAT.filled(10, price(10)).paid(price(2.5)).paid(price(-1))
    assert held.income == price(1.5)
    assert shape(held) == (10, 100, 0, 0)
    assert held.realised_pnl == Decimal(0)


def test_a_fee_taken_of_the_asset_leaves_its_cost_with_the_rest() -> None:
    held = FLAT.filled(10, price(100)).taken(2)
    assert shape(held) == (8, 1000, 0, 0)
    assert held.average_price == 125
    assert shape(held.taken(8)) == (0, 0, -1000, 0)
    assert shape(held.taken(9)) == (-1, 0, -1000, 0)  # owed
    assert shape(FLAT.filled(-10, price(100)).taken(1)) == (-11, -1000, 0, 0)
