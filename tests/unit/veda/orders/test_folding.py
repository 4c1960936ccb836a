"""What a venue's word makes of an order: fills that count once, whatever they are called."""

from dataclasses import replace
from decimal import Decimal

from tests.unit.veda.live_builders import NOON, live_order, submission, venue_order
from weaver.model.orders.actions import Side
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.orders.folding import booked, inferred


def fill(execution_id: str, quantity: int, cumulative: int | None, price: str = "100") -> VenueFill:
    return VenueFill(
        execution_id=execution_id,
        venue_order_id="v-run-1",
        symbol="AAPL",
        side=Side.BUY,
        quantity=Decimal(quantity),
        price=Decimal(price),
        cumulative_quantity=None if cumulative is None else Decimal(cumulative),
        time=NOON,
    )


def test_a_fill_that_comes_twice_under_two_ids_counts_once() -> None:
    first = booked(live_order(), submission(), fill("x1", 4, 4), (), NOON)
    again = booked(first.order, first.submission, fill("y1", 4, 4), first.fills, NOON)
    assert (first.order.filled, again.order.filled, again.fills) == (4, 4, ())


def test_one_without_a_cumulative_quantity_is_known_by_what_it_was() -> None:
    first = booked(live_order(), submission(), fill("x1", 4, None), (), NOON)
    again = booked(first.order, first.submission, fill("y1", 4, None), first.fills, NOON)
    other = booked(first.order, first.submission, fill("x2", 4, None, "101"), first.fills, NOON)
    assert (again.order.filled, other.order.filled) == (4, 8)


def test_one_without_a_cumulative_quantity_never_passes_what_the_venue_shows() -> None:
    first = booked(live_order(), submission(), fill("x1", 4, None), (), NOON, most=Decimal(4))
    more = booked(first.order, first.submission, fill("x2", 3, None, "101"), first.fills, NOON, most=Decimal(5))
    assert more.order.filled == 5


def test_a_fill_of_several_gaps_has_several_ids() -> None:
    middle = booked(live_order(), submission(), fill("x2", 2, 6), (), NOON)
    whole = booked(middle.order, middle.submission, fill("x1", 10, 10), middle.fills, NOON)
    assert [(one.execution_id, one.quantity) for one in whole.fills] == [("x1", 4), ("x1#2", 4)]


def test_a_price_that_is_worked_out_fits_a_database() -> None:
    shown = venue_order(filled_quantity=3, average_price="33.333333333333")
    found = inferred(submission(), shown, (), NOON)
    assert found is not None
    assert found.price == Decimal("33.33333333")


def test_value_of_a_cheap_coin_fits_a_database_and_that_of_a_dear_one_stays_exact() -> None:
    cheap = replace(fill("x1", 4, 4, "0.0000000000123456"), quantity=Decimal("0.123456789"))
    found = booked(live_order(), submission(), replace(cheap, cumulative_quantity=None), (), NOON)
    assert found.order.value == Decimal("0.000000000001524148")  # 0.0000000000015241481...
    assert found.fills[0].price == cheap.price
    dear = fill("x1", 4, 4, "12345678901.123456789")
    assert booked(live_order(), submission(), dear, (), NOON).order.value == Decimal("49382715604.493827156")
