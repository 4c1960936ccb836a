"""An order of ours over a split, by hand and as the model's own orders go."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.veda.live_builders import live_order
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import units_of
from weaver.model.orders import splits as model_splits
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.veda.orders.splits import PRICE_DECIMALS, split_prices, split_quantity, split_rest

STOCK = Instrument(symbol="AAPL", asset_class=AssetClass.STOCK, tick=Decimal("0.01"), lot=Decimal(1))
SCALE = STOCK.scale(price_decimals=PRICE_DECIMALS)
RATIOS = st.builds(Fraction, st.integers(1, 20), st.integers(1, 20))


def test_two_for_one_halves_prices_and_doubles_what_is_left() -> None:
    order = live_order(quantity=10, filled=4, limit="101.01", stop="99.5", trail="3")
    moved = split_rest(split_prices(order, Fraction(2), STOCK), Fraction(2), Decimal(1))
    assert (moved.limit, moved.stop, moved.trail) == (Decimal("50.5"), Decimal("49.75"), Decimal("1.5"))
    assert (moved.quantity, moved.filled, moved.remaining) == (16, 4, 12)


def test_a_reverse_split_cuts_down_to_the_lot() -> None:
    assert split_quantity(Decimal(25), Fraction(1, 10), Decimal(1)) == 2
    assert split_quantity(Decimal(25), Fraction(1, 10), Decimal("0.1")) == Decimal("2.5")
    assert split_quantity(Decimal(7), Fraction(1, 10), Decimal(1)) == 0


@given(st.integers(1, 10_000), st.integers(1, 5_000_000), RATIOS)
def test_a_limit_order_moves_as_a_backtests_does(quantity: int, cents: int, ratio: Fraction) -> None:
    price = Decimal(cents) / 100
    limit = units_of(price, SCALE.price_decimals)
    theirs = Order(1, SCALE, 1, quantity, 0)
    theirs.order_type, theirs.limit_units = OrderType.LIMIT, limit
    model_splits.split_prices(theirs, ratio.as_integer_ratio())
    model_splits.split_quantity(theirs, ratio.as_integer_ratio())
    ours = split_rest(split_prices(live_order(quantity=quantity, limit=price), ratio, STOCK), ratio, STOCK.lot)
    assert ours.limit == theirs.limit
    assert units_of(ours.quantity, SCALE.quantity_decimals) == theirs.units
