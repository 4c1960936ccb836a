"""The clockwork of a backtest: which ticks are visited, and whose turn it is at each."""

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import BacktestAccount
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.plain_orders import check_opens
from weaver.greta.market import Market
from weaver.greta.orders.turns import EVER
from weaver.greta.pace import Pace
from weaver.greta.ports import Callbacks, Runtime
from weaver.greta.setup import Setup
from weaver.model.orders.status import OrderEvent


class Engine:
    """One run of a strategy, whose runtime acts on the account."""

    def __init__(self, setup: Setup, account: BacktestAccount, runtime: Runtime) -> None:
        self.setup, self.account, self.runtime = setup, account, runtime
        self.prices, self.ledger, self.matcher = account.prices, account.ledger, account.matcher
        self.clock = runtime.clock
        self._adopt(self.clock.ticks)

    def run(self) -> FinishedRun:
        """Run from the first tick to the last, or to where the strategy stops it."""
        self._start()
        self.setup.progress(0.0)
        callbacks = self.runtime.callbacks(self.first)
        is_heard = callbacks.hears_orders or callbacks.hears_fills
        market = Market(self.setup, self.account, self.runtime.take_number, self.first, is_heard=is_heard)
        self._through(market, callbacks)
        self._finish(market, callbacks)
        return self._handed_over()

    def _through(self, market: Market, callbacks: Callbacks) -> None:
        """Tick after tick: those at which the market brings only bars in one go, the others each by itself."""
        fresh = self.account.fresh
        tick, end, turns, pace = self.first, len(self.ticks), callbacks.turns, Pace()
        while tick < end and self.runtime.stop_reason is None:
            reached = tick
            if tick < market.quiet_until(tick):
                reached = callbacks.call_until(tick, pace.due - turns, fresh, market)
            if reached in (tick, market.until) and reached < end and self.runtime.stop_reason is None:
                self.clock.tick = reached
                callbacks.call(market.turn(reached))
                reached += 1
            tick, turns = reached, callbacks.turns
            if pace.is_due(turns):
                self.setup.progress((tick - self.first) / max(end - self.first, 1))

    def _start(self) -> None:
        """`on_start`; signals of other timeframes may add ticks to the clock."""
        self.clock.tick = self.first - 1
        before, ticks = self.ticks, self.runtime.start()
        if ticks is before:
            return
        self._adopt(ticks)
        self.clock.tick = self.first - 1
        for order in self.account.orders:
            order.placed = self.clock.now

    def _adopt(self, ticks: NDArray[np.int64]) -> None:
        """Make `ticks` the run's clock."""
        self.ticks = ticks
        for price in self.prices.values():
            price.align(ticks)
        starts = [
            price.tick_of(index)
            for price in self.prices.values()
            if (index := int(np.searchsorted(price.listing.bars.timestamp, self.setup.start))) < price.count
        ]
        self.first = min(starts)
        self.matcher.take_clock(ticks, EVER if self.first else self.setup.start)

    def _finish(self, market: Market, callbacks: Callbacks) -> None:
        self.account.absorb()
        if self.runtime.stop_reason is None:
            self.clock.tick = len(self.ticks) - 1
        self.ledger.settle()
        check_opens(self.ledger)
        if self.setup.close_at_end:
            self._close_all(market)
        self.account.end()
        callbacks.end()
        self.account.absorb()
        self.setup.progress(1.0)

    def break_off(self) -> FinishedRun:
        """Leave the run where it stands, for those who want to know how far it came."""
        self.account.absorb()
        self.ledger.settle()
        self.account.end()
        return self._handed_over()

    def _handed_over(self) -> FinishedRun:
        setup, ledger, orders, filling = self.setup, self.ledger, self.matcher.orders, self.matcher.filling
        return FinishedRun(
            rules=setup.rules,
            costs=setup.costs,
            prices=self.prices,
            start=setup.start,
            ticks=self.ticks,
            first=self.first,
            last=self.clock.tick,
            fills=ledger.fills,
            flows=ledger.flows,
            book=self.matcher.book,
            rejected=orders.rejected,
            cash=ledger.cash,
            held=ledger.units,
            position=ledger.position,
            capped=filling.capped,
            resized=filling.resized,
            liquidations=self.account.liquidations,
            margin_calls=self.account.margin_calls,
            small_targets=self.runtime.small_targets,
            journal=self.runtime.journal,
            windows=self.runtime.windows,
            stop_reason=self.runtime.stop_reason,
            log=self.account.log,
            ended=self.account.ended,
        )

    def _close_all(self, market: Market) -> None:
        """Close what is held at its last close."""
        for symbol, held in tuple(self.ledger.units.items()):
            prices = self.prices[symbol]
            index = prices.newest_at(self.clock.tick)
            if held and index >= 0:
                order = market.closing_order(symbol, held, self.clock.now)
                order.happen(OrderEvent.ACCEPT)
                self.matcher.close_out(order, index)
