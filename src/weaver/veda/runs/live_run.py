"""One run on paper or live: tick after tick, each recorded with what it led to before anything is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from weaver.events.payloads import MarketBarCorrected, MarketBarLate, Payload, StrategyLog
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import RunFailed, Unavailable, WorkerLost
from weaver.model.market.timeframe import Timeframe
from weaver.model.orders.action_bytes import decode_action
from weaver.model.orders.actions import FetchWindow
from weaver.veda.exchange.setup import Wall
from weaver.veda.inputs import InputBar, LateBar, TickInputs, WindowBars, WindowFailed
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.ports import Decider, Deciders, Decision, RecordedTick, TradingStore
from weaver.veda.runs.news import News
from weaver.veda.runs.ports import CarriesOut, Tick, TickSource, WindowSource
from weaver.veda.runs.recorded.codec import encode_inputs
from weaver.veda.runs.recorded.replaying import replay, warmup_digests
from weaver.veda.runs.translating import Translator
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace

LATE_SECONDS = 10.0
"""A tick that could not be written down for so long, by the venue's time, sends no entries any more."""
AGAIN_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
_log = structlog.get_logger(__name__)
TOO_LATE = f"not sent within {LATE_SECONDS:g} s: the database was away when it was decided"


class Beginning(Protocol):
    """What a run begins with."""

    @property
    def setup(self) -> bytes: ...
    @property
    def warmups(self) -> Mapping[str, bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A run's ticks are over: its strategy ended it, or its replay has come to its end."""

    reason: str | None
    """The strategy's own; None at the end of a replay."""


class LiveRun:
    """The ticks of one run. `begin` or `resume` first, then `through`; whatever ends it, `close`."""

    def __init__(
        self,
        run_id: str,
        *,
        prepared: Beginning | None,
        deciders: Deciders,
        orders: CarriesOut,
        store: TradingStore,
        ticks: TickSource,
        windows: WindowSource,
        translator: Translator,
        news: News,
        wall: Wall,
        now: Callable[[], datetime],
        start: int,
        corr_id: str,
        halted: Callable[[str], Awaitable[None]],
        resumed: Callable[[], Awaitable[None]],
    ) -> None:
        """prepared: what a new run begins with; None: it goes on. now: the venue's time, which stands still in a replay
        until it is asked for bars. start: the run's, ns. halted, resumed: told that the run stands still, and why; and
        that it goes on."""
        self.run_id, self._prepared, self._start, self._corr_id = run_id, prepared, start, corr_id
        self._deciders, self._orders, self._store = deciders, orders, store
        self._ticks, self._windows, self._translator, self._news = ticks, windows, translator, news
        self._wall, self._now, self._halted, self._resumed = wall, now, halted, resumed
        self._decider: Decider | None = None
        self._number, self._time = 0, start
        self.orders = 0
        """How many it has placed."""
        self._missed: tuple[InputBar, ...] = ()
        self._asked: list[tuple[int, FetchWindow]] = []
        self._stop_reason: str | None = None
        self._is_winding_up = asyncio.Event()

    async def begin(self) -> None:
        """Start the strategy, and carry out what it asks for in on_start. Raises StrategyError."""
        assert self._prepared is not None
        setup, warmups = self._prepared.setup, self._prepared.warmups
        self._decider = await self._deciders.new(self.run_id)
        decision = await self._decider.start(setup, warmups)
        await self._settle(self._start, setup, decision, blobs=tuple(warmups.values()))

    async def resume(self, recorded: Sequence[RecordedTick]) -> None:
        """Bring the strategy to where it stood, by all that was recorded, without sending anything. Raises RunFailed
        where it decides otherwise than it did."""
        last = await self._brought_back(recorded)
        self._number = last.number
        asked = self._translator.asked([decode_action(one) for one in last.actions], instant_of(last.time))
        self._asked = [(instant_of(last.time), request) for request in asked.windows]

    async def _brought_back(self, ticks: Sequence[RecordedTick]) -> RecordedTick:
        """A new process for the strategy, which has seen all that was recorded."""
        if not ticks:
            raise RunFailed("nothing was recorded of the run: it had not begun")
        digests = warmup_digests(ticks[0].inputs)
        found = {digest: await self._store.blob(digest) for digest in digests}
        if missing := [digest for digest, content in found.items() if content is None]:
            raise RunFailed(f"the bars before the run are not in the store any more ({', '.join(missing)})")
        warmups = {digest: content for digest, content in found.items() if content is not None}
        try:
            await self._replayed(ticks, warmups)
        except (TimeoutError, WorkerLost) as error:
            _log.warning("replay_begun_anew", run_id=self.run_id, error=str(error))
            try:
                await self._replayed(ticks, warmups)
            except TimeoutError as again:
                raise WorkerLost(
                    f"the strategy missed its deadline twice while it was brought back: {again}"
                ) from again
        return ticks[-1]

    async def _replayed(self, ticks: Sequence[RecordedTick], warmups: Mapping[str, bytes]) -> None:
        await self.close()
        self._decider = await self._deciders.new(self.run_id)
        told = await replay(self._decider, _each(ticks), warmups)
        if told.difference is not None:
            why = "" if told.difference.is_altered else ", as its strategy decides otherwise than it did"
            raise RunFailed(f"the run cannot go on{why}: {told.difference}")

    def miss(self, bars: Sequence[InputBar]) -> None:
        """Bars that closed while the run was down: they enter the series with the next tick."""
        self._missed = tuple(bars)

    def wind_up(self) -> None:
        """Have no further tick begun: `through` returns when the one that is being dealt with is done."""
        self._is_winding_up.set()

    async def through(self) -> Ending:
        """Tick after tick to the end. Raises StrategyError, WorkerLost and RunFailed."""
        while self._stop_reason is None:
            tick = await self._next()
            if tick is None:
                return Ending(reason=None)
            await self._tick(tick)
        return Ending(reason=self._stop_reason)

    async def _next(self) -> Tick | None:
        coming = asyncio.ensure_future(self._ticks.next())
        winding_up = asyncio.ensure_future(self._is_winding_up.wait())
        try:
            await asyncio.wait({coming, winding_up}, return_when=asyncio.FIRST_COMPLETED)
            return None if winding_up.done() else coming.result()
        finally:
            for task in (coming, winding_up):
                task.cancel()
            await asyncio.gather(coming, winding_up, return_exceptions=True)

    async def last_word(self) -> None:
        """Call on_stop, and keep what it logs."""
        if self._decider is None:
            return
        lines = (await self._decider.stop()).journal
        said = [StrategyLog(run_id=self.run_id, text=line, time=time_of(self._time)) for line in lines]
        if said:
            await self._orders.carry_out((), corr_id=self._corr_id, says=said)

    async def close(self) -> None:
        """End the strategy's process."""
        if self._decider is not None:
            await self._decider.close()

    # A tick

    async def _tick(self, tick: Tick) -> None:
        inputs = TickInputs(
            number=self._number + 1,
            time=tick.time,
            updates=self._news.take(),
            windows=await self._answers(tick.time),
            bars=(*self._missed, *tick.bars),
            late=self._ticks.take_late(),
        )
        data = encode_inputs(inputs)
        decision = await self._decided(data)
        self._missed = ()
        await self._settle(tick.time, data, decision, number=inputs.number, late=inputs.late)

    async def _answers(self, now: int) -> tuple[WindowBars | WindowFailed, ...]:
        asked, self._asked = self._asked, []
        return tuple([await self._windows.answer(request, at) for at, request in asked if at < now])

    async def _decided(self, data: bytes) -> Decision:
        """What the strategy makes of it. One that hangs or dies is brought back once, by what was recorded."""
        assert self._decider is not None
        try:
            return await self._decider.decide(data)
        except (TimeoutError, WorkerLost) as error:
            reason = str(error) or "the strategy missed its deadline"
            await self._halted(f"{reason}: its process was ended, and is brought back")
        await self._brought_back([tick async for tick in self._store.ticks(self.run_id)])
        try:
            decision = await self._decider.decide(data)
        except TimeoutError as error:
            raise WorkerLost(f"the strategy missed its deadline twice at one tick: {error}") from error
        await self._resumed()
        return decision

    async def _settle(
        self,
        time: int,
        data: bytes,
        decision: Decision,
        *,
        number: int = 0,
        blobs: Sequence[bytes] = (),
        late: Sequence[LateBar] = (),
    ) -> None:
        """Write down what a tick was and led to, and have it carried out."""
        record = RecordedTick(
            run_id=self.run_id, number=number, time=time_of(time), inputs=data, actions=decision.actions
        )
        asked = self._translator.asked([decode_action(one) for one in decision.actions], time)
        lines = [StrategyLog(run_id=self.run_id, text=line, time=time_of(time)) for line in decision.journal]
        self._news.wish(_wished(asked.intents))
        told = [_told_late(self.run_id, one, time) for one in late]
        await self._carried_out(asked.intents, record, [*told, *asked.requests, *lines], blobs)
        self._number, self._time = number, time
        self.orders += sum(isinstance(intent, Place | Replace) for intent in asked.intents)
        self._asked += [(time, request) for request in asked.windows]
        self._stop_reason = asked.stop_reason

    async def _carried_out(
        self, intents: Sequence[Intent], record: RecordedTick, says: Sequence[Payload], blobs: Sequence[bytes]
    ) -> None:
        """As long as the database does not answer, again and again: whether it took the tick is asked first."""
        begun, tries = self._now(), 0
        while True:
            try:
                if not tries or not await self._is_recorded(record):
                    await self._orders.carry_out(intents, corr_id=self._corr_id, tick=record, says=says, blobs=blobs)
                return
            except Unavailable:
                await self._wall.sleep(AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)])
                tries += 1
                if (self._now() - begun).total_seconds() > LATE_SECONDS:
                    intents = [_without_entries(intent) for intent in intents]

    async def _is_recorded(self, record: RecordedTick) -> bool:
        async for found in self._store.ticks(self.run_id, after=record.number - 1):
            return found == record
        return False


