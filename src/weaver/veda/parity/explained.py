"""Why a live run's P&L is not its backtest's: part by part, and the parts come to the difference exactly."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from weaver.veda.parity.compared import ComparedFill, RunAccount, exact_cash
from weaver.veda.parity.pairing import FillPair, FillPart, MatchedFills, MatchedOrders


class PnlPart(StrEnum):
    """What a difference of P&L comes from. Quantities that only one run has traded count at the newest closes."""

    PRICES_CLOSED = "prices_closed"
    """Other prices of what both have filled, as far as it is closed again."""
    PRICES_OPEN = "prices_open"
    """The same of what is still held."""
    COMMISSIONS = "commissions"
    QUANTITIES = "quantities"
    """What only one of them filled of an order that both placed."""
    ONLY_LIVE = "only_live"
    """Fills of orders that only the live run placed."""
    ONLY_BACKTEST = "only_backtest"
    """Fills of orders that only the backtest placed."""
    AFTER_NEWEST_BAR = "after_newest_bar"
    """Live fills after the newest tick, of which the backtest cannot know."""
    CASH_FLOWS = "cash_flows"
    """Dividends, fees and what else no fill moved."""
    HOLDINGS = "holdings"
    """Quantities that no fill moved: fees that were taken of the asset, what a split left over."""
    VALUATION = "valuation"
    """Other closes of what is held."""
    ROUNDING = "rounding"
    """What is left: amounts of cash are whole 1e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPnl:
    """backtest + all parts = live, exactly."""

    live: Decimal
    backtest: Decimal
    parts: Mapping[PnlPart, Decimal]
    """All of them, those that are zero too."""


def explained(
    live: RunAccount, backtest: RunAccount, matched: MatchedOrders, fills: Sequence[MatchedFills]
) -> ExplainedPnl:
    """`fills`: of the pairs of orders, in their order. A symbol's newest close is the backtest's, else the run's."""
    closes = {symbol: Fraction(close) for symbol, close in {**live.closes, **backtest.closes}.items()}
    closed, still_held = _prices(live, [pair for one in fills for pair in one.pairs])
    exact = {
        PnlPart.PRICES_CLOSED: closed,
        PnlPart.PRICES_OPEN: still_held,
        PnlPart.COMMISSIONS: _commission(backtest) - _commission(live),
        PnlPart.QUANTITIES: _made(closes, (part for one in fills for part in one.only_live))
        - _made(closes, (part for one in fills for part in one.only_backtest)),
        PnlPart.ONLY_LIVE: worth_of([fill for order in matched.only_live for fill in order.fills], closes),
        PnlPart.ONLY_BACKTEST: -worth_of([fill for order in matched.only_backtest for fill in order.fills], closes),
        PnlPart.AFTER_NEWEST_BAR: worth_of(live.late, closes),
        PnlPart.CASH_FLOWS: Fraction(live.flows - backtest.flows),
        PnlPart.HOLDINGS: _unfilled(live, closes) - _unfilled(backtest, closes),
        PnlPart.VALUATION: sum(
            (Fraction(quantity) * (Fraction(live.closes.get(symbol, closes[symbol])) - closes[symbol])
             for symbol, quantity in live.held.items()),
            Fraction(0),
        ),
    }  # fmt: skip
    parts = {part: exact_cash(amount) for part, amount in exact.items()}
    left = live.pnl - backtest.pnl - sum(parts.values(), Decimal(0))
    return ExplainedPnl(live=live.pnl, backtest=backtest.pnl, parts={**parts, PnlPart.ROUNDING: left})


def worth_of(fills: Iterable[ComparedFill], closes: Mapping[str, Fraction]) -> Fraction:
    """What fills have made until now, before commissions, what they hold at these closes."""
    return _made(closes, (FillPart(fill=fill, size=fill.size) for fill in fills))


def _made(closes: Mapping[str, Fraction], parts: Iterable[FillPart]) -> Fraction:
    return sum(
        (one.fill.side.sign * one.size * (closes[one.fill.symbol] - one.fill.unit_price) for one in parts), Fraction(0)
    )


def _prices(live: RunAccount, pairs: Iterable[FillPair]) -> tuple[Fraction, Fraction]:
    """What other prices made of what is closed, and of what is still held."""
    left = _left_of(live.fills)
    closed, still_held = Fraction(0), Fraction(0)
    for pair in pairs:
        part = pair.live
        gained = part.fill.side.sign * (pair.backtest.unit_price - part.fill.unit_price)
        held_from = part.fill.size - left[id(part.fill)]
        held = max(part.begin + part.size - max(part.begin, held_from), Fraction(0))
        closed += gained * (part.size - held)
        still_held += gained * held
    return closed, still_held


def _left_of(fills: Sequence[ComparedFill]) -> dict[int, Fraction]:
    """How much of each fill (by identity) is still held, first in, first out: the end of it."""
    left: dict[int, Fraction] = {id(fill): Fraction(0) for fill in fills}
    opened: dict[str, deque[ComparedFill]] = defaultdict(deque)
    for fill in fills:
        size, queue = fill.size, opened[fill.symbol]
        while size and queue and queue[0].side is not fill.side:
            first = queue[0]
            taken = min(size, left[id(first)])
            left[id(first)] -= taken
            size -= taken
            if not left[id(first)]:
                queue.popleft()
        if size:
            left[id(fill)] = size
            queue.append(fill)
    return left


def _commission(account: RunAccount) -> Fraction:
    return Fraction(sum((fill.commission for fill in account.fills), Decimal(0)))


def _unfilled(account: RunAccount, closes: Mapping[str, Fraction]) -> Fraction:
    """What it holds more than its fills brought."""
    more: dict[str, Fraction] = defaultdict(Fraction)
    for symbol, quantity in account.held.items():
        more[symbol] += Fraction(quantity)
    for fill in account.fills:
        more[fill.symbol] -= fill.side.sign * fill.size
    return sum((quantity * closes[symbol] for symbol, quantity in more.items() if quantity), Fraction(0))
