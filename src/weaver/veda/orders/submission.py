"""One order at a venue: what was sent for an order of ours, and what the venue made of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from weaver.model.numbers.money import plain
from weaver.veda.orders.counting import Parts, total


class SubmissionState(StrEnum):
    """What is known of it at the venue."""

    SENDING = "sending"
    """Committed; the venue has it, or will have it, or never will: to be looked up until that is known."""
    WORKING = "working"
    ENDED = "ended"
    """Filled, cancelled, rejected, expired or replaced, or it never came there. Fills may still follow."""


class Part(StrEnum):
    """Which part of its order it carries out."""

    WHOLE = "whole"
    CLOSE = "close"
    """Of an order through zero: to flat."""
    OPEN = "open"
    """And from there on."""
    LEG = "leg"
    """An exit that the venue holds with its entry, and never was sent by itself."""
    PROTECTION = "protection"
    """Exits placed anew for what was entered: the venue had dropped them, or a split had moved them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One client order id at a venue, never used for another order. A change makes a new value."""

    id: str
    """The client order id that was sent: `<run>-<number>`, with a suffix past an order's first. Of a leg that a venue
    holds: ours, which the venue does not know."""
    order_id: str
    account: str
    part: Part
    symbol: str
    quantity: Decimal
    parent_id: str | None = None
    """The submission with which the venue holds it."""
    venue_id: str | None = None
    """The venue's id, once known."""
    state: SubmissionState = SubmissionState.SENDING
    counted: Parts = ()
    """Which parts of what has filled are in the books, as (from, to] of the venue's cumulative quantity; ascending,
    apart. A fill counts as far as it lies in none of them, so that one which was inferred and then comes by itself, or
    comes twice under two ids, is booked once."""
    sent_at: datetime | None = None
    """None: it was never sent (a leg)."""
    missing_since: datetime | None = None
    """When the venue, healthy, first said that it has no such order."""
    lookups: int = 0
    """How often it has said so."""
    cancel_sent_at: datetime | None = None
    cancels: int = 0
    """How often a cancel was sent."""
    replaces: str | None = None
    """The submission of ours, or the venue id, that it took the place of."""

    @property
    def filled(self) -> Decimal:
        """What is in the books of it."""
        return total(self.counted)

    @property
    def is_leg(self) -> bool:
        """The venue holds it with another, under a client id that it made up."""
        return self.part is Part.LEG

    def __str__(self) -> str:
        return f"{self.id} ({plain(self.quantity)} {self.symbol}, {self.state})"
