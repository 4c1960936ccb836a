"""Where orders waited, against what a strategy saw of them bar after bar."""

import numpy as np
import pandas as pd
import pytest

import weaver
from weaver import Strategy
from weaver.greta.results.order_levels import order_levels


class Trails(Strategy):
    """Holds from the first bar on, with a trailing stop that it looks at on every bar."""

    seen: list  # of bar and level, filled as it runs

    def on_start(self):
        type(self).seen.clear()

    def on_bar(self, bar):
        count = len(self.bars)
        if count == 1:
            self.buy(bar.symbol, 10)
        if count == 2:
            self.stop = self.sell(bar.symbol, 10, trail_percent=5, tif="gtc")
        if count >= 2 and self.stop.is_working:
            type(self).seen.append((count, float(self.stop.stop)))


Trails.seen = []


@pytest.mark.parametrize("seed", range(5))
def test_trailing_stop_is_drawn_where_its_strategy_saw_it(seed):
    close = np.round(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.001, 0.015, 60))), 2)
    days = pd.bdate_range("2023-01-03", periods=60)
    frame = pd.DataFrame({"open": close, "high": close + 0.5, "low": close - 0.5, "close": close, "volume": 1e6}, days)
    result = weaver.backtest(Trails, {"X": frame}, asset="stock", costs="none", lookahead_check=False)
    drawn = {
        bar: level.price for level in order_levels(result.finished)["X"] for bar in range(level.first, level.last + 1)
    }
    wanted = {bar: level for bar, level in Trails.seen if bar < 60}  # seen at a close, it acts from the next bar on
    assert drawn == pytest.approx(wanted)
    assert {level.kind for level in order_levels(result.finished)["X"]} == {"stop"}


class Asks(Strategy):
    """Two limits: one filled, one cancelled on the fourth bar; and one that waits to the end."""

    def on_bar(self, bar):
        count = len(self.bars)
        if count == 1:
            self.first = self.buy(bar.symbol, 1, limit=99, tif="gtc")
            self.second = self.buy(bar.symbol, 1, limit=90, tif="gtc")
            self.third = self.buy(bar.symbol, 1, limit=80, tif="gtc")
        if count == 4:
            self.cancel(self.second)


def test_levels_end_with_a_fill_a_cancellation_or_the_run():
    days = pd.bdate_range("2023-01-03", periods=6)
    frame = pd.DataFrame({"open": 100.0, "high": 101, "low": 99.5, "close": 100, "volume": 1e6}, days)
    frame.loc[days[2], "low"] = 98.0
    result = weaver.backtest(Asks, {"X": frame}, asset="stock", costs="none", lookahead_check=False)
    assert [tuple(level) for level in order_levels(result.finished)["X"]] == [
        ("target", 1, 2, 99.0),
        ("target", 1, 3, 90.0),
        ("target", 1, 5, 80.0),
    ]
