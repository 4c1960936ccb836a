"""What a paper or live run has come to, while it trades and afterwards: from its recorded inputs, orders and fills."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from weaver.glados.live.figures.given_bars import GivenBars, GivenBarsFold, warmups_of
from weaver.glados.live.figures.trade_rows import trade_rows
from weaver.glados.ports import Row
from weaver.glados.stored.blobs import EquityColumns
from weaver.greta.results.calendar_time import sessions_covered
from weaver.greta.results.statistics import Stats, TradeColumns, statistics
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.market.timeframe import DAY, Timeframe
from weaver.model.orders.actions import TimeInForce
from weaver.model.run import Run
from weaver.veda.inputs import RunSetup
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.ports import KnownOrders, RecordedTick, TradingStore
from weaver.veda.positions.sub_ledger import Holding, SubLedger
from weaver.veda.positions.trades import LiveTrade, trades_of
from weaver.veda.runs.mirror.curve import CashFlow, CurveFold, CurvePoint, Ordered
from weaver.veda.runs.recorded.codec import decode_inputs, decode_setup

FOLDS_MAX = 64
"""So many runs' curves are kept, to which new ticks are added."""
TICKS_AT_ONCE = 2_000
Aside = Callable[[Callable[[], None]], Awaitable[None]]
"""Does some work where it holds nobody up."""


@dataclass(kw_only=True)
class _Kept:
    """A curve as far as it was read."""

    fold: CurveFold
    bars: GivenBarsFold
    altered: RecordedTick | None
    points: list[CurvePoint] = field(default_factory=list)
    number: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveResult:
    """All of it, as of the newest tick that is recorded."""

    setup: RunSetup
    points: Sequence[CurvePoint]
    """One of each tick that had bars."""
    end: CurvePoint | None
    """Where fills left it that came after the newest tick; None: there are none."""
    flows: Sequence[CashFlow]
    ledger: SubLedger
    fills: Sequence[LiveFill]
    closes: Mapping[str, Decimal]
    given: Mapping[str, GivenBars]
    """The bars since its start, by symbol."""
    orders: Sequence[LiveOrder]
    altered: RecordedTick | None
    """The first tick whose record is not what was written down then; None: there is none."""

    @property
    def at_close(self) -> Set[str]:
        """Its orders that fill at the close of a bar, by id."""
        return {one.id for one in self.orders if one.tif is TimeInForce.CLS}

    @property
    def curve(self) -> EquityColumns:
        """Its equity curve."""
        points = self.all_points
        return EquityColumns(
            timestamp=np.array([one.stamp for one in points], dtype=np.int64),
            equity=np.array([float(one.equity) for one in points]),
            cash=np.array([float(one.cash) for one in points]),
        )

    @property
    def all_points(self) -> Sequence[CurvePoint]:
        """All of the curve: an end within the stretch of the newest tick takes that one's place."""
        if self.end is None:
            return self.points
        return [*(one for one in self.points if one.stamp < self.end.stamp), self.end]

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """What it holds, at the newest closes that its strategy was given."""
        return self.ledger.holdings(self.closes)

    def trades(self) -> tuple[LiveTrade, ...]:
        """Its closed round trips."""
        return trades_of(self.ledger, self.fills)

    def trade_rows(self, run_id: str) -> list[Row]:
        """They, as they are listed."""
        instruments = {one.symbol: one.instrument for one in self.setup.symbols}
        return trade_rows(run_id, self.trades(), self.given, instruments, self.at_close)

    def stats(self) -> Stats:
        """Those of a backtest that make sense of it; none before the first tick."""
        return stats_of(self.setup, self.all_points, self.setup.cash, self.trades(), self.fills)


def stats_of(
    setup: RunSetup,
    points: Sequence[CurvePoint],
    initial: Decimal,
    trades: Sequence[LiveTrade],
    fills: Sequence[LiveFill],
) -> Stats:
    """The statistics of a stretch of a run, which it began with `initial` of equity; none where it has no points."""
    if not points:
        return {}
    slippage = slippage_of(fills)
    instruments = [one.instrument for one in setup.symbols]
    calendars = {calendar_of(one) for one in instruments}
    sessions = sessions_of(setup, points)
    return statistics(
        session=sessions,
        equity=np.array([float(one.equity) for one in points]),
        initial_equity=float(initial),
        trades=_columns(trades),
        sessions_per_year=max(one.periods_per_year for one in instruments),
        sessions_covered=sessions_covered(calendars, int(sessions[0]), int(sessions[-1])),
        benchmark=None,
        exposed=np.array([one.is_invested for one in points]),
        traded_value=float(sum((one.quantity * one.price for one in fills), Decimal(0))),
        commission=float(sum((one.commission for one in fills), Decimal(0))),
        slippage=0.0 if slippage is None else float(slippage),
    ) | {"slippage": None if slippage is None else float(slippage)}


def sessions_of(setup: RunSetup, points: Sequence[CurvePoint]) -> NDArray[np.int32]:
    """The session of each point, by the calendar of the run's first symbol: days since 1970, never falling."""
    calendar, daily = calendar_of(setup.symbols[0].instrument), Timeframe.parse(setup.timeframe).is_daily
    stamps = np.array([one.stamp for one in points], dtype=np.int64)
    return np.maximum.accumulate(calendar.session_of(stamps, daily=daily))


