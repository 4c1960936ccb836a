"""Six runs whose reports are hard to draw."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

import weaver
from weaver import BacktestResult, Split, Strategy, crossed_above, crossed_below, macd, rsi, sma

DAY_ONE = "2015-01-02"


def prices(count: int, *, seed: int, spread: float = 0.01, step: str = "B", drift: float = 0.0) -> pd.DataFrame:
    """A random walk of bars; the same for the same seed."""
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(drift, spread, count))), 2)
    begun = np.concatenate(([100.0], close[:-1]))
    frame = {
        "open": begun,
        "high": np.round(np.maximum(begun, close) * (1 + spread / 3), 2),
        "low": np.round(np.minimum(begun, close) * (1 - spread / 3), 2),
        "close": close,
        "volume": np.round(rng.lognormal(12, 0.5, count)),
    }
    zone = None if step == "B" else "UTC"
    return pd.DataFrame(frame, pd.date_range(DAY_ONE, periods=count, freq=step, tz=zone))


class Crossing(Strategy):
    """Long while the fast average is above the slow one, with an oscillator and the MACD beneath."""

    fast: int = 10
    slow: int = 30

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.strength, self.macd = rsi(self.close, 14), macd(self.close)
        self.when(crossed_above(fast, slow) & (self.strength > 0) & (self.macd[0] > -1e9), self.enter)
        self.when(crossed_below(fast, slow), self.leave)

    def enter(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, 0.95)

    def leave(self, bar: Any) -> None:
        self.close_position(bar.symbol)


class Bracketed(Strategy):
    """Buys whenever it holds nothing, between a stop that trails and a target."""

    def on_bar(self, bar: Any) -> None:
        if not self.position(bar.symbol).quantity and not self.orders:
            self.buy(bar.symbol, 100, take_profit="2%", stop_loss="1.5%")


class Idle(Strategy):
    """Never does anything."""

    def on_bar(self, bar: Any) -> None:
        pass


class Peeking(Bracketed):
    """The same, but for an indicator that looks ahead."""

    def on_start(self) -> None:
        self.ahead = weaver.indicator(lambda values: np.append(values[1:], np.nan), self.close)

    def on_bar(self, bar: Any) -> None:
        if self.ahead[-1] > bar.close:
            super().on_bar(bar)


class Everything(Strategy):
    """Each symbol in turn, a twentieth of the account."""

    def on_bar(self, bar: Any) -> None:
        turn = len(self.bars) // 5 % len(self.symbols)
        wanted = 0.05 if self.symbols.index(bar.symbol) in range(turn, turn + 10) else 0
        self.order_target_percent(bar.symbol, wanted)


def one_bar() -> BacktestResult:
    return weaver.backtest(Bracketed, {"AAPL": prices(1, seed=1)}, asset="stock", timeframe="1d")


def no_trades() -> BacktestResult:
    return weaver.backtest(Idle, {"AAPL": prices(500, seed=2)}, asset="stock")


def two_thousand_trades() -> BacktestResult:
    bars = prices(25_000, seed=3, spread=0.006, step="1h")
    return weaver.backtest(Peeking, {"BTC/USD": bars}, asset="crypto")


def hundred_symbols() -> BacktestResult:
    bars = {f"SYM{number:02}": prices(400, seed=number) for number in range(100)}
    return weaver.backtest(Everything, bars, asset="stock", costs="none", lookahead_check=False)


def half_a_million_bars() -> BacktestResult:
    bars = prices(500_000, seed=5, spread=0.0006, step="1min")
    return weaver.backtest(Crossing, {"ETH/USD": bars}, asset="crypto", costs="none", lookahead_check=False)


def eleven_digits() -> BacktestResult:
    bars = prices(2_500, seed=6, drift=0.0012)
    bars.iloc[2_300:, :4] = np.round(bars.iloc[2_300:, :4] / 2, 2)
    split = {"BRK": [Split(ex_date=bars.index[2_300].date(), ratio=2)]}
    return weaver.backtest(
        Crossing, {"BRK": bars}, asset="stock", cash=10_000_000_000, costs="none", actions=split, lookahead_check=False
    )


RUNS: Mapping[str, Callable[[], BacktestResult]] = {
    "one-bar": one_bar,
    "no-trades": no_trades,
    "2000-trades": two_thousand_trades,
    "100-symbols": hundred_symbols,
    "500000-bars": half_a_million_bars,
    "eleven-digits": eleven_digits,
}
