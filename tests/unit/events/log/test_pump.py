"""The pump goes on whatever happens to its reader, and waiting ends with the signal or the time."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.contracts.builders import FakeWait, event
from weaver.events.event import Event
from weaver.events.log.pump import Pump
from weaver.events.log.subscriptions import SubscriptionTable
from weaver.events.log.waiting import wait_for_event
from weaver.model.errors import Unavailable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class FakeStore:
    """Events in a list; raises what it is told to, once each."""

    def __init__(self, *failures: Exception) -> None:
        self.events: list[Event] = []
        self.failures = list(failures)

    async def read(self, after: int, limit: int) -> list[Event]:
        if self.failures:
            raise self.failures.pop(0)
        return [each for each in self.events if (each.seq or 0) > after][:limit]


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.wait([asyncio.create_task(nothing())])


async def nothing() -> None:
    """A turn."""


async def test_a_reader_that_fails_is_tried_again_and_nothing_is_lost_or_repeated() -> None:
    store = FakeStore(Unavailable("away"), Unavailable("still away"), ValueError("a bug"))
    store.events = [event(seq=seq) for seq in range(1, 1001)]
    heard, wait = list[Event](), FakeWait()
    with capture_logs() as logs:
        pump = Pump(read=store.read, publish=heard.append, start=0, wait=wait)
        while store.failures:
            wait.pass_time()
            await turns()
        await pump.passed(1000)
        await pump.close()
    assert heard == store.events
    assert pump.cursor == 1000
    assert [entry["event"] for entry in logs] == [
        "event_log_unavailable",
        "event_pump_failed",
    ]


async def test_a_lost_wake_up_is_made_good_when_time_passes() -> None:
    store, heard, wait = FakeStore(), list[Event](), FakeWait()
    pump = Pump(read=store.read, publish=heard.append, start=0, wait=wait)
    await turns()
    store.events = [event(seq=7)]
    await turns()
    assert heard == []
    wait.pass_time()
    await turns()
    assert [each.seq for each in heard] == [7]
    await pump.close()


async def test_waiting_for_a_closed_pump_ends() -> None:
    pump = Pump(read=FakeStore().read, publish=[].append, start=0, wait=FakeWait())
    waiting = asyncio.create_task(pump.passed(5))
    await turns()
    await pump.close()
    async with asyncio.timeout(60):
        await waiting


async def test_waiting_ends_with_the_signal_or_with_the_time() -> None:
    signal = asyncio.Event()
    await wait_for_event(signal, 0.0)
    assert not signal.is_set()
    signal.set()
    async with asyncio.timeout(60):
        await wait_for_event(signal, 1e6)


async def test_a_queue_without_room_is_refused() -> None:
    async def hear(_event: Event) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="at least 1, not 0"):
        SubscriptionTable().subscribe(hear, types=["*"], predicate=None, queue_size_max=0, on_overflow=None)


async def test_closing_waits_for_subscribers_that_were_dropped() -> None:
    table, ended = SubscriptionTable(), list[str]()

    async def slow(_event: Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("dropped")

    table.subscribe(slow, types=["*"], predicate=None, queue_size_max=1, on_overflow=None)
    table.publish(event())
    await turns()
    with capture_logs():
        table.publish(event())
        table.publish(event())
    await table.close()
    assert ended == ["dropped"]
