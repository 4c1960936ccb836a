"""Entries that start exits as they fill: the same as bar by bar, on random exits, and by hand."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from weaver import Strategy
from weaver.greta.orders.entries import Entries
from weaver.marvin.series.bar import Bar
from weaver.model.market.bars import Bars
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus


def walk(seed: int, count: int = 300) -> Bars:
    """A random walk in cents."""
    steps = np.random.default_rng(seed).integers(-40, 41, count)
    closes = np.maximum(5_000, 10_000 + np.cumsum(steps)) / 100
    opens = np.concatenate([closes[:1], closes[:-1]])
    highs, lows = np.maximum(opens, closes) + 0.1, np.minimum(opens, closes) - 0.1
    return crypto_bars(closes.tolist(), opens=opens.tolist(), highs=highs.tolist(), lows=lows.tolist())


class Entering(Strategy):
    """In with exits now and then, at most three times at once; looks at its exits' levels, and closes sometimes."""

    seed: int = 0

    def on_start(self) -> None:
        self.chance = Random(self.seed)
        self.placed: list[Order] = []
        self.levels: list[str] = []
        self.when(self.close > 0, self.act)

    def act(self, bar: Bar) -> None:
        chance = self.chance
        self.levels += [str(leg.stop) for order in self.placed[-3:] for leg in order.legs if chance.random() < 0.1]
        if chance.random() < 0.15 and len(self.orders) < 6:
            self.enter(bar)
        elif chance.random() < 0.03:
            self.close_position(bar.symbol)

    def enter(self, bar: Bar) -> None:
        chance, away = self.chance, self.chance.choice((0.0005, 0.005, 0.02))
        match chance.randrange(4):
            case 0:
                order = self.buy(bar.symbol, 2, take_profit=bar.close * (1 + away), stop_loss=bar.close * (1 - away))
            case 1:
                tif = chance.choice(("gtc", "day"))
                order = self.buy(bar.symbol, 1, stop_loss=bar.close * (1 - away), exit_tif=tif)
            case 2:
                order = self.buy(bar.symbol, 2, tif=chance.choice(("gtc", "day")))
                self.oto(order, self.sell(bar.symbol, chance.choice((1, 2)), trail_percent=100 * away))
            case _:
                order = self.buy(bar.symbol, 1)
                self.oto(order, self.sell(bar.symbol, 1, limit=bar.close * (1 + away)))
        self.placed.append(order)


def told(seed: int, options: Mapping[str, Any]) -> tuple[Any, ...]:
    made: list[Entering] = []

    class Noted(Entering):
        def on_start(self) -> None:
            made.append(self)
            super().on_start()

    result = backtest(Noted, walk(seed), params={"seed": seed}, **options)
    orders = [
        (one.id, one.status, one.filled_quantity, one.average_price, one.stop, one.limit, one.reason)
        for one in result.orders
    ]
    return list(result.fills), orders, made[0].levels, result.equity[-1]


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "cash": {"cash": 1_000, "costs": {"commission_bps": 5, "slippage_bps": 2}},
    "rich": {"cash": 100_000, "costs": "none"},
    "margin": {"cash": 500, "costs": "none", "account": "margin", "leverage": 2},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_random_exits_end_as_bar_by_bar(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short, taken = Entries.is_taken_up, Counter[bool]()

    def counted(self: Entries, fresh: Any, tick: int) -> bool:
        found = short(self, fresh, tick)
        taken[found] += 1
        return found

    monkeypatch.setattr(Entries, "is_taken_up", counted)
    quick = [told(seed, OPTIONS[name]) for seed in range(25)]
    monkeypatch.setattr(Entries, "is_taken_up", lambda *_: False)
    assert [told(seed, OPTIONS[name]) for seed in range(25)] == quick
    assert taken[True] > 100


class Once(Strategy):
    """Two at the first bar, out at 4 % below the highest since, or at 110."""

    trails: bool = False

    def on_start(self) -> None:
        self.when(self.close > 0, self.act)

    def act(self, bar: Bar) -> None:
        if len(self.close) > 1:
            return
        if self.trails:
            self.oto(self.buy(bar.symbol, 2), self.sell(bar.symbol, 2, trail_percent=4))
        else:
            self.buy(bar.symbol, 2, take_profit=110, stop_loss=96)


BARS = crypto_bars([100, 101, 105, 107, 102, 111])


def test_trailing_exit_starts_at_the_close_of_the_entrys_bar() -> None:
    result = backtest(Once, BARS, params={"trails": True}, costs="none")
    # In at 100, the open of bar 1, whose close of 101 is the first mark; 107 makes 102.72, which bar 4 falls through.
    assert [fill.price for fill in result.fills] == [Decimal(100), Decimal("102.72")]


def test_bracket_leaves_one_exit_cancelled_when_the_other_fills() -> None:
    result = backtest(Once, BARS, costs="none")
    assert [fill.price for fill in result.fills] == [Decimal(100), Decimal(110)]
    assert [order.status for order in result.orders] == [OrderStatus.FILLED, OrderStatus.FILLED, OrderStatus.CANCELLED]
