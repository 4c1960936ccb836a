"""Plain fills settled late, many at once, against the same orders matched one by one on the long way."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import weaver
from tests.benchmarks.bars import synthetic_columns
from tests.benchmarks.contestants.weaver import minute_bars
from tests.builders import crypto_bars
from weaver import Strategy, crossed_above, crossed_below, sma
from weaver.greta.ledger import settlement
from weaver.greta.ledger.settlement import Settlement
from weaver.greta.orders.short_way import ShortWay
from weaver.greta.result import BacktestResult
from weaver.marvin.series.bar import Bar
from weaver.model.market.bars import Bars
from weaver.model.orders.order import Order


class Crossing(Strategy):
    """Buys `size` at each crossing up, never selling while `hoard` holds; keeps its orders, and looks at some."""

    size: str = "1"
    hoard: int = 0
    look_every: int = 0

    def on_start(self) -> None:
        fast, slow = sma(self.close, 3), sma(self.close, 8)
        self.when(crossed_above(fast, slow), self.enter)
        self.when(crossed_below(fast, slow), self.leave)
        self.placed: list[Order] = []
        self.seen: list[tuple[Decimal, Decimal | None]] = []

    def enter(self, bar: Any) -> None:
        self.placed.append(self.buy(bar.symbol, self.size))
        if self.look_every and len(self.placed) % self.look_every == 0:
            self.seen.append((self.cash, self.placed[-2].average_price))

    def leave(self, bar: Any) -> None:
        held = self.position(bar.symbol).quantity
        if held and len(self.placed) % 50 >= self.hoard:
            self.placed.append(self.sell(bar.symbol, held))


class CrossingOnBar(Crossing):
    """The same, called on every bar."""

    def on_start(self) -> None:
        super().on_start()
        fast, slow = sma(self.close, 3), sma(self.close, 8)
        self.up, self.down = crossed_above(fast, slow), crossed_below(fast, slow)

    def when(self, signal: Any, callback: Any) -> None:
        """Register nothing."""

    def on_bar(self, bar: Any) -> None:
        if self.up[-1]:
            self.enter(bar)
        elif self.down[-1]:
            self.leave(bar)


COSTS: tuple[Mapping[str, str], ...] = (
    {"commission_bps": "10"},
    {"commission_bps": "2.5", "slippage_bps": "1.7", "slippage_ticks": "1"},
    {"commission_per_share": "0.0035", "commission_minimum": "0.35"},
    {"commission_bps": "0"},
)
PARAMETERS: tuple[Mapping[str, Any], ...] = (
    {"size": "1"},
    {"size": "0.5"},
    {"size": "0.12345678"},
    {"size": "7", "hoard": 30},
    {"size": "1", "look_every": 7},
    {"size": "3", "look_every": 150, "hoard": 20},
)


@pytest.fixture(scope="module")
def bars() -> Bars:
    return minute_bars(synthetic_columns(6_000))


def never(self: ShortWay, fresh: list[Any], accept: Any) -> Callable[[int], None]:
    """No short way."""
    return lambda _tick: None


def told(result: BacktestResult, strategies: list[Crossing]) -> tuple[Any, ...]:
    orders = [
        (o.id, o.side, o.quantity, o.filled_quantity, o.average_price, o.status, o.placed, o.reason)
        for o in result.orders
    ]
    kept = [(o.id, o.status, o.filled_quantity, o.average_price) for o in strategies[-1].placed]
    return list(result.fills), orders, kept, strategies[-1].seen, result.stats, result.equity[-1]


@pytest.mark.parametrize("style", [Crossing, CrossingOnBar])
@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize("params", PARAMETERS)
def test_late_settlement_comes_to_the_same_as_the_long_way(
    style: type[Crossing],
    costs: Mapping[str, str],
    params: Mapping[str, Any],
    bars: Bars,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strategies: list[Crossing] = []

    class Watched(style):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            strategies.append(self)

    def run() -> tuple[Any, ...]:
        result = weaver.backtest(Watched, bars, params=params, costs=costs, cash=1_700, lookahead_check=False)
        return told(result, strategies)

    quick = run()
    monkeypatch.setattr(ShortWay, "way", never)
    assert run() == quick
    assert len(quick[0]) > 200


def test_rejections_are_the_same_where_the_cash_runs_out(bars: Bars, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> tuple[Any, ...]:
        result = weaver.backtest(
            Crossing, bars, params={"hoard": 40}, costs=COSTS[0], cash=1_000, lookahead_check=False
        )
        return list(result.fills), [(o.status, o.reason) for o in result.orders]

    quick = run()
    monkeypatch.setattr(ShortWay, "way", never)
    assert run() == quick
    assert any(reason for _, reason in quick[1])


@pytest.mark.parametrize("costs", COSTS)
def test_bound_never_says_more_than_the_cash(
    costs: Mapping[str, str], bars: Bars, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps: list[float] = []
    settle = Settlement.settle

    def watching(self: Settlement, fills: Any, cash: int) -> int:
        bound = self.at_least
        left = settle(self, fills, cash)
        gaps.append(left - bound)
        return left

    monkeypatch.setattr(Settlement, "settle", watching)
    for parameters in PARAMETERS:
        weaver.backtest(Crossing, bars, params=parameters, costs=costs, cash=1_700, lookahead_check=False)
    assert len(gaps) >= len(PARAMETERS)
    assert min(gaps) >= 0


def test_prices_of_over_fifteen_digits_are_settled_one_by_one(bars: Bars, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[bool] = []
    sweep: Callable[..., Any] = Settlement._sweep

    def watching(self: Settlement, *given: Any) -> Any:
        found = sweep(self, *given)
        swept.append(found is not None)
        return found

    monkeypatch.setattr(Settlement, "_sweep", watching)
    columns = synthetic_columns(6_000)
    large = minute_bars({**columns, **{name: columns[name] * 1e7 for name in ("open", "high", "low", "close")}})
    quick = weaver.backtest(Crossing, large, costs=COSTS[0], cash=10**13, lookahead_check=False)
    assert len(quick.fills) > 200
    monkeypatch.setattr(ShortWay, "way", never)
    slow = weaver.backtest(Crossing, large, costs=COSTS[0], cash=10**13, lookahead_check=False)
    assert list(slow.fills) == list(quick.fills)
    assert swept
    assert not any(swept)


class Turning(Strategy):
    """Buys more coins than 64 bits count in their smallest parts, and sells them on the next bar."""

    def on_bar(self, bar: Bar) -> None:
        if self.position(bar.symbol):
            self.sell(bar.symbol, 10**11)
        else:
            self.buy(bar.symbol, 10**11)


def test_quantities_past_64_bits_are_settled_one_by_one() -> None:
    tiny = crypto_bars([1e-6, 2e-6] * 60)
    result = weaver.backtest(Turning, tiny, costs="none", cash=10**7, lookahead_check=False)
    assert len(result.fills) == 119
    # 60 are bought at 0.000001, which is 100,000 each time, and 59 sold at twice that.
    assert {(fill.side, fill.price) for fill in result.fills} == {("buy", Decimal("1E-6")), ("sell", Decimal("2E-6"))}
    assert result.equity[-1].cash == 10**7 + 59 * 200_000 - 60 * 100_000


def test_cash_asked_for_in_the_middle_settles_what_came_before(bars: Bars) -> None:
    result = weaver.backtest(
        Crossing, bars, params={"look_every": 7}, costs=COSTS[0], cash=1_700, lookahead_check=False
    )
    cash = Decimal(1_700)
    for fill in result.fills:
        cash -= int(fill.side) * fill.quantity * fill.price + fill.commission
    assert np.isclose(result.equity[-1].cash, float(cash), rtol=0, atol=1e-6)


class Guarded(Strategy):
    """In at a crossing when flat, out at two tenths of a percent either way."""

    def on_start(self) -> None:
        self.when(crossed_above(sma(self.close, 3), sma(self.close, 8)), self.enter)

    def enter(self, bar: Any) -> None:
        if not self.position(bar.symbol):
            self.buy(bar.symbol, 1, take_profit=bar.close * 1.002, stop_loss=bar.close * 0.998)


class Stopped(Guarded):
    """In at a crossing when flat, out where it has fallen by two tenths of a percent."""

    def enter(self, bar: Any) -> None:
        if not self.position(bar.symbol):
            self.buy(bar.symbol, 1, stop_loss=bar.close * 0.998)


@pytest.mark.parametrize(("strategy", "column"), [(Guarded, "paid"), (Stopped, "market")])
@pytest.mark.parametrize("costs", COSTS)
def test_exits_inside_bars_are_settled_with_the_entries_before_and_after_them(
    costs: Mapping[str, str], strategy: type[weaver.Strategy], column: str, bars: Bars, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[int] = []
    sweep: Callable[..., Any] = Settlement._sweep

    def watching(self: Settlement, fills: Any, *given: Any) -> Any:
        known.append(len(getattr(fills, column)))
        return sweep(self, fills, *given)

    monkeypatch.setattr(Settlement, "_sweep", watching)
    swept = weaver.backtest(strategy, bars, costs=costs, cash=1_700, lookahead_check=False)
    assert sum(known) > 20
    cash = Decimal(1_700)
    for fill in swept.fills:
        cash -= int(fill.side) * fill.quantity * fill.price + fill.commission
    assert swept.finished.cash == cash * 10**8
    monkeypatch.setattr(settlement, "SWEEP", 10**6)
    single = weaver.backtest(strategy, bars, costs=costs, cash=1_700, lookahead_check=False)
    assert list(single.fills) == list(swept.fills)
    assert single.stats == swept.stats
