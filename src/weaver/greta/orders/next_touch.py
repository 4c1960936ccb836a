"""When a resting order can next be touched: the tick up to which nothing happens to any."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.book import OrderBook
from weaver.greta.orders.trails import NEVER, Trail, Trails
from weaver.model.orders.actions import OrderType, TimeInForce
from weaver.model.orders.order import Order

BLOCK, BLOCK_MAX = 256, 65_536
"""How many ticks are searched at once: few at first, for most of what rests is touched or overtaken soon."""
BUSY_MAX = 15
"""For how many ticks at most nothing is searched for where searching has found nothing to leave out."""
LIMIT = OrderType.LIMIT
RESTING = (LIMIT, OrderType.STOP, OrderType.STOP_LIMIT)
TRAILING_STOP, DAY, GTC = OrderType.TRAILING_STOP, TimeInForce.DAY, TimeInForce.GTC
LASTING = (TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD)
ONE_BAR = (TimeInForce.IOC, TimeInForce.FOK)
AUCTIONS = (TimeInForce.OPG, TimeInForce.CLS)


class Level(NamedTuple):
    """A price that an order waits for: the first bar whose `column` `compare`s with `bound` may touch it."""

    prices: Prices
    column: NDArray[np.float64]
    compare: np.ufunc
    bound: float

    def first(self, start: int, stop: int) -> int:
        """The tick of the first bar that may touch it, of those that close at the ticks from `start` to before
        `stop`; NEVER if none does. As floats none is missed."""
        first, last = self.prices.bars_of(start, stop)
        if first >= last:
            return NEVER
        touched = self.compare(self.column[first:last], self.bound)
        at = int(touched.argmax())
        return self.prices.tick_of(first + at) if touched[at] else NEVER


class Watch:
    """Knows up to which tick nothing can happen to the orders of a book, so that until then none is looked at.

    It looks a little ahead and farther each time, so that no bar is searched often however the orders change. Orders
    placed up to the instant `begin` (ns) may act on any bar.
    """

    def __init__(
        self, orders: OrderBook, prices: Mapping[str, Prices], trails: Trails, ticks: memoryview, begin: int
    ) -> None:
        self._orders, self._book, self._prices, self._trails = orders, orders.working, prices, trails
        self._begin = begin
        self.ticks = np.asarray(ticks)
        """The clock's ticks, ns."""
        self._instants = ticks
        self._seen, self._due, self._span = (0, 0), 0, BLOCK
        self._searched = 0
        """The tick up to which nothing has been found, if that is what is due."""
        self._busy, self._skips = 0, 0

    def due(self, now: int) -> int:
        """The first tick after `now` at which something can happen to an order; perhaps too early, never late."""
        state = (len(self._book), self._orders.changes)
        if state != self._seen:
            self._seen, self._due, self._span = state, now + 1, BLOCK
        elif self._skips and self._due <= now:  # it has been busy: something will happen at the next tick as well
            self._due, self._skips = now + 1, self._skips - 1
        elif self._due <= now or self._due == self._searched == now + 1:
            self._searched = now + 1 + self._span
            self._due = self._search(now, self._searched)
            self._span = min(4 * self._span, BLOCK_MAX)
            self._skips = self._busy = min(2 * self._busy + 1, BUSY_MAX) if self._due == now + 1 else 0
        return self._due

    def leaves(self, order: Order, tick: int) -> bool:
        """Whether the bars of a tick surely leave an order that may rest as it is, but for its acceptance and the
        beginning of its day; those of every tick since it was placed, up to this, have done so."""
        instant, expires_at, tif = self._instants[tick], order.expires_at, order.tif
        if expires_at is not None and expires_at <= instant:
            return False
        if order.waiting:
            return True
        if order.group or order.triggered or order.order_type not in RESTING or tif not in LASTING:
            return False
        prices = self._prices[order.scale.symbol]
        bar = prices.bar_at(tick)
        if bar < 0 or prices.opens[bar] < order.placed:
            return False
        if not (prices.all_tradable or prices.is_tradable(bar, extended=order.extended_hours)):
            return False
        if self._is_to_rest(order, prices):
            return False
        if tif is DAY:
            closes = self._orders.session_closes
            close = closes.get(order.number)
            if close is None:
                session = prices.session_of(bar)
                close = session.extended_close if order.extended_hours else session.close
            if close <= instant:
                return False
            closes[order.number] = close
        return not is_touched(order, prices, bar)

    def rest(self, tick: int) -> None:
        """The book as it stands has had its turn at a tick; until it changes, what is to come can be searched for."""
        state = (len(self._book), self._orders.changes)
        if state != self._seen or self._due > tick:
            self._seen, self._due, self._span = state, tick, BLOCK

    def look_again(self) -> None:
        """What was found no longer holds: prices and quantities have changed under the orders."""
        self._seen = (-1, -1)

    def _search(self, now: int, until: int) -> int:
        due = until
        levels: list[Level | Trail] = []
        for order in self._book:
            session_close, tif = self._orders.session_closes.get(order.number, order.expires_at), order.tif
            if session_close is not None:
                due = min(due, max(int(np.searchsorted(self.ticks, session_close)), now + 1))
            if order.waiting:
                continue
            prices = self._prices[order.scale.symbol]
            bar = prices.newest_at(now) + 1
            if bar >= prices.count:
                continue
            if tif is not GTC and tif in AUCTIONS:
                due = min(due, self._auction(order, prices, bar))
            elif tif is not GTC and (tif in ONE_BAR or (tif is DAY and session_close is None)):
                due = min(due, prices.tick_of(bar))
            elif self._trails.follows(order) and _meets_all(order, prices, bar):
                levels.append(self._trails.search(order, now))
            elif _needs_bar(order) or self._is_to_rest(order, prices):
                due = min(due, prices.tick_of(bar))
            else:
                levels.append(_level(order, prices))
        return _first_touch(levels, now + 1, min(due, len(self.ticks)), due)

    def _is_to_rest(self, order: Order, prices: Prices) -> bool:
        """Whether an order's next bar has to see it rest, as that makes a difference to what it costs."""
        if not prices.costs.is_by_liquidity:
            return False
        return order.order_type is LIMIT and order.number not in self._orders.rested

    def _auction(self, order: Order, prices: Prices, bar: int) -> int:
        """The tick of the first bar, from one on, that an opg or cls order has to see, its session's last apart."""
        if order.tif is TimeInForce.CLS:
            return NEVER if order.number in self._orders.session_closes else prices.tick_of(bar)
        if self._begin < order.begun > prices.session_of(bar).open:
            bar = prices.first_of_next_session(bar)
        return prices.tick_of(bar) if bar < prices.count else NEVER


