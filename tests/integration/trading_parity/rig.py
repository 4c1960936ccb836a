"""A backtest, and a paper run of the same strategy on a replay of the same bars, side by side."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from inspect import getfile
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np

from tests.in_process import InProcessDeciders, PoolInProcess
from tests.trading_store import At, FakeDisk, FakeTradingStore, nothing_happens
from weaver.decider import LiveDecider
from weaver.events.factory import EventFactory
from weaver.glados.clock.wall import SystemWallClock
from weaver.glados.live.figures.results import LiveResults
from weaver.glados.live.proof.parity import Parity
from weaver.glados.live.session import LiveSessions
from weaver.glados.runs.runners import EndRequest
from weaver.greta.result import BacktestResult
from weaver.marvin.orders.actions import Actions, TimedAction
from weaver.marvin.plugins.loader import from_text
from weaver.marvin.plugins.source import strategy_id
from weaver.marvin.strategy import Strategy
from weaver.model.account.carry import CarryKind
from weaver.model.backtest.options import OPTIONS, Options
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.market.timeframe import Timeframe
from weaver.model.numbers.money import CASH_ONE
from weaver.model.orders.action_bytes import encode_action
from weaver.model.run import Run, RunMode
from weaver.research.inputs import run_inputs
from weaver.research.record import record_of
from weaver.research.run import Plan, Ran, plan
from weaver.research.run_venues import RunVenues
from weaver.veda.adapters.catalogue import AdapterCatalogue
from weaver.veda.inputs import CashMoved
from weaver.veda.ports import Decision, RecordedTick
from weaver.veda.runs.recorded.codec import decode_inputs
from weaver.veda.service import TradingService
from weaver.walle.bars.store import ParquetBarStore, StoredBars

SECONDS_MAX = 60.0
HALF_UNIT, EPSILON, SYMBOLS_MAX = 0.5e-8, 4e-16, 3
"""Each holding is worth whole units, and that in a curve of floats, where a backtest's is as fine as its prices are."""
CREATED = datetime(2026, 1, 5, tzinfo=UTC)
T = TypeVar("T")


class FillSeen(NamedTuple):
    """What a fill is, in a backtest and on paper alike."""

    order: int
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    commission: Decimal
    time: datetime


class CarrySeen(NamedTuple):
    """What holding brought, and at which tick (ns)."""

    time: int
    symbol: str
    kind: str
    amount: Decimal


class EquitySeen(NamedTuple):
    """Where the account stood at a tick, by the stamp (ns) of its bars."""

    time: int
    equity: float
    cash: float


@dataclass(slots=True, kw_only=True)
class Came:
    """What a run came to."""

    decisions: list[tuple[int, bytes]] = field(default_factory=list)
    """With their ticks (ns)."""
    fills: list[FillSeen] = field(default_factory=list)
    carry: list[CarrySeen] = field(default_factory=list)
    equity: list[EquitySeen] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)
    has_margin: bool = False
    """Of a backtest: something may be held on margin, so that the cash of its curve is worth what holdings are, too."""
    cut: str = ""
    """The first quantity that was cut down to the lot: a live run tells of it in its journal, a backtest beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A strategy on stored bars. `start`: bars before it are history; `options`: those of a backtest."""

    strategy: type[Strategy]
    store: ParquetBarStore
    symbols: tuple[str, ...]
    timeframe: str
    start: datetime
    end: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The strategy's."""
        return strategy_id(self.strategy.__name__)

    @property
    def source(self) -> str:
        """The text of the strategy's module."""
        return Path(getfile(self.strategy)).read_text()

    def stored(self) -> list[StoredBars]:
        """Its bars."""
        return [self.store.read(symbol, Timeframe.parse(self.timeframe)) for symbol in self.symbols]


def in_backtest(case: Case) -> Came:
    """Run it as a backtest."""
    actions = Actions()
    return came_of(_planned(case).run(progress=lambda _: None, actions=actions), actions.take())


def backtest_result(case: Case) -> BacktestResult:
    """Its result, as a backtest."""
    planned = _planned(case)
    return BacktestResult(planned.run(progress=lambda _: None).finished, strategy="", record=record_of(planned))


def _planned(case: Case) -> Plan:
    asked = Options(start=case.start, end=case.end, params=case.parameters, timeframe=case.timeframe, **case.options)
    return plan(from_text(case.id, case.source), run_inputs(case.stored(), asked), asked)


