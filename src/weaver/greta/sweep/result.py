"""What a sweep gives back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.doubts.gravity import FATAL
from weaver.greta.doubts.warnings import ResultWarning
from weaver.greta.overfitting.assessment import Assessment
from weaver.greta.overfitting.plateau import Plateau
from weaver.greta.result import BacktestResult
from weaver.greta.results.json_text import indented_text, value_text
from weaver.greta.results.statistics import session_bounds, session_returns
from weaver.greta.results.table import Table
from weaver.greta.sweep.cards import SHOWN, card, title_of, trial_rows
from weaver.greta.sweep.honesty import assessment_json, assessment_of, plateau_of
from weaver.greta.sweep.trials import Trial, ranked
from weaver.model.counted import counted
from weaver.model.errors import RunFailed

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSweep:
    """A sweep of the same strategy id on overlapping bars, by whoever ran it."""

    id: str
    """Its own."""
    created_at: str
    """When it began, ISO 8601 in UTC."""
    source_hash: str
    """Hex SHA-256 of the source that it ran."""
    trials: int
    """How many it has finished."""
    new_trials: int
    """Those of them that no sweep before it, nor this one, has made: the same parameters of the same source on the same
    bars are one trial, however often they are run."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReturnSample:
    """Returns of the sweep's trials by session, for the figures of overfitting."""

    sessions: NDArray[np.int32]
    """Days since the epoch, rising, shape [t]."""
    numbers: NDArray[np.int64]
    """Which trials they are of, shape [n]."""
    returns: NDArray[np.float32]
    """Shape [t, n]; 0 where a trial has none for a session, NaN all through where they are undefined."""
    per_year: float | None
    """How many sessions there are in a year; None where there are no returns."""

    def aligned(self, sessions: NDArray[np.integer[Any]], returns: Floats) -> Floats:
        """The returns of another trial, shape [t]; 0 where it has none for a session."""
        found = np.zeros(len(self.sessions))
        found[np.searchsorted(self.sessions, sessions)] = returns
        return found


