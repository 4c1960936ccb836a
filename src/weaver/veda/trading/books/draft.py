"""A change to an account's orders: made whole, then committed, then seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import structlog

from weaver.events.event import Event
from weaver.events.factory import EventFactory
from weaver.events.payloads import OrdersWarned, OrderWarning, Payload
from weaver.model.errors import Unavailable
from weaver.model.numbers.money import plain
from weaver.veda.exchange.orders import VenueFill
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.folding import booked
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.orders.submission import Submission
from weaver.veda.ports import RecordedTick, TradingTransaction
from weaver.veda.trading.books.order_events import created, moved

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """What a commit did to one order."""

    before: LiveOrder | None
    """None: it is new."""
    after: LiveOrder
    fills: tuple[LiveFill, ...]
    is_split: bool = False
    """A split has moved its terms: whoever is told of that moves them himself."""
    stays: str = ""
    """Why it works on, which its owner may hold for gone: what was to take its place does not."""


class Draft:
    """What is to be in the books together. Reads give what it has changed, else what was committed."""

    def __init__(
        self, known: AccountOrders, events: EventFactory, *, now: datetime, corr_id: str, is_still: bool = False
    ) -> None:
        """is_still: the venue's time stands still meanwhile, and what it has ended is over: it is a replay, which drops
        no exit and lets nothing come between."""
        self._known, self._events, self.is_still = known, events, is_still
        self.now, self.corr_id = now, corr_id
        self._orders: dict[str, LiveOrder] = {}
        self._split: set[str] = set()
        self._stay: dict[str, str] = {}
        self._submissions: dict[str, Submission] = {}
        self._fills: dict[str, list[LiveFill]] = {}
        self._ticks: list[RecordedTick] = []
        self._states: dict[str, Mapping[str, Any]] = {}
        self._said: list[Event] = []
        self._blobs: list[tuple[str, bytes]] = []
        self._then: list[Callable[[], None]] = []

    # Reads

    def order(self, order_id: str) -> LiveOrder:
        """An order that is known."""
        found = self._orders.get(order_id) or self._known.order(order_id)
        assert found is not None, f"order {order_id} is not known"
        return found

    def find(self, order_id: str) -> LiveOrder | None:
        """An order; None where it is not known."""
        return self._orders.get(order_id) or self._known.order(order_id)

    def submission(self, submission_id: str) -> Submission:
        """A submission that is known. Raises Unavailable where it was forgotten since somebody knew it."""
        found = self._submissions.get(submission_id) or self._known.submission(submission_id)
        if found is None:
            raise Unavailable(f"submission {submission_id} is not in the books any more")
        return found

    def submissions_of(self, order_id: str) -> Sequence[Submission]:
        """An order's, as they were made."""
        known = [self._submissions.get(one.id, one) for one in self._known.submissions_of(order_id)]
        ids = {one.id for one in known}
        return [*known, *(one for one in self._submissions.values() if one.order_id == order_id and one.id not in ids)]

    def legs_of(self, submission_id: str) -> Sequence[Submission]:
        """What the venue holds with a submission."""
        known = [self._submissions.get(one.id, one) for one in self._known.legs_of(submission_id)]
        ids = {one.id for one in known}
        own = [one for one in self._submissions.values() if one.parent_id == submission_id and one.id not in ids]
        return [one for one in (*known, *own) if one.parent_id == submission_id]

    def replacements_of(self, order_id: str) -> Sequence[LiveOrder]:
        """The orders that were to take the place of one."""
        known = [self._orders.get(one.id, one) for one in self._known.all() if one.replaces == order_id]
        ids = {one.id for one in known}
        return [*known, *(one for one in self._orders.values() if one.replaces == order_id and one.id not in ids)]

    def by_venue_id(self, venue_id: str) -> Submission | None:
        """A submission by the venue's id."""
        new = next((one for one in self._submissions.values() if one.venue_id == venue_id), None)
        found = new or self._known.by_venue_id(venue_id)
        return None if found is None else self._submissions.get(found.id, found)

    def group(self, group_id: str) -> Sequence[LiveOrder]:
        """The exits that share a quantity."""
        known = [self._orders.get(one.id, one) for one in self._known.group(group_id)]
        ids = {one.id for one in known}
        new = [one for one in self._orders.values() if one.id not in ids]
        return [one for one in (*known, *new) if one.group_id == group_id]

    def working(self, *, run_id: str | None = None, symbol: str | None = None) -> Sequence[LiveOrder]:
        """Orders that are not over, oldest first."""
        known = [self._orders.get(one.id, one) for one in self._known.working(run_id=run_id, symbol=symbol)]
        ids = {one.id for one in known}
        new = [
            one
            for one in self._orders.values()
            if one.id not in ids and run_id in (None, one.run_id) and symbol in (None, one.symbol)
        ]
        return [one for one in (*known, *new) if one.is_working]

    def fills_of(self, order_id: str) -> Sequence[LiveFill]:
        """An order's, as they were booked."""
        return [*self._known.fills_of(order_id), *self._fills.get(order_id, ())]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (self._orders or self._submissions or self._ticks or self._states or self._said or self._blobs)

    # Changes

    def put(self, order: LiveOrder) -> None:
        """An order is to be so."""
        if order != (self._orders.get(order.id) or self._known.order(order.id)):
            self._orders[order.id] = replace(order, updated_at=self.now)

    def put_split(self, order: LiveOrder) -> None:
        """An order's terms are to be so, after a split."""
        self._split.add(order.id)
        self.put(order)

    def stay(self, order_id: str, reason: str) -> None:
        """An order works on that its owner may hold for gone, as he is to be told."""
        self._stay[order_id] = reason

    def put_submission(self, submission: Submission) -> None:
        """A submission is to be so."""
        if submission != (self._submissions.get(submission.id) or self._known.submission(submission.id)):
            self._submissions[submission.id] = submission

    def book(self, submission: Submission, fill: VenueFill, *, most: Decimal | None = None) -> tuple[LiveFill, ...]:
        """Book an execution as far as it is not in the books (see `booked`)."""
        order = self.order(submission.order_id)
        found = booked(order, submission, fill, self.fills_of(order.id), self.now, most=most)
        if found.fills:
            self._fills.setdefault(order.id, []).extend(found.fills)
            self.put(found.order)
            self.put_submission(found.submission)
        for late in (one for one in found.fills if one.is_late):
            reason = f"{plain(late.quantity)} filled {_after(order)}: that is booked, and counts"
            self.warn(order.id, OrderWarning.FILL_CAME_LATE, reason)
        return found.fills

    def record(self, tick: RecordedTick) -> None:
        """A tick's inputs and what they led to."""
        self._ticks.append(tick)

    def put_state(self, scope: str, state: Mapping[str, Any]) -> None:
        """What has to outlive a restart."""
        self._states[scope] = state

    def say(self, *payloads: Payload, cause: Event | None = None) -> None:
        """Something is to stand in the log, before what the orders' changes say."""
        self._said += [self._events.event(one, corr_id=self.corr_id, cause=cause) for one in payloads]

    def warn(self, order_id: str, warning: OrderWarning, reason: str) -> None:
        """Somebody should look at an order: that is to stand in the log of events, and in the server's."""
        order = self.order(order_id)
        self.say(
            OrdersWarned(
                run_id=order.run_id,
                order_id=order.id,
                account=order.account,
                symbol=order.symbol,
                warning=warning,
                reason=reason,
                time=self.now,
            )
        )
        self.then(partial(_log.warning, warning.value, order=order.id, symbol=order.symbol, reason=reason))

    def keep(self, run_id: str, content: bytes) -> None:
        """Bytes that a run needs are to be kept under their digest."""
        self._blobs.append((run_id, content))

    def then(self, do: Callable[[], None]) -> None:
        """To be done when it is committed, before anybody is told: what memory holds follows."""
        self._then.append(do)

    # Its end

    def changes(self) -> list[OrderChange]:
        """What it does to orders, in the order in which they were touched."""
        return [
            OrderChange(
                before=self._known.order(one.id),
                after=one,
                fills=tuple(self._fills.get(one.id, ())),
                is_split=one.id in self._split,
                stays=self._stay.get(one.id, ""),
            )
            for one in (*self._orders.values(), *(self.order(id_) for id_ in self._stay if id_ not in self._orders))
        ]

    async def write(self, transaction: TradingTransaction) -> None:
        """Put all of it into a transaction."""
        await transaction.put_orders(list(self._orders.values()))
        await transaction.put_submissions(list(self._submissions.values()))
        await transaction.add_fills([fill for fills in self._fills.values() for fill in fills])
        await transaction.add_ticks(self._ticks)
        for scope, state in self._states.items():
            await transaction.put_state(scope, state)
        for run_id, content in self._blobs:
            await transaction.put_blob(run_id, content)
        transaction.append(*self._said, *(self._event(one) for one in self._payloads()))

    def seen(self) -> None:
        """It was committed: everybody may know."""
        fills = [fill for fills in self._fills.values() for fill in fills]
        self._known.take(self._orders.values(), self._submissions.values(), fills)
        for do in self._then:
            do()

    def _payloads(self) -> Iterable[Payload]:
        for change in self.changes():
            if change.before is None:
                yield created(change.after)
            yield from moved(change.before or _new(change.after), change.after, change.fills)

    def _event(self, payload: Payload) -> Event:
        return self._events.event(payload, corr_id=self.corr_id)


def _after(order: LiveOrder) -> str:
    """When a fill is late."""
    return f"after it was {order.status}" if order.status.is_final else "past what was ordered"


def _new(order: LiveOrder) -> LiveOrder:
    """The order as it was before anything happened to it."""
    return LiveOrder(
        **{
            name: getattr(order, name)
            for name in ("id", "account", "run_id", "number", "client_order_id", "symbol", "side", "quantity")
        },
        order_type=order.order_type,
        tif=order.tif,
        placed_at=order.placed_at,
        updated_at=order.placed_at,
    )
