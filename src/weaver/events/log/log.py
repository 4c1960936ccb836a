"""The event log as everyone uses it, on top of whatever keeps the events."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from weaver.events.event import Event
from weaver.events.filter import ALL_EVENTS, EventFilter
from weaver.events.log.ports import Consumers, EventReader, Handler, LogBounds
from weaver.events.log.pump import Pump
from weaver.events.log.subscriptions import SubscriptionTable
from weaver.events.log.waiting import Wait


class EventStore(EventReader, Consumers, Protocol):
    """What keeps the events: the memory, or a database."""

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        """See `weaver.events.log.ports.EventLog`."""
        ...


class StoredEventLog:
    """An `EventLog`: reads from a store, appends in a transaction, and tells subscribers after the commit."""

    def __init__(
        self, *, store: EventStore, append: Callable[[Sequence[Event]], Awaitable[None]], start: int, wait: Wait
    ) -> None:
        """append: in a transaction of its own, after which `wake` is called. start: the newest `seq`."""
        self._store = store
        self._append = append
        self._subscriptions = SubscriptionTable()
        self._pump = Pump(read=self._after, publish=self._subscriptions.publish, start=start, wait=wait)

    async def read(
        self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0, limit: int = 1000, skip: int = 0
    ) -> list[Event]:
        """See `weaver.events.log.ports.EventReader`."""
        return await self._store.read(wanted, after=after, limit=limit, skip=skip)

    async def count(self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0) -> int:
        """See `weaver.events.log.ports.EventReader`."""
        return await self._store.count(wanted, after=after)

    async def bounds(self) -> LogBounds:
        """What is kept."""
        return await self._store.bounds()

    async def contains(self, seq: int) -> bool:
        """Whether an event with that `seq` is kept."""
        return await self._store.contains(seq)

    def subscribe(
        self,
        handler: Handler,
        *,
        types: Iterable[str] = ("*",),
        predicate: Callable[[Event], bool] | None = None,
        queue_size_max: int = 10_000,
        on_overflow: Callable[[], None] | None = None,
    ) -> str:
        """See `weaver.events.log.ports.Subscriptions`."""
        return self._subscriptions.subscribe(
            handler, types=types, predicate=predicate, queue_size_max=queue_size_max, on_overflow=on_overflow
        )

    async def unsubscribe(self, subscription_id: str) -> None:
        """See `weaver.events.log.ports.Subscriptions`."""
        await self._subscriptions.unsubscribe(subscription_id)

    @property
    def subscriber_count(self) -> int:
        """How many there are."""
        return self._subscriptions.count

    @property
    def cursor(self) -> int:
        """The `seq` up to which subscribers were told: what is newer lags behind."""
        return self._pump.cursor

    async def offset(self, consumer: str) -> int:
        """See `weaver.events.log.ports.Consumers`."""
        return await self._store.offset(consumer)

    async def advance(self, consumer: str, seq: int) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        await self._store.advance(consumer, seq)

    async def begin(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        await self._store.begin(consumer)

    async def forget(self, consumer: str) -> None:
        """See `weaver.events.log.ports.Consumers`."""
        await self._store.forget(consumer)

    async def append(self, events: Sequence[Event]) -> None:
        """See `weaver.events.log.ports.EventLog`."""
        await self._append(events)

    def wake(self) -> None:
        """Something was committed, here or elsewhere."""
        self._pump.wake()

    async def settled(self) -> None:
        """Return when everything that is committed has been handed to every subscriber, and they are done with it."""
        await self._pump.passed((await self._store.bounds()).newest)
        await self._subscriptions.settled()

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        """See `weaver.events.log.ports.EventLog`."""
        return await self._store.prune(keep=keep, older_than_seq=older_than_seq)

    async def close(self) -> None:
        """End the pump, then every subscription."""
        await self._pump.close()
        await self._subscriptions.close()

    async def _after(self, seq: int, limit: int) -> list[Event]:
        return await self._store.read(after=seq, limit=limit)
