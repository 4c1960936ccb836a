"""A trial's figures are those of its backtest, to the last digit, with the curve and without."""

from typing import Any

import numpy as np
import pytest

from tests.builders import crypto_bars, planned, stock_days
from tests.unit.research.sweeps.market import Cross, walk
from weaver.greta.result import BacktestResult
from weaver.greta.results.trial_figures import TrialFigures, TrialsFigures
from weaver.marvin.strategy import Strategy

HOURS = crypto_bars(walk(400, seed=8))


class Never(Strategy):
    def on_bar(self, bar: Any) -> None:
        del bar


class Stops(Strategy):
    """Ends the run where it has had enough."""

    def on_bar(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, 0.5 if len(self.close) % 7 < 4 else 0.0)
        if len(self.close) == 300:
            self.stop_run("enough")


class Short(Strategy):
    def on_bar(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, -0.8 if len(self.close) % 11 < 6 else 0.9)


CASES: dict[str, tuple[type[Strategy], Any, dict[str, Any]]] = {
    "crossings": (Cross, HOURS, {"costs": {"commission_bps": 10, "slippage_bps": 3}}),
    "closed at the end": (Cross, HOURS, {"close_at_end": True}),
    "from the middle": (Cross, HOURS, {"start": "2021-04-10", "end": "2021-04-18"}),
    "nothing": (Never, HOURS, {}),
    "ended early": (Stops, HOURS, {}),
    "short": (Short, HOURS, {"account": "margin", "shorting": True}),
    "borrowing, paid for": (Short, HOURS, {"account": "margin", "shorting": True, "costs": {"borrow_rate": 0.1}}),
    "several symbols": (Cross, {"A/USD": HOURS, "B/USD": crypto_bars(walk(400, seed=9))}, {}),
    "another benchmark": (Cross, HOURS, {"benchmark": crypto_bars(walk(400, seed=3), symbol="X/USD")}),
    "a future": (Cross, stock_days(walk(200, seed=2)), {"asset": "future", "multiplier": 5, "margin": 30}),
    "units of five": (Cross, stock_days(walk(200, seed=2)), {"asset": "future", "multiplier": 5}),
}


@pytest.mark.parametrize("name", CASES)
def test_they_are_those_of_the_backtest(name: str) -> None:
    strategy, bars, options = CASES[name]
    plan = planned(strategy, bars, **options)
    trials, common = TrialsFigures(plan.against), plan.common(1_000_000)
    for _ in range(2):  # with what was found out before, too
        run = plan.run(progress=lambda _: None, common=common).finished
        result = BacktestResult(run, strategy="x", record=dict, benchmark=plan.against)
        found = trials.of(run)
        assert isinstance(found, TrialFigures)
        assert found.stats == result.stats
        last = np.append(np.flatnonzero(np.diff(result.session)), len(result.session) - 1)
        daily = result.curve.equity[last]
        assert found.returns is not None
        assert found.returns.tolist() == (daily / np.concatenate([[100_000.0], daily[:-1]]) - 1).tolist()
        assert found.sessions.tolist() == result.session[last].tolist()
        assert found.returns_per_year == result.returns_per_year
