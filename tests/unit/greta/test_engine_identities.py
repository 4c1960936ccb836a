"""What must hold on every run, whatever the strategy: money is neither made nor lost by the bookkeeping."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import backtest, crypto_bars, stock_days
from tests.naive.bridge import run_weaver
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import Argument, NaiveAccount, NaiveBar, NaiveCosts, NaiveSymbol, Op, Scenario
from tests.unit.greta.recount import by_tick, final_holdings, open_fees
from weaver import crossed_above, crossed_below, sma
from weaver.greta.finished_run import FinishedRun
from weaver.greta.result import BacktestResult
from weaver.marvin.strategy import Strategy
from weaver.model.orders.actions import OrderType

drawn = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def result_of(finished: FinishedRun) -> BacktestResult:
    return BacktestResult(finished, strategy="program", record=dict)


@drawn
@given(scenarios(frames_max=12))
def test_cash_and_positions_at_market_are_equity_at_each_bar(scenario: Scenario) -> None:
    finished = run_weaver(scenario)
    curve, ticks = result_of(finished).curve, list(by_tick(scenario, finished))
    counted = [ticks[tick] for tick in scenario.rows()]
    assert curve.cash.tolist() == [float(cash) for cash, _ in counted]
    assert np.allclose(curve.equity, [float(equity) for _, equity in counted], rtol=0, atol=1e-7)
    assert Decimal(finished.cash).scaleb(-8) == counted[-1][0]


@drawn
@given(scenarios(frames_max=12))
def test_fills_add_up_to_the_position(scenario: Scenario) -> None:
    finished = run_weaver(scenario)
    assert result_of(finished).positions == {
        name: held for name, held in final_holdings(scenario, finished).items() if held
    }
    for order in finished.orders:
        assert order.filled == sum(abs(row.units) for row in finished.fills if row.order is order)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_fees_add_up(first: int) -> None:
    for seed in range(first, first + 100):
        scenario = random_scenario(seed)
        finished = run_weaver(scenario)
        result = result_of(finished)
        total = sum((fill.commission for fill in result.fills), Decimal(0))
        assert result.stats["commission"] == pytest.approx(float(total), abs=1e-9)
        if all(kind == "dividend" for one in scenario.symbols for kind, _, _ in one.actions):
            traded = sum((trade.commission for trade in result.trades), Decimal(0))
            assert traded + open_fees(finished) == pytest.approx(total, abs=Decimal("1e-6"))
            if scenario.close_at_end:
                assert traded == total  # to the last digit: nothing is open


# Splits

FACTOR = 200
"""Prices are so many times what was drawn: 0.5 % of one is still a price on the tick, after a split as before it."""
PRICES = ("limit", "stop", "trail", "take_profit", "stop_loss", "stop_loss_limit")
SIZED = {"buy", "sell", "oco", "order_target"}
BY_VALUE = {"order_target_value", "order_target_percent"}


def halves(scenario: Scenario, ratio: int, *, by_value: bool) -> tuple[Scenario, Scenario] | None:
    """A scenario of one stock, and the same with a split in its middle; no price or quantity of it is rounded there.

    A target by value is cut to lots, which a split makes finer. So where there are such targets they begin after the
    split, and the lot is `ratio` shares then: as many as one was before.
    """
    stocks = [one for one in scenario.symbols if one.asset_class == "stock"]
    if not stocks or len(stocks[0].bars) < 4:
        return None
    one = stocks[0]
    bars = [scaled_bar(bar, ratio) for bar in one.bars]
    middle = len(bars) // 2
    day = bars[middle].session
    split_at = next(index for index, bar in enumerate(bars) if bar.session >= day)
    lot = ratio if by_value else 1
    plain = NaiveSymbol(symbol=one.symbol, bars=bars, closes=one.closes)
    with_split = replace(
        plain,
        bars=bars[:split_at] + [divided(bar, ratio) for bar in bars[split_at:]],
        actions=[("split", day, Decimal(ratio))],
        lot=Decimal(lot),
        minimum=Decimal(lot),
    )
    ticks = scenario.ticks()
    kept = {bar.end: index for index, bar in enumerate(bars)}
    program = {at: [replacement(bar, lot)] for at, bar in enumerate(bars) if at % 4 == 0}
    for tick, ops in scenario.program.items():
        at = kept.get(ticks[tick])
        if at is None:
            continue
        left_out = set() if by_value and at >= split_at else BY_VALUE
        chosen = [op for op in ops if op.name not in left_out and is_about(op, one.symbol)]
        program[at] = [*program.get(at, ()), *(plain_op(op, ratio, lot) for op in chosen)]
    scaled = {at: [scaled_op(op, ratio) if at >= split_at else op for op in ops] for at, ops in program.items()}
    base = Scenario(
        symbols=[plain],
        timeframe=scenario.timeframe,
        account=replace(scenario.account, cash=scenario.account.cash * FACTOR * ratio),
        costs=NaiveCosts(commission_bps=Decimal(10)),
        program=program,
    )
    return base, replace(base, symbols=[with_split], program=scaled)


def scaled_bar(bar: NaiveBar, ratio: int) -> NaiveBar:
    """Prices that can be divided by the ratio, and of which a half per cent can, and stay on the tick."""
    return replace(bar, **{name: large(getattr(bar, name), ratio) for name in ("open", "high", "low", "close")})


def large(price: Argument, ratio: int) -> Decimal:
    """What a drawn price becomes."""
    return max(round(Decimal(str(price)), 2), Decimal("0.01")) * FACTOR * ratio


def divided(bar: NaiveBar, ratio: int) -> NaiveBar:
    prices = {name: getattr(bar, name) / ratio for name in ("open", "high", "low", "close")}
    return replace(bar, **prices, volume=bar.volume * ratio)


def replacement(bar: NaiveBar, lot: int) -> Op:
    """Of what the newest order has, everything anew; the random programs hit a working order too seldom."""
    changes: dict[str, Argument] = {"limit": bar.close, "stop": bar.close, "trail_percent": 1, "quantity": 2 * lot}
    return Op(name="replace", args=(-1,), kwargs=changes)


def is_about(op: Op, symbol: str) -> bool:
    return op.name in {"cancel", "replace", "oto"} or op.args[0] == symbol


def plain_op(op: Op, ratio: int, lot: int) -> Op:
    """The op on prices that divide, and on whole lots."""

    def quantity(value: Argument) -> int:
        return (int(Decimal(str(value))) or 1) * lot

    kwargs: dict[str, Argument] = dict(op.kwargs)
    kwargs |= {name: large(kwargs[name], ratio) for name in PRICES if name in kwargs}
    if "quantity" in kwargs:
        kwargs["quantity"] = quantity(kwargs["quantity"])
    args = op.args
    if op.name == "order_target" and not op.args[1]:
        pass
    elif op.name in SIZED:
        args = (op.args[0], quantity(op.args[1]))
    elif op.name == "order_target_value":
        args = (op.args[0], Decimal(str(op.args[1])) * FACTOR * ratio)
    return Op(name=op.name, args=args, kwargs=kwargs)


def scaled_op(op: Op, ratio: int) -> Op:
    """The same on the scale after the split."""
    kwargs: dict[str, Argument] = dict(op.kwargs)
    kwargs |= {name: Decimal(str(kwargs[name])) / ratio for name in PRICES if name in kwargs}
    if "quantity" in kwargs:
        kwargs["quantity"] = int(str(kwargs["quantity"])) * ratio
    args = op.args
    if op.name in SIZED:
        args = (op.args[0], int(Decimal(str(op.args[1]))) * ratio)
    return Op(name=op.name, args=args, kwargs=kwargs)


def money_moves(finished: FinishedRun) -> list[tuple[int, int, int, int, int]]:
    """Of each fill: its order, its bar and place in it, what changed hands and the commission."""
    return [(row.order.number, row.bar, row.place, row.value, row.commission) for row in finished.fills]


def kinds(finished: FinishedRun, scenario: Scenario) -> Iterator[str]:
    """Of the fills after a scenario's split: their types and notes, and `replaced` where the order stood in for one."""
    bars = scenario.symbols[0].bars
    split_at = next(index for index, bar in enumerate(bars) if bar.session >= scenario.symbols[0].actions[0][1])
    stand_ins = {order.replaced_by.number for order in finished.orders if order.replaced_by}
    for row in finished.fills:
        if row.bar >= split_at:
            yield "trail_percent" if row.order.trail_percent else str(row.order.order_type)
            yield from row.notes
            yield from ["replaced"] * (row.order.number in stand_ins)


