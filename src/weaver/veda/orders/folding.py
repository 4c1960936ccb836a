"""What a venue's word makes of an order of ours: pure, and in whatever order the words come.

What has filled only ever grows; a status only goes on; a word that is older than what is known changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from weaver.model.fit_text import fit_to_keep
from weaver.model.numbers.money import CASH_DECIMALS, kept
from weaver.model.orders.status import OrderEvent, OrderStatus, transition
from weaver.veda.exchange.orders import VenueFill, VenueOrder
from weaver.veda.orders.counting import uncounted, with_part
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder, WaitsFor
from weaver.veda.orders.submission import Submission, SubmissionState

INFERRED = "inferred"
REASON_LENGTH_MAX = 2_000
"""Of what a venue says of an order, as it is kept."""
PRICE_DECIMALS = 8
"""Of a price that is worked out."""
_RANK = {
    OrderStatus.PENDING: 0,
    OrderStatus.SUBMITTING: 1,
    OrderStatus.SUBMITTED: 2,
    OrderStatus.ACCEPTED: 3,
    OrderStatus.PARTIAL: 4,
}
_STEPS = {
    OrderStatus.SUBMITTING: OrderEvent.SUBMIT,
    OrderStatus.SUBMITTED: OrderEvent.CONFIRM_SUBMITTED,
    OrderStatus.ACCEPTED: OrderEvent.ACCEPT,
}
_ENDS = {
    OrderStatus.CANCELLED: OrderEvent.CANCEL,
    OrderStatus.EXPIRED: OrderEvent.EXPIRE,
    OrderStatus.REJECTED: OrderEvent.REJECT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An order after a fill, and the fill as it counts."""

    order: LiveOrder
    submission: Submission
    fills: tuple[LiveFill, ...]
    """None: it was in the books already. Several: it filled gaps between others."""


def booked(
    order: LiveOrder,
    submission: Submission,
    fill: VenueFill,
    known: Sequence[LiveFill],
    now: datetime,
    *,
    most: Decimal | None = None,
) -> Booked:
    """Book an execution as far as it is not in the books; `known`: those of the order that are; `most`: how much the
    venue shows as filled, by which one that does not say how much had filled with it is kept from counting twice.

    Whatever the order's status, a fill is a fill: late ones, and those past what was ordered, are marked and booked.
    """
    fills: list[LiveFill] = []
    for begun, ended in tuple(uncounted(submission.counted, *_part(submission, fill, known, most))):
        quantity = ended - begun
        is_late = order.status.is_final or order.filled + quantity > order.quantity
        fills.append(
            LiveFill(
                id=f"{order.id}-f{len(known) + len(fills) + 1}",
                order_id=order.id,
                submission_id=submission.id,
                account=order.account,
                run_id=order.run_id,
                symbol=order.symbol,
                side=order.side,
                quantity=quantity,
                price=fill.price,
                commission=round(fill.commission * quantity / fill.quantity, CASH_DECIMALS),
                liquidity=fill.liquidity,
                slippage=fill.slippage,
                bar_time=fill.bar_time,
                notes=fill.notes,
                filled_at=fill.time,
                execution_id=_execution_id(fill, [*known, *fills]),
                is_late=is_late,
                is_inferred=fill.execution_id.startswith(f"{INFERRED}:"),
            )
        )
        submission = replace(submission, counted=with_part(submission.counted, begun, ended))
        order = _gained(order, quantity, fill.price, now)
    return Booked(order=order, submission=submission, fills=tuple(fills))


def _part(
    submission: Submission, fill: VenueFill, known: Sequence[LiveFill], most: Decimal | None
) -> tuple[Decimal, Decimal]:
    """Which part of its order an execution filled, as (from, to]; an empty one where it is in the books."""
    if fill.cumulative_quantity is not None:
        return max(fill.cumulative_quantity - fill.quantity, Decimal(0)), fill.cumulative_quantity
    start = submission.filled
    if any(one.submission_id == submission.id and is_same(one, fill) for one in known):
        return start, start
    end = start + fill.quantity
    return start, end if most is None else max(min(end, most), start)


def is_same(known: LiveFill, fill: VenueFill) -> bool:
    """Whether an execution is one that is in the books, maybe under an id of the stream's, or of the list's."""
    if known.execution_id == fill.execution_id:
        return True
    return (known.quantity, known.price, known.filled_at) == (fill.quantity, fill.price, fill.time)


