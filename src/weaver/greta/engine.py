"""The clockwork of a backtest: which ticks are visited, and what happens at each, in the order of the fill rules."""

from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from weaver.greta.account import BacktestAccount
from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_rows import AT_CLOSE
from weaver.greta.ledger.fills import fill_of
from weaver.greta.ledger.plain_orders import QuickFill, check_opens, quick_fill
from weaver.greta.orders.corporate_actions import CorporateEvents
from weaver.greta.orders.matching import EVER
from weaver.greta.orders.next_touch import NEVER, Watch
from weaver.greta.pace import Pace
from weaver.greta.ports import Runtime
from weaver.greta.setup import Setup
from weaver.model.account.account_kind import AccountKind
from weaver.model.calendar.instants import time_of
from weaver.model.market.tick import Tick
from weaver.model.orders.actions import TimeInForce
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderEvent, OrderStatus


class Engine:
    """One run of a strategy, whose runtime acts on the account."""

    def __init__(self, setup: Setup, account: BacktestAccount, runtime: Runtime) -> None:
        self.setup, self.account, self.runtime = setup, account, runtime
        self.prices, self.ledger, self.matcher = account.prices, account.ledger, account.matcher
        self.watch = Watch(self.matcher.orders, self.prices)
        self.clock = runtime.clock
        self._adopt(self.clock.ticks)
        self.is_margin = setup.rules.kind is AccountKind.MARGIN
        self._told: dict[int, OrderStatus] = {}
        """The status of each order that the strategy last heard of, by number."""

    def run(self) -> FinishedRun:
        """Run from the first tick to the last, or to where the strategy stops it."""
        runtime = self.runtime
        self.clock.tick = self.first - 1
        self._start(runtime)
        self.corporate = CorporateEvents(self.prices, self.ledger, self.matcher, self.first, len(self.ticks) - 1)
        self._on_bars = (
            [(price, runtime.bar(symbol)) for symbol, price in self.prices.items()] if runtime.on_bar else []
        )
        self._collect_signals()
        if not (runtime.on_bar or runtime.on_tick or runtime.on_order or runtime.on_fill):
            self._jump()
        elif self._can_stream():
            self._stream()
        else:
            self._walk(self.first)
        self._finish()
        return self._handed_over()

    def visit(self, tick: int) -> None:
        """Everything that a tick can bring, in order."""
        self.clock.tick = tick
        if tick in self.corporate.ticks:
            self.corporate.happen(tick)
            self.watch.look_again()
        is_due = bool(self.matcher.book) and self.watch.due(tick - 1) <= tick
        if is_due:
            self.matcher.trade(tick)
        if tick in self.corporate.late:
            self.corporate.happen_late(tick)
        if is_due:
            self.matcher.expire(tick)
            self.watch.rest()
        if self.is_margin:
            self._maintain(tick)
        self._tell()
        self.runtime.deliver_windows()
        self._fire(tick)
        self._call_bars(tick)
        if self.runtime.on_tick:
            self.runtime.on_tick(self._tick_value(tick))

    # Three ways through time

    def _walk(self, tick: int) -> None:
        """Tick after tick."""
        pace = Pace()
        due = tick + pace.size
        while tick < len(self.ticks) and self.runtime.stop_reason is None:
            self.visit(tick)
            tick += 1
            if tick >= due:
                self._report(tick)
                due = tick + pace.next()

    def _stream(self) -> None:
        """Bar after bar of one symbol for one `on_bar`: what is read is streamed, what is not costs nothing."""
        runtime, matcher, clock, book = self.runtime, self.matcher, self.clock, self.matcher.book
        watch = self.watch
        prices, bar = self._on_bars[0]
        on_bar, attention, fill = runtime.on_bar, runtime.attention, self._quick_fill()
        assert on_bar is not None
        bar.follow(clock)
        tick, pace = self.first, Pace()
        while tick < len(self.ticks):
            stop = min(tick + pace.size, len(self.ticks), self.corporate.next_after(tick))
            if tick in self.corporate.ticks:
                self.corporate.happen(tick)
                watch.look_again()
            streams = runtime.streams(prices.symbol, tick, stop) or repeat(None)
            for clock.tick, _ in zip(range(tick, stop), streams, strict=False):
                if book:
                    if fill is not None and len(book) == 1 and book[0].is_plain and fill(book[0], clock.tick):
                        book.clear()
                    elif watch.due(clock.tick - 1) <= clock.tick:
                        matcher.trade(clock.tick)
                        matcher.expire(clock.tick)
                        watch.rest()
                on_bar(bar)
                if attention:
                    break
            tick = clock.tick + 1
            if attention:
                bar.follow(None)
                runtime.unstream()
                self._walk(tick)
                return
            self._report(tick)
            pace.next()

    def _jump(self) -> None:
        """From event to event: a signal that is true, a resting order that can trigger, a split or a dividend."""
        clock, book, attention, fill = self.clock, self.matcher.book, self.runtime.attention, self._quick_fill()
        ticks, which, indices, targets = self._fire_ticks, self._fire_which, self._fire_indices, self._fire_targets
        is_margin, end = self.is_margin, len(self.ticks)
        now, at, done, pace = self.first - 1, 0, 0, Pace()
        due = pace.size
        quiet = min(end, self.corporate.next_after(now))  # no tick before it has anything but bars
        while True:
            if fill is not None and len(book) == 1 and book[0].is_plain and now + 1 < quiet and fill(book[0], now + 1):
                book.clear()
            fire = ticks[at]
            if book or is_margin or attention or fire >= quiet:
                now = self._wake(now, fire)
                if now >= end:
                    break
                done += 1
                if done >= due:
                    self._report(now)
                    due = done + pace.next()
                self._fired = at
                self.visit(now)
                at = self._fired
                quiet = min(end, self.corporate.next_after(now))
                if self.runtime.stop_reason is not None:
                    break
                continue
            now = clock.tick = fire
            while ticks[at] == now:
                callback, bar, cursor = targets[which[at]]
                cursor.tick = indices[at]
                at += 1
                callback(bar)
            if attention and self.runtime.stop_reason is not None:
                break
            done += 1
            if done >= due:
                self._report(now)
                due = done + pace.next()

    def _wake(self, now: int, fire: int) -> int:
        """The next tick that must be visited: that of the next signal, `fire`, or an earlier one."""
        if self.runtime.attention or (self.is_margin and (self.ledger.cash < 0 or any(self.ledger.units.values()))):
            return min(fire, now + 1)
        wake, book = min(fire, self.corporate.next_after(now)), self.matcher.book
        if not book:
            return wake
        # What rests to the end is seen there once more, so that its status is that of a run that went bar by bar.
        last = len(self.ticks) - 1
        return min(wake, self.watch.due(now), last if now < last else NEVER)

    # Parts of a tick

    def _tell(self) -> None:
        """Report what happened to orders: `on_order` and `on_fill`, in the order of the events."""
        changed, self.matcher.orders.changed = self.matcher.orders.changed, []
        on_order, on_fill = self.runtime.on_order, self.runtime.on_fill
        if not (on_order or on_fill):
            return
        for what in changed:
            if isinstance(what, Order):
                # An order that moved twice is told of as it stands.
                if on_order and self._told.get(what.number) is not what.status:
                    self._told[what.number] = what.status
                    on_order(what)
            elif on_fill:
                row = self.ledger.fills[what]
                on_fill(fill_of(row, self.prices[row.order.symbol]))

    def _fire(self, tick: int) -> None:
        ticks = self._fire_ticks
        while ticks[self._fired] <= tick:
            callback, bar, cursor = self._fire_targets[self._fire_which[self._fired]]
            cursor.tick = self._fire_indices[self._fired]
            self._fired += 1
            callback(bar)

    def _call_bars(self, tick: int) -> None:
        on_bar = self.runtime.on_bar
        if on_bar is None:
            return
        for prices, bar in self._on_bars:
            index = prices.bar_at(tick)
            if index >= 0:
                bar.index = index
                on_bar(bar)

    def _tick_value(self, tick: int) -> Tick:
        symbols = tuple(symbol for symbol, price in self.prices.items() if price.bar_at(tick) >= 0)
        return Tick(time=time_of(int(self.ticks[tick])), symbols=symbols)

    def _maintain(self, tick: int) -> None:
        """The margin rule: too little equity at the closes sells everything at the next opens."""
        net, gross = self.ledger.values(tick)
        if not self.setup.rules.falls_short(equity=self.ledger.cash + net, gross=gross):
            return
        own = self.account.liquidations
        works = {order.symbol for order in self.matcher.book if order.number in own}
        for order in tuple(self.matcher.book):
            if order.number not in own and order.is_working:
                self.matcher.orders.cancel(order, "margin call: every order is cancelled")
        self.matcher.orders.sweep()
        for symbol, units in self.ledger.units.items():
            if units and symbol not in works:
                order = self._own_order(symbol, units)
                self.account.liquidate(order)

    def _own_order(self, symbol: str, held: int) -> Order:
        """An order of the engine's own that closes a holding."""
        scale = self.prices[symbol].scale
        order = Order(self.runtime.take_number(), scale, -1 if held > 0 else 1, abs(held), self.clock.now)
        order.tif = TimeInForce.GTC
        return order

    # Beginning and end

    def _start(self, runtime: Runtime) -> None:
        """`on_start`; signals of other timeframes may add ticks to the clock."""
        before = self.ticks
        ticks = runtime.start()
        if ticks is before:
            return
        self._adopt(ticks)
        self.clock.tick = self.first - 1
        for order in self.account.orders:
            order.placed = self.clock.now

    def _adopt(self, ticks: NDArray[np.int64]) -> None:
        """Make `ticks` the run's clock."""
        self.ticks = self.watch.ticks = ticks
        self.matcher.ticks = ticks.data
        for price in self.prices.values():
            price.align(ticks)
        starts = [
            price.tick_of(index)
            for price in self.prices.values()
            if (index := int(np.searchsorted(price.listing.bars.timestamp, self.setup.start))) < price.count
        ]
        self.first = min(starts)
        self.matcher.begin = EVER if self.first else self.setup.start

    def _collect_signals(self) -> None:
        """All calls of all signals, by tick and then by registration; a sentinel ends them."""
        calls = self.runtime.signal_calls()
        ticks = np.concatenate([call[0] for call in calls]) if calls else np.empty(0, dtype=np.int64)
        which = np.repeat(np.arange(len(calls)), [len(call[0]) for call in calls])
        indices = np.concatenate([call[1] for call in calls]) if calls else ticks
        order = np.argsort(ticks, kind="stable")  # which keeps the order of registration within a tick
        order = order[ticks[order] >= self.first]
        self._fire_ticks = [*ticks[order].tolist(), NEVER]
        self._fire_which, self._fire_indices = which[order].tolist(), indices[order].tolist()
        self._fire_targets = [(callback, bar, bar.cursor) for _, _, bar, callback in calls]
        self._fired = 0

    def _can_stream(self) -> bool:
        runtime = self.runtime
        return (
            len(self.prices) == 1
            and not self._fire_which
            and not self.is_margin
            and not self.corporate.late
            and not (runtime.on_tick or runtime.on_order or runtime.on_fill)
            and next(iter(self.prices.values())).tick_of_bar is None
        )

    def _quick_fill(self) -> QuickFill | None:
        """The short way of plain market orders, where nothing of the run can stand between them and the next open."""
        price = next(iter(self.prices.values()))
        is_open = price.all_tradable and price.is_contiguous and price.tick_of_bar is None
        if len(self.prices) > 1 or self.is_margin or not is_open or price.costs.max_participation is not None:
            return None
        return quick_fill(self.ledger, price, start=self.setup.start)

    def _report(self, tick: int) -> None:
        self.setup.progress((tick - self.first) / max(len(self.ticks) - self.first, 1))

    def _finish(self) -> None:
        runtime = self.runtime
        if runtime.stop_reason is None:
            self.clock.tick = len(self.ticks) - 1
        self.ledger.settle()
        if len(self.prices) == 1:
            check_opens(self.ledger, next(iter(self.prices.values())))
        if self.setup.close_at_end:
            self._close_all()
        self.account.end()
        if runtime.on_stop:
            runtime.on_stop()
        self.setup.progress(1.0)

    def break_off(self) -> FinishedRun:
        """Leave the run where it stands, for those who want to know how far it came."""
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
            small_targets=self.runtime.small_targets,
            journal=self.runtime.journal,
            windows=self.runtime.windows,
            stop_reason=self.runtime.stop_reason,
            log=self.account.log,
        )

    def _close_all(self) -> None:
        """Close what is held at its last close."""
        for symbol, held in tuple(self.ledger.units.items()):
            prices = self.prices[symbol]
            index = prices.newest_at(self.clock.tick)
            if held and index >= 0:
                order = self._own_order(symbol, held)
                order.happen(OrderEvent.ACCEPT)
                price = prices.close_units(index)
                paid = prices.costs.slipped(price, sign=order.sign, limit=None) if prices.costs.slips else price
                self.matcher.filling.execute(order, abs(held), price, paid, index, AT_CLOSE, ("close_at_end",))
