"""What moves a run's holdings and cash without a fill."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from weaver.model.account.carry import CarryKind
from weaver.model.errors import DataError
from weaver.model.numbers.money import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitEntry:
    """`numerator` new shares for `denominator` old ones; a fraction of a lot is paid in cash, at `previous_close` ÷ the
    ratio."""

    symbol: str
    numerator: int
    denominator: int
    previous_close: Decimal
    """The last close before it, of an old share."""
    lot: Decimal
    """The step in which the symbol is held."""
    ex_date: date
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DividendEntry:
    """`amount` a share in cash, of what was held before it; a short pays."""

    symbol: str
    amount: Decimal
    ex_date: date
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DelistingEntry:
    """Each share is paid out at `value`, and none is left."""

    symbol: str
    value: Decimal
    ex_date: date
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeEntry:
    """What the venue charged apart from any fill: `amount` of cash and `quantity` of the asset; below 0 it is given
    back."""

    symbol: str
    amount: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    is_estimated: bool = False
    """The venue did not name it: its position showed it."""
    settles: Decimal = Decimal(0)
    """How much more the venue took, which estimates had taken before."""
    day: date | None = None
    """Of a fee that the venue named: when it was bought or sold for which it was taken."""
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryEntry:
    """What holding brought, in cash: below 0 it was paid. `symbol` is empty of interest on cash."""

    symbol: str
    kind: CarryKind
    amount: Decimal
    time: datetime


Entry = SplitEntry | DividendEntry | DelistingEntry | FeeEntry | CarryEntry


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """To be kept."""
    same = {"symbol": entry.symbol, "time": entry.time.isoformat()}
    match entry:
        case SplitEntry():
            return {
                "kind": "split", **same, "numerator": entry.numerator, "denominator": entry.denominator,
                "previous_close": plain(entry.previous_close), "lot": plain(entry.lot),
                "ex_date": entry.ex_date.isoformat(),
            }  # fmt: skip
        case DividendEntry():
            return {"kind": "dividend", **same, "amount": plain(entry.amount), "ex_date": entry.ex_date.isoformat()}
        case DelistingEntry():
            return {"kind": "delisting", **same, "value": plain(entry.value), "ex_date": entry.ex_date.isoformat()}
        case FeeEntry():
            return {
                "kind": "fee", **same, "amount": plain(entry.amount), "quantity": plain(entry.quantity),
                "is_estimated": entry.is_estimated, "settles": plain(entry.settles),
                "day": None if entry.day is None else entry.day.isoformat(),
            }  # fmt: skip
        case CarryEntry():
            return {"kind": str(entry.kind), **same, "amount": plain(entry.amount)}


def entry_of_json(kept: Mapping[str, Any]) -> Entry:
    """As it was kept. Raises DataError on a kind that there is not."""
    symbol, time = kept["symbol"], datetime.fromisoformat(kept["time"])
    match kept["kind"]:
        case "split":
            return SplitEntry(
                symbol=symbol,
                numerator=kept["numerator"],
                denominator=kept["denominator"],
                previous_close=Decimal(kept["previous_close"]),
                lot=Decimal(kept["lot"]),
                ex_date=date.fromisoformat(kept["ex_date"]),
                time=time,
            )
        case "dividend":
            amount, ex_date = Decimal(kept["amount"]), date.fromisoformat(kept["ex_date"])
            return DividendEntry(symbol=symbol, amount=amount, ex_date=ex_date, time=time)
        case "delisting":
            value, ex_date = Decimal(kept["value"]), date.fromisoformat(kept["ex_date"])
            return DelistingEntry(symbol=symbol, value=value, ex_date=ex_date, time=time)
        case "fee":
            day = kept.get("day")  # kept without it, and the two before, by a Weaver that knew no such fees
            return FeeEntry(
                symbol=symbol,
                amount=Decimal(kept["amount"]),
                quantity=Decimal(kept["quantity"]),
                is_estimated=kept.get("is_estimated", False),
                settles=Decimal(kept.get("settles", 0)),
                day=None if day is None else date.fromisoformat(day),
                time=time,
            )
        case CarryKind.BORROW_FEE | CarryKind.MARGIN_INTEREST | CarryKind.FUNDING as kind:
            return CarryEntry(symbol=symbol, kind=CarryKind(kind), amount=Decimal(kept["amount"]), time=time)
        case kind:
            raise DataError(f"{kind!r:.60} is no kind of entry in a ledger")
