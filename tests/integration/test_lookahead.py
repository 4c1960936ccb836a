"""The look-ahead check catches strategies that peek, tells chance apart, and accuses no honest one."""

from typing import Any

import numpy as np
import pytest
from backtesting.test import GOOG

import weaver
from tests.builders import crypto_bars
from tests.integration import honest, peekers, unsteady
from tests.integration.markets import market
from tests.shared_data import SAMPLES, shared_file
from weaver.greta.doubts.warnings import ResultWarning

DOUBTS = {"lookahead", "not_deterministic", "lookahead_unchecked"}
SLICES = tuple(GOOG.iloc[start : start + 1_500] for start in (0, 300, 640))


def doubts(strategy: type[weaver.Strategy], bars: Any, **options: Any) -> tuple[list[ResultWarning], int]:
    """What the check said, and how many decisions there were."""
    result = weaver.backtest(strategy, bars, **{"costs": "none", "asset": "stock", **options})
    return [warning for warning in result.warnings if warning.code in DOUBTS], len(result.orders)


@pytest.fixture
def ample_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check looks at as many places as it may, however slow the machine is at that moment."""
    monkeypatch.setattr("weaver.research.lookahead.check.SECONDS", 10.0)


@pytest.mark.usefixtures("ample_time")
@pytest.mark.parametrize("block", range(34))
def test_every_strategy_that_peeks_by_one_bar_is_caught(block: int) -> None:
    for seed in range(block * 6, block * 6 + 6):
        strategy, parameters = peekers.seeded(seed)
        found, orders = doubts(strategy, {"GOOG": SLICES[seed % 3]}, params=parameters)
        assert orders >= 20, (seed, parameters)
        assert [warning.code for warning in found] == ["lookahead"], (seed, strategy, parameters, found)
        assert "lambda" in found[0].message or "mixed" in found[0].message or parameters["mix"] in found[0].message


@pytest.mark.usefixtures("ample_time")
@pytest.mark.parametrize("peek", peekers.PEEKS)
def test_every_strategy_that_decides_at_one_bar_in_two_hundred_and_peeks_there_is_caught(peek: str) -> None:
    bars = market(SAMPLES / "EURUSD_1h.csv")
    for seed in range(8):
        strategy = peekers.SELDOM[(seed + list(peekers.PEEKS).index(peek)) % len(peekers.SELDOM)]
        margin = {"asset": None, "account": "margin", "shorting": True}
        found, orders = doubts(strategy, bars, params={"peek": peek, "chance": seed}, **margin)
        assert 20 <= orders <= 0.005 * len(bars.bars) + 1, (seed, strategy)
        assert [warning.code for warning in found] == ["lookahead"], (seed, strategy, found)
        assert f"seldom(EURUSD.close, {peek}, {seed})" in found[0].message


def following(close: np.ndarray) -> np.ndarray:
    """Each bar's next close."""
    return np.append(close[1:], close[-1:])


class ByIndicator(weaver.Strategy):
    """Buys before each rise, with an indicator that knows it."""

    def on_start(self) -> None:
        self.next = weaver.indicator(following, self.close)

    def on_bar(self, bar) -> None:
        if self.next[-1] > bar.close:
            self.buy(bar.symbol, 3)


class ByMemory(peekers.ThroughView):
    """The same, looking past the indicators."""

    def on_bar(self, bar) -> None:
        tomorrow = self.tomorrow(bar)
        if tomorrow is not None and tomorrow > bar.close:
            self.buy(bar.symbol, 3)


# Hours from 2021-04-05 00:00 on: the first bar whose next close is another one closes at 05:00.
HOURS = crypto_bars([100.0] * 5 + [101.5] * 3 + [99.0] * 2 + [102.0] * 30)
FIRST = "2021-04-05 05:00:00"


def test_warning_names_the_first_value_that_differs_with_its_bar_and_what_it_should_have_been() -> None:
    found, orders = doubts(ByIndicator, HOURS, asset=None)
    assert orders == 2  # before 101.5 and before 102
    assert [warning.code for warning in found] == ["lookahead"]
    values = "is 101.5 in the run, but 100.0 on the bars that had closed by then"
    assert f": following(BTC/USD.close) at {FIRST} {values}: " in found[0].message


def test_warning_names_the_first_order_that_differs_with_its_bar() -> None:
    found, orders = doubts(ByMemory, HOURS, asset=None)
    assert orders == 2
    assert [warning.code for warning in found] == ["lookahead"]
    otherwise = f"at {FIRST} is decided otherwise when the bars end at {FIRST}"
    assert f": order 1, buy BTC/USD market {otherwise}: " in found[0].message


