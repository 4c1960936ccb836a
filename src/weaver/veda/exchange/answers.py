"""What became of something that a venue was asked to do.

Accepted     the venue took it
Refused      the venue did not take it, or was never asked: nothing is there, and nothing will be
Unknown      the answer was lost: it may be there. Look it up; never take this for a refusal
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


class Reason(StrEnum):
    """Why something was refused, by what can be done about it. Venues' codes and texts are mapped onto these."""

    ORDER = "order"
    """The venue takes no such order: its type, class, time in force or hours."""
    PRICE = "price"
    """A price off its tick, on the wrong side of the market or of another price of the order."""
    QUANTITY = "quantity"
    """Too little, too much, or a fraction where there are none."""
    INSTRUMENT = "instrument"
    """Not known, not active, not tradable, not to be shorted, halted."""
    BUYING_POWER = "buying_power"
    POSITION = "position"
    """Less is available than is to be sold; other orders may hold it."""
    WASH_TRADE = "wash_trade"
    """An order of the same account stands on the other side."""
    DUPLICATE_ID = "duplicate_id"
    """The client order id was used: look it up."""
    STATE = "state"
    """The order is past it: filled, cancelled, or not yet in a state that allows this."""
    NOT_FOUND = "not_found"
    ACCOUNT = "account"
    """The account may not trade."""
    CREDENTIALS = "credentials"
    RATE_LIMIT = "rate_limit"
    """Too many requests, and no room came in time: it can be sent again."""
    UNREACHABLE = "unreachable"
    """No connection was made, so nothing was sent."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Generic[T]):
    """The venue took it, and this is what it answered."""

    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It is not there. `message` is the venue's own, or ours where the order was not sent."""

    reason: Reason
    message: str
    was_sent: bool = True
    """False: Weaver's own check, or no connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody knows yet: the request may have been carried out. `message` says what was seen."""

    message: str


Answer = Accepted[T] | Refused | Unknown
