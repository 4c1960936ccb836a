"""What the best trial of a sweep is worth once it is known how much was tried: the figures of `greta.overfitting`, of
this sweep's returns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaver.greta.overfitting.assessment import Assessment, Selected, assess
from weaver.greta.overfitting.plateau import Plateau, plateau
from weaver.greta.sweep.trials import Trial

Floats = NDArray[np.float64]


def assessment_of(
    *,
    returns: NDArray[np.float32],
    numbers: NDArray[np.int64],
    best: Trial,
    best_returns: Floats,
    returns_per_year: float,
    trials: int,
    counted: int,
    seed: int,
) -> Assessment:
    """The figures of a sweep of so many `trials`, `counted` with those before it.

    `returns` of the trials `numbers`, shape [sessions, trials]: all, or an even sample of them, to which the best one
    is added where it is not among them (`best_returns`, shape [sessions]).
    """
    column = np.flatnonzero(numbers == best.number)
    if not len(column):
        returns = np.column_stack([returns, best_returns.astype(np.float32)])
    at = int(column[0]) if len(column) else returns.shape[1] - 1
    return assess(returns, sessions_per_year=returns_per_year, counted=counted, best=at, searched=trials, seed=seed)


def plateau_of(trial: Trial, trials: Sequence[Trial], axes: Sequence[Mapping[str, Any]]) -> Plateau | str:
    """How the trials around one do; or why that cannot be said. `axes` as a space describes them."""
    positions = np.array([[_place(axis, one.parameters[axis["name"]]) for axis in axes] for one in trials])
    objective = np.array([np.nan if one.objective is None else one.objective for one in trials], dtype=np.float64)
    is_grid = all("values" in axis for axis in axes)
    return plateau(
        trial.number - 1,
        positions=positions.astype(np.float64),
        objective=objective,
        radius=1.0 if is_grid else 0.1,
        choices=np.array([not _is_ordered(axis) for axis in axes]),
    )


def _is_ordered(axis: Mapping[str, Any]) -> bool:
    values = axis.get("values", ())
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _place(axis: Mapping[str, Any], value: Any) -> float:
    """Where a value lies on an axis: the number of its step, or the share of the way between the bounds; beside a span
    a step counts as so much of the whole."""
    if "values" in axis:
        return float(list(axis["values"]).index(value))
    low, high, own = float(axis["low"]), float(axis["high"]), float(value)
    if axis["is_log"]:
        low, high, own = np.log([low, high, own]).tolist()
    return (own - low) / (high - low) if high > low else 0.0


def assessment_json(found: Assessment) -> dict[str, Any]:
    """As JSON; where a figure has no value, `why` says so."""
    return {
        "verdict": found.verdict.code,
        "sentence": found.verdict.sentence,
        "sessions": found.periods,
        "trials": found.searched,
        "counted_trials": found.counted,
        "selected": _selected_json(found.selected),
        "effective_trials": None
        if found.effective is None
        else {
            "by_clusters": found.effective.by_clusters,
            "by_correlation": found.effective.by_correlation,
            "average_correlation": found.effective.average_correlation,
        },
        "overfitting": {"why": found.overfitting}
        if isinstance(found.overfitting, str)
        else {
            "probability": found.overfitting.probability,
            "probability_of_loss": found.overfitting.probability_of_loss,
            "slope": found.overfitting.slope,
            "blocks": found.overfitting.blocks,
        },
        "reality_check": {"why": found.reality}
        if isinstance(found.reality, str)
        else {
            "white": found.reality.white,
            "spa_lower": found.reality.lower,
            "spa_consistent": found.reality.consistent,
            "spa_upper": found.reality.upper,
            "bootstraps": found.reality.bootstraps,
        },
    }


def _selected_json(selected: Selected | str) -> dict[str, Any]:
    if isinstance(selected, str):
        return {"why": selected}
    return {
        "sharpe": selected.sharpe,
        "psr": selected.psr,
        "deflated_sharpe": selected.deflated,
        "luck_sharpe": selected.luck,
        "deflated_by_correlation": selected.deflated_by_correlation,
        "deflated_by_clusters": selected.deflated_by_clusters,
        "min_track_record": selected.min_track_record,
        "min_track_record_deflated": selected.min_track_record_deflated,
    }