def _wished(intents: Sequence[Intent]) -> Iterator[str]:
    """The orders that are to end."""
    for intent in intents:
        match intent:
            case Cancel(order_id=order_id) | Replace(old_id=order_id):
                yield order_id


def _told_late(run_id: str, late: LateBar, time: int) -> Payload:
    bar, type_ = late.bar, MarketBarCorrected if late.is_correction else MarketBarLate
    return type_(
        run_id=run_id,
        symbol=bar.symbol,
        timeframe=str(Timeframe(bar.end - bar.start)),
        timestamp=time_of(bar.start),
        open=bar.open,
        high=bar.high,
        low=bar.low,
        close=bar.close,
        volume=bar.volume,
        time=time_of(time),
    )


def _without_entries(intent: Intent) -> Intent:
    """The intent with an order that may add to a position marked as too late, so that it is kept and not sent."""
    match intent:
        case Place(order=order) if not order.reduces:
            return replace(intent, order=_too_late(order))
        case Replace(order=order) if not order.reduces:
            return replace(intent, order=_too_late(order))
        case _:
            return intent


def _too_late(order: LiveOrder) -> LiveOrder:
    return replace(order, cancel_asked=TOO_LATE)


async def _each(ticks: Sequence[RecordedTick]) -> AsyncIterator[RecordedTick]:
    for tick in ticks:
        yield tick
