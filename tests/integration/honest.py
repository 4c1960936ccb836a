"""Strategies that do not look ahead, however suspicious: rounding, state, the run's chance, several timeframes."""

from collections.abc import Callable
from random import Random
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from weaver import Strategy, crossed_above, crossed_below, ema, indicator, sma

Array = np.ndarray


def recursive(close: Array) -> Array:
    """An exponential filter, value after value."""
    result, level = np.empty_like(close), close[0] if len(close) else 0.0
    for k, price in enumerate(close.tolist()):
        level += 0.1 * (price - level)
        result[k] = level
    return close - result


def running_sums(close: Array) -> Array:
    """A moving average by differences of running sums."""
    sums = np.concatenate([[0.0], np.cumsum(close)])
    result = np.full(len(close), np.nan)
    if len(close) >= 20:
        result[19:] = close[19:] - (sums[20:] - sums[:-20]) / 20
    return result


def by_fourier(close: Array) -> Array:
    """A causal average as a product of spectra: its rounding depends on how many bars there are."""
    size = max(2 * len(close), 32)
    kernel = np.fft.rfft(np.full(10, 0.1), size)
    return close - np.fft.irfft(np.fft.rfft(close, size) * kernel, size)[: len(close)]


def by_convolution(close: Array) -> Array:
    return close - np.convolve(close, np.full(15, 1 / 15))[: len(close)]


def expanding(close: Array) -> Array:
    """Normalised by what was known at each bar."""
    frame = pd.Series(close)
    return ((frame - frame.expanding(10).mean()) / frame.expanding(10).std()).to_numpy()


def rolling_rank(close: Array) -> Array:
    return pd.Series(close).rolling(30).rank(pct=True).to_numpy() - 0.5


def weighted(close: Array) -> Array:
    return close - pd.Series(close).ewm(span=12).mean().to_numpy()


def needs_bars(close: Array) -> Array:
    """Fails on fewer bars than its window."""
    windows = np.lib.stride_tricks.sliding_window_view(close, 25)
    return np.concatenate([np.full(24, np.nan), close[24:] - np.median(windows, axis=1)])


def running_high(close: Array) -> Array:
    return close - 0.97 * np.maximum.accumulate(close)


def reversed_twice(close: Array) -> Array:
    """Turned around, smoothed with what is then the future, and turned back: only the past takes part."""
    turned = pd.Series(close[::-1])
    return close - turned[::-1].rolling(8).mean().to_numpy()


