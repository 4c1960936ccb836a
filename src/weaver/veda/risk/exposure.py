"""What an order, a holding and all of them would come to."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from weaver.model.orders.actions import OrderClass, OrderType, Side
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.risk.reducing import reducible
from weaver.veda.risk.view import Multipliers, PricedAt, Standing

ZERO, ONE = Decimal(0), Decimal(1)


def order_price(order: LiveOrder, prices: Mapping[str, PricedAt]) -> Decimal | None:
    """What a unit is taken to cost: the order's limit, else its stop, else the newest price."""
    if order.limit is not None:
        return order.limit
    if order.stop is not None:
        return order.stop
    newest = prices.get(order.symbol)
    return None if newest is None else newest.price


def value_of(order: LiveOrder, prices: Mapping[str, PricedAt], multipliers: Multipliers) -> Decimal:
    """What is left of an order comes to, in cash."""
    if order.notional is not None:
        return max(order.notional - order.value, ZERO)
    return order.remaining * (order_price(order, prices) or ZERO) * multipliers.get(order.symbol, ONE)


def holding_after(order: LiveOrder, own: Standing) -> Decimal:
    """What would be held of an order's symbol if it filled, and with it all that works on its side; but for exits of a
    group, which are cut to what is held."""
    others = sum((one.remaining for one in pending(order, own) if one.side is order.side and not is_cut(one)), ZERO)
    return own.held.get(order.symbol, ZERO) + order.side.sign * (order.remaining + others)


def past_zero(order: LiveOrder, own: Standing) -> Decimal:
    """How much of an order could take what is held past zero that must not: a sale of whom may not be short, with all
    that works on its side; an oco, which only exits, beside all others that do. Nothing where the venue sees to it."""
    if own.is_cut_by_venue:
        return ZERO
    if order.order_class is OrderClass.OCO:
        held = own.held.get(order.symbol, ZERO)
        return max(order.remaining - reducible(order, held=held, working=own.working), ZERO)
    if own.may_short or order.side is not Side.SELL:
        return ZERO
    return max(-holding_after(order, own), ZERO)


def pending(order: LiveOrder, own: Standing) -> list[LiveOrder]:
    """The other orders of its symbol that may still fill."""
    return [one for one in own.working if one.symbol == order.symbol and _counts(one, order)]


def is_cut(order: LiveOrder) -> bool:
    """Whether Weaver keeps an order within what is held, whoever else closes it: a leg, or an oco's."""
    return order.reduces and order.group_id is not None


def gross_around(
    order: LiveOrder, own: Standing, prices: Mapping[str, PricedAt], multipliers: Multipliers
) -> tuple[Decimal, Decimal]:
    """What all holdings would be worth, without signs, if all that adds filled: without an order, and with it.

    Of what reduces only market orders are certain to. Of a holding the newest price counts, of an order its own.
    """
    marks = {symbol: known.price * multipliers.get(symbol, ONE) for symbol, known in prices.items()}
    certain = dict(own.held)
    uncertain = defaultdict[str, dict[Side, Decimal]](dict)
    for one in own.working:
        if not _counts(one, order):
            continue
        if not one.reduces:
            _add(uncertain[one.symbol], one, value_of(one, prices, multipliers))
        elif one.order_type is OrderType.MARKET:
            certain[one.symbol] = certain.get(one.symbol, ZERO) + one.side.sign * one.remaining
    worth = {symbol: quantity * marks.get(symbol, ZERO) for symbol, quantity in certain.items()}
    without = sum(map(abs, worth.values()), ZERO)
    without += sum((_added(worth.get(symbol, ZERO), sides) for symbol, sides in uncertain.items()), ZERO)
    others, held = uncertain[order.symbol], worth.get(order.symbol, ZERO)
    with_it = dict(others)
    _add(with_it, order, value_of(order, prices, multipliers))
    return without, without + _added(held, with_it) - _added(held, others)


def _add(sides: dict[Side, Decimal], order: LiveOrder, value: Decimal) -> None:
    """To what orders of one symbol come to, in cash, on each side."""
    sides[order.side] = sides.get(order.side, ZERO) + value


def _added(held: Decimal, sides: Mapping[Side, Decimal]) -> Decimal:
    """By how much orders of one symbol could raise what is held of it (its value, signed), on the worse side."""
    return max(abs(held + side.sign * sides.get(side, ZERO)) for side in Side) - abs(held)


def _counts(other: LiveOrder, order: LiveOrder) -> bool:
    """Whether another order may fill beside this one. An exit that waits for its entry reduces what that will bring."""
    return (
        other.is_working
        and other.cancel_asked is None
        and other.id not in {order.id, order.replaces}
        and other.waits_for is not WaitsFor.ENTRY
    )
