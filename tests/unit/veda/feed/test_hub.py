"""One stream for all runs: as they come and go, over gaps, and with a run that is slow; in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.veda.feed.feeding import minute
from tests.unit.veda.feed.market import FakeMarket
from tests.virtual_wall import START, VirtualWall
from weaver.model.calendar.instants import instant_of, time_of
from weaver.model.errors import Unavailable
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.timeframe import MINUTE
from weaver.veda.exchange.market import Feed, FeedRestored, FeedStale, HaltChanged, LiveBar
from weaver.veda.exchange.orders import Source
from weaver.veda.feed import subscription as subscription_module
from weaver.veda.feed.hub import Change, Hub
from weaver.veda.feed.subscription import Subscription

BEGIN = instant_of(START)
UP = FeedRestored(feed=Feed.STOCK_BARS, since=None)
STOCK, PAIR = AssetClass.STOCK, AssetClass.CRYPTO


class Scene:
    """A hub that runs, its market, and what it told."""

    def __init__(self) -> None:
        self.wall = VirtualWall()
        self.market = FakeMarket(self.wall, page=3)
        self.told: list[Change] = []
        self.hub = Hub(self.market, self.wall, told=self.told.append)

    async def settle(self) -> None:
        """Everybody does what there is to do; a second passes."""
        await self.wall.sleep(1)

    async def up(self, *feeds: Feed) -> None:
        """The newest stream is there."""
        await self.settle()
        self.market.say(*(FeedRestored(feed=feed, since=None) for feed in feeds or (Feed.STOCK_BARS,)))
        await self.wall.sleep(3)


class Run:
    """A reader of a subscription, which takes what comes."""

    def __init__(self, subscription: Subscription) -> None:
        self.heard: list[Any] = []
        self.ended = False
        self._task = asyncio.create_task(self._read(subscription))

    async def _read(self, subscription: Subscription) -> None:
        async for message in subscription.messages():
            self.heard.append(message)
        self.ended = True

    @property
    def bars(self) -> list[tuple[str, int]]:
        """Minutes since the beginning."""
        return [(one.symbol, (one.start - BEGIN) // MINUTE) for one in self.heard if isinstance(one, LiveBar)]

    @property
    def changes(self) -> list[str]:
        return [type(one).__name__ for one in self.heard if not isinstance(one, LiveBar)]

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def running(scene: Scene) -> AsyncIterator[None]:
    task = asyncio.create_task(scene.hub.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert scene.market.open == 0


def play(part: Callable[[Scene], Awaitable[None]]) -> Scene:
    scene = Scene()

    async def go() -> None:
        async with running(scene):
            await part(scene)

    asyncio.run(go())
    return scene


def bar(symbol: str, number: int) -> LiveBar:
    return minute(symbol, BEGIN + number * MINUTE, 100.0 + number)


def test_each_run_hears_of_its_own_symbols_and_feeds() -> None:
    async def part(scene: Scene) -> None:
        halt = HaltChanged(symbol="BBB", is_halted=True, reason="news", time=START)
        cut = FeedStale(feed=Feed.CRYPTO_BARS, since=START, reason="cut")
        with (
            scene.hub.subscribe({"AAA": STOCK, "BTC/USD": PAIR}) as first,
            scene.hub.subscribe({"BBB": STOCK, "AAA": STOCK}) as second,
        ):
            one, other = Run(first), Run(second)
            await scene.up(Feed.STOCK_BARS, Feed.CRYPTO_BARS)
            scene.market.say(bar("AAA", 0), bar("BBB", 0), bar("BTC/USD", 0), halt, cut)
            await scene.settle()
            assert one.bars == [("AAA", 0), ("BTC/USD", 0)]
            assert other.bars == [("AAA", 0), ("BBB", 0)]
            assert one.changes == ["FeedRestored", "FeedRestored", "FeedStale"]
            assert other.changes == ["FeedRestored", "HaltChanged"]
            assert scene.hub.feeds == {Feed.STOCK_BARS: True, Feed.CRYPTO_BARS: False}
            assert scene.told == [UP, FeedRestored(feed=Feed.CRYPTO_BARS, since=None), halt, cut]
        await scene.settle()
        assert scene.told[-1] == replace(halt, is_halted=False, reason="nobody reads of it any more")

    assert play(part).market.streams == [("AAA", "BBB", "BTC/USD")]


def test_run_with_known_symbols_joins_the_stream_and_learns_how_things_stand() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK, "BBB": STOCK, "BTC/USD": PAIR}):
            await scene.up(Feed.STOCK_BARS, Feed.CRYPTO_BARS)
            cut = FeedStale(feed=Feed.CRYPTO_BARS, since=START, reason="cut")
            halt = HaltChanged(symbol="AAA", is_halted=True, reason="news", time=START)
            other = HaltChanged(symbol="BBB", is_halted=True, reason="news", time=START)
            scene.market.say(cut, halt, other, HaltChanged(symbol="BBB", is_halted=False, reason="", time=START))
            await scene.settle()
            with scene.hub.subscribe({"AAA": STOCK, "BTC/USD": PAIR}) as joined:
                run = Run(joined)
                await scene.settle()
                assert run.heard == [UP, cut, halt]

    assert len(play(part).market.streams) == 1


def test_other_symbols_begin_the_stream_anew_and_what_came_between_is_asked_for() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK}) as first:
            run = Run(first)
            await scene.up()
            scene.market.say(bar("AAA", 0))
            await scene.wall.sleep(60)
            with scene.hub.subscribe({"BBB": STOCK}) as second, scene.hub.subscribe({"CCC": STOCK}):
                other = Run(second)
                await scene.wall.sleep(240)
                assert [one.start for one in await _minutes(scene, "AAA", 5)]
                await scene.up()
                scene.market.say(bar("AAA", 5), bar("BBB", 5))
                await scene.settle()
                assert run.changes == ["FeedRestored", "FeedStale", "FeedRestored"]
                assert run.bars == [("AAA", number) for number in range(6)]
                assert [one.source for one in run.heard if isinstance(one, LiveBar)] == [
                    Source.STREAM, *[Source.POLL] * 4, Source.STREAM,
                ]  # fmt: skip
                restored = run.heard[-2]
                assert isinstance(restored, FeedRestored)
                assert (restored.repaired, restored.since) == (4, START + timedelta(seconds=64, milliseconds=200))
                assert other.bars == [("BBB", 5)]

    assert play(part).market.streams == [("AAA",), ("AAA", "BBB", "CCC")]


async def _minutes(scene: Scene, symbol: str, count: int) -> list[LiveBar]:
    scene.market.minutes[symbol] = [bar(symbol, number) for number in range(count)]
    return scene.market.minutes[symbol]


def test_minute_that_ends_before_the_stream_is_there_is_asked_for() -> None:
    async def part(scene: Scene) -> None:
        await scene.wall.sleep(50)
        with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
            run = Run(subscribed)
            await _minutes(scene, "AAA", 3)
            await scene.wall.sleep(12)
            await scene.up()
            assert run.bars == [("AAA", 0)]
            assert isinstance(run.heard[-1], FeedRestored)

    play(part)


def test_run_that_joins_is_not_given_what_ended_before_it_came() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK}) as first:
            run = Run(first)
            await scene.up()
            await scene.wall.sleep(130)
            await _minutes(scene, "AAA", 9)
            with scene.hub.subscribe({"AAA": STOCK, "BBB": STOCK}) as second:
                joined = Run(second)
                await scene.wall.sleep(60)
                await scene.up()
                assert run.bars == [("AAA", 0), ("AAA", 1), ("AAA", 2)]
                assert joined.bars == [("AAA", 2)]
                assert joined.changes == ["FeedStale", "FeedRestored"]

    assert len(play(part).market.streams) == 2


def test_nobody_left_ends_the_stream_and_the_next_run_begins_one() -> None:
    async def part(scene: Scene) -> None:
        for _ in range(2):
            with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
                run = Run(subscribed)
                await scene.up()
                assert scene.market.open == 1
            await scene.settle()
            assert (scene.market.open, run.ended, run.changes) == (0, True, ["FeedRestored"])

    assert play(part).market.streams == [("AAA",), ("AAA",)]


def test_run_that_leaves_cuts_nobody_elses_stream() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
            run = Run(subscribed)
            with scene.hub.subscribe({"BBB": STOCK}):
                await scene.up()
            await scene.wall.sleep(10)
            scene.market.say(bar("AAA", 0))
            await scene.settle()
            assert (run.bars, run.changes) == ([("AAA", 0)], ["FeedRestored"])

    assert len(play(part).market.streams) == 1


def test_stream_that_fails_is_begun_again_after_a_while_that_grows() -> None:
    async def part(scene: Scene) -> None:
        began = []
        with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
            run = Run(subscribed)
            await scene.up()
            for number in range(8):
                scene.market.say(Unavailable("gone"))
                await scene.wall.sleep(0.1)
                assert scene.hub.feeds == {Feed.STOCK_BARS: False}
                streams = len(scene.market.streams)
                before = scene.wall.now()
                while len(scene.market.streams) == streams:
                    await scene.wall.sleep(0.5)
                began.append(round((scene.wall.now() - before).total_seconds()))
                if number == 5:
                    await scene.up()
                    assert scene.hub.feeds == {Feed.STOCK_BARS: True}
            assert run.changes == ["FeedRestored", "FeedStale", "FeedRestored", "FeedStale"]
            stale = next(one for one in run.heard if isinstance(one, FeedStale))
            assert stale.reason == "gone"
        assert began == [1, 2, 4, 8, 16, 30, 1, 2]

    play(part)


def test_repair_that_fails_begins_the_stream_again() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
            run = Run(subscribed)
            await scene.up()
            await scene.wall.sleep(300)
            await _minutes(scene, "AAA", 3)
            scene.market.say(Unavailable("gone"))
            await scene.wall.sleep(5)
            scene.market.is_away = True
            await scene.up()
            assert run.changes == ["FeedRestored", "FeedStale"]
            scene.market.is_away = False
            await scene.wall.sleep(5)
            await scene.up()
            assert (run.changes[-1], run.bars) == ("FeedRestored", [("AAA", number) for number in range(3)])

    assert len(play(part).market.streams) == 3


def test_adapter_that_is_closed_ends_all_parts() -> None:
    async def part(scene: Scene) -> None:
        with scene.hub.subscribe({"AAA": STOCK}) as subscribed:
            run = Run(subscribed)
            await scene.up()
            scene.market.say(None)
            await scene.settle()
            assert run.ended
        with scene.hub.subscribe({"AAA": STOCK}) as late:
            assert [message async for message in late.messages()] == []

    play(part)


def test_run_that_is_slow_is_stale_and_then_asks_for_what_it_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription_module, "WAITING_MAX", 4)

    async def part(scene: Scene) -> None:
        halt = HaltChanged(symbol="AAA", is_halted=True, reason="news", time=START)
        with scene.hub.subscribe({"AAA": STOCK}) as slow, scene.hub.subscribe({"AAA": STOCK}) as fast:
            await scene.up()
            other = Run(fast)
            await scene.wall.sleep(600)
            for message in (*(bar("AAA", number) for number in range(9)), halt):
                scene.market.say(message)
                await scene.settle()
            await _minutes(scene, "AAA", 9)
            scene.market.is_away = True
            run = Run(slow)
            await scene.wall.sleep(8)
            scene.market.is_away = False
            scene.market.say(bar("AAA", 9))
            await scene.wall.sleep(8)
            assert [number for _, number in other.bars] == list(range(10))
            assert run.bars == [("AAA", number) for number in range(10)]
            assert run.changes == ["FeedStale", "FeedRestored", "FeedRestored", "FeedRestored", "HaltChanged"]
            complete = [one.is_complete for one in run.heard if isinstance(one, FeedRestored)]
            assert complete == [False, False, True]
            assert "which is slow" in run.heard[0].reason
            await run.leave()

    told = play(part).told
    assert [type(one).__name__ for one in told] == ["FeedRestored", "HaltChanged"]


def test_feed_that_is_down_meanwhile_stays_stale_for_a_slow_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription_module, "WAITING_MAX", 2)

    async def part(scene: Scene) -> None:
        cut = FeedStale(feed=Feed.STOCK_BARS, since=time_of(BEGIN), reason="cut")
        with scene.hub.subscribe({"AAA": STOCK}) as slow:
            await scene.up()
            scene.market.say(*(bar("AAA", number) for number in range(3)), cut)
            await scene.settle()
            run = Run(slow)
            await scene.settle()
            assert run.changes == ["FeedStale", "FeedRestored", "FeedStale"]
            assert run.heard[-1] == cut

    play(part)
