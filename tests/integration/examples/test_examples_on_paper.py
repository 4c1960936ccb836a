"""On a replay each example decides and fills on paper as in its backtest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from docs.examples.grid import Grid
from docs.examples.minimal_roi import MinimalRoi
from docs.examples.momentum_top_n import MomentumTopN
from docs.examples.opening_range_breakout import OpeningRangeBreakout
from docs.examples.pairs_trading import PairsTrading
from docs.examples.rsi2 import Rsi2
from docs.examples.supertrend import Supertrend
from docs.examples.triple_screen import TripleScreen
from docs.examples.turtle_sizing import TurtleSizing
from docs.examples.volatility_target import VolatilityTarget
from tests.integration.trading_parity.test_paper_equals_backtest import HOURS, MARGIN, MINUTES, STOCKS, case_of, check
from tests.shared_data import REPOSITORY, shared_files
from weaver.marvin.strategy import Strategy

SPY_MINUTES = shared_files(["intraday_us/SPY_1m_2011-01.csv"])


class Tried(NamedTuple):
    """An example on the newest bars of some files, and how often it fills at least."""

    strategy: type[Strategy]
    files: Sequence[Path]
    newest: int
    fills_least: int
    options: Mapping[str, Any] = MappingProxyType({})
    parameters: Mapping[str, Any] = MappingProxyType({})


TRIED = (
    Tried(Grid, [HOURS], 1_000, 4, parameters={"step": 0.003}),
    Tried(MinimalRoi, [MINUTES], 1_000, 2, {"warmup": 50}),
    Tried(MomentumTopN, STOCKS, 500, 4),
    Tried(OpeningRangeBreakout, [MINUTES], 1_440, 2),
    *(Tried(OpeningRangeBreakout, [path], 1_400, 2) for path in SPY_MINUTES),
    Tried(PairsTrading, STOCKS[:2], 500, 10, MARGIN),
    Tried(Rsi2, STOCKS[:1], 500, 10),
    Tried(Supertrend, STOCKS[:1], 250, 2, {"warmup": 50}),
    Tried(TripleScreen, [HOURS], 1_000, 4),
    Tried(TurtleSizing, STOCKS[:1], 500, 10, MARGIN),
    Tried(VolatilityTarget, STOCKS[:1], 500, 10),
)


def test_every_example_is_tried() -> None:
    written = {path.stem for path in (REPOSITORY / "docs" / "examples").glob("*.py")}
    assert {one.strategy.__module__.rpartition(".")[2] for one in TRIED} == written


@pytest.mark.parametrize("tried", TRIED, ids=lambda one: f"{one.strategy.__name__} {one.files[0].stem}")
def test_paper_equals_backtest(tried: Tried, tmp_path: Path) -> None:
    case = case_of(tmp_path, tried.strategy, tried.files, tried.options, newest=tried.newest, **tried.parameters)
    check(case, fills_least=tried.fills_least)
