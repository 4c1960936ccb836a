"""When holding is charged for: the ticks of a clock that end a night, and those at which funding falls due."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.model.account.carry import NightRates
from weaver.model.account.costs import Costs

_NO_SESSION = np.iinfo(np.int32).min
Rates = Mapping[int, Sequence[tuple[str, Fraction]]]
"""By tick, the symbols of which funding falls due, each with its rate, in the order in which it is booked."""


class CarriedBars(NamedTuple):
    """A symbol's bars, as far as they matter: of each the index of its tick, when it opens and ends (ns), and its
    session (days since the epoch)."""

    ticks: NDArray[np.int64]
    opens: Sequence[int]
    ends: Sequence[int]
    sessions: NDArray[np.int32]


class CarrySchedule(NamedTuple):
    """By index of the tick. Of one at which nothing is charged there is nothing."""

    nights: Mapping[int, int]
    """How many days have passed since the session before, by the first tick of a later one."""
    before: Rates
    """Funding ahead of a tick's fills, on what was held, at the closes before."""
    after: Rates
    """Funding after a tick's fills, at its closes."""

    @classmethod
    def of(
        cls, costs: Mapping[str, Costs], bars: Mapping[str, CarriedBars], *, count: int, first: int
    ) -> "CarrySchedule":
        """Of a clock of `count` ticks, from its tick `first` on; what was before is history. Both by symbol."""
        before: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        after: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
        for symbol, one in costs.items():
            if one.funding is None:
                continue
            own = bars[symbol]
            for time, rate in zip(one.funding.times, one.funding.rates, strict=True):
                bar = bisect_left(own.ends, time)
                if bar < len(own.ends) and (tick := int(own.ticks[bar])) >= first:
                    (before if time <= own.opens[bar] else after)[tick].append((symbol, Fraction(rate)))
        nights = _nights(bars.values(), count, first) if NightRates(costs) else {}
        return cls(nights, dict(before), dict(after))


def _nights(bars: Iterable[CarriedBars], count: int, first: int) -> dict[int, int]:
    """By tick that brings the first bar of a later session than any before: how many days later."""
    sessions: NDArray[np.int32] = np.full(count, _NO_SESSION, dtype=np.int32)
    for one in bars:
        sessions[one.ticks] = np.maximum(sessions[one.ticks], one.sessions)
    latest = np.maximum.accumulate(sessions)
    rises = np.flatnonzero(latest[1:] > latest[:-1]) + 1
    rises = rises[(rises > first) & (latest[rises - 1] != _NO_SESSION)]
    days = latest[rises].astype(np.int64) - latest[rises - 1]
    return dict(zip(rises.tolist(), days.tolist(), strict=True))
