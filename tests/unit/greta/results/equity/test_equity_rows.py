"""Rows of equity: one for each stamp of the run's bars, whenever those end and whatever else the clock ticks for."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.builders import backtest, crypto_bars, stock_days
from tests.unit.greta.report.pages import Page
from weaver import Strategy
from weaver.greta.result import BacktestResult
from weaver.model.calendar.sessions import calendar_for
from weaver.model.market.bars import Bars
from weaver.model.market.corporate_actions import Delisting
from weaver.model.market.instrument import AssetClass
from weaver.model.market.timeframe import DAY, MINUTE, Timeframe

NAMES = {"stock": "AAA", "fx": "EUR/USD", "crypto": "BTC/USD"}


def made(asset: str, timeframe: str, timestamp: np.ndarray, close: np.ndarray, *, symbol: str | None = None) -> Bars:
    """Bars that open at the close before them."""
    step, opened = Timeframe.parse(timeframe), np.concatenate([close[:1], close[:-1]])
    return Bars(
        symbol=symbol or NAMES[asset],
        timeframe=step,
        timestamp=timestamp,
        end=calendar_for(AssetClass(asset)).bar_end(timestamp, step),
        open=opened,
        high=np.maximum(opened, close),
        low=np.minimum(opened, close),
        close=close,
        volume=np.full(len(close), 1e9),
    )


def stamps(start: str, stop: str, step: str) -> np.ndarray:
    found = pd.date_range(start, stop, freq=step, inclusive="left")
    return found.to_numpy("datetime64[ns]").astype(np.int64)


def weekdays(timestamp: np.ndarray) -> np.ndarray:
    return timestamp[(timestamp // DAY + 3) % 7 < 5]


def ignored(bar: Any) -> None:
    """What a slower series calls."""


class Mixed(Strategy):
    """Buys and sells a little of everything by its prices; with `coarse`, watches a slower series as well."""

    coarse: str = ""

    def on_start(self) -> None:
        for symbol in self.symbols if self.coarse else ():
            self.when(self.series(symbol, self.coarse).close > 0, ignored)

    def on_bar(self, bar: Any) -> None:
        self.order_target(bar.symbol, int(bar.close * 1000) % 3, tif="gtc")


def check_rows(result: BacktestResult, bars: dict[str, Bars]) -> None:
    """Each stamp of a bar has one row, and what it says is counted again from the fills and bars up to its end."""
    rows = list(result.equity)
    assert [row.timestamp for row in rows] == sorted({int(t) for one in bars.values() for t in one.timestamp})
    until: dict[int, int] = defaultdict(int)
    for one in bars.values():
        for stamp, end in zip(one.timestamp.tolist(), one.end.tolist(), strict=True):
            until[stamp] = max(until[stamp], end)
    fills = [(ended(bars[f.symbol], f), f) for f in result.fills]
    for row in rows[:: max(len(rows) // 12, 1)]:
        now = until[row.timestamp]
        done = [fill for at, fill in fills if at <= now]
        cash = Decimal(100_000) - sum(int(fill.side) * fill.quantity * fill.price for fill in done)
        worth = 0.0
        for symbol, one in bars.items():
            held = sum(int(fill.side) * fill.quantity for fill in done if fill.symbol == symbol)
            newest = int(np.searchsorted(one.end, now, side="right")) - 1
            worth += float(held) * (one.close[newest] if newest >= 0 else 0.0)
        assert row.cash == pytest.approx(float(cash), abs=1e-6)
        assert row.equity == pytest.approx(float(cash) + worth, abs=1e-6)


def ended(bars: Bars, fill: Any) -> int:
    """When the bar that a fill cites ended."""
    at = int(np.datetime64(fill.bar_timestamp.replace(tzinfo=None), "ns").astype(np.int64))
    return int(bars.end[np.searchsorted(bars.timestamp, at)])


def market(random: np.random.Generator, asset: str, timeframe: str) -> Bars:
    """Some hours, three days or four weeks of bars with holes."""
    if timeframe == "1d":
        grid = stamps("2023-11-13", "2023-12-09", "1D")
        grid = grid if asset == "crypto" else weekdays(grid)
        grid = grid[grid != stamps("2023-11-23", "2023-11-24", "1D")[0]] if asset == "stock" else grid
    else:
        stop = "2023-11-22T20:30" if timeframe == "1m" else "2023-11-24T18:00"
        grid = stamps("2023-11-22T14:30", stop, f"{Timeframe.parse(timeframe).nanoseconds // MINUTE}min")
    kept = grid[random.random(len(grid)) > 0.3]
    return made(asset, timeframe, kept, np.round(100 + random.normal(0, 1, len(kept)).cumsum(), 3))


@pytest.mark.parametrize("timeframe", ["1m", "5m", "1h", "1d"])
def test_each_stamp_has_one_row_over_classes_holes_and_coarser_series(timeframe: str) -> None:
    coarser = {"1m": "15m", "5m": "1h", "1h": "4h", "1d": "3d"}[timeframe]
    for seed in range(3 if "m" in timeframe else 6):
        random = np.random.default_rng(seed)
        assets = random.permutation(["stock", "fx", "crypto"])[: 1 + seed % 3].tolist()
        bars = {NAMES[asset]: market(random, asset, timeframe) for asset in assets}
        for coarse in ("", coarser):
            result = backtest(Mixed, bars, params={"coarse": coarse})
            check_rows(result, bars)
            exposed = result.curve.exposed
            assert result.stats["exposure"] == pytest.approx(np.count_nonzero(exposed) / len(result.equity))


def test_series_that_closes_without_a_bar_adds_no_row() -> None:
    grid = stamps("2024-01-01", "2024-01-02", "1min")
    grid = grid[grid // MINUTE % 15 != 14]  # nothing trades in the last minute of each quarter
    close = np.full(len(grid), 100.0)

    class Watch(Strategy):
        coarse: bool = False

        def on_start(self) -> None:
            if self.coarse:
                self.when(self.series("BTC/USD", "15m").close > 0, ignored)

        def on_bar(self, bar: Any) -> None:
            if len(self.bars) == 100:
                self.buy(bar.symbol, 1, tif="gtc")
            elif len(self.bars) == 400:
                self.close_position(bar.symbol)

    fine, coarse = (backtest(Watch, made("crypto", "1m", grid, close), params={"coarse": on}) for on in (False, True))
    assert len(fine.equity) == len(coarse.equity) == len(grid) == 1344
    assert fine.stats["exposure"] == coarse.stats["exposure"] == 300 / 1344
    assert fine.trades[0].bars == coarse.trades[0].bars == 300
    assert [warning.code for warning in coarse.warnings] == [warning.code for warning in fine.warnings]


class Both(Strategy):
    """A share and a coin from the first day on."""

    def on_start(self) -> None:
        self.has_bought = False

    def on_tick(self, tick: Any) -> None:
        if not self.has_bought:
            self.has_bought = True
            for symbol in self.symbols:
                self.buy(symbol, 1, tif="gtc")


def stock_and_coin() -> dict[str, Bars]:
    """Friday the 5th to Tuesday the 9th: 21:00 and 24:00 UTC, with a weekend that only the coin trades on."""
    days = stamps("2024-01-05", "2024-01-10", "1D")
    return {
        "AAA": made("stock", "1d", weekdays(days), np.array([10.0, 12, 15])),
        "BTC/USD": made("crypto", "1d", days, np.array([100.0, 110, 120, 130, 140])),
    }


@pytest.mark.parametrize("turn", [1, -1])
def test_stock_and_coin_of_one_day_share_a_row(turn: int) -> None:
    bars = dict(list(stock_and_coin().items())[::turn])
    result = backtest(Both, bars)
    # Both ordered when the stock's Friday had closed; the coin's Saturday and the stock's Monday opened next.
    assert [(fill.symbol, fill.price) for fill in result.fills] == [("BTC/USD", 100), ("AAA", 10)]
    assert [str(pd.Timestamp(row.timestamp).date()) for row in result.equity] == [
        "2024-01-05", "2024-01-06", "2024-01-07", "2024-01-08", "2024-01-09",
    ]  # fmt: skip
    gains = [0, 10, 20, 30 + 2, 40 + 5]
    assert [row.equity for row in result.equity] == [100_000 + gain for gain in gains]
    assert "(5 bars)" in told_by(result)
    assert Page(result.page()).data["curve"]["rows"] == 5
    assert "ended" not in [warning.code for warning in result.warnings]


def told_by(result: BacktestResult) -> str:
    from weaver.cli.screen.summary import _span

    return _span(result)


def test_statistics_of_stock_and_coin_are_those_of_their_days() -> None:
    random = np.random.default_rng(2)
    days = stamps("2023-01-02", "2023-12-01", "1D")
    bars = {}
    for asset, own in (("stock", weekdays(days)), ("crypto", days)):
        bars[NAMES[asset]] = made(asset, "1d", own, np.round(50 * np.exp(random.normal(0, 0.02, len(own)).cumsum()), 2))
    result = backtest(Both, bars, cash=1_000)
    frame = result.equity.to_pandas().set_index("timestamp").equity
    assert len(frame) == len(days)
    daily = frame.pct_change()
    daily.iloc[0] = frame.iloc[0] / 1_000 - 1
    falls = (frame / frame.cummax().clip(lower=1_000) - 1).min()
    assert result.stats["var_95"] == pytest.approx(daily.quantile(0.05))
    assert result.stats["max_drawdown"] == pytest.approx(falls)
    half = 500
    ends = {name: half / one.close[0] * one.close[-1] for name, one in bars.items()}
    assert result.stats["benchmark_return"] == pytest.approx(sum(ends.values()) / 1_000 - 1)
    held = result.curve.benchmark
    assert held[-1] == pytest.approx(sum(ends.values()))
    assert held[0] == 1_000


def test_stamps_that_run_backwards_share_the_earlier_one() -> None:
    """A bar from 14:10 to 14:50 ends before another symbol's bar from 14:00 to 15:00."""
    minutes = np.array([0, 60, 70, 110, 120]) * MINUTE + stamps("2024-01-01T13:00", "2024-01-01T13:01", "1min")[0]
    bars = {
        "AAA/USD": made("crypto", "1h", minutes[[0, 2, 3]], np.array([10.0, 11, 12]), symbol="AAA/USD"),
        "BBB/USD": made("crypto", "1h", minutes[[0, 1, 4]], np.array([20.0, 21, 22]), symbol="BBB/USD"),
    }
    result = backtest(Both, bars)
    seen = [pd.Timestamp(row.timestamp).strftime("%H:%M") for row in result.equity]
    assert seen == ["13:00", "14:00", "14:50", "15:00"]
    assert result.equity[1].equity == 100_000 + (11 - 10) + (21 - 20)


