"""An order's status as Alpaca tells it."""

from enum import StrEnum


class Status(StrEnum):
    """Those that the exchange shows; Alpaca has a few more, for auctions and options."""

    PENDING_NEW = "pending_new"
    ACCEPTED = "accepted"
    """Taken outside trading hours: it works from the next opening on."""
    NEW = "new"
    HELD = "held"
    """A leg that waits: for its entry, or (the stop of a pair) for its price."""
    PARTIALLY_FILLED = "partially_filled"
    PENDING_CANCEL = "pending_cancel"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    REPLACED = "replaced"


CLOSED = frozenset({Status.FILLED, Status.CANCELED, Status.EXPIRED, Status.REJECTED, Status.REPLACED})
FIXED = frozenset({Status.ACCEPTED, Status.PENDING_NEW, Status.PENDING_CANCEL})
"""In these an order cannot be replaced."""
