"""Walk-forwards: each window is the backtests of its stretches, nothing is known of what comes after, and the joined
curve is what trading the windows in turn gives."""

import json
from itertools import pairwise
from typing import Any

import exchange_calendars
import numpy as np
import pandas as pd
import pytest

import weaver
from tests.builders import stock_days
from tests.unit.research.sweeps.market import DAYS, HOURS, Cross, Fails, Peeks, Sees, walk
from weaver.greta.sweep.walk_forward import ForwardWindow, WalkForwardResult
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InputError, RunFailed
from weaver.research.sweeps import walk_forward
from weaver.research.sweeps.pool import OwnProcess

BARS = stock_days(walk(260, seed=11))
SPACE = {"fast": [3, 5, 8], "slow": [10, 20]}
SCHEME: dict[str, Any] = {"train": 100, "test": 40}
OPTIONS: dict[str, Any] = {
    "costs": {"commission_bps": 5},
    "cash": 50_000,
    "asset": "stock",
    "keep": False,
    "workers": 1,
}


def forward(strategy: Any = Cross, bars: Any = BARS, space: Any = SPACE, **options: Any) -> WalkForwardResult:
    return walk_forward(strategy, bars, space, **{**SCHEME, **OPTIONS, **options})


def run(start: Any, end: Any, cash: float, params: dict[str, Any], **options: Any) -> weaver.BacktestResult:
    return weaver.backtest(
        Cross, BARS, start=start, end=end, cash=cash, params=params, costs={"commission_bps": 5}, asset="stock",
        lookahead_check=False, **options,
    )  # fmt: skip


def test_windows_are_the_backtests_of_their_stretches_and_the_curve_joins_them() -> None:
    found = forward(objective="total_return")
    cash, equity, trades = 50_000.0, [], []
    stamps = BARS.timestamp
    assert [window.trials for window in found.windows] == [6] * 4
    for k, window in enumerate(found.windows):
        first = 40 * k
        assert [_ns(window.train_start), _ns(window.train_end)] == [stamps[first], stamps[first + 99]]
        assert [_ns(window.test_start), _ns(window.test_end)] == [stamps[first + 100], stamps[first + 139]]
        inside = {
            (fast, slow): run(window.train_start, window.train_end, 50_000, {"fast": fast, "slow": slow})
            for fast in SPACE["fast"]
            for slow in SPACE["slow"]
        }
        best = max(inside, key=lambda point: inside[point].stats["total_return"] or 0.0)
        assert window.parameters == {"fast": best[0], "slow": best[1]}
        assert window.train_stats == inside[best].stats
        after = run(window.test_start, window.test_end, cash, dict(window.parameters), close_at_end=True)
        assert window.test_stats == after.stats
        assert window.test_objective == after.stats["total_return"]
        equity += after.curve.equity.tolist()
        trades += list(after.trades)
        cash = float(after.stats["final_equity"] or 0.0)
    assert found.curve.tolist() == equity
    assert list(found.trades) == trades
    assert found.timestamp.tolist() == stamps[100:].tolist()
    assert found.stats["final_equity"] == cash
    assert found.stats["trades"] == len(trades)


def _ns(moment: Any) -> int:
    return int(np.datetime64(moment.replace(tzinfo=None), "ns").astype(np.int64))


def test_statistics_of_the_joined_curve_are_those_of_its_returns() -> None:
    stats, curve = forward().stats, forward().curve
    returns = curve / np.concatenate([[50_000.0], curve[:-1]]) - 1
    first, last = (str(np.datetime64(int(BARS.timestamp[at]), "ns"))[:10] for at in (100, -1))
    sessions = len(exchange_calendars.get_calendar("XNYS").sessions_in_range(first, last))  # the bars have holidays too
    assert stats["sharpe"] == pytest.approx(returns.mean() / returns.std(ddof=1) * np.sqrt(252 * 160 / sessions))
    assert stats["max_drawdown"] == pytest.approx(
        (curve / np.maximum.accumulate(np.append(50_000.0, curve))[1:]).min() - 1
    )
    held = BARS.close[100:] / BARS.close[100]
    assert stats["benchmark_return"] == pytest.approx(held[-1] - 1)


def test_efficiency_and_stability_by_hand() -> None:
    found = forward(objective="total_return")
    inside = [window.train_stats["cagr"] for window in found.windows if window.train_stats]
    average = sum(value or 0.0 for value in inside) / 4
    outside = found.stats["cagr"] or 0.0
    assert found.efficiency == (pytest.approx(outside / average) if average > 0 else None)
    fast = found.stability[0]
    chosen = [window.parameters["fast"] for window in found.windows if window.parameters]
    assert fast.values == chosen
    assert fast.changes == sum(a != b for a, b in pairwise(chosen)) / 3
    assert fast.spread == pytest.approx(np.std(chosen) / 5)


