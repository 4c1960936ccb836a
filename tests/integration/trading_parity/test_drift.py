"""Drifts of paper runs on a replay: none where the venue is as assumed; where it is worse it is told by how much, and
the P&L is explained to the last digit."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.markets import market
from tests.integration.test_actions_of_runs import SHIPPED
from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Case, Paper, backtest_result, parity_on, run_of, start_at
from tests.integration.trading_parity.test_paper_equals_backtest import (
    COMMISSION,
    HOURS,
    MARGIN,
    MINUTES,
    SHORTS,
    STOCKS,
    Tried,
    case_of,
)
from weaver.model.calendar.instants import time_of
from weaver.model.market.corporate_actions import Dividend, Split
from weaver.veda.parity.drift import DriftReport
from weaver.veda.parity.explained import PnlPart
from weaver.veda.parity.slippage import Distribution
from weaver.walle.bars.store import ParquetBarStore

WORSE = 7.0
TRIED = (
    Tried(strategies.Brackets, [HOURS], 20, MARGIN, SHORTS),
    Tried(strategies.Groups, [MINUTES], 10, {**MARGIN, **COMMISSION}),
    Tried(strategies.Times, STOCKS, 40),
    Tried(strategies.Greedy, STOCKS, 100),
    Tried(strategies.Turning, STOCKS, 100, MARGIN, SHORTS),
    Tried(strategies.Auctions, STOCKS, 60, COMMISSION),
)


def drifted(case: Case, **options: Any) -> tuple[DriftReport, Paper]:
    """`options`: more than a backtest has."""
    paper, run = Paper(case.store), run_of(case)
    run = replace(run, options={**run.options, **options})
    asyncio.run(paper.trade(run))
    return asyncio.run(parity_on(paper).drift(run)), paper


def is_nothing(found: DriftReport) -> None:
    orders, prices = found.orders, found.prices.drift
    assert (orders.only_live_total, orders.only_backtest_total, orders.other_quantity) == (0, 0, 0)
    assert orders.paired == orders.live == orders.backtest
    assert prices is not None
    assert (prices.mean, prices.median, prices.least, prices.most) == (0.0, 0.0, 0.0, 0.0)
    assert {part: amount for part, amount in found.pnl.parts.items() if amount} == {}
    assert found.pnl.live == found.pnl.backtest
    assert {one.first for one in found.stored} == {None}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_strategy_that_ships_drifts_by_nothing(name: str, tmp_path: Path) -> None:
    strategy, files, options = SHIPPED[name]
    case = case_of(tmp_path, strategy, files, options)
    found, _ = drifted(case)
    is_nothing(found)
    result = backtest_result(case)
    assert float(found.pnl.backtest) == pytest.approx(result.stats["final_equity"] - result.stats["initial_equity"])
    assert found.prices.total >= len(result.fills)


@pytest.mark.parametrize("tried", TRIED, ids=lambda one: f"{one.strategy.__name__} {one.files[0].stem}")
def test_strategies_that_use_all_there_is_drift_by_nothing(tried: Tried, tmp_path: Path) -> None:
    found, _ = drifted(case_of(tmp_path, tried.strategy, tried.files, tried.options, **tried.parameters))
    is_nothing(found)
    assert found.prices.total >= tried.fills_least


@pytest.mark.parametrize(("name", "assumed"), [(name, 2 * (place % 2)) for place, name in enumerate(SHIPPED)])
def test_venue_that_is_worse_by_seven_says_seven(name: str, assumed: int, tmp_path: Path) -> None:
    strategy, files, options = SHIPPED[name]
    costs = {"slippage_bps": str(assumed), "commission_bps": "1"}
    case = case_of(tmp_path, strategy, files, {**options, "costs": costs})
    found, paper = drifted(case, venue_costs={**costs, "slippage_bps": str(assumed + WORSE)})
    drift, expected, realised = found.prices.drift, found.prices.assumed, found.prices.realised
    assert drift is not None
    assert said(drift) == pytest.approx((WORSE, WORSE, WORSE), abs=0.01)
    assert expected is not None
    assert said(expected) == pytest.approx((assumed,) * 3, abs=0.01)
    assert realised is not None
    assert said(realised) == pytest.approx((assumed + WORSE,) * 3, abs=0.01)
    is_explained(found, paper, case)
    assert found.pnl.parts[PnlPart.PRICES_CLOSED] + found.pnl.parts[PnlPart.PRICES_OPEN] < 0


@pytest.mark.parametrize("name", ["sma-crossover AAPL_1d", "dca IBM_1d"])
def test_splits_and_dividends_drift_by_nothing_and_are_no_difference_of_prices(name: str, tmp_path: Path) -> None:
    strategy, [file], options = SHIPPED[name]
    read, store = market(file), ParquetBarStore(tmp_path)
    bars = read.bars
    first, split, last = (time_of(int(bars.timestamp[len(bars) - back])).date() for back in (300, 250, 120))
    actions = (
        Dividend(ex_date=first, amount=Decimal("0.5")),
        Split(ex_date=split, ratio=3),
        Dividend(ex_date=last, amount=Decimal("0.3")),
    )
    store.write(bars, read.instrument, actions, "made up")
    case = Case(
        strategy=strategy, store=store, symbols=(bars.symbol,), timeframe="1d",
        start=start_at(read, 1 - 500 / len(bars)),
        options={**options, "costs": "none"},
    )  # fmt: skip
    found, _ = drifted(case)
    is_nothing(found)
    worse, _ = drifted(case, venue_costs={"slippage_bps": "7"})
    assert worse.prices.drift is not None
    assert said(worse.prices.drift) == pytest.approx((WORSE, WORSE, WORSE), abs=0.01)
    assert worse.pnl.backtest + sum(worse.pnl.parts.values()) == worse.pnl.live
    assert {part: worse.pnl.parts[part] for part in (PnlPart.HOLDINGS, PnlPart.VALUATION)} == {
        PnlPart.HOLDINGS: 0, PnlPart.VALUATION: 0,
    }  # fmt: skip
    assert abs(worse.pnl.parts[PnlPart.ROUNDING]) < Decimal("1e-5")


def test_worse_commission_is_told_as_such(tmp_path: Path) -> None:
    strategy, files, options = next(one for name, one in SHIPPED.items() if name.startswith("sma-crossover"))
    case = case_of(tmp_path, strategy, files, {**options, "costs": "none"})
    found, paper = drifted(case, venue_costs={"commission_minimum": "2"})
    is_explained(found, paper, case)
    fills = len(paper.disk.tables.fills)
    assert found.pnl.parts[PnlPart.COMMISSIONS] == -2 * fills
    assert found.drift_bps == 0


def said(found: Distribution) -> tuple[float, float, float]:
    return found.mean, found.median, found.weighted_mean


def is_explained(found: DriftReport, paper: Paper, case: Case) -> None:
    """The parts come to the difference of two P&Ls that are added up here, from the fills."""
    closes = {stored.bars.symbol: Decimal(repr(float(stored.bars.close[-1]))) for stored in case.stored()}
    live = pnl([fill_facts(one) for one in paper.disk.tables.fills.values()], closes)
    backtest = pnl([fill_facts(one) for one in backtest_result(case).fills], closes)
    assert found.pnl.live == pytest.approx(live, abs=Decimal("1e-6"))
    assert found.pnl.backtest == pytest.approx(backtest, abs=Decimal("1e-6"))
    assert found.pnl.backtest + sum(found.pnl.parts.values()) == found.pnl.live
    assert abs(found.pnl.parts[PnlPart.ROUNDING]) < Decimal("1e-5")
    explained = {str(part) for part, amount in found.pnl.parts.items() if abs(amount) > Decimal("1e-5")}
    assert explained <= {"prices_closed", "prices_open", "commissions", "quantities", "only_live", "only_backtest"}


def fill_facts(fill: Any) -> tuple[str, int, Decimal, Decimal, Decimal]:
    sign = 1 if str(fill.side) == "buy" else -1
    return fill.symbol, sign, Decimal(fill.quantity), Decimal(fill.price), Decimal(fill.commission)


def pnl(fills: list[tuple[str, int, Decimal, Decimal, Decimal]], closes: Mapping[str, Decimal]) -> Decimal:
    return sum(
        (
            sign * quantity * (closes[symbol] - price) - commission
            for symbol, sign, quantity, price, commission in fills
        ),
        Decimal(0),
    )
