"""What a split does to one order, by hand: 3 new shares for 2 old ones."""

from fractions import Fraction

from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.orders.actions import OrderType
from weaver.model.orders.order import Order
from weaver.model.orders.splits import split_prices, split_quantity

SCALE = Instrument.default("AAA", AssetClass.STOCK).scale()
ONE = SCALE.price_one


def test_prices_go_to_the_nearest_tick_on_the_new_scale() -> None:
    order = Order(1, SCALE, 1, 7, 0)
    order.order_type, order.limit_units, order.stop_units = OrderType.STOP_LIMIT, 10 * ONE, 20 * ONE
    split_prices(order, (3, 2))
    assert (str(order.limit), str(order.stop)) == ("6.67000000", "13.33000000")


def test_a_trailing_stop_keeps_its_best_price_exactly_and_has_its_level_from_that() -> None:
    order = Order(1, SCALE, -1, 7, 0)
    order.order_type, order.mark, order.trail_units, order.stop_units = OrderType.TRAILING_STOP, 10 * ONE, ONE, 9 * ONE
    split_prices(order, (3, 2))
    assert order.mark == Fraction(20 * ONE, 3)
    assert (str(order.trail), str(order.stop)) == ("0.66670000", "6.00000000")


def test_what_is_left_is_cut_to_the_lot_and_what_has_filled_stays() -> None:
    order = Order(1, SCALE, 1, 8, 0)
    order.filled = 3
    split_quantity(order, (3, 2))
    assert order.units == 3 + 7
