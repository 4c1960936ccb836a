"""What keeping trading needs of a database: rows, as it has them (decimals, aware times), and their transactions."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from weaver.glados.ports import Transaction
from weaver.model.record import Row, TradingRows


class TradingRepository(Protocol):
    """The tables `orders`, `submissions` and `fills`."""

    async def put_orders(self, rows: Sequence[Row]) -> None:
        """Write whole rows. Raises Conflict for a new order of a client order id that its account has used."""
        ...

    async def put_submissions(self, rows: Sequence[Row]) -> None:
        """Write whole rows, after their orders. Raises Conflict where one is there that belongs to another order."""
        ...

    async def add_fills(self, rows: Sequence[Row]) -> None:
        """Insert, after their orders. Raises Conflict where one is there already."""
        ...

    async def working(self, account: str) -> TradingRows:
        """Orders that are not final, or of which a submission has not ended, with what belongs to them."""
        ...

    async def order(self, order_id: str) -> TradingRows:
        """One order with what belongs to it."""
        ...

    async def group(self, account: str, group_id: str) -> TradingRows:
        """The exits that share a quantity."""
        ...

    async def of_run(self, run_id: str) -> TradingRows:
        """All of a run, by number."""
        ...

    async def find_by_client_id(self, account: str, client_order_id: str) -> Row | None:
        """The order that has the caller's id."""
        ...

    async def orders_by_submission(self, account: str, submission_ids: Collection[str]) -> Mapping[str, str]:
        """The ids of the orders of some submissions, by submission."""
        ...

    async def sent_since(self, account: str, since: datetime) -> Sequence[Row]:
        """Orders that were placed then or later, and sent by themselves; as they were placed."""
        ...

    async def fills_of(self, account: str) -> Sequence[Row]:
        """All of an account, as they were booked."""
        ...


class InputRepository(Protocol):
    """The tables `recorded_inputs`, `blobs` and `risk_state`."""

    async def add_tick(self, *, run_id: str, number: int, tick: datetime, inputs: bytes, actions: bytes) -> None:
        """Insert a run's next tick. Raises Conflict where it is there already, or the one before it is not."""
        ...

    async def ticks(self, run_id: str, *, after: int, limit: int) -> Sequence[Row]:
        """Some of a run's ticks, by number: `run_id number tick inputs actions digest`."""
        ...

    async def newest_tick(self, run_id: str) -> int | None:
        """The number of a run's newest tick; None: it has none."""
        ...

    async def put_blob(self, run_id: str, content: bytes) -> str:
        """Keep bytes until the last run that needs them is deleted; returns their SHA-256."""
        ...

    async def find_blob(self, digest: str) -> bytes | None:
        """The bytes of a digest. Raises DataError where they are others by now."""
        ...

    async def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        """Write, as JSON."""
        ...

    async def find_state(self, scope: str) -> Mapping[str, Any] | None:
        """What was put there last."""
        ...

    async def states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        """All whose scope begins so, by scope."""
        ...


class WholeTransaction(Transaction, Protocol):
    """All or nothing: what trading keeps, the control plane's own rows, and events."""

    @property
    def trading(self) -> TradingRepository:
        """Orders on paper and live."""
        ...

    @property
    def inputs(self) -> InputRepository:
        """What runs were given, and what else has to outlive a restart."""
        ...


class OwnedDatabase(Protocol):
    """A database of which one server owns trading."""

    def transaction(self) -> AbstractAsyncContextManager[WholeTransaction]:
        """Commits at the end of the block. Raises ReadOnly where this server does not own it, or no longer."""
        ...

    async def check_owner(self) -> None:
        """Raises ReadOnly where another server has become the owner, though this one may not have heard of it."""
        ...