@pytest.mark.parametrize(("value", "final"), [(Decimal(3), 30 - 100), (Decimal(0), -100)])
def test_last_row_has_what_came_after_the_last_bar(value: Decimal, final: float) -> None:
    """The delisting happens in the end, at a tick of the 3-day series that carries no daily bar."""

    class Watching(Strategy):
        def on_start(self) -> None:
            self.when(self.series("AAA", "3d").close > 0, ignored)

        def on_bar(self, bar: Any) -> None:
            if len(self.bars) == 1:
                self.buy(bar.symbol, 10)

    for count in range(3, 9):
        actions = {"AAA": [Delisting(ex_date=date(2021, 4, 19), value=value)]}
        result = backtest(Watching, stock_days([10] * count), actions=actions)
        assert len(result.equity) == count
        assert result.equity[-1].equity == result.stats["final_equity"] == 100_000 + final
        assert result.stats["benchmark_return"] == pytest.approx(float(value) / 10 - 1)
        closed = backtest(Watching, stock_days([10] * count), close_at_end=True)
        assert (len(closed.equity), closed.equity[-1].cash, len(closed.trades)) == (count, 100_000, 1)


def stopping(at: int) -> type[Strategy]:
    class Stops(Strategy):
        def on_tick(self, tick: Any) -> None:
            if len(self.series("AAA").close) > at:
                self.stop_run("seen enough")

    return Stops


