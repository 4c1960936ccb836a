"""Every event that people are told of reaches a receiver through Apprise; and receivers that misbehave harm nobody."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from tests.receivers import Receiver, receiving
from tests.unit.glados.fakes import FakeClock, FakeIds, database_in_memory
from tests.unit.veda.notifications.told import PAYLOADS, RUN, event, run
from weaver.config import environment_without_secrets
from weaver.events.event import Event
from weaver.glados.clock.wall import SystemWallClock
from weaver.model.run import Run
from weaver.veda.notifications.channel import Channel
from weaver.veda.notifications.notification import ALL_KINDS
from weaver.veda.notifications.notifier import Notifier, consumer_of
from weaver.veda.notifications.sending import ProcessSender
from weaver.veda.notifications.wording import notification_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def find_run(run_id: str) -> Run | None:
    return run() if run_id == RUN else None


async def told(receivers: list[Receiver], events: list[Event], *, until: Callable[[], bool]) -> Notifier:
    """What becomes of events that happen now."""
    wall = SystemWallClock()
    environment = environment_without_secrets()
    sender = ProcessSender([sys.executable, "-m", "weaver.messenger"], environment=environment, seconds=60)
    channels = [
        Channel(number, one.url, sender=sender, now=wall.now, wait=FakeClock().wait, told=lambda _number, _sent: None)
        for number, one in enumerate(receivers, start=1)
    ]
    async with database_in_memory(new_id=FakeIds("database")) as database:
        log = database.stored.log
        await log.append([event("run.Stopped")])
        notifier = Notifier(
            channels=channels, kinds=ALL_KINDS, log=log, find_run=find_run, is_owner=lambda: True, wait=wall.sleep
        )
        async with notifier.running():
            for one in channels:
                while not await log.offset(consumer_of(one.number)):
                    await asyncio.sleep(0.01)
            await log.append(events)
            while not until():
                await asyncio.sleep(0.01)
        return notifier


async def test_each_kind_reaches_a_local_receiver_with_its_title_and_lines() -> None:
    now = datetime.now(UTC)
    events = [event(type_, at=now) for type_ in PAYLOADS]
    with receiving() as receiver:
        await told([receiver], events, until=lambda: len(receiver.messages) == len(events))
        got = [(one["title"], one["message"]) for one in receiver.messages]
    wanted = [notification_of(one, run() if one.run_id else None) for one in events]
    assert got == [(one.title, one.body) for one in wanted if one is not None]
    assert len(got) == len(PAYLOADS)


async def test_receivers_that_hang_refuse_and_flood_hold_up_no_other_and_no_end() -> None:
    now = datetime.now(UTC)
    events = [event(type_, at=now) for type_ in ("run.Error", "risk.KillSwitchOn", "data.FeedStale")]
    with ExitStack() as stack:
        bad = [stack.enter_context(receiving(behaviour)) for behaviour in ("hangs", "refuses", "floods")]
        taking = stack.enter_context(receiving())
        await told([*bad, taking], events, until=lambda: len(taking.messages) == 3 and all(one.messages for one in bad))
        assert len(taking.messages) == 3
