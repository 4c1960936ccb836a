"""One transaction's way to a database, whichever it is."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable, Row, Table

from weaver.model.errors import Conflict, ReadOnly
from weaver.walle.database.engines.faults import translated

T = TypeVar("T")
Item = TypeVar("Item")
Values = Mapping[str, Any]
AnyRow = Row[*tuple[Any, ...]]


class DatabaseSession(Protocol):
    """Statements of one transaction. What is read before the first write is what was committed by then (as READ
    COMMITTED has it on PostgreSQL): conditional updates decide between writers, not what was read."""

    async def read(self, statement: Executable) -> Sequence[AnyRow]:
        """All rows of a query."""
        ...

    async def begin_write(self) -> None:
        """Make sure that this transaction may write, waiting for its turn.

        Raises Conflict where another server owns the database, Unavailable where it does not get its turn in time.
        """
        ...

    async def write(self, statement: Executable, values: Values | None = None) -> int:
        """Execute a change, with values for what it leaves open; returns how many rows it touched."""
        ...

    async def insert_many(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        """Insert very many rows, which `encode` makes of items, as the driver takes them, outside the event loop."""
        ...

    async def insert_last(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        """The same, as the last change before the commit: into a table for which others wait from then on."""
        ...

    read_only: str | None
    """Why nothing may be written in it, as a ReadOnly says it; None where it may."""
    has_begun_to_write: bool
    """Whether anything was to be written."""

    async def commit(self) -> None:
        """Keep it all. Raises Conflict where one of its statements had failed, OutcomeUnknown where nobody can tell."""
        ...


class Storage(Protocol):
    """Where rows are kept."""

    @property
    def name(self) -> str:
        """`memory`, `sqlite` or `postgresql`."""
        ...

    @property
    def is_owner(self) -> bool:
        """Whether this process may write."""
        ...

    def on_ownership(self, callback: Callable[[bool], None]) -> None:
        """Have `callback` called when ownership is lost or regained; where it cannot be, it never is."""
        ...

    async def check_owner(self) -> None:
        """Raises ReadOnly where another server has become the owner, though this one may not have heard of it."""
        ...

    def session(self, *, patient: bool = False, durable: bool = True) -> AbstractAsyncContextManager[DatabaseSession]:
        """A transaction: rolled back at the end of the block unless it was committed.

        patient: any other writer that waits goes first. durable: its commit waits for the disk; one that does not
        survives the end of this process, and is lost by a power cut at most together with all that came after it.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class Statements(ABC):
    """What the sessions have in common: a statement that failed spoils its transaction, on every database alike."""

    def __init__(self) -> None:
        self._is_spoilt = False
        self.read_only: str | None = None
        self.has_begun_to_write = False

    def _check_may_write(self) -> None:
        if self.read_only is not None:
            raise ReadOnly(self.read_only)
        self.has_begun_to_write = True

    async def insert_last(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        """See `DatabaseSession`."""
        await self.insert_many(table, columns, items, encode)

    @abstractmethod
    async def insert_many(
        self, table: Table, columns: Sequence[str], items: Sequence[Item], encode: Callable[[Item], Sequence[Any]]
    ) -> None:
        """See `DatabaseSession`."""

    @contextmanager
    def _executing(self) -> Iterator[None]:
        self._check_unspoilt()
        try:
            with translated():
                yield
        except BaseException:
            self._is_spoilt = True
            raise

    def _check_unspoilt(self) -> None:
        if self._is_spoilt:
            raise Conflict("nothing was changed: a statement of this transaction had failed")


async def to_its_end(work: Awaitable[T]) -> T:
    """Await something that must not be cut off half-way: a cancellation is raised once it is done."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
        if not task.cancelled():
            task.exception()  # seen: the cancellation is what is told
        raise
