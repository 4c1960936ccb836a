"""A stretch of a paper or live run, all of it so far or one day: what happened in it, and what it came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from weaver.glados.live.figures.results import LiveResult, sessions_of, slippage_of, stats_of
from weaver.greta.results.drawdown import drawdown
from weaver.greta.results.statistics import Stats
from weaver.model.calendar.instants import instant_of
from weaver.model.calendar.sessions import calendar_of
from weaver.model.errors import NotFound
from weaver.model.market.bars import Bars, Int32, Int64
from weaver.model.market.timeframe import Timeframe
from weaver.veda.orders.live_fill import LiveFill
from weaver.veda.orders.live_order import LiveOrder
from weaver.veda.positions.sub_ledger import Holding, Prices, SubLedger
from weaver.veda.positions.trades import LiveTrade
from weaver.veda.runs.mirror.curve import CurvePoint

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """What a run did in it. P&L is what equity rose by; of that is unrealised what holdings rose by in worth over what
    they cost, and all the rest is realised: what was closed, dividends, commissions, fees."""

    found: LiveResult
    day: date | None
    """None: all of it so far."""
    initial: Decimal
    """Equity before it."""
    points: Sequence[CurvePoint]
    orders: Sequence[LiveOrder]
    """Placed in it."""
    fills: Sequence[LiveFill]
    trades: Sequence[LiveTrade]
    """Closed in it."""
    before: SubLedger
    ledger: SubLedger
    """At its end."""
    closes_before: Prices
    closes: Prices
    bars: Mapping[str, Bars]
    """That came in it, by symbol."""

    @property
    def equity(self) -> Decimal:
        """At its end."""
        return self.points[-1].equity if self.points else self.initial

    @property
    def pnl(self) -> Decimal:
        """What equity rose by."""
        return self.equity - self.initial

    @property
    def unrealised_pnl(self) -> Decimal:
        """By how much what is held came to be worth more than it cost."""
        return _unrealised(self.ledger, self.closes) - _unrealised(self.before, self.closes_before)

    @property
    def realised_pnl(self) -> Decimal:
        """All the rest of the P&L."""
        return self.pnl - self.unrealised_pnl

    @property
    def commission(self) -> Decimal:
        """What was paid to trade in it, in cash."""
        return self.ledger.commission - self.before.commission

    @property
    def slippage(self) -> Decimal | None:
        """What its fills lost to it; None where a venue did not say it of each."""
        return slippage_of(self.fills)

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """At its end, at its last closes."""
        return self.ledger.holdings(self.closes)

    @property
    def exposure(self) -> float | None:
        """The share of its points at which something was held; None without points."""
        return sum(one.is_invested for one in self.points) / len(self.points) if self.points else None

    @property
    def max_drawdown(self) -> float | None:
        """The deepest fall from a high, the equity before it among them; 0 or below. None without points."""
        if not self.points:
            return None
        return float(drawdown(np.array([float(one.equity) for one in self.points]), float(self.initial)).min())

    @property
    def order_counts(self) -> dict[str, int]:
        """How many of its orders stand how."""
        return dict(sorted(Counter(str(one.status) for one in self.orders).items()))

    def stats(self) -> Stats:
        """A backtest's, of it alone."""
        return stats_of(self.found.setup, self.points, self.initial, self.trades, self.fills)


def stretch_of(found: LiveResult, day: date | None) -> Stretch:
    """All of a run, or one of its days. Raises NotFound where it has no such day."""
    return _all_of(found) if day is None else _Days(found).stretch(day)


def _all_of(found: LiveResult) -> Stretch:
    return Stretch(
        found=found,
        day=None,
        initial=found.setup.cash,
        points=found.all_points,
        orders=found.orders,
        fills=found.fills,
        trades=found.trades(),
        before=SubLedger.opened(found.setup.run_id, found.setup.cash),
        ledger=found.ledger,
        closes_before={},
        closes=found.closes,
        bars={symbol: given.bars() for symbol, given in found.given.items()},
    )


class _Days:
    """A run by sessions of its first symbol's calendar: a bar is of the session of its stamp, a fill of its bar's where
    its venue fills by bars, and all else of the session in which it happened."""

    def __init__(self, found: LiveResult) -> None:
        self._found = found
        self._calendar = calendar_of(found.setup.symbols[0].instrument)
        self._daily = Timeframe.parse(found.setup.timeframe).is_daily

    def stretch(self, day: date) -> Stretch:
        """One of them. Raises NotFound."""
        found, number = self._found, (day - _EPOCH).days
        points, sessions = found.all_points, sessions_of(found.setup, found.all_points)
        first, stop = (int(np.searchsorted(sessions, number, side=side)) for side in ("left", "right"))
        orders = [one for one in found.orders if self._of(one.placed_at) == number]
        fills = [one for one in found.fills if self._of_fill(one) == number]
        if not (first < stop or orders or fills):
            raise NotFound(f"the run has nothing on {day}: {_told(sessions)}")
        bars = {symbol: given.bars() for symbol, given in found.given.items()}
        return Stretch(
            found=found,
            day=day,
            initial=points[first - 1].equity if first else found.setup.cash,
            points=points[first:stop],
            orders=orders,
            fills=fills,
            trades=[one for one in found.trades() if self._left(one) == number],
            before=self._ledger(number - 1),
            ledger=self._ledger(number),
            closes_before=self._closes(bars, number - 1),
            closes=self._closes(bars, number),
            bars={symbol: one.slice(*self._range(one, number)) for symbol, one in bars.items()},
        )

    def _of(self, time: datetime) -> int:
        return int(self._calendar.session_of(np.array([instant_of(time)], dtype=np.int64), daily=False)[0])

    def _of_fill(self, fill: LiveFill) -> int:
        if fill.bar_time is None:
            return self._of(fill.filled_at)
        return int(self._of_stamps(np.array([instant_of(fill.bar_time)], dtype=np.int64))[0])

    def _of_stamps(self, stamps: Int64) -> Int32:
        return self._calendar.session_of(stamps, daily=self._daily)

    def _left(self, trade: LiveTrade) -> int:
        return self._of(trade.exit_time) if trade.exit is None else self._of_fill(trade.exit)

    def _ledger(self, number: int) -> SubLedger:
        """As it stood when a session was over."""
        return self._found.ledger.as_of(
            self._found.fills,
            filled=lambda fill: self._of_fill(fill) <= number,
            happened=lambda entry: self._of(entry.time) <= number,
        )

    def _range(self, bars: Bars, number: int) -> tuple[int, int]:
        sessions = self._of_stamps(bars.timestamp)
        return int(np.searchsorted(sessions, number, side="left")), int(np.searchsorted(sessions, number, side="right"))

    def _closes(self, bars: Mapping[str, Bars], number: int) -> dict[str, Decimal]:
        """The newest by the end of a session, of those that have any."""
        ends = {symbol: self._range(one, number)[1] for symbol, one in bars.items()}
        return {symbol: Decimal(repr(float(bars[symbol].close[stop - 1]))) for symbol, stop in ends.items() if stop}


def _unrealised(ledger: SubLedger, closes: Prices) -> Decimal:
    """Of what is held; nothing of that which has no price yet."""
    return sum((one.unrealised_pnl or Decimal(0) for one in ledger.holdings(closes)), Decimal(0))


def _told(sessions: Int32) -> str:
    if not len(sessions):
        return "it has no bars yet"
    first, last = (_EPOCH + timedelta(days=int(sessions[k])) for k in (0, -1))
    return f"its bars are of {first} to {last}"
