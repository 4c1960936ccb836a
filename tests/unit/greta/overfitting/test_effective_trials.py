"""How many independent trials: of noise all, of groups as many as groups."""

import numpy as np
import pytest

from weaver.greta.overfitting.effective_trials import average_correlation, effective_trials
from weaver.greta.overfitting.trials import usable_trials


def noise(periods: int, count: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((periods, count)) * 0.01


def test_average_correlation_is_that_of_all_pairs() -> None:
    returns = noise(200, 12) + noise(200, 1, seed=2)
    pairs = np.corrcoef(returns.T)[np.triu_indices(12, 1)]
    assert average_correlation(usable_trials(returns)) == pytest.approx(pairs.mean(), abs=1e-12)


def test_noise_is_as_many_trials_as_were_counted() -> None:
    found = effective_trials(usable_trials(noise(500, 60)), counted=200)
    assert found is not None
    assert found.by_clusters == 200
    assert found.by_correlation == pytest.approx(200, rel=0.02)
    assert found.silhouette is None


def test_groups_are_counted_once() -> None:
    returns = np.repeat(noise(500, 6), 20, axis=1) + noise(500, 120, seed=3) * 0.3
    found = effective_trials(usable_trials(returns), counted=500)
    assert found is not None
    assert found.by_clusters == 6
    average = np.corrcoef(returns.T)[np.triu_indices(120, 1)].mean()
    assert found.by_correlation == pytest.approx(average + (1 - average) * 500)


def test_a_sample_speaks_for_all() -> None:
    returns = np.repeat(noise(300, 4), 50, axis=1) + noise(300, 200, seed=4) * 0.3
    found = effective_trials(usable_trials(returns), sample=40)
    assert found is not None
    assert (found.by_clusters, found.sampled) == (4, 40)


def test_equal_trials_are_one_and_opposites_are_not_more_than_all() -> None:
    same = effective_trials(usable_trials(np.repeat(noise(100, 1), 5, axis=1)))
    assert same is not None
    assert (same.by_clusters, same.by_correlation) == (1, pytest.approx(1.0))
    first = noise(100, 1)
    opposite = effective_trials(usable_trials(np.concatenate((first, -first), axis=1)))
    assert opposite is not None
    assert (opposite.by_clusters, opposite.by_correlation) == (2, 2.0)


def test_one_trial_is_one_and_none_are_nothing() -> None:
    found = effective_trials(usable_trials(noise(50, 1)))
    assert found is not None
    assert (found.by_clusters, found.by_correlation, found.average_correlation) == (1, 1.0, 1.0)
    assert effective_trials(usable_trials(np.zeros((50, 3)))) is None