def _first_touch(levels: Sequence[Level | Trail], start: int, end: int, otherwise: int) -> int:
    """The first tick from `start` to before `end` at which a level is touched: all of them block by block, so that
    what is far away costs nothing while something else is near."""
    size = BLOCK
    while levels and start < end:
        touch = stop = start + size if start + size < end else end
        for level in levels:
            found = level.first(start, touch)
            if found < touch:
                touch = found
        if touch < stop:
            return touch
        start, size = stop, min(4 * size, BLOCK_MAX)
    return otherwise


def _needs_bar(order: Order) -> bool:
    """Whether its next bar, whatever that is, does something to an order."""
    if order.order_type is TRAILING_STOP:
        return True
    return order.limit_units is None and (order.stop_units is None or order.triggered)


def _meets_all(order: Order, prices: Prices, bar: int) -> bool:
    """Whether every bar from one on is for an order, one after the other."""
    return prices.all_tradable and prices.is_contiguous and prices.opens[bar] >= order.placed


def _level(order: Order, prices: Prices) -> Level:
    """The price that an order waits for."""
    bars, (bound, is_low) = prices.listing.bars, _bound(order, prices)
    column, compare = (bars.low, np.less_equal) if is_low else (bars.high, np.greater_equal)
    return Level(prices, column, compare, bound)


def is_touched(order: Order, prices: Prices, bar: int) -> bool:
    """Whether a bar may touch it."""
    if order.order_type is LIMIT:  # `_bound` in place: what rests is mostly this
        assert order.limit_units is not None
        bound, is_low = order.limit_units / prices.scale.price_one, order.sign > 0
    else:
        bound, is_low = _bound(order, prices)
    return prices.low[bar] <= bound if is_low else prices.high[bar] >= bound


def _bound(order: Order, prices: Prices) -> tuple[float, bool]:
    """The price that an order waits for, and whether for low ones: a buy limit and a sell stop do."""
    price = order.stop_units
    is_stop = price is not None and not order.triggered
    if not is_stop:
        price = order.limit_units
    assert price is not None
    return price / prices.scale.price_one, (order.sign > 0) != is_stop
