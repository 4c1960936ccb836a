"""The short way of a plain market order: from the book to the ledger in one step."""

from collections.abc import Callable

import numpy as np

from weaver.greta.ledger import Ledger
from weaver.greta.prices import EXACT_BELOW, Prices
from weaver.model.errors import RunFailed
from weaver.model.order import Order
from weaver.model.order_status import OrderStatus

QuickFill = Callable[[Order, int], bool]


def quick_fill(ledger: Ledger, prices: Prices) -> QuickFill:  # noqa: PLR0915 - one closure: nothing is looked up twice
    """A function that fills a plain market order at the open of a bar, or does nothing and says False.

    It is `Matcher`'s arithmetic for the one case that nearly all orders are: a cash account, no participation cap, an
    order that opens or reduces a long position and can be paid whole. Whatever else comes goes the long way. What it
    needs is looked up once, here.
    """
    symbol, opens, costs = prices.symbol, prices.open, prices.costs
    divisor, has_quick_units, price_units = prices.scale.notional_divisor, prices.quick, prices.units
    slips, slipped, minimum = costs.slips, costs.slipped, costs.minimum
    by_value, by_unit, fee_divisor = costs.commission_terms
    is_free = not (by_value or by_unit or minimum)
    units_held, fills = ledger.units, ledger.fills
    orders, bars, signed, prices_paid = fills.orders, fills.bars, fills.units, fills.prices
    slippages, commissions, values = fills.slippages, fills.commissions, fills.values
    filled = OrderStatus.FILLED

    def fill(order: Order, bar: int) -> bool:
        price = opens[bar]
        market = round(price * 1e8)
        if not has_quick_units or market / 1e8 != price or market >= EXACT_BELOW:
            market = price_units(price)
        sign, quantity = order.sign, order.units
        paid = slipped(market, sign=sign, limit=None) if slips else market
        value, rest = divmod(quantity, divisor)
        value *= paid
        if rest:  # not a whole number of units
            value, rest = divmod(paid * quantity, divisor)
            if rest:
                return False
        if is_free:
            commission = 0
        else:
            commission = value * by_value
            if by_unit:
                commission += quantity * by_unit
            commission, rest = divmod(commission, fee_divisor)
            if rest:
                commission += rest * 2 > fee_divisor or (rest * 2 == fee_divisor and commission & 1)
            if commission < minimum:
                commission = minimum
        held = units_held[symbol]
        if sign > 0:
            cash = ledger.cash - value - commission
            if cash < 0 or held < 0:
                return False
            units_held[symbol] = held + quantity
            signed.append(quantity)
            slippages.append(paid - market)
        else:
            if quantity > held:
                return False
            cash = ledger.cash + value - commission
            units_held[symbol] = held - quantity
            signed.append(-quantity)
            slippages.append(market - paid)
        orders.append(order)
        bars.append(bar)
        prices_paid.append(paid)
        commissions.append(commission)
        values.append(value)
        ledger.cash = cash
        order.filled, order.value, order.status = quantity, value, filled
        return True

    return fill


def check_opens(ledger: Ledger, prices: Prices) -> None:
    """Every open that was filled at lies within its bar, all at once after the run. Raises RunFailed."""
    bars = np.array(ledger.fills.bars, dtype=np.int64)
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
