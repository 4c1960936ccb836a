"""The rows of a run's equity: which ticks they stand for, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weaver.greta.ledger.prices import Prices

NONE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EquityRows:
    """One row for each stamp that bars of the run have, in order; n values each."""

    timestamp: NDArray[np.int64]
    """The earliest stamp of the row's bars, ns: no two rows have the same, and each is later than the one before."""
    session: NDArray[np.int32]
    """The session date of that bar, days since the epoch; of several the latest; never earlier than the row before."""
    ticks: NDArray[np.int64]
    """The tick at whose end the row stands: the last that carries one of its bars, and of the last row the run's."""
    is_each_tick: bool
    """Whether every tick of the run has a row of its own."""

    def sample(self, changes: NDArray[np.int64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """What stood at each row of something that was `levels[0]` and `levels[k + 1]` from tick `changes[k]` on."""
        if self.is_each_tick and len(self.ticks):
            return np.repeat(levels, np.diff(changes - self.ticks[0], prepend=0, append=len(self.ticks)))
        return levels[np.searchsorted(changes, self.ticks, side="right")]


def equity_rows(prices: Sequence[Prices], count: int, first: int, last: int) -> EquityRows:
    """The rows of a run of `count` ticks that went from `first` to `last`.

    Ticks that carry no bar (a coarser series' bar closed there) have no row. Ticks whose bars have the same stamp share
    one, as a stock's day and a crypto's, which ends hours later; so do those whose stamps run backwards.
    """
    part = slice(first, last + 1)
    if len(prices) == 1 and prices[0].tick_of_bar is None:
        bars = prices[0].listing.bars
        ticks = np.arange(first, last + 1)
        return EquityRows(
            timestamp=bars.timestamp[part], session=prices[0].sessions[part], ticks=ticks, is_each_tick=True
        )
    stamps, sessions = _named(prices, count)
    ticks = first + np.flatnonzero(stamps[part] != NONE)
    stamps, sessions = stamps[ticks], sessions[ticks]
    names = np.minimum.accumulate(stamps[::-1])[::-1]
    begins = np.flatnonzero(np.diff(names, prepend=names[:1] - 1))
    ends = np.append(begins[1:], len(names))[: len(begins)] - 1
    standing = ticks[ends]
    standing[-1:] = last
    dates = np.maximum.reduceat(np.where(stamps == names, sessions, -1), begins) if len(begins) else sessions
    return EquityRows(
        timestamp=names[begins],
        session=np.maximum.accumulate(dates).astype(np.int32),
        ticks=standing,
        is_each_tick=len(standing) == last - first + 1,
    )


def _named(prices: Sequence[Prices], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The earliest stamp of each tick's bars (NONE: it has none), and their latest session."""
    stamps, sessions = np.full(count, NONE), np.full(count, -1)
    for price in prices:
        at = slice(0, price.count) if price.tick_of_bar is None else price.tick_of_bar
        starts, known = price.listing.bars.timestamp, stamps[at]
        both = np.maximum(sessions[at], price.sessions)
        sessions[at] = np.where(starts < known, price.sessions, np.where(starts == known, both, sessions[at]))
        stamps[at] = np.minimum(known, starts)
    return stamps, sessions
