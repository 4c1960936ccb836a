"""The short way of plain market orders equals the long one, which takes its prices from `fill_rules`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.builders import backtest, crypto_bars
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario
from weaver.greta.orders import turns
from weaver.greta.orders.short_way import ShortWay
from weaver.marvin.strategy import Strategy
from weaver.model.market.bars import Bars
from weaver.model.orders import fill_rules, trailing


class Trader(Strategy):
    """Market orders of each kind, many of which cannot be paid."""

    def on_start(self) -> None:
        self.when(self.close > self.close.shift(1), self.act)

    def act(self, bar: Any) -> None:
        match self.random.randrange(5):
            case 0:
                self.order_target_percent(bar.symbol, self.random.choice([1, 0.5, 0]))
            case 1:
                self.close_position(bar.symbol)
            case 2:
                self.sell(bar.symbol, self.random.choice([1, 7.25, 400]))
            case _:
                self.buy(bar.symbol, self.random.choice([1, 3.5, 40]))


class BarByBar(Trader):
    """The same from `on_bar`."""

    def on_start(self) -> None:
        pass

    def on_bar(self, bar: Any) -> None:
        if len(self.close) > 1 and self.close[-1] > self.close[-2]:
            self.act(bar)


def market(seed: int) -> Bars:
    closes = np.round(30 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, 400))), 4)
    return crypto_bars(closes.tolist())


COSTS: list[Any] = [
    "none",
    {"commission_bps": 25, "slippage_bps": 2, "half_spread_bps": 3},
    {"commission_per_share": 0.0035, "commission_minimum": 0.35, "slippage_ticks": 7},
]


def record(strategy: type[Strategy], seed: int, costs: Any) -> tuple[object, ...]:
    result = backtest(strategy, market(seed), costs=costs, cash=3000, seed=seed)
    orders = [(order.id, order.status, order.filled_quantity, order.average_price) for order in result.orders]
    return list(result.fills), orders, result.stats["final_equity"]


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize("strategy", [Trader, BarByBar])
def test_quick_fills_equal_those_of_the_matcher(
    strategy: type[Strategy], costs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = [record(strategy, seed, costs) for seed in range(5)]
    taken = _filled_quickly(monkeypatch, lambda: record(strategy, 0, costs))
    monkeypatch.setattr(ShortWay, "way", never)
    assert [record(strategy, seed, costs) for seed in range(5)] == quick
    assert taken > 20, "the short way was hardly taken, so this compared nothing"


def never(self: ShortWay, fresh: list[Any], accept: Any) -> Callable[[int], None]:
    """No short way."""
    return lambda _tick: None


def _filled_quickly(monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> int:
    """How many orders a run fills the short way."""
    way, count = ShortWay.way, 0

    def counted(self: ShortWay, fresh: list[Any], accept: Any) -> Callable[[int], tuple[()] | None]:
        fill_all = way(self, fresh, accept)

        def counting(tick: int) -> tuple[()] | None:
            nonlocal count
            before = len(fresh)
            done = fill_all(tick)
            count += before - len(fresh)
            return done

        return counting

    with monkeypatch.context() as patch:
        patch.setattr(ShortWay, "way", counted)
        run()
    return count


def test_scenarios_without_the_short_way_give_the_same_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    def prices(seed: int, *, by_signal: bool) -> list[int]:
        return list(run_weaver(random_scenario(seed), by_signal=by_signal).fills.amounts.prices)

    quick = [prices(seed, by_signal=by_signal) for seed in range(150) for by_signal in (False, True)]
    taken = _filled_quickly(monkeypatch, lambda: [prices(seed, by_signal=True) for seed in range(150)])
    monkeypatch.setattr(ShortWay, "way", never)
    assert [prices(seed, by_signal=by_signal) for seed in range(150) for by_signal in (False, True)] == quick
    assert taken > 20, "the short way was hardly taken, so this compared nothing"


def test_matcher_takes_its_prices_from_the_fill_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set()
    places = {"touch_at_open": turns, "touch_inside": turns, "trailing_level": trailing}
    for name, place in places.items():
        rule = getattr(fill_rules, name)

        def asking(*args: Any, _rule: Any = rule, _name: str = name, **named: Any) -> Any:
            asked.add(_name)
            return _rule(*args, **named)

        monkeypatch.setattr(place, name, asking)
    for seed in range(20):
        run_weaver(random_scenario(seed))
    assert asked == set(places)
