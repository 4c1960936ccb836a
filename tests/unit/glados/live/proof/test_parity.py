"""Runs replayed and held against their backtests: what is asked for, what is kept, and what cannot be done."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.in_process import InProcessDeciders, PoolInProcess
from tests.trading_store import FakeDisk, FakeTradingStore
from tests.unit.glados.deciders.strategies import BARS, DIGEST, HOUR, START, WARMUP
from tests.unit.glados.fakes import a_run
from tests.unit.veda.parity.test_replay import recorded
from weaver.decider import LiveDecider
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.live.proof import parity as parity_module
from weaver.glados.live.proof.drift_inputs import not_stored_told
from weaver.glados.live.proof.parity import Parity
from weaver.model.errors import Conflict, DataError, RunFailed, StrategyError
from weaver.model.run import Run, RunMode
from weaver.veda.inputs import LateBar, WindowFailed
from weaver.veda.parity.bars import StoredBarsCompared
from weaver.veda.ports import RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup, encode_inputs, encode_setup
from weaver.walle.bars.store import ParquetBarStore

T = TypeVar("T")
NOW = datetime(2026, 1, 7, tzinfo=UTC)
RUN = a_run(
    "run", mode=RunMode.PAPER, venue="simulated", timeframe="1h", symbols=("BTC/USD",), strategy_id="trader",
    options={"replay": "2024-01-01", "speed": "max", "venue_costs": "none", "costs": "none", "cash": "5000",
             "warmup": 5},
)  # fmt: skip
FAILING = """
        if self.position(bar.symbol).quantity:
            1 / 0
        self.buy(bar.symbol, 1)
