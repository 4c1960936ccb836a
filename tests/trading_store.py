"""What is kept of trading, in memory, for whoever runs Veda from a seed: it fails where and how a database can.

A `FakeDisk` is what has been committed. Each `FakeTradingStore` on it is a server's: making one takes the disk over,
and the one before is superseded, as by a new epoch. Nothing of a transaction is on the disk until its commit, which
happens between two awaits. No time passes here but what the hook lets pass.
"""

import asyncio
from collections import ChainMap
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

import orjson

from weaver.events.codec import headers_text, payload_text, recorded_at
from weaver.events.event import Event
from weaver.events.routing import routed
from weaver.model.errors import Conflict, InputError, ReadOnly
from weaver.model.run import RunMode
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.ports import KnownOrders, RecordedTick
from weaver.walle.database.rows.sql_types import amount_text, moment

At = Callable[[str], Awaitable[None]]
"""Called at each point, by its name: whatever a transaction or question is called, `begin`, `commit` before all of it
is kept, and `committed` after. It may wait, raise Unavailable (of OutcomeUnknown: at `commit` nothing was kept, at
`committed` all), and raise what ends the process."""
Name = tuple[str, str]
T = TypeVar("T", LiveOrder, Submission, LiveFill, RecordedTick)


async def nothing_happens(_point: str) -> None:
    """A database that always answers at once."""


@dataclass(slots=True, kw_only=True)
class Tables:
    """Rows by what names them, in the order in which they came."""

    orders: MutableMapping[str, LiveOrder] = field(default_factory=dict)
    submissions: MutableMapping[Name, Submission] = field(default_factory=dict)
    fills: MutableMapping[str, LiveFill] = field(default_factory=dict)
    ticks: MutableMapping[tuple[str, int], RecordedTick] = field(default_factory=dict)
    states: MutableMapping[str, bytes] = field(default_factory=dict)
    blobs: MutableMapping[str, bytes] = field(default_factory=dict)
    client_ids: MutableMapping[Name, str] = field(default_factory=dict)
    executions: MutableMapping[Name, str] = field(default_factory=dict)
    events: MutableMapping[str, Event] = field(default_factory=dict)

    def overlaid(self) -> "Tables":
        """The same, to be changed without changing these."""
        return Tables(**{each.name: ChainMap({}, getattr(self, each.name)) for each in fields(self)})

    def take(self, changed: "Tables") -> None:
        """Have the changes of an overlay here."""
        for each in fields(self):
            getattr(self, each.name).update(getattr(changed, each.name).maps[0])


@dataclass(slots=True, kw_only=True)
class FakeDisk:
    """What outlives a server."""

    tables: Tables = field(default_factory=Tables)
    epoch: int = 0

    @property
    def events(self) -> list[Event]:
        """The log, in the order of `seq`."""
        return list(self.tables.events.values())


