"""Subscribers and their queues: one that is slow or raises harms nobody else."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

import structlog

from weaver.events.event import Event
from weaver.events.filter import TypeFilter
from weaver.events.log.ports import Handler
from weaver.events.log.waiting import end_task

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True, eq=False)
class _Subscription:
    id: str
    handler: Handler
    wants: Callable[[str], bool]
    predicate: Callable[[Event], bool] | None
    on_overflow: Callable[[], None] | None
    queue: asyncio.Queue[Event]
    ended: bool = False
    task: asyncio.Task[None] = field(init=False)

    async def work(self) -> None:
        """Hand over events one after the other, until the end."""
        while not self.ended:
            event = await self.queue.get()
            try:
                await self.handler(event)
            except Exception:  # noqa: BLE001 - someone else's code: the next event is another chance
                _log.exception("event_handler_failed", subscription=self.id, type=event.type, seq=event.seq)
            finally:
                self.queue.task_done()

    def is_for(self, event: Event) -> bool:
        """Whether it asked for this event. A predicate that raises is logged, and the event passes by."""
        if not self.wants(event.type):
            return False
        if self.predicate is None:
            return True
        try:
            return self.predicate(event)
        except Exception:  # noqa: BLE001 - as with a handler
            _log.exception("event_predicate_failed", subscription=self.id, type=event.type, seq=event.seq)
            return False

    def end(self) -> None:
        """Take nothing more; what waits is dropped, and nobody waits for it."""
        self.ended = True
        while not self.queue.empty():
            self.queue.get_nowait()
            self.queue.task_done()


class SubscriptionTable:
    """Everyone who hears events; the log publishes, each subscription's own task calls the handler."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, _Subscription] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._numbers = count(1)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._subscriptions)

    def subscribe(
        self,
        handler: Handler,
        *,
        types: Iterable[str],
        predicate: Callable[[Event], bool] | None,
        queue_size_max: int,
        on_overflow: Callable[[], None] | None,
    ) -> str:
        """See `weaver.events.log.ports.Subscriptions`. Needs a running event loop."""
        if queue_size_max < 1:
            raise ValueError(f"queue_size_max must be at least 1, not {queue_size_max}")
        subscription = _Subscription(
            id=f"subscription-{next(self._numbers)}",
            handler=handler,
            wants=TypeFilter.parse(types).matcher(),
            predicate=predicate,
            on_overflow=on_overflow,
            queue=asyncio.Queue(queue_size_max),
        )
        subscription.task = asyncio.create_task(subscription.work(), name=subscription.id)
        self._subscriptions[subscription.id] = subscription
        return subscription.id

    async def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription, and return when its task is done; unknown ids are ignored.

        From within its own handler it returns at once, and the task ends with the handler.
        """
        subscription = self._subscriptions.pop(subscription_id, None)
        if subscription is None:
            return
        subscription.end()
        if subscription.task is not asyncio.current_task():
            await end_task(subscription.task)
        else:
            self._see_off(subscription.task)

    def publish(self, event: Event) -> None:
        """Put an event into the queue of everyone who asked for it."""
        for subscription in list(self._subscriptions.values()):
            if subscription.ended or not subscription.is_for(event):
                continue
            try:
                subscription.queue.put_nowait(event)
            except asyncio.QueueFull:
                self._drop(subscription)

    async def settled(self) -> None:
        """Return when every queue is empty and no handler works on an event. Not to be called by a handler."""
        while True:
            waiting = [s for s in self._subscriptions.values() if not s.ended]
            for subscription in waiting:
                await subscription.queue.join()
            if all(subscription.queue.empty() for subscription in self._subscriptions.values()):
                return

    async def close(self) -> None:
        """End all subscriptions and their tasks."""
        for subscription_id in list(self._subscriptions):
            await self.unsubscribe(subscription_id)
        if self._leaving:
            await asyncio.wait(self._leaving)

    def _drop(self, subscription: _Subscription) -> None:
        del self._subscriptions[subscription.id]
        _log.warning("event_subscriber_too_slow", subscription=subscription.id, queue_size=subscription.queue.maxsize)
        subscription.end()
        subscription.task.cancel()
        self._see_off(subscription.task)
        if subscription.on_overflow is not None:
            try:
                subscription.on_overflow()
            except Exception:  # noqa: BLE001 - as with a handler
                _log.exception("event_overflow_callback_failed", subscription=subscription.id)

    def _see_off(self, task: asyncio.Task[None]) -> None:
        """Keep hold of a task that ends by itself, until it has."""
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
