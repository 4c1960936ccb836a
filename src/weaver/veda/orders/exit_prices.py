"""What an exit in percent of its entry's price comes to."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from weaver.model.market.instrument import Instrument
from weaver.model.numbers.money import decimal_of, plain
from weaver.model.orders.actions import OrderType
from weaver.model.orders.fill_rules import price_away
from weaver.veda.orders.live_order import LiveOrder

PRICE_DECIMALS = 16


def is_in_percent(leg: LiveOrder) -> bool:
    """Whether a price of it is not known before its entry has filled."""
    has_no_limit = leg.limit is None and leg.limit_percent is not None
    return has_no_limit or (leg.stop is None and leg.stop_percent is not None)


def priced(leg: LiveOrder, entry: LiveOrder, instrument: Instrument) -> LiveOrder:
    """An exit leg with the prices that it has at what its entry, which has filled, paid on average; prices that it has
    already stay."""
    scale = instrument.scale(price_decimals=PRICE_DECIMALS)
    paid = Fraction(entry.value) / Fraction(entry.filled) * scale.price_one

    def away(percent: Decimal, direction: int) -> tuple[int, int]:
        return price_away(paid.numerator, paid.denominator, direction=direction, percent=percent)

    def price(units: int) -> Decimal:
        return Decimal(plain(decimal_of(units, scale.price_decimals)))

    limit, stop, sign = leg.limit, leg.stop, leg.side.sign
    if stop is None and leg.stop_percent is not None:
        stop = price(scale.nearest_tick(*away(leg.stop_percent, sign)))
    if limit is None and leg.limit_percent is not None:
        direction = -sign if leg.order_type is OrderType.LIMIT else sign
        limit = price(scale.limit_tick(*away(leg.limit_percent, direction), sign=sign))
    return replace(leg, limit=limit, stop=stop)
