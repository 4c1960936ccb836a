"""What a sweep says of its best trial: the figures of its own returns, counting every trial there ever was."""

from typing import Any

import numpy as np
import pytest

from tests.unit.research.sweeps.market import HOURS, Cross, Fails
from weaver.greta.overfitting.assessment import Assessment, Selected, assess
from weaver.greta.overfitting.plateau import Plateau
from weaver.greta.sweep.honesty import assessment_json, plateau_of
from weaver.greta.sweep.result import SweepResult
from weaver.greta.sweep.trials import Trial
from weaver.research.sweeps import sweep

SPACE = {"fast": range(3, 12), "slow": [15, 20, 30, 40]}


def returns_of(found: SweepResult, number: int) -> Any:
    """By session, from the backtest itself."""
    result = found.result(number)
    last = np.append(np.flatnonzero(np.diff(result.session)), len(result.session) - 1)
    daily = result.curve.equity[last]
    return daily / np.concatenate([[100_000.0], daily[:-1]]) - 1


def selected(found: Assessment | None) -> Selected:
    assert found is not None
    assert isinstance(found.selected, Selected)
    return found.selected


def test_the_figures_are_those_of_the_trials_returns() -> None:
    found = sweep(Cross, HOURS, SPACE, workers=1, keep=False)
    table = np.column_stack([returns_of(found, trial.number) for trial in found.trials])
    again = assess(table.astype(np.float32), sessions_per_year=365, counted=36, best=found.best.number - 1)
    ours = found.assessment
    assert ours is not None
    assert ours.searched == ours.counted == 36
    assert selected(ours).sharpe == pytest.approx(selected(again).sharpe)
    assert selected(ours).deflated == pytest.approx(selected(again).deflated)
    assert selected(ours).sharpe == pytest.approx(found.best.objective, rel=1e-4)
    assert assessment_json(ours)["sentence"] == again.verdict.sentence


def test_trials_of_other_sweeps_count_against_it() -> None:
    first = sweep(Cross, HOURS, {"fast": [3, 4], "slow": [15, 30]}, workers=1)
    sweep(Cross, HOURS, SPACE, workers=1)
    again = sweep(Cross, HOURS, {"fast": [3, 4], "slow": [15, 30]}, workers=1)
    assert first.assessment is not None
    assert again.assessment is not None
    assert (first.assessment.counted, again.assessment.counted) == (4, 36)
    assert again.assessment.searched == 4
    before, after = selected(first.assessment).deflated, selected(again.assessment).deflated
    assert before is not None
    assert after is not None
    assert after < before


def test_of_many_trials_an_even_sample_speaks_and_the_best_is_among_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(Cross, HOURS, SPACE, workers=1, keep=False)
    monkeypatch.setattr("weaver.research.sweeps.kept.SAMPLE_MAX", 12)
    some = sweep(Cross, HOURS, SPACE, workers=1, keep=False)
    assert some.sample.numbers.tolist() == list(range(1, 37, 3))
    assert np.array_equal(some.sample.returns, whole.sample.returns[:, ::3])
    for found in (some, whole):
        assert found.assessment is not None
        assert found.assessment.searched == 36
        assert selected(found.assessment).sharpe == pytest.approx(found.best.objective, rel=1e-4)


def test_where_no_trial_has_an_objective_there_is_nothing_to_say() -> None:
    found = sweep(Fails, HOURS, {"number": [1, 3]}, workers=1, keep=False)
    assert found.assessment is None


def trial(number: int, objective: float | None, **parameters: Any) -> Trial:
    return Trial(number=number, parameters=parameters, objective=objective, stats=None, error=None)


def test_neighbours_of_a_grid_are_one_step_away() -> None:
    heights = {(5, 10): 1.0, (5, 20): 2.0, (5, 50): 0.0, (8, 10): 3.0, (8, 20): 9.0, (8, 50): 4.0, (9, 10): 5.0}
    trials = [trial(k, height, fast=fast, slow=slow) for k, ((fast, slow), height) in enumerate(heights.items(), 1)]
    axes = [{"name": "fast", "values": [5, 8, 9]}, {"name": "slow", "values": [10, 20, 50]}]
    top = plateau_of(trials[4], trials, axes)
    assert isinstance(top, Plateau)
    assert (top.neighbours, top.worst, top.kept) == (6, 0.0, 2.5 / 9)
    corner = plateau_of(trials[0], trials, axes)
    assert isinstance(corner, Plateau)
    assert (corner.neighbours, corner.worst) == (3, 2.0)


def test_neighbours_of_drawn_points_are_near_and_of_choices_the_same() -> None:
    axes = [
        {"name": "x", "low": 0.01, "high": 1.0, "is_log": True, "is_whole": False},
        {"name": "mode", "values": ["up", "down"]},
    ]
    places = [(0.1, "up"), (0.12, "up"), (0.09, "up"), (0.11, "down"), (0.9, "up")]
    trials = [trial(k, float(k), x=x, mode=mode) for k, (x, mode) in enumerate(places, 1)]
    around = plateau_of(trials[0], trials, axes)
    assert isinstance(around, Plateau)
    assert (around.neighbours, around.worst) == (2, 2.0)
    assert isinstance(plateau_of(trials[4], trials, axes), str)
