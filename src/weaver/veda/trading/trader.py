"""One account's orders, worked at its venue: written down, sent, followed, protected, until each is over."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from types import TracebackType
from typing import Protocol

import structlog

from weaver.events.factory import EventFactory
from weaver.events.payloads import Payload
from weaver.model.errors import Unavailable, WeaverError
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.account import ActionHappened
from weaver.veda.exchange.market import FeedRestored, FeedStale, InstrumentRules
from weaver.veda.exchange.orders import OrderUpdate, VenueFill
from weaver.veda.exchange.port import ExchangeAdapter, OrderMessage
from weaver.veda.exchange.setup import Wall
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Submission, SubmissionState
from weaver.veda.ports import RecordedTick, TradingStore
from weaver.veda.risk.refusal import Refusal, Rule
from weaver.veda.trading.agenda import ToDo, next_due, to_ask, to_cancel, to_expire, to_send
from weaver.veda.trading.books.books import Books
from weaver.veda.trading.books.draft import Draft, OrderChange
from weaver.veda.trading.calls import Calls
from weaver.veda.trading.changes.exits import groups, needs_protection, settle, stands
from weaver.veda.trading.changes.placing import (
    NOTHING_LEFT,
    can_reduce,
    cancel,
    drop_unsent,
    end,
    in_place_of,
    inherit,
    is_behind_cancels,
    legs_of,
    open_after_close,
    submit,
    submit_replacement,
    take_legs,
    waits_for_entry,
)
from weaver.veda.trading.changes.protecting import Protection, is_to_be_placed_anew, protect
from weaver.veda.trading.chores import Chores
from weaver.veda.trading.intents import Cancel, Intent, Place, Replace
from weaver.veda.trading.reconciler import Reconciler
from weaver.veda.trading.requests import unfit_leg

RECONCILE = "reconcile"
RECONCILE_SECONDS = 30.0
POLL_SECONDS = 0.25
"""Of the wall: how often a venue with a time of its own is asked what time it is, while something is due there."""
OWN_TIME_SECONDS = 5.0
CLOSE_SECONDS = 5.0
AGAIN_SECONDS = 1.0
STREAM_AWAY = "not sent: the venue's order stream was away for 10 s"
_log = structlog.get_logger(__name__)


class Holdings(Protocol):
    """What is held, by the fills that are in the books."""

    def held(self, run_id: str | None, symbol: str) -> Decimal:
        """By a run; None: by hand. Negative when short."""
        ...

    def net(self, symbol: str) -> Decimal:
        """By the account, whoever bought it."""
        ...


class Hours(Protocol):
    """When an order at the market would fill."""

    def opens_at(self, symbol: str, now: datetime) -> datetime | None:
        """When the symbol's market opens next; None: it is open."""
        ...


Gate = Callable[[Draft, LiveOrder, Sequence[LiveOrder], Decimal], Refusal | None]
"""Why an order is not to be sent, with its legs, given how much of it only reduces; None: nothing forbids it."""


class Reconciled(Protocol):
    """Told of each look at the venue, to have its part in the books; `others`: fills of orders that are not ours;
    `is_quiet`: nothing changed, and nothing was under way, while it was asked."""

    def __call__(self, draft: Draft, others: Sequence[VenueFill], *, is_quiet: bool) -> None: ...


