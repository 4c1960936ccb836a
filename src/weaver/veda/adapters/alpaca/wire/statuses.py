"""What each of Alpaca's order statuses means for us; docs/architecture/veda.md has the table in words."""

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from weaver.model.orders.status import OrderStatus


class Reading(Enum):
    """What a status says, before it is known how much has filled."""

    HEARD = "the venue has it, and does not work it yet"
    WORKING = "it may fill"
    HELD = "a leg that waits for its entry or its sibling"
    FILLED = "all of it filled"
    CANCELLED = "it is over, cancelled or replaced"
    EXPIRED = "it is over, its time ran out"
    REJECTED = "the venue did not take it after all"
    UNCLEAR = "only what has filled tells"


READINGS: Mapping[str, Reading] = {
    "pending_new": Reading.HEARD,
    "pending_review": Reading.HEARD,
    "accepted": Reading.WORKING,
    "accepted_for_bidding": Reading.WORKING,
    "new": Reading.WORKING,
    "partially_filled": Reading.WORKING,
    "pending_cancel": Reading.WORKING,
    "pending_replace": Reading.WORKING,
    "stopped": Reading.WORKING,  # a trade is guaranteed, and has not happened yet
    "suspended": Reading.WORKING,  # not to be traded at the moment, still there
    "done_for_day": Reading.WORKING,  # goes on with the next session
    "held": Reading.HELD,
    "filled": Reading.FILLED,
    "canceled": Reading.CANCELLED,
    "replaced": Reading.CANCELLED,
    "expired": Reading.EXPIRED,
    "rejected": Reading.REJECTED,
    "calculated": Reading.UNCLEAR,  # done for the day, its settlement being worked out
}
CANCEL_ASKED = "pending_cancel"


def status_of(venue_status: str, *, filled: Decimal, quantity: Decimal | None) -> tuple[OrderStatus, bool]:
    """Our status, and whether the venue's was understood. A status that is new to us is read by what has filled: no
    order is taken for ended because of a word."""
    reading = READINGS.get(venue_status)
    is_whole = quantity is not None and quantity > 0 and filled >= quantity
    match reading:
        case Reading.FILLED:
            return OrderStatus.FILLED, True
        case Reading.CANCELLED:
            return OrderStatus.CANCELLED, True
        case Reading.EXPIRED:
            return OrderStatus.EXPIRED, True
        case Reading.REJECTED:  # part-filled and gone is cancelled: its fills are kept
            return (OrderStatus.CANCELLED if filled else OrderStatus.REJECTED), True
        case None | Reading.UNCLEAR if is_whole:
            return OrderStatus.FILLED, reading is not None
        case _ if filled:
            return OrderStatus.PARTIAL, reading is not None
        case Reading.HELD:
            return OrderStatus.PENDING, True
        case Reading.WORKING | Reading.UNCLEAR:
            return OrderStatus.ACCEPTED, True
        case _:
            return OrderStatus.SUBMITTED, reading is not None
