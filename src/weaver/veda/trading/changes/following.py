"""What the venue shows of an order, worked into a draft of the books."""

from dataclasses import replace

from weaver.model.orders.actions import OrderType
from weaver.model.orders.status import OrderStatus
from weaver.veda.exchange.orders import VenueFill, VenueOrder
from weaver.veda.orders.account_orders import AccountOrders
from weaver.veda.orders.exit_prices import is_in_percent
from weaver.veda.orders.folding import advanced, ended, inferred, seen, was_seen_to_end
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.exits import entered, exits_done, is_needed
from weaver.veda.trading.changes.placing import end, next_id
from weaver.veda.trading.changes.protecting import is_moved_by_split
from weaver.veda.trading.requests import leg_shown

OVER_AT_VENUE = "the venue ended it"


def submission_of(known: AccountOrders, shown: VenueOrder) -> Submission | None:
    """Which of ours an order at the venue is: by the venue's id, else by the client order id that we sent."""
    found = known.by_venue_id(shown.venue_id)
    if found is not None:
        return found
    found = known.submission(shown.client_order_id)
    return None if found is None or found.is_leg or found.venue_id is not None else found


def follow(
    draft: Draft,
    submission: Submission,
    shown: VenueOrder,
    fill: VenueFill | None = None,
    *,
    is_all_told: bool = False,
    is_whole: bool = False,
) -> None:
    """Take in what the venue shows, and an execution with it.

    Where it shows more filled than it told fills of, the order does not end yet, as they are to be asked for first;
    `is_all_told`: that was done, and what is still missing is inferred. `is_whole`: it was asked for by its id, so that
    a leg which is not shown is not there.
    """
    submission = _grown(draft, _cut(draft, submission, shown), shown)
    _come_to_light(draft, submission)
    if fill is not None:
        draft.book(submission, fill, most=shown.filled_quantity)
        submission = draft.submission(submission.id)
    if is_all_told:
        found = inferred(submission, shown, draft.fills_of(submission.order_id), draft.now)
        if found is not None:
            draft.book(submission, found)
            submission = draft.submission(submission.id)
    _follow_legs(draft, submission, shown, is_all_told=is_all_told, is_whole=is_whole)
    if lacks_fills(submission, shown) or lacks_successor(draft, submission, shown):
        state = SubmissionState.ENDED if was_seen_to_end(submission) else SubmissionState.WORKING
        draft.put_submission(replace(submission, venue_id=shown.venue_id, state=state))
        return
    before, submission = submission, seen(submission, shown)
    draft.put_submission(submission)
    order = _priced(_trailed(draft.order(submission.order_id), shown), shown)
    draft.put(order)
    if submission.state is SubmissionState.WORKING:
        if not submission.is_leg or shown.status is not OrderStatus.PENDING:  # a leg that is held waits on
            draft.put(advanced(order, shown.status, draft.now))
    elif before.state is not SubmissionState.ENDED:
        _over(draft, submission, shown)


def _trailed(order: LiveOrder, shown: VenueOrder) -> LiveOrder:
    """The order, with the level at which a venue says that it trails now."""
    if order.order_type is not OrderType.TRAILING_STOP or shown.stop is None:
        return order
    return replace(order, stop=shown.stop)


def _priced(order: LiveOrder, shown: VenueOrder) -> LiveOrder:
    """The order, with the prices that a venue has found for an exit in percent."""
    if not is_in_percent(order):
        return order
    limit = shown.limit if order.limit is None and order.limit_percent is not None else order.limit
    stop = shown.stop if order.stop is None and order.stop_percent is not None else order.stop
    return replace(order, limit=limit, stop=stop)


def _cut(draft: Draft, submission: Submission, shown: VenueOrder) -> Submission:
    """A venue has cut off what cannot be paid for of an order that is after a holding."""
    order = draft.order(submission.order_id)
    if draft.is_still and shown.status is OrderStatus.FILLED:  # an exit of which less is left, say
        quantity = order.filled - submission.filled + shown.filled_quantity
        draft.put(replace(order, quantity=quantity))
        draft.put_submission(replace(submission, quantity=shown.filled_quantity))
        return draft.submission(submission.id)
    if not order.may_be_cut or shown.quantity is None or shown.quantity >= submission.quantity:
        return submission
    off = submission.quantity - shown.quantity
    draft.put(replace(order, quantity=order.quantity - off))
    draft.put_submission(replace(submission, quantity=shown.quantity))
    return draft.submission(submission.id)


def _grown(draft: Draft, submission: Submission, shown: VenueOrder) -> Submission:
    """A venue holds an exit for all that its entry brought, which is more than it was asked for where that filled on
    while it was being replaced: filled as far as was asked, it is not over."""
    if draft.is_still or not submission.is_leg or shown.quantity is None or shown.quantity <= submission.quantity:
        return submission
    order = draft.order(submission.order_id)
    whole = order.filled - submission.filled + shown.quantity
    if order.is_working and whole > order.quantity:
        draft.put(replace(order, quantity=whole))
    draft.put_submission(replace(submission, quantity=shown.quantity))
    return draft.submission(submission.id)


def _come_to_light(draft: Draft, submission: Submission) -> None:
    """One that was held for lost is there: so may be what the venue holds with it."""
    if submission.state is not SubmissionState.ENDED or submission.venue_id is not None:
        return
    for leg in draft.legs_of(submission.id):
        if leg.state is SubmissionState.ENDED and leg.venue_id is None:
            draft.put_submission(replace(leg, state=SubmissionState.SENDING))


