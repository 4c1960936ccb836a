"""On a replay a paper run's results say what its backtest's say: its trades, how prices went meanwhile, its bars."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Case, Paper, backtest_result, run_of
from tests.integration.trading_parity.test_paper_equals_backtest import HOURS, MARGIN, SHORTS, STOCKS, Tried, case_of
from tests.trading_store import FakeTradingStore
from weaver.glados.live.figures.given_bars import data_hash_of
from weaver.glados.live.figures.results import LiveResult, LiveResults
from weaver.model.calendar.instants import instant_of

TRIED = (
    Tried(strategies.Brackets, [HOURS], 20, MARGIN, SHORTS),
    Tried(strategies.Groups, STOCKS, 60),
    Tried(strategies.Times, STOCKS, 20),
    Tried(strategies.Turning, STOCKS, 60, MARGIN, SHORTS),
    Tried(strategies.Auctions, STOCKS, 60),
)


class Measured(NamedTuple):
    """A trade, and what was measured of it."""

    symbol: str
    side: str
    quantity: Decimal
    entry: int
    exit: int
    bars: int
    mae: float
    mfe: float


async def aside(work: Callable[[], object]) -> None:
    work()


async def traded(case: Case) -> tuple[LiveResult, str]:
    """What its replay has come to, and the hash of its bars."""
    paper, run = Paper(case.store), run_of(case)
    await paper.trade(run)
    store = FakeTradingStore(paper.disk)
    found = await LiveResults(store=store, aside=aside).find(run, "simulated paper run")
    assert found is not None
    return found, await data_hash_of(store, run.id, asyncio.to_thread)


def measured(found: LiveResult) -> list[Measured]:
    def at(time: datetime) -> int:
        return instant_of(time)

    return [
        Measured(
            row["symbol"], row["side"], Decimal(row["quantity"]), at(row["entry_time"]), at(row["exit_time"]),
            row["bars"], row["mae"], row["mfe"],
        )
        for row in found.trade_rows("run")
    ]  # fmt: skip


@pytest.mark.parametrize("tried", TRIED, ids=lambda one: one.strategy.__name__)
def test_results_are_those_of_the_backtest(tried: Tried, tmp_path: Path) -> None:
    case = case_of(tmp_path, tried.strategy, tried.files, tried.options, **tried.parameters)
    found, digest = asyncio.run(traded(case))
    backtest = backtest_result(case)
    wanted = [
        Measured(
            one.symbol, one.side, Decimal(one.quantity), one.entry_time, one.exit_time, one.bars, one.mae, one.mfe
        )
        for one in backtest.trades
    ]  # fmt: skip
    assert len(wanted) > tried.fills_least / 3
    assert sorted(measured(found)) == sorted(wanted)
    assert digest == backtest.run["data_hash"]
    assert {
        symbol: len(one.bars()) < facts["bars"]
        for (symbol, one), facts in zip(found.given.items(), backtest.run["data"].values(), strict=True)
    } == dict.fromkeys(case.symbols, True), "the warm-up was hashed too"
