"""A combinatorial cross-validation: parameters chosen on some parts of time and traded on the others, all ways.

M. López de Prado, *Advances in Financial Machine Learning*, 2018, chapter 12.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.purged_splits import PurgedSplits, purged_splits
from weaver.greta.sweep.cross_validation import CrossPath, CrossValidationResult, GroupSpan, Scoring, SplitChoice
from weaver.greta.sweep.search import SearchKind
from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome
from weaver.marvin.plugins.loader import LoadedStrategy
from weaver.model.backtest.options import Options
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import InputError
from weaver.research.sweeps.diary import Diary
from weaver.research.sweeps.kept import SAMPLE_MAX, digest
from weaver.research.sweeps.run_sessions import RunSessions
from weaver.research.sweeps.runner import TrialRunner
from weaver.research.sweeps.sweep_run import PoolMaker, Progress, Sweep, SweepRequest, local_pool, part_of
from weaver.walle.trials.store import TrialStore

EPOCH = date(1970, 1, 1)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """How a cross-validation cuts time: `tested` of `groups` at a time, with so many sessions after each that nobody
    learns from."""

    groups: int = 6
    tested: int = 2
    embargo: int = 0

    def describe(self) -> dict[str, Any]:
        """As JSON."""
        return {"groups": self.groups, "tested": self.tested, "embargo": self.embargo}


class CrossValidation:
    """A cross-validation that is ready to run: everything that can be wrong before the first trial has been found.

    Each trial is run on each group by itself, on bars that end with it, begins with nothing held and closes what it
    holds at its end: so no trade reaches over a fence, and there is nothing to purge but what the embargo says.
    """

    def __init__(
        self,
        strategy: LoadedStrategy,
        bars: Any,
        request: SweepRequest,
        groups: Groups,
        options: Options,
        store: TrialStore | None,
    ) -> None:
        """Raises InputError."""
        if request.search is SearchKind.TPE:
            raise InputError("a search that learns would learn from what is tested: cross-validate a grid, or random")
        self._sweep = Sweep(strategy, bars, request, options, None)
        if (self._sweep.total or 0) > SAMPLE_MAX:
            raise InputError(
                f"a cross-validation keeps the returns of every trial, of {SAMPLE_MAX:,} at the most, not of "
                f"{self._sweep.total:,}: try fewer (--trials N)"
            )
        self._strategy, self._store, self._resume = strategy, store, request.resume
        base = self._sweep.plans.bases[0]
        self._sessions = RunSessions.of(base)
        days = self._sessions.days
        self.splits: PurgedSplits = purged_splits(
            len(days), groups=groups.groups, tested=groups.tested, embargo=groups.embargo
        )
        per_year = max(one.instrument.periods_per_year for one in base.listings.values())
        calendars = {calendar_of(one.instrument) for one in base.listings.values()}
        first, last = int(days[0]), int(days[-1])
        usual = np.unique(np.concatenate([one.usual_sessions(first, last) for one in calendars]))
        self._scoring = Scoring(
            objective=self._sweep.objective,
            initial_equity=float(str(base.options.cash)),
            sessions_per_year=per_year,
            covered_per_session=len(usual) / len(days),
        )
        self.record: Mapping[str, Any] = {**self._sweep.record, "scheme": groups.describe()}

    def run(self, progress: Progress, pool: PoolMaker | None = None) -> CrossValidationResult:
        """Run every trial on every group, choose, and join the paths."""
        row = replace(self._sweep.row(), id=digest(self.record), total=None, record=self.record)
        diary = Diary(self._store, row, resume=self._resume)
        points: list[Point] = []
        parts: list[Floats] = []
        for number, group in enumerate(self.splits.groups):
            plans = self._sweep.plans.within(*self._sessions.span((group.start, group.stop)), close_at_end=True)
            told = part_of(progress, "Cross-validation", number, len(self.splits.groups))
            before = number * (self._sweep.total or 0)
            points, outcomes = self._sweep.searched(TrialRunner(plans), pool or local_pool, diary, told, before=before)
            parts.append(self._returns(group, outcomes))
        diary.finish()
        return self._result(points, np.concatenate(parts))

    def _returns(self, group: range, outcomes: Sequence[Outcome]) -> Floats:
        """By session of a group and trial; NaN of a trial that failed. As float32 has them: so they are kept."""
        days = self._sessions.days[group.start : group.stop]
        found = np.zeros((len(group), len(outcomes)), dtype=np.float32)
        for column, one in enumerate(outcomes):
            if one.returns is None or one.sessions is None:
                found[:, column] = np.nan if one.error is not None else 0.0
            else:
                found[np.searchsorted(days, one.sessions), column] = one.returns.astype(np.float32)
        return found.astype(np.float64)

    def _result(self, points: Sequence[Point], returns: Floats) -> CrossValidationResult:
        chosen = [self._chosen(split.train, split.test, split.tested, points, returns) for split in self.splits.splits]
        days = self._sessions.days
        paths = []
        for number, splits in enumerate(self.splits.paths, 1):
            own = np.concatenate(
                [
                    returns[group.start : group.stop, trial]
                    if (trial := chosen[split][0]) >= 0
                    else np.zeros(len(group))
                    for group, split in zip(self.splits.groups, splits.tolist(), strict=True)
                ]
            )
            own = np.nan_to_num(own, nan=0.0)  # a trial that failed where it was tested trades nothing there
            paths.append(CrossPath(number=number, stats=self._scoring.stats(days, own), returns=own))
        return CrossValidationResult(
            strategy=self._strategy.id,
            record=self.record,
            trials=len(points),
            sessions=days,
            groups=[
                GroupSpan(number=number, first=_day(days[group.start]), last=_day(days[group.stop - 1]))
                for number, group in enumerate(self.splits.groups, 1)
            ],
            splits=[choice for _, choice in chosen],
            paths=paths,
        )

    def _chosen(
        self,
        train: NDArray[np.intp],
        test: NDArray[np.intp],
        tested: tuple[int, ...],
        points: Sequence[Point],
        returns: Floats,
    ) -> tuple[int, SplitChoice]:
        """The best trial of the sessions that may be learned from, −1 where there is none; and what it came to."""
        days = self._sessions.days
        scores = [self._scoring.score(days[train], returns[train, column]) for column in range(len(points))]
        known = [column for column, score in enumerate(scores) if score is not None]
        best = max(known, key=lambda column: (scores[column], -column), default=-1)
        return best, SplitChoice(
            tested=tuple(group + 1 for group in tested),
            parameters=points[best] if best >= 0 else None,
            train_objective=scores[best] if best >= 0 else None,
            test_objective=self._scoring.score(days[test], returns[test, best]) if best >= 0 else None,
        )


def _day(number: np.int32) -> date:
    return EPOCH + timedelta(days=int(number))
