"""Futures on paper: what a contract is worth, and its margin, by facts of the store or of the run, as in a backtest."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests.integration.markets import market
from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import (
    Case,
    Paper,
    backtest_result,
    in_backtest,
    parity_on,
    run_of,
    same,
    start_at,
)
from tests.integration.trading_parity.test_drift import is_nothing
from tests.integration.trading_parity.test_paper_equals_backtest import MARGIN, SHORTS, STOCKS
from tests.integration.trading_parity.test_results_equal_backtest import traded
from weaver.marvin.strategy import Strategy
from weaver.model.facts import Facts
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.veda.parity.explained import PnlPart
from weaver.walle.bars.store import ParquetBarStore

BARS, CASH = 300, "2000000"
CONTRACT = {"multiplier": "50", "margin": "1500/1200"}
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


def case_of(
    folder: Path,
    strategy: type[Strategy],
    *,
    stored: Mapping[str, Any] = NO_FACTS,
    options: Mapping[str, Any] = NO_FACTS,
    **parameters: Any,
) -> Case:
    """A strategy on the newest daily bars of three futures; `stored`: facts that the store knows of them."""
    store = ParquetBarStore(folder)
    for path in STOCKS:
        bars = market(path).bars
        instrument = Instrument.default(bars.symbol, AssetClass.FUTURE)
        store.write(bars, Facts.parse(**stored).applied(instrument), (), str(path))
    first = market(STOCKS[0])
    return Case(
        strategy=strategy,
        store=store,
        symbols=tuple(market(path).bars.symbol for path in STOCKS),
        timeframe="1d",
        start=start_at(first, 1 - BARS / len(first.bars)),
        options={"cash": CASH, "costs": {"commission_per_share": "2", "slippage_bps": "1"}, **options},
        parameters=parameters,
    )


@pytest.mark.parametrize("is_stored", [True, False], ids=["facts of the store", "options of the run"])
def test_paper_run_is_its_backtest(is_stored: bool, tmp_path: Path) -> None:
    facts = {"stored": CONTRACT} if is_stored else {"options": CONTRACT}
    case = case_of(tmp_path, strategies.Greedy, **facts)
    backtest = in_backtest(case)
    same(asyncio.run(Paper(case.store).run(case)), backtest)
    assert len(backtest.fills) > 30
    plain = in_backtest(
        replace(case, store=case_of(tmp_path / "plain", strategies.Greedy).store, options={"cash": CASH})
    )
    assert [fill.quantity for fill in plain.fills] != [fill.quantity for fill in backtest.fills]


def test_results_and_drift_count_what_contracts_are_worth(tmp_path: Path) -> None:
    case = case_of(tmp_path, strategies.Turning, stored=CONTRACT, options=MARGIN, **SHORTS)
    found, _ = asyncio.run(traded(case))
    backtest = in_backtest(case)
    assert len(backtest.fills) > 60
    trades = found.trades()
    for one in trades:
        sign = 1 if one.side == "long" else -1
        earned = 50 * one.quantity * sign * (one.exit_price - one.entry_price) - one.commission
        assert abs(one.pnl - earned) < Decimal("0.000001")
    paper = Paper(case.store)
    asyncio.run(paper.trade(run_of(case)))
    is_nothing(asyncio.run(parity_on(paper).drift(run_of(case))))


def test_drift_of_a_venue_that_is_worse_is_explained_in_what_contracts_are_worth(tmp_path: Path) -> None:
    case = case_of(tmp_path, strategies.Turning, stored=CONTRACT, options={**MARGIN, "costs": "none"}, **SHORTS)
    paper, run = Paper(case.store), run_of(case)
    run = replace(run, options={**run.options, "venue_costs": {"slippage_bps": "7"}})
    asyncio.run(paper.trade(run))
    found = asyncio.run(parity_on(paper).drift(run))
    assert found.pnl.backtest + sum(found.pnl.parts.values()) == found.pnl.live
    lost = sum(
        (50 * one.quantity * one.price * Decimal("0.0007") for one in paper.disk.tables.fills.values()), Decimal(0)
    )
    told = found.pnl.parts[PnlPart.PRICES_CLOSED] + found.pnl.parts[PnlPart.PRICES_OPEN]
    assert told == pytest.approx(-lost, rel=Decimal("0.01"))
    assert abs(found.pnl.parts[PnlPart.ROUNDING]) < Decimal("1e-3")


def test_trades_are_those_of_the_backtest(tmp_path: Path) -> None:
    case = case_of(tmp_path, strategies.Times, stored=CONTRACT)
    found, _ = asyncio.run(traded(case))
    wanted = backtest_result(case).trades
    assert len(wanted) > 10
    rows = sorted(found.trade_rows("run"), key=lambda row: (row["exit_time"], row["symbol"]))
    assert sorted(Decimal(row["pnl"]) for row in rows) == sorted(Decimal(one.pnl) for one in wanted)
    assert sorted(row["return"] for row in rows) == pytest.approx(sorted(one.return_ for one in wanted))
