"""The channels on an event log: what each is told, over crashes and restarts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog

from tests.unit.glados.fakes import FakeClock, FakeIds, FaultyDatabase, database_in_memory
from tests.unit.veda.notifications.told import RUN, START, FakeSender, event, run
from weaver.events.log.waiting import wait_for_event
from weaver.model.errors import Conflict, InputError, ReadOnly, Unavailable
from weaver.model.run import Run, RunMode
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.notification import ALL_KINDS, Notification, NotificationKind
from weaver.veda.notifications.notifier import Notifier, consumer_of

pytestmark = pytest.mark.anyio
ONE, TWO = "json://one.example/", "json://two.example/"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database() -> AsyncIterator[FaultyDatabase]:
    async with database_in_memory(new_id=FakeIds("database")) as opened:
        await opened.stored.log.append([event("run.Stopped")])  # of before anybody was notified
        yield opened


def notifier_on(
    database: FaultyDatabase, sender: Any, *urls: str, clock: FakeClock | None = None, **given: Any
) -> Notifier:
    clock = clock or FakeClock(START)

    async def find_run(run_id: str) -> Run | None:
        return run() if run_id == RUN else run(mode=RunMode.BACKTEST) if run_id == "test" else None

    channels = [
        Channel(number, url, sender=sender, now=clock.now, wait=clock.wait, told=lambda _number, _is_sent: None)
        for number, url in enumerate(urls, start=1)
    ]
    values: dict[str, Any] = {
        "kinds": ALL_KINDS, "log": database.stored.log, "find_run": find_run, "is_owner": lambda: True,
        "wait": clock.wait, "signal": briefly, **given,
    }  # fmt: skip
    return Notifier(channels=channels, **values)


async def briefly(signal: asyncio.Event, _seconds: float) -> None:
    await wait_for_event(signal, 0.001)


async def until(holds: Callable[[], bool], clock: FakeClock | None = None) -> None:
    """Wait for what a test is about, on a clock that goes on meanwhile; the test's own time limit ends it."""
    while not holds():
        await asyncio.sleep(0.001)
        if clock is not None:
            await clock.forward(1)


async def has_begun(database: FaultyDatabase, *numbers: int, clock: FakeClock | None = None) -> None:
    for number in numbers:
        while await database.stored.log.offset(consumer_of(number)) == 0:
            await asyncio.sleep(0.001)
            if clock is not None:
                await clock.forward(1)


@asynccontextmanager
async def begun(database: FaultyDatabase, notifier: Notifier) -> AsyncIterator[None]:
    async with notifier.running():
        await has_begun(database, *(one.number for one in notifier.channels))
        yield


async def test_each_channel_is_told_of_what_happens_from_now_on(database: FaultyDatabase) -> None:
    sender = FakeSender()
    async with begun(database, notifier_on(database, sender, ONE, TWO)):
        await database.stored.log.append(
            [event("run.Error"), event("run.Error", run_id="test"), event("data.FeedStale")]
        )
        await until(lambda: len(sender.sent) == 4)
    for url in (ONE, TWO):
        assert sender.titles(url) == ["Weaver: run 'trend' failed", "Weaver: the feed of alpaca paper is stale"]


async def test_only_kinds_that_are_on_are_told(database: FaultyDatabase) -> None:
    sender = FakeSender()
    async with begun(database, notifier_on(database, sender, ONE, kinds={NotificationKind.FEED})):
        await database.stored.log.append([event("run.Error"), event("data.FeedRestored")])
        await until(lambda: bool(sender.sent))
    assert sender.titles(ONE) == ["Weaver: the feed of alpaca paper is restored"]


async def test_what_happened_while_nobody_ran_is_told_at_the_next_start(database: FaultyDatabase) -> None:
    sender = FakeSender()
    async with begun(database, notifier_on(database, sender, ONE)):
        pass
    await database.stored.log.append([event("run.Halted", at=START - timedelta(minutes=1)), event("run.Error")])
    async with begun(database, notifier_on(database, sender, ONE)):
        await until(lambda: len(sender.sent) == 2)
    assert sender.titles(ONE) == ["Weaver: run 'trend' is halted", "Weaver: run 'trend' failed"]


async def test_first_event_of_a_log_is_told_after_a_crash_too() -> None:
    async with database_in_memory(new_id=FakeIds("database")) as empty:
        sender, log = FakeSender(), empty.stored.log
        async with notifier_on(empty, sender, ONE).running():
            await asyncio.sleep(0.01)
        await log.append([event("run.Error")])
        async with begun(empty, notifier_on(empty, sender, ONE)):
            await until(lambda: bool(sender.sent))


async def test_what_is_old_at_the_start_is_one_message(database: FaultyDatabase) -> None:
    sender = FakeSender()
    async with begun(database, notifier_on(database, sender, ONE)):
        pass
    old = [event("run.Halted", at=START - timedelta(hours=2)) for _ in range(300)]
    await database.stored.log.append([*old, event("run.Error")])
    clock = FakeClock(START)
    async with begun(database, notifier_on(database, sender, ONE, clock=clock)):
        await until(lambda: len(sender.sent) == 1)
        await until(lambda: len(sender.sent) == 2, clock)
    assert sorted(sender.titles(ONE)) == [
        "Weaver: 300 notifications from over an hour ago, when nothing could be sent",
        "Weaver: run 'trend' failed",
    ]


