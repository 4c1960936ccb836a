"""Fills as strategies and results are given them, made from the ledger's rows when somebody looks."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.actions import SIDES, Side
from weaver.model.orders.fill import Fill

_set = object.__setattr__
"""What sets a field of a value that nobody else may change."""


def fill_of(row: FillRow, prices: Prices) -> Fill:
    """The fill that a row books."""
    return Fill.of(
        row.order,
        units=abs(row.units),
        price=row.price,
        slippage=row.slippage,
        commission=row.commission,
        time=prices.time_of(row),
        bar_time=prices.starts[row.bar],
        notes=row.notes,
    )


class FillAtOpen(Fill):
    """The fill of a plain order, of which everything is found when it is looked at, and amounts without having the
    ledger settle. It equals the `Fill` of the same values, and a copy of it is that."""

    __slots__ = ("_ledger", "_row")
    _ledger: Ledger
    _row: int

    def __init__(self, ledger: Ledger, row: int) -> None:
        _set(self, "_ledger", ledger)
        _set(self, "_row", row)

    @property
    def order_id(self) -> str:
        return str(self._ledger.fills.numbers[self._row])

    @property
    def symbol(self) -> str:
        return self._prices.symbol

    @property
    def side(self) -> Side:
        return SIDES[1 if self._ledger.fills.units[self._row] > 0 else -1]

    @property
    def quantity(self) -> Amount:
        return self._prices.scale.quantity_decimal(abs(self._ledger.fills.units[self._row]))

    @property
    def price(self) -> Amount:
        return self._prices.scale.price_decimal(self._ledger.price_paid(self._row))

    @property
    def commission(self) -> Amount:
        return decimal_of(self._ledger.paid(self._row).commission, CASH_DECIMALS)

    @property
    def slippage(self) -> Amount:
        return self._prices.scale.price_decimal(self._ledger.paid(self._row).slippage)

    @property
    def timestamp(self) -> datetime:
        return time_of(self._prices.opens[self._ledger.fills.bars[self._row]])

    @property
    def bar_timestamp(self) -> datetime:
        return time_of(self._prices.starts[self._ledger.fills.bars[self._row]])

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    @property
    def _prices(self) -> Prices:
        return self._ledger.prices_of(self._row)

    def _whole(self) -> Fill:
        return Fill(**{field.name: getattr(self, field.name) for field in fields(Fill)})

    def __eq__(self, other: object) -> bool:
        return self._whole() == (other._whole() if isinstance(other, FillAtOpen) else other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return _as_it_is, (self._whole(),)


def _as_it_is(fill: Fill) -> Fill:
    return fill
