"""What the rest of Weaver asks of an event log, whichever keeps it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from weaver.events.event import Event
from weaver.events.filter import ALL_EVENTS, EventFilter

Handler = Callable[[Event], Awaitable[None]]


class LogBounds(NamedTuple):
    """The oldest and the newest `seq` that are kept; 0 and 0 in an empty log."""

    oldest: int
    newest: int


class EventReader(Protocol):
    """Reads the log, in the order of `seq`, which is that of commits: who polls by it misses nothing."""

    async def read(
        self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0, limit: int = 1000, skip: int = 0
    ) -> list[Event]:
        """Up to `limit` of the wanted events past `after`, without the first `skip` of them."""
        ...

    async def count(self, wanted: EventFilter = ALL_EVENTS, *, after: int = 0) -> int:
        """How many wanted events there are past `after`."""
        ...

    async def bounds(self) -> LogBounds:
        """What is kept."""
        ...

    async def contains(self, seq: int) -> bool:
        """Whether an event with that `seq` is kept."""
        ...


class Subscriptions(Protocol):
    """Hears events after their commit, each once, in the order of `seq`."""

    def subscribe(
        self,
        handler: Handler,
        *,
        types: Iterable[str] = ("*",),
        predicate: Callable[[Event], bool] | None = None,
        queue_size_max: int = 10_000,
        on_overflow: Callable[[], None] | None = None,
    ) -> str:
        """Have `handler` called with each event of these types (`*`, `namespace.*`, exact names) for which `predicate`
        holds. Returns an id.

        Each subscription has a bounded queue and a task of its own: one that is slow or raises harms nobody else. A
        handler that raises is logged and goes on with the next event; one that falls `queue_size_max` behind is dropped
        with a warning, and `on_overflow` is called.
        """
        ...

    async def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription and its task. An unknown id: nothing happens."""
        ...

    @property
    def subscriber_count(self) -> int:
        """How many there are."""
        ...


class Consumers(Protocol):
    """Offsets of consumers that must see each event at least once, whatever crashes."""

    async def offset(self, consumer: str) -> int:
        """The `seq` up to which a consumer has done its work; 0 at first."""
        ...

    async def advance(self, consumer: str, seq: int) -> None:
        """Set it. It never goes back."""
        ...

    async def begin(self, consumer: str) -> None:
        """One that is new is done with all that there is; one that was begun, or has advanced, stays where it is."""
        ...

    async def forget(self, consumer: str) -> None:
        """One that is gone for good: its offset is 0 again, and holds no pruning back. Unknown: nothing happens."""
        ...


class EventLog(EventReader, Subscriptions, Consumers, Protocol):
    """All of it. Events are appended within a transaction of the database that holds the change they report."""

    async def append(self, events: Sequence[Event]) -> None:
        """Append in a transaction of their own; their requests are routed alike."""
        ...

    async def settled(self) -> None:
        """Return when everything that is committed has been handed to every subscriber (for tests and shutdown)."""
        ...

    async def prune(self, *, keep: Callable[[str], bool], older_than_seq: int) -> int:
        """Remove events up to a `seq`, but those of types that `keep` says yes to. Never past a consumer's offset.

        Returns how many went.
        """
        ...
