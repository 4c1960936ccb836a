"""Take-profit and stop-loss orders against those of backtesting.py: the same trades, bar by bar."""

import warnings
from typing import Any

import pandas as pd
import pytest
from backtesting import Backtest
from backtesting import Strategy as PeerStrategy
from backtesting.lib import crossover
from backtesting.test import GOOG, SMA

import weaver
from tests.benchmarks.bars import minute_stamps, synthetic_columns
from weaver import Strategy, sma

Row = tuple[float, float]
CASH = 1_000_000


class Bracketed(Strategy):
    """In at a crossing when flat, out at so many percent either way; visited on every bar."""

    up_percent: float = 0.5
    down_percent: float = 0.5
    digits: int = 4

    def on_start(self) -> None:
        self.up = self.crossing()

    def crossing(self) -> Any:
        """As backtesting.py defines it: strictly on one side, then on the other."""
        fast, slow = sma(self.close, 10), sma(self.close, 30)
        return (fast.shift(1) < slow.shift(1)) & (fast > slow)

    def on_bar(self, bar: Any) -> None:
        if self.up[-1]:
            self.enter(bar)

    def enter(self, bar: Any) -> None:
        if not self.position(bar.symbol):
            above, below = bar.close * (1 + self.up_percent / 100), bar.close * (1 - self.down_percent / 100)
            exits = {"take_profit": round(above, self.digits), "stop_loss": round(below, self.digits)}
            self.buy(bar.symbol, 1, **exits)


class BracketedWhen(Bracketed):
    """The same, called on crossings."""

    def on_start(self) -> None:
        self.when(self.crossing(), self.enter)

    on_bar = Strategy.on_bar


def theirs(frame: pd.DataFrame, up: float, down: float, digits: int) -> list[Row]:
    """Entry and exit price of every trade, in order of entry."""

    class Peer(PeerStrategy):
        def init(self) -> None:
            self.fast, self.slow = (self.I(SMA, self.data.Close, length) for length in (10, 30))

        def next(self) -> None:
            if crossover(self.fast, self.slow) and not self.position:
                price = self.data.Close[-1]
                self.buy(size=1, tp=round(price * (1 + up / 100), digits), sl=round(price * (1 - down / 100), digits))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a trade left open is meant
        trades = Backtest(frame, Peer, cash=CASH).run()["_trades"]
    return list(trades.sort_values("EntryBar")[["EntryPrice", "ExitPrice"]].itertuples(index=False, name=None))


def ours(strategy: type[Strategy], bars: dict[str, pd.DataFrame], asset: str, **params: float) -> list[Row]:
    """The same."""
    result = weaver.backtest(strategy, bars, asset=asset, params=params, costs="none", cash=CASH, lookahead_check=False)
    return [(float(trade.entry_price), float(trade.exit_price)) for trade in result.trades]


@pytest.mark.parametrize("strategy", [Bracketed, BracketedWhen])
@pytest.mark.parametrize(("up", "down"), [(0.5, 0.5), (1.5, 0.3), (0.2, 2.0)])
def test_minute_bars_give_the_same_trades(strategy: type[Strategy], up: float, down: float) -> None:
    frame = pd.DataFrame({name.capitalize(): values for name, values in synthetic_columns(30_000, seed=7).items()})
    frame.index = pd.to_datetime(minute_stamps(len(frame)))
    expected = theirs(frame, up, down, digits=4)
    bars = {"SYN/USD": frame.tz_localize("UTC")}
    assert ours(strategy, bars, "crypto", up_percent=up, down_percent=down) == expected
    assert len(expected) > 50


@pytest.mark.parametrize("strategy", [Bracketed, BracketedWhen])
@pytest.mark.parametrize(("up", "down"), [(5.0, 3.0), (2.0, 8.0)])
def test_google_gives_the_same_trades(strategy: type[Strategy], up: float, down: float) -> None:
    expected = theirs(GOOG, up, down, digits=2)
    assert ours(strategy, {"GOOG": GOOG}, "stock", up_percent=up, down_percent=down, digits=2) == expected
    assert len(expected) > 15
