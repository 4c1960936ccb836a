"""Our orders as a venue is asked for them."""

from decimal import Decimal

from tests.unit.veda.live_builders import live_order, submission, venue_order
from weaver.model.orders.actions import OrderClass, OrderType
from weaver.veda.trading.requests import change_of, fits, request_of


def test_a_replacement_of_what_has_filled_in_part_says_for_how_much_it_is() -> None:
    old = live_order(order_type=OrderType.LIMIT, limit=99, filled=4)
    new = live_order("run-2", order_type=OrderType.LIMIT, limit=98)
    asked = change_of(submission("run-2"), new, old)
    assert (asked.quantity, asked.limit) == (10, 98)
    assert change_of(submission("run-2"), new, live_order(order_type=OrderType.LIMIT, limit=99)).quantity is None


def test_an_oco_is_known_though_its_stop_has_filled_in_part() -> None:
    target = live_order(side="sell", order_type=OrderType.LIMIT, order_class=OrderClass.OCO, limit=110)
    stop = live_order("run-2", side="sell", order_type=OrderType.STOP, order_class=OrderClass.OCO, stop=90)
    request = request_of(submission(), target, [target, stop])
    assert fits(venue_order(side="sell", quantity=Decimal(6)), request)
    assert not fits(venue_order(side="sell", quantity=Decimal(11)), request)


def test_another_quantity_is_another_order() -> None:
    request = request_of(submission(), live_order(), [])
    assert fits(venue_order(), request)
    assert not fits(venue_order(quantity=6), request)