async def test_message_that_was_being_sent_at_a_crash_is_sent_again_and_no_other(database: FaultyDatabase) -> None:
    class Crashing(FakeSender):
        async def send(self, url: str, one: Notification) -> str | None:
            await super().send(url, one)
            if len(self.sent) == 2:
                await asyncio.Event().wait()
            return None

    crashing, sender = Crashing(), FakeSender()
    async with begun(database, notifier_on(database, crashing, ONE)):
        await database.stored.log.append([event("run.Error"), event("run.Halted"), event("data.FeedStale")])
        await until(lambda: len(crashing.sent) == 2)
    async with begun(database, notifier_on(database, sender, ONE)):
        await until(lambda: len(sender.sent) == 2)
    assert sender.titles(ONE) == ["Weaver: run 'trend' is halted", "Weaver: the feed of alpaca paper is stale"]


async def test_channel_that_hangs_holds_up_no_other_and_no_end(database: FaultyDatabase) -> None:
    class Hanging(FakeSender):
        async def send(self, url: str, one: Notification) -> str | None:
            if url == ONE:
                await asyncio.Event().wait()
            return await super().send(url, one)

    sender = Hanging()
    async with begun(database, notifier_on(database, sender, ONE, TWO)):
        await database.stored.log.append([event("run.Error"), event("run.Halted")])
        await until(lambda: len(sender.titles(TWO)) == 2)
    assert sender.titles(ONE) == []


async def test_event_that_cannot_be_read_is_logged_and_stops_none_of_the_others(database: FaultyDatabase) -> None:
    sender = FakeSender()
    with structlog.testing.capture_logs() as logged:
        async with begun(database, notifier_on(database, sender, ONE)):
            await database.stored.log.append([event("data.FeedStale", since="no time"), event("run.Error")])
            await until(lambda: bool(sender.sent))
    assert sender.titles(ONE) == ["Weaver: run 'trend' failed"]
    assert [one["event"] for one in logged] == ["no_words_for_event"]


async def test_server_that_owns_nothing_tells_nothing_until_it_does(database: FaultyDatabase) -> None:
    sender, clock, owns, log = FakeSender(), FakeClock(START), [False], database.stored.log
    async with notifier_on(database, sender, ONE, clock=clock, is_owner=lambda: owns[0]).running():
        await clock.forward(60)
        assert await log.offset(consumer_of(1)) == 0
        owns[0] = True
        await clock.forward(60)
        await has_begun(database, 1)
        owns[0] = False
        await log.append([event("run.Error")])
        await log.settled()
        await clock.forward(60)
        assert sender.sent == [], "the other server tells of it"
        owns[0] = True
        await until(lambda: bool(sender.sent), clock)


@pytest.mark.parametrize("error", [ReadOnly("another server owns it"), Unavailable("it does not answer")])
async def test_database_that_is_away_or_anothers_is_waited_for(
    database: FaultyDatabase, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sender, log = FakeSender(), database.stored.log
    begin, faults = log.begin, [error] * 3

    async def failing(consumer: str) -> None:
        if faults:
            raise faults.pop()
        await begin(consumer)

    monkeypatch.setattr(log, "begin", failing)
    clock = FakeClock(START)
    async with notifier_on(database, sender, ONE, clock=clock).running():
        await has_begun(database, 1, clock=clock)
        assert faults == []
        await log.append([event("run.Error")])
        await until(lambda: bool(sender.sent), clock)


async def test_counts_are_told_in_time(database: FaultyDatabase) -> None:
    sender, clock = FakeSender(), FakeClock(START)
    async with begun(database, notifier_on(database, sender, ONE, clock=clock)):
        await database.stored.log.append([event("run.Error") for _ in range(4)])
        while await database.stored.log.offset(consumer_of(1)) < (await database.stored.log.bounds()).newest:
            await asyncio.sleep(0.001)
        await until(lambda: len(sender.sent) == 2, clock)
    assert sender.titles(ONE) == ["Weaver: run 'trend' failed", "Weaver: 3 more notifications"]


async def test_channel_that_is_set_no_more_holds_nothing_of_the_log_back(database: FaultyDatabase) -> None:
    log = database.stored.log
    for number in (1, 2, 3):
        await log.advance(consumer_of(number), 1)
    async with notifier_on(database, FakeSender(), ONE).running():
        while await log.offset(consumer_of(3)):
            await asyncio.sleep(0.001)
    assert [await log.offset(consumer_of(number)) for number in (1, 2, 3)] == [1, 0, 0]


async def test_test_goes_to_every_channel_at_once(database: FaultyDatabase) -> None:
    sender = FakeSender(lambda url: "HTTP 500" if url == TWO else None)
    notifier = notifier_on(database, sender, ONE, TWO)
    trials = await notifier.test()
    assert [(one.number, one.scheme, one.reason) for one in trials] == [(1, "json", None), (2, "json", "HTTP 500")]
    assert notifier.failing == [2]


async def test_test_without_channels_says_what_to_set(database: FaultyDatabase) -> None:
    with pytest.raises(InputError, match="set NOTIFY_URLS"):
        await notifier_on(database, FakeSender()).test()


async def test_one_test_at_a_time(database: FaultyDatabase) -> None:
    going = asyncio.Event()

    class Slow(FakeSender):
        async def send(self, url: str, one: Notification) -> str | None:
            await going.wait()
            return None

    notifier = notifier_on(database, Slow(), ONE)
    first = asyncio.create_task(notifier.test())
    await asyncio.sleep(0)
    with pytest.raises(Conflict, match="already"):
        await notifier.test()
    going.set()
    assert [one.reason for one in await first] == [None]
    assert len(await notifier.test()) == 1
