"""A walk-forward: parameters chosen on one stretch of time and traded on the next, again and again."""

import statistics as plain_statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL, gravest_first
from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.result import BacktestResult
from weaver.greta.results.calendar_time import calendar_time
from weaver.greta.results.statistics import Stats, TradeColumns, statistics
from weaver.greta.sweep.axes import Choices
from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome, Trial, ranked
from weaver.greta.sweep.walk_forward import ForwardWindow, Stability, WalkForwardResult
from weaver.greta.sweep.windows import Length, Window, windows
from weaver.marvin.plugins.loader import LoadedStrategy, from_class
from weaver.marvin.strategy import Strategy
from weaver.model.backtest.options import Options
from weaver.model.counted import counted
from weaver.model.errors import RunFailed
from weaver.model.market.tick import Tick
from weaver.model.numbers.money import decimal_of
from weaver.research import run as run_plan
from weaver.research.run import Plan, again
from weaver.research.sweeps.diary import Diary
from weaver.research.sweeps.kept import digest, trial_of
from weaver.research.sweeps.run_sessions import RunSessions, instant
from weaver.research.sweeps.runner import TrialRunner
from weaver.research.sweeps.sweep_run import PoolMaker, Progress, Sweep, SweepRequest, local_pool, part_of
from weaver.research.within import doubts_within
from weaver.walle.trials.store import TrialStore

ABOUT_STRATEGY = (*FATAL, "lookahead_unchecked", "lookahead_sampled", "misspelt_callback", "no_callbacks")
"""Warnings that tell of a strategy, whatever its parameters, and not of one run of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How a walk-forward cuts time."""

    train: Length
    test: Length
    step: Length | None = None
    anchored: bool = False
    embargo: int = 0

    def describe(self) -> dict[str, Any]:
        """As JSON."""
        step = None if self.step is None else str(self.step)
        return {
            "train": str(self.train), "test": str(self.test), "step": step, "anchored": self.anchored,
            "embargo": self.embargo,
        }  # fmt: skip


class Nothing(Strategy):
    """Trades nothing: what buying and holding comes to beside it, and cash where no trial could be chosen."""

    def on_tick(self, tick: Tick) -> None:
        """Nothing."""


