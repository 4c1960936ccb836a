"""Lone exits filled in one step: the same as bar by bar, on random orders, and by hand."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta.orders.exits import Exits
from weaver.marvin.series.bar import Bar
from weaver.model.market.bars import Bars
from weaver.model.orders.order import Order


def walk(seed: int, count: int = 300) -> Bars:
    """A random walk in cents, whose opens jump."""
    chance = np.random.default_rng(seed)
    closes = np.maximum(5_000, 10_000 + np.cumsum(chance.integers(-40, 41, count))) / 100
    opens = closes + chance.integers(-20, 21, count) / 100
    highs, lows = np.maximum(opens, closes) + 0.1, np.minimum(opens, closes) - 0.1
    return crypto_bars(closes.tolist(), opens=opens.tolist(), highs=highs.tolist(), lows=lows.tolist())


class Leaving(Strategy):
    """In when flat, out by one order of any kind, with its entry or placed afterwards; short too where it may be."""

    seed: int = 0
    may_short: bool = False

    def on_start(self) -> None:
        self.chance = Random(self.seed)
        self.placed: list[Order] = []
        self.levels: list[str] = []
        self.when(self.close > 0, self.act)

    def act(self, bar: Bar) -> None:
        chance = self.chance
        self.levels += [f"{order.stop} {order.average_price}" for order in self.placed[-2:] if chance.random() < 0.1]
        if self.position(bar.symbol):
            if not self.orders and chance.random() < 0.8:
                self.placed.append(self.leave(bar, chance.choice((1, 2, 3)), self.position(bar.symbol).quantity > 0))
        elif not self.orders and chance.random() < 0.8:
            is_long = not self.may_short or chance.random() < 0.5
            entry = (self.buy if is_long else self.sell)(bar.symbol, 2)
            if chance.random() < 0.7:
                self.placed.append(self.leave(bar, chance.choice((1, 2)), is_long))
                self.oto(entry, self.placed[-1])

    def leave(self, bar: Bar, units: int, is_long: bool) -> Order:
        chance, away = self.chance, self.chance.choice((0.0005, 0.002, 0.005))
        order, sign = (self.sell, 1) if is_long else (self.buy, -1)
        match chance.randrange(5):
            case 0:
                return order(bar.symbol, units, limit=bar.close * (1 + sign * away), tif=chance.choice(("gtc", "day")))
            case 1:
                return order(bar.symbol, units, stop=bar.close * (1 - sign * away), tif="gtc")
            case 2:
                limit = bar.close * (1 - 2 * sign * away)
                return order(bar.symbol, units, stop=bar.close * (1 - sign * away), limit=limit, tif="gtc")
            case 3:
                return order(bar.symbol, units, trail=bar.close * away, tif="gtc")
            case _:
                return order(bar.symbol, units, trail_percent=100 * away, tif="gtc")


def told(seed: int, options: Mapping[str, Any]) -> tuple[Any, ...]:
    made: list[Leaving] = []

    class Noted(Leaving):
        def on_start(self) -> None:
            made.append(self)
            super().on_start()

    params = {"seed": seed, "may_short": options.get("shorting", False)}
    result = backtest(Noted, walk(seed), params=params, **options)
    orders = [
        (one.id, one.status, one.filled_quantity, one.average_price, one.stop, one.limit, one.triggered, one.reason)
        for one in result.orders
    ]
    return list(result.fills), orders, made[0].levels, list(result.equity), result.stats


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "free": {"costs": "none"},
    "dear": {"cash": 1_000, "costs": {"commission_bps": 5, "commission_minimum": 1, "slippage_bps": 2}},
    "short": {"costs": {"slippage_ticks": 1}, "account": "margin", "leverage": 2, "shorting": True},
    "little volume": {"costs": {"max_participation": "0.001"}},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_random_exits_end_as_bar_by_bar(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short, taken = Exits.is_filled, Counter[bool]()

    def counted(self: Exits, tick: int) -> bool:
        found = short(self, tick)
        taken[found] += 1
        return found

    monkeypatch.setattr(Exits, "is_filled", counted)
    quick = [told(seed, OPTIONS[name]) for seed in range(15)]
    monkeypatch.setattr(Exits, "is_filled", lambda *_: False)
    assert [told(seed, OPTIONS[name]) for seed in range(15)] == quick
    assert (taken[True] > 30) is (name != "little volume")


class Stopped(Strategy):
    """Two at the first bar, out where it falls to 96."""

    def on_start(self) -> None:
        self.when(self.close > 0, self.act)

    def act(self, bar: Bar) -> None:
        if len(self.close) == 1:
            self.buy(bar.symbol, 2, stop_loss=96)


@pytest.mark.parametrize(("opened", "price"), [(98, "96"), (95, "95")])
def test_stop_fills_at_its_level_or_at_a_lower_open(opened: float, price: str) -> None:
    bars = crypto_bars([100, 100, 100, 95, 99], opens=[100, 100, 100, opened, 99])
    result = backtest(Stopped, bars, costs={"commission_bps": 10, "slippage_ticks": 1}, cash=1_000)
    entry, exit_ = result.fills
    tick = entry.price - 100
    assert (exit_.price, exit_.slippage) == (Decimal(price) - tick, tick)
    assert exit_.commission == round(2 * exit_.price / 1_000, 8)
    assert (exit_.timestamp == exit_.bar_timestamp) is (opened == 95)
    paid = 2 * (exit_.price - entry.price) - entry.commission - exit_.commission
    assert result.finished.cash == (1_000 + paid) * 10**8