def every_fifth(close: Array) -> Array:
    """Recomputed every fifth bar and held in between."""
    averages = pd.Series(close).rolling(20).mean().to_numpy()
    return close - averages[np.arange(len(close)) // 5 * 5]


def constant(close: Array) -> Array:
    return np.where(np.arange(len(close)) % 14 < 7, 1.0, -1.0)


def walk_forward(close: Array) -> Array:
    """A slope fitted to the 50 bars before each month of 20."""
    result = np.full(len(close), np.nan)
    at = np.arange(50)
    for start in range(50, len(close), 20):
        result[start : start + 20] = np.polyfit(at, close[start - 50 : start], 1)[0]
    return result


def infinite(close: Array) -> Array:
    """Divides by zero where nothing moved."""
    moves = np.diff(close, prepend=close[:1])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(moves == 0, np.inf, moves)


OWN: dict[str, Callable[[Array], Array]] = {
    own.__name__: own
    for own in (
        recursive, running_sums, by_fourier, by_convolution, expanding, rolling_rank, weighted, needs_bars,
        running_high, reversed_twice, every_fifth, constant, walk_forward, infinite,
    )
}  # fmt: skip


class Honest(Strategy):
    own: str = "recursive"
    smooth: int = 1

    def make(self) -> None:
        line = indicator(OWN[self.own], self.close)
        self.line = ema(line, self.smooth) if self.smooth > 1 else line

    def enter(self, bar) -> None:
        if not self.position(bar.symbol):
            self.order_target_percent(bar.symbol, 0.9)

    def leave(self, bar) -> None:
        self.close_position(bar.symbol)


class OnSignals(Honest):
    def on_start(self) -> None:
        self.make()
        self.when(crossed_above(self.line, 0), self.enter)
        self.when(crossed_below(self.line, 0), self.leave)


class OnBars(Honest):
    def on_start(self) -> None:
        self.make()

    def on_bar(self, bar) -> None:
        if self.line[-1] > 0:
            self.enter(bar)
        else:
            self.leave(bar)


class WithExits(Honest):
    """Resting orders by chance of the run."""

    def on_start(self) -> None:
        self.make()
        self.when(self.line > 0, self.bracket)

    def bracket(self, bar) -> None:
        if not self.position(bar.symbol) and not self.orders:
            away = self.random.uniform(0.001, 0.02)
            terms = {"take_profit": bar.close * (1 + away), "stop_loss": bar.close * (1 - away), "tif": "gtc"}
            self.buy(bar.symbol, 10, limit=bar.close, **terms)


class EndsOrderly(Honest):
    """Closes its position when the run stops, wherever that is."""

    def on_start(self) -> None:
        self.make()
        self.when(self.line > 0, self.enter)
        self.when(self.line < 0, self.leave)

    def on_stop(self) -> None:
        for symbol in self.symbols:
            self.close_position(symbol)


class TwoTimeframes(Honest):
    """The week and the day."""

    def on_start(self) -> None:
        self.make()
        weekly = self.series(self.symbols[0], "5d").close
        self.slow = indicator(OWN[self.own], weekly)
        self.when((self.line > 0) & (self.slow > 0), self.enter)
        self.when((self.line < 0) & (weekly < sma(weekly, 3)), self.leave)


class OfOthers(Honest):
    """An own indicator of an own indicator of several series, with two results."""

    def on_start(self) -> None:
        self.make()
        self.upper, self.lower = indicator(self.bands, self.high, self.low, self.line, outputs=2)

    @staticmethod
    def bands(high: Array, low: Array, line: Array) -> tuple[Array, Array]:
        wide = 1e-3 * pd.Series(high - low).rolling(10).mean().to_numpy()
        return line + wide, line - wide

    def on_bar(self, bar) -> None:
        if self.lower[-1] > 0:
            self.enter(bar)
        elif self.upper[-1] < 0:
            self.leave(bar)


class KeepsNotes(Honest):
    """Writes down in its class what it did, reads it never; and keeps what it computed, for the same bars."""

    notes: ClassVar[list[Any]] = []
    kept: ClassVar[dict[Any, Array]] = {}

    def on_start(self) -> None:
        self.line = indicator(self.compute, self.close)

    def compute(self, close: Array) -> Array:
        key = (self.own, close.tobytes())
        if key not in self.kept:
            self.kept[key] = OWN[self.own](close)
        return self.kept[key]

    def on_bar(self, bar) -> None:
        self.notes.append((self.now, bar.close))
        (self.enter if self.line[-1] > 0 else self.leave)(bar)


STYLES: tuple[type[Honest], ...] = (
    OnSignals, OnBars, WithExits, EndsOrderly, TwoTimeframes, OfOthers, KeepsNotes,
)  # fmt: skip


def seeded(seed: int) -> tuple[type[Honest], dict[str, Any]]:
    """Every style with every function of its own, in turn."""
    own = list(OWN)[seed // len(STYLES) % len(OWN)]
    smooth = 1 if own == "infinite" else Random(seed).choice((1, 3))  # an average of an infinity stays one
    return STYLES[seed % len(STYLES)], {"own": own, "smooth": smooth}


class Rotates(Strategy):
    """Several symbols: holds the one that rose most by its own measure."""

    def on_start(self) -> None:
        self.rise = {symbol: indicator(OWN["weighted"], self.series(symbol).close) for symbol in self.symbols}
        self.held: str | None = None

    def on_tick(self, tick) -> None:
        best = max(tick.symbols, key=lambda symbol: (np.nan_to_num(self.rise[symbol][-1]), symbol))
        if best == self.held or self.now.day > 7:
            return
        if self.held is not None:
            self.close_position(self.held)
        self.order_target_percent(best, 0.5)
        self.held = best


class Spread(Strategy):
    """A function of two symbols' prices."""

    def on_start(self) -> None:
        first, second = (self.series(symbol).close for symbol in self.symbols[:2])
        ratio = indicator(lambda a, b: OWN["rolling_rank"](a / b), first, second)
        self.when(crossed_above(ratio, 0.3), self.enter)
        self.when(crossed_below(ratio, -0.3), self.leave)

    def enter(self, bar) -> None:
        self.order_target_percent(self.symbols[0], 0.4)
        self.order_target_percent(self.symbols[1], 0.4)

    def leave(self, bar) -> None:
        for symbol in self.symbols:
            self.close_position(symbol)
