"""The equity of all runs of a mode, over time: the sum of their curves, exactly.

Each run is a part of it from its start to its newest tick or fill (until now, while it trades). What it was allotted
counts in between only; what it has made of that stays in the sum for good.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from weaver.glados.live.figures.results import LiveResult, LiveResults
from weaver.glados.stored.downsampling import downsampled_rows
from weaver.greta.ledger.exact_sums import quotients, summable, whole
from weaver.model.calendar.instants import instant_of
from weaver.model.numbers.money import CASH_DECIMALS, CASH_ONE, decimal_of, units_of
from weaver.model.run import Run, RunStatus
from weaver.veda.feed.warmup import Aside
from weaver.veda.positions.sub_ledger import SubLedger

KEPT_POINTS_MAX = 2_000_000
"""In memory, of all runs: what is more than those is counted again. 16 bytes each."""


class Now(NamedTuple):
    """How a run stands in an account that is open."""

    time: datetime
    """The account's, which is its venue's."""
    equity: Decimal
    """At the newest prices."""
    ledger: SubLedger


Standing = Callable[[Run], Now | None]
"""None: the run's account is not open."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunCurve:
    """One run's part."""

    allotted: int
    """In cash units."""
    times: NDArray[np.int64]
    """ns: its start first."""
    pnl: NDArray[Any]
    """What it had made by then, in cash units."""
    has_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PortfolioCurve:
    """The sum, after each instant at which it changed. Amounts in cash units."""

    times: NDArray[np.int64]
    allotted: NDArray[Any]
    """To the runs that traded then."""
    pnl: NDArray[Any]
    """Of all runs that had begun by then."""

    def __len__(self) -> int:
        return len(self.times)

    def thinned(self, points: int) -> "PortfolioCurve":
        """At most so many points (2 or more) of it, the extremes of both columns among them."""
        if not len(self):
            return self
        equity = quotients(self.allotted + self.pnl, CASH_ONE)
        rows = downsampled_rows([equity, quotients(self.pnl, CASH_ONE)], points)
        return PortfolioCurve(times=self.times[rows], allotted=self.allotted[rows], pnl=self.pnl[rows])

    def rows(self) -> list[tuple[int, Decimal, Decimal]]:
        """Instant (ns), what is allotted, and what was made of it."""
        columns = (self.times.tolist(), self.allotted.tolist(), self.pnl.tolist())
        return [
            (time, decimal_of(allotted, CASH_DECIMALS), decimal_of(pnl, CASH_DECIMALS))
            for time, allotted, pnl in zip(*columns, strict=True)
        ]


def summed(curves: Sequence[RunCurve]) -> PortfolioCurve:
    """The sum of some runs' curves, each as it stood last."""
    times, allotted, pnl = [], [], []
    for one in curves:
        counts: list[int] = [one.allotted, *[0] * (len(one.times) - 1)]
        counts[-1] -= one.allotted if one.has_ended else 0
        times.append(one.times)
        allotted.append(whole(counts))
        pnl.append(summable(np.diff(one.pnl, prepend=one.pnl[:1] * 0)))
    if not curves:
        return PortfolioCurve(times=np.empty(0, dtype=np.int64), allotted=whole([]), pnl=whole([]))
    instants = np.concatenate(times)
    order = np.argsort(instants, kind="stable")
    instants = instants[order]
    last = np.flatnonzero(np.append(instants[1:] != instants[:-1], True))
    sums = [np.cumsum(summable(np.concatenate(one)[order]))[last] for one in (allotted, pnl)]
    return PortfolioCurve(times=instants[last], allotted=sums[0], pnl=sums[1])


@dataclass(kw_only=True, eq=False)
class _Kept:
    """What was counted of a run's curve, and the whole of one that has ended."""

    times: NDArray[np.int64]
    equity: NDArray[Any]
    """At its points, but for the newest, which a tick of the same stamp takes the place of."""
    curve: RunCurve | None = None
    booked: tuple[int, int] = (0, 0)
    """How many fills and entries are in that."""


class PortfolioCurves:
    """Reads runs' curves. What was counted of them is kept."""

    def __init__(self, results: LiveResults, *, aside: Aside) -> None:
        self._results, self._aside = results, aside
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def find(self, run: Run, account: str, standing: Standing) -> RunCurve | None:
        """A run's, that trades in an account, or did; None before it has begun. Raises Unavailable."""
        now, kept = standing(run), self._kept.get(run.id)
        if kept is not None and kept.curve is not None and (now is None or _booked(now.ledger) == kept.booked):
            self._kept.move_to_end(run.id)
            return kept.curve
        found = await self._results.find(run, account)
        if found is None:
            return None
        has_ended = run.status is not RunStatus.RUNNING
        counted = await self._aside(partial(_counted, found, kept))
        curve = _curve(found, counted, None if has_ended else now, has_ended=has_ended)
        self._keep(run.id, replace(counted, curve=curve if has_ended else None, booked=_booked(found.ledger)))
        return curve

    def _keep(self, run_id: str, kept: _Kept) -> None:
        self._kept[run_id] = kept
        self._kept.move_to_end(run_id)
        while len(self._kept) > 1 and sum(len(one.times) for one in self._kept.values()) > KEPT_POINTS_MAX:
            self._kept.popitem(last=False)


def _booked(ledger: SubLedger) -> tuple[int, int]:
    return ledger.fills, len(ledger.entries)


def _counted(found: LiveResult, before: _Kept | None) -> _Kept:
    """Its points but the newest in whole units, of which some were counted before."""
    counted = _Kept(times=np.empty(0, dtype=np.int64), equity=whole([])) if before is None else before
    fresh = found.points[len(counted.times) : -1]
    times = np.array([one.time for one in fresh], dtype=np.int64)
    return _Kept(
        times=np.concatenate([counted.times, times]),
        equity=np.concatenate([counted.equity, whole([_units(one.equity) for one in fresh])]),
    )


def _curve(found: LiveResult, counted: _Kept, now: Now | None, *, has_ended: bool) -> RunCurve:
    """Its points, and behind them how it stands now; of a run that has ended, what its fills left it with."""
    allotted, begun = _units(found.setup.cash), found.setup.start
    newest = [(one.time, _units(one.equity)) for one in found.points[-1:]]
    if now is not None:
        last = instant_of(now.time), _units(now.equity)
    else:
        filled = [instant_of(one.filled_at) for one in found.fills[-1:]]
        last = max([begun, *filled]), _units(found.ledger.equity(found.closes))
    behind = [*newest, last]
    times = np.concatenate([[begun], counted.times, [time for time, _ in behind]])
    equity = np.concatenate([whole([allotted]), counted.equity, whole([units for _, units in behind])])
    return RunCurve(
        allotted=allotted,
        times=np.maximum.accumulate(times.astype(np.int64)),
        pnl=equity - allotted,
        has_ended=has_ended,
    )


def _units(amount: Decimal) -> int:
    return units_of(amount, CASH_DECIMALS)