"""


async def aside(work: Callable[[], T]) -> T:
    return work()


class Closing(InProcessDeciders):
    """Counts how often all of them were ended."""

    def __init__(self, decider: LiveDecider | None = None) -> None:
        self.decider, self.closes = decider, 0

    async def new(self, run_id: str) -> LiveDecider:
        return self.decider or await super().new(run_id)

    async def close(self) -> None:
        self.closes += 1


class Slow(LiveDecider):
    """Misses its deadline."""

    async def start(self, *_: Any) -> Any:
        raise TimeoutError("the strategy took over 5 s for on_start")


@dataclass
class Desk:
    """Parity on a disk in memory."""

    folder: Path
    disk: FakeDisk = field(default_factory=FakeDisk)
    deciders: Closing = field(default_factory=Closing)
    pool: PoolInProcess = field(default_factory=PoolInProcess)
    told: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = FakeTradingStore(self.disk)
        self.bars = ParquetBarStore(self.folder)

    @property
    def parity(self) -> Parity:
        return Parity(
            store=self.store, deciders=self.deciders, pool=self.pool, bars=self.bars,
            results=LiveResults(store=self.store, aside=aside), name_of=lambda run: f"simulated paper {run.id}",
            aside=aside, now=lambda: NOW, new_id=lambda: "id",
        )  # fmt: skip

    def record(self, ticks: Sequence[RecordedTick]) -> None:
        self.disk.tables.blobs[DIGEST] = WARMUP
        for tick in ticks:
            self.disk.tables.ticks["run", tick.number] = tick

    def report(self, stage: str, fraction: float) -> None:
        self.told.append((stage, fraction))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def done(work: Awaitable[T]) -> T:
    async def awaited() -> T:
        return await work

    return asyncio.run(awaited())


@pytest.mark.parametrize("work", ["replay", "drift", "check"])
def test_backtest_and_run_that_has_not_begun_are_refused_with_the_reason(desk: Desk, work: str) -> None:
    backtest: Run = replace(RUN, mode=RunMode.BACKTEST)
    with pytest.raises(Conflict, match="is a backtest, whose inputs are not recorded"):
        done(getattr(desk.parity, work)(backtest))
    with pytest.raises(Conflict, match="is pending and has not begun"):
        done(getattr(desk.parity, work)(RUN))


def test_replay_is_reported_and_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity_module, "TOLD_EVERY", 2)
    desk.record(recorded())
    assert done(desk.parity.newest_replay("run")) is None
    found = done(desk.parity.replay(RUN, report=desk.report))
    assert found.is_identical
    assert (found.ticks, found.at) == (5, NOW)
    assert desk.told == [("replayed 1 ticks", 0.2), ("replayed 3 ticks", 0.6), ("replayed 5 ticks", 1.0)]
    assert desk.deciders.closes == 1
    kept = done(desk.parity.newest_replay("run"))
    assert kept is not None
    assert (kept.is_identical, kept.ticks, kept.difference) == (True, 5, None)


def test_newer_replay_takes_the_place_of_the_one_before(desk: Desk) -> None:
    ticks = recorded()
    desk.record(ticks)
    done(desk.parity.replay(RUN))
    desk.record([replace(ticks[1], actions=())])
    done(desk.parity.replay(RUN))
    kept = done(desk.parity.newest_replay("run"))
    assert kept is not None
    assert kept.difference is not None
    assert (kept.is_identical, kept.difference.number, kept.difference.recorded) == (False, 1, "nothing")


def test_server_that_only_reads_tells_and_keeps_nothing(desk: Desk) -> None:
    desk.record(recorded())
    FakeTradingStore(desk.disk)  # another server takes it over
    assert done(desk.parity.replay(RUN)).is_identical
    assert done(desk.parity.newest_replay("run")) is None


def test_process_that_is_too_slow_fails_the_replay(desk: Desk) -> None:
    desk.record(recorded())
    desk.deciders = Closing(Slow())
    with pytest.raises(RunFailed, match="took over 5 s"):
        done(desk.parity.replay(RUN))
    assert desk.deciders.closes == 1


def test_bars_that_are_gone_are_named(desk: Desk) -> None:
    desk.record(recorded())
    desk.disk.tables.blobs.clear()
    with pytest.raises(DataError, match="the bars of BTC/USD before the run are not in the store any more"):
        done(desk.parity.replay(RUN))


def test_run_without_a_bar_has_no_drift_yet(desk: Desk) -> None:
    desk.record(recorded()[:1])
    with pytest.raises(Conflict, match="no bar has closed since"):
        done(desk.parity.drift(RUN))


def test_backtest_of_a_drift_is_that_of_the_run(desk: Desk) -> None:
    """The record has no orders of its four purchases, of which the backtest fills three."""
    ticks = recorded()
    setup = replace(decode_setup(ticks[0].inputs), cash=Decimal(5000), parameters={}, seed=9)
    desk.record([replace(ticks[0], inputs=encode_setup(setup)), *ticks[1:]])
    found = done(desk.parity.drift(RUN, report=desk.report))
    [job] = desk.pool.jobs
    assert job.run.mode is RunMode.BACKTEST
    assert job.run.options == {"costs": "none", "cash": "5000", "lookahead_check": False}
    assert (job.run.strategy_source, job.run.timeframe, job.run.venue) == (setup.source, "1h", None)
    assert (found.orders.live, found.orders.backtest, found.orders.only_backtest_total) == (0, 4, 4)
    assert [one.order.filled for one in found.orders.only_backtest] == [1, 1, 1, 0]
    assert found.drift_bps is None
    assert (found.ticks, found.bars, found.notes, found.stored) == (4, 4, (), ())
    assert found.pnl.live == 0
    assert found.pnl.backtest == Decimal("1.5")  # three bought at 10, worth 10.5
    assert desk.told[0] == ("reading what was recorded", 0.0)
    assert desk.told[-1] == ("comparing", 0.9)
    kept = done(desk.parity.newest_drift("run"))
    assert kept is not None
    assert (kept.pnl.live, kept.pnl.backtest, kept.pnl.difference) == ("0", "1.5", "-1.5")


def test_no_drift_was_kept_before_the_first(desk: Desk) -> None:
    assert done(desk.parity.newest_drift("run")) is None


def test_backtest_that_fails_is_told_as_such(desk: Desk) -> None:
    ticks = recorded()
    setup = decode_setup(ticks[0].inputs)
    failing = recorded(FAILING, count=2)
    desk.record([replace(ticks[0], inputs=failing[0].inputs), *ticks[1:]])
    assert setup.strategy_id == "trader"
    with pytest.raises(StrategyError, match=r"its backtest failed: .*ZeroDivisionError"):
        done(desk.parity.drift(RUN))


def test_what_may_make_a_difference_is_noted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity_module, "TICKS_AT_ONCE", 1)
    ticks = recorded("        pass")
    inputs = decode_inputs(ticks[2].inputs)
    [bar] = inputs.bars
    changed = replace(
        inputs, bars=(replace(bar, is_missed=True),),
        windows=(WindowFailed(symbol="BTC/USD", timeframe="1h", error="none"),),
        late=(LateBar(bar=replace(bar, start=START, end=START + HOUR), is_correction=True),),
    )  # fmt: skip
    desk.record([*ticks[:2], replace(ticks[2], inputs=encode_inputs(changed)), *ticks[3:]])
    found = done(desk.parity.drift(RUN))
    assert (found.missed.count, found.late.count, found.corrected.count) == (1, 0, 1)
    assert len(found.notes) == 3
    assert len(BARS) == 50


@pytest.mark.parametrize(("altered", "where"), [((2, 3), "at tick 2"), ((0,), "at its start")])
def test_record_that_was_altered_is_the_first_note(desk: Desk, altered: tuple[int, ...], where: str) -> None:
    ticks = recorded("        pass")
    desk.record([replace(one, is_altered=one.number in altered) for one in ticks])
    [note] = done(desk.parity.drift(RUN)).notes
    time = ticks[altered[0]].time.isoformat()
    assert note.startswith(f"{where} ({time}) the record is not what was written down then")


def test_stock_that_is_not_stored_has_no_dividends_in_the_backtest_and_that_is_noted() -> None:
    [coin] = decode_setup(recorded()[0].inputs).symbols
    stocks = [replace(coin, symbol=symbol, asset_class="stock") for symbol in ("AAPL", "IBM", "MSFT")]
    nothing = StoredBarsCompared(symbol="IBM", given=1, same=1, other=0, not_stored=0, not_given=0, first=None)
    [note] = not_stored_told([coin, *stocks], [nothing])
    assert note.startswith("of AAPL, MSFT no bars of this timeframe are stored, and so no dividends and delistings")
    assert not_stored_told([coin, stocks[1]], [nothing]) == []
