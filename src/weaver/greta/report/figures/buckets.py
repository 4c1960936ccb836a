"""Trades by how long they were held and by when they began, returns by how large they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Stamps = NDArray[np.int64]

_SECOND = 1_000_000_000
_STEPS = (
    (60, "under 1 min"), (5 * 60, "1–5 min"), (15 * 60, "5–15 min"), (3_600, "15–60 min"), (4 * 3_600, "1–4 h"),
    (86_400, "4–24 h"), (3 * 86_400, "1–3 d"), (7 * 86_400, "3–7 d"), (30 * 86_400, "1–4 w"), (91 * 86_400, "1–3 mo"),
    (365 * 86_400, "3–12 mo"), (np.inf, "over 1 y"),
)  # fmt: skip
"""Seconds under which a trade belongs to a step, and what that is called."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TAIL = 0.005
BINS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Some of the trades, and what they came to."""

    name: str
    trades: int
    wins: int
    pnl: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many returns lie from `start` to before `end`; the outermost hold all beyond them too."""

    start: float
    end: float
    count: int


def by_duration(entry: Stamps, left: Stamps, pnl: Floats) -> list[Bucket]:
    """Trades by the time between entry and exit (ns), from the shortest step that has any to the longest."""
    bounds = [bound * _SECOND for bound, _ in _STEPS[:-1]]
    return _trimmed(np.searchsorted(bounds, left - entry, side="right"), [name for _, name in _STEPS], pnl)


def by_hour(entry: Stamps, pnl: Floats, zone: str) -> list[Bucket]:
    """Trades by the hour of the day in a zone in which they were entered, from the earliest to the latest."""
    local = ZoneInfo(zone)
    hours = [datetime.fromtimestamp(stamp // _SECOND, UTC).astimezone(local).hour for stamp in entry.tolist()]
    return _trimmed(np.array(hours, dtype=np.int64), [f"{hour:02}" for hour in range(24)], pnl)


def by_weekday(entry: Stamps, pnl: Floats) -> list[Bucket]:
    """Trades by the day of the week (UTC, as daily bars are stamped) on which they were entered."""
    days = (entry // (86_400 * _SECOND) + 3) % 7  # 1970 began on a Thursday
    return _trimmed(days, _DAYS, pnl)


def _trimmed(which: NDArray[np.int64], names: Sequence[str], pnl: Floats) -> list[Bucket]:
    if not len(which):
        return []
    steps: Iterable[int] = range(int(which.min()), int(which.max()) + 1)
    return [
        Bucket(
            name=names[step],
            trades=int(np.count_nonzero(which == step)),
            wins=int(np.count_nonzero((which == step) & (pnl > 0))),
            pnl=float(pnl[which == step].sum()),
        )
        for step in steps
    ]


def spread_of(returns: Floats) -> list[Bin]:
    """Returns (two or more, finite) in steps of equal width, which the outermost two hundredths of them do not stretch;
    about as many as the square root of their number."""
    low, high = (float(one) for one in np.quantile(returns, [_TAIL, 1 - _TAIL]))
    if not high > low:
        low, high = low - 0.005, high + 0.005
    count = int(np.clip(np.sqrt(len(returns)) * 1.5, 8, BINS_MAX))
    edges = np.linspace(low, high, count + 1)
    counts, _ = np.histogram(np.clip(returns, low, high), edges)
    return [Bin(start=a, end=b, count=int(n)) for (a, b), n in zip(pairwise(edges.tolist()), counts, strict=True)]
