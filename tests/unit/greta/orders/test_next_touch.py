"""Orders that rest are left alone until a bar can touch them, and what is decided is the same as if they were not."""

from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta.orders.matching import Matcher
from weaver.greta.orders.next_touch import Level

BARS = 20_000
rng = np.random.default_rng(11)
CLOSES = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.001, BARS))), 2)


class Bracketed(Strategy):
    """Always in, with exits at one percent either way."""

    def on_bar(self, bar: Any) -> None:
        if not self.orders or not any(order.is_working for order in self.orders[-3:]):
            price = bar.close
            self.buy(bar.symbol, 1, take_profit=price * 1.01, stop_loss=price * 0.99, tif="gtc")


class FarAway(Strategy):
    """One order out of reach, and signals at every bar."""

    def on_start(self) -> None:
        self.order: Any = None
        self.when(self.close > 0, self.decide)

    def decide(self, bar: Any) -> None:
        if self.order is None:
            self.order = self.buy(bar.symbol, 1, limit=1, tif="gtc")


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ticks at which orders are looked at."""
    seen: list[int] = []
    trade = Matcher.trade
    monkeypatch.setattr(Matcher, "trade", lambda self, tick: (seen.append(tick), trade(self, tick))[1])
    return seen


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bars each search covers."""
    sizes: list[int] = []
    first = Level.first
    monkeypatch.setattr(Level, "first", lambda self, a, b: (sizes.append(b - a), first(self, a, b))[1])
    return sizes


def test_resting_exits_are_looked_at_when_a_bar_can_touch_them(turns: list[int]) -> None:
    result = backtest(Bracketed, crypto_bars(CLOSES), costs="none")
    assert len(result.trades) > 50
    assert len(turns) < 12 * len(result.trades)
    assert 5 * len(turns) < BARS


@pytest.mark.parametrize("account", ["cash", "margin"])
def test_order_out_of_reach_is_searched_for_over_each_bar_a_few_times(
    account: str, turns: list[int], looked_at: list[int]
) -> None:
    result = backtest(FarAway, crypto_bars(CLOSES), costs="none", account=account)
    assert not result.fills
    assert len(turns) < 20
    assert sum(looked_at) + len(turns) + 9 >= BARS  # its first ones are looked at as they come
    assert sum(looked_at) < 2 * BARS


def test_order_that_is_placed_anew_at_every_bar_is_never_searched_for(looked_at: list[int]) -> None:
    class Quoting(FarAway):
        def decide(self, bar: Any) -> None:
            if self.order is not None:
                self.cancel(self.order)
            self.order = self.buy(bar.symbol, 1, limit=1, tif="gtc")

    result = backtest(Quoting, crypto_bars(CLOSES), costs="none")
    assert [str(order.status) for order in result.orders] == ["cancelled"] * (BARS - 1) + ["pending"]
    assert not looked_at


@pytest.mark.parametrize("account", ["cash", "margin"])
def test_progress_is_told_of_runs_that_visit_bar_after_bar(account: str) -> None:
    class Holding(FarAway):
        def decide(self, bar: Any) -> None:
            if self.order is None:
                self.order = self.buy(bar.symbol, 1)
                self.buy(bar.symbol, 1, limit=1, tif="gtc")

    told: list[float] = []
    backtest(Holding, crypto_bars(CLOSES), account=account, progress=lambda _, done: told.append(done))
    assert told == sorted(told)
    assert len(told) > BARS / 2_000


class Until(Strategy):
    """One order out of reach until a day, one for the next open and one for the next close; signals at every bar."""

    def on_start(self) -> None:
        self.asked: list[Any] = []
        self.when(self.close > 0, self.decide)

    def decide(self, bar: Any) -> None:
        if not self.asked:
            self.asked = [
                self.buy(bar.symbol, 1, limit=1, tif="gtd", expires="2021-04-10"),
                self.buy(bar.symbol, 1, tif="opg"),
                self.buy(bar.symbol, 1, tif="cls"),
            ]


def test_orders_with_a_time_of_their_own_are_looked_at_when_that_has_come(turns: list[int]) -> None:
    # Minutes around the clock from midnight on; the orders are placed as the first bar ends.
    result = backtest(Until, crypto_bars(CLOSES, timeframe="1m"))
    day = 24 * 60
    opened, closed = result.fills
    assert (float(opened.price), float(closed.price)) == (CLOSES[day - 1], CLOSES[day - 1])
    assert [str(order.status) for order in result.orders] == ["cancelled", "filled", "filled"]
    assert {day - 1, day, 6 * day - 1} <= set(turns)
    assert len(turns) < 60
