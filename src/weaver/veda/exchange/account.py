"""An account and what it holds, as the venue shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from weaver.model.account.carry import CarryKind
from weaver.model.market.asset_class import AssetClass
from weaver.model.market.corporate_actions import CorporateAction


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueAccount:
    """An account. Amounts that the venue does not give are None, and never guessed."""

    account_id: str
    """By which another account than the remembered one is recognised."""
    number: str
    """What the venue's own pages call it."""
    status: str
    currency: str = "USD"
    cash: Decimal | None = None
    """Cash, not buying power."""
    equity: Decimal | None = None
    last_equity: Decimal | None = None
    """At the close of the session before."""
    buying_power: Decimal | None = None
    multiplier: Decimal | None = None
    """1: a cash account."""
    can_short: bool = False
    flags: tuple[str, ...] = ()
    """What forbids it to trade, each in plain words; empty: nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenuePosition:
    """What an account holds of a symbol, spelt as orders spell it. Quantities have a sign: short is negative."""

    symbol: str
    asset_class: AssetClass | None
    quantity: Decimal
    available: Decimal
    """What orders do not hold already; without a sign."""
    average_price: Decimal | None = None
    price: Decimal | None = None
    """The venue's newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFee:
    """What the venue took apart from any fill, in its own word."""

    fee_id: str
    symbol: str
    quantity: Decimal
    """Of the asset; negative: it was given back."""
    amount: Decimal = Decimal(0)
    """Of cash, likewise."""
    day: date
    """As the venue dates it: of what it was taken for, or the day after."""
    venue_order_id: str | None = None
    """The order that it was taken for, where the venue says that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionHappened:
    """A company did something to its shares, and the venue has put the account and its orders on the scale after it by
    itself: ahead of all that it tells after this."""

    symbol: str
    action: CorporateAction
    previous_close: Decimal | None
    """The last before it, of an old share; None where none is known."""
    number: int = 0
    """Which of its symbol, kind and day it is, from 0 on."""
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryCharge:
    """What holding a symbol, or borrowing cash (`symbol` is empty), brought; below 0 it was paid."""

    symbol: str
    kind: CarryKind
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryCharged:
    """The venue charged for what was held: its account has paid already, ahead of all that it tells after this."""

    charges: tuple[CarryCharge, ...]
    number: int
    """Its how manieth of such it is, from 1 on: the same whenever it tells, or is asked, of the same."""
    time: datetime
    """Of the tick."""
