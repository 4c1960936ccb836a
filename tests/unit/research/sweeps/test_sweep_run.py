"""Sweeps: every trial is `weaver.backtest` to the last digit, whoever runs it, in whatever order, killed or not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weaver
from tests.unit.research.sweeps.market import DAYS, HOURS, Cross, Fails, Kills, Own, Remembers, Sees
from weaver.greta.sweep.trials import Outcome
from weaver.marvin.strategy import Strategy
from weaver.model.errors import InputError, RunFailed
from weaver.research.sweeps import sweep
from weaver.research.sweeps.pool import OwnProcess

SPACE = {"fast": [3, 5, 8], "slow": [10, 20]}
SHIPPED: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "sma-crossover": (HOURS, {"fast": (2, 40), "slow": (3, 80)}, {}),
    "buy-and-hold": (DAYS, {"commission_bps": (0, 20)}, {}),
    "bollinger-reversion": (HOURS, {"period": (2, 60), "deviations": (0.5, 3.0), "stop": (0.01, 0.4)}, {}),
    "dca": (HOURS, {}, {}),
    "donchian-breakout": (HOURS, {}, {}),
    "momentum-rotation": (DAYS, {"lookback": (2, 60), "skip": (0, 10), "top": (1, 3)}, {}),
    "pairs-spread": (
        {name: DAYS[name] for name in ("S0", "S1")},
        {"window": (5, 60), "entry": (0.5, 2.5), "exit": (0.0, 0.5)},
        {"account": "margin", "shorting": True},
    ),
    "rsi-mean-reversion": (HOURS, {}, {}),
}


def points_of(bounds: dict[str, tuple[float, float]], data: st.DataObject) -> dict[str, list[Any]]:
    """A few values of each parameter."""
    found: dict[str, list[Any]] = {}
    for name, (low, high) in bounds.items():
        numbers = st.integers(low, high) if isinstance(high, int) else st.floats(low, high).map(lambda x: round(x, 4))
        found[name] = data.draw(st.lists(numbers, min_size=1, max_size=3, unique=True), label=name)
    return found


@pytest.mark.parametrize("name", SHIPPED)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_each_trial_is_the_backtest_of_its_parameters(name: str, data: st.DataObject) -> None:
    bars, bounds, options = SHIPPED[name]
    space = points_of(bounds, data) if bounds else None
    found = sweep(name, bars, space, search="random", trials=6, workers=1, keep=False, lookahead_check=False, **options)
    for trial in found.trials:
        given_ = dict(trial.parameters)
        costs = {"commission_bps": given_.pop("commission_bps")} if "commission_bps" in given_ else None
        again = weaver.backtest(name, bars, params=given_, costs=costs, lookahead_check=False, **options)
        assert trial.error is None
        assert trial.stats == again.stats


@pytest.mark.parametrize("strategy", [Cross, Own])
def test_workers_cache_and_order_change_no_byte(strategy: type[Strategy], monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, Any] = SPACE if strategy is Cross else {"period": range(2, 12)}
    alone = sweep(strategy, HOURS, space, workers=1, keep=False).to_json()
    assert sweep(strategy, HOURS, space, workers=3, keep=False).to_json() == alone
    monkeypatch.setattr("weaver.research.sweeps.runner.CACHE_BYTES", 1)
    assert sweep(strategy, HOURS, space, workers=1, keep=False).to_json() == alone
    monkeypatch.setattr(OwnProcess, "run", lambda self, trials: reversed([*_run(self, trials)]))
    assert sweep(strategy, HOURS, space, workers=1, keep=False).to_json() == alone


_run = OwnProcess.run


def test_random_and_learning_searches_do_not_depend_on_the_workers() -> None:
    for search in ("random", "tpe"):
        given_: dict[str, Any] = {"space": {"fast": "2:50", "slow": "3:100"}, "search": search, "trials": 40, "seed": 9}
        one = sweep(Cross, HOURS, **given_, where="fast < slow", workers=1, keep=False)
        two = sweep(Cross, HOURS, **given_, where="fast < slow", workers=2, keep=False)
        assert one.to_json() == two.to_json()
        assert np.array_equal(one.sample.returns, two.sample.returns, equal_nan=True)
        assert sweep(Cross, HOURS, **{**given_, "seed": 10}, where="fast < slow", keep=False).to_json() != one.to_json()


def test_what_a_trial_leaves_in_its_class_is_not_there_for_the_next() -> None:
    found = sweep(Remembers, HOURS, {"size": [1, 2, 3]}, workers=1, keep=False, costs="none")
    final = HOURS.close[-1] - HOURS.open[1]
    gains = [trial.stats["final_equity"] - 100_000 for trial in found.trials if trial.stats]
    assert gains == pytest.approx([final, 2 * final, 3 * final])


def test_a_trial_that_fails_is_a_row_with_its_error() -> None:
    found = sweep(Fails, HOURS, {"number": range(1, 5)}, workers=2, keep=False, objective="total_return")
    errors = [trial.error for trial in found.trials]
    assert [error is None for error in errors] == [False, True, False, True]
    assert "1 is odd" in str(errors[0])
    assert "market.py line" in str(errors[0])
    assert found.best.number == 2
    assert [trial.number for trial in found.failed] == [1, 3]


def test_a_trial_that_ends_its_process_is_a_row_and_the_others_are_run() -> None:
    found = sweep(Kills, HOURS, {"number": range(1, 9)}, workers=2, keep=False, objective="total_return")
    assert [trial.number for trial in found.failed] == [3]
    assert found.failed[0].error == "it ended its process 2 times (exit code 7): memory, or a crash of compiled code"
    assert len({json.dumps(trial.stats) for trial in found.trials if trial.stats}) == 1


def test_it_goes_on_where_it_was_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sweep(Cross, HOURS, SPACE, workers=1, keep=False).to_json()
    ran: list[int] = []

    def stopped(self: OwnProcess, trials: Any) -> Any:
        for outcome in _run(self, trials):
            if len(ran) == 3:
                raise KeyboardInterrupt
            ran.append(outcome.number)
            yield outcome

    monkeypatch.setattr(OwnProcess, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        sweep(Cross, HOURS, SPACE, workers=1)
    assert ran == [1, 2, 3]
    ran.clear()
    monkeypatch.setattr(OwnProcess, "run", _counting(ran))
    assert sweep(Cross, HOURS, SPACE, workers=1, resume=True).to_json() == whole
    assert ran == [4, 5, 6]
    ran.clear()
    assert sweep(Cross, HOURS, SPACE, workers=1, resume=True, objective="calmar").best.objective is not None
    assert ran == []
    assert sweep(Cross, HOURS, SPACE, workers=1).to_json() == whole
    assert ran == [1, 2, 3, 4, 5, 6]


def _counting(ran: list[int]) -> Any:
    def run(self: OwnProcess, trials: Any) -> Any:
        for outcome in _run(self, trials):
            assert isinstance(outcome, Outcome)
            ran.append(outcome.number)
            yield outcome

    return run


def test_trials_are_counted_over_all_sweeps_of_a_strategy_on_overlapping_bars() -> None:
    first = sweep(Cross, HOURS, SPACE, workers=1)
    assert (first.total_trials, first.earlier) == (6, [])
    second = sweep(Cross, HOURS, {"fast": [3, 4], "slow": [10]}, workers=1)
    assert second.total_trials == 2 + 5  # (3, 10) is in both
    assert [one.trials for one in second.earlier] == [6]
    assert sweep(Cross, HOURS, SPACE, workers=1).total_trials == 6 + 1
    assert sweep(Own, HOURS, {"period": [3]}, workers=1, objective="total_return").total_trials == 1
    assert sweep(Cross, DAYS, SPACE, workers=1).total_trials == 6


def test_the_best_trial_can_be_looked_at_in_full() -> None:
    found = sweep(Cross, HOURS, SPACE, workers=1, keep=False, objective="total_return")
    assert found.best_result.stats == found.best.stats
    assert found.result(2).stats == found.trials[1].stats
    assert found.best.objective == max(trial.objective for trial in found.trials if trial.objective is not None)


def test_timeframes_symbols_and_costs_are_axes_too() -> None:
    found = sweep(
        Cross, DAYS, {"timeframe": ["1d", "1w"], "symbols": ["S0", "S1+S2"], "commission_bps": "0:10:10"},
        params={"fast": 3, "slow": 10}, workers=1, keep=False, objective="total_return",
    )  # fmt: skip
    assert len(found.trials) == 8
    for trial in found.trials:
        again = weaver.backtest(
            Cross, {name: DAYS[name] for name in trial.parameters["symbols"].split("+")},
            timeframe=trial.parameters["timeframe"], costs={"commission_bps": trial.parameters["commission_bps"]},
            params={"fast": 3, "slow": 10}, lookahead_check=False,
        )  # fmt: skip
        assert trial.stats == again.stats


def test_an_objective_that_no_trial_has_is_told() -> None:
    found = sweep(Cross, HOURS, {"fast": [3], "slow": [10]}, keep=False, objective="sharpe / 0", workers=1)
    with pytest.raises(RunFailed, match="the objective 'sharpe / 0' is undefined for all 1 trials: look at one"):
        _ = found.best
    failed = sweep(Fails, HOURS, {"number": [1, 3]}, keep=False, workers=1)
    with pytest.raises(RunFailed, match=r"2 failed, the first with: .*1 is odd"):
        _ = failed.best


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"space": {"fats": [1]}}, "Cross has no parameter 'fats'; it has fast, slow, share; did you mean fast"),
        ({"space": {"fast": [1, 5]}}, "fast=1: must be ≥ 2"),
        ({"space": {"fast": "2:60"}}, "fast=51: must be ≤ 50"),
        ({"space": {}}, "nothing to vary"),
        ({"where": "fast > slow + 100"}, "no point of the space satisfies the constraint"),
        ({"where": "fst < slow"}, "there is no fst"),
        ({"objective": "sharp"}, "did you mean sharpe"),
        ({"search": "magic"}, "search is grid, random or tpe, not 'magic'"),
        ({"search": "random"}, "needs to know how many to try"),
        ({"workers": 0}, "workers=0: at least 1"),
        ({"cahs": 5}, r"sweep\(\) has no keyword 'cahs', and neither has weaver.backtest; did you mean cash\?"),
        ({"space": {"share": "0.1:1"}}, "of which there is no grid"),
        ({"space": {"symbols": "S9"}}, "S9"),
        ({"space": {"timeframe": "1m"}}, "1m"),
        ({"space": {"costs": "none", "slippage_bps": [1]}}, "cannot be varied beside costs=none"),
    ],
)
def test_bad_input_is_one_line_before_the_first_trial(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        sweep(Cross, HOURS, **{"space": SPACE, "keep": False, "workers": 1, **changes})
    assert "\n" not in str(refused.value)


def test_without_a_space_every_parameter_that_has_bounds_is_varied() -> None:
    found = sweep(Cross, HOURS, search="random", trials=5, keep=False, workers=1)
    assert [axis["name"] for axis in found.sweep["space"]["axes"]] == ["fast", "slow"]
    with pytest.raises(InputError, match="Fails has no parameter with bounds of its own"):
        sweep(Fails, HOURS, keep=False)


def test_very_many_trials_are_asked_for_twice_and_told_how_long_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weaver.research.sweeps.sweep_run.ASKED_FROM", 10)
    space = {"fast": "2:20", "slow": "3:52", "share": [0.5, 1.0]}
    with pytest.raises(InputError, match=r"has up to 1,900 trials, which take about .*: say that so many are meant"):
        sweep(Cross, HOURS, space, keep=False, workers=1)
    with pytest.raises(InputError, match=r"has 20 trials, which take about 1 second at .* ms each"):
        sweep(Cross, HOURS, space, search="random", trials=20, keep=False, workers=1)
    assert len(sweep(Cross, HOURS, SPACE | {"share": [0.5, 1.0]}, keep=False, workers=1, yes=True).trials) == 12


def test_progress_is_told() -> None:
    heard: list[tuple[str, float]] = []
    sweep(Cross, HOURS, SPACE, workers=1, keep=False, progress=lambda what, done: heard.append((what, done)))
    assert [what for what, _ in heard] == ["Sweep"] * 6
    assert [round(done, 3) for _, done in heard] == [0.167, 0.333, 0.5, 0.667, 0.833, 1.0]


def test_a_strategy_file_that_changed_is_another_sweep_but_the_same_research(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    text = (
        "from weaver import Strategy, Field\n\n\nclass Mine(Strategy):\n    size: int = Field(1, ge=1, le=9)\n\n"
        "    def on_bar(self, bar):\n        self.order_target(bar.symbol, self.size)\n"
    )
    file.write_text(text)
    assert sweep(str(file), HOURS, workers=1, objective="total_return").total_trials == 9
    file.write_text(text.replace("self.size)", "self.size + 1)"))
    again = sweep(str(file), HOURS, workers=1, objective="total_return")
    assert again.total_trials == 18
    assert len({one.source_hash for one in again.earlier} | {again.sweep["source_hash"]}) == 2


def test_returns_are_those_of_the_sessions() -> None:
    found = sweep(Cross, HOURS, SPACE, workers=1, keep=False)
    result = found.result(1)
    daily = result.curve.equity[np.append(np.flatnonzero(np.diff(result.session)), len(result.session) - 1)]
    expected = daily / np.concatenate([[100_000.0], daily[:-1]]) - 1
    assert found.sample.numbers.tolist() == [1, 2, 3, 4, 5, 6]
    assert np.allclose(found.sample.returns[:, 0], expected, atol=1e-7)


def test_warnings_are_those_of_the_best_trials_backtest() -> None:
    found = sweep(Sees, HOURS, {"ahead": [1, 2]}, workers=1, keep=False)
    whole = weaver.backtest(Sees, HOURS, params=dict(found.best.parameters))
    assert found.warnings == whole.warnings
    assert found.warnings[0].code == "lookahead"
    assert json.loads(found.to_json())["warnings"] == [
        {"code": one.code, "message": one.message} for one in whole.warnings
    ]
    assert sweep(Fails, HOURS, {"number": [1, 3]}, workers=1, keep=False).warnings == []


def test_a_trial_backtested_again_finds_the_class_as_it_was_before_the_first() -> None:
    found = sweep(Remembers, HOURS, {"size": [1, 2, 3]}, workers=1, keep=False)
    for trial in found.trials:
        assert found.result(trial).stats == trial.stats