@pytest.mark.parametrize("strategy", peekers.ROUNDABOUT, ids=lambda cls: cls.__name__)
def test_peeks_past_the_indicators_are_caught_with_the_order_that_differs(strategy: type[weaver.Strategy]) -> None:
    for _ in range(2):  # a second run finds what the first left in the class
        found, orders = doubts(strategy, {"GOOG": SLICES[0]})
        assert orders >= 20
        assert [warning.code for warning in found] == ["lookahead"]
        assert "order" in found[0].message or "fails" in found[0].message


@pytest.mark.parametrize("block", range(14))
def test_honest_strategies_are_not_accused(block: int) -> None:
    for seed in range(block * 7, block * 7 + 7):
        strategy, parameters = honest.seeded(seed)
        found, orders = doubts(strategy, {"GOOG": SLICES[seed % 3].iloc[:500]}, params=parameters)
        assert orders >= 1, (seed, strategy, parameters)
        assert found == [], (seed, strategy, parameters, found)


def stocks() -> tuple[list[Any], str]:
    """Raw prices with splits and dividends, one delisted and one late where the files are there; a start day."""
    names = ("CERN", "COST", "DELL", "QQQ")
    shared = [path for name in names if (path := shared_file(f"daily_us/{name}_1d_raw.csv")) is not None]
    own = [SAMPLES / f"{name}_1d.csv" for name in ("AAPL", "IBM", "MSFT")]
    return [market(path) for path in shared or own], "2012-06-01" if shared else "2008-06-01"


@pytest.mark.parametrize("strategy", [honest.Rotates, honest.Spread])
def test_honest_strategies_of_several_symbols_are_not_accused(strategy: type[weaver.Strategy]) -> None:
    bars, start = stocks()
    found, orders = doubts(strategy, bars, start=start, end="2014-03-31", costs=None)
    assert orders >= 20
    assert found == []


@pytest.mark.parametrize("strategy", honest.STYLES, ids=lambda cls: cls.__name__)
def test_honest_ones_over_splits_are_not_accused(strategy: type[honest.Honest]) -> None:
    # Apple split in 2000.
    found, orders = doubts(strategy, market(SAMPLES / "AAPL_1d.csv"), end="2003-12-31", asset=None)
    assert orders >= 20
    assert found == []


ON_HOURS = [cls for cls in honest.STYLES if cls is not honest.TwoTimeframes]  # that one makes weeks of days


@pytest.mark.parametrize("strategy", ON_HOURS, ids=lambda cls: cls.__name__)
def test_honest_ones_on_hours_are_not_accused(strategy: type[honest.Honest]) -> None:
    found, orders = doubts(strategy, market(SAMPLES / "EURUSD_1h.csv"), end="2017-02-15", asset=None)
    assert orders >= 20
    assert found == []


def test_the_check_leaves_behind_what_one_run_leaves() -> None:
    honest.KeepsNotes.notes.clear()
    found, _ = doubts(honest.KeepsNotes, {"GOOG": SLICES[0]})
    assert found == []
    assert len(honest.KeepsNotes.notes) == len(SLICES[0])


def test_a_file_that_begins_without_volume_is_no_reason_to_accuse() -> None:
    frame = SLICES[0].copy()
    frame.loc[frame.index[:700], "Volume"] = 0
    found, orders = doubts(honest.OnBars, {"GOOG": frame})
    assert orders >= 20
    assert found == []


def test_a_function_that_fails_on_fewer_bars_than_the_run_has_is_named_as_unchecked() -> None:
    class Demanding(honest.OnBars):
        def make(self) -> None:
            def own(close):
                if len(close) < 1_500:
                    raise ValueError("too few")
                return peekers.momentum(close)

            self.line = weaver.indicator(own, self.close)

    found, _ = doubts(Demanding, {"GOOG": SLICES[0]})
    assert [warning.code for warning in found] == ["lookahead_unchecked"]
    assert "too few" in found[0].message


@pytest.mark.parametrize("strategy", unsteady.UNSTEADY, ids=lambda cls: cls.__name__)
def test_a_strategy_that_is_not_deterministic_is_told_apart(strategy: type[weaver.Strategy]) -> None:
    found, _ = doubts(strategy, {"GOOG": SLICES[0]})
    assert [warning.code for warning in found] == ["not_deterministic"]


def test_chance_of_the_run_is_deterministic() -> None:
    class Chancy(unsteady._Unsteady):
        def decide(self) -> bool:
            return self.random.random() < 0.3

    found, orders = doubts(Chancy, {"GOOG": SLICES[0]})
    assert orders >= 20
    assert found == []
