"""The closed round trips of a run so far, as its strategy sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from weaver.marvin.orders.account import Account
from weaver.marvin.series.timeline import Timeline
from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.legs import LegByLeg, MatchedPiece
from weaver.model.calendar.instants import time_of
from weaver.model.numbers.amount import Amount
from weaver.model.numbers.money import CASH_DECIMALS, decimal_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """One entry order against one exit order or a delisting, first in, first out. Times are aware, in UTC."""

    symbol: str
    """What was traded."""
    side: str
    """`long` or `short`."""
    quantity: Amount
    """How much of it; above 0."""
    entry_time: datetime
    """When it was entered."""
    entry_price: Amount
    """What a unit was entered at."""
    exit_time: datetime
    """When it was left."""
    exit_price: Amount
    """What a unit was left at."""
    pnl: Amount
    """What it earned after commissions, without dividends, in the run's currency."""
    return_: float
    """The same as a fraction of the entry, from prices alone: 0.05 is 5 %."""
    commission: Amount
    """The share of both orders' commissions that is its own."""
    bars: int
    """How many bars after the one in which it was entered it was left; 0: in the same."""


class ClosedTrades:
    """Matches what was traded since somebody last looked."""

    def __init__(self, account: Account, lines: Mapping[str, Timeline]) -> None:
        """lines: of each symbol's bars, of the run's timeframe."""
        self._account, self._lines = account, lines
        self._deals: list[Deal] = []
        self._changes: list[HoldingChange] = []
        self._numbers: list[int] = []
        self._legs = LegByLeg(self._deals, self._changes, self._numbers)
        self._found: tuple[ClosedTrade, ...] = ()

    def all(self) -> tuple[ClosedTrade, ...]:
        """Those that have closed by now, in order of exit."""
        first = len(self._deals)
        deals, changes = self._account.deals(first), self._account.changes(len(self._changes))
        if deals or changes:
            self._deals += deals
            self._changes += changes
            self._numbers += [deal.number for deal in deals]
            rows = [first + row for row, deal in enumerate(deals) if deal.units]
            self._found = tuple(map(self._trade, self._legs.pieces(rows)))
        return self._found

    def _trade(self, piece: MatchedPiece) -> ClosedTrade:
        scale, entered = self._account.scale(piece.symbol), self._deals[piece.entry]
        gained = piece.sign * (piece.exit_worth - piece.entry_worth) - Fraction(piece.fee) * scale.per_cash
        first = self._bar(piece.symbol, entered.made.bar)
        if piece.delisting is None:
            left = self._deals[piece.exit].made
            time, last = left.time, self._bar(piece.symbol, left.bar)
        else:
            time = self._changes[piece.delisting].time
            last = self._bar(piece.symbol, time) - 1
        return ClosedTrade(
            symbol=piece.symbol,
            side="long" if piece.sign > 0 else "short",
            quantity=scale.quantity_decimal(piece.units),
            entry_time=time_of(entered.made.time),
            entry_price=scale.average_price(piece.entry_worth, piece.units),
            exit_time=time_of(time),
            exit_price=scale.average_price(piece.exit_worth, piece.units),
            pnl=decimal_of(piece.pnl, CASH_DECIMALS),
            return_=float(gained / piece.entry_worth),
            commission=decimal_of(piece.commission, CASH_DECIMALS),
            bars=max(last - first, 0),  # what Weaver closes may have been entered in a bar that never came
        )

    def _bar(self, symbol: str, begun: int) -> int:
        """Which bar of a symbol ends first after an instant (ns), by index."""
        return int(self._lines[symbol].ends.searchsorted(begun, side="right"))
