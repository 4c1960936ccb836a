"""On a replay a paper run decides what its backtest decides, byte for byte, fills as it fills and is worth as much."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from tests.integration.markets import market
from tests.integration.resting_twins import CrossingsWhen
from tests.integration.test_actions_of_runs import SHIPPED
from tests.integration.trading_parity import strategies
from tests.integration.trading_parity.rig import Case, Paper, in_backtest, same, start_at
from tests.shared_data import SAMPLES
from weaver.marvin.strategy import Strategy
from weaver.walle.bars.store import ParquetBarStore

STOCKS = [SAMPLES / f"{symbol}_1d.csv" for symbol in ("AAPL", "IBM", "MSFT")]
HOURS, MINUTES = SAMPLES / "EURUSD_1h.csv", SAMPLES / "SYNTHUSD_1m.csv"
MARGIN = {"account": "margin", "shorting": True, "leverage": "2"}
BARS = 500
"""Of each file: its last."""
FINANCED = {
    "costs": {
        "*": {"borrow_rate": "0.0825", "margin_rate": "0.123456789", "slippage_bps": "1"},
        "IBM": {"borrow_rate": "0.4", "maker_bps": "1", "taker_bps": "5"},
    }
}
FUNDED = {
    "costs": {
        "funding": {f"2017-12-{day:02}T{hour:02}:00:00Z": f"0.000{day}" for day in range(1, 29) for hour in (0, 8, 16)}
    }
}
COMMISSION = {"costs": {"commission_per_share": "0.01", "commission_minimum": "1", "slippage_bps": "3"}}


def case_of(
    folder: Path,
    strategy: type[Strategy],
    files: Sequence[Path],
    options: Mapping[str, Any],
    *,
    newest: int = BARS,
    **parameters: Any,
) -> Case:
    """A strategy on the newest bars of some files, those before them being history; without what companies do."""
    store = ParquetBarStore(folder)
    for path in files:
        read = market(path)
        store.write(read.bars, read.instrument, (), str(path))
    first = market(files[0])
    return Case(
        strategy=strategy,
        store=store,
        symbols=tuple(market(path).bars.symbol for path in files),
        timeframe=str(first.bars.timeframe),
        start=start_at(first, 1 - newest / len(first.bars)),
        options=options,
        parameters=parameters,
    )


def check(case: Case, *, fills_least: int) -> None:
    backtest = in_backtest(case)
    same(asyncio.run(Paper(case.store).run(case)), backtest)
    assert len(backtest.fills) >= fills_least
    assert len(backtest.equity) > 0


@pytest.mark.parametrize("name", SHIPPED)
def test_strategies_that_ship(name: str, tmp_path: Path) -> None:
    strategy, files, options = SHIPPED[name]
    check(case_of(tmp_path, strategy, files, options), fills_least=1)


class Tried(NamedTuple):
    """A strategy, on what, and how often it fills at least."""

    strategy: type[Strategy]
    files: Sequence[Path]
    fills_least: int
    options: Mapping[str, Any] = MappingProxyType({})
    parameters: Mapping[str, Any] = MappingProxyType({})


SHORTS = {"shorts": True}
TRIED = (
    Tried(strategies.Brackets, [HOURS], 5),
    Tried(strategies.Brackets, [MINUTES], 10),
    Tried(strategies.Brackets, [HOURS], 20, MARGIN, SHORTS),
    Tried(strategies.Groups, STOCKS[:1], 20),
    Tried(strategies.Groups, STOCKS, 100),
    Tried(strategies.Groups, [MINUTES], 10, {**MARGIN, **COMMISSION}),
    Tried(strategies.Times, STOCKS[:1], 20),
    Tried(strategies.Times, STOCKS, 40),
    Tried(strategies.Times, [HOURS], 10),
    Tried(strategies.Times, STOCKS, 50, MARGIN, SHORTS),
    Tried(strategies.Greedy, STOCKS, 100),
    Tried(strategies.Greedy, [MINUTES], 30),
    Tried(strategies.Hearing, STOCKS, 100),
    Tried(strategies.Hearing, [HOURS], 10, COMMISSION),
    Tried(strategies.Hearing, [MINUTES], 10),
    Tried(strategies.Stopping, STOCKS, 5),
    Tried(strategies.Turning, STOCKS, 100, MARGIN, SHORTS),
    Tried(strategies.Turning, [HOURS], 50, MARGIN, SHORTS),
    Tried(CrossingsWhen, [HOURS], 5, MARGIN, SHORTS),
    Tried(strategies.Turning, STOCKS, 100, {**MARGIN, **FINANCED}, SHORTS),
    Tried(strategies.Brackets, [HOURS], 20, {**MARGIN, **FUNDED}, SHORTS),
)


@pytest.mark.parametrize(
    "tried", TRIED, ids=lambda one: f"{one.strategy.__name__} {len(one.files)} {one.files[0].stem} {len(one.options)}"
)
def test_strategies_that_use_all_there_is(tried: Tried, tmp_path: Path) -> None:
    check(
        case_of(tmp_path, tried.strategy, tried.files, tried.options, **tried.parameters),
        fills_least=tried.fills_least,
    )
