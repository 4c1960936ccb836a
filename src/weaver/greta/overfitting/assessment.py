"""All the figures of a search at once, from the returns of its trials."""

from dataclasses import dataclass

import numpy as np

from weaver.greta.overfitting.cross_validation import Overfitting, backtest_overfitting
from weaver.greta.overfitting.deflated_sharpe import (
    deflated_sharpe,
    expected_max_sharpe,
    familywise_probability,
    min_track_record,
)
from weaver.greta.overfitting.effective_trials import EffectiveTrials, effective_trials
from weaver.greta.overfitting.moments import moments_of
from weaver.greta.overfitting.reality_check import BOOTSTRAPS, RealityCheck, reality_check
from weaver.greta.overfitting.trials import Floats, Returns, Trials, usable_trials
from weaver.greta.overfitting.verdict import Verdict, verdict
from weaver.greta.results.statistics import probabilistic_sharpe


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """The best trial, and what is left of it once it is known how much was tried. Sharpe ratios are a year's."""

    column: int
    """Which of the returns that were given."""
    sharpe: float
    skew: float
    excess_kurtosis: float
    psr: float | None
    """Its probability of a true Sharpe ratio above 0, as if it were the only trial."""
    deflated: float | None
    """The same above `luck`, counting all trials. The one to go by."""
    luck: float
    """The highest Sharpe ratio to expect of so many trials without skill."""
    deflated_by_correlation: float | None
    """`deflated`, counting only the effective number of trials by their average correlation."""
    deflated_by_clusters: float | None
    """`deflated`, counting only clusters of trials."""
    familywise: float | None
    """The probability that not one of as many trials without skill looks as good."""
    min_track_record: float | None
    """How many sessions it takes until a Sharpe ratio as this is above 0 with 95 %, had nothing been selected."""
    min_track_record_deflated: float | None
    """How many until it is above `luck`; None: no record is long enough."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """Whether to believe the best of many trials. Where a figure has no value, its place says why."""

    periods: int
    """Sessions of each trial."""
    given: int
    """Trials at hand, those that say nothing included."""
    searched: int
    """Trials of the search; more than there are at hand where these are a sample."""
    usable: int
    """Trials whose returns are finite and vary."""
    counted: int
    """Trials over all searches: what `deflated` goes by."""
    selected: Selected | str
    effective: EffectiveTrials | None
    overfitting: Overfitting | str
    reality: RealityCheck | str
    verdict: Verdict


def assess(
    returns: Returns,
    *,
    sessions_per_year: float,
    counted: int | None = None,
    searched: int | None = None,
    best: int | None = None,
    benchmark: Floats | float = 0.0,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Assessment:
    """Every figure of `returns`, shape (sessions, trials); the same input, the same figures.

    Args:
        sessions_per_year: how many returns make a year.
        counted: trials over all searches; as many as there are in `returns`, or more. None: those.
        searched: trials of this search, where `returns` has only a sample of them. None: those.
        best: the column that was selected. None: the one with the highest Sharpe ratio.
        benchmark: what the reality check compares with, a return a session or one for each, shape (sessions,).
        seed: of the reality check's draws.
    """
    trials = usable_trials(returns)
    made = max(trials.given, searched or 0)
    total = max(made, counted or 0)
    effective = effective_trials(trials, counted=total)
    selected = _selected(trials, effective, total, best, sessions_per_year)
    overfitting = backtest_overfitting(returns)
    reality = reality_check(returns, benchmark=benchmark, bootstraps=bootstraps, seed=seed)
    known = None if isinstance(selected, str) else selected
    return Assessment(
        periods=trials.periods,
        given=trials.given,
        searched=made,
        usable=trials.count,
        counted=total,
        selected=selected,
        effective=effective,
        overfitting=overfitting,
        reality=reality,
        verdict=verdict(
            trials=made,
            counted=total,
            sharpe=None if known is None else known.sharpe,
            deflated=None if known is None else known.deflated,
            overfitting=None if isinstance(overfitting, str) else overfitting.probability,
            p_value=None if isinstance(reality, str) else reality.consistent,
        ),
    )


def _selected(
    trials: Trials, effective: EffectiveTrials | None, counted: int, best: int | None, sessions_per_year: float
) -> Selected | str:
    if effective is None:
        return f"none of {trials.given} trials has finite returns that vary"
    moments = moments_of(trials)
    at = int(moments.sharpe.argmax()) if best is None else int(np.searchsorted(trials.columns, best))
    if at == trials.count or (best is not None and trials.columns[at] != best):
        return f"the returns of trial {best} are not finite, or do not vary"
    variance = float(moments.sharpe.var(ddof=1)) if trials.count > 1 else 0.0
    year = float(np.sqrt(sessions_per_year))
    sharpe, skew, kurtosis = (float(column[at]) for column in (moments.sharpe, moments.skew, moments.excess_kurtosis))

    def deflated(number: float) -> float | None:
        return deflated_sharpe(
            sharpe=sharpe,
            skew=skew,
            excess_kurtosis=kurtosis,
            count=trials.periods,
            variance=variance,
            trials=number,
        )

    luck = expected_max_sharpe(variance=variance, trials=counted)
    psr = probabilistic_sharpe(sharpe=sharpe, skew=skew, excess_kurtosis=kurtosis, count=trials.periods)
    length, longer = (
        min_track_record(sharpe=sharpe, skew=skew, excess_kurtosis=kurtosis, benchmark=level) for level in (0.0, luck)
    )
    return Selected(
        column=int(trials.columns[at]),
        sharpe=sharpe * year,
        skew=skew,
        excess_kurtosis=kurtosis,
        psr=psr,
        deflated=deflated(counted),
        luck=luck * year,
        deflated_by_correlation=deflated(effective.by_correlation),
        deflated_by_clusters=deflated(effective.by_clusters),
        familywise=None if psr is None else familywise_probability(probability=psr, trials=counted),
        min_track_record=length,
        min_track_record_deflated=longer,
    )
