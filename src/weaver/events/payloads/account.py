"""Balances, positions, and whether ours equal the venue's."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from weaver.events.payloads.base import Amount, Payload


class AccountUpdated(Payload):
    type = "account.Updated"
    venue: str
    equity: Amount
    cash: Amount
    mode: str | None = None


class AccountPositionUpdated(Payload):
    type = "account.PositionUpdated"
    venue: str
    symbol: str
    quantity: Amount
    run_id: str | None = None
    """None: the account's."""
    mode: str | None = None


class AccountFeeCharged(Payload):
    """A venue took a fee apart from any fill, or (below 0) an estimate of one was too high."""

    type = "account.FeeCharged"
    venue: str
    symbol: str
    quantity: Amount
    """Of the asset, what was estimated of it before included."""
    amount: Amount = Decimal(0)
    """Of cash."""
    run_id: str | None = None
    """Who was charged; None: the manual orders."""
    is_estimated: bool = False
    """The venue has named none yet: it holds so much less than was bought."""
    mode: str | None = None


class AccountCarryCharged(Payload):
    """Holding was charged for, on paper: borrowing of shares, interest on borrowed cash, funding."""

    type = "account.CarryCharged"
    venue: str
    symbol: str
    """Empty of interest on cash."""
    name: str
    """What it is: `borrow_fee`, `margin_interest` or `funding`."""
    amount: Amount
    """Of cash; below 0 it was paid."""
    charged_at: datetime
    """By the venue's time."""
    run_id: str | None = None
    mode: str | None = None


class Difference(BaseModel):
    """A part of what the venue holds beyond the sum of our runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    """`cash` of money."""
    name: str
    """What it is: `split`, `dividend`, `fee`, `others`, `unexplained` …"""
    quantity: Amount
    reason: str = ""


class AccountReconciled(Payload):
    """Orders, fills and positions were compared with the venue's."""

    type = "account.Reconciled"
    venue: str
    differences: tuple[Difference | str, ...] = ()
    """Empty: they are equal. Text: of a version of Weaver that had no names for them."""
    mode: str | None = None
    halted: tuple[str, ...] = ()
    """Symbols in which nothing is bought or sold short until a difference explains itself."""


class HeldAtEnd(BaseModel):
    """A position as a day ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: str
    quantity: Amount
    """Short is negative."""


class DayOfRun(BaseModel):
    """What a run made of a day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    name: str
    equity: Amount
    """At the newest prices, soon after the day's end."""
    pnl: Amount
    """What its equity has changed by since the summary before; since its start, where that was later."""
    trades: int
    """Round trips that were closed in it."""
    positions: tuple[HeldAtEnd, ...]
    """The first twenty, by symbol."""
    positions_total: int


class AccountDaySummarised(Payload):
    """A day has ended at the market of some runs: at the stock session's close, for crypto at 00:00 UTC. It is recorded
    where somebody is notified of it."""

    type = "account.DaySummarised"
    account: str
    mode: str
    asset_class: str
    since: datetime
    """The end of the day that was summarised before."""
    ended: datetime
    equity: Amount | None
    """The whole account's, as the venue says."""
    pnl: Amount
    """Of these runs together."""
    runs: tuple[DayOfRun, ...]
