"""Runs trials in the process that it is in."""

from collections.abc import Sequence

import numpy as np

from weaver.greta.finished_run import FinishedRun
from weaver.greta.ledger.fill_columns import fill_columns
from weaver.greta.results.curve import curve_of
from weaver.greta.results.figures import figures_of
from weaver.greta.results.statistics import session_bounds, session_returns
from weaver.greta.results.trades import Trades
from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome
from weaver.marvin.blame import described
from weaver.model.errors import WeaverError
from weaver.model.listing import Listing
from weaver.research.common import Common
from weaver.research.lookahead.memory import Memory
from weaver.research.run import no_collection
from weaver.research.sweeps.points import Plans

CACHE_BYTES = 256 * 1024 * 1024
"""Of the values of series that trials share, in each process."""


class TrialRunner:
    """Runs the trials of a sweep, one at a time. What they have in common is found out once."""

    def __init__(self, plans: Plans, *, cache_bytes: int = CACHE_BYTES) -> None:
        self._plans, self._cache_bytes = plans, cache_bytes
        self._common: dict[int, Common] = {}
        self._memory = Memory(plans.strategy.cls)

    def run(self, number: int, point: Point) -> Outcome:
        """Run a trial. What goes wrong in it is its outcome's error."""
        self._memory.recall()
        try:
            return self._ran(number, point)
        except WeaverError as error:
            return Outcome(number=number, stats=None, error=str(error))
        except MemoryError as error:
            return Outcome(number=number, stats=None, error=f"out of memory: {described(error)}")

    def _ran(self, number: int, point: Point) -> Outcome:
        plan = self._plans.plan_of(point)
        with no_collection():
            ran = plan.run(progress=_unseen, common=self._common_of(self._plans.base_of(point)))
            outcome = outcome_of(number, ran.finished, plan.against)
        ran.runtime.unbind()
        return outcome

    def _common_of(self, base: int) -> Common:
        if base not in self._common:
            share = self._cache_bytes // len(self._plans.bases)
            self._common[base] = self._plans.bases[base].common(share)
        return self._common[base]


def outcome_of(number: int, run: FinishedRun, against: Listing | None) -> Outcome:
    """What a finished run came to, and nothing else. `against`: a benchmark other than its own symbols."""
    columns = fill_columns(run.fills, run.prices)
    curve = curve_of(run, columns, against)
    figures = figures_of(run, columns, curve, Trades(run, columns).columns)
    _, last_rows = session_bounds(figures.session)
    returns = session_returns(curve.equity[last_rows], float(run.rules.cash))
    sessions = figures.session[last_rows].astype(np.int32)
    return Outcome(
        number=number,
        stats=figures.stats,
        sessions=sessions,
        returns=returns,
        returns_per_year=figures.returns_per_year,
    )


def run_all(runner: TrialRunner, trials: Sequence[tuple[int, Point]]) -> list[Outcome]:
    """Several trials, one after the other."""
    return [runner.run(number, point) for number, point in trials]


def _unseen(done: float) -> None:
    del done
