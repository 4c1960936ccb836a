"""What must hold on every run of the naive engine, whatever the scenario."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from tests.naive.engine import run
from tests.naive.generate import random_scenario, scenarios
from tests.naive.scenario import NaiveResult, Scenario


def check(scenario: Scenario, result: NaiveResult) -> None:
    """Cash is the start, the fills and the flows; fills lie in their bars; filled is the sum; fees keep the minimum."""
    bars = {(one.symbol, bar.start): bar for one in scenario.symbols for bar in one.bars}
    cash, filled = scenario.account.cash, defaultdict[int, Decimal](Decimal)
    for fill in result.fills:
        bar = bars[fill.symbol, fill.bar_start]
        assert bar.low <= fill.raw_price <= bar.high
        assert fill.timestamp == (bar.opens if fill.at_open else bar.end)
        assert fill.quantity > 0
        assert fill.slippage >= 0
        assert fill.commission >= 0
        sign = 1 if fill.side == "buy" else -1
        cash -= sign * (fill.quantity * fill.price).quantize(Decimal("1e-8")) + fill.commission
        filled[fill.ordinal] += fill.quantity
    cash += sum((flow.amount for flow in result.cash_flows), Decimal(0))
    assert cash == result.cash_by_tick[-1]
    assert all(order.filled == filled[order.ordinal] for order in result.orders.values())
    if scenario.account.kind == "cash":
        assert all(held >= 0 for held in result.positions.values())
        assert all(one >= -sum(fill.commission for fill in result.fills) for one in result.cash_by_tick)
    closes = {one.symbol: one.bars[-1].close for one in scenario.symbols}
    equity = result.cash_by_tick[-1]
    for symbol, held in result.positions.items():
        equity += (held * closes[symbol]).quantize(Decimal("1e-8"))
    assert equity == result.equity_by_tick[-1]


@settings(max_examples=60)
@given(scenarios(any_price=True, any_time=True))
def test_drawn_scenarios_keep_the_identities(scenario: Scenario) -> None:
    check(scenario, run(scenario))


def test_seeded_scenarios_keep_the_identities() -> None:
    for seed in range(400):
        scenario = random_scenario(seed, any_price=True, any_time=True)
        check(scenario, run(scenario))


@pytest.mark.parametrize("seed", range(20))
def test_symbol_that_nobody_trades_changes_nothing(seed: int) -> None:
    scenario = random_scenario(seed)
    bystander = replace(scenario.symbols[0], symbol="ZZZ")
    with_bystander = run(replace(scenario, symbols=[bystander, *scenario.symbols]))
    assert run(scenario).fills == with_bystander.fills