def lacks_fills(submission: Submission, shown: VenueOrder) -> bool:
    """Whether the venue shows more filled than is in the books."""
    return shown.filled_quantity > submission.filled


def _follow_legs(draft: Draft, submission: Submission, shown: VenueOrder, *, is_all_told: bool, is_whole: bool) -> None:
    for leg in draft.legs_of(submission.id):
        found = leg_shown(draft.order(leg.order_id), shown.legs)
        if found is not None and leg.venue_id in (None, found.venue_id):
            follow(draft, leg, found, is_all_told=is_all_told)
        elif found is None and is_whole and leg.state is SubmissionState.SENDING:
            draft.put_submission(replace(leg, state=SubmissionState.ENDED))


def _over(draft: Draft, submission: Submission, shown: VenueOrder) -> None:
    """A submission has ended: so has its order, unless more of it is to be sent."""
    order, how = draft.order(submission.order_id), shown.status
    if shown.replaced_by is not None:
        _replaced(draft, submission, order, shown.replaced_by)
    elif submission.part is Part.CLOSE and submission.filled >= submission.quantity and order.is_working:
        if order.cancel_asked is None:
            draft.put(replace(order, waits_for=WaitsFor.CLOSE))
        else:
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
    elif how is not OrderStatus.FILLED or order.is_working:
        _ended(draft, order, submission, how, shown.reason)
    _tell_legs(draft, draft.order(order.id))


def _ended(draft: Draft, order: LiveOrder, submission: Submission, how: OrderStatus, reason: str) -> None:
    if order.cancel_asked is None and is_moved_by_split(draft, order):
        return  # it is placed anew, on the scale after it
    if order.cancel_asked is None and _may_stand_again(draft, order, submission, how):
        return
    ends = OrderStatus.CANCELLED if how is OrderStatus.FILLED else how
    if draft.is_still:  # of what hangs on it the venue says itself how that ends
        draft.put(ended(order, ends, order.cancel_asked or reason, draft.now))
        return
    if exited := exits_done(draft, order):
        reason = exited
    end(draft, order, ends, order.cancel_asked or reason or (OVER_AT_VENUE if submission.is_leg else ""))


def _may_stand_again(draft: Draft, order: LiveOrder, submission: Submission, how: OrderStatus) -> bool:
    """Whether an exit's position is there, or may come to be: it is placed anew then, and ended by `settle` if not."""
    if draft.is_still:
        return False
    if submission.part in (Part.LEG, Part.PROTECTION):
        return True
    return how is not OrderStatus.REJECTED and is_needed(draft, order)


def lacks_successor(draft: Draft, submission: Submission, shown: VenueOrder) -> bool:
    """Whether another order stands in its place at the venue, of which nothing is known. Of one that was seen to end
    what took its place is in the books, though memory may have let go of it, or recalled the old one without it."""
    if shown.replaced_by is None or was_seen_to_end(submission):
        return False
    return draft.by_venue_id(shown.replaced_by) is None


def _own_successor(draft: Draft, submission: Submission, by: str) -> Submission | None:
    """What we sent to take its place, if that is what stands there: the venue may have put one there by itself, and
    refuse ours for that."""
    sent = [one for new in draft.replacements_of(submission.order_id) for one in draft.submissions_of(new.id)]
    return next((one for one in sent if one.replaces == submission.id and one.venue_id == by), None)


def _replaced(draft: Draft, submission: Submission, order: LiveOrder, by: str) -> None:
    """Another order stands at the venue in its place: one of ours, or one that the venue put there by itself."""
    ours = _own_successor(draft, submission, by)
    if ours is None:
        return
    for leg in draft.legs_of(submission.id):
        draft.put_submission(replace(leg, parent_id=ours.id))
    new = draft.order(ours.order_id)
    reason = f"replaced by order {new.number}" if new.number else f"replaced by {new.id}"
    draft.put(replace(ended(order, OrderStatus.CANCELLED, reason, draft.now), replaced_by=new.id))


def adopt(draft: Draft, old: Submission, venue_id: str) -> Submission:
    """The venue put an order of its own in the place of one of ours: it goes on under that."""
    order = draft.order(old.order_id)
    known = next((one for one in draft.submissions_of(order.id) if one.venue_id == venue_id), None)
    if known is not None:
        return known
    new = replace(
        old,
        id=next_id(draft, order),
        venue_id=venue_id,
        state=SubmissionState.WORKING,
        quantity=old.quantity - old.filled,
        counted=(),
        replaces=old.id,
        cancel_sent_at=None,
        cancels=0,
        missing_since=None,
        lookups=0,
    )
    draft.put_submission(new)
    for leg in draft.legs_of(old.id):
        draft.put_submission(replace(leg, parent_id=new.id))
    return new


def _tell_legs(draft: Draft, order: LiveOrder) -> None:
    """An entry is over that has filled: its exits are for that, and wait for it no more."""
    if order.is_working or not order.filled or order.group_id is not None:
        return
    for leg in draft.group(order.id):
        if leg.is_working and leg.waits_for is WaitsFor.ENTRY:
            draft.put(replace(leg, quantity=entered(draft, order.id), waits_for=None))
