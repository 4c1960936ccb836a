"""Bars and strategies for sweeps."""

from typing import Any

import numpy as np

from tests.builders import crypto_bars, stock_days
from weaver import Field, crossed_above, crossed_below, indicator, sma
from weaver.marvin.strategy import Strategy


def walk(count: int, *, seed: int, drift: float = 0.0) -> list[float]:
    """Prices with two decimals that go up and down at random."""
    chance = np.random.default_rng(seed)
    steps = chance.normal(drift, 0.02, count)
    closes: list[float] = np.round(100 * np.exp(np.cumsum(steps)), 2).tolist()
    return closes


HOURS = crypto_bars(walk(600, seed=4))
DAYS = {f"S{k}": stock_days(walk(320, seed=k), symbol=f"S{k}") for k in range(4)}


class Cross(Strategy):
    """Long while the fast average is above the slow one."""

    fast: int = Field(5, ge=2, le=50)
    slow: int = Field(20, ge=3, le=100)
    share: float = Field(1.0, gt=0, le=1)

    def on_start(self) -> None:
        fast, slow = sma(self.close, self.fast), sma(self.close, self.slow)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), lambda bar: self.close_position(bar.symbol))

    def enter(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, self.share)


SCALE = 1.0


def above_mean(values: Any, period: int) -> Any:
    """How far values lie above their mean so far, times a global."""
    return SCALE * (values - np.cumsum(values) / np.arange(1, len(values) + 1)) / period


class Own(Strategy):
    """Uses a function of its own."""

    period: int = Field(5, ge=1, le=50)
    level: float = 0.1

    def on_start(self) -> None:
        self.gap = indicator(above_mean, self.close, period=self.period)

    def on_bar(self, bar: Any) -> None:
        if self.gap[-1] > self.level and not self.position(bar.symbol):
            self.buy(bar.symbol, 1, stop_loss=bar.close * 0.97)
        elif self.gap[-1] < -self.level:
            self.close_position(bar.symbol)


class Remembers(Strategy):
    """Keeps something in its class, which the next trial must not see."""

    seen: list[int]
    _runs: list[int] = []  # noqa: RUF012 - what it is here for
    size: int = Field(1, ge=1, le=9)

    def on_start(self) -> None:
        self._runs.append(1)
        self.bought = False

    def on_bar(self, bar: Any) -> None:
        if not self.bought:
            self.buy(bar.symbol, self.size * len(self._runs))
            self.bought = True


class Fails(Strategy):
    """Fails where its parameter is odd."""

    number: int = 1

    def on_bar(self, bar: Any) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")
        self.order_target(bar.symbol, 1)


class Kills(Strategy):
    """Ends its process where its parameter says so."""

    number: int = 1
    victim: int = 3

    def on_bar(self, bar: Any) -> None:
        if self.number == self.victim:
            import os

            os._exit(7)
        self.order_target(bar.symbol, 1)


def later(values: Any, ahead: int) -> Any:
    """What comes so many bars later."""
    return np.concatenate((values[ahead:], np.full(ahead, values[-1])))


class Sees(Strategy):
    """Looks ahead."""

    ahead: int = Field(1, ge=1, le=5)

    def on_start(self) -> None:
        coming = indicator(later, self.close, ahead=self.ahead)
        self.when(coming > self.close, lambda bar: self.order_target_percent(bar.symbol, 0.9))
        self.when(coming < self.close, lambda bar: self.close_position(bar.symbol))


def known_later(values: Any, ahead: int) -> Any:
    """Values of later, as far as there are any; of the last ones nothing."""
    return np.concatenate([values[ahead:], np.full(min(ahead, len(values)), np.nan)])[: len(values)]


class Peeks(Strategy):
    """Knows the close of `ahead` bars later, as far as there is one, and is in the market where that is higher."""

    ahead: int = 1

    def on_start(self) -> None:
        self.later = indicator(known_later, self.close, ahead=self.ahead)

    def on_bar(self, bar: Any) -> None:
        self.order_target_percent(bar.symbol, 1.0 if self.later[-1] > bar.close else 0.0)
