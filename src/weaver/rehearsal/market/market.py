"""The market as it goes through time: bars close, are told to whoever fills orders, and become public."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.market.corporate_actions import Split
from weaver.model.market.session_bar import SessionBar
from weaver.model.market.timeframe import DAY
from weaver.rehearsal.assets import Asset
from weaver.rehearsal.market.bars.tape import trade_times
from weaver.rehearsal.market.given.traded_symbol import TradedSymbol
from weaver.rehearsal.market.history import SymbolHistory
from weaver.rehearsal.market.publication import Audience
from weaver.rehearsal.market.reporter import Reporter
from weaver.rehearsal.market.symbol_bars import SymbolBars
from weaver.rehearsal.ports import Correction, FeedFaults, OnBars, VenueClock

_SECOND = 1_000_000_000
_COLUMNS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
"""What a correction may name, by these or in full."""


class VenueMarket:
    """Bars in their order as the clock comes to their ends, and in between the trades that they are made of."""

    def __init__(self, listed: Sequence[TradedSymbol], clock: VenueClock, faults: FeedFaults) -> None:
        self._clock, self._faults = clock, faults
        self._series = {one.asset.symbol: SymbolBars(one, clock.now) for one in listed}
        self.history = {symbol: SymbolHistory(series, clock) for symbol, series in self._series.items()}
        self.assets: Mapping[str, Asset] = {symbol: series.asset for symbol, series in self._series.items()}
        self._reporter = Reporter(self.history, clock)
        self._on_bars: list[OnBars] = []
        self._trades: dict[str, list[int]] = {symbol: [] for symbol in self._series}
        """When the next bar's trades are that have not been told."""
        faults.on_halt(self._reporter.tell_halt)
        for symbol in self._series:
            self._expect_trades(symbol)
        self._schedule()

    def publish_to(self, audience: Audience) -> None:
        """Have somebody hear what becomes public."""
        self._reporter.audiences.append(audience)

    def subscribe(self, on_bars: OnBars) -> None:
        """Be called with the bars that close, before they are public."""
        self._on_bars.append(on_bars)

    def price(self, symbol: str) -> Decimal | None:
        """The newest price by now: of a trade made by the control, or the close of the newest bar that has closed."""
        series, made = self._series[symbol], self.history[symbol].newest_made()
        newest = series.newest()
        if made is not None and (newest is None or made[0] >= series.bars.end[newest]):
            return Decimal(repr(made[1]))
        return None if newest is None else series.close(newest)

    def previous_close(self, symbol: str) -> Decimal | None:
        """The last regular close of a session before this one."""
        series = self._series[symbol]
        before = int(np.searchsorted(series.bars.session, self._session(series), side="left"))
        for index in range(min(before, series.next) - 1, -1, -1):
            if series.bars.regular[index] and not series.dropped[index]:
                return series.close(index)
        return None

    def trade(self, symbol: str, price: Decimal) -> None:
        """A trade happens at a price, and is the newest until another comes; no bar is changed by it."""
        self._reporter.tell_trades(symbol, self.history[symbol].make_trade(float(price)))

    def split(self, symbol: str, ratio: Fraction) -> None:
        """From now on there are `ratio` new shares for each old one: prices to come are divided by it."""
        series = self._series[symbol]
        before = self.price(symbol)
        ex_date = np.datetime64(self._session(series), "D").item()
        series.split(Split(ex_date=ex_date, ratio=ratio))
        if before is not None:
            self.trade(symbol, round(before * ratio.denominator / ratio.numerator, 4))

    def _session(self, series: SymbolBars) -> int:
        """The session that the present belongs to (days since the epoch)."""
        now = np.array([self._clock.now])
        return int(new_york.local_day(now)[0] if series.is_stock else now[0] // DAY)

    def _schedule(self) -> None:
        """Come back when something is next due."""
        due = [self._next_instant(symbol) for symbol in self._series]
        instants = [instant for instant in due if instant is not None]
        if instants:
            self._clock.lead_to(min(instants))
            self._clock.schedule(min(instants), self._go_on)

    def _next_instant(self, symbol: str) -> int | None:
        if self._trades[symbol]:
            return self._trades[symbol][0]
        series = self._series[symbol]
        return int(series.bars.end[series.next]) if series.has_next() else None

    def _go_on(self) -> None:
        """Do all that is due now: bars close, then trades happen."""
        now = self._clock.now
        closing = [symbol for symbol in self._series if self._is_closing(symbol, now)]
        if closing:
            self._close(closing, now)
        for symbol, times in self._trades.items():
            while times and times[0] <= now:
                self._trade_as_due(symbol, times.pop(0))
        self._schedule()

    def _is_closing(self, symbol: str, now: int) -> bool:
        series = self._series[symbol]
        return series.has_next() and bool(series.bars.end[series.next] <= now)

    def _close(self, symbols: list[str], now: int) -> None:
        """The bars of symbols close, all at one instant."""
        closed: dict[str, int] = {}
        for symbol in symbols:
            series = self._series[symbol]
            index, series.next = series.next, series.next + 1
            if self._faults.is_halted(symbol):
                series.dropped[index] = True
            else:
                closed[symbol] = index
            self._expect_trades(symbol)
        bars: dict[str, SessionBar] = {
            symbol: self._series[symbol].session_bar(index) for symbol, index in closed.items()
        }
        if bars:
            for on_bars in self._on_bars:
                on_bars(now, bars)
        for symbol, index in closed.items():
            self._make_public(symbol, index)

    def _make_public(self, symbol: str, index: int) -> None:
        """Tell a bar, or have it told when it is as late as it is to be."""
        series, delay = self._series[symbol], self._faults.bar_delay(symbol)
        if not delay:
            self._tell(symbol, index)
            return
        series.late[index] = True

        def tell_late() -> None:
            series.late[index] = False
            self._tell(symbol, index)

        self._come_back(delay, tell_late)

    def _tell(self, symbol: str, index: int) -> None:
        self._reporter.tell_bar(symbol, lambda: self._series[symbol].public_bar(index))
        correction = self._faults.correction(symbol)
        if correction is not None:
            self._come_back(correction.seconds, lambda: self._correct(symbol, index, correction))

    def _come_back(self, seconds: float, act: Callable[[], None]) -> None:
        at = self._clock.now + int(seconds * _SECOND)
        self._clock.lead_to(at)
        self._clock.schedule(at, act)

    def _correct(self, symbol: str, index: int, correction: Correction) -> None:
        """Change a bar that is public, and tell so."""
        series = self._series[symbol]
        given = {_COLUMNS.get(name, name): float(value) for name, value in correction.values.items()}
        values = {name: value for name, value in given.items() if name in _COLUMNS.values()}
        series.correct(index, values or series.a_tick_higher(index))
        self._reporter.tell_correction(symbol, series.public_bar(index))

    def _expect_trades(self, symbol: str) -> None:
        """The trades of the bar that closes next are still to happen."""
        series = self._series[symbol]
        if series.has_next():
            bars, index = series.bars, series.next
            times = [int(time) for time in trade_times(bars.opened[index], bars.end[index])]
            self._trades[symbol] = [time for time in times if time > self._clock.now]

    def _trade_as_due(self, symbol: str, time: int) -> None:
        if self._faults.is_halted(symbol) or not self._reporter.wants_trades(symbol):
            return
        tape = self._series[symbol].tape(self._series[symbol].next, self._series[symbol].next + 1)
        self._reporter.tell_trades(symbol, tape.take(np.flatnonzero(tape.time == time)))
