"""The bars that a run was given: which of them it missed or got late, and where stored bars say otherwise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from weaver.model.calendar.instants import time_of
from weaver.model.market.bars import Bars
from weaver.veda.inputs import InputBar, TickInputs

LISTED_MAX = 200
_PRICES = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBar:
    """A bar, by its symbol and the instant at which it began."""

    symbol: str
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedBars:
    """Bars of a kind: how many, and the first of them."""

    count: int
    listed: tuple[NamedBar, ...]


@dataclass(slots=True)
class _Noted:
    count: int = 0
    listed: list[NamedBar] = field(default_factory=list)

    def add(self, bars: Iterable[InputBar]) -> None:
        for bar in bars:
            self.count += 1
            if len(self.listed) < LISTED_MAX:
                self.listed.append(NamedBar(symbol=bar.symbol, time=time_of(bar.start)))

    def noted(self) -> NotedBars:
        return NotedBars(count=self.count, listed=tuple(self.listed))


class BarsFold:
    """Takes a run's ticks in, and says what became of their bars."""

    def __init__(self) -> None:
        self.given = 0
        self.windows = 0
        """How many answers to requests for history there were."""
        self.ticks: list[datetime] = []
        """When bars closed."""
        self._missed, self._late, self._corrected = _Noted(), _Noted(), _Noted()

    def take(self, ticks: Sequence[TickInputs]) -> None:
        """The next ones."""
        for tick in ticks:
            self.ticks.append(time_of(tick.time))
            self.given += len(tick.bars)
            self.windows += len(tick.windows)
            self._missed.add(bar for bar in tick.bars if bar.is_missed)
            self._late.add(one.bar for one in tick.late if not one.is_correction)
            self._corrected.add(one.bar for one in tick.late if one.is_correction)

    @property
    def missed(self) -> NotedBars:
        """Those that closed while the run was down."""
        return self._missed.noted()

    @property
    def late(self) -> NotedBars:
        """Those that came after their tick, and are in no series."""
        return self._late.noted()

    @property
    def corrected(self) -> NotedBars:
        """Those that came again with other values."""
        return self._corrected.noted()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBarsCompared:
    """The bars that a run was given of a symbol, beside those that are stored of the same time."""

    symbol: str
    given: int
    same: int
    """As many are stored exactly as they were given."""
    other: int
    """Stored with other values."""
    not_stored: int
    not_given: int
    """Stored between the first and the last that was given, and not given."""
    first: datetime | None
    """The first bar that is not the same in both; None: all are."""


def compare_bars(given: Bars, stored: Bars) -> StoredBarsCompared:
    """Bars of one symbol and timeframe; those stored before the first given, or after the last, do not count."""
    inside = np.zeros(len(stored), dtype=bool)
    if len(given):
        inside = (stored.timestamp >= given.timestamp[0]) & (stored.timestamp <= given.timestamp[-1])
    stamps = stored.timestamp[inside]
    _, mine, its = np.intersect1d(given.timestamp, stamps, assume_unique=True, return_indices=True)
    equal = np.ones(len(mine), dtype=bool)
    for name in _PRICES:
        equal &= getattr(given, name)[mine] == getattr(stored, name)[inside][its]
    odd = np.concatenate([
        given.timestamp[mine][~equal],
        np.setdiff1d(given.timestamp, stamps, assume_unique=True),
        np.setdiff1d(stamps, given.timestamp, assume_unique=True),
    ])  # fmt: skip
    return StoredBarsCompared(
        symbol=given.symbol,
        given=len(given),
        same=int(equal.sum()),
        other=int((~equal).sum()),
        not_stored=len(given) - len(mine),
        not_given=len(stamps) - len(mine),
        first=time_of(int(odd.min())) if len(odd) else None,
    )
