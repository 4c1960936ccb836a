"""Orders, targets and exit groups as values."""

from decimal import Decimal

import pytest

from weaver.model.errors import IllegalTransition
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.model.numbers.scale import Scale
from weaver.model.orders.actions import Side
from weaver.model.orders.order import ExitGroup, Order, Target
from weaver.model.orders.status import OrderEvent, OrderStatus

ONE = 10**8
STOCK = Instrument.default("AAA", AssetClass.STOCK).scale()
CRYPTO = Instrument.default("BTC/USD", AssetClass.CRYPTO).scale()


def order(number: int = 1, *, sign: int = 1, units: int = 10) -> Order:
    return Order(number, STOCK, sign, units, 0)


def accepted(units: int = 10, *, number: int = 1) -> Order:
    one = order(number, units=units)
    one.happen(OrderEvent.ACCEPT)
    return one


def bracket(*, cap: int | None = None) -> tuple[Order, ExitGroup, Order]:
    entry, leg = accepted(), order(2, sign=-1)
    group = ExitGroup(entry=entry, cap=cap)
    group.legs.append(leg)
    entry.exits, leg.group, leg.reduce_only = group, group, True
    return entry, group, leg


def test_order_fills_in_parts_and_knows_its_average_price() -> None:
    one = accepted()
    assert one.average_price is None
    one.add_fill(4, 400 * ONE)
    assert (one.status, one.remaining) == (OrderStatus.PARTIAL, 6)
    one.add_fill(6, 630 * ONE)
    assert one.status is OrderStatus.FILLED
    assert one.filled_quantity == 10
    assert str(one.average_price) == "103.00000000"


def test_fill_past_the_quantity_is_refused() -> None:
    one = accepted()
    one.add_fill(8, 1)
    with pytest.raises(IllegalTransition, match="order 1: a fill of 3 units exceeds the 2 left"):
        one.add_fill(3, 1)
    assert one.filled == 8


def test_fill_after_a_cancel_is_kept_and_leaves_it_cancelled() -> None:
    one = accepted()
    one.happen(OrderEvent.CANCEL)
    one.add_fill(4, 1)
    assert (one.status, one.filled, one.is_working) == (OrderStatus.CANCELLED, 4, False)


def test_decimals_are_derived_from_the_units() -> None:
    one = Order(3, CRYPTO, -1, ONE // 4, 0)
    assert (one.id, one.symbol, one.side, str(one.side)) == ("3", "BTC/USD", Side.SELL, "sell")
    assert (one.quantity, one.limit, one.stop, one.trail) == (Decimal("0.25"), None, None, None)
    one.limit_units, one.stop_units, one.trail_units = 5 * ONE, 6 * ONE, ONE // 2
    assert (one.limit, one.stop, one.trail) == (Decimal(5), Decimal(6), Decimal("0.5"))
    assert repr(one) == "<Order 3 sell 0.25000000 BTC/USD market pending>"


@pytest.mark.parametrize(
    ("target", "scale", "quantity"),
    [
        (Target(units=-7), STOCK, -7),
        (Target(value=1000 * ONE), STOCK, 33),  # 1000 ÷ 30
        (Target(value=-1000 * ONE), STOCK, -33),
        (Target(numerator=1, denominator=3), STOCK, 111),  # a third of 10,000 ÷ 30
        (Target(numerator=-17, denominator=10), STOCK, -566),
        (Target(numerator=1, denominator=1), CRYPTO, 33_333_333_333),
    ],
)
def test_target_is_cut_toward_zero_in_lots(target: Target, scale: Scale, quantity: int) -> None:
    assert target.quantity(equity=10_000 * ONE, price=30 * ONE, scale=scale) == quantity


def test_legs_and_groups_know_each_other() -> None:
    entry, group, leg = bracket()
    assert (entry.legs, leg.legs, leg.is_exit_leg, entry.is_exit_leg) == ((leg,), (), True, False)
    assert group.to_come == 10


def test_group_follows_what_its_entry_brings() -> None:
    entry, group, _ = bracket()
    entry.add_fill(4, 1)
    group.enter(4)
    assert (group.remaining, group.to_come) == (4, 6)
    entry.add_fill(1, 1)
    group.enter(1)
    assert (group.remaining, group.to_come) == (5, 5)
    entry.happen(OrderEvent.CANCEL)
    assert group.to_come == 0


def test_cap_bounds_what_counts_of_the_entry() -> None:
    entry, group, _ = bracket(cap=6)
    assert group.to_come == 6
    entry.add_fill(4, 1)
    group.enter(4)
    assert (group.remaining, group.to_come) == (4, 2)
    entry.add_fill(6, 1)
    group.enter(6)
    assert (group.remaining, group.cap, group.to_come) == (6, 0, 0)


def test_split_scales_what_is_left_down_to_the_lot() -> None:
    _, group, _ = bracket(cap=5)
    group.remaining = 3
    group.split((3, 2), lot=1)
    assert (group.remaining, group.cap) == (4, 7)
    oco = ExitGroup(entry=None, entered=5)
    oco.split((1, 10), lot=1)
    assert (oco.remaining, oco.cap, oco.to_come) == (0, None, 0)
