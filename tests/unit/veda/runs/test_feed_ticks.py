"""When a run's ticks are handed over, in virtual time: what has come counts, however late it is looked at."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from tests.unit.veda.feed.feeding import at, minute
from tests.virtual_wall import VirtualWall
from weaver.model.calendar.instants import time_of
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.instrument import Instrument
from weaver.model.market.timeframe import Timeframe
from weaver.veda.exchange.market import LiveBar, ReplayEnded, TickEnded
from weaver.veda.exchange.port import BarMessage
from weaver.veda.feed.ticks import FeedTick, TickBuilder
from weaver.veda.runs.feed_ticks import FeedTicks, at_once

NOON = at("2024-03-04 17:00")
MINUTE = 60_000_000_000
SYMBOLS = ("AAA", "BBB")


class Feed:
    """Messages, each on its way for so many turns of the loop after it was sent."""

    def __init__(self, turns: int = 0) -> None:
        self._turns, self._queue = turns, asyncio.Queue[BarMessage]()
        self.asked = 0

    def send(self, *messages: BarMessage) -> None:
        for message in messages:
            self._queue.put_nowait(message)

    async def read(self) -> AsyncIterator[BarMessage]:
        while True:
            self.asked += 1
            message = await self._queue.get()
            for _ in range(self._turns):
                await asyncio.sleep(0)
            yield message


class Scene:
    """One run's ticks of two symbols' minutes."""

    def __init__(self, *, is_replay: bool = False, turns: int = 0) -> None:
        self.wall, self.feed, self.heard, self.settled = VirtualWall(time_of(NOON)), Feed(turns), list[LiveBar](), 0
        instruments = {symbol: Instrument.default(symbol, AssetClass.STOCK) for symbol in SYMBOLS}
        timeframe = Timeframe.parse("1m")
        builder = (
            TickBuilder(instruments, timeframe, after=NOON, waits=None)
            if is_replay
            else TickBuilder(instruments, timeframe, after=NOON)
        )
        self.ticks = FeedTicks(
            self.feed.read(),
            builder,
            now=self.wall.now,
            wall=self.wall,
            heard=self.heard.append,
            settled=self._settles if is_replay else at_once,
        )

    async def _settles(self) -> None:
        self.settled += 1

    async def until(self, seconds: float) -> None:
        """So long after noon."""
        await self.wall.sleep(seconds - (self.wall.now() - time_of(NOON)).total_seconds())

    def block(self, seconds: float) -> None:
        """Hold the loop up: time passes, and nobody has a turn."""
        self.wall._now += timedelta(seconds=seconds)

    async def next(self) -> FeedTick:
        tick = await self.ticks.next()
        assert tick is not None
        return tick


def play(part: Callable[[Scene], Awaitable[None]], *, is_replay: bool = False, turns: int = 0) -> None:
    async def whole() -> None:
        scene = Scene(is_replay=is_replay, turns=turns)
        async with asyncio.timeout(60):
            await part(scene)
        await scene.ticks.close()

    asyncio.run(whole())


def symbols_of(tick: FeedTick) -> list[str]:
    return [bar.symbol for bar in tick.bars]


def test_tick_whose_bars_have_all_come_is_there_at_once() -> None:
    async def part(scene: Scene) -> None:
        await scene.until(60.2)
        scene.feed.send(minute("BBB", NOON), minute("AAA", NOON))
        assert symbols_of(await scene.next()) == ["AAA", "BBB"]
        assert scene.wall.now() == time_of(NOON) + timedelta(seconds=60.2)
        assert [bar.symbol for bar in scene.heard] == ["BBB", "AAA"]

    play(part)


def test_symbol_that_stays_away_is_left_out_when_its_wait_is_over() -> None:
    async def part(scene: Scene) -> None:
        await scene.until(60.2)
        scene.feed.send(minute("AAA", NOON))
        assert symbols_of(await scene.next()) == ["AAA"]
        assert scene.wall.now() == time_of(NOON) + timedelta(seconds=65)

    play(part)


@pytest.mark.parametrize("turns", [0, 5])
def test_bars_that_waited_or_were_on_their_way_while_nobody_had_a_turn_count(turns: int) -> None:
    async def part(scene: Scene) -> None:
        await scene.until(60.2)
        scene.feed.send(minute("AAA", NOON), minute("BBB", NOON))
        await scene.next()
        scene.feed.send(minute("AAA", NOON + MINUTE), minute("BBB", NOON + MINUTE), minute("AAA", NOON + 2 * MINUTE))
        scene.block(200)
        assert symbols_of(await scene.next()) == ["AAA", "BBB"]
        assert symbols_of(await scene.next()) == ["AAA"]
        assert scene.ticks.take_late() == ()

    play(part, turns=turns)


def test_bar_that_comes_after_its_tick_is_late() -> None:
    async def part(scene: Scene) -> None:
        await scene.until(60.2)
        scene.feed.send(minute("AAA", NOON))
        await scene.next()
        scene.feed.send(minute("BBB", NOON), minute("AAA", NOON + MINUTE), minute("BBB", NOON + MINUTE))
        assert symbols_of(await scene.next()) == ["AAA", "BBB"]
        assert [(late.bar.symbol, late.is_correction) for late in scene.ticks.take_late()] == [("BBB", False)]

    play(part)


def test_replay_is_asked_for_nothing_while_a_tick_is_due() -> None:
    async def part(scene: Scene) -> None:
        first, second = TickEnded(time=time_of(NOON + MINUTE)), TickEnded(time=time_of(NOON + 2 * MINUTE))
        scene.feed.send(minute("AAA", NOON), minute("BBB", NOON), first, minute("AAA", NOON + MINUTE), second)
        scene.block(300)
        assert symbols_of(await scene.next()) == ["AAA", "BBB"]
        assert (scene.feed.asked, scene.settled) == (3, 3)
        assert symbols_of(await scene.next()) == ["AAA"]
        assert (scene.feed.asked, scene.settled) == (5, 5)

    play(part, is_replay=True)


def test_replay_waits_for_its_word_however_late_it_is() -> None:
    async def part(scene: Scene) -> None:
        scene.feed.send(minute("AAA", NOON))
        coming = asyncio.ensure_future(scene.next())
        await scene.until(600)
        assert not coming.done()
        scene.feed.send(minute("BBB", NOON), TickEnded(time=time_of(NOON + MINUTE)))
        assert symbols_of(await coming) == ["AAA", "BBB"]

    play(part, is_replay=True)


def test_end_of_a_replay_is_the_end_of_its_ticks() -> None:
    async def part(scene: Scene) -> None:
        scene.feed.send(minute("AAA", NOON), ReplayEnded(time=time_of(NOON + MINUTE)))
        assert symbols_of(await scene.next()) == ["AAA"]
        assert await scene.ticks.next() is None

    play(part, is_replay=True)
