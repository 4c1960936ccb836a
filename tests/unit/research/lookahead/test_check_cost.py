"""What the look-ahead check costs: counted in the strategy's own work, on a watch that only that work turns."""

import numpy as np
import pytest

import weaver
from tests.builders import crypto_bars
from tests.unit.research.lookahead.virtual_watch import Watch
from weaver import Strategy, indicator
from weaver.greta.result import BacktestResult
from weaver.research.lookahead import check as lookahead

BARS = crypto_bars((100 + np.random.default_rng(3).normal(0, 1, 400).cumsum()).clip(20).round(2).tolist())


@pytest.fixture(autouse=True)
def _watch(monkeypatch: pytest.MonkeyPatch) -> None:
    Watch.now = 0.0
    monkeypatch.setattr(lookahead, "Stopwatch", Watch)


class Worker(Strategy):
    """Works `weight` seconds on each bar; buys and sells in turn."""

    weight: float = 0.0

    def on_bar(self, bar) -> None:
        Watch.now += self.weight
        if len(self.close) % 10 == 5:
            self.order_target_percent(bar.symbol, 0.5)
        elif len(self.close) % 10 == 0:
            self.close_position(bar.symbol)


class WorkingIndicator(Strategy):
    """An indicator that works `weight` seconds for each value."""

    weight: float = 0.0

    def on_start(self) -> None:
        weight = self.weight

        def rising(close: np.ndarray) -> np.ndarray:
            Watch.now += weight * len(close)
            return np.diff(close, prepend=close[:1])

        own = indicator(rising, self.close)
        self.when(own > 0, lambda bar: self.order_target_percent(bar.symbol, 0.5))
        self.when(own < 0, lambda bar: self.close_position(bar.symbol))


def taken(strategy: type[Strategy], weight: float, *, check: bool) -> tuple[float, BacktestResult]:
    began = Watch.now
    result = weaver.backtest(strategy, BARS, params={"weight": weight}, costs="none", lookahead_check=check)
    return Watch.now - began, result


@pytest.mark.parametrize("weight", [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 60.0])
@pytest.mark.parametrize("strategy", [Worker, WorkingIndicator], ids=lambda cls: cls.__name__)
def test_check_takes_no_more_than_four_runs_and_a_second(strategy: type[Strategy], weight: float) -> None:
    run, _ = taken(strategy, weight, check=False)
    both, result = taken(strategy, weight, check=True)
    assert both - run <= 4 * run + 1
    assert both - run > run  # something was repeated, beside the run
    assert not {"lookahead", "not_deterministic", "lookahead_unchecked"} & {one.code for one in result.warnings}


@pytest.mark.parametrize("weight", [1e-4, 1e-3, 1e-2])
def test_check_of_work_on_each_bar_meets_two_runs_and_half_a_second(weight: float) -> None:
    run, _ = taken(Worker, weight, check=False)
    both, _ = taken(Worker, weight, check=True)
    assert both - run <= 2 * run + 0.5 + 2 * 400 * weight * lookahead.CUT_AT_LEAST


def test_an_indicator_that_takes_an_hour_is_computed_three_times_more_and_it_is_said() -> None:
    _, result = taken(WorkingIndicator, 60.0, check=True)
    said = [one.message for one in result.warnings if one.code == "lookahead_sampled"]
    assert len(said) == 1
    assert "rising(BTC/USD.close) could be computed again on 3 shorter rows only" in said[0]
    assert result.lookahead is not None
    assert "own indicator on 3 shorter rows" in result.lookahead


def test_cheap_ones_are_looked_at_in_every_place_and_nothing_is_said() -> None:
    _, result = taken(WorkingIndicator, 0.0, check=True)
    assert result.lookahead == "the run repeated, own indicator on 399 shorter rows, and 64 shorter runs"
    assert "lookahead_sampled" not in [one.code for one in result.warnings]


class PeeksDear(Strategy):
    """An indicator of an hour that knows the next close."""

    def on_start(self) -> None:
        def tomorrow(close: np.ndarray) -> np.ndarray:
            Watch.now += 60.0 * len(close)
            return np.append(close[1:], close[-1:])

        own = indicator(tomorrow, self.close)
        self.when(own > self.close, lambda bar: self.order_target_percent(bar.symbol, 0.5))
        self.when(own < self.close, lambda bar: self.close_position(bar.symbol))


def test_a_dear_indicator_that_peeks_is_caught_at_the_few_places() -> None:
    result = weaver.backtest(PeeksDear, BARS, costs="none")
    assert [one.code for one in result.warnings if "look" in one.code] == ["lookahead"]
