"""Exits that hang together: how much of a position they are for, and which of them stand."""

from decimal import Decimal

from weaver.model.market.instrument import Instrument
from weaver.model.orders.actions import OrderClass
from weaver.model.orders.status import OrderStatus
from weaver.veda.orders.exit_prices import is_in_percent, priced
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Part, Submission, SubmissionState
from weaver.veda.trading.books.draft import Draft
from weaver.veda.trading.changes.placing import end, waits_for_entry
from weaver.veda.trading.requests import may_be_kept_back

EXITED = "the position was exited"


def entered(draft: Draft, group_id: str) -> Decimal:
    """How much the exits of a group are for: what their entry brought, and those that it replaced; of an oco, what it
    was placed for."""
    entry = draft.order(group_id)
    if entry.order_class is OrderClass.OCO:
        return entry.quantity
    brought = (
        entry.filled
        + entry.split_added
        - sum((one.filled for one in draft.submissions_of(entry.id) if one.part is Part.CLOSE), Decimal(0))
    )
    return brought if entry.replaces is None else brought + entered(draft, entry.replaces)


def left_to_exit(draft: Draft, group_id: str) -> Decimal:
    """How much of it none of them has exited."""
    exits = [one for one in draft.group(group_id) if one.reduces]
    return max(entered(draft, group_id) - sum((one.filled for one in exits), Decimal(0)), Decimal(0))


def to_exit_at_most(draft: Draft, group_id: str) -> Decimal:
    """The same, with what their entry may bring yet."""
    entry = draft.order(group_id)
    is_coming = entry.is_working and entry.order_class is not OrderClass.OCO
    return left_to_exit(draft, group_id) + (entry.remaining if is_coming else Decimal(0))


def is_needed(draft: Draft, order: LiveOrder) -> bool:
    """Whether an exit protects a position that is still there."""
    return order.group_id is not None and order.is_working and left_to_exit(draft, order.group_id) > 0


def exits_done(draft: Draft, order: LiveOrder) -> str:
    """Why an exit has nothing more to do; nothing where it has."""
    if order.group_id is None or left_to_exit(draft, order.group_id):
        return ""
    return EXITED if entered(draft, order.group_id) else ""


def groups(draft: Draft, symbol: str | None = None) -> list[str]:
    """Those of which an exit is not over; of one symbol, where one is named."""
    return sorted({one.group_id for one in draft.working(symbol=symbol) if one.group_id is not None})


def wanted(draft: Draft, group_id: str) -> list[LiveOrder]:
    """The exits of a group that are to stand."""
    return [one for one in draft.group(group_id) if one.is_working and one.cancel_asked is None]


def needs_protection(draft: Draft, group_id: str) -> bool:
    """Whether a group's exits are to be placed anew: there is something to exit, and one of them that is wanted stands
    nowhere. Never of a replay, which drops none."""
    return (
        not draft.is_still
        and bool(left_to_exit(draft, group_id))
        and any(_is_missing(draft, one) for one in wanted(draft, group_id))
    )


def never_stood(draft: Draft, group_id: str) -> bool:
    """Whether exits that were asked for by themselves (an oco) have not been at the venue yet: nobody lost any."""
    if draft.order(group_id).order_class is not OrderClass.OCO:
        return False
    sent = [one for exit_ in draft.group(group_id) for one in draft.submissions_of(exit_.id)]
    return all(one.venue_id is None for one in sent)


def are_new(draft: Draft, group_id: str) -> bool:
    """Whether the exits of an entry were kept back, and nothing of them was sent yet: nobody lost any."""
    exits = draft.group(group_id)
    return any(map(may_be_kept_back, exits)) and not any(draft.submissions_of(one.id) for one in exits)


def set_prices(draft: Draft, group_id: str, instrument: Instrument) -> None:
    """Settle the prices of exits that are in percent, at what their entry has paid by now: of those that replaced each
    other, the newest that has filled."""
    entry: LiveOrder | None = draft.order(group_id)
    while entry is not None and not entry.filled:
        entry = None if entry.replaces is None else draft.find(entry.replaces)
    for leg in draft.group(group_id) if entry is not None else ():
        if entry is not None and leg.is_working and is_in_percent(leg):
            draft.put(priced(leg, entry, instrument))


def _is_missing(draft: Draft, exit_: LiveOrder) -> bool:
    """One that was placed while its entry worked at the venue already comes when that is over."""
    is_to_come = waits_for_entry(draft, exit_) and not draft.submissions_of(exit_.id)
    return not is_to_come and not stands(draft, exit_)


def stands(draft: Draft, order: LiveOrder) -> bool:
    """Whether something of an order is at the venue, or on its way there."""
    return any(one.state is not SubmissionState.ENDED for one in draft.submissions_of(order.id))


def exits_beside(draft: Draft, submission: Submission) -> list[Submission]:
    """The submissions of other exits that share what is left with one."""
    order = draft.order(submission.order_id)
    others = [] if order.group_id is None else [one for one in draft.group(order.group_id) if one.id != order.id]
    return [sent for one in others for sent in draft.submissions_of(one.id)]


def may_be_entered(draft: Draft, exit_: LiveOrder) -> bool:
    """Whether the entry of an exit may still fill, or have filled without our knowing."""
    if exit_.group_id is None or exit_.group_id == exit_.id:
        return False
    return not is_over(draft, draft.order(exit_.group_id))


def is_over(draft: Draft, order: LiveOrder) -> bool:
    """Whether nothing more can come of an order."""
    return not order.is_working and not stands(draft, order)


def settle(draft: Draft, symbol: str | None = None) -> None:
    """End what is over, though nobody said so: what was to be cancelled and stands nowhere; exits whose position is
    not there."""
    for order in draft.working(symbol=symbol):
        if stands(draft, order):
            continue
        if order.cancel_asked is not None:
            end(draft, order, OrderStatus.CANCELLED, order.cancel_asked)
        elif order.group_id is not None and (why := _why_not(draft, order.group_id)):
            end(draft, order, OrderStatus.CANCELLED, why)


def _why_not(draft: Draft, group_id: str) -> str:
    """Why an exit that stands nowhere is not needed any more; nothing as long as it may be."""
    entry = draft.order(group_id)
    may_bring_more = entry.order_class is not OrderClass.OCO and not is_over(draft, entry)
    if may_bring_more or left_to_exit(draft, group_id):
        return ""
    return EXITED if entered(draft, group_id) else f"its entry was {entry.status}"


def waits(order: LiveOrder) -> bool:
    """Whether somebody has to look when it may be sent."""
    return order.waits_for in (WaitsFor.CANCELS, WaitsFor.STREAM, WaitsFor.OPEN)


def works(draft: Draft, order: LiveOrder) -> bool:
    """Whether something of an order is at the venue for certain."""
    return any(one.state is SubmissionState.WORKING for one in draft.submissions_of(order.id))
