"""CSCV against plain loops that cut and sort, against identities, and where there is nothing to say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.naive import overfitting as naive
from weaver.greta.overfitting import cross_validation as module
from weaver.greta.overfitting.cross_validation import Overfitting, backtest_overfitting


def returns_of(periods: int, trials: int, seed: int, edge: float = 0.0) -> np.ndarray:
    """Noise of 1 % a day; the first trial earns `edge` a day beside."""
    returns = np.random.default_rng(seed).standard_normal((periods, trials)) * 0.01
    returns[:, 0] += edge
    return returns


def found(returns: np.ndarray, **more: int) -> Overfitting:
    result = backtest_overfitting(returns, **more)
    assert isinstance(result, Overfitting), result
    return result


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(24, 60), st.integers(2, 9), st.sampled_from([4, 6]))
def test_combinations_are_those_of_plain_loops(seed: int, periods: int, trials: int, blocks: int) -> None:
    returns = returns_of(periods, trials, seed)
    result = found(returns, blocks=blocks)
    expected = naive.cscv(returns.T.tolist(), blocks)
    seen = zip(result.logits.tolist(), result.in_sample.tolist(), result.out_of_sample.tolist(), strict=True)
    assert np.array(sorted(seen)) == pytest.approx(np.array(sorted(expected)), rel=1e-8, abs=1e-10)
    assert result.probability == pytest.approx(sum(logit <= 1e-12 for logit, _, _ in expected) / len(expected))
    assert result.probability_of_loss == pytest.approx(sum(out < 0 for _, _, out in expected) / len(expected))


def test_line_is_the_one_of_least_squares() -> None:
    result = found(returns_of(400, 30, 1))
    slope, intercept = np.polyfit(result.in_sample, result.out_of_sample, 1)
    assert (result.slope, result.intercept) == (pytest.approx(slope), pytest.approx(intercept))
    assert len(result.logits) == math.comb(16, 8)


def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = returns_of(100, 20, 2)
    whole = found(returns, blocks=8)
    monkeypatch.setattr(module, "_AT_ONCE", 60)
    pieces = found(returns, blocks=8)
    assert sorted(pieces.logits) == sorted(whole.logits)
    assert pieces.dominance.by_chance == pytest.approx(whole.dominance.by_chance)


def test_a_planted_edge_is_no_overfitting() -> None:
    result = found(returns_of(1000, 50, 3, edge=0.003))
    assert result.probability == 0.0
    assert result.probability_of_loss == 0.0
    assert result.dominance.first_order
    assert result.dominance.second_order


def test_of_trials_that_only_trade_places_the_best_is_the_worst() -> None:
    """Each earns in one half what it loses in the other: whoever chooses by the past chooses the loser."""
    first = np.random.default_rng(4).standard_normal((800, 20)) * 0.01
    result = found(first - first.mean(axis=0))
    assert result.probability > 0.9
    assert result.slope == pytest.approx(-1.0, abs=0.1)
    assert not result.dominance.first_order
    assert not result.dominance.second_order


def test_dominance_is_a_share_of_those_below() -> None:
    result = found(returns_of(64, 5, 5), blocks=4)
    for level, share in zip(result.dominance.levels, result.dominance.selected, strict=True):
        assert share == pytest.approx((result.out_of_sample <= level).mean())
    assert result.dominance.by_chance[-1] == result.dominance.selected[-1] == 1.0


def test_short_records_have_fewer_blocks() -> None:
    assert found(returns_of(64, 4, 6)).blocks == 16
    assert found(returns_of(63, 4, 6)).blocks == 14
    assert found(returns_of(16, 4, 6)).blocks == 4
    assert found(returns_of(40, 4, 6), blocks=7).blocks == 6


def test_trials_that_say_nothing_are_left_out_and_idle_halves_count_as_nothing() -> None:
    returns = returns_of(64, 6, 7)
    returns[10, 1], returns[:, 2], returns[:32, 3] = np.nan, 0.0, 0.0
    result = found(returns, blocks=4)
    assert result.trials == 4
    assert np.isfinite(result.out_of_sample).all()
    expected = naive.cscv(returns[:, [0, 3, 4, 5]].T.tolist(), 4)
    assert sorted(result.logits.tolist()) == pytest.approx(sorted(one for one, _, _ in expected))


def test_equal_means_of_equal_trials_have_no_line() -> None:
    pattern = np.tile([0.01, -0.01, 0.02, -0.02], 8)
    result = found(np.stack([pattern, pattern * 2.0, -pattern], axis=1), blocks=4)
    assert (result.slope, result.intercept) == (None, None)


@pytest.mark.parametrize(
    ("returns", "reason"),
    [
        (returns_of(15, 5, 8), "15 sessions are too few: 16 are the least"),
        (returns_of(0, 5, 8)[:, :0], "0 sessions are too few: 16 are the least"),
        (returns_of(100, 1, 8), "1 of 1 trials can be compared: two are the least"),
        (np.zeros((100, 4)), "0 of 4 trials can be compared: two are the least"),
        (np.repeat(returns_of(100, 1, 8), 3, axis=1), "all trials have the same returns"),
    ],
)
def test_where_there_is_nothing_to_say_it_says_why(returns: np.ndarray, reason: str) -> None:
    assert backtest_overfitting(returns) == reason
