"""What is publicly known of the market at an instant: bars of any timeframe, trades, the newest of each."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from weaver.model.calendar.days import new_york
from weaver.model.market.bars import Bool
from weaver.model.market.corporate_actions import CorporateAction, Split, ex_day
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.rehearsal.market.bars.actions import Adjustment, Effective, adjusted
from weaver.rehearsal.market.bars.coarser import PublicBars, put_together
from weaver.rehearsal.market.bars.columns import midnight
from weaver.rehearsal.market.bars.tape import Tape
from weaver.rehearsal.market.symbol_bars import SymbolBars
from weaver.rehearsal.ports import VenueClock

_ONE_DAY = Timeframe(DAY)
_EXTRA_ID = 10**12
"""Trades that the control makes are numbered from here on."""


class SymbolHistory:
    """One symbol's. Instants are ns; nothing after the clock's is known."""

    def __init__(self, series: SymbolBars, clock: VenueClock) -> None:
        self._series, self._clock = series, clock
        self.asset = series.asset
        self._made: list[tuple[int, float, float, int]] = []

    @property
    def is_stock(self) -> bool:
        """Whether its days are New York's and its sizes whole."""
        return self._series.is_stock

    def bars(self, timeframe: Timeframe, start: int, end: int, adjustment: Adjustment = Adjustment.RAW) -> PublicBars:
        """Bars stamped from `start` to `end`, both included; the last one may still be in the making, unless it is as
        fine as they come."""
        series = self._series
        first = int(np.searchsorted(series.bars.stamp, start))
        stop = max(first, series.next)
        bars = series.bars.take(slice(first, stop))
        known = [one for one in series.actions if one.index <= series.next and self._has_come(one.action)]
        public = series.public(first, stop)
        bars = adjusted(bars, first, adjustment, known, series.bars).take(public)
        splits = [] if adjustment.is_for_splits else _splits_within(known, first, public)
        made = put_together(bars, series.timeframe, timeframe, is_stock=self.is_stock, splits=splits)
        return made.take((made.stamp >= start) & (made.stamp <= end))

    def newest_bar(self) -> PublicBars:
        """The newest of the finest bars, or none."""
        newest = self._series.newest(is_public=True)
        which = slice(0, 0) if newest is None else slice(newest, newest + 1)
        timeframe = self._series.timeframe
        return put_together(self._series.bars.take(which), timeframe, timeframe, is_stock=self.is_stock)

    def days(self) -> PublicBars:
        """The newest two daily bars, the last as far as it has got."""
        now = self._clock.now
        week = 10 * DAY
        made = self.bars(_ONE_DAY, now - week, now)
        while len(made) < 2 and now - week > self._series.bars.stamp[0]:
            week *= 4
            made = self.bars(_ONE_DAY, now - week, now)
        return made.take(slice(max(0, len(made) - 2), None))

    def today(self) -> PublicBars:
        """The bar of the current day as far as it has got, or none."""
        now = np.array([self._clock.now])
        start = midnight(new_york.local_day(now))[0] if self.is_stock else now[0] // DAY * DAY
        return self.bars(_ONE_DAY, int(start), self._clock.now)

    def trades(self, start: int, end: int) -> Tape:
        """Trades from `start` to `end`, both included."""
        series, end = self._series, min(end, self._clock.now)
        first = int(np.searchsorted(series.bars.end, start))
        stop = max(first, int(np.searchsorted(series.bars.opened, end, side="right")))
        tape = self._with_made(series.tape(first, stop))
        return tape.take(np.flatnonzero((tape.time >= start) & (tape.time <= end)))

    def newest_trade(self) -> Tape:
        """The newest trade, or none."""
        series, now = self._series, self._clock.now
        stop = int(np.searchsorted(series.bars.opened, now, side="right"))
        first = stop
        while True:
            first = max(0, 2 * first - stop - 2)
            tape = self._with_made(series.tape(first, stop))
            known = np.flatnonzero(tape.time <= now)
            if len(known) or not first:
                return tape.take(known[-1:])

    def actions(self) -> list[CorporateAction]:
        """The corporate actions that have come into effect."""
        series = self._series
        return [one.action for one in series.actions if one.index <= series.next and self._has_come(one.action)]

    def make_trade(self, price: float) -> Tape:
        """A trade that nothing was going to bring, now."""
        size = 100.0 if self.is_stock else 1.0
        self._made.append((self._clock.now, price, size, _EXTRA_ID + len(self._made)))
        return _tape(self._made[-1:])

    def newest_made(self) -> tuple[int, float] | None:
        """When the control has last made a trade, and at which price."""
        return self._made[-1][:2] if self._made else None

    def _with_made(self, tape: Tape) -> Tape:
        if not self._made:
            return tape
        made = _tape(self._made)
        both = Tape(
            **{name: np.append(getattr(tape, name), getattr(made, name)) for name in ("time", "price", "size", "id")}
        )
        return both.take(np.argsort(both.time, kind="stable"))

    def _has_come(self, action: CorporateAction) -> bool:
        now = np.array([self._clock.now])
        today = new_york.local_day(now) if self.is_stock else now // DAY
        return bool(ex_day(action) <= today[0])


def _splits_within(actions: Sequence[Effective], first: int, public: Bool) -> list[tuple[int, Fraction]]:
    """The splits that take effect among bars from number `first` on, by their place among those that are public."""
    found = [
        (int(public[: one.index - first].sum()), one.action.ratio)
        for one in actions
        if isinstance(one.action, Split) and first < one.index < first + len(public)
    ]
    return [(place, ratio) for place, ratio in found if place < public.sum()]


def _tape(made: list[tuple[int, float, float, int]]) -> Tape:
    times, prices, sizes, numbers = zip(*made, strict=True)
    return Tape(
        time=np.array(times, dtype=np.int64),
        price=np.array(prices, dtype=np.float64),
        size=np.array(sizes, dtype=np.float64),
        id=np.array(numbers, dtype=np.int64),
    )
