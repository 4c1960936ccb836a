"""The exchange's stream of minutes, as one process hears it: late, twice, corrected, cut, and mute."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.simulation.chaos import Chaos
from tests.simulation.venue.tape import Tape
from tests.simulation.world import START, World
from weaver.model.calendar.instants import instant_of
from weaver.model.errors import Unavailable
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, LiveBar
from weaver.veda.exchange.orders import Source
from weaver.veda.exchange.port import BarMessage

MUTE_SECONDS = 40.0
LATE_SECONDS = 12.0
BARS = Feed.STOCK_BARS


class BarLine:
    """A process's; `wait` raises where the process is gone, `ask` is a question to the exchange."""

    def __init__(
        self,
        world: World,
        chaos: Chaos,
        tape: Tape,
        *,
        wait: Callable[[float], Awaitable[None]],
        ask: Callable[[Callable[[], list[LiveBar]]], Awaitable[list[LiveBar]]],
    ) -> None:
        self._world, self._chaos, self._tape, self._wait, self._ask = world, chaos, tape, wait, ask
        self._waiting: list[LiveBar] = []
        self._woken: asyncio.Future[None] | None = None
        self._is_up = False
        self._number = 0
        """Of the connection: what was sent on one before is lost with it."""
        self._muted_until = 0
        self._cut_at: datetime | None = None

    def hear(self, bar: LiveBar) -> None:
        """The exchange tells of a minute."""
        chance, chaos = self._world.faults, self._chaos
        if not self._is_up or self._world.micros < self._muted_until:
            return
        if chance.random() < chaos.bars_cut:
            self._cut(self._number)
            return
        if chance.random() < chaos.bars_mute:
            self._muted_until = self._world.micros + round(MUTE_SECONDS * 1e6)
            number = self._number
            self._world.after(MUTE_SECONDS, lambda: self._cut(number))
            return
        self._send(bar)
        if chance.random() < chaos.bars_again:
            self._send(bar)
        if chance.random() < chaos.bars_corrected:
            self._send(replace(bar, close=bar.low, is_correction=True), later=chance.random() * 90)

    def _send(self, bar: LiveBar, *, later: float = 0.0) -> None:
        chance = self._world.faults
        delay = later + chance.random() * (LATE_SECONDS if chance.random() < self._chaos.bars_late else 0.5)
        number = self._number
        self._world.after(delay, lambda: self._put(bar, number))

    def _put(self, bar: LiveBar, number: int) -> None:
        if self._is_up and number == self._number:
            self._waiting.append(bar)
            self._wake()

    def _cut(self, number: int) -> None:
        if self._is_up and number == self._number:
            since = self._muted_until / 1e6 - MUTE_SECONDS if self._muted_until else self._world.seconds
            self._is_up, self._cut_at, self._muted_until = False, START + timedelta(seconds=since), 0
            self._wake()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def messages(self) -> AsyncIterator[BarMessage]:
        """Without end, reconnected and repaired."""
        since: datetime | None = None
        while True:
            await self._wait(self._world.faults.random() * 2)
            self._is_up, self._number = True, self._number + 1
            async for message in self._restored(since):
                yield message
            while self._is_up or self._waiting:
                if self._waiting:
                    yield self._waiting.pop(0)
                    continue
                self._woken = asyncio.get_running_loop().create_future()
                await self._woken
            since = self._cut_at
            assert since is not None
            yield FeedStale(feed=BARS, since=since, reason="the line was cut")
            await self._wait(self._world.faults.random() * 20)

    async def _restored(self, since: datetime | None) -> AsyncIterator[BarMessage]:
        """What a gap held, before anything newer."""
        if since is None:
            yield FeedRestored(feed=BARS, since=None)
            return
        while True:
            try:
                missed = await self._ask(lambda: self._tape.since(instant_of(since) - 60_000_000_000))
            except Unavailable as error:
                yield FeedRestored(feed=BARS, since=since, is_complete=False, reason=str(error))
                await self._wait(1.0)
                continue
            newest = max((one.end for one in missed), default=0)
            self._waiting = [one for one in self._waiting if one.end > newest]
            for bar in missed:
                yield replace(bar, source=Source.POLL)
            yield FeedRestored(feed=BARS, since=since, repaired=len(missed))
            return