def came_of(ran: Ran, actions: Sequence[TimedAction]) -> Came:
    """What a backtest came to."""
    result = BacktestResult(ran.finished, strategy="", record={})
    curve = result.curve
    return Came(
        decisions=[(one.time, encode_action(one.action)) for one in actions],
        fills=[_of_backtest(fill) for fill in result.fills],
        carry=[
            CarrySeen(flow.time, flow.symbol, flow.kind, flow.amount)
            for flow in result.cash_flows
            if flow.kind in list(CarryKind)
        ],
        equity=[
            EquitySeen(*row)
            for row in zip(curve.timestamp.tolist(), curve.equity.tolist(), curve.cash.tolist(), strict=True)
        ],
        journal=[line for _, line in ran.runtime.journal],
        has_margin=any(one.scale.margin is not None for one in ran.finished.prices.values()),
        cut=ran.runtime.desk.first_cut,
    )


def _of_backtest(fill: Any) -> FillSeen:
    return FillSeen(
        int(fill.order_id.rpartition("-")[2]), fill.symbol, str(fill.side), fill.quantity, fill.price, fill.commission,
        fill.timestamp,
    )  # fmt: skip


class Noting(LiveDecider):
    """Notes how the account that its strategy sees stands after each tick."""

    def __init__(self, came: Came) -> None:
        super().__init__()
        self._came = came

    async def decide(self, inputs: bytes) -> Decision:
        decision = await super().decide(inputs)
        mirror, bars = self._live._running.mirror, decode_inputs(inputs).bars
        stamp = min(bar.start for bar in bars)
        if self._came.equity and stamp <= (last := self._came.equity[-1].time):  # ticks of one stamp share a row
            stamp = last
            self._came.equity.pop()
        self._came.equity.append(EquitySeen(stamp, *(units / CASH_ONE for units in (mirror.equity(), mirror.cash()))))
        self._came.journal += decision.journal
        return decision

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        decision = await super().start(setup, warmups)
        self._came.journal += decision.journal
        return decision

    async def stop(self) -> Decision:
        decision = await super().stop()
        self._came.journal += decision.journal
        return decision


@dataclass(frozen=True, slots=True)
class InProcess:
    """Deciders without processes."""

    came: Came

    def get_ready(self) -> None: ...

    async def new(self, run_id: str) -> Noting:
        return Noting(self.came)


@dataclass(slots=True)
class Context:
    """A run's context that asks for nothing."""

    corr_id: str = "corr"
    is_resumed: bool = False
    halts: list[str] = field(default_factory=list)

    async def has_worker(self) -> None: ...

    async def progress(self, stage: str, fraction: float) -> None: ...

    async def asked_to_end(self) -> EndRequest:
        raise NotImplementedError

    async def halted(self, reason: str) -> None:
        self.halts.append(reason)

    async def resumed(self) -> None: ...


@dataclass(slots=True)
class Paper:
    """What trades, on a disk in memory."""

    store: ParquetBarStore
    disk: FakeDisk = field(default_factory=FakeDisk)

    async def run(self, case: Case) -> Came:
        """Trade it to the end of its replay."""
        return await self.trade(run_of(case))

    async def trade(self, run: Run, *, at: At = nothing_happens) -> Came:
        """Trade a run to the end of its replay, or on to it. `at`: what happens where the store is asked."""
        wall, ids, came = SystemWallClock(), count(), Came()
        store = FakeTradingStore(self.disk, at=at)
        life = self.disk.epoch
        service = TradingService(
            venues=RunVenues(
                catalogue=AdapterCatalogue(),
                bars=self.store,
                wall=wall,
                chance=lambda: 0.5,
                settings_of=lambda _: {},
                may_send=store.check_owner,
            ),
            store=store,
            events=EventFactory(producer="veda", now=wall.now, new_id=lambda: f"id-{life}-{next(ids)}"),
            wall=wall,
            is_owner=lambda: True,
        )
        async with service:
            sessions = LiveSessions(
                service=service,
                store=store,
                deciders=InProcess(came),
                bars=self.store,
                wall=wall,
                aside=asyncio.to_thread,
            )
            async with sessions.open(run, Context()) as session:
                async with asyncio.timeout(SECONDS_MAX):
                    await session.begin()
                    await session.live.through()
                await session.last_word()
        ticks = [tick async for tick in store.ticks(run.id)]
        came.decisions = decisions_of(ticks)
        came.fills = fills_of(self.disk, run.id)
        came.carry = carry_of(ticks)
        return came