class FakeTransaction:
    """A `TradingTransaction`."""

    def __init__(self, tables: Tables, at: At) -> None:
        self._tables, self._at = tables, at
        self._is_spoilt = False
        self.appended: list[Event] = []

    async def put_orders(self, orders: Sequence[LiveOrder]) -> None:
        await self._at("put_orders")
        with _Spoiling(self):
            for order in orders:
                name = (order.account, order.client_order_id)
                if self._tables.client_ids.setdefault(name, order.id) != order.id:
                    raise Conflict(f"{order.account} has an order {order.client_order_id} already")
                self._tables.orders[order.id] = _kept(order)

    async def put_submissions(self, submissions: Sequence[Submission]) -> None:
        await self._at("put_submissions")
        with _Spoiling(self):
            for submission in submissions:
                self._check_order(submission.order_id)
                before = self._tables.submissions.get((submission.account, submission.id), submission)
                if before.order_id != submission.order_id:
                    raise Conflict(f"{submission.id} belongs to {before.order_id}")
                self._tables.submissions[submission.account, submission.id] = _kept(submission)

    async def add_fills(self, fills: Sequence[LiveFill]) -> None:
        await self._at("add_fills")
        with _Spoiling(self):
            for fill in fills:
                self._check_order(fill.order_id)
                name = (fill.order_id, fill.execution_id)
                if fill.id in self._tables.fills or name in self._tables.executions:
                    raise Conflict(f"the fill {fill.id} ({fill.execution_id}) is there already")
                self._tables.executions[name] = fill.id
                self._tables.fills[fill.id] = _kept(fill)

    async def add_ticks(self, ticks: Sequence[RecordedTick]) -> None:
        await self._at("add_ticks")
        with _Spoiling(self):
            for tick in ticks:
                if (tick.run_id, tick.number) in self._tables.ticks:
                    raise Conflict(f"tick {tick.number} of {tick.run_id} is there already")
                if tick.number != 0 and (tick.run_id, tick.number - 1) not in self._tables.ticks:
                    raise Conflict(f"tick {tick.number - 1} of {tick.run_id} is not there")
                self._tables.ticks[tick.run_id, tick.number] = _kept(tick)

    async def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        await self._at("put_state")
        with _Spoiling(self):
            try:
                self._tables.states[scope] = orjson.dumps(dict(state))
            except TypeError as error:
                raise InputError(f"{scope}: {error}") from error

    async def put_blob(self, run_id: str, content: bytes) -> str:
        await self._at("put_blob")
        digest = sha256(content).hexdigest()
        self._tables.blobs[digest] = content
        return digest

    def append(self, *events: Event) -> None:
        self.appended += events

    def seal(self, new_id: Callable[[], str]) -> None:
        """Check what a database would check at its commit, and give events their place."""
        if self._is_spoilt:
            raise Conflict("nothing was changed: a statement of this transaction had failed")
        before = self._tables.events
        seq = len(before.maps[-1]) if isinstance(before, ChainMap) else len(before)  # nothing is in its overlay yet
        for event in self.appended:
            child = routed(event, RunMode.PAPER, new_id=new_id())
            for each in (event,) if child is None else (event, child):
                payload_text(each), headers_text(each)
                if each.id in self._tables.events:
                    raise Conflict(f"an event {each.id} is in the log already")
                seq += 1
                self._tables.events[each.id] = replace(each, ts=recorded_at(each), seq=seq)

    def spoil(self) -> None:
        """Have the commit fail."""
        self._is_spoilt = True

    def _check_order(self, order_id: str) -> None:
        if order_id not in self._tables.orders:
            raise Conflict(f"there is no order {order_id}")


class _Spoiling:
    """A statement that fails spoils its transaction."""

    def __init__(self, transaction: FakeTransaction) -> None:
        self._transaction = transaction

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._transaction.spoil()


