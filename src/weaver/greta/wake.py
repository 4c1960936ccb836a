"""When a resting order can next be touched: the tick up to which a run may jump."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.prices import Prices
from weaver.model.actions import OrderType, TimeInForce
from weaver.model.order import Order

NEVER = 2**62


def next_wake(order: Order, prices: Prices, ticks: NDArray[np.int64], now: int) -> int:
    """The first tick after `now` at which something can happen to an order, or NEVER; perhaps too early, never late."""
    if order.waiting:
        return NEVER
    bar = prices.newest_at(now) + 1
    if bar >= prices.count:
        return _expiry(order, ticks, now)
    needs_every_bar = (
        order.order_type is OrderType.TRAILING_STOP
        or order.tif in (TimeInForce.IOC, TimeInForce.FOK)
        or (order.tif is TimeInForce.DAY and order.session_close is None)
    )
    touch = bar if needs_every_bar else _touch(order, prices, bar)
    return min(prices.tick_of(touch) if touch >= 0 else NEVER, _expiry(order, ticks, now))


def _touch(order: Order, prices: Prices, bar: int) -> int:
    """The first bar from `bar` on that reaches an order's price, or −1."""
    price, is_stop = order.limit_units, False
    if order.stop_units is not None and not order.triggered:
        price, is_stop = order.stop_units, True
    if price is None:
        return bar
    # A buy limit and a sell stop wait for low prices, the others for high ones.
    waits_for_low = (order.sign > 0) != is_stop
    return prices.first_below(price, bar) if waits_for_low else prices.first_above(price, bar)


def _expiry(order: Order, ticks: NDArray[np.int64], now: int) -> int:
    if order.session_close is None:
        return NEVER
    return max(int(np.searchsorted(ticks, order.session_close)), now + 1)
