"""Tells people of what is in the event log: every channel reads it by itself, from where it was."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager

import structlog

from weaver.events.event import Event
from weaver.events.log.consumer import consume
from weaver.events.log.ports import EventLog
from weaver.events.log.waiting import Wait, end_task, wait_for_event
from weaver.model.errors import Conflict, InputError, ReadOnly, Unavailable
from weaver.model.run import Run
from weaver.veda.notifications.channel import Channel, Trial
from weaver.veda.notifications.notification import Notification, NotificationKind
from weaver.veda.notifications.ports import FindRun
from weaver.veda.notifications.urls import CHANNELS_MAX
from weaver.veda.notifications.wording import KINDS, notification_of

COUNT_SECONDS = 5.0
"""How often it is looked whether a message that counts others is due."""
AGAIN_SECONDS = 5.0
IDLE_SECONDS = 30.0
"""How often an offset follows what is no channel's business, so that trading is left the database."""
NONE_SET = (
    "no notifications are set up: set NOTIFY_URLS to one or more Apprise URLs and start the server again "
    "(docs/how-to/notifications.md)"
)
_log = structlog.get_logger(__name__)


class Notifier:
    """The channels, and what they are told of.

    An event's messages are sent at least once: a channel's offset in the log moves past an event when its message was
    taken or given up, and where a burst is counted in place of being sent, when it was counted.
    """

    def __init__(
        self,
        *,
        channels: Sequence[Channel],
        kinds: Collection[NotificationKind],
        log: EventLog,
        find_run: FindRun,
        is_owner: Callable[[], bool],
        wait: Callable[[float], Awaitable[None]],
        signal: Wait | None = None,
    ) -> None:
        """is_owner: whether this server may write. Of two on one database only the owner sends. signal: how events are
        waited for; usually for `IDLE_SECONDS` at most."""
        self.channels, self.kinds = channels, frozenset(kinds)
        self._log, self._find_run, self._is_owner = log, find_run, is_owner
        self._wait, self._signal = wait, signal or _idle
        self._types = tuple(type_ for type_, kind in KINDS.items() if kind in self.kinds)
        self._is_testing = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send until the end of the block. What is being sent then is sent again at the next start."""
        work = [part(channel) for channel in self.channels for part in (self._heard, self._counted)]
        tasks = [asyncio.create_task(one) for one in (self._forgotten(), *work)]
        try:
            yield
        finally:
            await asyncio.gather(*(end_task(task) for task in tasks))

    @property
    def failing(self) -> Sequence[int]:
        """The numbers of the channels that did not take their last message."""
        return [channel.number for channel in self.channels if channel.is_failing]

    async def test(self) -> Sequence[Trial]:
        """Send a test message to every channel. Raises InputError where there is none, and Conflict while another test
        is under way."""
        if not self.channels:
            raise InputError(NONE_SET)
        if self._is_testing:
            raise Conflict("a test is being sent already: wait for it")
        self._is_testing = True
        try:
            return await asyncio.gather(*(channel.test() for channel in self.channels))
        finally:
            self._is_testing = False

    async def _heard(self, channel: Channel) -> None:
        """Hand a channel what happens, without end."""
        name = consumer_of(channel.number)

        async def handle(event: Event) -> None:
            if not self._is_owner():  # the server that took over tells of it
                raise ReadOnly("another server owns the database")
            message = await self._message_of(event)
            if message is not None:
                await channel.take(message)
            await self._log.advance(name, event.seq or 0)  # a crash sends one message twice, not a batch of them

        while True:
            try:
                if self._is_owner():
                    await self._log.begin(name)  # a channel that is new hears of what happens from now on
                    await consume(self._log, name, handle, types=self._types, wait=self._signal)
            except (ReadOnly, Unavailable) as error:
                _log.warning("notifications_wait", channel=channel.number, error=str(error))
            await self._wait(AGAIN_SECONDS)

    async def _message_of(self, event: Event) -> Notification | None:
        run: Run | None = None if event.run_id is None else await self._find_run(event.run_id)
        try:
            return notification_of(event, run)
        except (LookupError, TypeError, ValueError) as error:  # one that cannot be read stops none of the others
            _log.error("no_words_for_event", type=event.type, id=event.id, error=repr(error))
            return None

    async def _counted(self, channel: Channel) -> None:
        while True:
            await self._wait(COUNT_SECONDS)
            await channel.tell_count()

    async def _forgotten(self) -> None:
        """Channels that are set no more hold nothing of the log back."""
        while not self._is_owner():
            await self._wait(AGAIN_SECONDS)
        for number in range(len(self.channels) + 1, CHANNELS_MAX + 1):
            try:
                if await self._log.offset(consumer_of(number)):
                    await self._log.forget(consumer_of(number))
            except (ReadOnly, Unavailable) as error:
                _log.warning("channel_not_forgotten", channel=number, error=str(error))
                return


async def _idle(signal: asyncio.Event, _seconds: float) -> None:
    await wait_for_event(signal, IDLE_SECONDS)


def consumer_of(number: int) -> str:
    """The name of a channel among the log's consumers."""
    return f"notifications {number}"