@pytest.mark.parametrize("by_value", [False, True], ids=["by units", "by value"])
@pytest.mark.parametrize("ratio", [2, 3])
def test_split_changes_no_one_s_wealth(ratio: int, by_value: bool) -> None:
    compared = 0
    met = Counter[str]()
    for seed in range(300):
        pair = halves(random_scenario(seed), ratio, by_value=by_value)
        if pair is None:
            continue
        without, with_split = (run_weaver(one) for one in pair)
        assert money_moves(without) == money_moves(with_split), f"seed {seed}"
        one, other = (result_of(finished).curve.equity for finished in (without, with_split))
        assert np.allclose(one, other, rtol=0, atol=1e-6), f"seed {seed}"
        compared += 1
        met.update(kinds(with_split, pair[1]))
    assert compared > 100
    wanted = {*map(str, OrderType), "trail_percent", "replaced"} | ({"resized"} if by_value else set())
    assert {kind for kind in wanted if met[kind] < 10} == set(), met


@pytest.mark.parametrize(("ratio", "price", "later"), [("1.5", 30, 20), ("0.1", 3, 30), ("7", 21, 3), ("1.2", 36, 30)])
@pytest.mark.parametrize("quantity", [1, 7, 13, -7])
def test_fraction_of_a_share_is_paid_so_that_a_split_leaves_wealth_as_it_was(
    ratio: str, price: float, later: float, quantity: int, tmp_path: Any
) -> None:
    class Hold(Strategy):
        def on_bar(self, bar: Any) -> None:
            if len(self.close) == 1:
                self.order_target(bar.symbol, quantity)

    (tmp_path / "actions.csv").write_text(f"ex_date,type,value\n2021-04-08,split,{ratio}\n")
    prices = [price, price, price, later, later]
    options = {"account": "margin", "shorting": True, "actions": {"AAA": tmp_path / "actions.csv"}}
    result = backtest(Hold, stock_days(prices, opens=prices), cash=1000, **options)
    assert len(result.fills) == 1
    assert [row.equity for row in result.equity] == pytest.approx([1000] * 5, abs=2e-8)


