"""Coarser bars from a symbol's own, as Alpaca puts them together and stamps them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from weaver.model.calendar.stretches import stretches_of
from weaver.model.market.bars import Bool, Float64, Int64
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.rehearsal.market.bars.columns import Columns, midnight
from weaver.rehearsal.market.bars.tape import PER_BAR, vwap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublicBars:
    """n bars as the venue tells them, in order of time; `stamp` in ns."""

    stamp: Int64
    open: Float64
    high: Float64
    low: Float64
    close: Float64
    volume: Float64
    trades: Int64
    vwap: Float64

    def __len__(self) -> int:
        return len(self.stamp)

    def take(self, which: "slice | Int64 | Bool") -> "PublicBars":
        """Some of them."""
        return PublicBars(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def put_together(
    bars: Columns, own: Timeframe, wanted: Timeframe, *, is_stock: bool, splits: Sequence[tuple[int, Fraction]] = ()
) -> PublicBars:
    """Bars of `wanted`, the last of them as far as it has got; none where they cannot be made of bars of `own`.

    Minutes and hours are counted from midnight, New York's for stocks and UTC's for pairs; days of stocks are made of
    the regular session alone; weeks begin on Monday. `splits`, the indices of the bars before which they take effect
    and their ratios: a bar that has one within it is on the scale after it.
    """
    if wanted == own:
        return _told(bars, is_stock=is_stock)
    if not (len(bars) and wanted.is_made_of(own)):
        return _told(bars.take(slice(0, 0)), is_stock=is_stock)
    stamp = _stamps(bars, wanted, is_stock=is_stock)
    for index, ratio in splits:
        bars = _on_one_scale(bars, int(np.searchsorted(stamp, stamp[index])), index, ratio)
    if wanted.is_daily and is_stock:
        bars, stamp = bars.take(bars.regular), stamp[bars.regular]
    if not len(bars):
        return _told(bars, is_stock=is_stock)
    first = np.flatnonzero(np.diff(stamp, prepend=stamp[0] - 1))
    last = np.append(first[1:], len(stamp)) - 1
    return _grouped(_told(bars, is_stock=is_stock), stamp[first], first, last)


def _on_one_scale(bars: Columns, first: int, index: int, ratio: Fraction) -> Columns:
    """Bars of which those from `first` to before `index`, where a split takes effect, are on the scale after it."""
    times = np.ones(len(bars))
    times[first:index] = float(ratio)
    prices = {name: np.round(getattr(bars, name) / times, 6) for name in ("open", "high", "low", "close")}
    return replace(bars, **prices, volume=bars.volume * times)


def _told(bars: Columns, *, is_stock: bool) -> PublicBars:
    return PublicBars(
        stamp=bars.stamp,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume,
        trades=np.full(len(bars), PER_BAR, dtype=np.int64),
        vwap=vwap(bars, is_whole=is_stock),
    )


def _grouped(told: PublicBars, stamp: Int64, first: NDArray[np.intp], last: NDArray[np.intp]) -> PublicBars:
    """One bar for each stretch, which begins at `first` and ends with `last`."""
    volume = np.add.reduceat(told.volume, first)
    worth = np.add.reduceat(told.volume * told.vwap, first)
    close = told.close[last]
    return PublicBars(
        stamp=stamp,
        open=told.open[first],
        high=np.maximum.reduceat(told.high, first),
        low=np.minimum.reduceat(told.low, first),
        close=close,
        volume=volume,
        trades=np.add.reduceat(told.trades, first),
        vwap=np.divide(worth, volume, out=close.copy(), where=volume > 0),
    )


def _stamps(bars: Columns, wanted: Timeframe, *, is_stock: bool) -> Int64:
    """The stamp of the coarser bar that each bar belongs to."""
    session = bars.session.astype(np.int64)
    if wanted.is_daily:
        day = session if wanted.days == 1 else stretches_of(session, wanted)[0]
        return midnight(day) if is_stock else day * DAY
    start = midnight(session) if is_stock else session * DAY
    return start + (bars.stamp - start) // wanted.nanoseconds * wanted.nanoseconds
