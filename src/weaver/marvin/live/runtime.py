"""A live run of one strategy: its ticks are given to it, one after the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from weaver.marvin.live.bars import ClosedBar, Room
from weaver.marvin.live.calls import LiveCalls, LivePlayback
from weaver.marvin.live.clock import LiveClock
from weaver.marvin.live.feed import LiveFeed
from weaver.marvin.orders.account import Account
from weaver.marvin.orders.actions import Actions
from weaver.marvin.runtime import JournalEntry, Runtime
from weaver.marvin.schedule import Due, Schedule
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.feed import BarSeries
from weaver.marvin.series.series import Series, source_of
from weaver.marvin.series.window import Window
from weaver.marvin.strategy import Strategy
from weaver.model.listing import Listing
from weaver.model.market.corporate_actions import Split
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order


class LiveRuntime(Runtime):
    """What stands behind a strategy that is given its bars as they close.

    `start`, then `tick` after `tick` (`stop_reason` says whether the strategy has ended the run), then `stop`. What it
    asks for is in `actions`, to be taken after each of them. It is a function of what it is given: the same ticks give
    the same actions.
    """

    def __init__(
        self,
        strategy: type[Strategy],
        parameters: Mapping[str, Any],
        *,
        listings: Mapping[str, Listing],
        account: Account,
        start: int,
        seed: int,
        actions: Actions,
    ) -> None:
        """`listings`: what is known of each symbol before the run: its bars (the warm-up, maybe none) and splits.
        `start`: what `now` is in `on_start`, ns."""
        self._live_clock = LiveClock(start=start)
        self._live_feed = LiveFeed(listings, self._live_clock)
        super().__init__(
            strategy,
            parameters,
            listings=listings,
            clock=self._live_clock,
            account=account,
            feed=self._live_feed,
            seed=seed,
            actions=actions,
        )
        self._windows: Sequence[Window] = ()
        self._shows: dict[BarSeries, Room] = {}
        """The columns that each group's bar shows."""
        self._followed: tuple[Series, ...] = ()
        """Series with functions of the user's own that on_start has made: computed on each bar, once they were used."""
        self._made = self.clock.made
        """The series that on_start has made with numpy's functions."""
        self._has_told_of_cut = False

    def start(self) -> None:
        """Call `on_start`. Raises StrategyError where the strategy ends the run in it."""
        self._begin()
        groups = [self.feed.group(symbol) for symbol in self.symbols]
        registered = [Due(one) if isinstance(one, Schedule) else (one, self._source(one.signal)) for one in self.called]
        self._ticks = self._callbacks(
            LiveCalls(self._live_clock, registered, self._shown),
            LivePlayback(self._live_clock, self._own_bars(), groups, self._shown),
            self._tell_windows,
        )
        self._followed, self._made = tuple(self.clock.user_series), dict(self.clock.made)

    def tick(
        self,
        time: int,
        bars: Iterable[ClosedBar] = (),
        *,
        updates: Iterable[Order | Fill] = (),
        windows: Sequence[Window] = (),
        splits: Iterable[tuple[str, Split]] = (),
    ) -> None:
        """Everything at the instant `time` (ns), in the order of a backtest's tick.

        `bars` are those that have closed since the tick before, missed ones first; `updates` the orders that changed
        and the fills, as they happened; `windows` the answers to requests for windows, as they were traded; `splits`
        those that are known from this tick on. Raises InputError for a bar that comes out of turn.
        """
        self._live_clock.move(time)
        self._live_feed.add(bars)
        for symbol, split in splits:
            self._live_feed.split(symbol, split)
        self._live_feed.close()
        self._follow()
        self._windows = windows
        self._ticks.call(updates)

    def foresee(self, ticks: Sequence[tuple[int, Sequence[ClosedBar]]]) -> None:
        """Know the instants and the bars of the ticks that come next, none of which brings a split: their series are
        computed in one go. Each tick shows what it shows without that."""
        self._live_feed.foresee(ticks)

    def stop(self) -> None:
        """Call `on_stop`."""
        self._ticks.end()

    def take_journal(self) -> tuple[JournalEntry, ...]:
        """The lines that were logged since the last call; the first quantity of the run that was cut down to the lot is
        one, and those after it are not."""
        if self.desk.cuts and not self._has_told_of_cut:
            self._has_told_of_cut = True
            self.log(f"a quantity was cut down to the lot ({self.desk.first_cut}); further cuts are not told of")
        taken = tuple(self.journal)
        self.journal.clear()
        return taken

    def _follow(self) -> None:
        """Compute what has to be computed on each bar, and forget what was made or read for one only."""
        for series in self._followed:
            if series.is_evaluated:
                series.evaluate(series.timeline.stretch)
        self.clock.user_series.clear()
        if len(self.clock.made) > len(self._made):
            self.clock.made = dict(self._made)
        for line in self.clock.lines:
            line.readers.clear()

    def _tell_windows(self) -> None:
        for window in self._windows:
            self.strategy.on_window(replace(window, bars=self._live_feed.scaled(window.bars)))

    def _source(self, signal: Any) -> BarSeries:
        source = source_of(signal).source
        assert source is not None
        return self.feed.group(*source)

    def _shown(self, group: BarSeries, index: int) -> Bar:
        """The bar that callbacks of a group are given, as the one at an index."""
        bar, room = self.bar_of(group.symbol, group.timeframe), self._live_feed.room(group)
        if self._shows.get(group) is not room:
            bar.show(room)
            self._shows[group] = room
        bar.index = index
        return bar
