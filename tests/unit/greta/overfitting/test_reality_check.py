"""White's and Hansen's tests against plain loops on the same draws, on noise, and on an edge."""

import math

import numpy as np
import pytest

from tests.naive import overfitting as naive
from weaver.greta.overfitting import trials as pieces
from weaver.greta.overfitting.reality_check import RealityCheck, reality_check
from weaver.greta.overfitting.stationary_bootstrap import draws


def noise(periods: int, trials: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((periods, trials)) * 0.01


def found(returns: np.ndarray, **more: object) -> RealityCheck:
    result = reality_check(returns, **more)  # type: ignore[arg-type]
    assert isinstance(result, RealityCheck), result
    return result


@pytest.mark.parametrize(("seed", "shift"), [(1, 0.0), (2, 0.001), (3, -0.002), (4, 0.0005)])
def test_p_values_are_those_of_plain_loops(seed: int, shift: float) -> None:
    returns = noise(40, 6, seed) + shift
    returns[:, 3] -= 0.006  # far below, and left out of the consistent one
    result = found(returns, bootstraps=60, block_length=3.0, seed=seed)
    orders = np.concatenate(list(draws(40, 60, block_length=3.0, seed=seed))).tolist()
    expected = naive.reality_check(returns.T.tolist(), orders, 3.0)
    assert {name: getattr(result, name) for name in expected} == pytest.approx(expected, abs=1e-12)


def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = noise(60, 9, 5)
    before = returns.copy()
    whole = found(returns, bootstraps=200, block_length=2.0)
    monkeypatch.setattr(pieces, "CHUNK_VALUES", 120)
    assert found(returns, bootstraps=200, block_length=2.0) == whole
    assert whole.best == int(returns.mean(axis=0).argmax())
    assert (returns == before).all()


def test_hansens_p_values_are_in_order() -> None:
    for seed in range(10):
        result = found(noise(80, 10, seed) - np.linspace(0, 0.01, 10), bootstraps=300)
        assert result.lower <= result.consistent <= result.upper


def test_an_edge_is_seen_and_a_benchmark_takes_it_away() -> None:
    returns = noise(500, 40, 6)
    returns[:, 8] += 0.003
    assert found(returns).consistent == 0.0
    assert found(returns).white <= 0.001
    assert found(returns).best == 8
    assert found(returns, benchmark=0.003).consistent > 0.1
    assert found(returns, benchmark=np.full(500, 0.003)) == found(returns, benchmark=0.003)


def test_all_that_lose_are_no_evidence() -> None:
    result = found(noise(200, 5, 7) - 0.005)
    assert (result.lower, result.consistent, result.upper) == (1.0, 1.0, 1.0)
    assert result.white > 0.9


def test_one_trial_is_an_ordinary_test_of_a_mean() -> None:
    """Against the normal approximation of a one-sided test."""
    returns = noise(400, 1, 8) + 0.0006
    z = returns.mean() / returns.std() * math.sqrt(400)
    assert found(returns[:, 0], bootstraps=4000, block_length=1.0).upper == pytest.approx(
        0.5 * math.erfc(z / math.sqrt(2)), abs=0.02
    )


@pytest.mark.parametrize(
    ("returns", "benchmark", "reason"),
    [
        (noise(15, 3, 9), 0.0, "15 sessions are too few: 16 are the least"),
        (np.zeros((50, 3)), 0.0, "none of 3 trials has returns that vary against the benchmark's"),
        (noise(50, 1, 9), noise(50, 1, 9)[:, 0], "none of 1 trials has returns that vary against the benchmark's"),
        (np.full((50, 2), np.nan), 0.0, "none of 2 trials has returns that vary against the benchmark's"),
    ],
)
def test_where_there_is_nothing_to_say_it_says_why(returns: np.ndarray, benchmark: object, reason: str) -> None:
    assert reality_check(returns, benchmark=benchmark) == reason  # type: ignore[arg-type]


def test_failed_trials_are_left_out() -> None:
    returns = noise(100, 4, 10)
    returns[5, 0] = np.nan
    assert found(returns).best != 0
    assert found(returns).consistent == found(returns[:, 1:]).consistent
