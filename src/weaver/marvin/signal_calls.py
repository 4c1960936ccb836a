"""The calls that a run's signals ask for: found once for the whole run, made tick by tick."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from weaver.marvin.schedule import NoBar
from weaver.marvin.series.bar import Bar
from weaver.marvin.series.timeline import Clock
from weaver.model.orders.fill import Fill
from weaver.model.orders.order import Order

Updates = Iterable[Order | Fill]
"""The orders that changed and the fills, as they happened."""
Settle = Callable[[int], Updates | None]
NEVER = 2**62
"""A tick that no run has."""


class Quiet(Protocol):
    """The market, while it brings nothing but bars."""

    @property
    def until(self) -> int:
        """The first tick at which it may bring more; where `settle` has something to tell that may be earlier."""

    @property
    def settle(self) -> Settle: ...
    def turn(self, tick: int) -> Updates:
        """Everything that a tick's bars bring: what there is to tell of it."""

    def quiet_until(self, tick: int) -> int:
        """The first tick from `tick` on at which it may bring more than bars: what `until` is from here on."""


class Calls(NamedTuple):
    """Where one signal is true: ticks (ascending), the index of the bar to show at each, that bar, and whom to call."""

    ticks: NDArray[np.int64]
    indices: NDArray[np.int64]
    bar: Bar | NoBar
    callback: Callable[[Any], None]


class SignalCalls:
    """All calls of all signals, by tick and then by registration, of ticks from `first` on."""

    __slots__ = ("_at", "_clock", "_indices", "_targets", "_ticks", "_turns")

    def __init__(self, clock: Clock, calls: Sequence[Calls], first: int) -> None:
        self._clock = clock
        nothing = np.empty(0, dtype=np.int64)
        ticks = np.concatenate([one.ticks for one in calls]) if calls else nothing
        indices = np.concatenate([one.indices for one in calls]) if calls else nothing
        which = np.repeat(np.arange(len(calls)), [len(one.ticks) for one in calls])
        order = np.argsort(ticks, kind="stable")  # which keeps the order of registration within a tick
        order = order[ticks[order] >= first]
        self._ticks: list[int] = [*ticks[order].tolist(), NEVER]
        self._indices: list[int] = indices[order].tolist()
        whom = [(one.callback, one.bar, one.bar.cursor) for one in calls]
        self._targets = [whom[k] for k in which[order].tolist()]
        self._at = self._turns = 0

    @property
    def made(self) -> int:
        """How many have been made, and turns that the market had in between."""
        return self._at + self._turns

    @property
    def next(self) -> int:
        """The tick of the next call."""
        return self._ticks[self._at]

    def after(self, calls: int) -> int:
        """The tick by which so many more calls will have been made, at the most."""
        at = self._at + calls
        return self._ticks[at] if at < len(self._ticks) else NEVER

    def call(self, tick: int) -> None:
        """Make the calls up to a tick."""
        while self._ticks[self._at] <= tick:
            callback, bar, cursor = self._targets[self._at]
            cursor.tick = self._indices[self._at]
            self._at += 1
            callback(bar)

    def call_until(
        self, first: int, size: int, fresh: list[Any], market: Quiet, tell: Callable[[Updates], None]
    ) -> int:
        """Make the calls from the tick `first` on, the market's turns in between: some `size` of both. Leave where what
        was asked for cannot be settled by the next tick. Returns the tick that is next."""
        clock, ticks, indices, targets, at = self._clock, self._ticks, self._indices, self._targets, self._at
        settle, last = market.settle, min(self.after(size), len(clock.ticks))
        stop, turns = min(last, market.until), self._turns + size
        tick = first - 1
        while True:
            while fresh:
                news = settle(tick + 1) if tick + 1 < stop else None
                if news is None:
                    self._at = at
                    return tick + 1
                if news or fresh:
                    clock.tick = tick = tick + 1
                    tell(news)
                    if market.until < stop:
                        stop = market.until
                    if ticks[at] == tick:
                        break  # what it asks for is settled after the calls of this tick
            tick = ticks[at]
            if tick >= stop:
                if stop == last or self._turns == turns:
                    self._at = at
                    return stop
                self._turns += 1
                clock.tick = tick = stop
                news = market.turn(tick)
                if news:
                    tell(news)
                stop = min(last, market.quiet_until(tick + 1))
            clock.tick = tick
            while ticks[at] == tick:
                callback, bar, cursor = targets[at]
                cursor.tick = indices[at]
                at += 1
                callback(bar)
