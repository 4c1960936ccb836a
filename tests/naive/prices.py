"""At which price an order fills on a bar, and what comes on top."""

from decimal import Decimal
from fractions import Fraction

from tests.naive.orders import Order
from tests.naive.rounding import fine_step, to_cash, to_nearest, to_price
from tests.naive.scenario import NaiveBar, NaiveCosts, NaiveSymbol
from tests.naive.ticks import Ticks


def price_at_open(order: Order, price: Decimal, ticks: Ticks) -> Decimal | None:
    """`price` if the order fills at an open of that price, else None. Triggers a stop that the open is beyond."""
    if order.is_stop and not order.triggered and _reached(order.side, price, _stop_level(order, ticks)):
        order.triggered = True
    if order.is_stop and not order.triggered:
        return None
    if order.limit is not None and not _satisfies(order.side, price, order.limit):
        return None
    return price


def price_inside(order: Order, bar: NaiveBar, opened: Decimal, ticks: Ticks) -> Decimal | None:
    """The price at which the order fills after the bar's open, else None. Triggers a stop that the bar reaches.

    `opened` is the bar's open, or what an entry filled at inside it. An order can be past its price already there: it
    had nothing to exit before.
    """
    if not order.is_stop or order.triggered:
        return None if order.limit is None else _limit_inside(order, bar, opened)
    level = _stop_level(order, ticks)
    if not _reached(order.side, bar.high if order.side > 0 else bar.low, level):
        return None
    order.triggered = True
    if _reached(order.side, opened, level):
        return opened if order.limit is None else _limit_inside(order, bar, opened)
    if order.limit is None or _satisfies(order.side, level, order.limit):
        return level
    return order.limit if _satisfies(order.side, bar.close, order.limit) else None


def price_as_triggered(order: Order, opened: Decimal, ticks: Ticks) -> Decimal:
    """Where the market stood as a bar triggered a stop inside: at it, or beyond it from the start."""
    level = _stop_level(order, ticks)
    return opened if _reached(order.side, opened, level) else level


def _limit_inside(order: Order, bar: NaiveBar, opened: Decimal) -> Decimal | None:
    assert order.limit is not None
    if _satisfies(order.side, opened, order.limit):
        return opened
    return order.limit if touches_limit(order, bar) else None


def touches_limit(order: Order, bar: NaiveBar) -> bool:
    """The bar's best price satisfies the order's limit."""
    assert order.limit is not None
    return _satisfies(order.side, bar.low if order.side > 0 else bar.high, order.limit)


def is_taken(order: Order, price: Decimal) -> bool:
    """An order without a stop fills at that price, when it comes."""
    return order.limit is None or _satisfies(order.side, price, order.limit)


def _reached(side: int, price: Decimal, stop: Decimal) -> bool:
    return price >= stop if side > 0 else price <= stop


def _satisfies(side: int, price: Decimal, limit: Decimal) -> bool:
    return price <= limit if side > 0 else price >= limit


def _stop_level(order: Order, ticks: Ticks) -> Decimal:
    if order.type != "trailing_stop":
        assert order.stop is not None
        return order.stop
    assert order.mark is not None
    mark = Fraction(order.mark)
    if order.trail is not None:
        level = mark + order.side * Fraction(order.trail)
    else:
        assert order.trail_percent is not None
        level = mark * (1 + order.side * Fraction(order.trail_percent) / 100)
    return nearest_price(level, ticks)


def nearest_price(exact: Fraction, ticks: Ticks) -> Decimal:
    """A price at the nearest tick, and at least one tick."""
    tick = ticks.at(exact)
    return max(to_nearest(exact, tick), tick)


def slipped(order: Order, price: Decimal, costs: NaiveCosts, ticks: Ticks) -> Decimal:
    """The price after slippage, to 1e-8 or eight significant digits, never past the order's own limit, never better
    than the price before it.

    However much there is, a step of that rounding (at the price before it) is left.
    """
    slip = price * (costs.slippage_bps + costs.half_spread_bps) / 10_000 + costs.slippage_ticks * ticks.at(price)
    if not slip:
        return price
    exact = price + order.side * slip
    worse = to_price(exact) if exact > 0 else Decimal(0)
    worse = max(worse, price) if order.side > 0 else min(worse, price)
    if order.limit is not None:
        worse = min(worse, order.limit) if order.side > 0 else max(worse, order.limit)
    return max(worse, fine_step(price))


def computed_commission(
    quantity: Decimal, price: Decimal, costs: NaiveCosts, symbol: NaiveSymbol, *, maker: bool
) -> Decimal:
    """The commission of one fill, the order's minimum left aside; `maker`: the order rested, and another came to it."""
    bps = costs.commission_bps + (costs.maker_bps if maker else costs.taker_bps)
    value = quantity * price * symbol.multiplier
    return to_cash(value * bps / 10_000 + quantity * costs.commission_per_share)


def commission_due(
    order: Order, quantity: Decimal, price: Decimal, costs: NaiveCosts, symbol: NaiveSymbol, *, maker: bool
) -> Decimal:
    """What this fill pays: the minimum is per order, and taken on its first fill."""
    total = order.commission_sum + computed_commission(quantity, price, costs, symbol, maker=maker)
    return max(costs.commission_minimum, total) - order.commission_paid
