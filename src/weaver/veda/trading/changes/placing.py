"""Orders into the books: what is sent at once, what waits and for what, and what an order through zero is sent as."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from weaver.events.payloads import RiskRefused
from weaver.model.numbers.money import plain
from weaver.model.orders.actions import OrderClass, Side
from weaver.model.orders.status import OrderEvent, OrderStatus, transition
from weaver.veda.orders.folding import ended
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.positions.lacking import Lack, Quantities
from weaver.veda.risk.refusal import Rule
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.intents import Cancel, Place, Replace

ZERO = Decimal(0)
NOT_SENT = "not sent: the server had stopped before"
DUST = "less than can be ordered"
NOTHING_LEFT = "nothing was left to close"


def held_by_exits(draft: Draft, order: LiveOrder, *, of_all: bool = False) -> Decimal:
    """How much of its owner's holding (`of_all`: of the account's) other exits may take, but for those that are being
    cancelled; the exits of one group take it once, and nothing from each other."""
    others = [
        one
        for one in draft.working(symbol=order.symbol)
        if one.id != order.id
        and (of_all or one.run_id == order.run_id)
        and one.side is order.side
        and one.reduces
        and one.cancel_asked is None
        and one.waits_for is not WaitsFor.ENTRY
        and (one.group_id is None or one.group_id != order.group_id)
    ]
    groups = {one.group_id: one.remaining for one in others if one.group_id is not None}
    return sum((one.remaining for one in others if one.group_id is None), sum(groups.values(), Decimal(0)))


def in_hand(draft: Draft, symbol: str, side: Side, owner: str | None) -> Quantities:
    """How much of what other owners hold of a symbol their exits on a side will close that are at the venue, or on
    their way there; those of a group once."""
    exits = [
        one
        for one in draft.working(symbol=symbol)
        if one.run_id != owner
        and one.side is side
        and one.reduces
        and one.cancel_asked is None
        and any(sent.state is not SubmissionState.ENDED for sent in draft.submissions_of(one.id))
    ]
    found: dict[str | None, Decimal] = {}
    for one in {one.group_id or one.id: one for one in exits}.values():
        found[one.run_id] = found.get(one.run_id, ZERO) + one.remaining
    return found


def can_reduce(draft: Draft, order: LiveOrder, *, held: Decimal, net: Decimal) -> Decimal:
    """How much of an order only gets out of what its owner holds; one by hand also of what the account does (`net`),
    whoever brought it."""
    own = -order.side.sign * held - held_by_exits(draft, order)
    if order.run_id is None:
        own = max(own, -order.side.sign * net - held_by_exits(draft, order, of_all=True))
    return max(own, Decimal(0))


def is_behind_cancels(draft: Draft, order: LiveOrder) -> bool:
    """Whether orders of its owner in its symbol are being cancelled that were placed before it; of a replay none has to
    be waited for, as nothing of them fills meanwhile."""
    return not draft.is_still and any(
        one.cancel_asked is not None and one.run_id == order.run_id and one.id != order.id and one.parent_id != order.id
        for one in draft.working(symbol=order.symbol)
    )


def next_id(draft: Draft, order: LiveOrder) -> str:
    """An id for an order's next submission."""
    made = len(draft.submissions_of(order.id))
    return order.id if not made else f"{order.id}.{made + 1}"


def submit(draft: Draft, order: LiveOrder, *, net: Decimal, splits_at_zero: bool, legs: Sequence[LiveOrder]) -> None:
    """Write down that an order is being sent, with the exits that the venue is to hold for it. `net`: what the account
    holds, by which an order through zero takes two."""
    against = -order.side.sign * net
    closes = splits_at_zero and Decimal(0) < against < order.remaining
    sent = Submission(
        id=next_id(draft, order),
        order_id=order.id,
        account=order.account,
        part=Part.CLOSE if closes else Part.WHOLE,
        symbol=order.symbol,
        quantity=against if closes else order.remaining,
        sent_at=draft.now,
    )
    put_sent(draft, order, sent, () if closes else legs)


