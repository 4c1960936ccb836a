"""A run's closed round trips, first in, first out: what one order opened and another, or a delisting, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from weaver.model.account.legs import LegByLeg, MatchedPiece, Worth
from weaver.model.numbers.money import decimals_of
from weaver.model.numbers.scale import Scale
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.positions.counting import cash, cash_units, decimal, fine
from weaver.veda.positions.entries import CarryEntry, DelistingEntry, DividendEntry, Entry, FeeEntry, SplitEntry
from weaver.veda.positions.sub_ledger import SubLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTrade:
    """A closed round trip. `pnl` after commissions, without dividends; `return_` the same as a fraction of the entry,
    from prices alone. Where the venue took a fee of the asset, the prices are those of what was left."""

    symbol: str
    side: str
    """`long` or `short`."""
    quantity: Decimal
    entry_time: datetime
    entry_price: Decimal
    exit_time: datetime
    exit_price: Decimal
    pnl: Decimal
    return_: float
    commission: Decimal
    entry: LiveFill
    """The first that opened it."""
    exit: LiveFill | None
    """The last that closed it; None: a delisting ended it."""


def trades_of(ledger: SubLedger, fills: Sequence[LiveFill]) -> tuple[LiveTrade, ...]:
    """The trades of a ledger, of whose fills these are all, as they were booked; in order of their exits."""
    rows, changes, entries = [_executed(fill, ledger.scale(fill.symbol)) for fill in fills], *_changes(ledger, fills)
    numbers: dict[str, int] = {}
    orders = [numbers.setdefault(fill.order_id, len(numbers) + 1) for fill in fills]
    matched = LegByLeg(rows, changes, orders).pieces([index for index, row in enumerate(rows) if row.units])
    return tuple(_trade(piece, fills, entries, ledger.scale(piece.symbol)) for piece in matched)


class _Executed(NamedTuple):
    symbol: str
    units: int
    price: Worth
    value: int
    commission: int


class _Changed(NamedTuple):
    symbol: str
    kind: str
    fills_before: int
    units: int
    ratio: tuple[int, int]
    amount: int
    price: int
    step: int


def _executed(fill: LiveFill, scale: Scale) -> _Executed:
    """What a fill brought or took, net of a fee in the asset; nothing, where the fee took all that was bought."""
    paid, traded = fine(fill.price), fill.side.sign * fine(fill.quantity)
    net = traded - fine(fill.fee_quantity)
    units = net if net * traded > 0 else 0
    price: Worth = paid if units in {traded, 0} else Fraction(paid * traded, units)
    return _Executed(fill.symbol, units, price, abs(scale.cash(paid, traded)), cash_units(fill.commission))


def _changes(ledger: SubLedger, fills: Sequence[LiveFill]) -> tuple[list[_Changed], list[Entry]]:
    """What no fill did to holdings, with what was held after it; and the entries that these were."""
    step = ledger.emptied()
    changes: list[_Changed] = []
    entries: list[Entry] = []
    for before, entry in ledger.entries:
        step = step.booked(*fills[step.fills : before])
        after = step.after(entry)
        if not isinstance(entry, DividendEntry | CarryEntry):
            units, paid = after.positions[entry.symbol].units, after.cash_units - step.cash_units
            changes.append(_changed(entry, before, units, paid))
            entries.append(entry)
        step = after
    return changes, entries


def _changed(entry: SplitEntry | DelistingEntry | FeeEntry, before: int, units: int, paid: int) -> _Changed:
    match entry:
        case SplitEntry():
            step = fine(Decimal(1).scaleb(-decimals_of(entry.lot)))
            return _Changed(entry.symbol, "split", before, units, (entry.numerator, entry.denominator), paid, 0, step)
        case DelistingEntry():
            return _Changed(entry.symbol, "delisting", before, units, (1, 1), paid, fine(entry.value), 1)
        case FeeEntry():
            return _Changed(entry.symbol, "fee", before, units, (1, 1), paid, 0, 1)


def _trade(piece: MatchedPiece, fills: Sequence[LiveFill], entries: Sequence[Entry], scale: Scale) -> LiveTrade:
    entered = fills[piece.entry]
    ended = None if piece.delisting is None else entries[piece.delisting]
    left = fills[piece.exit]
    gained = piece.sign * (piece.exit_worth - piece.entry_worth) - Fraction(piece.fee) * scale.per_cash
    return LiveTrade(
        symbol=piece.symbol,
        side="long" if piece.sign > 0 else "short",
        quantity=decimal(piece.units),
        entry_time=entered.filled_at,
        entry_price=Decimal(scale.average_price(piece.entry_worth, piece.units)),
        exit_time=left.filled_at if ended is None else ended.time,
        exit_price=Decimal(scale.average_price(piece.exit_worth, piece.units)),
        pnl=cash(piece.pnl),
        return_=float(gained / piece.entry_worth),
        commission=cash(piece.commission),
        entry=entered,
        exit=left if ended is None else None,
    )
