"""All figures together: of an edge, of noise, of what says nothing; the same input, the same figures."""

import math

import numpy as np
import pytest

from tests.naive import overfitting as naive
from weaver.greta.overfitting.assessment import Selected, assess
from weaver.greta.overfitting.cross_validation import Overfitting
from weaver.greta.overfitting.reality_check import RealityCheck


def noise(periods: int, trials: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((periods, trials)) * 0.01


def test_a_planted_edge_holds() -> None:
    returns = noise(1500, 50, 1)
    returns[:, 20] += 0.0018
    found = assess(returns, sessions_per_year=252, counted=300)
    assert found.verdict.code == "holds"
    assert isinstance(found.selected, Selected)
    assert found.selected.column == 20
    assert found.selected.deflated is not None
    assert found.selected.deflated > 0.95
    assert isinstance(found.overfitting, Overfitting)
    assert found.overfitting.probability < 0.05
    assert isinstance(found.reality, RealityCheck)
    assert found.reality.consistent < 0.01


def test_noise_is_luck() -> None:
    found = assess(noise(1000, 100, 2), sessions_per_year=252)
    assert found.verdict.code == "luck"
    assert found.counted == found.given == found.usable == 100


def test_figures_of_the_best_are_those_of_plain_loops() -> None:
    returns = noise(150, 12, 3)
    found = assess(returns, sessions_per_year=100, counted=40)
    rows = returns.T.tolist()
    best = max(rows, key=naive.sharpe)
    assert isinstance(found.selected, Selected)
    assert found.selected.column == rows.index(best)
    assert found.selected.sharpe == pytest.approx(naive.sharpe(best) * 10)
    assert found.selected.psr == pytest.approx(naive.psr(best, 0.0))
    assert found.selected.deflated == pytest.approx(naive.dsr(rows, 40))
    assert found.selected.psr is not None
    assert found.selected.familywise == pytest.approx(found.selected.psr**40)
    assert naive.psr(best, found.selected.luck / 10) == pytest.approx(found.selected.deflated)
    assert found.effective is not None
    assert found.selected.deflated_by_correlation == pytest.approx(naive.dsr(rows, found.effective.by_correlation))
    assert found.selected.deflated_by_clusters == pytest.approx(naive.dsr(rows, found.effective.by_clusters))


def test_a_record_as_long_as_is_needed_has_the_confidence() -> None:
    returns = noise(150, 12, 3)
    returns[:, 0] += 0.006
    found = assess(returns, sessions_per_year=100).selected
    assert isinstance(found, Selected)
    assert found.min_track_record is not None
    assert found.min_track_record_deflated is not None
    assert found.psr is not None
    assert found.deflated is not None
    assert (found.min_track_record < 150) == (found.psr > 0.95)
    assert (found.min_track_record_deflated < 150) == (found.deflated > 0.95)


def test_another_trial_can_have_been_selected() -> None:
    returns = noise(100, 5, 4)
    returns[3, 0] = np.nan
    found = assess(returns, sessions_per_year=252, best=2)
    assert isinstance(found.selected, Selected)
    assert found.selected.column == 2
    for missing in (0, 7):
        other = assess(returns, sessions_per_year=252, best=missing)
        assert other.selected == f"the returns of trial {missing} are not finite, or do not vary"
        assert other.verdict.code == "unknown"


def test_one_trial_is_deflated_by_nothing() -> None:
    found = assess(noise(300, 1, 5) + 0.001, sessions_per_year=252)
    assert isinstance(found.selected, Selected)
    assert found.selected.deflated == found.selected.psr == found.selected.familywise
    assert found.selected.luck == 0.0
    assert found.overfitting == "1 of 1 trials can be compared: two are the least"


@pytest.mark.parametrize("returns", [np.zeros((50, 3)), np.full((50, 3), np.nan), np.empty((0, 3)), np.empty((9, 0))])
def test_what_says_nothing_has_reasons(returns: np.ndarray) -> None:
    found = assess(returns, sessions_per_year=252)
    assert found.verdict.code == "unknown"
    assert found.effective is None
    assert all(isinstance(one, str) for one in (found.selected, found.overfitting, found.reality))


def test_equal_trials_are_one_that_was_counted_often() -> None:
    found = assess(np.repeat(noise(200, 1, 6), 4, axis=1), sessions_per_year=252)
    assert found.overfitting == "all trials have the same returns"
    assert isinstance(found.selected, Selected)
    assert found.selected.deflated == pytest.approx(found.selected.psr)


def test_same_input_same_figures_and_the_input_stays_as_it_was() -> None:
    returns = noise(120, 10, 7)
    before = returns.copy()
    first, second = (assess(returns, sessions_per_year=252, seed=3) for _ in range(2))
    assert (first.selected, first.reality, first.verdict) == (second.selected, second.reality, second.verdict)
    assert (returns == before).all()
    assert math.isfinite(first.selected.sharpe if isinstance(first.selected, Selected) else math.nan)
