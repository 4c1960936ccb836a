"""A backtest's half of a run: series over whole arrays, and all calls of all signals found ahead."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.callbacks import Callbacks
from weaver.marvin.orders.account import Account
from weaver.marvin.orders.actions import Actions
from weaver.marvin.runtime import Runtime
from weaver.marvin.schedule import NoBar, Schedule
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.feed import WholeFeed
from weaver.marvin.series.playback import Playback
from weaver.marvin.series.series import Signal, source_of
from weaver.marvin.series.timeline import Clock
from weaver.marvin.series.window import Window
from weaver.marvin.signal_calls import Calls, SignalCalls
from weaver.marvin.strategy import Strategy
from weaver.model.listing import Listing
from weaver.model.market.bars import Bars
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.actions import FetchWindow


class AskedWindow(NamedTuple):
    """A request for a window, the instant (ns) at which it was made, and how many bars there were by then for it."""

    time: int
    request: FetchWindow
    bars: int


class BacktestRuntime(Runtime):
    """What stands behind a strategy in a backtest."""

    def __init__(
        self,
        strategy: type[Strategy],
        parameters: Mapping[str, Any],
        *,
        listings: Mapping[str, Listing],
        clock: Clock,
        account: Account,
        other_bars: Callable[[str, Timeframe], Bars],
        seed: int,
        until: int | None = None,
        actions: Actions | None = None,
    ) -> None:
        """`actions`: where what the strategy asks for is kept as typed actions, for those who want them."""
        self._until = int(clock.ticks[-1]) if until is None else until
        """Up to which instant (ns) all is known that happened; by itself, up to the last bar's close."""
        self.requests: list[tuple[int, FetchWindow]] = []
        self.windows: list[AskedWindow] = []
        """Every request for a window."""
        super().__init__(
            strategy,
            parameters,
            listings=listings,
            clock=clock,
            account=account,
            feed=WholeFeed(listings, clock, other_bars),
            seed=seed,
            actions=actions,
        )

    def start(self) -> NDArray[np.int64]:
        """Call `on_start`. Returns the clock's ticks: those of the bars, and those that faster or odd signals add."""
        self._begin()
        ticks = self.clock.ticks
        lines = {id(line): line for line in (entry.signal.timeline for entry in self.registrations)}.values()
        # A coarse bar that the data ends within has not closed by then, and never will.
        others = [line.ends[line.ends <= self._until] for line in lines if not line.is_clock]
        if not all(np.isin(ends, ticks).all() for ends in others):
            self.clock.set_ticks(np.unique(np.concatenate([ticks, *others])))
        return self.clock.ticks

    @property
    def acts(self) -> bool:
        """Whether the strategy is called with anything that happens, or asked for something in on_start."""
        called = self.on_bar or self.on_tick or self.called
        return bool(called or self.windows or self.desk.number)

    def callbacks(self, first: int) -> Callbacks:
        """What to call, from the clock's tick `first` on; after `start`."""
        calls = [
            self._set_times(one, first) if isinstance(one, Schedule) else self._calls(one.signal, one.callback)
            for one in self.called
        ]
        return self._callbacks(
            SignalCalls(self.clock, calls, first), Playback(self.clock, self._own_bars()), self._deliver_windows
        )

    def _set_times(self, schedule: Schedule, first: int) -> Calls:
        """Those of a schedule, at ticks from `first` on."""
        ticks = first + schedule.ticks(self.clock.ticks[first:], self._begun)
        return Calls(ticks, np.full(len(ticks), -1), NoBar(), lambda _: schedule.call())

    def _calls(self, signal: Signal, callback: Callable[[Bar], None]) -> Calls:
        line = signal.timeline
        where = np.flatnonzero(signal.joined())
        moments = line.ends[where]
        if len(where) and moments[-1] > self.clock.ticks[-1]:
            where, moments = where[:-1], moments[:-1]
        ticks = where if line.is_clock else np.searchsorted(self.clock.ticks, moments)
        source = source_of(signal)
        assert source.source is not None
        indices = where if source.timeline is line else np.searchsorted(source.timeline.ends, moments, side="right") - 1
        if len(indices) and indices[0] < 0:  # a function of the user's own may say yes before its inputs' first bar
            known = indices >= 0
            ticks, indices = ticks[known], indices[known]
        return Calls(ticks, indices, self.bar_of(*source.source), callback)

    def _deliver_windows(self) -> None:
        """Answer the requests made before this tick."""
        if not self.requests:
            return
        now = self.clock.now
        requests = [(asked, request) for asked, request in self.requests if asked < now]
        self.requests = [(asked, request) for asked, request in self.requests if asked >= now]
        for asked, request in requests:
            self.strategy.on_window(self.window(request, asked))

    def fetch_window(self, symbol: str, timeframe: str, bars: int) -> FetchWindow:
        """Queue a request for the next tick."""
        request = super().fetch_window(symbol, timeframe, bars)
        asked = self.clock.now
        self.requests.append((asked, request))
        self.windows.append(AskedWindow(asked, request, min(bars, self._closed_by(asked, request))))
        return request

    def window(self, request: FetchWindow, asked: int) -> Window:
        """The newest bars that had closed when they were asked for, on the scale of now, when they arrive."""
        group = self.feed.group(request.symbol, request.timeframe)
        seen = self._closed_by(asked, request)
        stretch = group.timeline.stretch
        part = slice(max(seen - request.bars, 0), seen)
        columns = {
            name: getattr(group, name).evaluate(stretch)[part] for name in ("open", "high", "low", "close", "volume")
        }
        bars = replace(group.bars.slice(part.start, part.stop), **columns)
        return Window(symbol=request.symbol, timeframe=request.timeframe, bars=bars)

    def _closed_by(self, asked: int, request: FetchWindow) -> int:
        """How many bars of the series had closed by an instant."""
        ends = self.feed.group(request.symbol, request.timeframe).timeline.ends
        return int(ends.searchsorted(asked, side="right"))
