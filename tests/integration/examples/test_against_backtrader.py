"""Two examples against the same ideas in backtrader: every trade's times, size, prices and P&L, and the money left."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import backtrader as bt
import pandas as pd
import pytest

import weaver
from docs.examples.momentum_top_n import MomentumTopN
from docs.examples.turtle_sizing import TurtleSizing
from tests.integration.examples.trades import Execution, assert_same, matched, trips_of
from tests.integration.trading_parity.test_paper_equals_backtest import STOCKS

CASH = 1_000_000
PLAIN = {"costs": "none", "cash": CASH, "lookahead_check": False, "asset": "stock"}
RISK, UNITS = 0.002, 4
"""So little that the cash pays for all units: backtrader drops what it does not pay for, and so does Weaver, but not by
the same sum."""
LOOKBACK, SKIP, INVESTED = 231, 21, 0.8


class Noting(bt.Strategy):
    """Notes what is executed, in the order in which it is."""

    def __init__(self) -> None:
        self.executions: list[Execution] = []

    def notify_order(self, order: bt.Order) -> None:
        if order.status == order.Completed:
            done, day = order.executed, pd.Timestamp(bt.num2date(order.executed.dt)).to_pydatetime()
            self.executions.append(Execution(order.data._name, day, int(done.size), done.price))


class Turtle(Noting):
    def __init__(self) -> None:
        super().__init__()
        self.n = bt.ind.ATR(period=20)
        self.top, self.bottom = (
            bt.ind.Highest(self.data.high, period=20)(-1),
            bt.ind.Lowest(self.data.low, period=10)(-1),
        )
        self.stops: list[bt.Order] = []

    def next(self) -> None:
        close = self.data.close[0]
        if not self.position:
            self.held, self.stops = 0, []
            if close > self.top[0]:
                self.add(close)
        elif close < self.bottom[0]:
            for stop in self.stops:
                self.cancel(stop)
            self.close()
        elif self.held < UNITS and close > self.newest + self.n[0] / 2:
            self.add(close)

    def add(self, close: float) -> None:
        self.held, self.newest, price = self.held + 1, close, round(close - 2 * self.n[0], 4)  # as the prices
        for stop in self.stops:
            self.cancel(stop)
        sizes = [-stop.size for stop in self.stops]
        self.stops = [self.sell(size=size, exectype=bt.Order.Stop, price=price) for size in sizes]
        size = int(RISK * self.broker.getvalue() / self.n[0])
        self.buy(size=size)
        self.stops.append(self.sell(size=size, exectype=bt.Order.Stop, price=price))


class Momentum(Noting):
    def prenext(self) -> None:
        self.next()

    def next(self) -> None:
        today, yesterday = self.data.datetime.date(0), self.data.datetime.date(-1)
        if len(self) <= LOOKBACK + SKIP or today.month == yesterday.month:
            return
        rise = {data: data.close[-SKIP] / data.close[-SKIP - LOOKBACK] - 1 for data in self.datas}
        best = max(rise, key=rise.__getitem__)
        for data in self.datas:
            if rise[best] <= 0 or data is not best:
                self.close(data)
        if rise[best] > 0:
            # Its own order_target_percent rounds what it sells down, and so keeps a share too many.
            self.order_target_size(best, int(INVESTED * self.broker.getvalue() / best.close[0]))


def frame(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["timestamp"], index_col="timestamp").tz_localize(None)


def theirs(strategy: type[Noting], frames: Mapping[str, pd.DataFrame]) -> Any:
    """The strategy after its run."""
    cerebro = bt.Cerebro(stdstats=False)
    for symbol, prices in frames.items():
        cerebro.adddata(bt.feeds.PandasData(dataname=prices), name=symbol)
    cerebro.addstrategy(strategy)
    cerebro.broker.setcash(CASH)
    return cerebro.run()[0]


@pytest.mark.parametrize("path", STOCKS, ids=lambda path: path.stem)
def test_turtle_makes_the_same_trades(path: Path) -> None:
    frames = {path.stem.partition("_")[0]: frame(path)}
    peer = theirs(Turtle, frames)
    result = weaver.backtest(TurtleSizing, frames, params={"risk": RISK, "units": UNITS}, **PLAIN)
    expected = matched(peer.executions)
    assert_same(trips_of(result), expected)
    assert len(expected) > 80
    assert float(result.stats["final_equity"]) == pytest.approx(peer.broker.getvalue(), abs=1e-4)


def test_momentum_makes_the_same_trades() -> None:
    frames = {path.stem.partition("_")[0]: frame(path) for path in STOCKS}
    peer = theirs(Momentum, frames)
    given = {"lookback": LOOKBACK, "skip": SKIP, "invested": INVESTED}
    result = weaver.backtest(MomentumTopN, frames, params=given, **PLAIN)
    expected = matched(peer.executions)
    assert_same(trips_of(result), expected)
    assert len(expected) > 80
    assert float(result.stats["final_equity"]) == pytest.approx(peer.broker.getvalue(), abs=1e-4)
