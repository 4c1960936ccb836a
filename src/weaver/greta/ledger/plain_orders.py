"""The short way of plain market orders: from what was asked for to the ledger in one step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from weaver.greta.ledger.fill_rows import Plain
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.ledger.settlement import MARGIN
from weaver.model.account.account_kind import AccountKind
from weaver.model.errors import RunFailed
from weaver.model.orders.order import Order
from weaver.model.orders.status import OrderStatus

Fill = Callable[[Order, int], bool]
"""Fills an order at the open of a bar of its symbol, by index, or does nothing and says False."""
Book = Callable[[Order, int, int, int], None]
"""Notes that an order filled so many units (signed) on a bar, and what is held then."""
PENDING = OrderStatus.PENDING


class PlainOrders:
    """Fills plain market orders at the opens of a tick's bars, as long as nothing can stand between them and it.

    It is for what nearly all orders are: the symbol's next bar may fill them, no participation cap cuts them, and the
    account can surely pay for them whole. Whatever else comes is left as it is, for the long way. It only notes that an
    order filled; what it came to is settled when somebody looks (`Settlement`). Orders placed up to the instant `begin`
    may act on any bar; `start` is the run's, both ns.
    """

    def __init__(self, ledger: Ledger, *, begin: int, start: int) -> None:
        self._prices, self._placed, self._begin = ledger.prices, ledger.fills.placed, begin
        self._fills = {
            symbol: _fill_of(ledger, prices, index) for index, (symbol, prices) in enumerate(ledger.prices.items())
        }
        ledger.fills.plain += [Plain(prices.scale, prices.ends, start) for prices in ledger.prices.values()]
        simple = (one.is_contiguous and one.all_tradable and one.tick_of_bar is None for one in ledger.prices.values())
        self._is_simple = all(simple)
        """Whether any order can fill on the very next bar, whatever its symbol."""

    def fill_all(self, fresh: list[Any], tick: int) -> bool:
        """Fill what was asked for at the opens of a tick's bars, in order, and take it out of the list; False where
        something is left: from the first on that is not for the short way."""
        if len(fresh) == 1 and self._is_simple:
            order = fresh[0]
            if order.__class__ is Order and order.is_plain and order.status is PENDING:
                if self._fills[order.scale.symbol](order, tick):
                    fresh.clear()
                    return True
                return False
        for order in fresh:
            if order.__class__ is not Order or not (order.is_plain or order.status is not PENDING):
                return False  # what one of another kind may do depends on what there was before all of them
        for done, order in enumerate(fresh):
            if order.status is PENDING and not self._is_filled(order, tick):
                del fresh[:done]
                return False
        fresh.clear()
        return True

    def _is_filled(self, order: Order, tick: int) -> bool:
        bar, fill = tick, self._fills[order.scale.symbol]
        if self._is_simple:
            return fill(order, bar)
        prices = self._prices[order.scale.symbol]
        bar = prices.bar_at(tick)
        if bar < 0 or not prices.is_tradable(bar, extended=False) or self._begin < order.placed > prices.opens[bar]:
            return False
        if not fill(order, bar):
            return False
        self._placed[order.number] = order.placed
        return True


def _fill_of(ledger: Ledger, prices: Prices, index: int) -> Fill:
    """What fills plain market orders of one symbol, the run's at `index`."""
    if prices.costs.max_participation is not None:
        return _no_fill
    book = _book(ledger, prices.symbol, index)
    return (_cash_fill if ledger.rules.kind is AccountKind.CASH else _margin_fill)(ledger, prices, book)


def _no_fill(order: Order, bar: int) -> bool:
    del order, bar
    return False


def _book(ledger: Ledger, symbol: str, index: int) -> Book:
    held, fills = ledger.units, ledger.fills
    number, unit, bar_, which = fills.numbers.append, fills.units.append, fills.bars.append, fills.which.append
    filled = fills.filled_at_open

    def book(order: Order, units: int, after: int, bar: int) -> None:
        held[symbol] = after
        unit(units)
        which(index)
        number(order.number)
        bar_(bar)
        order.__class__ = filled

    return book