def test_workers_change_no_byte_and_it_goes_on_where_it_was_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = forward().to_json()
    assert forward(workers=3).to_json() == whole
    assert json.loads(whole)["windows"][0]["train_start"] == "2021-04-05T00:00:00Z"
    original, ran = OwnProcess.run, list[int]()

    def stopped(self: OwnProcess, trials: Any) -> Any:
        for outcome in original(self, trials):
            if len(ran) == 9:
                raise KeyboardInterrupt
            ran.append(outcome.number)
            yield outcome

    monkeypatch.setattr(OwnProcess, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        forward(keep=True)
    monkeypatch.setattr(OwnProcess, "run", lambda self, trials: _noted(ran, original(self, trials)))
    ran.clear()
    assert forward(keep=True, resume=True).to_json() == whole
    assert ran == list(range(10, 25))


def _noted(ran: list[int], outcomes: Any) -> Any:
    for outcome in outcomes:
        ran.append(outcome.number)
        yield outcome


def test_who_sees_past_the_fence_only_earns_nothing() -> None:
    """Its look ahead is as long as a stretch: inside one there is nothing for it to see."""
    for ahead in (100, 140):
        found = forward(Peeks, space={"ahead": [ahead]}, objective="total_return")
        assert all(window.train_stats["trades"] == 0 for window in found.windows if window.train_stats)
    seen = forward(Peeks, space={"ahead": [40]}, objective="total_return")
    assert seen.stats["trades"] == 0
    cheats = forward(Peeks, space={"ahead": [1]}, objective="total_return")
    assert (cheats.stats["total_return"] or 0) > 1  # what it earns where it may look is what the fence takes away


class Counts(Strategy):
    """Buys on its first call, whenever that is."""

    size: int = 1

    def on_start(self) -> None:
        self.calls = 0
        self.mean = weaver.sma(self.close, 30)

    def on_bar(self, bar: Any) -> None:
        self.calls += 1
        if self.calls == 1:
            assert not np.isnan(self.mean[-1]) or len(self.close) < 30
            self.buy(bar.symbol, self.size)


def test_what_lies_before_a_window_is_history_and_not_traded() -> None:
    found = forward(Counts, space={"size": [1, 2]}, objective="total_return")
    for window, trade in zip(found.windows, found.trades, strict=True):
        assert window.test_stats["trades"] == 1
        assert trade.entry_time >= _ns(window.test_start)
        assert trade.exit_time <= BARS.end[-1]


def test_where_no_trial_has_an_objective_nothing_is_traded() -> None:
    found = forward(Fails, space={"number": [1, 3]})
    assert [window.parameters for window in found.windows] == [None] * 4
    assert found.curve.tolist() == [50_000.0] * 160
    assert found.stats["trades"] == 0


def test_windows_of_the_calendar_anchored_with_an_embargo() -> None:
    found = forward(train="3mo", test="1mo", anchored=True, embargo=2)
    assert [str(window.train_start)[:10] for window in found.windows] == ["2021-04-05"] * len(found.windows)
    for window in found.windows:
        between = (BARS.timestamp > _ns(window.train_end)) & (BARS.timestamp < _ns(window.test_start))
        assert int(between.sum()) == 2
    assert isinstance(found.windows[0], ForwardWindow)


def test_several_symbols_and_hours_have_windows_too() -> None:
    found = forward("momentum-rotation", DAYS, {"lookback": [10, 20], "top": [1, 2]}, params={"skip": 0})
    assert len(found.windows) == 6
    hours = forward(Cross, HOURS, train=10, test=5, asset="crypto")
    assert len(hours.windows) == 3
    assert hours.timestamp[0] == HOURS.timestamp[240]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": 1000}, "no window fits the data: train 1000 and test 40"),
        ({"train": "soon"}, "train: give a number of sessions"),
        ({"test": 0}, "test: give a number of sessions"),
        ({"step": 10}, "step 10 is shorter than the test"),
        ({"embargo": -2}, "embargo=-2"),
        ({"space": {"fats": [1]}}, "Cross has no parameter 'fats'"),
        ({"objective": "sharp"}, "did you mean sharpe"),
    ],
)
def test_bad_input_is_one_line_before_the_first_trial(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        forward(**changes)
    assert "\n" not in str(refused.value)


def test_who_loses_everything_is_told_where() -> None:
    class Ruined(Strategy):
        size: int = 1

        def on_bar(self, bar: Any) -> None:
            if not self.position(bar.symbol):
                self.sell(bar.symbol, 3000 * self.size)

    with pytest.raises(RunFailed, match=r"window 1 leaves -?[\d.]+: there is nothing to go on with"):
        forward(
            Ruined, stock_days([*[100.0] * 110, *[500.0] * 30]), {"size": [1]}, account="margin", leverage=10,
            shorting=True, maintenance="0.01", objective="total_return",
        )  # fmt: skip


def test_warnings_tell_of_the_strategy_and_of_the_bars() -> None:
    found = forward(Sees, space={"ahead": [1, 2]})
    assert found.warnings[0].code == "lookahead"
    assert json.loads(found.to_json())["warnings"][0]["code"] == "lookahead"
    assert forward(Sees, space={"ahead": [1, 2]}, lookahead_check=False).warnings == []
    halved = [100.0] * 130 + [50.0] * 130
    prices = pd.DataFrame(
        dict.fromkeys(("open", "high", "low", "close"), halved), pd.bdate_range("2020-01-02", periods=260)
    )
    assert "jump" in [one.code for one in forward(bars={"ABC": prices}, objective="total_return").warnings]


def test_trials_that_fail_are_counted_in_a_warning() -> None:
    found = forward(Fails, space={"number": [1, 2]}, objective="total_return")
    [told] = found.warnings
    assert (told.code, told.message[:37]) == ("failed_trials", "4 of 8 trials failed, the first with:")
    assert "1 is odd" in told.message
