"""Fills as strategies and results are given them, made from the ledger's rows when somebody looks."""

from dataclasses import fields
from typing import Any

from weaver.greta.ledger.fill_rows import FillRow
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of
from weaver.model.orders.actions import SIDES
from weaver.model.orders.fill import Fill


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

    def __init__(self, ledger: Ledger, row: int) -> None:
        object.__setattr__(self, "_ledger", ledger)
        object.__setattr__(self, "_row", row)

    def __getattr__(self, name: str) -> Any:
        value = self._found(name)
        object.__setattr__(self, name, value)
        return value

    def _found(self, name: str) -> Any:
        """What one of its fields is."""
        ledger, row = self._ledger, self._row
        fills, prices = ledger.fills, ledger.prices_of(row)
        match name:
            case "order_id":
                return str(fills.numbers[row])
            case "symbol":
                return prices.symbol
            case "side":
                return SIDES[1 if fills.units[row] > 0 else -1]
            case "quantity":
                return prices.scale.quantity_decimal(abs(fills.units[row]))
            case "price":
                return prices.scale.price_decimal(ledger.paid(row).price)
            case "commission":
                return decimal_of(ledger.paid(row).commission, CASH_DECIMALS)
            case "slippage":
                return prices.scale.price_decimal(ledger.paid(row).slippage)
            case "timestamp":
                return time_of(prices.opens[fills.bars[row]])
            case "bar_timestamp":
                return time_of(prices.starts[fills.bars[row]])
            case "notes":
                return ()
            case _:
                raise AttributeError(f"a fill has no {name!r}")

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
