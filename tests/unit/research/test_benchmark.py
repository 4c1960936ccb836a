"""A benchmark of choice: its figures beside those of other arithmetic, and its place in the record."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.builders import stock_days
from tests.shared_data import SAMPLES
from weaver import Strategy, backtest, load_bars
from weaver.greta.result import BacktestResult
from weaver.model.errors import InputError
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.model.market.instrument import AssetClass, Instrument
from weaver.research import run
from weaver.research.benchmark import benchmark_input
from weaver.research.inputs import store
from weaver.research.reproduce import plan_again

AAPL, IBM = str(SAMPLES / "AAPL_1d.csv"), str(SAMPLES / "IBM_1d.csv")


class Half(Strategy):
    """Half of its means in the first symbol, adjusted every tenth bar."""

    def on_start(self) -> None:
        self.count = 0

    def on_bar(self, bar) -> None:
        if self.count % 10 == 0:
            self.order_target_percent(bar.symbol, 0.5)
        self.count += 1


def half(bars=AAPL, **options) -> BacktestResult:
    given = {"asset": "stock", "costs": "none", "lookahead_check": False, **options}
    return backtest(Half, bars, **given)


def closes(file: str) -> pd.Series:
    frame = pd.read_csv(file, index_col=0, parse_dates=True)
    return frame["close" if "close" in frame else "Close"]


def returns_of(result: BacktestResult) -> pd.Series:
    equity = pd.Series(result.curve.equity, pd.to_datetime(result.curve.timestamp))
    returns = equity.pct_change()
    returns.iloc[0] = equity.iloc[0] / 100_000 - 1
    return returns


def test_alpha_beta_and_return_are_those_of_the_benchmark_as_empyrical_has_them() -> None:
    result = half(benchmark=IBM, start="2004-01-02", end="2007-12-31")
    own = returns_of(result)
    held = closes(IBM).reindex(own.index)
    market = held.pct_change().fillna(0.0)
    # empyrical: beta = cov / var; alpha = (1 + mean(returns - beta x market)) ** 252 - 1
    beta = np.cov(own, market, ddof=0)[0, 1] / np.var(market)
    alpha = (1 + (own - beta * market).mean()) ** 252 - 1
    assert result.benchmark == "IBM"
    assert result.stats["beta"] == pytest.approx(beta, rel=1e-9)
    assert result.stats["alpha"] == pytest.approx(alpha, rel=1e-9)
    assert result.stats["benchmark_return"] == pytest.approx(held.iloc[-1] / held.iloc[0] - 1, rel=1e-12)
    assert result.curve.benchmark == pytest.approx((100_000 * held / held.iloc[0]).to_numpy(), rel=1e-12)
    assert half(start="2004-01-02", end="2007-12-31").curve.equity.tolist() == result.curve.equity.tolist()


def test_without_one_it_is_holding_the_runs_symbols() -> None:
    result = half(end="2004-12-31")
    assert (result.benchmark, result.run["benchmark"]) == ("Buy and hold", None)
    assert half(end="2004-12-31", benchmark="AAPL").stats == result.stats


def days(values, first="2024-01-01", freq="D") -> pd.DataFrame:
    at = pd.date_range(first, periods=len(values), freq=freq, tz="UTC")
    return pd.DataFrame({"open": values, "high": values, "low": values, "close": values, "volume": 1e6}, at)


def test_benchmark_that_closes_later_in_the_day_counts_on_its_own_day() -> None:
    stock = days([10.0, 11, 12, 13], "2024-01-02")  # Tuesday to Friday, closing in New York before the coin's day ends
    coin = days([100.0, 200, 300, 400, 500])
    result = half({"X": stock}, benchmark={"BTC/USD": coin})
    assert result.curve.benchmark.tolist() == pytest.approx([100_000, 150_000, 200_000, 250_000])


def test_intraday_benchmark_counts_as_far_as_it_had_closed() -> None:
    hours = days([1.0, 2, 3, 4], freq="h")
    minutes = days([10.0] * 59 + [20.0] * 60 + [30.0] * 60, freq="min")
    result = half({"X": hours}, asset="crypto", benchmark={"Y": minutes})
    assert result.curve.benchmark.tolist() == [100_000, 150_000, 150_000, 150_000]


def test_daily_benchmark_of_an_intraday_run_changes_by_the_day() -> None:
    hours = days([1.0] * 72, freq="h")
    result = half({"X": hours}, asset="crypto", benchmark={"Y": days([10.0, 20, 30])})
    assert np.unique(result.curve.benchmark, return_counts=True)[1].tolist() == [24, 24, 24]
    assert result.stats["benchmark_return"] == pytest.approx(2.0)


def test_splits_and_dividends_of_a_stored_benchmark_count(weaver_home: Path) -> None:
    actions = (Split(ex_date=date(2021, 4, 6), ratio=2), Dividend(ex_date=date(2021, 4, 8), amount=Decimal(6)))
    held = stock_days([100, 50, 60, 60], symbol="SPY")
    store().write(held, Instrument.default("SPY", AssetClass.STOCK), actions, "test")
    result = half(stock_days([10, 10, 10, 10]), benchmark="SPY")
    # 1,000 shares become 2,000, are worth 120,000 at 60, and pay 12,000.
    assert result.curve.benchmark.tolist() == pytest.approx([100_000, 100_000, 120_000, 132_000])
    assert half(stock_days([10, 10, 10, 10]), benchmark=load_bars("SPY", "1d")).stats == result.stats


def test_record_says_what_it_was_and_gives_the_same_bytes_again(tmp_path: Path) -> None:
    result = half(benchmark=IBM, end="2003-12-31")
    told = result.run["benchmark"]
    assert (told["symbol"], told["timeframe"], told["origin"]) == ("IBM", "1d", IBM)
    text = result.to_json()
    again = run(plan_again(json.loads(text)["run"], folder=tmp_path), progress=lambda *_: None)
    assert again.to_json() == text
    assert again.benchmark == "IBM"


def test_changed_benchmark_is_not_taken_for_the_same(tmp_path: Path) -> None:
    file = tmp_path / "SPY_1d.csv"
    days([10.0, 11, 12], "2024-01-02").to_csv(file, index_label="timestamp")
    result = half({"X": days([1.0, 2, 3], "2024-01-02")}, benchmark=str(file))
    record = json.loads(result.to_json())["run"]
    days([10.0, 11, 13], "2024-01-02").to_csv(file, index_label="timestamp")
    prices = tmp_path / "X_1d.csv"
    days([1.0, 2, 3], "2024-01-02").to_csv(prices, index_label="timestamp")
    record["data"]["X"]["origin"] = str(prices)
    with pytest.raises(InputError, match="SPY 1d: the bars of the run"):
        plan_again(record, folder=tmp_path)


def doubts(benchmark: pd.DataFrame, bars: pd.DataFrame) -> list[str]:
    result = half({"X": bars}, benchmark={"Y": benchmark})
    return [message for code, message in result.warnings if code.startswith("benchmark_")]


def test_benchmark_that_begins_late_ends_early_or_has_longer_bars_is_told() -> None:
    year = days([10.0] * 250, "2023-01-02", "B")
    assert doubts(days([1.0] * 250, "2023-01-02", "B"), year) == []
    assert "begins on 2023-02-06: until then it counts as cash" in doubts(days([1.0] * 225, "2023-02-06", "B"), year)[0]
    assert "ends on 2023-10-27: from then on its last close stays" in doubts(year[:215], year)[0]
    assert "has bars of 1w" in doubts(days([1.0] * 50, "2023-01-02", "W-MON"), year)[0]


@pytest.mark.parametrize(
    ("benchmark", "says"),
    [
        ("SPY", "benchmark SPY: neither a symbol of the store (nothing yet) nor a file"),
        ("no/such_1d.csv", "benchmark no/such_1d.csv: neither a symbol of the store"),
        ({}, "benchmark must be one symbol or file, not {}"),
        ({"Y": days([1.0, 2], "2030-01-02")}, "benchmark Y: no bars in the run's time (there are 2030-01-02 to"),
        (7, "the frame of Benchmark: bars must be a pandas or polars frame, not int"),
    ],
)
def test_wrong_benchmark_is_refused(benchmark: object, says: str, weaver_home: Path) -> None:
    with pytest.raises(InputError) as caught:
        half({"X": days([1.0, 2], "2024-01-02")}, benchmark=benchmark)
    assert says in str(caught.value)


def test_file_of_many_symbols_is_no_benchmark(tmp_path: Path) -> None:
    many = pd.concat([days([1.0, 2], "2024-01-02").assign(symbol=name) for name in ("A", "B")])
    many.to_csv(tmp_path / "many.csv", index_label="timestamp")
    with pytest.raises(InputError, match="one symbol is compared with, and there are A, B"):
        half({"X": days([1.0, 2], "2024-01-02")}, benchmark=tmp_path / "many.csv")


def test_none_is_read_where_none_is_named() -> None:
    assert benchmark_input(None, {}, None) is None  # type: ignore[arg-type]