def _cash_fill(ledger: Ledger, prices: Prices, book: Book) -> Fill:
    """On a cash account: what opens or adds to a long position and is paid, or reduces it."""
    settlement, opens, held, symbol = ledger.settlement, prices.open, ledger.units, prices.symbol
    bounds = settlement.bounds[symbol]
    dearest, cheapest, each, fixed = bounds.dearest, bounds.cheapest, bounds.each, bounds.fixed

    def is_paid(units: int, bar: int) -> bool:
        """What the bound leaves open, exactly."""
        _, _, commission, value = settlement.amounts(prices, units, bar)
        left = ledger.cash - value - commission
        if left < 0:
            return False
        settlement.stand_at(left)
        return True

    def fill(order: Order, bar: int) -> bool:
        units, holding = order.units, held[symbol]
        if order.sign > 0:
            left = settlement.at_least - units * (opens[bar] * dearest + each) - fixed
            if holding < 0 or (left < 0 and not is_paid(units, bar)):
                return False
            if left >= 0:
                settlement.at_least = left
            book(order, units, holding + units, bar)
        else:
            if units > holding:
                return False
            settlement.at_least += units * (opens[bar] * cheapest - each) - fixed
            book(order, -units, holding - units, bar)
        return True

    return fill


def _margin_fill(ledger: Ledger, prices: Prices, book: Book) -> Fill:
    """On a margin account: what only reduces a position, and what the leverage surely allows."""
    settlement, rules, opens, held = ledger.settlement, ledger.rules, prices.open, ledger.units
    symbol, leverage, slack = prices.symbol, float(rules.leverage), settlement.slack
    bounds = settlement.bounds[symbol]
    by_value, dearest, cheapest, each, fixed = (
        bounds.by_value, bounds.dearest, bounds.cheapest, bounds.each, bounds.fixed,
    )  # fmt: skip
    others = [one for one in ledger.prices.values() if one is not prices]

    def is_covered(cash: float, after: int, bar: int) -> bool:
        """Whether so many units held then, and at least so much cash, are within the leverage."""
        net = after * opens[bar] * by_value
        gross = abs(net)
        for one in others:
            if held[one.symbol]:
                value = float(ledger.value(one.symbol, held[one.symbol], prices.tick_of(bar) - 1))
                net, gross = net + value, gross + abs(value)
        return gross * (1 + MARGIN) + slack <= leverage * (cash + net - gross * MARGIN)

    def fill(order: Order, bar: int) -> bool:
        holding = held[symbol]
        if order.sign > 0:
            units = order.units
            left = settlement.at_least - units * (opens[bar] * dearest + each) - fixed
        else:
            units = -order.units
            left = settlement.at_least - units * (opens[bar] * cheapest - each) - fixed
        after = holding + units
        only_reduces = holding * units < 0 <= holding * after
        if not only_reduces and ((after < 0 and not rules.shorting) or not is_covered(left, after, bar)):
            return False
        settlement.at_least = left
        book(order, units, after, bar)
        return True

    return fill


def check_opens(ledger: Ledger) -> None:
    """Every open that was filled at lies within its bar, all at once after the run. Raises RunFailed."""
    which, all_bars = np.array(ledger.fills.which), np.array(ledger.fills.bars)
    at_open = np.ones(len(which), dtype=np.bool_)
    at_open[list(ledger.fills.places)] = False
    for index, prices in enumerate(ledger.prices.values()):
        bars, market = all_bars[(which == index) & at_open], prices.listing.bars
        opens = market.open[bars]
        wrong = np.flatnonzero((opens < market.low[bars]) | (opens > market.high[bars]))
        if len(wrong):
            at = int(bars[wrong[0]])
            stamp = np.datetime64(int(market.timestamp[at]), "ns").astype("datetime64[s]")
            raise RunFailed(
                f"{prices.symbol} {stamp}: the open {market.open[at]} lies outside the bar's low {market.low[at]} and "
                f"high {market.high[at]}, and an order filled at it: check the bars (weaver data check)"
            )