class SweepResult:
    """A finished sweep: its trials, the best of them, and what is needed to run it again."""

    def __init__(
        self,
        *,
        strategy: str,
        record: Mapping[str, Any],
        trials: Sequence[Trial],
        sample: ReturnSample,
        earlier: Sequence[EarlierSweep],
        run: Callable[[Mapping[str, Any]], BacktestResult],
    ) -> None:
        """`run` backtests one point in full."""
        self.strategy = strategy
        """The strategy's id."""
        self.sweep: Mapping[str, Any] = record
        """What the sweep pins down of itself: source, space, search, objective, seed, options, hashes, version."""
        self._trials, self._run = trials, run
        self.sample = sample
        """Returns of its trials."""
        self.earlier = earlier
        """Sweeps of the same strategy id on overlapping bars before it, whatever their source."""
        self._ranked = ranked(trials)

    @property
    def trials(self) -> Table[Trial]:
        """All trials, in the order of the search."""
        return Table(self._trials, Trial)

    @property
    def ranked(self) -> list[Trial]:
        """The trials that have an objective, the best first."""
        return self._ranked

    @property
    def best(self) -> Trial:
        """The trial with the highest objective; of equals the earliest. Raises RunFailed where there is none."""
        if not self._ranked:
            raise RunFailed(self.nothing)
        return self._ranked[0]

    @property
    def nothing(self) -> str:
        """Why there is no best trial."""
        failed = [trial for trial in self._trials if trial.error is not None]
        what = f"the objective {self.sweep['objective']!r} is undefined for all {len(self._trials):,} trials"
        if failed:
            return f"{what}; {len(failed):,} failed, the first with: {failed[0].error}"
        return f"{what}: look at one of them (weaver backtest), and choose another objective, as total_return"

    @property
    def failed(self) -> list[Trial]:
        """Those that failed."""
        return [trial for trial in self._trials if trial.error is not None]

    @property
    def total_trials(self) -> int:
        """How many trials the strategy has had on these bars in all, those of earlier sweeps among them."""
        return len(self._trials) + sum(one.new_trials for one in self.earlier)

    @cached_property
    def assessment(self) -> Assessment | None:
        """Whether to believe the best trial, counting all that was tried (docs/how-to/read-overfitting-figures.md);
        None where there is none."""
        if not self._ranked or self.sample.per_year is None:
            return None
        best = np.zeros(len(self.sample.sessions))
        if self.best.number not in self.sample.numbers:
            found = self.best_result
            _, last = session_bounds(found.session)
            own = session_returns(found.curve.equity[last], float(found.stats["initial_equity"] or 0.0))
            best = np.full(len(best), np.nan) if own is None else self.sample.aligned(found.session[last], own)
        return assessment_of(
            returns=self.sample.returns,
            numbers=self.sample.numbers,
            best=self.best,
            best_returns=best,
            returns_per_year=self.sample.per_year,
            trials=len(self._trials),
            counted=self.total_trials,
            seed=self.sweep["seed"],
        )

    def plateau(self, trial: Trial | int) -> Plateau | str:
        """How the trials around one do, on a grid those one step away; or why that cannot be said."""
        found = self._trials[trial - 1] if isinstance(trial, int) else trial
        return plateau_of(found, self._trials, self.sweep["space"]["axes"])

    @cached_property
    def best_result(self) -> BacktestResult:
        """The best trial, backtested in full. Raises RunFailed where there is none."""
        return self.result(self.best)

    @property
    def warnings(self) -> list[ResultWarning]:
        """Doubts about the best trial, as `weaver.backtest` tells them, the gravest first: what is false in the bars is
        false in every trial, and a strategy that looks ahead does in each. Empty where there is no best one."""
        return self.best_result.warnings if self._ranked else []

    def result(self, trial: Trial | int) -> BacktestResult:
        """A trial, or that of a number, backtested in full. Raises StrategyError where it fails."""
        found = self._trials[trial - 1] if isinstance(trial, int) else trial
        return self._run(found.parameters)

    def to_json(self) -> str:
        """The whole sweep as one JSON object, as `weaver sweep --json` writes it; the same sweep, the same bytes."""
        return "".join(self.json_pieces())

    def json_pieces(self) -> Iterator[str]:
        """The same piece by piece, for whoever writes a long one to a file."""
        yield '{\n"sweep": '
        yield indented_text(self.sweep)
        yield ',\n"best": '
        yield value_text(self._ranked[0].number if self._ranked else None)
        yield ',\n"warnings": '
        yield value_text([one._asdict() for one in self.warnings])
        yield ',\n"earlier": '
        yield value_text([asdict(one) for one in self.earlier])
        yield ',\n"overfitting": '
        yield indented_text(None if self.assessment is None else assessment_json(self.assessment))
        yield ',\n"trials": ['
        separator = "\n"
        for trial in self._trials:
            yield separator + value_text(trial_json(trial))
            separator = ",\n"
        yield "\n]\n}\n"

    @property
    def title(self) -> str:
        """The strategy's name, how many trials, and what they are ranked by."""
        return title_of(self.strategy, len(self._trials), "trial", self.sweep["objective"])

    def _repr_html_(self) -> str:
        if not self._ranked:
            return card(self.title, [self.nothing], [], [])
        is_false = any(code in FATAL for code, _ in self.warnings)
        said = [] if is_false or self.assessment is None else [self.assessment.verdict.sentence]
        if self.failed:
            said.append(f"{counted(len(self.failed), 'trial')} failed, the first with: {self.failed[0].error}")
        rows = trial_rows(self.sweep["objective"], self._ranked[:SHOWN])
        return card(self.title, said, *rows, warnings=self.warnings)

    def __repr__(self) -> str:
        objective = self.sweep["objective"]
        best = f"best {objective} {self._ranked[0].objective:.4g}" if self._ranked else f"no {objective}"
        return f"<SweepResult {self.strategy}: {len(self._trials):,} trials, {best}>"


def trial_json(trial: Trial) -> dict[str, Any]:
    """A trial as JSON."""
    return {
        "number": trial.number,
        "parameters": dict(trial.parameters),
        "objective": trial.objective,
        "error": trial.error,
        "stats": trial.stats,
    }
