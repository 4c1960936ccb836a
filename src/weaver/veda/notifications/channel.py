"""One of the places that messages go to: what it is offered is limited, sent, tried again, and given up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from weaver.veda.notifications.limiter import Limiter
from weaver.veda.notifications.notification import Level, Notification, written
from weaver.veda.notifications.ports import Sender
from weaver.veda.notifications.urls import scheme_of

AGAIN_SECONDS = (2.0, 10.0, 30.0)
"""Before each further try. A channel that did not take the last message gets one try for the next."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A message that was given up."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of a test message."""

    number: int
    scheme: str
    reason: str | None
    """None: it was taken."""


class Channel:
    """Known by its number and scheme: all else of its URL is secret."""

    def __init__(
        self,
        number: int,
        url: str,
        *,
        sender: Sender,
        now: Callable[[], datetime],
        wait: Callable[[float], Awaitable[None]],
        told: Callable[[int, bool], None],
    ) -> None:
        """number: from 1. told: hears of each message's end, by the channel's number, and whether it was taken."""
        self.number, self.scheme, self._url = number, scheme_of(url), url
        self._sender, self._now, self._wait, self._told = sender, now, wait, told
        self._limiter, self._turn = Limiter(), asyncio.Lock()
        self.sent, self.failed = 0, 0
        self.last_failure: Failure | None = None
        self.is_failing = False
        """Whether the last message was given up."""

    async def take(self, one: Notification) -> None:
        """Send it, or count it; returns once it was taken or given up."""
        async with self._turn:
            if self._limiter.offer(one, self._now()):
                await self._deliver(one)

    async def tell_count(self) -> None:
        """Send the message that counts what was held back, where it is due."""
        async with self._turn:
            if (count := self._limiter.due(self._now())) is not None:
                await self._deliver(count)

    async def test(self) -> Trial:
        """Send a message that says that it is a test, once, whatever else is under way."""
        at = self._now()
        message = Notification(
            kind=None, subject="test", title="Weaver: a test", level=Level.INFO, at=at,
            lines=("Notifications reach this channel.", f"When: {written(at)}"),
        )  # fmt: skip
        reason = await self._sender.send(self._url, message)
        self._count(reason)
        return Trial(number=self.number, scheme=self.scheme, reason=reason)

    async def _deliver(self, one: Notification) -> None:
        reason = await self._sender.send(self._url, one)
        for seconds in () if self.is_failing else AGAIN_SECONDS:
            if reason is None:
                break
            await self._wait(seconds)
            reason = await self._sender.send(self._url, one)
        self._count(reason)

    def _count(self, reason: str | None) -> None:
        self.is_failing = reason is not None
        if reason is None:
            self.sent += 1
        else:
            self.failed += 1
            self.last_failure = Failure(at=self._now(), reason=reason)
            _log.warning("notification_given_up", channel=self.number, scheme=self.scheme, reason=reason)
        self._told(self.number, reason is None)