class Trader:
    """To be entered: that connects nothing, but reads the books, reconciles, and follows the order stream of an adapter
    that is connected. Leaving it ends all that it began; what was sent goes on at the venue, and is found again."""

    def __init__(
        self,
        account: str,
        *,
        adapter: ExchangeAdapter,
        store: TradingStore,
        events: EventFactory,
        wall: Wall,
        gate: Gate,
        holdings: Holdings,
        hours: Hours,
        told: Callable[[str, Mapping[str, object]], None],
        reconciled: Reconciled,
        happened: Callable[[ActionHappened], Awaitable[None]],
    ) -> None:
        """happened: has what a company did to its shares in the books, before anything that is told after it."""
        self.account, self._adapter, self._wall = account, adapter, wall
        self._gate, self._holdings, self._hours, self._told, self._reconciled = gate, holdings, hours, told, reconciled
        self._happened = happened
        self.books = Books(account, store=store, events=events, now=adapter.now)
        self._calls = Calls(books=self.books, adapter=adapter, store=store, wall=wall, told=told)
        self.reconciler = Reconciler(books=self.books, adapter=adapter, calls=self._calls, store=store)
        self._woken, self._idle = asyncio.Event(), asyncio.Event()
        self._chores, self._stack = Chores(wall, self.wake), AsyncExitStack()
        self._protection = Protection(told)
        self._withdrawn: set[str] = set()
        """Those that are to end though their order goes on."""
        self._asked: dict[str, datetime] = {}
        self._rules: dict[str, InstrumentRules] = {}
        self.is_streaming = False
        self._reconcile_at: datetime | None = None
        self.looked_at: datetime | None = None
        """When the newest look ended, by the wall."""
        self.looked_version = -1
        """Of the books, when the newest look began."""
        self._looking = asyncio.Lock()
        self.books.listen(self._changed)

    async def __aenter__(self) -> "Trader":
        await self.books.read()
        self._calls.handed |= {one.id for one in self.books.known.open_submissions() if await self._may_be_there(one)}
        if not self._adapter.is_replay:
            await self._drop_unsent()
        await self._stack.enter_async_context(self._chores)
        self._stack.push_async_callback(self._end, asyncio.create_task(self._follow()))
        self._stack.push_async_callback(self._end, asyncio.create_task(self._work()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _end(self, task: "asyncio.Task[None]") -> None:
        task.cancel()
        await asyncio.wait({task}, timeout=CLOSE_SECONDS)

    @property
    def is_ready(self) -> bool:
        """Whether entries may be sent: the order stream stands, and what is at the venue was compared."""
        return self.is_streaming and self.reconciler.is_done

    # What is asked of it

    async def know(self, symbols: Collection[str]) -> Mapping[str, InstrumentRules]:
        """Learn the rules of some symbols, which are kept. Raises Unavailable."""
        self._rules |= await self._adapter.instruments(symbols)
        return {symbol: self._rules[symbol] for symbol in symbols if symbol in self._rules}

    async def carry_out(
        self,
        intents: Sequence[Intent],
        *,
        corr_id: str | None = None,
        tick: RecordedTick | None = None,
        says: Sequence[Payload] = (),
        blobs: Sequence[bytes] = (),
        first: Callable[[Draft], None] = lambda _draft: None,
    ) -> Mapping[str, Refusal]:
        """Have all of it in the books, in one transaction with a run's tick (and the bytes that it needs) and with what
        is to stand in the log, and then at the venue; `first` is done before the orders are looked at. Returns why
        orders were refused, by their ids. Raises Unavailable, ReadOnly and Conflict: then nothing was done of it, as
        far as is known."""
        refused: dict[str, Refusal] = {}
        async with self.books.change(corr_id=corr_id) as draft:
            if tick is not None:
                draft.record(tick)
                for content in blobs:
                    draft.keep(tick.run_id, content)
            draft.say(*says)
            first(draft)
            for intent in intents:
                self._take_up(draft, intent, refused)
        return refused

    async def sync(self, order_id: str) -> None:
        """Look at an order at the venue now, and take in what it shows. Raises Unavailable."""
        await self.books.recall(order_id)
        for submission in [*self.books.known.submissions_of(order_id)]:
            await self._calls.ask(submission.id)

    async def look(self) -> None:
        """Compare all that is at the venue with the books, now. Raises Unavailable."""
        async with self._looking:
            await self._reconcile()

    def wake(self) -> None:
        """Something has changed that orders may wait for."""
        self._idle.clear()
        self._woken.set()

    async def idle(self) -> None:
        """Return when all that can be done now is done: what was written down is sent and answered. A venue whose time
        goes on when it is asked for bars is not asked before."""
        await self._idle.wait()

    # Taking up

    def _take_up(self, draft: Draft, intent: Intent, refused: dict[str, Refusal]) -> None:
        match intent:
            case Cancel():
                cancel(draft, intent)
            case Replace():
                self._replace(draft, intent, refused)
            case Place(order=order, legs=legs):
                draft.put(order)
                take_legs(draft, intent)
                if (why := self._refusal(draft, order, legs)) is not None:
                    refused[order.id] = why
                    end(draft, order, OrderStatus.REJECTED, why.message)
                else:
                    self._place(draft, order, is_for_open=intent.is_for_open)

    def _refusal(self, draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> Refusal | None:
        if (leg := unfit_leg(legs)) is not None:
            text = f"no venue holds a {leg.order_type} order as an exit of another"
            return Refusal(rule=Rule.VENUE, message=text, value=leg.order_type)
        return self._gate(draft, order, legs, can_reduce(draft, order, self._holdings.held(order.run_id, order.symbol)))

    def _place(self, draft: Draft, order: LiveOrder, *, is_for_open: bool = False) -> None:
        """Send it, or have it wait."""
        held = self._holdings.held(order.run_id, order.symbol)
        reduces = order.reduces or can_reduce(draft, order, held) >= order.quantity
        if order.cancel_asked is not None and not reduces:  # it came too late
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
            return
        order = replace(order, reduces=reduces, cancel_asked=None)
        if is_for_open and self._hours.opens_at(order.symbol, draft.now) is not None:
            draft.put(replace(order, waits_for=WaitsFor.OPEN))
        elif is_behind_cancels(draft, order):
            draft.put(replace(order, waits_for=WaitsFor.CANCELS))
        elif not reduces and not self.is_ready:
            draft.put(replace(order, waits_for=WaitsFor.STREAM))
        else:
            self._submit(draft, order)

    def _submit(self, draft: Draft, order: LiveOrder) -> None:
        rules = self._rules.get(order.symbol)
        submit(
            draft,
            order,
            net=self._holdings.net(order.symbol),
            splits_at_zero=rules is not None and rules.splits_at_zero,
        )

    def _replace(self, draft: Draft, intent: Replace, refused: dict[str, Refusal]) -> None:
        old = draft.order(intent.old_id)
        others = [one for one in draft.replacements_of(old.id) if one.is_working]
        new = in_place_of(draft, intent)
        if (
            not old.is_working or others
        ):  # two would be sent where the venue takes the first: each as an order of its own
            state = f"being replaced by order {others[0].number or others[0].id}" if others else old.status
            end(draft, new, OrderStatus.REJECTED, f"order {old.number or old.id} is {state}: it cannot be replaced")
            return
        if (why := self._refusal(draft, new, ())) is not None:
            refused[new.id] = why
            end(draft, new, OrderStatus.REJECTED, why.message)
            return
        inherit(draft, old, new)
        if waits_for_entry(draft, old):
            end(draft, old, OrderStatus.CANCELLED, f"replaced by order {new.number}")
            draft.put(replace(draft.order(old.id), replaced_by=new.id))
            draft.put(replace(new, waits_for=WaitsFor.ENTRY))
            return
        standing = [one for one in draft.submissions_of(old.id) if one.state is SubmissionState.WORKING]
        if len(standing) == 1 and standing[0].venue_id is not None and old.cancel_asked is None:
            submit_replacement(draft, new, standing[0])
            return
        cancel(draft, Cancel(order_id=old.id, reason=f"replaced by order {new.number}"))
        self._place(draft, draft.order(new.id))

    # Working

    async def _work(self) -> None:
        """Do what the books say is to be done, whenever they change or something is due."""
        while True:
            self._woken.clear()
            seen = self._adapter.now()
            try:
                await self._look(seen)
            except WeaverError as error:  # the database or the venue is away: looked at again
                _log.warning("account_not_worked", account=self.account, error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the account's other orders go on
                _log.error("account_not_worked", account=self.account, exc_info=error)
                await self._wall.sleep(AGAIN_SECONDS)
            if not self._chores.count and not self._woken.is_set():
                self._idle.set()
            await self._until(self._due(seen))
            self._idle.clear()

    async def _look(self, now: datetime) -> None:
        known = self.books.known
        for todo in (*to_send(known, self._calls.handed), *to_cancel(known, now, self._withdrawn)):
            self._begin(todo)
        for todo in [*to_ask(known, now, self._asked)]:
            self._asked[todo.id] = now
            self._begin(todo)
        if self._is_reconcile_due(now):
            self._chores.begin(RECONCILE, self.look)
        if self._has_to_change(now):
            await self._change()

    def _is_reconcile_due(self, now: datetime) -> bool:
        if self._reconcile_at is None:
            return True
        is_soon = self.looked_at is not None and (self._wall.now() - self.looked_at).total_seconds() < 1.0
        return now >= self._reconcile_at and not is_soon  # a replay's hours may be the wall's milliseconds

    def _begin(self, todo: ToDo) -> None:
        if any(self._chores.is_under_way(f"{what} {todo.id}") for what in ("send", "send_replacement", "look_up")):
            return
        calls = self._calls
        work = {
            "send": calls.send,
            "send_replacement": calls.send_replacement,
            "look_up": calls.look_up,
            "refresh": calls.refresh,
            "cancel": calls.cancel,
        }[todo.what]
        self._chores.begin(f"{todo.what} {todo.id}", partial(work, todo.id))

    def _has_to_change(self, now: datetime) -> bool:
        known = self.books.known
        has_orders = any(map(_has_to_be_looked_at, known.working())) or any(to_expire(known, now))
        return has_orders or self._protection.is_any

    async def _change(self) -> None:
        """Let go what waited long enough, end what is over, protect what lies open."""
        async with self.books.change() as draft:
            for todo in [*to_expire(self.books.known, draft.now)]:
                order = draft.order(todo.id)
                cancel(draft, Cancel(order_id=order.id, reason=f"{order.tif}: its time is over"))
            settle(draft)
            for order in draft.working():
                if self._rests(draft, order.group_id or order.id):
                    continue
                if order.waits_for is WaitsFor.CANCELS and not is_behind_cancels(draft, order):
                    if order.group_id is None or not needs_protection(draft, order.group_id):
                        self._let_go(draft, order)
                elif order.waits_for is WaitsFor.STREAM:
                    self._let_go_in_time(draft, order)
                elif order.waits_for is WaitsFor.SPLIT:
                    if is_to_be_placed_anew(draft, order):
                        self._let_go(draft, order)
                elif order.waits_for is WaitsFor.CLOSE or (
                    order.waits_for is WaitsFor.OPEN and self._is_open_for(draft, order)
                ):
                    self._let_go(draft, order)
            self._protection.look(draft, groups(draft))
            for group_id in groups(draft):
                if not self._rests(draft, group_id):
                    entry = draft.order(group_id)
                    held = self._holdings.held(entry.run_id, entry.symbol)
                    self._withdrawn.update(protect(draft, group_id, held))

    def _rests(self, draft: Draft, id_: str) -> bool:
        """Whether an exit that the venue did not take is to wait a little."""
        return (until := self._calls.rests.get(id_)) is not None and draft.now < until

    def _is_open_for(self, draft: Draft, order: LiveOrder) -> bool:
        is_open = self._hours.opens_at(order.symbol, draft.now) is None
        return order.waits_for is WaitsFor.OPEN and is_open and not is_behind_cancels(draft, order)

    def _let_go(self, draft: Draft, order: LiveOrder) -> None:
        """Send an order that has waited, at what is left of it to do."""
        if order.cancel_asked is not None:
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
            return
        if stands(draft, order):  # it has come to light
            draft.put(replace(order, waits_for=None))
            return
        if not order.reduces and (why := self._refusal(draft, order, legs_of(draft, order))) is not None:
            end(draft, order, OrderStatus.CANCELLED if order.filled else OrderStatus.REJECTED, why.message)
            return
        if order.waits_for is WaitsFor.CLOSE:
            open_after_close(draft, order)
            return
        if order.reduces:
            available = can_reduce(draft, order, self._holdings.held(order.run_id, order.symbol))
            if not available:
                end(draft, order, OrderStatus.CANCELLED, NOTHING_LEFT)
                return
            order = replace(order, quantity=order.filled + min(order.remaining, available))
        self._submit(draft, order)

    def _let_go_in_time(self, draft: Draft, order: LiveOrder) -> None:
        if self.is_ready:
            self._let_go(draft, order)
        elif (draft.now - order.placed_at).total_seconds() >= 10:
            end(draft, order, OrderStatus.REJECTED, STREAM_AWAY)

    async def _may_be_there(self, submission: Submission) -> bool:
        """Whether the venue may have been asked for it. A replay's time stood still: what it lacks is sent."""
        if not self._adapter.is_replay or submission.is_leg or submission.state is not SubmissionState.SENDING:
            return True
        return await self._adapter.find_order_by_client_id(submission.id) is not None

    async def _drop_unsent(self) -> None:
        """After a restart: entries that were never sent are not sent late; exits that wait are."""
        async with self.books.change() as draft:
            for order in draft.working():
                if not order.reduces and order.waits_for is not WaitsFor.ENTRY:
                    drop_unsent(draft, order)

    # Listening

    async def _follow(self) -> None:
        """Read the order stream as long as the adapter gives it."""
        while True:
            try:
                async with _closing(self._adapter.order_updates()) as messages:
                    async for message in messages:
                        await self._heard(message)
            except WeaverError as error:
                _log.warning("order_stream_lost", account=self.account, error=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, the stream is read on
                _log.error("order_stream_lost", account=self.account, exc_info=error)
            self.is_streaming = False
            self._reconcile_at = None
            await self._wall.sleep(AGAIN_SECONDS)

    async def _heard(self, message: OrderMessage) -> None:
        match message:
            case FeedStale():
                self.is_streaming = False
                self._told("order_stream_stale", {"account": self.account, "reason": message.reason})
            case FeedRestored():
                self.is_streaming = True
                self._reconcile_at = None
                self.wake()
            case ActionHappened():
                await self._happened(message)
            case OrderUpdate():
                await self._updated(message)

    async def _updated(self, update: OrderUpdate) -> None:
        try:
            if not await self._calls.take(update.order, fill=update.fill):
                self._chores.begin(f"identify {update.order.venue_id}", partial(self.reconciler.identify, update))
        except Unavailable as error:  # it is asked for when the database is there again
            self._reconcile_at = None
            _log.warning("order_update_put_off", account=self.account, error=str(error))

    async def _reconcile(self) -> None:
        before = self.books.version
        await self.reconciler.reconcile()
        others = self._chores.count - self._chores.is_under_way(RECONCILE)
        is_quiet = before == self.books.version and not others
        async with self.books.change() as draft:
            self._reconciled(draft, self.reconciler.others, is_quiet=is_quiet)
        self.looked_at, self.looked_version = self._wall.now(), before
        self._reconcile_at = None if not self.reconciler.is_done else self.reconciler.next_at
        self.wake()

    def _changed(self, changes: Sequence[OrderChange]) -> None:
        self.wake()
        for change in changes:
            for fill in change.fills:
                if fill.is_late:
                    facts = {"order": fill.order_id, "symbol": fill.symbol, "quantity": fill.quantity}
                    self._told("fill_came_late", facts)

    # Waiting

    def _due(self, now: datetime) -> datetime | None:
        """When something is due that was not yet, when the books were looked at last."""
        known = self.books.known
        opens = [
            at
            for order in known.working()
            if order.waits_for is WaitsFor.OPEN and (at := self._hours.opens_at(order.symbol, now)) is not None
        ]
        dues = [next_due(known, now, self._asked), self._reconcile_at, *opens, *self._calls.rests.values()]
        return min((due for due in dues if due is not None and due > now), default=None)

    async def _until(self, due: datetime | None) -> None:
        """Return when something changes, or an instant of the venue's has come; within a second (wall) where a look at
        the venue was put off, as it was too soon after the last."""
        is_put_off = self._reconcile_at is not None and self._reconcile_at <= self._adapter.now()
        until = self._wall.now() + timedelta(seconds=1.0 if is_put_off else RECONCILE_SECONDS)
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            while not woken.done():
                left = RECONCILE_SECONDS if due is None else (due - self._adapter.now()).total_seconds()
                left = min(left, (until - self._wall.now()).total_seconds())
                if left <= 0:
                    return
                has_own_time = abs((self._adapter.now() - self._wall.now()).total_seconds()) > OWN_TIME_SECONDS
                sleeping = asyncio.ensure_future(self._wall.sleep(min(left, POLL_SECONDS) if has_own_time else left))
                try:
                    await asyncio.wait({woken, sleeping}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    sleeping.cancel()
        finally:
            woken.cancel()


def _has_to_be_looked_at(order: LiveOrder) -> bool:
    return order.waits_for is not None or order.group_id is not None or order.cancel_asked is not None


@asynccontextmanager
async def _closing(messages: AsyncIterator[OrderMessage]) -> AsyncIterator[AsyncIterator[OrderMessage]]:
    """A stream that is closed at the end, where its adapter made one that can be."""
    try:
        yield messages
    finally:
        if isinstance(messages, AsyncGenerator):
            await messages.aclose()