class WalkForward:
    """A walk-forward that is ready to run: everything that can be wrong before the first trial has been found."""

    def __init__(
        self,
        strategy: LoadedStrategy,
        bars: Any,
        request: SweepRequest,
        scheme: Scheme,
        options: Options,
        store: TrialStore | None,
    ) -> None:
        """Raises InputError."""
        self._sweep = Sweep(strategy, bars, request, options, None)
        self._strategy, self._store, self._resume = strategy, store, request.resume
        self._base = self._sweep.plans.bases[0]
        self._sessions = RunSessions.of(self._base)
        self.windows: list[Window] = windows(
            self._sessions.days,
            train=scheme.train,
            test=scheme.test,
            step=scheme.step,
            anchored=scheme.anchored,
            embargo=scheme.embargo,
        )
        self.record: Mapping[str, Any] = {**self._sweep.record, "scheme": scheme.describe()}

    def run(self, progress: Progress, pool: PoolMaker | None = None) -> WalkForwardResult:
        """Run all windows, and join them. Raises RunFailed where a window leaves nothing to trade with."""
        row = replace(self._sweep.row(), id=digest(self.record), total=None, record=self.record)
        diary = Diary(self._store, row, resume=self._resume)
        found: list[tuple[ForwardWindow, BacktestResult]] = []
        tried, cash = 0, Decimal(str(self._base.options.cash))
        errors: list[str] = []
        for number, window in enumerate(self.windows, 1):
            told = part_of(progress, "Walk-forward", number - 1, len(self.windows))
            points, outcomes = self._trained(window, pool or local_pool, diary, told, tried)
            tried += len(points)
            errors += [outcome.error for outcome in outcomes if outcome.error is not None]
            trials = [
                trial_of(outcome, point, self._sweep.objective) for outcome, point in zip(outcomes, points, strict=True)
            ]
            result = self._tested(window, ranked(trials), cash)
            found.append((self._window(number, window, trials, result), result))
            cash = _left(result, number)
        diary.finish()
        progress("Look-ahead check", 1.0)
        return self._joined(found, self._doubts([window for window, _ in found], errors, tried))

    def _doubts(self, found: Sequence[ForwardWindow], errors: Sequence[str], tried: int) -> list[ResultWarning]:
        """What is false in the bars or with the strategy: with what was last chosen it is backtested on all of them."""
        doubts = [
            ResultWarning(*one) for one in doubts_within(self._base.inputs, self._base.listings, self._base.start)
        ]
        if errors:
            what = f"{len(errors):,} of {counted(tried, 'trial')} failed, the first with: {errors[0]}"
            doubts.insert(0, ResultWarning("failed_trials", what))
        chosen = [window.parameters for window in found if window.parameters is not None]
        if chosen:
            whole = run_plan(self._sweep.plans.plan_of(dict(chosen[-1])), progress=lambda _what, _done: None)
            doubts += [one for one in whole.warnings if one.code in ABOUT_STRATEGY]
        return gravest_first(doubts)

    def _trained(
        self,
        window: Window,
        pool: PoolMaker,
        diary: Diary,
        progress: Progress,
        before: int,
    ) -> tuple[list[Point], list[Outcome]]:
        """The trials of a window, on bars that end with its training sessions."""
        plans = self._sweep.plans.within(*self._sessions.span(window.train))
        return self._sweep.searched(TrialRunner(plans, stride=None), pool, diary, progress, before=before)

    def _tested(self, window: Window, best: Sequence[Trial], cash: Decimal) -> BacktestResult:
        """The sessions after the training, traded with the best trial's parameters, or not at all."""
        start, end = self._sessions.span(window.test)
        if best:
            chosen = self._sweep.plans.plan_of(dict(best[0].parameters))
            return self._run(chosen, start, end, cash)
        return self._run(replace(self._base, strategy=from_class(Nothing), parameters={}), start, end, cash, params={})

    def _run(self, of: Plan, start: datetime, end: datetime, cash: Decimal, **changes: Any) -> BacktestResult:
        options = replace(
            of.options, start=start, end=end, cash=cash, close_at_end=True, lookahead_check=False, **changes
        )
        return run_plan(again(of, options), progress=lambda _what, _done: None)

    def _window(self, number: int, window: Window, trials: Sequence[Trial], result: BacktestResult) -> ForwardWindow:
        best = next(iter(ranked(trials)), None)
        (train_start, train_end), (test_start, test_end) = (
            self._sessions.span(part) for part in (window.train, window.test)
        )
        return ForwardWindow(
            number=number,
            train_start=train_start,
            train_end=train_end,
            test_start=test_start,
            test_end=test_end,
            trials=len(trials),
            parameters=None if best is None else best.parameters,
            train_objective=None if best is None else best.objective,
            test_objective=None if best is None else self._sweep.objective.of(result.stats),
            train_stats=None if best is None else best.stats,
            test_stats=result.stats,
        )

    def _joined(
        self, found: Sequence[tuple[ForwardWindow, BacktestResult]], warnings: Sequence[ResultWarning]
    ) -> WalkForwardResult:
        results = [result for _, result in found]
        timestamp = np.concatenate([one.curve.timestamp for one in results])
        equity = np.concatenate([one.curve.equity for one in results])
        held = self._held(results)
        rows = np.searchsorted(held.curve.timestamp, timestamp)
        return WalkForwardResult(
            strategy=self._strategy.id,
            record=self.record,
            windows=[window for window, _ in found],
            stability=self._stability([window for window, _ in found]),
            stats=self._stats(results, held, rows, equity),
            timestamp=timestamp,
            equity=equity,
            cash=np.concatenate([one.curve.cash for one in results]),
            benchmark=held.curve.benchmark_at(rows),
            trades=[trade for one in results for trade in one.trades],
            warnings=warnings,
        )

    def _held(self, results: Sequence[BacktestResult]) -> BacktestResult:
        """All tested sessions without a trade: what buying and holding comes to, and their calendar."""
        start, end = (instant(results[at].curve.timestamp[at]) for at in (0, -1))
        nothing = replace(self._base, strategy=from_class(Nothing), parameters={})
        return self._run(nothing, start, end, Decimal(str(self._base.options.cash)), params={})

    def _stats(
        self,
        results: Sequence[BacktestResult],
        held: BacktestResult,
        rows: NDArray[np.intp],
        equity: NDArray[np.float64],
    ) -> Stats:
        session = np.concatenate([one.curve.session for one in results])
        time = calendar_time(held.finished, session)
        columns = [one.trade_columns for one in results]
        return statistics(
            session=time.session,
            equity=equity,
            initial_equity=float(str(self._base.options.cash)),
            trades=TradeColumns(
                pnl=np.concatenate([one.pnl for one in columns]),
                return_=np.concatenate([one.return_ for one in columns]),
                entry_time=np.concatenate([one.entry_time for one in columns]),
                exit_time=np.concatenate([one.exit_time for one in columns]),
            ),
            sessions_per_year=time.per_year,
            sessions_covered=time.covered,
            benchmark=lambda at: held.curve.benchmark_at(rows[at]),
            exposed=np.concatenate([one.curve.exposed for one in results]),
            traded_value=_sum_of(results, lambda one: one.traded_value),
            commission=_sum_of(results, lambda one: float(one.stats["commission"] or 0.0)),
            slippage=_sum_of(results, lambda one: float(one.stats["slippage"] or 0.0)),
        )

    def _stability(self, found: Sequence[ForwardWindow]) -> list[Stability]:
        chosen = [window.parameters for window in found if window.parameters is not None]
        return [_stability(axis.name, [one[axis.name] for one in chosen], axis) for axis in self._sweep.space.axes]


def _stability(name: str, values: Sequence[Any], axis: Any) -> Stability:
    changed = [after != before for before, after in pairwise(values)]
    bounds = list(axis.values) if isinstance(axis, Choices) else [axis.low, axis.high]
    are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in bounds)
    width = max(bounds) - min(bounds) if are_numbers else 0
    return Stability(
        name=name,
        values=values,
        changes=sum(changed) / len(changed) if changed else None,
        spread=plain_statistics.pstdev(values) / width if width and len(values) > 1 else None,
    )


def _left(result: BacktestResult, number: int) -> Decimal:
    """What a window leaves for the next. Raises RunFailed where that is nothing."""
    cash = decimal_of(result.finished.cash, 8)
    if cash <= 0:
        raise RunFailed(f"window {number} leaves {cash}: there is nothing to go on with")
    return cash


def _sum_of(results: Sequence[BacktestResult], value: Callable[[BacktestResult], float]) -> float:
    return float(np.sum([value(one) for one in results]))
