"""The worked examples of Bailey and López de Prado, and an implementation of plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.naive import overfitting as naive
from weaver.greta.overfitting.deflated_sharpe import (
    deflated_sharpe,
    expected_max_sharpe,
    familywise_probability,
    min_track_record,
)
from weaver.greta.overfitting.moments import moments_of
from weaver.greta.overfitting.trials import usable_trials
from weaver.greta.results.statistics import probabilistic_sharpe

DAILY = 2.5 / math.sqrt(250)
"""The DSR paper's example: 2.5 a year over five years of 250 days; the trials' yearly ratios have a variance of ½."""


def test_expected_maximum_of_the_paper() -> None:
    assert expected_max_sharpe(variance=0.5 / 250, trials=100) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(
    ("trials", "skew", "kurtosis", "deflated"),
    [(100, -3.0, 7.0, 0.9004), (46, -3.0, 7.0, 0.9505), (88, 0.0, 0.0, 0.9505)],
)
def test_deflated_sharpe_of_the_paper(trials: int, skew: float, kurtosis: float, deflated: float) -> None:
    """Of 100 trials it is discarded, of 46 it would stand, and of 88 if its returns were normal."""
    found = deflated_sharpe(
        sharpe=DAILY, skew=skew, excess_kurtosis=kurtosis, count=1250, variance=0.5 / 250, trials=trials
    )
    assert found == pytest.approx(deflated, abs=5e-5)


@pytest.mark.parametrize(("skew", "kurtosis", "psr"), [(-2.448, 7.164, 0.913), (0.0, 0.0, 0.982)])
def test_probabilistic_sharpe_of_the_paper(skew: float, kurtosis: float, psr: float) -> None:
    """A hedge fund's 24 months with a ratio of 0.458: 98.2 % were they normal, 91.3 % as they are."""
    found = probabilistic_sharpe(sharpe=0.458, skew=skew, excess_kurtosis=kurtosis, count=24)
    assert found == pytest.approx(psr, abs=5e-4)


@pytest.mark.parametrize(
    ("a_year", "skew", "kurtosis", "years"),
    [(252, 0.0, 0.0, 2.73), (52, 0.0, 0.0, 2.83), (12, 0.0, 0.0, 3.24), (12, -0.72, 2.78, 4.99)],
)
def test_minimum_track_record_of_the_paper(a_year: int, skew: float, kurtosis: float, years: float) -> None:
    """A ratio of 2 a year above one of 1: daily, weekly, monthly, and monthly as hedge funds' returns are."""
    root = math.sqrt(a_year)
    found = min_track_record(sharpe=2 / root, skew=skew, excess_kurtosis=kurtosis, benchmark=1 / root)
    assert found is not None
    assert found / a_year == pytest.approx(years, abs=5e-3)


def test_figures_are_those_of_plain_loops() -> None:
    returns = np.random.default_rng(5).gamma(3.0, 0.01, (120, 9)) - 0.029
    moments = moments_of(usable_trials(returns))
    best = int(moments.sharpe.argmax())
    found = deflated_sharpe(
        sharpe=moments.sharpe[best],
        skew=moments.skew[best],
        excess_kurtosis=moments.excess_kurtosis[best],
        count=120,
        variance=moments.sharpe.var(ddof=1),
        trials=30.5,
    )
    assert found == pytest.approx(naive.dsr(returns.T.tolist(), 30.5), rel=1e-10)


def test_nothing_is_deflated_of_one_trial() -> None:
    assert expected_max_sharpe(variance=1.0, trials=1) == 0.0
    assert expected_max_sharpe(variance=1.0, trials=1.05) == 0.0  # the formula goes below 0
    assert expected_max_sharpe(variance=0.0, trials=50) == 0.0


def test_no_record_is_long_enough_for_what_is_not_better() -> None:
    assert min_track_record(sharpe=0.1, skew=0.0, excess_kurtosis=0.0, benchmark=0.1) is None
    assert min_track_record(sharpe=1.0, skew=3.0, excess_kurtosis=0.0) is None


@given(st.floats(0.01, 1.0), st.floats(-1.0, 1.0), st.floats(0.0, 10.0), st.floats(-0.5, 0.0))
def test_a_record_of_the_least_length_has_just_the_confidence(
    sharpe: float, skew: float, kurtosis: float, benchmark: float
) -> None:
    length = min_track_record(sharpe=sharpe, skew=skew, excess_kurtosis=kurtosis, benchmark=benchmark)
    spread = 1.0 - skew * sharpe + (kurtosis + 2.0) / 4.0 * sharpe**2
    if length is None:
        assert spread <= 0.0
    else:
        assert (sharpe - benchmark) * math.sqrt((length - 1.0) / spread) == pytest.approx(1.6448536, rel=1e-6)


@given(st.floats(2.0, 1e6), st.floats(1.0, 1e3))
def test_more_trials_need_a_higher_ratio(trials: float, more: float) -> None:
    lower = expected_max_sharpe(variance=0.01, trials=trials)
    assert expected_max_sharpe(variance=0.01, trials=trials * more) >= lower > 0.0


def test_the_expected_maximum_is_near_the_mean_of_maxima() -> None:
    """Of 50 normal draws, from 20,000 of them."""
    highest = np.random.default_rng(6).standard_normal((20_000, 50)).max(axis=1).mean()
    assert expected_max_sharpe(variance=1.0, trials=50) == pytest.approx(highest, rel=0.02)


def test_a_family_of_trials_looks_good_more_often() -> None:
    assert familywise_probability(probability=0.99, trials=5) == pytest.approx(0.9509900499)
    assert familywise_probability(probability=0.99, trials=0.5) == 0.99
