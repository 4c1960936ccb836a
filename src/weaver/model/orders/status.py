"""The one order state machine: every status an order can have, and the only way from one to the next."""

from enum import StrEnum
from functools import cache

from weaver.model.errors import IllegalTransition


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PARTIAL = "partial"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Nothing but a late fill can follow."""
        return self in FINAL


class OrderEvent(StrEnum):
    """What can happen to an order."""

    SUBMIT = "submit"
    CONFIRM_SUBMITTED = "confirm_submitted"
    ACCEPT = "accept"
    FILL_PART = "fill_part"
    FILL_REST = "fill_rest"
    CANCEL = "cancel"
    REJECT = "reject"
    EXPIRE = "expire"


S, E = OrderStatus, OrderEvent
FINAL = frozenset({S.FILLED, S.CANCELLED, S.REJECTED, S.EXPIRED})


@cache
def transition(status: OrderStatus, event: OrderEvent) -> OrderStatus:
    """The status after `event`. Raises IllegalTransition where the machine has no such step."""
    match status, event:
        case S.PENDING, E.SUBMIT:
            return S.SUBMITTING
        case S.SUBMITTING, E.CONFIRM_SUBMITTED:
            return S.SUBMITTED
        case (S.PENDING | S.SUBMITTING | S.SUBMITTED, E.ACCEPT):  # a backtest has no venue to submit to
            return S.ACCEPTED
        case (S.SUBMITTING | S.SUBMITTED | S.ACCEPTED | S.PARTIAL, E.FILL_PART):
            return S.PARTIAL
        case (S.SUBMITTING | S.SUBMITTED | S.ACCEPTED | S.PARTIAL, E.FILL_REST):  # an answer can overtake the others
            return S.FILLED
        case (S.CANCELLED | S.EXPIRED, E.FILL_PART | E.FILL_REST):  # a fill already on its way beats our cancel
            return status
        case (S.PENDING | S.SUBMITTING | S.SUBMITTED | S.ACCEPTED | S.PARTIAL, E.CANCEL):
            return S.CANCELLED
        case (S.PENDING | S.SUBMITTING | S.SUBMITTED | S.ACCEPTED, E.REJECT):  # after a fill it is a cancel, never this
            return S.REJECTED
        case (S.SUBMITTING | S.SUBMITTED | S.ACCEPTED | S.PARTIAL, E.EXPIRE):
            return S.EXPIRED
        case _:
            raise IllegalTransition(f"an order that is {status} cannot {event}")
