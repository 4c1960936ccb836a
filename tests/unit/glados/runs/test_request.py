"""What is refused before a run is kept, in words that say what there is instead; and what becomes of the rest."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.unit.glados.runs.fakes import START, FakeRunner, House, house_in, new_run
from tests.unit.glados.runs.service import store_samples
from weaver.marvin.plugins.catalogue import BUILT_IN
from weaver.model.backtest.options import RUN_OPTIONS
from weaver.model.errors import InputError, NotFound, StrategyError, Unavailable
from weaver.model.run import RunMode, RunStatus

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_in(tmp_path) as house, house.manager:
        store_samples(house.bars, ["AAPL_1d", "EURUSD_1h"])
        house.folder.mkdir()
        (house.folder / "broken.py").write_text("class Broken(Strategy:\n")
        yield house


async def test_created_run_is_pending_and_has_its_source_pinned(house: House) -> None:
    new = new_run(config={"fast": 3}, options={"cash": "5000", "seed": None}, start_time=START.replace(year=2005))
    run = await house.manager.create(new, corr_id="corr-1")
    source = (BUILT_IN / "sma_crossover.py").read_text()
    assert (run.status, run.strategy_source, run.weaver_version, run.created_at) == (
        RunStatus.PENDING, source, "9.9", START,
    )  # fmt: skip
    assert (run.config, run.options) == ({"fast": 3}, {"cash": "5000"})
    assert run.name == "sma-crossover on AAPL"
    assert await house.kept(run) == run
    assert house.runner.checked == [run]
    (created,) = await house.events()
    assert (created.type, created.corr_id) == ("run.Created", "corr-1")
    assert created.payload == {"run_id": run.id, "name": run.name, "strategy_id": "sma-crossover", "mode": "backtest"}


async def test_pinned_source_is_what_runs_whatever_becomes_of_the_file(house: House) -> None:
    file = house.folder / "mine.py"
    file.write_text("from weaver import Strategy\nclass Mine(Strategy): pass\n")
    run = await house.manager.create(new_run(strategy_id="mine", name="mine"), corr_id="c")
    file.unlink()
    clone = await house.manager.clone(run.id, corr_id="c")
    assert clone.strategy_source == run.strategy_source == "from weaver import Strategy\nclass Mine(Strategy): pass\n"
    assert clone.source_hash == run.source_hash
    assert (run.name, clone.name) == ("mine", "mine")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"strategy_id": "sma-crosover"}, "no strategy 'sma-crosover'; did you mean sma-crossover"),
        ({"strategy_id": "../sma_crossover.py"}, "no strategy"),
        ({"symbols": ()}, "at least one symbol"),
        ({"symbols": ("AAPL", "AAPL")}, "'AAPL' is named twice"),
        ({"symbols": ("GOOG",)}, "no bars of GOOG: import some; there are bars of AAPL, EURUSD"),
        ({"symbols": ("../AAPL",)}, "no bars of ../AAPL"),
        ({"symbols": ("A\x00B",)}, "cannot be used"),
        ({"symbols": ("\ud800",)}, "cannot be printed"),
        ({"symbols": ("x" * 999,)}, "cannot be used"),
        ({"symbols": ("EURUSD",), "timeframe": "5m"}, "no bars of EURUSD from which 5m could be made: there are 1h"),
        ({"timeframe": "soon"}, "soon"),
        ({"symbols": ("AAPL", "EURUSD")}, "several timeframes"),
        ({"start_time": datetime(2001, 1, 2, tzinfo=UTC).replace(tzinfo=None), "end_time": None}, "has no zone"),
        ({"start_time": datetime(2005, 1, 2, tzinfo=UTC), "end_time": datetime(2005, 1, 1, tzinfo=UTC)}, "is after"),
        ({"start_time": datetime(2025, 1, 2, tzinfo=UTC)}, "no bars in the run's time .there are AAPL: 2000-"),
        ({"end_time": datetime(1990, 1, 2, tzinfo=UTC)}, "no bars in the run's time"),
        ({"venue": "nyse"}, "venue 'nyse' is unknown"),
        ({"options": {"money": 3}}, "no option 'money'; there are warmup, cash"),
        ({"options": {"cash": "-5"}}, "cash must be above 0"),
        ({"options": {"cash": "NaN"}}, "cash must be finite"),
        ({"options": {"cash": "1e999999999"}}, "cash must have at most 18 digits"),
        ({"options": {"cash": [1]}}, "cash must be a number"),
        ({"options": {"account": "savings"}}, "account 'savings'"),
        ({"options": {"shorting": True}}, "margin account"),
        ({"options": {"shorting": 1}}, "shorting must be True or False"),
        ({"options": {"costs": "free"}}, "costs 'free'"),
        ({"options": {"costs": {"bps": 1}}}, "unknown key 'bps'"),
        ({"options": {"costs": {"commission_bps": "1e50"}}}, "commission_bps must have at most"),
        ({"options": {"costs": 5}}, "costs are a preset's name .* or a mapping"),
        ({"options": {"venue_costs": "free"}}, "^venue_costs 'free': not a preset"),
        ({"options": {"venue_costs": {"commission_bps": "-1"}}}, "^venue_costs: commission_bps must be 0 or more"),
        ({"options": {"venue_costs": {"commission_bps": "1e50"}}}, "commission_bps must have at most"),
        ({"options": {"asset": "bond"}}, "asset 'bond'"),
        ({"options": {"asset": "crypto"}}, "is in the store as stock, not crypto: leave the asset out"),
        ({"options": {"benchmark": "SPY"}}, "benchmark SPY: there are no bars of it in the store: .* of AAPL, EURUSD"),
        ({"options": {"benchmark": "../data/AAPL_1d.csv"}}, "there are no bars of it in the store"),
        ({"options": {"benchmark": "x" * 999}}, "too long"),
        ({"options": {"warmup": -1}}, "warmup must be 0 bars or more, not -1"),
        ({"options": {"warmup": 10**30}}, "warmup must be 1000000000 bars or less"),
        ({"options": {"seed": 1.5}}, "seed must be a whole number"),
        ({"options": {"audit": "all"}}, "audit 'all'"),
    ],
)
async def test_run_that_makes_no_sense_is_refused(house: House, given: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as raised:
        await house.manager.create(new_run(**given), corr_id="c")
    assert not isinstance(raised.value, NotFound)
    assert await house.all_runs() == []
    assert await house.events() == []


async def test_every_option_has_a_value_that_is_taken(house: House) -> None:
    options = {
        "cash": 5_000, "account": "margin", "leverage": "2", "shorting": True, "maintenance": 0.3, "costs": "none",
        "asset": "stock", "warmup": 0, "seed": -3, "close_at_end": False, "lookahead_check": True, "audit": "full",
        "replay": "2024-01-02..2024-06-28", "speed": "max", "venue_costs": "none",
        "tick": "0.05", "lot": "1", "multiplier": "1", "margin": None, "calendar": "XNYS",
        "benchmark": "EURUSD",
    }  # fmt: skip
    assert options.keys() == set(RUN_OPTIONS)
    given = {name: value for name, value in options.items() if value is not None}
    assert (await house.manager.create(new_run(options=options), corr_id="c")).options == given


async def test_broken_strategy_is_refused_with_its_line(house: House) -> None:
    with pytest.raises(StrategyError, match=r"broken\.py line 1"):
        await house.manager.create(new_run(strategy_id="broken"), corr_id="c")


async def test_what_the_runner_refuses_is_not_kept(house: House) -> None:
    house.runner.refusal = InputError("fast=1: must be ≥ 2")
    with pytest.raises(InputError, match="must be ≥ 2"):
        await house.manager.create(new_run(), corr_id="c")
    assert await house.all_runs() == []


async def test_coarser_timeframe_is_made_of_what_is_stored(house: House) -> None:
    run = await house.manager.create(new_run(symbols=("EURUSD",), timeframe="4h"), corr_id="c")
    assert run.timeframe == "4h"


@pytest.mark.parametrize("mode", [RunMode.PAPER, RunMode.LIVE])
async def test_run_without_a_venue_is_unavailable(house: House, mode: RunMode) -> None:
    with pytest.raises(Unavailable, match=f"a {mode} run needs a venue"):
        await house.manager.create(new_run(mode=mode), corr_id="c")


async def test_live_run_needs_no_stored_bars(tmp_path: Path) -> None:
    async with house_in(tmp_path, live=FakeRunner()) as house:
        run = await house.manager.create(new_run(mode=RunMode.LIVE, symbols=("NEW",), venue="alpaca"), corr_id="c")
    assert (run.mode, run.venue) == (RunMode.LIVE, "alpaca")