def test_split_makes_no_signal(tmp_path: Any) -> None:
    (tmp_path / "actions.csv").write_text("ex_date,type,value\n2021-04-22,split,2\n2021-05-12,split,4\n")
    calls: list[tuple[str, datetime]] = []

    class Crossing(Strategy):
        def on_start(self) -> None:
            fast, slow = sma(self.close, 2), sma(self.close, 5)
            self.when(crossed_above(fast, slow), lambda bar: calls.append(("up", bar.timestamp)))
            self.when(crossed_below(fast, slow), lambda bar: calls.append(("down", bar.timestamp)))

    for seed in range(20):
        adjusted = np.round(np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, 40))) * 8, 2)
        traded = adjusted * np.where(np.arange(40) < 13, 8, np.where(np.arange(40) < 27, 4, 1))
        calls.clear()
        backtest(Crossing, stock_days(adjusted.tolist(), opens=adjusted.tolist()))
        expected = list(calls)
        calls.clear()
        backtest(
            Crossing,
            stock_days(traded.tolist(), opens=traded.tolist()),
            actions={"AAA": tmp_path / "actions.csv"},
        )
        assert expected
        assert calls == expected


# The order of symbols

RICH = NaiveAccount(
    cash=Decimal(10_000_000), kind="margin", leverage=Decimal(100), shorting=True, maintenance=Decimal(0)
)


def fills_by_symbol(finished: FinishedRun) -> Mapping[str, list[tuple[object, ...]]]:
    return {
        symbol: [
            (row.order.number, row.units, row.price, row.commission, row.bar, row.place)
            for row in finished.fills
            if row.order.symbol == symbol
        ]
        for symbol in sorted(finished.prices)
    }


def test_order_of_symbols_changes_nothing_while_cash_does_not_bind() -> None:
    compared = 0
    for seed in range(400):
        scenario = random_scenario(seed)
        if len(scenario.symbols) == 1:
            continue
        scenario = replace(scenario, account=RICH, close_at_end=False)
        one, other = run_weaver(scenario), run_weaver(replace(scenario, symbols=scenario.symbols[::-1]))
        assert fills_by_symbol(one) == fills_by_symbol(other), f"seed {seed}"
        assert one.cash == other.cash, f"seed {seed}"
        compared += 1
    assert compared > 100


@drawn
@given(st.permutations(["AAA/USD", "BBB/USD", "CCC/USD", "DDD/USD"]), st.integers(0, 10))
def test_strategy_that_treats_its_symbols_alike_does_not_feel_their_order(order: list[str], seed: int) -> None:
    class Alike(Strategy):
        def on_bar(self, bar: Any) -> None:
            close = self.series(bar.symbol).close
            if len(close) > 3:
                self.order_target_percent(bar.symbol, 0.1 if close[-1] > close[-3] else 0, tif="gtc")

    random = np.random.default_rng(seed)
    bars = {
        symbol: crypto_bars(np.round(100 * np.exp(np.cumsum(random.normal(0, 0.02, 60))), 2).tolist(), symbol=symbol)
        for symbol in sorted(order)
    }
    runs = [
        backtest(Alike, {symbol: bars[symbol] for symbol in symbols}, costs={"commission_bps": 10})
        for symbols in (sorted(order), order)
    ]
    told = [
        sorted((f.symbol, f.timestamp, f.side, f.quantity, f.price, f.commission) for f in run.fills) for run in runs
    ]
    assert told[0] == told[1]
    assert runs[0].stats["final_equity"] == runs[1].stats["final_equity"]