def fitted(draft: Draft, order: LiveOrder, *, room: Decimal, lack: Lack, lot: Decimal) -> LiveOrder:
    """A closing order, for no more than is at the venue and can be ordered; over, where that is less than a lot.
    `room`: how much of it its owner holds, of which `lack` is not at the venue."""
    there = room - lack.total
    rest = order.remaining if not lack.total else max(min(order.remaining, there), ZERO)
    if not rest and lack.gone:
        _end_as_gone(draft, order, lack)
        return draft.order(order.id)
    if order.notional is not None or (order.side is Side.BUY and not lack.total):
        return order
    whole = rest if not lot else rest // lot * lot
    if whole == order.remaining:
        return order
    if whole <= 0:
        end(draft, order, OrderStatus.CANCELLED, f"{DUST}: {plain(rest)} of {order.symbol} is left")
        return draft.order(order.id)
    if lack.gone and room - lack.gone < order.remaining:
        say_gone(draft, order, lack, rest=whole)
    if order.order_class is OrderClass.OCO:
        for leg in legs_of(draft, order):
            draft.put(replace(leg, quantity=leg.filled + whole))
    return replace(order, quantity=order.filled + whole)


def _end_as_gone(draft: Draft, order: LiveOrder, lack: Lack) -> None:
    say_gone(draft, order, lack, rest=ZERO)
    end(draft, order, OrderStatus.REJECTED, gone_from(order.symbol, lack))
    for leg in legs_of(draft, order):
        draft.put(ended(leg, OrderStatus.CANCELLED, gone_from(order.symbol, lack), draft.now))


def gone_from(symbol: str, lack: Lack) -> str:
    """Why a position is not closed, in words."""
    return f"{plain(lack.gone)} {symbol} of this position are not at the venue any more: other orders have closed them"


def say_gone(draft: Draft, order: LiveOrder, lack: Lack, *, rest: Decimal) -> None:
    """Have it told that a closing order goes for `rest` only."""
    draft.say(
        RiskRefused(
            run_id=order.run_id,
            order_id=order.id,
            rule=Rule.NOT_AT_VENUE,
            limit=plain(rest),
            value=plain(order.remaining),
            reason=gone_from(order.symbol, lack),
            account=order.account,
            symbol=order.symbol,
        )
    )


def open_after_close(draft: Draft, order: LiveOrder, legs: Sequence[LiveOrder]) -> None:
    """The closing half of an order through zero has filled: its other half is being sent, with the exits that the venue
    is to hold for it."""
    sent = Submission(
        id=next_id(draft, order),
        order_id=order.id,
        account=order.account,
        part=Part.OPEN,
        symbol=order.symbol,
        quantity=order.remaining,
        sent_at=draft.now,
    )
    put_sent(draft, order, sent, legs)


def submit_replacement(draft: Draft, order: LiveOrder, old: Submission) -> None:
    """Write down that an order is being put in the place of one that works: what the venue holds with that goes on."""
    sent = Submission(
        id=next_id(draft, order),
        order_id=order.id,
        account=order.account,
        part=Part.WHOLE,
        symbol=order.symbol,
        quantity=order.remaining,
        sent_at=draft.now,
        replaces=old.id,
    )
    put_sent(draft, order, sent, ())


def put_sent(draft: Draft, order: LiveOrder, sent: Submission, legs: Sequence[LiveOrder]) -> None:
    """A submission, and one for each exit that the venue holds with it."""
    draft.put_submission(sent)
    status = order.status
    if status is OrderStatus.PENDING:
        status = transition(status, OrderEvent.SUBMIT)
    draft.put(replace(order, status=status, waits_for=None))
    for leg in legs:
        draft.put_submission(
            Submission(
                id=next_id(draft, leg),
                order_id=leg.id,
                account=leg.account,
                part=Part.LEG,
                symbol=leg.symbol,
                quantity=sent.quantity,
                parent_id=sent.id,
            )
        )


def legs_of(draft: Draft, order: LiveOrder) -> Sequence[LiveOrder]:
    """The exits that work for an entry; of an oco, the stop beside its limit order."""
    return [one for one in draft.group(order.id) if one.id != order.id and one.is_working]