def _execution_id(fill: VenueFill, known: Sequence[LiveFill]) -> str:
    """The venue's; with a number where an execution fills several gaps."""
    used = {one.execution_id for one in known}
    names = (fill.execution_id, *(f"{fill.execution_id}#{number}" for number in range(2, len(used) + 3)))
    return next(name for name in names if name not in used)


def inferred(submission: Submission, shown: VenueOrder, known: Iterable[LiveFill], now: datetime) -> VenueFill | None:
    """The execution that must have been, where a venue shows more filled than it told fills of; None: all is told.

    Its price is what makes the venue's average come true; the average itself where that would be no price.
    """
    missing = shown.filled_quantity - submission.filled
    if missing <= 0 or shown.average_price is None or shown.side is None:
        return None
    own = [fill for fill in known if fill.submission_id == submission.id]
    rest = shown.average_price * shown.filled_quantity - sum((one.price * one.quantity for one in own), Decimal(0))
    price = rest / missing if rest > 0 else shown.average_price
    return VenueFill(
        execution_id=f"{INFERRED}:{submission.id}:{shown.filled_quantity}",
        venue_order_id=shown.venue_id,
        symbol=submission.symbol,
        side=shown.side,
        quantity=shown.filled_quantity,  # of which what is in the books already does not count again
        price=round(price, PRICE_DECIMALS),
        cumulative_quantity=shown.filled_quantity,
        time=shown.ended_at or shown.updated_at or now,
    )


def seen(submission: Submission, shown: VenueOrder) -> Submission:
    """A submission of which the venue has shown the order. One that had ended for us, and works, works again."""
    state = SubmissionState.WORKING if shown.is_working and not shown.replaced_by else SubmissionState.ENDED
    if was_seen_to_end(submission):
        state = SubmissionState.ENDED  # an older word
    return replace(submission, venue_id=shown.venue_id, state=state, missing_since=None, lookups=0)


def was_seen_to_end(submission: Submission) -> bool:
    """Whether the venue had it and ended it; one that was only taken for lost may come to light."""
    return submission.state is SubmissionState.ENDED and submission.venue_id is not None


def advanced(order: LiveOrder, to: OrderStatus, now: datetime) -> LiveOrder:
    """An order that the venue works, as far as a status goes beyond what is known of it."""
    if order.status.is_final or to.is_final or _RANK[to] <= _RANK[order.status] or to not in _STEPS:
        return order
    status = order.status
    if status is OrderStatus.PENDING and to is not OrderStatus.ACCEPTED:
        status = transition(status, OrderEvent.SUBMIT)
    if status is not to:
        status = transition(status, _STEPS[to])
    return replace(order, status=status, waits_for=_waits(order), updated_at=now)


def ended(order: LiveOrder, how: OrderStatus, reason: str, now: datetime) -> LiveOrder:
    """An order of which nothing more is to come. One that had a fill is cancelled rather than rejected; one that had
    not been sent is cancelled rather than expired."""
    if order.status.is_final:
        return order
    event = _ENDS[how]
    if event is OrderEvent.REJECT and order.status is OrderStatus.PARTIAL:
        event = OrderEvent.CANCEL
    if event is OrderEvent.EXPIRE and order.status is OrderStatus.PENDING:
        event = OrderEvent.CANCEL
    status = transition(order.status, event)
    return replace(
        order,
        status=status,
        waits_for=None,
        reason=order.reason or fit_to_keep(reason, length_max=REASON_LENGTH_MAX),
        updated_at=now,
    )


def _gained(order: LiveOrder, quantity: Decimal, price: Decimal, now: datetime) -> LiveOrder:
    filled = order.filled + quantity
    status = order.status
    if status is OrderStatus.PENDING:
        status = transition(status, OrderEvent.ACCEPT)
    if not status.is_final:
        status = transition(status, OrderEvent.FILL_REST if filled >= order.quantity else OrderEvent.FILL_PART)
    return replace(
        order,
        status=status,
        filled=filled,
        value=kept(order.value + quantity * price),
        waits_for=_waits(order),
        updated_at=now,
    )


def _waits(order: LiveOrder) -> WaitsFor | None:
    """What the venue works waits for nothing, unless it is to be cancelled there and placed anew."""
    return WaitsFor.SPLIT if order.waits_for is WaitsFor.SPLIT else None
