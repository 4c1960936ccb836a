"""Carries events from where they are kept to who subscribed, in the order of `seq`, each once."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from weaver.events.event import Event
from weaver.events.log.waiting import Turn, Wait, end_task
from weaver.model.errors import Unavailable

BATCH = 256
"""Events read at once: about a millisecond of the loop's time."""
POLL_SECONDS = 2.0
"""How long an event can go unnoticed whose wake-up call was lost."""

_log = structlog.get_logger(__name__)


class Pump:
    """One task that reads past its cursor whenever it is woken, whoever woke it, and every `POLL_SECONDS`.

    All wake-up calls lead to the same reading by `seq`, so an event is published once, however often it was announced.
    """

    def __init__(
        self,
        *,
        read: Callable[[int, int], Awaitable[list[Event]]],
        publish: Callable[[Event], None],
        start: int,
        wait: Wait,
    ) -> None:
        """read: events past a `seq`, at most so many. start: the `seq` up to which nobody is told."""
        self._read = read
        self._publish = publish
        self._cursor = start
        self._wait = wait
        self._woken = asyncio.Event()
        self._moved = asyncio.Condition()
        self._task = asyncio.create_task(self._run(), name="event-pump")

    @property
    def cursor(self) -> int:
        """The `seq` up to which everything was published."""
        return self._cursor

    def wake(self) -> None:
        """There may be something new."""
        self._woken.set()

    async def passed(self, seq: int) -> None:
        """Return when everything up to `seq` was published."""
        self.wake()
        async with self._moved:
            await self._moved.wait_for(lambda: self._cursor >= seq or self._task.done())

    async def close(self) -> None:
        """End the task."""
        await end_task(self._task)
        async with self._moved:
            self._moved.notify_all()

    async def _run(self) -> None:
        failing = False
        while True:
            self._woken.clear()
            try:
                await self._drain()
                failing = False
            except Unavailable as error:
                if not failing:
                    _log.warning("event_log_unavailable", error=str(error))
                failing = True
            except Exception:  # noqa: BLE001 - the outermost edge: events must flow again once the cause is gone
                _log.exception("event_pump_failed")
            await self._wait(self._woken, POLL_SECONDS)

    async def _drain(self) -> None:
        while events := await self._read(self._cursor, BATCH):
            for event in events:
                self._publish(event)
            self._cursor = events[-1].seq or self._cursor
            async with self._moved:
                self._moved.notify_all()
            await Turn()  # so that subscribers keep up where reading never waits
