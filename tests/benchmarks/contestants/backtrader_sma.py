"""backtrader, in the style of its own quick start."""

from collections.abc import Callable

import backtrader as bt
import pandas as pd

from tests.benchmarks.bars import Columns, minute_stamps


class SmaCross(bt.Strategy):
    def __init__(self) -> None:
        self.closed_trades = 0
        self.crossover = bt.ind.CrossOver(bt.ind.SMA(period=10), bt.ind.SMA(period=30))

    def next(self) -> None:
        if self.crossover > 0 and not self.position:
            self.buy()
        elif self.crossover < 0 and self.position:
            self.close()

    def notify_trade(self, trade: bt.Trade) -> None:
        self.closed_trades += trade.isclosed


def prepare(columns: Columns) -> Callable[[], tuple[int, float]]:
    frame = pd.DataFrame(columns)
    frame.index = pd.to_datetime(minute_stamps(len(frame)))

    def run() -> tuple[int, float]:
        cerebro = bt.Cerebro()
        cerebro.adddata(bt.feeds.PandasData(dataname=frame, timeframe=bt.TimeFrame.Minutes))
        cerebro.addstrategy(SmaCross)
        cerebro.addsizer(bt.sizers.FixedSize, stake=1)
        cerebro.broker.setcash(1_000_000)
        cerebro.broker.setcommission(commission=0.001)
        strategy = cerebro.run()[0]
        return strategy.closed_trades, cerebro.broker.getvalue()

    return run
