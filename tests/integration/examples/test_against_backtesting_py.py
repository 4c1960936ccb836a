"""Two examples against the same ideas in backtesting.py: every trade's times, size, prices and P&L."""

import warnings
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from backtesting import Backtest
from backtesting import Strategy as PeerStrategy

import weaver
from docs.examples.opening_range_breakout import OpeningRangeBreakout
from docs.examples.rsi2 import Rsi2
from tests.integration.examples.trades import DIGITS, Trip, assert_same, trips_of
from tests.integration.markets import market
from tests.integration.trading_parity.test_paper_equals_backtest import STOCKS
from tests.shared_data import SAMPLES, shared_files

CASH = 10_000_000
SHARE = 0.5
"""Half of the equity, so that no gap makes an order too dear: backtesting.py drops such a one, Weaver cuts it."""
PLAIN = {"costs": "none", "cash": CASH, "lookahead_check": False}
RANGE_BARS, REWARD = 30, 2.0
MINUTES = [SAMPLES / "SYNTHUSD_1m.csv", *shared_files(["intraday_us/SPY_1m_2011-01.csv"])]
HOURS_OF = {"SYNTHUSD_1m": ("UTC", "00:00", "23:59"), "SPY_1m_2011-01": ("America/New_York", "09:30", "15:59")}
"""The zone of a file's sessions, and the labels of their first and last minute."""


def theirs(frame: pd.DataFrame, strategy: type[PeerStrategy], symbol: str) -> list[Trip]:
    """Every closed trade, in order of exit."""
    capitals = frame.rename(columns=str.capitalize)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a trade that is left open
        trades = Backtest(capitals, strategy, cash=CASH).run()["_trades"]
    return [
        Trip(
            symbol,
            row.EntryTime.to_pydatetime(),
            row.ExitTime.to_pydatetime(),
            row.Size,
            *(round(float(value), DIGITS) for value in (row.EntryPrice, row.ExitPrice, row.PnL)),
        )
        for row in trades.sort_values(["ExitBar", "EntryBar"]).itertuples()
    ]


def to_tick_above(price: float, tick: Decimal) -> float:
    """As Weaver rounds the limit of a sale: 129.27000000000001 is more than 129.27, and comes to the next cent."""
    return float((Decimal(repr(float(price))) / tick).to_integral_value(ROUND_CEILING) * tick)


def wilder_rsi(close: pd.Series, period: int) -> np.ndarray:
    """Wilder's index, started with plain averages of the first `period` changes."""
    change = close.diff().to_numpy()
    found = np.full(len(change), np.nan)
    gain, loss = change[1 : period + 1].clip(min=0).mean(), -change[1 : period + 1].clip(max=0).mean()
    for index in range(period, len(change)):
        if index > period:
            gain = (gain * (period - 1) + max(change[index], 0)) / period
            loss = (loss * (period - 1) - min(change[index], 0)) / period
        found[index] = 100 * gain / (gain + loss)
    return found


@pytest.mark.parametrize("path", STOCKS, ids=lambda path: path.stem)
def test_rsi2_makes_the_same_trades(path: Path) -> None:
    frame = pd.read_csv(path, parse_dates=["timestamp"], index_col="timestamp").tz_localize(None)

    class Peer(PeerStrategy):
        def init(self) -> None:
            close = pd.Series(self.data.Close)
            self.rsi = self.I(wilder_rsi, close, 2)
            self.trend, self.recovery = (self.I(lambda n=n: close.rolling(n).mean()) for n in (200, 5))

        def next(self) -> None:
            close = self.data.Close[-1]
            if close > self.trend[-1] and self.rsi[-1] < 10 and not self.position:
                self.buy(size=int(SHARE * self.equity / close))
            if close > self.recovery[-1]:
                self.position.close()

    symbol = path.stem.partition("_")[0]
    result = weaver.backtest(Rsi2, {symbol: frame}, asset="stock", params={"share": SHARE}, **PLAIN)
    expected = theirs(frame, Peer, symbol)
    assert_same(trips_of(result), expected)
    assert len(expected) > 50


@pytest.mark.parametrize("path", MINUTES, ids=lambda path: path.stem)
def test_opening_range_breakout_makes_the_same_trades(path: Path) -> None:
    zone, first, last = HOURS_OF[path.stem]
    read = market(path)
    tick = Decimal("0.01") if path.stem.startswith("SPY") else Decimal("0.00000001")
    frame = pd.read_csv(path, parse_dates=["timestamp"], index_col="timestamp").tz_convert(zone)
    frame = frame.between_time(first, last).tz_localize(None)[["open", "high", "low", "close", "volume"]]
    opening = pd.Timestamp(f"2000-01-01 {first}")
    decides = (opening + pd.Timedelta(minutes=RANGE_BARS - 1)).time()
    goes_home = (pd.Timestamp(f"2000-01-01 {last}") - pd.Timedelta(minutes=5)).time()

    class Peer(PeerStrategy):
        def init(self) -> None: ...

        def next(self) -> None:
            time, data = self.data.index[-1].time(), self.data
            if time == decides and not self.position:
                top, bottom = max(data.High[-RANGE_BARS:]), min(data.Low[-RANGE_BARS:])
                size, target = int(SHARE * self.equity / data.Close[-1]), top + REWARD * (top - bottom)
                self.buy(size=size, stop=top, sl=bottom, tp=to_tick_above(target, tick))
            if time == goes_home:
                for order in self.orders:
                    order.cancel()
                self.position.close()

    # The whole file, with the minutes ahead of the session and after it, in which nothing fills; and whole units only.
    whole = replace(read, instrument=replace(read.instrument, lot=Decimal(1)))
    given = {"range_bars": RANGE_BARS, "reward": REWARD, "share": SHARE}
    result = weaver.backtest(OpeningRangeBreakout, whole, params=given, **PLAIN)
    from_utc = pd.Timestamp("2011-01-03", tz=zone).utcoffset()
    found = [one._replace(entered=one.entered + from_utc, left=one.left + from_utc) for one in trips_of(result)]
    expected = theirs(frame, Peer, read.bars.symbol)
    assert_same(found, expected)
    assert len(expected) >= 10
