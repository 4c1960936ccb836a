"""What requests for market data find: ranges of bars, trades and quotes in pages, and the newest of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.market.bars import Int64
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.rehearsal.data.pages import DataPage, Rows, page
from weaver.rehearsal.data.queries import Range
from weaver.rehearsal.market.bars.actions import Adjustment
from weaver.rehearsal.market.bars.columns import midnight
from weaver.rehearsal.market.bars.tape import Tape
from weaver.rehearsal.market.history import SymbolHistory
from weaver.rehearsal.market.wire import Fields, bar_fields, book_fields, quote_fields, trade_fields
from weaver.rehearsal.ports import VenueClock

Find = Callable[[SymbolHistory, int, int], Rows]
TapeFields = Callable[..., Iterator[Fields]]


class Lookup:
    """The stocks of the market, or its pairs."""

    def __init__(self, history: Mapping[str, SymbolHistory], clock: VenueClock, *, is_stock: bool) -> None:
        self._history = {symbol: one for symbol, one in history.items() if one.is_stock is is_stock}
        self._clock, self.is_stock = clock, is_stock

    @property
    def now(self) -> int:
        """The venue's time (ns)."""
        return self._clock.now

    def bars(self, wanted: Range, end: int, timeframe: Timeframe, adjustment: Adjustment) -> DataPage:
        """Bars, a page of them, until an instant."""

        def find(history: SymbolHistory, start: int, stop: int) -> Rows:
            bars = history.bars(timeframe, start, stop, adjustment)
            return Rows(
                time=bars.stamp,
                number=np.zeros(len(bars), dtype=np.int64),
                written=lambda which: list(bar_fields(bars.take(which), is_stock=self.is_stock)),
            )

        return self._page(wanted, end, find)

    def trades(self, wanted: Range, end: int) -> DataPage:
        """Trades, a page of them."""
        return self._page(wanted, end, self._of_tape(trade_fields))

    def quotes(self, wanted: Range, end: int) -> DataPage:
        """Quotes, a page of them."""
        return self._page(wanted, end, self._of_tape(quote_fields))

    def newest_bars(self, symbols: Sequence[str]) -> dict[str, Fields]:
        """The newest bar of each symbol that has one."""
        return self._newest(symbols, lambda one: bar_fields(one.newest_bar(), is_stock=self.is_stock))

    def newest_trades(self, symbols: Sequence[str]) -> dict[str, Fields]:
        """The newest trade of each symbol that has one."""
        return self._newest(symbols, lambda one: trade_fields(one.newest_trade(), is_stock=self.is_stock))

    def newest_quotes(self, symbols: Sequence[str]) -> dict[str, Fields]:
        """The newest quote of each symbol that has one."""
        return self._newest(symbols, lambda one: quote_fields(one.newest_trade(), is_stock=self.is_stock))

    def newest_books(self, symbols: Sequence[str]) -> dict[str, Fields]:
        """The order book of each symbol that has one."""
        return self._newest(symbols, lambda one: book_fields(one.newest_trade()))

    def snapshots(self, symbols: Sequence[str]) -> dict[str, Fields]:
        """The newest of everything, of each symbol that there is."""
        return {symbol: self._snapshot(symbol) for symbol in symbols if symbol in self._history}

    def _snapshot(self, symbol: str) -> Fields:
        days = list(bar_fields(self._history[symbol].days(), is_stock=self.is_stock))
        return {
            "latestTrade": self.newest_trades([symbol]).get(symbol),
            "latestQuote": self.newest_quotes([symbol]).get(symbol),
            "minuteBar": self.newest_bars([symbol]).get(symbol),
            "dailyBar": days[-1] if days else None,
            "prevDailyBar": days[-2] if len(days) > 1 else None,
        }

    def _newest(self, symbols: Sequence[str], told: Callable[[SymbolHistory], Iterator[Fields]]) -> dict[str, Fields]:
        found = {symbol: next(told(self._history[symbol]), None) for symbol in symbols if symbol in self._history}
        return {symbol: fields for symbol, fields in found.items() if fields is not None}

    def _page(self, wanted: Range, end: int, find: Find) -> DataPage:
        start = self._day_start() if wanted.start is None else wanted.start
        place = wanted.place

        def rows_of(symbol: str) -> Rows:
            first, last = start, end
            if place is not None and place.symbol == symbol:
                first, last = (
                    (first, min(last, place.time)) if wanted.is_newest_first else (max(first, place.time), last)
                )
            return find(self._history[symbol], first, last)

        known = [symbol for symbol in wanted.symbols if symbol in self._history]
        return page(known, rows_of, limit=wanted.limit, place=place, is_newest_first=wanted.is_newest_first)

    def _of_tape(self, fields: TapeFields) -> Find:
        def find(history: SymbolHistory, start: int, stop: int) -> Rows:
            tape: Tape = history.trades(start, stop)
            return Rows(
                time=tape.time,
                number=tape.id,
                written=lambda which: list(fields(tape.take(which), is_stock=self.is_stock)),
            )

        return find

    def _day_start(self) -> int:
        """When the current day began."""
        now: Int64 = np.array([self.now])
        return int(midnight(new_york.local_day(now))[0]) if self.is_stock else self.now // DAY * DAY
