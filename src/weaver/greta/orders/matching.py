"""A backtest's orders against its bars, tick by tick: the exchange, given what the arrays have."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.orders.exchange import Exchange
from weaver.greta.orders.turns import EVER
from weaver.model.market.session_bar import SessionBar
from weaver.model.orders.execution import AT_END, Execution
from weaver.model.orders.order import Order


class LedgerMeans:
    """A backtest's account as its exchange asks it. It knows at which bars of the arrays the exchange is."""

    def __init__(self, ledger: Ledger, prices: Mapping[str, Prices]) -> None:
        self._ledger, self._prices = ledger, prices
        self.rules, self.units = ledger.rules, ledger.units
        self._tick = -1
        self._indices: dict[str, int] = {}

    @property
    def cash(self) -> int:
        """What there is, in cash units."""
        return self._ledger.cash

    def value(self, symbol: str, units: int) -> int:
        """What so many units are worth at the newest close before the tick's bars."""
        return self._ledger.value(symbol, units, self._tick - 1)

    def take(self, execution: Execution) -> None:
        """Book it on the bar of its symbol."""
        order, units, market, price, commission, _, place, notes, _ = execution
        symbol = order.scale.symbol
        self._prices[symbol].last_fill = market
        index, slippage = self._indices[symbol], execution.slippage
        self._ledger.record(order, order.sign * units, price, slippage, commission, index, place, notes)

    def bars_at(self, tick: int, orders: Sequence[Order]) -> dict[str, SessionBar]:
        """Stand at a tick: those of its bars that are of the orders' symbols."""
        self._tick = tick
        bars: dict[str, SessionBar] = {}
        for order in orders:
            symbol = order.scale.symbol
            if symbol not in bars:
                prices = self._prices[symbol]
                index = prices.bar_at(tick)
                if index >= 0:
                    self._indices[symbol], bars[symbol] = index, prices.session_bar(index)
        return bars

    def bar(self, symbol: str, index: int) -> SessionBar:
        """Stand at a bar of one symbol."""
        self._indices[symbol] = index
        return self._prices[symbol].session_bar(index)


class Matcher:
    """What a tick's bars do to the orders of a backtest."""

    def __init__(
        self,
        ledger: Ledger,
        prices: Mapping[str, Prices],
        *,
        legs_wait: bool,
        on_end: Callable[[Order], None] | None,
    ) -> None:
        self._means = LedgerMeans(ledger, prices)
        costs = {symbol: price.costs for symbol, price in prices.items()}
        kept = ledger.fills.kept
        self.exchange = Exchange(self._means, costs, kept=kept, legs_wait=legs_wait, on_end=on_end)
        self.orders, self.filling = self.exchange.book, self.exchange.filling
        self.book = self.orders.working
        self.ticks, self.begin = memoryview(b""), EVER
        """The clock's ticks, ns; and up to which instant orders may have been placed that may act on any bar."""

    def take_clock(self, ticks: NDArray[np.int64], begin: int) -> None:
        """Go by a clock's ticks from here on; orders placed up to the instant `begin` may act on any bar, all in ns."""
        self.ticks, self.begin = ticks.data, begin
        self.exchange.open_from(begin)

    def trade(self, tick: int) -> None:
        """Fills at the open, then fills inside the bar."""
        self.exchange.trade(self.ticks[tick], self._means.bars_at(tick, self.book))

    def expire(self, tick: int) -> None:
        """End the orders whose session has closed."""
        self.exchange.expire(self.ticks[tick])

    def close_out(self, order: Order, index: int) -> None:
        """Fill an order whole at the close of a bar of its symbol, whatever the account's means."""
        bar = self._means.bar(order.symbol, index)
        paid = self.filling.paid(order, bar.close)
        self.filling.execute(order, order.remaining, bar.close, paid, bar, AT_END, ("close_at_end",))
