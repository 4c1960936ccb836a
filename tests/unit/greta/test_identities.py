"""What must hold on every run, whatever the strategy: money is neither made nor lost by the bookkeeping."""

from collections.abc import Mapping
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
from weaver.greta.engine import Engine
from weaver.greta.result import BacktestResult
from weaver.marvin.strategy import Strategy

drawn = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def result_of(engine: Engine[Any]) -> BacktestResult:
    return BacktestResult(engine, strategy="program", journal=[], record=dict)


@drawn
@given(scenarios(frames_max=12))
def test_cash_and_positions_at_market_are_equity_at_each_bar(scenario: Scenario) -> None:
    engine = run_weaver(scenario)
    curve, counted = result_of(engine).curve, list(by_tick(scenario, engine))
    assert curve.cash.tolist() == [float(cash) for cash, _ in counted]
    assert np.allclose(curve.equity, [float(equity) for _, equity in counted], rtol=0, atol=1e-7)
    assert Decimal(engine.ledger.cash).scaleb(-8) == counted[-1][0]


@drawn
@given(scenarios(frames_max=12))
def test_fills_add_up_to_the_position(scenario: Scenario) -> None:
    engine = run_weaver(scenario)
    assert result_of(engine).positions == {
        name: held for name, held in final_holdings(scenario, engine).items() if held
    }
    for order in engine.account.orders:
        assert order.filled == sum(abs(row.units) for row in engine.ledger.fills if row.order is order)


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_fees_add_up(first: int) -> None:
    for seed in range(first, first + 100):
        scenario = random_scenario(seed)
        engine = run_weaver(scenario)
        result = result_of(engine)
        total = sum((fill.commission for fill in result.fills), Decimal(0))
        assert result.stats["commission"] == pytest.approx(float(total), abs=1e-9)
        if all(kind == "dividend" for one in scenario.symbols for kind, _, _ in one.actions):
            traded = sum((trade.commission for trade in result.trades), Decimal(0))
            assert traded + open_fees(engine) == pytest.approx(total, abs=Decimal("1e-6"))
            if scenario.close_at_end:
                assert traded == total  # to the last digit: nothing is open


# Splits


def halves(scenario: Scenario, ratio: int) -> tuple[Scenario, Scenario] | None:
    """A scenario of one stock without anything that a split may change, and the same with a split in its middle."""
    stocks = [one for one in scenario.symbols if one.asset_class == "stock"]
    if not stocks or len(stocks[0].bars) < 4:
        return None
    one = stocks[0]
    bars = [coarse(bar, ratio) for bar in one.bars]
    middle = len(bars) // 2
    day = bars[middle].session
    split_at = next(index for index, bar in enumerate(bars) if bar.session >= day)
    plain = NaiveSymbol(symbol=one.symbol, bars=bars, closes=one.closes)
    with_split = replace(
        plain,
        bars=bars[:split_at] + [divided(bar, ratio) for bar in bars[split_at:]],
        actions=[("split", day, Decimal(ratio))],
    )
    ticks = scenario.ticks()
    kept = {bar.end: index for index, bar in enumerate(bars)}
    program: dict[int, list[Op]] = {}
    scaled: dict[int, list[Op]] = {}
    for tick, ops in scenario.program.items():
        at = kept.get(ticks[tick])
        if at is None:
            continue
        program[at] = [op for op in (plain_op(op, one.symbol, ratio) for op in ops) if op]
        factor = ratio if at >= split_at else 1
        scaled[at] = [scaled_op(op, factor) for op in program[at]]
    costs = NaiveCosts(commission_bps=Decimal(10))
    base = Scenario(
        symbols=[plain], timeframe=scenario.timeframe, account=scenario.account, costs=costs, program=program
    )
    return base, replace(base, symbols=[with_split], program=scaled)


def coarse(bar: NaiveBar, ratio: int) -> NaiveBar:
    """Prices that can be divided by the ratio and stay on the tick."""
    step = Decimal("0.01") * ratio
    prices = {name: round(getattr(bar, name) / step) * step for name in ("open", "high", "low", "close")}
    return replace(bar, **prices)


def divided(bar: NaiveBar, ratio: int) -> NaiveBar:
    prices = {name: getattr(bar, name) / ratio for name in ("open", "high", "low", "close")}
    return replace(bar, **prices, volume=bar.volume * ratio)


PRICES = ("limit", "stop", "trail", "take_profit", "stop_loss", "stop_loss_limit")


def plain_op(op: Op, symbol: str, ratio: int) -> Op | None:
    """The op on prices and quantities that divide; None for ops whose lots or rounding a split makes finer."""
    if op.name.startswith("order_target") or "trail_percent" in op.kwargs or (op.name == "replace" and op.kwargs):
        return None
    if op.name not in {"cancel", "replace", "oto"} and op.args[0] != symbol:
        return None
    step = Decimal("0.01") * ratio
    kwargs: dict[str, Argument] = dict(op.kwargs)
    for name in PRICES:
        if name in kwargs:
            kwargs[name] = max(round(Decimal(str(kwargs[name])) / step), 1) * step
    args = op.args
    if op.name in {"buy", "sell", "oco"}:
        args = (op.args[0], int(Decimal(str(op.args[1]))) or 1)
    return Op(name=op.name, args=args, kwargs=kwargs)


def scaled_op(op: Op, ratio: int) -> Op:
    """The same on the scale after the split."""
    kwargs: dict[str, Argument] = {
        name: Decimal(str(value)) / ratio if name in PRICES else value for name, value in op.kwargs.items()
    }
    args = op.args
    if op.name in {"buy", "sell", "oco"}:
        args = (op.args[0], int(str(op.args[1])) * ratio)
    return Op(name=op.name, args=args, kwargs=kwargs)


@pytest.mark.parametrize("ratio", [2, 3])
def test_split_changes_no_one_s_wealth(ratio: int) -> None:
    compared = filled = 0
    for seed in range(300):
        pair = halves(random_scenario(seed), ratio)
        if pair is None:
            continue
        without, with_split = (run_weaver(one) for one in pair)
        assert len(without.ledger.fills) == len(with_split.ledger.fills), f"seed {seed}"
        one, other = (result_of(engine).curve.equity for engine in (without, with_split))
        assert np.allclose(one, other, rtol=0, atol=1e-6), f"seed {seed}"
        compared, filled = compared + 1, filled + len(with_split.ledger.fills)
    assert compared > 100
    assert filled > 200, "hardly any of the scenarios traded"


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


def fills_by_symbol(engine: Engine[Any]) -> Mapping[str, list[tuple[object, ...]]]:
    return {
        symbol: [
            (row.order.number, row.units, row.price, row.commission, row.bar, row.place)
            for row in engine.ledger.fills
            if row.order.symbol == symbol
        ]
        for symbol in sorted(engine.prices)
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
        assert one.ledger.cash == other.ledger.cash, f"seed {seed}"
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
