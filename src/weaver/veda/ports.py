"""What Veda needs of others; a root hands it over. `tests/contracts/test_trading_store.py` holds each store to its."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from weaver.events.event import Event
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission

NewId = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTick:
    """What a run's strategy was given at a tick, and what it decided: written once, in the order of `number`."""

    run_id: str
    number: int
    """0: its start; then one a tick, without holes."""
    time: datetime
    inputs: bytes
    actions: tuple[bytes, ...]
    """Canonical (`model.orders.action_bytes`)."""
    is_altered: bool = False
    """Whether `inputs` are others than were written down then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrders:
    """Orders with what belongs to them."""

    orders: Sequence[LiveOrder]
    submissions: Sequence[Submission]
    fills: Sequence[LiveFill]


class TradingTransaction(Protocol):
    """All or nothing: rows of trading, and the events that report them. Rows are whole values: those of an id that is
    there take its place."""

    async def put_orders(self, orders: Sequence[LiveOrder]) -> None:
        """Raises Conflict for a new order of a client order id that the account has used."""
        ...

    async def put_submissions(self, submissions: Sequence[Submission]) -> None:
        """Write."""
        ...

    async def add_fills(self, fills: Sequence[LiveFill]) -> None:
        """Raises Conflict where one is there already."""
        ...

    async def add_ticks(self, ticks: Sequence[RecordedTick]) -> None:
        """Raises Conflict where one is there already, or a number is left out."""
        ...

    async def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        """What has to outlive a restart and has no table of its own, as JSON: risk, an account's id, a run's halt. What
        has a run's id among the words of its scope (`run <id>`, `halts simulated paper <id>`) is removed with it."""
        ...

    async def put_blob(self, run_id: str, content: bytes) -> str:
        """Keep bytes that a run needs under their SHA-256, which is returned; the same bytes are kept once, until the
        last run that needs them is deleted."""
        ...

    def append(self, *events: Event) -> None:
        """Record events with this transaction; requests get their routed child right behind them."""
        ...


class TradingStore(Protocol):
    """What is kept of trading. It raises Unavailable where the database does not answer: then nothing was changed, or
    (OutcomeUnknown) nobody knows, and it is to be read again."""

    def transaction(self) -> AbstractAsyncContextManager[TradingTransaction]:
        """Commits at the end of the block. Raises ReadOnly where this server does not own trading on the database, or
        no longer: the epoch in which it took over is compared within the transaction."""
        ...

    async def check_owner(self) -> None:
        """Raises ReadOnly where this server does not own trading any more. To be asked before a venue is."""
        ...

    async def working(self, account: str) -> KnownOrders:
        """Orders that are not final, or of which a submission has not ended, with what belongs to them; and with the
        orders that they replace, and all that share a group with any of them, whatever became of those."""
        ...

    async def order(self, order_id: str) -> KnownOrders:
        """One order with what belongs to it; nothing where there is none."""
        ...

    async def group(self, account: str, group_id: str) -> KnownOrders:
        """The exits that share a quantity, and those that the venue was to hold with their entry, whoever has taken
        that one's place since; with what belongs to them."""
        ...

    async def order_by_client_id(self, account: str, client_order_id: str) -> LiveOrder | None:
        """The order that has the caller's id."""
        ...

    async def orders_by_submission(self, account: str, submission_ids: Collection[str]) -> Mapping[str, str]:
        """The ids of the orders of some submissions, by the id that was asked for: the submission's or the venue's."""
        ...

    async def of_run(self, run_id: str) -> KnownOrders:
        """All of a run, by number; fills as they were booked."""
        ...

    async def sent_since(self, account: str, since: datetime) -> Sequence[LiveOrder]:
        """Orders of an account that were placed at an instant or later, and were written down as being sent, each by
        itself and not with an entry; as they were placed."""
        ...

    async def fills_of(self, account: str) -> Sequence[LiveFill]:
        """All of an account, as they were booked."""
        ...

    def ticks(self, run_id: str, *, after: int = -1) -> AsyncIterator[RecordedTick]:
        """A run's recorded ticks, by number."""
        ...

    async def newest_tick(self, run_id: str) -> int | None:
        """The number of the newest tick that is recorded of a run; None: there is none."""
        ...

    async def state(self, scope: str) -> Mapping[str, Any] | None:
        """What was put there last."""
        ...

    async def states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        """All whose scope begins so, by scope."""
        ...

    async def blob(self, digest: str) -> bytes | None:
        """The bytes of a digest. Raises DataError where they are others by now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a strategy made of a tick."""

    actions: tuple[bytes, ...] = ()
    """Canonical, in the order in which they were asked for."""
    journal: tuple[str, ...] = ()
    """Lines that it logged."""


class Decider(Protocol):
    """One run's strategy, in a process of its own (in this one, of a test). One call at a time.

    Calls raise StrategyError with the strategy's own line, WorkerLost where the process is gone, and TimeoutError where
    it missed its deadline: it is ended then, and to be made anew and replayed.
    """

    async def start(self, setup: bytes, warmups: Mapping[str, bytes]) -> Decision:
        """Load the strategy and call `on_start`. `warmups`: the bars (`runs.warmup`) of the digests in the setup."""
        ...

    async def decide(self, inputs: bytes) -> Decision:
        """A tick."""
        ...

    def decide_all(self, ticks: Sequence[bytes]) -> AsyncIterator[Decision]:
        """Ticks that lie ready, each with the deadline of one, and their decisions in turn: faster than one by one. To
        be read to its end, or the decider can only be closed."""
        ...

    async def stop(self) -> Decision:
        """Call `on_stop`; what it asks for does not happen, what it logs is kept."""
        ...

    async def close(self) -> None:
        """End the process, whatever it does, within a second."""
        ...


class Deciders(Protocol):
    """Where deciders come from."""

    def get_ready(self) -> None:
        """Begin what the first one would wait for, and wait for nothing. What is wrong with that, `new` says."""
        ...

    async def new(self, run_id: str) -> Decider:
        """One for a run. Raises WorkerLost where no process can be had."""
        ...


class ClosableDeciders(Deciders, Protocol):
    """The same, with an end."""

    async def close(self) -> None:
        """End all of them."""
        ...