def take_legs(draft: Draft, intent: Place) -> None:
    """An intent's legs wait for its entry."""
    waits = None if intent.order.order_class is OrderClass.OCO else WaitsFor.ENTRY
    for leg in intent.legs:
        draft.put(replace(leg, waits_for=waits, reduces=True))


def cancel(draft: Draft, intent: Cancel) -> None:
    """Ask for an order's end; one that was not sent is over at once, with the legs that wait for it, and so is an exit
    that waits for its entry: should that fill, what the venue holds of it is cancelled then."""
    order = draft.order(intent.order_id)
    if not order.is_working or order.cancel_asked is not None:
        return
    order = replace(order, cancel_asked=intent.reason)
    draft.put(order)
    is_sent = any(one.state is not SubmissionState.ENDED for one in draft.submissions_of(order.id))
    if not is_sent or waits_for_entry(draft, order):
        end(draft, order, OrderStatus.CANCELLED, intent.reason)


def waits_for_entry(draft: Draft, order: LiveOrder) -> bool:
    """Whether an exit waits for an entry that may still fill."""
    if order.waits_for is not WaitsFor.ENTRY or order.group_id is None:
        return False
    return draft.order(order.group_id).is_working


def end(draft: Draft, order: LiveOrder, how: OrderStatus, reason: str) -> None:
    """Nothing more is to come of an order; nor of its legs, where it brought nothing."""
    draft.put(ended(order, how, reason, draft.now))
    if order.filled or order.replaces is not None or any(one.is_working for one in draft.replacements_of(order.id)):
        return
    for leg in legs_of(draft, order):
        if leg.waits_for is WaitsFor.ENTRY or order.order_class is OrderClass.OCO:
            draft.put(ended(leg, OrderStatus.CANCELLED, f"its entry was {how}", draft.now))


def in_place_of(draft: Draft, intent: Replace) -> LiveOrder:
    """The order that is to take another's place, in its group."""
    old, new = draft.order(intent.old_id), intent.order
    new = replace(new, replaces=old.id, parent_id=old.parent_id, group_id=old.group_id, reduces=old.reduces)
    draft.put(new)
    return new


def left_to_replace(draft: Draft, order: LiveOrder) -> Decimal:
    """How much of an order is to be sent that waited until the one whose place it takes was cancelled: no more than
    that has left, as it may have filled meanwhile; where it is for more than that was, less by what that has filled."""
    old = None if order.replaces is None else draft.find(order.replaces)
    if old is None or draft.submissions_of(order.id):
        return order.remaining
    return max(
        min(order.remaining, order.quantity - old.filled if order.quantity > old.quantity else old.remaining), ZERO
    )


def inherit(draft: Draft, old: LiveOrder, new: LiveOrder) -> None:
    """The exits of an entry are those of the order that takes its place."""
    if old.group_id is None:
        for leg in draft.group(old.id):
            draft.put(replace(leg, parent_id=new.id, group_id=new.id))


def give_back(draft: Draft, old: LiveOrder, new: LiveOrder) -> None:
    """An order does not take another's place after all: that works on, and its exits are its own again."""
    draft.stay(old.id, f"order {new.number or new.id}, which was to take its place, was refused")
    if old.group_id is None:
        for leg in draft.group(new.id):
            draft.put(replace(leg, parent_id=old.id, group_id=old.id))


def drop_unsent(draft: Draft, order: LiveOrder) -> None:
    """An entry, or the opening half of an order through zero, that was not sent before a restart is not sent late."""
    sent = draft.submissions_of(order.id)
    closing = [one for one in sent if one.part is Part.CLOSE and one.state is not SubmissionState.ENDED]
    if closing:
        rest = sum((one.quantity - one.filled for one in closing), Decimal(0))
        draft.put(replace(order, quantity=order.filled + rest, reduces=True, reason=NOT_SENT))
    elif (order.status is OrderStatus.PENDING and not sent) or order.waits_for is not None:
        end(draft, order, OrderStatus.CANCELLED, NOT_SENT)
