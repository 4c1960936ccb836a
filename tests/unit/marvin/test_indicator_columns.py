"""The indicators of a run, against pandas on the same bars."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.builders import ran
from tests.unit.marvin.prices import price_files, read
from weaver import Strategy, crossed_above, indicator, macd, sma
from weaver.marvin.indicator_columns import IndicatorColumn, indicator_columns
from weaver.model.market.corporate_actions import Split

CLOSE = read(price_files()[0])["close"]  # GOOG, daily
DAYS = pd.bdate_range("2004-08-19", periods=len(CLOSE), tz="UTC")


def frame(close: Any = CLOSE, days: Any = DAYS) -> pd.DataFrame:
    return pd.DataFrame({"timestamp": days, "open": close, "high": close, "low": close, "close": close, "volume": 1e6})


def columns(strategy: type[Strategy], bars: Any, **options: Any) -> dict[str, IndicatorColumn]:
    run = ran(strategy, bars, asset="stock", **options)
    found = list(indicator_columns(run.runtime, first=run.finished.first, last=run.finished.last))
    named = {column.name: column for column in found}
    assert len(named) == len(found)
    return named


class Signals(Strategy):
    """Two averages in a signal, one of them named twice; one that nothing uses; one that is read; one that is kept."""

    def on_start(self) -> None:
        self.when(crossed_above(sma(self.close, 10), sma(self.close, 30)), self.enter)
        self.when(sma(self.close, 10) > 1e9, self.enter)
        self.idle = sma(self.close, 77)
        self.kept = {"lines": macd(self.close)}

    def enter(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, 1.0)
        assert len(self.kept["lines"][2].values)


def test_they_are_what_signals_are_made_of_and_what_was_read() -> None:
    found = columns(Signals, {"GOOG": frame()})
    assert list(found) == ["sma(GOOG.close, 10)", "sma(GOOG.close, 30)", "macd(GOOG.close, 12, 26, 9).macdhist"]
    for period in (10, 30):
        column = found[f"sma(GOOG.close, {period})"]
        assert (column.symbol, column.timeframe) == ("GOOG", "1d")
        assert column.timestamp.tolist() == [day.value for day in DAYS]
        expected = pd.Series(CLOSE).rolling(period).mean().to_numpy()
        np.testing.assert_allclose(column.values, expected, rtol=1e-9)


def test_they_span_the_run_and_know_the_bars_before_it() -> None:
    found = columns(Signals, {"GOOG": frame()}, start=str(DAYS[100].date()), end=str(DAYS[299].date()))
    column = found["sma(GOOG.close, 30)"]
    assert column.timestamp.tolist() == [day.value for day in DAYS[100:300]]
    expected = pd.Series(CLOSE).rolling(30).mean().to_numpy()[100:300]
    np.testing.assert_allclose(column.values, expected, rtol=1e-9)


class Stopping(Strategy):
    """Reads bar by bar, and ends its run."""

    def on_start(self) -> None:
        self.double = indicator(np.multiply, self.close, 2.0 * self.close, outputs=1)

    def on_bar(self, bar: Any) -> None:
        if self.double[-1] > 0 and len(self.close) == 50:
            self.stop_run("enough")


def test_they_end_where_the_strategy_ended_its_run() -> None:
    found = columns(Stopping, {"GOOG": frame()})
    assert list(found) == ["(2.0 * GOOG.close)", "multiply(GOOG.close, (2.0 * GOOG.close))"]
    np.testing.assert_array_equal(found["multiply(GOOG.close, (2.0 * GOOG.close))"].values, 2 * CLOSE[:50] ** 2)


class Spread(Strategy):
    """Two symbols whose bars do not share their days, and a weekly series."""

    def on_start(self) -> None:
        spread = self.close - self.series("B").close
        self.when(spread > 0, self.enter)
        self.weekly = sma(self.series("A", "5d").close, 3)

    def enter(self, bar: Any) -> None:
        assert len(self.weekly.values) >= 0


def test_series_of_symbols_with_days_of_their_own_stand_on_the_bars_of_the_first() -> None:
    ours, theirs = np.arange(len(DAYS)) % 3 != 1, np.arange(len(DAYS)) % 3 != 2
    bars = {"A": frame(CLOSE[ours], DAYS[ours]), "B": frame(CLOSE[theirs] / 2, DAYS[theirs])}
    found = columns(Spread, bars, symbols=["A", "B"])
    column = found["(A.close - B.close)"]
    joined = pd.DataFrame({"a": pd.Series(CLOSE, DAYS)[ours], "b": (pd.Series(CLOSE, DAYS) / 2)[theirs]}).ffill()
    joined["stamp"] = pd.Series(DAYS, DAYS)[ours]
    last = joined.ffill().groupby("stamp").last()  # at the newest moment within each of A's days
    assert column.timestamp.tolist() == [day.value for day in last.index]
    np.testing.assert_allclose(column.values, (last["a"] - last["b"]).to_numpy(), rtol=1e-12)
    weekly = found["sma(A.close, 3)"]
    assert (weekly.symbol, weekly.timeframe) == ("A", "5d")
    assert 0 < len(weekly.values) < len(column.values) / 2


@pytest.mark.parametrize("ratio", [2.0, 7.0])
def test_split_leaves_the_values_of_each_bar_on_the_scale_of_its_price(ratio: float) -> None:
    at = 500
    traded = np.where(np.arange(len(CLOSE)) < at, CLOSE, CLOSE / ratio)
    actions = {"GOOG": [Split(ex_date=DAYS[at].date(), ratio=Decimal(ratio))]}
    found = columns(Signals, {"GOOG": frame(traded)}, actions=actions)
    mean = pd.Series(CLOSE).rolling(10).mean().to_numpy()
    expected = np.where(np.arange(len(CLOSE)) < at, mean, mean / ratio)
    np.testing.assert_allclose(found["sma(GOOG.close, 10)"].values, expected, rtol=1e-9)
