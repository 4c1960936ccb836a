"""The closed round trips of a run so far, as its strategy sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from weaver.marvin.orders.account import Account
from weaver.marvin.series.feed import BarSeries
from weaver.model.account.deals import Deal, HoldingChange
from weaver.model.account.excursions import Excursions
from weaver.model.account.legs import LegByLeg, MatchedPiece
from weaver.model.calendar.calendar import Calendar
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
    mae: float
    """The worst that the bars did to it, as a fraction of the entry price; never above 0."""
    mfe: float
    """The best that the bars did to it, as a fraction of the entry price; never below 0."""


class _Left(NamedTuple):
    """When a trade was left, ns; in which bar, by index; whether at its open, or before it."""

    time: int
    bar: int
    at_open: bool


class ClosedTrades:
    """Matches what was traded since somebody last looked."""

    def __init__(self, account: Account, groups: Mapping[str, BarSeries], calendars: Mapping[str, Calendar]) -> None:
        """groups: each symbol's bars, of the run's timeframe."""
        self._account, self._groups, self._calendars = account, groups, calendars
        self._deals: list[Deal] = []
        self._changes: list[HoldingChange] = []
        self._numbers: list[int] = []
        self._legs = LegByLeg(self._deals, self._changes, self._numbers)
        self._found: tuple[ClosedTrade, ...] = ()
        self._made: dict[tuple[int, int, int, int | None], ClosedTrade] = {}
        """Those of which nothing can change any more but by a fill of the same orders, by what they are made of."""
        self._is_whole = True
        """Whether the bars are there in which they were left."""

    def all(self) -> tuple[ClosedTrade, ...]:
        """Those that have closed by now, in order of exit."""
        first = len(self._deals)
        deals, changes = self._account.deals(first), self._account.changes(len(self._changes))
        if deals or changes or not self._is_whole:
            self._deals += deals
            self._changes += changes
            self._numbers += [deal.number for deal in deals]
            rows = [first + row for row, deal in enumerate(deals) if deal.units]
            self._is_whole = True
            self._found = tuple(map(self._trade, self._legs.pieces(rows)))
        return self._found

    def _trade(self, piece: MatchedPiece) -> ClosedTrade:
        key = (piece.entry, piece.exit, piece.units, piece.delisting)
        made = self._made.get(key)
        if made is None:
            made = self._of(piece)
            if self._left(piece).bar < self._groups[piece.symbol].timeline.visible:
                self._made[key] = made
            else:
                self._is_whole = False
        return made

    def _of(self, piece: MatchedPiece) -> ClosedTrade:
        scale, entered = self._account.scale(piece.symbol), self._deals[piece.entry]
        gained = piece.sign * (piece.exit_worth - piece.entry_worth) - Fraction(piece.fee) * scale.per_cash
        first, left = self._bar(piece.symbol, entered.made.bar), self._left(piece)
        mae, mfe = self._excursion(piece, first, left)
        return ClosedTrade(
            symbol=piece.symbol,
            side="long" if piece.sign > 0 else "short",
            quantity=scale.quantity_decimal(piece.units),
            entry_time=time_of(entered.made.time),
            entry_price=scale.average_price(piece.entry_worth, piece.units),
            exit_time=time_of(left.time),
            exit_price=scale.average_price(piece.exit_worth, piece.units),
            pnl=decimal_of(piece.pnl, CASH_DECIMALS),
            return_=float(gained / piece.entry_worth),
            commission=decimal_of(piece.commission, CASH_DECIMALS),
            bars=max(left.bar - first, 0),  # what Weaver closes may have been entered in a bar that never came
            mae=mae,
            mfe=mfe,
        )

    def _left(self, piece: MatchedPiece) -> _Left:
        """When it was left, and in which bar."""
        symbol, group = piece.symbol, self._groups[piece.symbol]
        if piece.delisting is not None:
            change = self._changes[piece.delisting]
            bar = int(group.timeline.ends.searchsorted(change.time, side="right")) - 1
            return _Left(change.time, bar, change.at_open)
        made = self._deals[piece.exit].made
        bar = self._bar(symbol, made.bar)
        if bar >= len(group.bars):
            return _Left(made.time, bar, False)
        opened = self._calendars[symbol].bar_open(group.bars.timestamp[bar : bar + 1], group.bars.timeframe)
        return _Left(made.time, bar, made.time <= int(opened[0]))

    def _excursion(self, piece: MatchedPiece, first: int, left: _Left) -> tuple[float, float]:
        """The worst and the best that the bars did to it, of those that have closed."""
        group, one = self._groups[piece.symbol], self._account.scale(piece.symbol).price_one
        excursions = Excursions(group.bars.low, group.bars.high, group.splits)
        is_there = left.bar < group.timeline.visible
        return excursions.of(
            sign=piece.sign,
            entry=(first, float(Fraction(piece.entry_worth) / piece.units / one)),
            exit_=(
                left.bar if is_there else group.timeline.visible - 1,
                float(Fraction(piece.exit_worth) / piece.units / one),
            ),
            entered_at_close=self._deals[piece.entry].made.at_close,
            left_at_open=is_there and left.at_open,
        )

    def _bar(self, symbol: str, begun: int) -> int:
        """Which bar of a symbol ends first after an instant (ns), by index."""
        return int(self._groups[symbol].timeline.ends.searchsorted(begun, side="right"))
