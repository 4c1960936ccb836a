"""Rows of a result that are not trades or fills: cash flows, and equity."""

from dataclasses import dataclass
from typing import NamedTuple

from weaver.model.numbers.amount import Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Cash that moved without a fill: a dividend, the fraction of a split, a delisting, a fee for borrowing, interest,
    funding."""

    time: int
    """When, in ns since 1970, UTC."""
    symbol: str
    """For what; empty of interest on borrowed cash."""
    kind: str
    """Why: `dividend`, `split`, `delisting`, `borrow_fee`, `margin_interest`, `funding`."""
    amount: Amount
    """How much, in the run's currency; less than 0 where it was paid."""


class EquityRow(NamedTuple):
    """Equity and cash at the end of the bars of one stamp, in the run's currency."""

    timestamp: int
    """The stamp of the bars, in ns since 1970, UTC."""
    equity: float
    """Cash and positions at the closes."""
    cash: float
    """What is not invested."""


class OrderColumns:
    """What a table shows of an order: attributes of one, with what they are."""

    id: str
    symbol: str
    side: str
    order_type: str
    quantity: Amount
    limit: Amount | None
    stop: Amount | None
    tif: str
    placed: int
    """ns"""
    status: str
    filled_quantity: Amount
    average_price: Amount | None
    reason: str
