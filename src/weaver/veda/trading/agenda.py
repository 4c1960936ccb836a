"""What is to be done for an account's orders, read off its books: whatever happened before, the same again."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from weaver.model.orders.actions import OrderType
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Submission, SubmissionState

CANCEL_AGAIN, CANCEL_TOLD = timedelta(seconds=10), 3
"""A cancel that nothing confirms is sent again after so long, and told when it has been sent so often: after 30 s."""
STREAM_WAIT = timedelta(seconds=10)
"""How long an entry waits for the order stream."""
SILENCE, SILENCE_MAX = timedelta(seconds=5), timedelta(seconds=60)
"""A market order of which nothing was heard for so long is asked for; again after as long as it has been silent, at
most after a minute: one that waits for its market to open says nothing all night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """Something to do now."""

    what: str
    id: str


def to_send(known: AccountOrders, handed: Set[str]) -> Iterator[ToDo]:
    """What was written down and not handed to the venue yet; and what was, and nobody knows the fate of."""
    for one in known.open_submissions():
        if one.state is SubmissionState.SENDING and not one.is_leg:
            if one.id in handed:
                yield ToDo(what="look_up", id=one.id)
            else:
                yield ToDo(what="send" if one.replaces is None else "send_replacement", id=one.id)


def to_cancel(
    known: AccountOrders, now: datetime, withdrawn: Set[str], *, cancels_legs: bool = False
) -> Iterator[ToDo]:
    """What works at the venue and should not: its order is over or to be cancelled, or it is placed anew.
    cancels_legs: an exit that waits can be cancelled by itself."""
    for one in known.open_submissions():
        if one.state is not SubmissionState.WORKING or one.venue_id is None:
            continue
        if one.cancel_sent_at is not None and now - one.cancel_sent_at < CANCEL_AGAIN:
            continue
        order = known.order(one.order_id)
        is_unwanted = order is None or not order.is_working or order.cancel_asked is not None or one.id in withdrawn
        is_unwanted |= order is not None and order.waits_for is WaitsFor.SPLIT
        is_unwanted |= is_superseded(known, one)
        if is_unwanted and (cancels_legs or not _takes_its_entry_along(known, one, order)):
            yield ToDo(what="cancel", id=one.id)


def is_superseded(known: AccountOrders, submission: Submission) -> bool:
    """Whether another was sent for the same order since: this one was taken for lost, and has come to light."""
    made = [*known.submissions_of(submission.order_id)]
    later = made[made.index(submission) + 1 :]
    return any(one.state is not SubmissionState.ENDED for one in later)


def _takes_its_entry_along(known: AccountOrders, leg: Submission, order: LiveOrder | None) -> bool:
    """A venue may cancel an entry with the exit that it holds for it: that is asked for when the entry is over. One
    that works beside its entry, for what that has brought so far, goes by itself."""
    if not leg.is_leg or order is None or order.group_id is None or order.group_id == order.id:
        return False
    works_beside_it = order.is_working and order.waits_for is not WaitsFor.ENTRY
    entry = known.order(order.group_id)
    return entry is not None and entry.is_working and not works_beside_it


def to_expire(known: AccountOrders, now: datetime) -> Iterator[ToDo]:
    """Orders whose time is over, and which the venue does not end."""
    for order in known.working():
        if order.expires_at is not None and order.expires_at <= now and order.cancel_asked is None:
            yield ToDo(what="expire", id=order.id)


def to_ask(known: AccountOrders, now: datetime, asked: Mapping[str, datetime]) -> Iterator[ToDo]:
    """Market orders that should have filled, and of which nothing is heard; orders of which an exit was not seen."""
    for id_, since in _silent(known):
        if now >= _ask_again(since, asked.get(id_, since)):
            yield ToDo(what="refresh", id=id_)


def _ask_again(since: datetime, asked: datetime) -> datetime:
    return asked + min(max(SILENCE, asked - since), SILENCE_MAX)


def _silent(known: AccountOrders) -> Iterator[tuple[str, datetime]]:
    """What is to be asked for, and since when nothing is heard of it."""
    for one in known.open_submissions():
        if one.is_leg:
            parent = None if one.parent_id is None else known.submission(one.parent_id)
            if one.state is SubmissionState.SENDING and parent is not None and parent.venue_id is not None:
                yield parent.id, parent.sent_at or datetime.min.replace(tzinfo=UTC)
        elif one.state is SubmissionState.WORKING and one.sent_at is not None:
            order = known.order(one.order_id)
            if order is not None and order.order_type is OrderType.MARKET:
                yield one.id, one.sent_at


def next_due(known: AccountOrders, now: datetime, asked: Mapping[str, datetime]) -> datetime | None:
    """When something has to be looked at again by itself; None: when something happens. What is due by now was looked
    at just before."""
    return min((due for due in _dues(known, asked) if due > now), default=None)


def _dues(known: AccountOrders, asked: Mapping[str, datetime]) -> Iterator[datetime]:
    yield from (one.cancel_sent_at + CANCEL_AGAIN for one in known.open_submissions() if one.cancel_sent_at is not None)
    yield from (_ask_again(since, asked.get(id_, since)) for id_, since in _silent(known))
    for order in known.working():
        if order.expires_at is not None and order.cancel_asked is None:
            yield order.expires_at
        if order.waits_for is WaitsFor.STREAM:
            yield order.placed_at + STREAM_WAIT