def run_of(case: Case) -> Run:
    """A paper run of it, as the service would have it recorded."""
    given = Options(params=case.parameters, timeframe=case.timeframe, **case.options)
    plain = {name: getattr(given, name) for name in case.options}
    return paper_run(
        case.id,
        symbols=case.symbols,
        timeframe=case.timeframe,
        start=case.start,
        end=case.end,
        options={name: value for name, value in plain.items() if OPTIONS[name].run_field is None},
        parameters=case.parameters,
        source=case.source,
    )


def paper_run(
    strategy: str,
    *,
    symbols: tuple[str, ...],
    timeframe: str,
    start: datetime,
    end: datetime | None,
    options: Mapping[str, Any],
    parameters: Mapping[str, Any] = MappingProxyType({}),
    source: str = "",
) -> Run:
    """A paper run on a replay."""
    span = start.isoformat() + (".." + end.isoformat() if end is not None else "")
    return Run(
        id="run",
        name="run",
        strategy_id=strategy,
        mode=RunMode.PAPER,
        symbols=symbols,
        timeframe=timeframe,
        config=dict(parameters),
        options={**options, "replay": span, "speed": "max"},
        venue="simulated",
        strategy_source=source,
        weaver_version="test",
        created_at=CREATED,
    )


def parity_on(paper: Paper) -> Parity:
    """What holds its runs against what they should have done."""
    store, wall = FakeTradingStore(paper.disk), SystemWallClock()

    async def aside(work: Callable[[], T]) -> T:
        return work()

    return Parity(
        store=store,
        deciders=InProcessDeciders(),
        pool=PoolInProcess(),
        bars=paper.store,
        results=LiveResults(store=store, aside=aside),
        name_of=lambda run: f"{run.venue} {run.mode} {run.id}",
        aside=aside,
        now=wall.now,
        new_id=lambda: "id",
    )


def decisions_of(ticks: Sequence[RecordedTick]) -> list[tuple[int, bytes]]:
    """All actions, with their ticks."""
    return [(instant_of(tick.time), action) for tick in ticks for action in tick.actions]


def carry_of(ticks: Sequence[RecordedTick]) -> list[CarrySeen]:
    """What its strategy was told of what holding brought."""
    return [
        CarrySeen(instant_of(tick.time), one.symbol, one.kind, one.amount)
        for tick in ticks[1:]
        for one in decode_inputs(tick.inputs).updates
        if isinstance(one, CashMoved) and one.kind in list(CarryKind)
    ]


def fills_of(disk: FakeDisk, run_id: str) -> list[FillSeen]:
    """All fills, as they were booked."""
    numbers = {order.id: order.number for order in disk.tables.orders.values() if order.run_id == run_id}
    return [
        FillSeen(
            numbers[one.order_id], one.symbol, str(one.side), one.quantity, one.price, one.commission, one.filled_at
        )
        for one in disk.tables.fills.values()
        if one.order_id in numbers
    ]


def start_at(stored: StoredBars, share: float) -> datetime:
    """The instant of the bar that so much of the bars lies before."""
    bars = stored.bars
    return time_of(int(bars.timestamp[int(len(bars) * share)]))


def same(paper: Came, backtest: Came) -> None:
    """Raises AssertionError at the first difference."""
    first(paper.decisions, backtest.decisions, "decision")
    first(paper.fills, backtest.fills, "fill")
    first(paper.carry, backtest.carry, "charge")
    first([row.time for row in paper.equity], [row.time for row in backtest.equity], "tick")
    for one, other in zip(paper.equity, backtest.equity, strict=True):  # which no column of floats holds exactly
        bound = SYMBOLS_MAX * HALF_UNIT + abs(other.equity) * EPSILON
        assert abs(one.equity - other.equity) < bound, f"equity: {one}, and in the backtest {other}"
        assert one.cash == other.cash or (backtest.has_margin and abs(one.cash - other.cash) < bound), f"{one}, {other}"
    told_of_cut = [line for line in paper.journal if line.startswith("a quantity was cut down to the lot")]
    first([line for line in paper.journal if line not in told_of_cut], backtest.journal, "line")
    assert len(told_of_cut) == bool(backtest.cut)
    assert all(f"({backtest.cut})" in line for line in told_of_cut), told_of_cut
    assert np.isfinite([row.equity for row in paper.equity]).all()


def first(found: Sequence[Any], wanted: Sequence[Any], what: str) -> None:
    """Raises AssertionError naming the first place at which two sequences differ."""
    for number, (one, other) in enumerate(zip(found, wanted, strict=False)):
        assert one == other, f"{what} {number}: {one}, and in the backtest {other}"
    assert len(found) == len(wanted), f"{what}s: {found[len(wanted) :][:3]} and {wanted[len(found) :][:3]}"
