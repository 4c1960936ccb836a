"""The short way of a plain market order: from the book to the ledger in one step."""

from collections.abc import Callable

import numpy as np

from weaver.greta.ledger.fill_rows import Plain
from weaver.greta.ledger.ledger import Ledger
from weaver.greta.ledger.prices import Prices
from weaver.greta.ledger.settlement import Settlement
from weaver.model.errors import RunFailed
from weaver.model.orders.order import Order

QuickFill = Callable[[Order, int], bool]


def quick_fill(ledger: Ledger, prices: Prices, *, start: int) -> QuickFill:
    """A function that fills a plain market order at the open of a bar, or does nothing and says False.

    It is for the one case that nearly all orders are: a cash account, no participation cap, an order that opens or
    reduces a long position and can surely be paid whole. Whatever else comes goes the long way. It only notes that the
    order filled; what it came to is settled when somebody looks (`Settlement`). All that it needs is looked up once.
    `start`: the run's, ns.
    """
    settlement = ledger.settlement = Settlement(prices, ledger.cash)
    symbol, opens, held, fills = prices.symbol, prices.open, ledger.units, ledger.fills
    dearest, cheapest = settlement.dearest, settlement.cheapest
    each, fixed = settlement.each, settlement.fixed
    fills.plain = Plain(prices.scale, prices.ends, start)
    filled = fills.filled_at_open
    order_filled, unit_filled, bar_filled = fills.numbers.append, fills.units.append, fills.bars.append

    def is_paid(units: int, bar: int) -> bool:
        """What the bound leaves open, exactly."""
        _, _, commission, value = settlement.amounts(units, bar)
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
            held[symbol] = holding + units
            unit_filled(units)
        else:
            if units > holding:
                return False
            settlement.at_least += units * (opens[bar] * cheapest - each) - fixed
            held[symbol] = holding - units
            unit_filled(-units)
        order_filled(order.number)
        bar_filled(bar)
        order.__class__ = filled
        return True

    return fill


def check_opens(ledger: Ledger, prices: Prices) -> None:
    """Every open that was filled at lies within its bar, all at once after the run. Raises RunFailed."""
    bars = np.array(ledger.fills.bars)
    market = prices.listing.bars
    opens = market.open[bars]
    wrong = np.flatnonzero((opens < market.low[bars]) | (opens > market.high[bars]))
    if len(wrong):
        at = int(bars[wrong[0]])
        stamp = np.datetime64(int(market.timestamp[at]), "ns").astype("datetime64[s]")
        raise RunFailed(
            f"{prices.symbol} {stamp}: the open {market.open[at]} lies outside the bar's low {market.low[at]} and high "
            f"{market.high[at]}, and an order filled at it: check the bars (weaver data check)"
        )