class FakeTradingStore:
    """A `TradingStore`. at: what happens at each point."""

    def __init__(self, disk: FakeDisk, *, at: At = nothing_happens) -> None:
        disk.epoch += 1
        self._disk, self._epoch, self._at = disk, disk.epoch, at
        self._turn = asyncio.Lock()
        self._writing: asyncio.Task[Any] | None = None
        self._ids = count(len(disk.tables.events) + 1)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[FakeTransaction]:
        assert self._writing is None or self._writing is not asyncio.current_task(), "a transaction within another"
        await self._at("begin")
        async with self._turn:
            self._writing = asyncio.current_task()
            try:
                self._check_epoch()
                changed = self._disk.tables.overlaid()
                transaction = FakeTransaction(changed, self._at)
                yield transaction
                await self._at("commit")
                self._check_epoch()
                transaction.seal(lambda: f"child-{next(self._ids)}")
                self._disk.tables.take(changed)
            finally:
                self._writing = None
        await self._at("committed")

    async def check_owner(self) -> None:
        await self._at("check_owner")
        self._check_epoch()

    async def working(self, account: str) -> KnownOrders:
        await self._at("working")
        unfinished = {
            each.order_id
            for each in self._tables.submissions.values()
            if each.account == account and each.state is not SubmissionState.ENDED
        }
        open_ = [
            order
            for order in self._tables.orders.values()
            if order.account == account and (order.is_working or order.id in unfinished)
        ]
        named = {id_ for order in open_ for id_ in (order.id, order.group_id, order.replaces) if id_ is not None}
        return self._known(lambda order: order.id in named or order.group_id in named)

    async def order(self, order_id: str) -> KnownOrders:
        await self._at("order")
        return self._known(lambda order: order.id == order_id)

    async def group(self, account: str, group_id: str) -> KnownOrders:
        await self._at("group")
        sent = {each.id for each in self._tables.submissions.values() if each.order_id == group_id}
        held = {each.order_id for each in self._tables.submissions.values() if each.parent_id in sent}
        return self._known(lambda order: order.account == account and (order.group_id == group_id or order.id in held))

    async def order_by_client_id(self, account: str, client_order_id: str) -> LiveOrder | None:
        await self._at("order_by_client_id")
        order_id = self._tables.client_ids.get((account, client_order_id))
        return None if order_id is None else self._tables.orders[order_id]

    async def orders_by_submission(self, account: str, submission_ids: Collection[str]) -> Mapping[str, str]:
        await self._at("orders_by_submission")
        return {
            id_: each.order_id
            for each in self._tables.submissions.values()
            for id_ in (each.id, each.venue_id)
            if each.account == account and id_ in submission_ids
        }

    async def of_run(self, run_id: str) -> KnownOrders:
        await self._at("of_run")
        return self._known(lambda order: order.run_id == run_id)

    async def sent_since(self, account: str, since: datetime) -> Sequence[LiveOrder]:
        await self._at("sent_since")
        sent = {
            each.order_id
            for each in self._tables.submissions.values()
            if each.account == account and each.parent_id is None
        }
        found = [one for one in self._tables.orders.values() if one.account == account and one.id in sent]
        return sorted((one for one in found if one.placed_at >= since), key=lambda one: (one.placed_at, one.id))

    async def fills_of(self, account: str) -> Sequence[LiveFill]:
        await self._at("fills_of")
        return [fill for fill in self._tables.fills.values() if fill.account == account]

    async def ticks(self, run_id: str, *, after: int = -1) -> AsyncIterator[RecordedTick]:
        await self._at("ticks")
        for number in count(after + 1):
            if (run_id, number) not in self._tables.ticks:
                return
            yield self._tables.ticks[run_id, number]

    async def newest_tick(self, run_id: str) -> int | None:
        await self._at("newest_tick")
        return max((number for of_run, number in self._tables.ticks if of_run == run_id), default=None)

    async def state(self, scope: str) -> Mapping[str, Any] | None:
        await self._at("state")
        return self._states(scope).get(scope)

    async def states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        await self._at("states")
        return self._states(prefix)

    async def blob(self, digest: str) -> bytes | None:
        await self._at("blob")
        return self._tables.blobs.get(digest)

    @property
    def _tables(self) -> Tables:
        return self._disk.tables

    def _check_epoch(self) -> None:
        if self._epoch != self._disk.epoch:
            raise ReadOnly("another server has owned the database since")

    def _states(self, prefix: str) -> Mapping[str, Mapping[str, Any]]:
        found = self._tables.states
        return {scope: orjson.loads(found[scope]) for scope in sorted(found) if scope.startswith(prefix)}

    def _known(self, wanted: Callable[[LiveOrder], bool]) -> KnownOrders:
        orders = [order for order in self._tables.orders.values() if wanted(order)]
        ids = {order.id for order in orders}
        return KnownOrders(
            orders=sorted(orders, key=lambda order: (order.run_id is None, order.run_id or "", order.number, order.id)),
            submissions=sorted(
                (each for each in self._tables.submissions.values() if each.order_id in ids),
                key=lambda each: (each.order_id, len(each.id), each.id),
            ),
            fills=[each for each in self._tables.fills.values() if each.order_id in ids],
        )


def _kept(value: T) -> T:
    """A value that a database could keep. Raises InputError as one would."""
    for each in fields(value):
        content = getattr(value, each.name)
        if isinstance(content, Decimal):
            amount_text(content)
        elif isinstance(content, datetime):
            moment(content)
    return value
