"""The half of a tick that is the strategy's: what it is called with, and in which order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from weaver.marvin.series.bar import Bar
from weaver.marvin.series.playback import Closed, Playback
from weaver.marvin.series.timeline import Clock
from weaver.marvin.signal_calls import Quiet, SignalCalls
from weaver.model.calendar.instants import time_of
from weaver.model.market.tick import Tick
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus


class Callbacks:
    """Calls a strategy back, tick by tick: orders and fills, windows, signals, bars, the tick itself.

    Whoever trades for the strategy has a tick's half of the market first, then hands over what came of it (`call`).
    While the market brings nothing but bars many ticks are called in one go (`call_until`). What a strategy does not
    define is None.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        signals: SignalCalls,
        playback: Playback,
        windows: Callable[[], None],
        on_bar: Callable[[Bar], None] | None,
        on_tick: Callable[[Tick], None] | None,
        on_order: Callable[[Order], None] | None,
        on_fill: Callable[[Fill], None] | None,
        on_stop: Callable[[], None] | None,
    ) -> None:
        self._clock, self._signals, self._playback, self._windows = clock, signals, playback, windows
        self._on_bar, self._on_tick, self._on_order, self._on_fill = on_bar, on_tick, on_order, on_fill
        self._on_stop = on_stop
        self._tell = self._ignore if on_order is None and on_fill is None else self._tell_each
        self._is_called_each_tick = on_bar is not None or on_tick is not None
        self._only = playback.only if on_tick is None else None
        self._ticks = 0
        self._closed: Closed = ()
        self._symbols: tuple[str, ...] = ()
        """Of the newest `Closed` that `on_tick` was told of: symbols that close together are one and the same list."""
        self._known: dict[int, OrderStatus] = {}
        """The status of each order that the strategy last heard of, by number."""

    @property
    def turns(self) -> int:
        """How many ticks and signals it has been called with."""
        return self._ticks + self._signals.made

    @property
    def hears_orders(self) -> bool:
        """Whether it wants to know of orders."""
        return self._on_order is not None

    @property
    def hears_fills(self) -> bool:
        """Whether it wants to know of fills."""
        return self._on_fill is not None

    def call(self, updates: Iterable[Order | Fill]) -> None:
        """Everything at the clock's tick: `updates` are the orders that changed and the fills, as they happened."""
        tick = self._clock.tick
        self._ticks += 1
        closed = self._playback.next(tick) if self._is_called_each_tick else ()
        self._tell(updates)
        self._windows()
        self._signals.call(tick)
        self._call_bars(closed)

    def call_until(self, first: int, size: int, fresh: list[Any], market: Quiet) -> int:
        """Everything from the tick `first` on, at which the market brings nothing but bars; some `size` calls.

        Where the strategy asked for something, `market.settle(tick)` carries that out as of the next tick, if nothing
        more can come of it, and returns what there is to tell of it there. It returns None otherwise; then, and before
        a signal that comes on top of other calls, this returns. Returns the tick that is next; that is `first` where
        nothing was called.
        """
        signals = self._signals
        if not self._is_called_each_tick:
            return signals.call_until(first, size, fresh, market, self._tell)
        stop = min(market.until, first + size, signals.next)
        if first >= stop:
            return first
        stop, steps = self._playback.steps(first, stop)
        each = self._each_bar if self._only is not None else self._each_tick
        each(steps, stop, fresh, market)
        tick = self._clock.tick + 1
        self._ticks += tick - first
        self._playback.left(tick)
        return tick

    def end(self) -> None:
        """The run is over."""
        if self._on_stop is not None:
            self._on_stop()

    def _each_bar(self, steps: Iterator[int], stop: int, fresh: list[Any], market: Quiet) -> None:
        """One symbol with a bar at each tick, and nothing but `on_bar`."""
        clock, on_bar, bar = self._clock, self._on_bar, self._only
        assert on_bar is not None
        assert bar is not None
        while self._goes_on(steps, stop, fresh, market):
            for clock.tick in steps:
                on_bar(bar)
                if fresh:
                    break
            else:
                return

    def _each_tick(self, steps: Iterator[int], stop: int, fresh: list[Any], market: Quiet) -> None:
        clock, closing = self._clock, self._playback.closing
        while self._goes_on(steps, stop, fresh, market):
            for clock.tick in steps:
                self._call_bars(closing[0])
                if fresh:
                    break
            else:
                return

    def _goes_on(self, steps: Iterator[int], stop: int, fresh: list[Any], market: Quiet) -> bool:
        """Whether all that was asked for is settled by the next tick, and the market stays quiet until `stop`; ticks of
        which there is something to tell, or on which something is left to rest, are called."""
        clock, only, on_bar, settle = self._clock, self._only, self._on_bar, market.settle
        while fresh:
            news = settle(clock.tick + 1) if clock.tick + 1 < stop else None
            if news is None:
                return False
            if not (news or fresh):
                break
            clock.tick = next(steps)
            if news:
                self._tell(news)
            if only is not None and on_bar is not None:
                on_bar(only)
            else:
                self._call_bars(self._playback.closing[0])
            if market.until < stop:
                return False
        return True

    def _call_bars(self, closed: Closed) -> None:
        """`on_bar` of each of a tick's bars, then `on_tick`."""
        on_bar = self._on_bar
        if on_bar is not None:
            for bar, cursor, index in closed:
                cursor.tick = index
                on_bar(bar)
        if self._on_tick is not None:
            self._on_tick(self._tick(closed))

    @staticmethod
    def _ignore(updates: Iterable[Order | Fill]) -> None:
        """Nobody wants to hear of them."""

    def _tell_each(self, updates: Iterable[Order | Fill]) -> None:
        """`on_order` and `on_fill`, in the order of the events; an order that moved twice is told of as it stands."""
        known, on_order, on_fill = self._known, self._on_order, self._on_fill
        for what in updates:
            if isinstance(what, Fill):
                if on_fill is not None:
                    on_fill(what)
            elif on_order is not None and known.get(what.number) is not what.status:
                known[what.number] = what.status
                on_order(what)

    def _tick(self, closed: Closed) -> Tick:
        if closed is not self._closed:
            self._closed, self._symbols = closed, tuple([bar.symbol for bar, _, _ in closed])
        return Tick(time=time_of(self._clock.now), symbols=self._symbols)