@pytest.mark.parametrize("at", [0, 1, 2])
def test_run_that_stops_has_the_rows_up_to_there(at: int) -> None:
    result = backtest(stopping(at), stock_and_coin())
    assert len(result.equity) == [1, 4, 5][at]


def test_holding_of_a_delisted_symbol_is_paid_out_in_the_benchmark_on_its_day() -> None:
    bars = {name: stock_days([10] * count, symbol=name) for name, count in (("AAA", 8), ("BBB", 4))}
    actions = {"BBB": [Delisting(ex_date=date(2021, 4, 9), value=Decimal(4))]}
    result = backtest(Strategy, bars, actions=actions)
    assert result.curve.benchmark.tolist() == [100_000] * 4 + [70_000] * 4


def test_delisting_after_the_end_that_was_asked_for_does_not_happen() -> None:
    class Hold(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.bars) == 1:
                self.buy(bar.symbol, 10)

    actions = {"AAA": [Delisting(ex_date=date(2021, 4, 12), value=Decimal(0))]}

    def run(end: str | None) -> BacktestResult:
        return backtest(Hold, stock_days([10] * 5), actions=actions, end=end)

    assert run("2021-04-08").positions == run("2021-04-11").positions == {"AAA": 10}
    assert run("2021-04-12").stats["final_equity"] == run(None).stats["final_equity"] == 100_000 - 100


def test_bars_of_one_kind_have_their_own_rows() -> None:
    result = backtest(Both, {name: crypto_bars([10, 11, 12], symbol=name) for name in ("AAA/USD", "BBB/USD")})
    assert len(result.equity) == 3
