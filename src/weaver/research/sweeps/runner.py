"""Runs trials in the process that it is in."""

from collections.abc import Sequence

from weaver.greta.results.trial_figures import TrialsFigures
from weaver.greta.sweep.space import Point
from weaver.greta.sweep.trials import Outcome
from weaver.marvin.blame import described
from weaver.model.errors import WeaverError
from weaver.research.common import Common
from weaver.research.lookahead.memory import Memory
from weaver.research.run import no_collection
from weaver.research.sweeps.points import Plans

CACHE_BYTES = 256 * 1024 * 1024
"""Of the values of series that trials share, in each process."""


class TrialRunner:
    """Runs the trials of a sweep, one at a time. What they have in common is found out once."""

    def __init__(self, plans: Plans, *, stride: int | None = 1, cache_bytes: int = CACHE_BYTES) -> None:
        """`stride`: of every how many-th trial the returns are given (None: of none): of 20,000 they would fill half a
        gigabyte."""
        self._plans, self._stride, self._cache_bytes = plans, stride, cache_bytes
        self._common: dict[int, Common] = {}
        self._figures: dict[int, TrialsFigures] = {}
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
        plan, base = self._plans.plan_of(point), self._plans.base_of(point)
        with no_collection():
            ran = plan.run(progress=_unseen, common=self._common_of(base))
            found = self._figures_of(base).of(ran.finished)
        ran.runtime.unbind()
        if self._stride is None or (number - 1) % self._stride:
            return Outcome(number=number, stats=found.stats)
        return Outcome(
            number=number,
            stats=found.stats,
            sessions=found.sessions,
            returns=found.returns,
            returns_per_year=found.returns_per_year,
        )

    def _figures_of(self, base: int) -> TrialsFigures:
        if base not in self._figures:
            self._figures[base] = TrialsFigures(self._plans.bases[base].against)
        return self._figures[base]

    def _common_of(self, base: int) -> Common:
        if base not in self._common:
            share = self._cache_bytes // len(self._plans.bases)
            self._common[base] = self._plans.bases[base].common(share)
        return self._common[base]


def run_all(runner: TrialRunner, trials: Sequence[tuple[int, Point]]) -> list[Outcome]:
    """Several trials, one after the other."""
    return [runner.run(number, point) for number, point in trials]


def _unseen(done: float) -> None:
    del done