def slippage_of(fills: Sequence[LiveFill]) -> Decimal | None:
    """What fills lost to it in all; None where a venue did not say it of each."""
    lost = [None if one.slippage is None else one.slippage * one.quantity for one in fills]
    known = [one for one in lost if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(lost) else None


class LiveResults:
    """Reads them. What was folded of a run's ticks is kept, and goes on from there."""

    def __init__(self, *, store: TradingStore, aside: Aside) -> None:
        self._store, self._aside = store, aside
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def find(self, run: Run, account: str) -> LiveResult | None:
        """What a run has come to, that trades in an account, or did; None before it has begun. Raises Unavailable."""
        kept = self._kept.get(run.id) or await self._begun(run.id)
        if kept is None:
            return None
        self._kept[run.id] = kept
        self._kept.move_to_end(run.id)
        if len(self._kept) > FOLDS_MAX:
            self._kept.popitem(last=False)
        async with kept.lock:
            try:
                known = await self._read_on(run.id, kept)
            except BaseException:  # work that was given up may go on: nobody reads what it makes
                self._kept.pop(run.id, None)
                raise
            setup = kept.fold.setup
            found = {one.symbol: kept.fold.close(one.symbol) for one in setup.symbols}
            closes = {symbol: close for symbol, close in found.items() if close is not None}
            ledger = await self._ledger(run.id, account, setup.cash, known.fills)
            has_more = bool(kept.points) and len(known.fills) > kept.fold.fills
            return LiveResult(
                setup=setup,
                points=tuple(kept.points),
                end=_end(setup, kept.points[-1], ledger, known.fills[-1], closes) if has_more else None,
                flows=tuple(kept.fold.flows),
                ledger=ledger,
                fills=known.fills,
                closes=closes,
                given=kept.bars.given(),
                orders=known.orders,
                altered=kept.altered,
            )

    async def warmups(self, found: LiveResult) -> Mapping[str, bytes]:
        """The bars before a run, by symbol, as they are kept. Raises DataError and Unavailable."""
        return await warmups_of(self._store, found.setup)

    async def _begun(self, run_id: str) -> _Kept | None:
        async for tick in self._store.ticks(run_id):
            setup = decode_setup(tick.inputs)
            altered = tick if tick.is_altered else None
            return _Kept(fold=CurveFold(setup), bars=GivenBarsFold(setup), altered=altered)
        return None

    async def _read_on(self, run_id: str, kept: _Kept) -> KnownOrders:
        """Take in the ticks that are new. Orders are read after them: a tick tells of none that was not there."""
        ticks = [tick async for tick in self._store.ticks(run_id, after=kept.number)]
        known = await self._store.of_run(run_id)
        orders = {one.number: Ordered(symbol=one.symbol, side=one.side) for one in known.orders}
        for begin in range(0, len(ticks), TICKS_AT_ONCE):
            await self._aside(partial(_take, kept, ticks[begin : begin + TICKS_AT_ONCE], orders))
        return known

    async def _ledger(self, run_id: str, account: str, cash: Decimal, fills: Sequence[LiveFill]) -> SubLedger:
        kept = await self._store.state(f"ledger {account} {run_id}")
        if kept is None:
            return SubLedger.opened(run_id, cash).booked(*fills)
        return SubLedger.rebuilt(kept, fills)


def _take(kept: _Kept, ticks: Sequence[RecordedTick], orders: Mapping[int, Ordered]) -> None:
    decoded = [decode_inputs(tick.inputs) for tick in ticks]
    kept.bars.take(decoded)
    for tick, inputs in zip(ticks, decoded, strict=True):
        point = kept.fold.take(inputs, orders)
        kept.number = tick.number
        if kept.altered is None and tick.is_altered:
            kept.altered = tick
        if point is None:
            continue
        if kept.points and kept.points[-1].stamp == point.stamp:
            kept.points.pop()
        kept.points.append(point)


def _end(
    setup: RunSetup, newest: CurvePoint, ledger: SubLedger, fill: LiveFill, closes: Mapping[str, Decimal]
) -> CurvePoint:
    """Where a run stands with fills that no tick has told of, up to this one. Its stamp is the fill's instant; of bars
    of whole sessions, the session's."""
    time = instant_of(fill.filled_at)
    stamp = time
    if Timeframe.parse(setup.timeframe).is_daily:
        calendar = calendar_of(setup.symbols[0].instrument)
        stamp = int(calendar.session_of(np.array([time], dtype=np.int64), daily=False)[0]) * DAY
    return CurvePoint(
        stamp=max(stamp, newest.stamp),
        time=max(time, newest.time),
        equity=ledger.equity(closes),
        cash=ledger.settled_cash(closes),
        is_invested=bool(ledger.held),
    )


def _columns(trades: Sequence[LiveTrade]) -> TradeColumns:
    return TradeColumns(
        pnl=np.array([float(one.pnl) for one in trades]),
        return_=np.array([one.return_ for one in trades]),
        entry_time=np.array([instant_of(one.entry_time) for one in trades], dtype=np.int64),
        exit_time=np.array([instant_of(one.exit_time) for one in trades], dtype=np.int64),
    )
